"""Full duplex: a coach talks through a sound server's loudspeaker, and a person talks to him."""

from __future__ import annotations

import os
import subprocess
import threading
import time
import wave
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import soxr

from tests.hall import Hall
from tests.soundroom import Room
from tests.soundserver import RATE
from tests.test_live_commands import Live
from voicecoach.controls import VOICE, Command
from voicecoach.controls.microphone import RATE as HALL_RATE
from voicecoach.controls.microphone import Heard
from voicecoach.controls.voice import Voice
from voicecoach.events import Event, Obeyed
from voicecoach.program import build_program
from voicecoach.rendition import Rendition
from voicecoach.script import read_script
from voicecoach.session import Session
from voicecoach.settings import merge_settings
from voicecoach.speech import Speaker

if TYPE_CHECKING:
    from numpy.typing import NDArray

COACH_RMS = 0.1
"""Of the coach's voice where it sounds: -20 dB."""
SETTLE_SECONDS = 14.0
"""Until the coach has talked long enough to be told from anybody else."""
ANSWER_SECONDS = 3.0
"""So long somebody waits for an answer before he says the next word."""
TALK = (
    "Lie on your back, let your shoulders sink into the mat, and breathe in and out as slowly as "
    "you like. Turn your palms up, and let your head grow heavy. There is nothing to do but to lie "
    "here, and to notice how your weight rests on the floor. "
)


def talking_script(folder: Path, exercises: int = 40) -> Path:
    """A script in which the coach never stops talking."""
    script = folder / "talk.md"
    talk = "".join(f"## Part {number}\n{TALK * 6}\n" for number in range(1, exercises + 1))
    script.write_text(f"# Talk\nguidance: minimal\n{talk}")
    return script


def flite(voice: str, text: str, folder: Path) -> NDArray[np.float32]:
    """A word of a synthetic person, mono at 48 kHz."""
    file = folder / f"{voice}-{text.replace(' ', '-')}.wav"
    said = "flite", "-voice", voice, "-t", text, "-o", str(file)
    subprocess.run(said, check=True)
    with wave.open(str(file)) as sound:
        whole = np.frombuffer(sound.readframes(sound.getnframes()), np.int16)
        wide = whole.astype(np.float32) / 32768
        samples: NDArray[np.float32] = soxr.resample(wide, sound.getframerate(), RATE)
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    return samples[loud[0] : loud[-1] + 1]


def as_loud(samples: NDArray[np.float32], rms: float) -> NDArray[np.float32]:
    """Samples with that level where they sound."""
    parts = samples[: len(samples) // 480 * 480].reshape(-1, 480)
    power = np.mean(parts.astype(np.float64) ** 2, axis=1)
    sounding = np.sqrt(power[power > power.max() * 10**-2.5].mean())
    return samples * np.float32(rms / sounding)


@dataclass(frozen=True)
class Answer:
    """What became of a word."""

    said: str
    command: str
    """What it was taken for; "" if it wasn't heard."""
    obeyed: bool
    seconds: float
    """From the word's end to what was told of it."""


def talk_in_hall(
    folder: Path, speaker: Speaker, said: Sequence[tuple[str, NDArray[np.float32]]], coach_db: float
) -> tuple[list[Answer], Hall]:
    """As `converse`, in a hall whose time waits, so that it depends on no machine's speed.

    What was heard when nobody spoke stands last.
    """
    routine, _ = read_script(talking_script(folder).read_text())
    settings = replace(merge_settings(environment=os.environ), listening=True)
    hall = Hall()
    session = Session(Rendition(build_program(routine, settings), speaker))
    session.director.front.clock = hall.clock
    voice = Voice(session, "en", "", _silent, hall.open_ear, hall.open_capture)
    obeyed: list[str] = []

    def watch(event: Event) -> None:
        if isinstance(event, Obeyed) and event.source == VOICE:
            obeyed.append(event.command)

    playing = threading.Thread(target=session.run, args=(lambda: hall, [watch], [voice]))
    playing.start()
    hall.wait_until(round(SETTLE_SECONDS * HALL_RATE))
    assert not obeyed, "the coach commands himself"
    places = []
    for _, samples in said:
        heard: NDArray[np.float32] = soxr.resample(samples, RATE, HALL_RATE)
        end = hall.say(as_loud(heard, COACH_RMS * 10 ** (-coach_db / 20)))
        places.append((end - len(heard), end))
        hall.wait_until(end + round(ANSWER_SECONDS * HALL_RATE))
        if session.director.paused:
            session.send(Command.RESUME)
            hall.wait_until(hall.at + round(ANSWER_SECONDS * HALL_RATE))
    session.send(Command.STOP)
    playing.join()
    reports = [report for report in hall.reports if isinstance(report, Heard)]
    answers = []
    for (word, _), (start, end) in zip(said, places, strict=True):
        around = HALL_RATE // 2
        mine = [r for r in reports if start - around < r.start < end and r.end < end + around]
        command = str(mine[0].command) if mine else ""
        late = (mine[0].end - end) / HALL_RATE if mine else 0.0
        answers.append(Answer(word, command, command in obeyed, late))
        reports = [report for report in reports if report not in mine]
    answers += [Answer("", str(report.command), True, 0.0) for report in reports]
    return answers, hall


def _silent(lines: list[str]) -> None:
    raise AssertionError(lines)


def by_voice(event: dict[str, Any]) -> bool:
    """Whether an event tells of something that was said."""
    return event["event"] in ("obeyed", "ignored") and event["source"] == "voice"


def converse(
    room: Room, live: Live, said: Sequence[tuple[str, NDArray[np.float32]]], coach_db: float
) -> list[Answer]:
    """Say words, one after the other, to a coach so many dB louder; he goes on after each."""
    answers = []
    for word, samples in said:
        count = len(live.events)
        end = time.monotonic() + len(samples) / RATE
        room.say(as_loud(samples, COACH_RMS * 10 ** (-coach_db / 20)))
        time.sleep(len(samples) / RATE + ANSWER_SECONDS)
        told = [event for event in live.events[count:] if by_voice(event)]
        if not told:
            answers.append(Answer(word, "", False, 0.0))
        for event in told:
            obeyed = event["event"] == "obeyed"
            answers.append(Answer(word, event["command"], obeyed, event["monotonic"] - end))
        if any(event["event"] == "paused" for event in live.events[count:]):
            live.send("resume")
            time.sleep(ANSWER_SECONDS)
    return answers
