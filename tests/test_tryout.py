"""`voicecoach doctor` and a microphone: what it measures in a room, and what it tells of words."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.soundroom import Room
from tests.soundserver import RATE, SoundServer
from tests.test_live import OWN
from tests.test_voice import HandMicrophone
from voicecoach.commands.tryout import Finding, Notes, try_commands
from voicecoach.controls import Command
from voicecoach.controls.microphone import Block, Condition, Failed, Heard, Ready, Report, Unclear
from voicecoach.controls.microphone.recognisers import known_phrases
from voicecoach.errors import EXIT_DONE, EXIT_UNAVAILABLE
from voicecoach.settings import Settings


class AnsweringEar:
    """Reports what the test says when somebody is asked for a word."""

    def __init__(self, language: str, tell: Callable[[Report], None]) -> None:
        self.tell = tell

    def start(self) -> None:
        self.tell(Ready())

    def hear(self, block: Block) -> None:
        pass

    def close(self) -> None:
        pass


def tried(*answers: Report | None) -> tuple[list[Finding], list[str]]:
    """The findings when each word in turn is answered so, and the words that were asked for."""
    ears: list[AnsweringEar] = []
    asked: list[str] = []
    waiting: queue.SimpleQueue[Report | None] = queue.SimpleQueue()
    for answer in answers:
        waiting.put(answer)

    def open_ear(language: str, tell: Callable[[Report], None]) -> AnsweringEar:
        ears.append(AnsweringEar(language, tell))
        return ears[0]

    class Prompted(Notes):
        def forget(self) -> None:
            super().forget()
            if not waiting.empty() and (answer := waiting.get()):
                ears[0].tell(answer)

    notes = Prompted(open_ear, HandMicrophone(0).open)
    found = []
    for finding in try_commands(Settings(), notes, word_seconds=0.02):
        found.append(finding)
        asked.append(finding[1].partition(":")[0])
    return found, asked


def test_each_command_is_asked_for_and_judged(capsys: pytest.CaptureFixture[str]) -> None:
    found, asked = tried(
        Heard(Command.PAUSE, "pause", -1.0, 0, 1),
        Heard(Command.RESUME, "continue", -5.0, 0, 1),
        Heard(Command.REPEAT, "repeat", -7.0, 0, 1),
        Heard(Command.BACK, "back", -1.0, 0, 1),
        Unclear("back", -9.0, "not clear enough", 0, 1),
        None,
    )
    assert found[:6] == [
        (True, "pause: heard clearly"),
        (True, "resume: heard well"),
        (True, "repeat: heard just so"),
        (False, 'skip: taken for "back"'),
        (False, "back: not clear enough"),
        (False, "longer: nothing was heard"),
    ]
    phrases = known_phrases("en")
    assert {phrases[word] for word in asked} == set(phrases.values())
    assert len(asked) == len(set(phrases.values()))
    prompts = capsys.readouterr().out.splitlines()
    assert prompts == [f'      Say "{word}".' for word in asked]


def test_models_that_fail_end_it() -> None:
    found, _ = tried(Failed("it broke"))
    assert found == [(False, "it broke")]


def echo_of(*reports: Report) -> Finding:
    notes = Notes()
    for report in reports:
        notes.reports.put(report)
    return notes.echo()


def test_what_is_told_of_the_echo() -> None:
    def condition(lag: float | None, cancelled: float, level: float = -30) -> Condition:
        return Condition(0, level, -30, lag, cancelled, converged=True)

    well = echo_of(Ready(), condition(None, 0), condition(0.08, 12), condition(0.0849, 25.4))
    assert well == (True, "echo: the coach comes back after 0.08 s; 25 dB are taken away")
    assert echo_of(condition(None, 0))[0]
    assert "headphones" in echo_of(condition(None, 0))[1]
    assert echo_of(Ready()) == (False, "echo: nothing was heard of the microphone in time")
    muted = echo_of(Ready(), condition(None, 0, -120), condition(None, 0, -120))
    assert muted == (False, "echo: the microphone gives no sound at all: is it muted?")
    assert echo_of(Failed("it broke")) == (False, "echo: it broke")


def doctor(server: SoundServer, *options: str) -> list[str]:
    """What doctor prints of the microphone."""
    told = subprocess.run(
        [sys.executable, "-m", "voicecoach", "doctor", *options],
        env=server.env | {name: os.environ[name] for name in OWN},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert not told.stderr
    lines = told.stdout.splitlines()
    return [line for line in lines if "microphone" in line or "echo" in line or "spoken" in line]


def test_doctor_tries_what_a_session_would_use(sound_server: SoundServer, tmp_path: Path) -> None:
    def told(**settings: str) -> tuple[int, list[str]]:
        env = sound_server.env | {name: os.environ[name] for name in OWN} | settings
        doctor = [sys.executable, "-m", "voicecoach", "doctor"]
        done = subprocess.run(doctor, env=env, capture_output=True, text=True, check=False)
        wrong = [line for line in done.stdout.splitlines() if line.startswith("look")]
        return done.returncode, [line for line in wrong if "not needed" not in line]

    (tmp_path / "cache").write_text("no folder")
    code, [cache] = told(XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert (code, cache.split(":")[0]) == (EXIT_DONE, "look  cache"), "a session can be heard"
    for name, wish in (("VOICE", "voice"), ("DEVICE", "sound device")):
        code, wrong = told(**{f"VOICECOACH_{name}": "nobody"})
        assert code == EXIT_UNAVAILABLE
        assert f'look  test chime: no {wish} "nobody"' in wrong[-1]


def test_doctor_leaves_a_microphone_alone_that_nobody_wants(
    sound_server: SoundServer,
) -> None:
    sound_server.env["VOICECOACH_LISTEN"] = "off"
    assert doctor(sound_server) == ["ok    spoken commands: off, as you set it"]


def test_doctor_measures_room_and_echo(room: Room) -> None:
    room.echo()
    noise = np.random.default_rng(1).normal(0, 10 ** (-50 / 20), 60 * RATE)
    room.say(noise.astype(np.float32))
    level, echo = doctor(room.server)
    before, _, figure = level.rpartition(" is at ")
    assert before == "ok    microphones: Microphone; the room"
    # A microphone at 16 kHz takes a third of what noise there is, and a little less.
    assert float(figure.removesuffix(" dB")) == pytest.approx(-55, abs=1.5)
    assert echo.startswith("ok    echo: the coach comes back after 0.")


def test_doctor_says_that_a_microphone_is_muted_or_missing(room: Room) -> None:
    muted = "look  microphones: Microphone; it gives no sound at all: is it muted?"
    assert doctor(room.server, "--silent") == [muted]
    room.unplug()
    missing = "look  spoken commands (not needed): no microphone found"
    assert doctor(room.server, "--silent") == [missing]
