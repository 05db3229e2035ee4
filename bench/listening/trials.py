"""Trials: a stream is listened to; what was obeyed, missed, mistaken and when, leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from bench.listening.people import MUSIC, prompts, recorded
from bench.listening.rooms import heard, kitchen, pink, room
from bench.listening.speakers import HELD_OUT, Speaker
from bench.listening.streams import FLOOR, LEVEL, Stream, active, joined, over_coach, spoken
from voicecoach.controls import Command
from voicecoach.controls.microphone import RATE, Block, Heard, Recogniser, Samples
from voicecoach.controls.microphone.listening import listen
from voicecoach.controls.microphone.recognisers import open_recogniser
from voicecoach.controls.voice import NO_SECONDS

ANSWERS = ("better", "same", "the same", "worse")
NINE = ("pause", "resume", "continue", "skip", "next", "repeat", "slower", "faster", "stop")
LATE_SECONDS = 1.5
"""A command told later than that after its word's end was given up by the person."""


@dataclass
class Tally:
    """What came of some trials."""

    said: list[str] = field(default_factory=list)
    obeyed: list[str] = field(default_factory=list)
    mistaken: list[tuple[str, str]] = field(default_factory=list)
    """What was said, and the phrase it was taken for; nothing was said: ""."""
    delays: list[tuple[str, float]] = field(default_factory=list)
    """Seconds from a word's end to its report, of what was obeyed."""
    seconds: float = 0.0

    def add(self, other: Tally) -> None:
        """Take in what came of others."""
        self.said += other.said
        self.obeyed += other.obeyed
        self.mistaken += other.mistaken
        self.delays += other.delays
        self.seconds += other.seconds

    def rate(self, phrases: tuple[str, ...] = ()) -> float:
        """The share that was obeyed; of some phrases or all."""
        said = [phrase for phrase in self.said if not phrases or phrase in phrases]
        obeyed = [phrase for phrase in self.obeyed if not phrases or phrase in phrases]
        return len(obeyed) / max(len(said), 1)


@cache
def recogniser(*, asked: bool = False) -> Recogniser:
    """The English one; loaded once a process."""
    return open_recogniser("en", asked=asked)


def lines(name: str) -> list[str]:
    """The lines of a text beside this file."""
    return (Path(__file__).parent / f"{name}.txt").read_text().splitlines()


@cache
def coach() -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """What the coach says over and over: full of words that are commands."""
    return joined(Speaker("espeak", "en-gb-x-gbclan"), lines("coach"))


def trial(stream: Stream, *, asked: bool = False) -> Tally:
    """Listen to a stream as it would come; `asked`, as it would after the coach's question."""
    tally = Tally([word.phrase for word in stream.said], seconds=stream.seconds)
    phrases = recogniser(asked=asked).phrases
    now = 0

    def blocks() -> Iterator[Block]:
        nonlocal now
        for block in stream.blocks():
            now += len(block.microphone)
            yield block

    waiting = list(stream.said)
    obeyed = -np.inf
    for report in listen(blocks(), recogniser(asked=asked)):
        if not isinstance(report, Heard):
            continue
        meant = next(
            (w for w in waiting if w.start - RATE / 4 < now < w.end + LATE_SECONDS * RATE), None
        )
        if meant and phrases[meant.phrase] == report.command:
            waiting.remove(meant)
            tally.obeyed.append(meant.phrase)
            tally.delays.append((meant.phrase, (now - meant.end) / RATE))
        elif report.command is Command.UNDO and now - obeyed > NO_SECONDS * RATE:
            continue  # there is nothing that it could undo
        elif not (meant is None and report.command is Command.STOP and _just(stream, now)):
            tally.mistaken.append((meant.phrase if meant else "", report.phrase))
        obeyed = now
    return tally


def _just(stream: Stream, now: int) -> bool:
    """Whether "stop" was said just now, and so is obeyed already."""
    return any(w.phrase == "stop" and w.start < now < w.end + RATE for w in stream.said)


def words(number: int, phrases: tuple[str, ...], snr: float | None) -> Tally:
    """A held-out speaker says phrases in quiet or noise."""
    seed = 1000 + number * 7 + int(snr or 0)
    return trial(spoken(HELD_OUT[number], phrases, seed, snr))


def answers(number: int, snr: float | None) -> Tally:
    """A held-out speaker answers how it was, in quiet or noise, once he was asked."""
    seed = 5000 + number * 7
    return trial(spoken(HELD_OUT[number], ANSWERS, seed, snr), asked=True)


def over(number: int, phrases: tuple[str, ...], louder: float) -> Tally:
    """A held-out speaker says phrases while the coach talks."""
    seed = 2000 + number * 7
    alone = spoken(HELD_OUT[number], phrases, seed)
    return trial(over_coach(alone, coach(), seed, louder))


def talk(number: int) -> Tally:
    """A held-out speaker says what is no command, to somebody else, with noise."""
    rng = np.random.default_rng([3, number])
    texts = list(rng.permutation(lines("sentences")))
    return _in_a_kitchen(joined(HELD_OUT[number], texts), number, rng)


def people(person: str, number: int) -> Tally:
    """Every sixth of what a real person recorded, to somebody else, with noise."""
    rng = np.random.default_rng([6, number])
    files = list(rng.permutation(np.array(prompts(person))[number % 6 :: 6]))
    return _in_a_kitchen(recorded(files, (0.3, 1.2), number), number, rng)


def _in_a_kitchen(dry: Samples, number: int, rng: np.random.Generator) -> Tally:
    wet = heard(dry, room(number % 24).person)[: len(dry)]
    wet *= LEVEL / active(wet)
    snr = float(rng.choice([10.0, 20.0, 30.0]))
    noise = kitchen(len(wet), rng) * np.float32(LEVEL * 10 ** (-snr / 20))
    return trial(Stream(wet + noise, np.zeros(len(wet), np.float32), []))


def music(number: int, minutes: float) -> Tally:
    """Music at the microphone, as loud as a person and softer."""
    file = prompts(MUSIC)[number]
    sound = recorded([file], (0.0, 0.0), number)[: int(minutes * 60 * RATE)]
    sound *= np.float32(10 ** (-(0, 6, 12)[number % 3] / 20))
    return trial(Stream(sound, np.zeros(len(sound), np.float32), []))


def noise(number: int, minutes: float) -> Tally:
    """Household noise, from soft to loud."""
    rng = np.random.default_rng([4, number])
    make = (kitchen, pink)[number % 3 == 2]
    sound = make(int(minutes * 60 * RATE), rng) * np.float32(LEVEL * 10 ** rng.uniform(-1, 0.3))
    return trial(Stream(sound, np.zeros(len(sound), np.float32), []))


def coached(number: int, minutes: float, snr: float | None = None) -> Tally:
    """The coach says command words, and nobody else anything; in quiet, or in a kitchen that is
    `snr` dB softer than a person.
    """
    length = int(minutes * 60 * RATE)
    rng = np.random.default_rng(number)
    quiet = Stream(np.zeros(length, np.float32), np.zeros(length, np.float32), [])
    quiet.microphone += rng.normal(0, FLOOR, length).astype(np.float32)
    if snr is not None:
        quiet.microphone += kitchen(length, rng) * np.float32(LEVEL * 10 ** (-snr / 20))
    return trial(over_coach(quiet, coach(), 3000 + number, (-10.0, 0.0, 10.0)[number % 3]))
