"""A `voicecoach play` in a terminal, before a real sound server, that asks how it was."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.recordings import record_session, whole
from tests.soundserver import SoundServer
from tests.test_keyboard import LOGIN
from tests.test_live import OWN
from voicecoach.events import Answer, Answered, Asked, Ended
from voicecoach.record import Record, RecordedSession, record_file

SCRIPT = (
    "# Short\nget ready: 0s\nguidance: minimal\nchimes: off\ncountdown: off\n"
    "pace: 2\n## Up\nReach.\nhold 1s\n"
)
ASKED = "How was it? b better"


class Played:
    """The session in its terminal."""

    def __init__(self, server: SoundServer, script: Path, *options: str) -> None:
        self.master, self.slave = pty.openpty()
        self.found = termios.tcgetattr(self.master)
        login = [sys.executable, "-IS", "-c", LOGIN, os.ttyname(self.slave)]
        command = [sys.executable, "-m", "voicecoach", "play", str(script), *options]
        env = server.env | {name: os.environ[name] for name in OWN} | {"TERM": "xterm"}
        self.process = subprocess.Popen([*login, *command], env=env, start_new_session=True)
        self.shown = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                self.shown += os.read(self.master, 65536).decode("utf-8", "replace")
            except OSError:
                return

    def until_shown(self, text: str) -> None:
        deadline = time.monotonic() + 60
        while text not in self.shown:
            assert time.monotonic() < deadline, self.shown
            assert self.process.poll() is None, self.shown
            time.sleep(0.02)

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def ended(self) -> tuple[int, str]:
        """Its exit status, and all that was shown."""
        status = self.process.wait(30)
        time.sleep(0.1)
        assert termios.tcgetattr(self.master) == self.found
        assert "Traceback" not in self.shown
        return status, self.shown

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.slave)
        os.close(self.master)


Play = Callable[..., Played]


@pytest.fixture
def play(
    sound_server: SoundServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Play]:
    """Plays the script, with a record of its own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    script = tmp_path / "short.md"
    script.write_text(SCRIPT)
    played: list[Played] = []

    def play(*options: str) -> Played:
        played.append(Played(sound_server, script, *options))
        return played[-1]

    yield play
    for each in played:
        each.close()


def last() -> RecordedSession:
    return Record(record_file()).sessions()[-1]


def test_answers_by_key_and_advice_the_third_time(play: Play) -> None:
    for _ in range(2):
        worse = [*whole()[:-1], Asked(), Answered(Answer("worse"), "keys"), Ended("done")]
        record_session(Record(record_file()), worse)
    session = play()
    session.until_shown(ASKED)
    screen = session.shown[: session.shown.index(ASKED)].rpartition("╭")[2]
    assert "0:00 left" in screen
    assert "Next:" not in screen
    session.press("b10")  # a slip, and put right
    status, shown = session.ended()
    assert (status, str(last().answer)) == (0, "10")
    assert "Short: over. Pain 10 of 10. Three times in a row it was not good." in shown


def test_without_keys_nobody_is_asked(
    play: Play, sound_server: SoundServer, tmp_path: Path
) -> None:
    del play  # but its script and its record
    master, slave = pty.openpty()  # of no session: it gives no keys
    env = sound_server.env | {name: os.environ[name] for name in OWN} | {"TERM": "xterm"}
    command = [sys.executable, "-m", "voicecoach", "play", str(tmp_path / "short.md"), "--listen"]
    session = subprocess.Popen(
        [*command, "--plain"],
        env=env,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=slave,
        stderr=slave,
    )
    try:
        assert session.wait(60) == 0
        shown = os.read(master, 65536).decode()
        assert "Done." in shown
        assert ASKED not in shown
        assert last().ending == "done"
    finally:
        session.kill()
        session.wait()
        os.close(slave)
        os.close(master)


def test_killed_while_it_asks_the_session_is_done(play: Play) -> None:
    session = play("--plain")
    session.until_shown(ASKED)
    time.sleep(0.3)
    session.process.send_signal(signal.SIGKILL)
    session.process.wait()
    assert (last().ending, last().answer) == ("done", None)
    session = play("--plain", "--ask", "off")
    assert session.ended()[0] == 0
    assert "Last time this broke off" not in session.shown
    assert ASKED not in session.shown
    assert last().ending == "done"
