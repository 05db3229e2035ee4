"""Commands to a running `voicecoach play`: how soon each is heard, on a sound server's monitor."""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pytest

from tests.soundserver import RATE, Recording, SoundServer
from tests.test_live import OWN, position, write_tone

if TYPE_CHECKING:
    from types import TracebackType

    from numpy.typing import NDArray

SILENCED_SECONDS = 0.100
"""From the line on standard input to silence; the fade is a part of it."""
SOUNDING_SECONDS = 0.300
"""From the line on standard input to the first sample of what was asked for."""
RECORDER_MILLISECONDS = 5
"""What the recorder may hold back: it makes our figures larger, never smaller."""
NO_CLICK = 1.3
"""The most that a sound's largest step may grow where it fades: a cut makes it five times as large,
and more."""
SILENT = 1e-5
"""Of full scale; with the room tone off, a session's silence is made of zeros."""
STEADY = """\
# Steady
room tone: off
chimes: off
guidance: minimal
get ready: 0s
countdown: off
breath: 2s
## Stay
Stay.
hold 10 minutes
"""
TURNS = """\
# Turns
chimes: wood
guidance: minimal
get ready: 0s
countdown: off
breath: 2s
## Reach
Up.
hold 60s, 9 times, rest 1s
## Bend
Down.
hold 60s, 9 times, rest 1s
"""
"""A hold begins after some seconds, and is silent but for the chime that begins it."""
SOUNDING = ("skip", "repeat", "enough", "back", "pause", "resume")
"""In turns, each while a hold goes on and nothing sounds; `pause` is for `resume`."""


class Live:
    """A `voicecoach play` that runs: commands go in, events come out, each with its moment."""

    def __init__(self, server: SoundServer, script: Path, *options: str) -> None:
        self.events: list[dict[str, Any]] = []
        """Each with "monotonic", the moment when it came."""
        self._errors = (script.parent / f"{script.stem}-errors.txt").open("w+")
        self.process = subprocess.Popen(
            [*VOICECOACH, "play", str(script), "--control", "stdin", *options],
            env=server.env | {name: os.environ[name] for name in OWN},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            bufsize=0,
        )
        self._came = threading.Condition()
        self._over = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def send(self, command: str) -> float:
        """Write a command's line; returns the moment before, on the monotonic clock."""
        moment = time.monotonic()
        assert self.process.stdin is not None
        self.process.stdin.write(command.encode() + b"\n")
        return moment

    def wait_for(
        self, wanted: Callable[[dict[str, Any]], bool], after: int = 0, seconds: float = 30
    ) -> dict[str, Any]:
        """The first event from number `after` on that is wanted, as soon as it comes."""
        deadline = time.monotonic() + seconds
        with self._came:
            while True:
                for event in self.events[after:]:
                    if wanted(event):
                        return event
                left = deadline - time.monotonic()
                assert left > 0, f"it never comes; the last: {self.events[-3:]}"
                assert not self._over, f"it ended: {self.errors()}"
                self._came.wait(left)

    def wait_for_span(self, kind: str, name: str = "", after: int = 0) -> dict[str, Any]:
        """Wait until such a span goes on and nothing is said, in the exercise of that name."""
        return self.wait_for(
            lambda e: (
                e["event"] == "passed"
                and e["span"] == kind
                and e["text"] is None
                and name in (e["name"], "")
            ),
            after,
        )

    def finish(self, seconds: float = 60) -> int:
        """Wait for its end; returns its exit code."""
        code = self.process.wait(seconds)
        self._reader.join(5)
        return code

    def errors(self) -> str:
        """What it has written to its standard error."""
        self._errors.seek(0)
        return self._errors.read()

    def kill(self) -> None:
        """Its sudden death; it may be dead already."""
        self.process.kill()
        self.process.wait()
        self._reader.join(5)
        for file in (self.process.stdin, self.process.stdout, self._errors):
            if file is not None:
                file.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        rest = b""
        while data := os.read(self.process.stdout.fileno(), 65536):
            moment = time.monotonic()
            *lines, rest = (rest + data).split(b"\n")
            with self._came:
                self.events += [json.loads(line) | {"monotonic": moment} for line in lines]
                self._came.notify_all()
        with self._came:
            self._over = True
            self._came.notify_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()


WORDS = """\
# Words
chimes: off
Lie down.

Let your shoulders and your hips sink into the mat, and breathe in and out as slowly as you like.
"""
CUT = "Let your shoulders"
"""How the sentence begins in the middle of which the sound server fails."""
QUICK = ("--room-tone", "off", "--pace", "2")
VOICECOACH = (sys.executable, "-m", "voicecoach")


class Ear:
    """What is heard after a command, on a recording that goes on."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording

    def now(self) -> int:
        """The frame that is being recorded."""
        return round(self.recording.seconds * RATE)

    def silence(self, frame: int, length: int = RATE // 4) -> int:
        """How many frames after that one a silence begins that is at least so long."""

        def find(loud: NDArray[np.intp], end: int) -> int | None:
            edges = np.concatenate([[-1], loud, [end]])
            long = np.flatnonzero(np.diff(edges) > length)
            return int(edges[long[0]]) + 1 if len(long) else None

        return self._look(frame, find)

    def sound(self, frame: int) -> int:
        """How many frames after that one the first sound begins."""
        return self._look(frame, lambda loud, _: int(loud[0]) if len(loud) else None)

    def _look(self, frame: int, find: Callable[[NDArray[np.intp], int], int | None]) -> int:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            after = np.abs(self.recording.samples()[frame:])
            found = find(np.flatnonzero(after > SILENT), len(after))
            if found is not None:
                return found
            time.sleep(0.02)
        raise AssertionError("nothing changes")

    def largest_step(self, first: int, end: int) -> float:
        """The largest step from one sample to the next: a click is one that the sound hasn't."""
        return float(np.abs(np.diff(self.recording.samples()[first:end])).max())


@dataclass(frozen=True)
class Effect:
    """What a command did to the sound."""

    seconds: float
    """From the command's line to what it asks for."""
    step: float = 0.0
    """The largest step of samples around it, against that of the sound before: 1 is no click."""


def measure_silencing(server: SoundServer, folder: Path, *commands: str) -> list[Effect]:
    """The effects of `pause`, `stop` or `ouch`, one after the other, on a sound that goes on.

    It is a soft tone as a background, without an end or a pause. What a sound does where it begins
    again after a pause is a part of the pause's effect: there it may click, too.
    """
    write_tone(folder / "tone.wav", 9.0)
    script = folder / "steady.md"
    script.write_text(STEADY)
    effects = []
    options = ("--background", str(folder / "tone.wav"), *QUICK)
    with (
        server.record(RECORDER_MILLISECONDS) as recording,
        Live(server, script, *options) as live,
    ):
        ear = Ear(recording)
        for command in commands:
            live.wait_for_span("hold", after=len(live.events))
            time.sleep(0.8)  # until the background is up again
            frame = ear.now()
            live.send(command)
            usual = ear.largest_step(frame - RATE // 10, frame)
            assert usual > 0, "nothing sounds that could be silenced"
            after = ear.silence(frame)
            step = ear.largest_step(frame - RATE // 10, frame + after + RATE // 4)
            if command == "pause":
                frame = ear.now()
                live.send("resume")
                begins = frame + ear.sound(frame)
                # To the first sound of a word, which has steps of its own.
                step = max(step, ear.largest_step(begins - RATE // 100, begins + 8))
            effects.append(Effect(after / RATE, step / usual))
        if commands[-1] == "stop":
            assert live.finish() == 0, live.errors()
            assert live.events[-1]["how"] == "stopped"
    return effects


def measure_sounding(server: SoundServer, folder: Path, rounds: int) -> dict[str, list[Effect]]:
    """The effects of SOUNDING in a silence: the first sample of the words or chime they lead to.

    A first resume is not counted: its word is spoken for the first time.
    """
    script = folder / "turns.md"
    script.write_text(TURNS)
    effects: dict[str, list[Effect]] = {command: [] for command in SOUNDING if command != "pause"}
    with (
        server.record(RECORDER_MILLISECONDS) as recording,
        Live(server, script, *QUICK) as live,
    ):
        ear = Ear(recording)
        live.wait_for_span("hold")
        for command in (*SOUNDING[-2:], *SOUNDING * rounds):
            if command != "resume":
                live.wait_for_span("hold", after=len(live.events))
            ear.silence(ear.now())
            frame, count = ear.now(), len(live.events)
            live.send(command)
            live.wait_for(lambda e: e["event"] == "obeyed", count)
            if command == "pause":
                live.wait_for(lambda e: e["event"] == "paused", count)
            else:
                effects[command].append(Effect(ear.sound(frame) / RATE))
    return effects | {"resume": effects["resume"][1:]}


@pytest.fixture
def live(sound_server: SoundServer, tmp_path: Path) -> Iterator[Live]:
    script = tmp_path / "words.md"
    script.write_text(WORDS)
    with Live(sound_server, script, *QUICK) as running:
        yield running


@pytest.mark.parametrize("commands", [("pause", "pause", "stop"), ("ouch",)])
def test_it_is_silent_within_a_tenth_of_a_second_and_without_a_click(
    sound_server: SoundServer, tmp_path: Path, commands: tuple[str, ...]
) -> None:
    effects = [
        effect
        for _ in range(3 // len(commands))  # "ouch" once a session
        for effect in measure_silencing(sound_server, tmp_path, *commands)
    ]
    # A machine that does other things, too, may be late once; not each time.
    assert statistics.median(effect.seconds for effect in effects) <= SILENCED_SECONDS
    assert max(effect.step for effect in effects) <= NO_CLICK


def test_what_comes_next_is_heard_within_three_tenths_of_a_second(
    sound_server: SoundServer, tmp_path: Path
) -> None:
    effects = measure_sounding(sound_server, tmp_path, 1)
    late = {c: f for c, [f] in effects.items() if f.seconds > SOUNDING_SECONDS}
    assert not late


def cut_sentence(live: Live) -> int:
    """Wait until half of the long sentence has been said; returns the number of events so far."""
    live.wait_for(lambda e: e["event"] == "passed" and str(e["text"]).startswith(CUT))
    time.sleep(1.0)
    return len(live.events)


def last_onset(heard: NDArray[np.float32]) -> NDArray[np.float32]:
    """The first half second of what sounded last, after a pause as between sentences."""
    loud = np.flatnonzero(np.abs(heard) > SILENT)
    pauses = np.flatnonzero(np.diff(loud) > RATE // 2)
    assert len(pauses), "one sentence only"
    begin = loud[pauses[-1] + 1]
    return heard[begin : begin + RATE // 2]


def said_again(onset: NDArray[np.float32], heard: NDArray[np.float32]) -> bool:
    """Whether these very samples sound in a recording."""
    place = position(heard, onset, 0, len(onset), near=None)
    again = heard[place : place + len(onset)]
    return len(again) == len(onset) and bool(np.abs(again - onset).max() < 1e-4)


def test_a_sound_server_that_dies_and_comes_again_costs_no_sentence(
    sound_server: SoundServer, live: Live
) -> None:
    with sound_server.record() as recording:
        count = cut_sentence(live)
        sound_server.kill()
        onset = last_onset(recording.samples())
    paused = live.wait_for(lambda e: e["event"] == "paused", count)
    assert "sound device" in paused["why"]
    # It must not find the new server before the recorder does.
    live.process.send_signal(signal.SIGSTOP)
    sound_server.restart()
    with sound_server.record() as recording:
        live.process.send_signal(signal.SIGCONT)
        live.wait_for(lambda e: e["event"] == "resumed", count)
        assert live.finish() == 0, live.errors()
        heard = recording.stop()
    assert said_again(onset, heard)
    first = int(np.flatnonzero(np.abs(heard) > SILENT)[0])
    assert np.abs(heard[first : first + len(onset)] - onset).max() < 1e-4, "something else, first"
    assert live.events[-1] | {"monotonic": 0} == {"event": "ended", "how": "done", "monotonic": 0}


def test_a_sound_server_that_freezes_costs_no_sentence(
    sound_server: SoundServer, live: Live
) -> None:
    with sound_server.record() as recording:
        count = cut_sentence(live)
        sound_server.freeze()
        frozen = len(recording.samples())
        onset = last_onset(recording.samples())
        live.wait_for(lambda e: e["event"] == "paused", count)
        sound_server.thaw()
        live.wait_for(lambda e: e["event"] == "resumed", count)
        assert live.finish() == 0, live.errors()
        assert said_again(onset, recording.stop()[frozen:])
    assert live.events[-1]["how"] == "done"
