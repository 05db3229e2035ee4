"""Heard: a speaker's number enters, what the session would hear of each of his words leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bench.listening.rooms import heard as in_room
from bench.listening.rooms import kitchen, pink, room
from bench.listening.streams import FLOOR, LEVEL, Stream, active
from bench.listening.verifying.voices import Line, lines, speaker
from voicecoach.controls.microphone import RATE, Samples
from voicecoach.controls.microphone.cleaning import Cleaner
from voicecoach.controls.microphone.listening import LONGEST, SHORTEST
from voicecoach.controls.microphone.segments import Segment, Segments

ROOMS = range(100, 160)
"""Other ones than the table is measured in."""
SNRS = (None, 20.0, 10.0, 6.0, 14.0)
"""In quiet, or how much softer the noise is than the speaker, in dB."""
LOUDNESS = (-6.0, 4.0)
"""By how much one word is louder than another, in dB."""
TAKES = 2
"""In so many rooms and noises everybody is heard."""
GAPS = (0.55, 0.9)
"""Between words, in seconds."""
WHOLE = 0.6
"""So much of a phrase must be in a segment that it counts for one."""


@dataclass(frozen=True)
class Heard:
    """A segment, and what is said in it."""

    line: Line
    samples: Samples


@dataclass(frozen=True)
class _Placed:
    line: Line
    start: int
    end: int

    def share_in(self, segment: Segment) -> float:
        common = min(segment.end, self.end) - max(segment.start, self.start)
        return common / (self.end - self.start)


def heard(number: int) -> list[Heard]:
    """What is understood of a speaker, cut as while a session listens."""
    rng = np.random.default_rng([97, number])
    dry, placed = _speak(number, rng)
    takes = [_take(dry, placed, number // 10 + 2 * take, rng) for take in range(TAKES)]
    return [found for take in takes for found in take]


def _take(
    dry: Samples, placed: list[_Placed], number: int, rng: np.random.Generator
) -> list[Heard]:
    wet = in_room(dry, room(int(rng.choice(ROOMS))).person)[: len(dry)]
    wet *= LEVEL / active(wet)
    wet += rng.normal(0, FLOOR, len(wet)).astype(np.float32)
    snr = SNRS[number % len(SNRS)]
    if snr is not None:
        noise = (pink, kitchen)[number % 2](len(wet), rng)
        wet += noise * np.float32(LEVEL * 10 ** (-snr / 20))
    found = []
    for segment in segments(wet):
        there = [each for each in placed if each.share_in(segment) > 0]
        if len(there) == 1 and SHORTEST <= segment.end - segment.start <= LONGEST:
            line = there[0].line
            if line.phrase is None or there[0].share_in(segment) > WHOLE:
                found.append(Heard(line, segment.samples))
    return found


def _speak(number: int, rng: np.random.Generator) -> tuple[Samples, list[_Placed]]:
    pieces, placed, at = [np.zeros(RATE, np.float32)], [], RATE
    for line in lines(number):
        word = speaker(number).speak(line.text)
        word = word * np.float32(LEVEL / active(word) * 10 ** (rng.uniform(*LOUDNESS) / 20))
        gap = int(rng.uniform(*GAPS) * RATE)
        placed.append(_Placed(line, at, at + len(word)))
        pieces += [word, np.zeros(gap, np.float32)]
        at += len(word) + gap
    return np.concatenate(pieces), placed


def segments(microphone: Samples) -> Iterator[Segment]:
    """What is said in a microphone's stream, once it is over."""
    cleaner, finder = Cleaner(), Segments()
    for block in Stream(microphone, np.zeros(len(microphone), np.float32), []).blocks():
        for step in cleaner.clean(block):
            segment = finder.add(step)
            if segment and segment.over:
                yield segment
