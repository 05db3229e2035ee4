"""Rows: a Timeline enters; what a picture shows of each exercise leaves, in frames."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise

from voicecoach.phrases import Phrases
from voicecoach.timeline import Cue, LeftOut, Timeline
from voicecoach.units import RATE, Frames, seconds

QUIET = ("hold", "rest", "pause")
"""The spans in which a person wants to be left alone."""
CROWDED = 0.5
"""Of such a span, the share that is said, from which on it is crowded …"""
LEAST_QUIET = 3.0
"""… but for those of fewer seconds, in which one word is much."""
LENGTHS = (20, 30, 60, 120, 180, 300, 600, 900, 1200, 1800, 3600, 7200, 14400, 28800, 86400)
"""Seconds of a line that people can count in."""
MOST_LINES = 3
"""A row takes no more lines than that."""


class Shares:
    """Stretches one after the other: how much of any other they cover."""

    def __init__(self, stretches: Iterable[tuple[int, int]]) -> None:
        self._stretches = sorted(stretches)
        self._starts = [start for start, _ in self._stretches]
        self._sums = [0, *accumulate(end - start for start, end in self._stretches)]

    @classmethod
    def of(cls, cues: Iterable[Cue], kind: str) -> Shares:
        """Those of all cues of a kind."""
        return cls((cue.start, cue.end) for cue in cues if cue.kind == kind)

    def share(self, start: float, end: float) -> float:
        """The share of a stretch that is covered, 0–1."""
        return (self._before(end) - self._before(start)) / (end - start) if end > start else 0.0

    def _before(self, at: float) -> float:
        """Frames that are covered before a position."""
        index = bisect_left(self._starts, at)
        return self._sums[index] - max(self._stretches[index - 1][1] - at, 0) if index else 0.0


@dataclass(frozen=True, slots=True)
class Block:
    """A span as it is drawn."""

    kind: str
    start: Frames
    end: Frames
    side: str | None
    crowded: bool
    """Whether so much is said in it that it is no quiet any more."""


@dataclass(frozen=True, slots=True)
class Rep:
    """One repetition, without the rest behind it."""

    set: int
    rep: int
    side: str | None
    start: Frames
    end: Frames


@dataclass(frozen=True, slots=True)
class Row:
    """An exercise, or what comes before the first one."""

    number: int
    """From 1; 0 before the first exercise."""
    title: str
    start: Frames
    end: Frames
    """Where the next row begins."""
    blocks: tuple[Block, ...]
    """In the order of their starts; one within another stands behind it."""
    reps: tuple[Rep, ...]
    words: Shares
    """What is said in the whole session."""
    left_out: tuple[LeftOut, ...]

    @property
    def frames(self) -> Frames:
        """How long it is."""
        return Frames(self.end - self.start)

    @property
    def spoken(self) -> float:
        """The share that is said, 0–1."""
        return self.words.share(self.start, self.end)

    @property
    def crowded(self) -> int:
        """How many of its quiet spans are crowded."""
        return sum(block.crowded for block in self.blocks)


def rows(timeline: Timeline) -> list[Row]:
    """A row for each exercise, one after the other, and one for what comes before them."""
    chapters = timeline.chapters
    marks = [(0, 0, timeline.title)] if not chapters or chapters[0].start else []
    marks += [(number, chapter.start, chapter.title) for number, chapter in enumerate(chapters, 1)]
    starts = [start for _, start, _ in marks]
    words = Shares.of(timeline.cues, "speech")
    cues: list[list[Cue]] = [[] for _ in marks]
    left_out: list[list[LeftOut]] = [[] for _ in marks]
    for cue in timeline.cues:
        cues[bisect_right(starts, cue.start) - 1].append(cue)
    for left in timeline.left_out:
        left_out[bisect_right(starts, left.start) - 1].append(left)
    return [
        Row(
            *(number, title, Frames(start), Frames(end)),
            *(_blocks(own, words), _reps(own), words, tuple(left)),
        )
        for (number, start, title), end, own, left in zip(
            marks, [*starts[1:], timeline.frames], cues, left_out, strict=True
        )
    ]


def line_frames(shown: Sequence[Row]) -> Frames:
    """How much time a line of a row takes, the same in all rows."""
    most = max(len(shown) + 6, 12)
    for length in LENGTHS:
        lines = [line_count(row, Frames(length * RATE)) for row in shown]
        if max(lines) <= MOST_LINES and sum(lines) <= most:
            return Frames(length * RATE)
    return Frames(LENGTHS[-1] * RATE)


def line_count(row: Row, line: Frames) -> int:
    """How many lines a row takes."""
    return max(-(-row.frames // line), 1)


def facts(row: Row, words: Phrases) -> list[str]:
    """What a row's exercise asks for, as far as it can be heard: "3 times", "each side" …"""
    texts, spans = words.texts["handout"], {block.kind: block for block in row.blocks}
    found = []

    def count(what: str, n: int) -> str:
        return str(texts[f"one_{what}"] if n == 1 else texts[f"{what}s"].format(n=n))

    if (sets := max((rep.set for rep in row.reps), default=0)) > 1:
        found.append(count("set", sets))
    if row.reps:
        found.append(count("time", max(rep.rep for rep in row.reps)))
    if any(rep.side for rep in row.reps):
        sides = [rep.side for rep in row.reps]
        turns = sum(one != other for one, other in pairwise(sides))
        found.append(texts["each" if turns < 2 * max(sets, 1) else "alternate"])
    if held := _lengths(row, "hold", words, 1):
        found.append(texts["hold"].format(length=held))
    if rested := _lengths(row, "rest", words, 0):
        found.append(texts["rest"].format(length=rested))
    if "beat" in spans:
        beat = seconds(spans["beat"].end - spans["beat"].start)
        found.append(texts["every"].format(length=words.written(beat)))
    if breaths := sum(block.kind == "breath" for block in row.blocks):
        found.append(count("breath", breaths))
    return found


def _lengths(row: Row, kind: str, words: Phrases, digits: int) -> str:
    """How long spans of a kind are, from the shortest to the longest; "" where there are none."""
    spans = (block for block in row.blocks if block.kind == kind)
    found = sorted({round(seconds(span.end - span.start), digits) for span in spans})
    return " – ".join(dict.fromkeys(map(words.written, (*found[:1], *found[-1:]))))


def _blocks(cues: Iterable[Cue], words: Shares) -> tuple[Block, ...]:
    return tuple(
        Block(cue.kind, cue.start, cue.end, cue.side, _crowded(cue, words))
        for cue in cues
        if not cue.sounds and cue.end > cue.start
    )


def _crowded(cue: Cue, words: Shares) -> bool:
    long = seconds(cue.end - cue.start) >= LEAST_QUIET
    return cue.kind in QUIET and long and words.share(cue.start, cue.end) >= CROWDED


def _reps(cues: Iterable[Cue]) -> tuple[Rep, ...]:
    found = []
    of_reps = (cue for cue in cues if cue.rep)
    for (number, rep, side), group in groupby(of_reps, lambda cue: (cue.set, cue.rep, cue.side)):
        own = list(group)
        rests = [cue.start for cue in own if cue.kind == "rest"]
        end = min(rests, default=max(cue.end for cue in own))
        found.append(Rep(number, rep, side, own[0].start, Frames(max(end, own[0].start))))
    return tuple(found)
