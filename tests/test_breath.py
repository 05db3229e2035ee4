"""A breath's length by tapping: what taps mean, what is kept, and the whole in a terminal."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.soundserver import RATE, SoundServer
from tests.test_live import OWN
from voicecoach.controls.taps import breath_seconds
from voicecoach.errors import SettingError, VoicecoachError
from voicecoach.settings import merge_settings, read_config
from voicecoach.settings.keep import keep_setting

# What taps mean


def taps(breath: float, unevenness: list[float]) -> list[float]:
    """A tap at the start, and one after each breath, some of them early, some late."""
    return [breath * (n + uneven) for n, uneven in enumerate(unevenness)]


uneven = st.lists(st.floats(-0.05, 0.05), min_size=6, max_size=16)


@given(st.floats(2.3, 25), uneven)
def test_a_breath_is_the_time_between_taps(breath: float, unevenness: list[float]) -> None:
    found = breath_seconds(taps(breath, unevenness))
    assert abs(found - breath) <= breath * 0.1 / (len(unevenness) - 1) + 0.06


@given(st.floats(3, 25), uneven, st.data())
def test_a_tap_too_few_or_too_many_spoils_nothing(
    breath: float, unevenness: list[float], data: st.DataObject
) -> None:
    tapped = taps(breath, unevenness)
    if data.draw(st.booleans()):
        tapped.pop(data.draw(st.integers(1, len(tapped) - 2)))
    else:
        more = data.draw(st.floats(0.01, tapped[-1]))
        assume(all(not 0.75 < abs(tap - more) / breath < 0.95 for tap in tapped))
        tapped = sorted([*tapped, more])
    assert abs(breath_seconds(tapped) - breath) <= 0.12 * breath + 0.05


def tried(tapped: list[float]) -> float | str:
    try:
        return breath_seconds(tapped)
    except VoicecoachError as error:
        return str(error)


@given(st.lists(st.floats(0, 60), max_size=20).map(sorted))
def test_any_taps_give_a_breath_that_can_be_set_or_one_sentence(tapped: list[float]) -> None:
    found = tried(tapped)
    if isinstance(found, str):
        assert re.fullmatch(r".+; tap one key each time you begin to breathe in", found)
    else:
        assert merge_settings({"breath": f"{found:g}s"}).breath_seconds == found


@pytest.mark.parametrize(
    ("tapped", "why"),
    [
        ([], "0 taps came, and it takes at least 4"),
        ([3.0], "1 tap came, and it takes at least 4"),
        ([0, 6, 12], "3 taps came, and it takes at least 4"),
        ([n / 30 for n in range(300)], "a breath may take from 2 to 30 s, and these took 1 s"),
        ([0, 1.5, 9, 11, 28, 30, 47], "the taps came too unevenly to tell a breath by"),
        ([0, 40, 80, 120], "a breath may take from 2 to 30 s, and these took 40 s"),
    ],
)
def test_what_no_breath_can_be_told_by(tapped: list[float], why: str) -> None:
    with pytest.raises(VoicecoachError) as refused:
        breath_seconds(tapped)
    assert str(refused.value).startswith(f"{why}; tap")


# What the config keeps

CONFIG = """# My settings
pace = "gentle"   # not too quick
breath = 6        # as it came

[say]
# as my teacher says it
asana = "AH-suh-nuh"
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (CONFIG, CONFIG.replace("breath = 6        # as", 'breath = "4.8s"        # as')),
        ("", 'breath = "4.8s"\n'),
        ("# only this", '# only this\nbreath = "4.8s"\n'),
        ("Breath='5s'\r\npace=1\r\n", 'Breath="4.8s"\r\npace=1\r\n'),
        ("\ufeffpace = 1\r\n", 'pace = 1\r\nbreath = "4.8s"\n'),
        ('[say]\nasana = "a"\n', 'breath = "4.8s"\n\n[say]\nasana = "a"\n'),
    ],
)
def test_a_setting_is_kept_and_all_else_stays(tmp_path: Path, before: str, after: str) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(before.encode())
    path.chmod(0o640)
    keep_setting(path, "breath", "4.8s")
    assert path.read_bytes().decode() == after
    assert path.stat().st_mode & 0o777 == 0o640
    assert merge_settings(config=read_config(path)).breath_seconds == 4.8
    assert [file.name for file in tmp_path.iterdir()] == ["config.toml"]


def test_a_config_is_made_with_its_folder_and_a_link_to_one_stays(tmp_path: Path) -> None:
    made = tmp_path / "new" / "config.toml"
    keep_setting(made, "get-ready", "3s")
    assert tomllib.loads(made.read_text()) == {"get-ready": "3s"}
    link = tmp_path / "link.toml"
    link.symlink_to(made)
    keep_setting(link, "get ready", "4s")
    assert link.is_symlink()
    assert tomllib.loads(made.read_text()) == {"get-ready": "4s"}


def test_what_can_not_be_kept_is_said_and_breaks_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    broken = tmp_path / "config.toml"
    broken.write_text("pace = = 1")
    for path in (tmp_path / "file" / "config.toml", broken, tmp_path):
        with pytest.raises(SettingError, match="the config can't be changed: "):
            keep_setting(path, "breath", "6s")
    assert broken.read_text() == "pace = = 1"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["config.toml", "file"]


# The whole, in a terminal


class Terminal:
    """A terminal with `voicecoach breath` in it."""

    def __init__(self, env: dict[str, str], home: Path, *options: str) -> None:
        self.config = home / "voicecoach" / "config.toml"
        self.config.parent.mkdir(parents=True)
        self.config.write_text(CONFIG)
        own = {name: os.environ[name] for name in OWN} | {"XDG_CONFIG_HOME": str(home)}
        self.screen = ""
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "voicecoach", "breath", "--for", "5s", *options],
            env=env | own,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        threading.Thread(target=self._read, daemon=True).start()

    def tap(self, key: bytes, every_seconds: float) -> int:
        """Tap until it ends; returns its exit code."""
        deadline = time.monotonic() + 90
        while self.process.poll() is None and time.monotonic() < deadline:
            os.write(self.master, key)
            try:
                self.process.wait(every_seconds)
            except subprocess.TimeoutExpired:
                continue
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        return self.process.wait()

    def until_listening(self) -> None:
        deadline = time.monotonic() + 60
        while "No sound here" not in self.screen:
            assert time.monotonic() < deadline, self.screen
            time.sleep(0.05)

    def _read(self) -> None:
        try:
            while data := os.read(self.master, 1024):
                self.screen += data.decode(errors="replace")
        except OSError:  # the other end is closed
            pass


def test_who_is_told_and_taps_has_a_breath_set(sound_server: SoundServer, tmp_path: Path) -> None:
    with sound_server.record() as recording:
        terminal = Terminal(sound_server.env, tmp_path, "--rate", "400", "--language", "de")
        # Space would pause a session; while words are said it does nothing.
        assert terminal.tap(b" ", 2.3) == 0, terminal.screen
        heard = np.abs(recording.stop()) > 0.01
    kept = tomllib.loads(terminal.config.read_text())
    assert 2.2 <= float(kept["breath"].removesuffix("s")) <= 2.9
    assert kept["say"] == {"asana": "AH-suh-nuh"}
    assert "# not too quick" in terminal.config.read_text()
    assert f"breath = {kept['breath']} is kept in {terminal.config}" in terminal.screen
    assert "zwei Sekunden" in terminal.screen or "drei Sekunden" in terminal.screen
    sounding = np.flatnonzero(heard) / RATE
    pauses = np.diff(sounding)
    assert pauses.max() > 3, "it is silent while somebody taps"
    at = int(pauses.argmax())
    assert sounding[at] - sounding[0] > 1.5, "and speaks before"
    assert sounding[-1] - sounding[at + 1] > 1, "and after"


@pytest.mark.parametrize("key", [b"q", b"\x1b", b"\x04", b"\x03"])
def test_who_stops_keeps_the_breath_that_was(
    silent_env: dict[str, str], tmp_path: Path, key: bytes
) -> None:
    terminal = Terminal(silent_env, tmp_path)
    terminal.until_listening()
    if key == b"\x03":  # a terminal that isn't its own makes no signal of it
        terminal.process.send_signal(signal.SIGINT)
    assert terminal.tap(key, 1) == 130
    assert terminal.config.read_text() == CONFIG
    assert "Traceback" not in terminal.screen


def test_what_can_not_be_kept_is_told_all_the_same(
    silent_env: dict[str, str], tmp_path: Path
) -> None:
    terminal = Terminal(silent_env, tmp_path)
    terminal.until_listening()
    terminal.config.unlink()
    terminal.config.parent.rmdir()
    terminal.config.parent.write_text("in the way")
    assert terminal.tap(b"x", 2.3) == 2
    assert re.search(r"breath = 2\.[2-9]s is what you tapped, but it isn't kept", terminal.screen)
    assert "the config can't be changed: " in terminal.screen


def test_without_a_terminal_it_says_what_to_write(
    silent_env: dict[str, str], tmp_path: Path
) -> None:
    own = {name: os.environ[name] for name in OWN}
    done = subprocess.run(
        [sys.executable, "-m", "voicecoach", "breath"],
        env=silent_env | own,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
    )
    assert done.returncode == 3
    assert done.stdout == ""
    assert "there is no terminal to tap in; write it into " in done.stderr
    assert done.stderr.endswith('config.toml instead, such as: breath = "6s"\n')
