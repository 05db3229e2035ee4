"""Steps: the plain instructions that a program is made of; seconds as asked for, none measured."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from voicecoach.routine import Side

WOUND_DB = 6.0
"""How much softer a session that winds down has become at its end: half the amplitude."""

SpanKind = Literal["hold", "rest", "pause", "ready", "switch", "breath", "beat"]
FITTING: tuple[SpanKind, ...] = ("rest", "pause", "ready", "switch")
"""Spans whose length nobody prescribed."""
OwnKind = Literal["opening", "length", "instructions", "side", "rep", "finish", "closing"]
StepKind = OwnKind | Literal["aside", "question", "answer"]
"""The latter stand in no program: what the coach says in between, and after all."""


@dataclass(frozen=True, slots=True)
class Say:
    """One utterance."""

    text: str
    line: int | None = None
    """The script's line that asked for it; None where the coach speaks by itself."""
    group: bool = False
    """Begins a paragraph: the longer gap stands before it."""
    role: str = ""
    """"countdown" or "beat", where `number` is said; else ""."""
    number: int | None = None
    as_long_as: str = ""
    """The other side's text: takes the time of the longer one, so both sides get equal time."""
    rate: float = 1.0
    """Its words a minute over the session's; below 1 what is said more slowly."""

    def other_side(self) -> Say | None:
        """What it takes as long as, if there is such."""
        return replace(self, text=self.as_long_as, as_long_as="") if self.as_long_as else None


@dataclass(frozen=True, slots=True)
class Placed:
    """An utterance within a span, left out where it doesn't fit."""

    say: Say
    at_seconds: float | None
    """Where it starts; None: as soon as there is room."""
    before_end: bool = False
    """`at_seconds` counts back from the span's end."""
    clear_seconds: float = 0.0
    """Silence before it, at the least; of a countdown, before its first number only."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time of an exact length, with a chime at its ends and utterances within."""

    kind: SpanKind
    seconds: float
    line: int | None = None
    opens: str = ""
    """The chime's event at its first sample; "" for none."""
    closes: str = ""
    """The chime's event that starts on its end."""
    cues: tuple[Placed, ...] = ()
    """In order of importance: an earlier one keeps its place against a later one."""
    inner: Span | None = None
    """A hold within a beat, starting when the beat's number has been said."""
    fixed: bool = False
    """Keeps its length in a session that is to fit, though it is a rest: written in breaths."""

    @property
    def fits(self) -> bool:
        """Whether a session that is to fit may make it longer or shorter."""
        return self.kind in FITTING and not self.fixed


@dataclass(frozen=True, slots=True)
class Chime:
    """A chime by itself: an event of the session's chimes, or a set's name."""

    name: str


@dataclass(frozen=True, slots=True)
class SayLength:
    """The session's length, which is known only when everything else is measured."""

    line: int | None = None


StepPart = Say | Span | Chime | SayLength


@dataclass(frozen=True, slots=True)
class Step:
    """The unit of change of a live session: one rep, or what is said before or after reps."""

    kind: StepKind
    parts: tuple[StepPart, ...]
    name: str = ""
    """The exercise's name; before the first exercise the session's title."""
    exercise: int = 0
    """From 1; 0 outside all exercises."""
    set: int = 0
    sets: int = 0
    rep: int = 0
    reps: int = 0
    side: Side | None = None
    chimes: str = ""
    """The set or sound file in force, "" for none."""
    wound: tuple[float, float] = (0.0, 0.0)
    """How far the session has wound down where it begins and ends: 1 at its end, 0 or less before
    it winds down at all."""
    joined: bool = False
    """The next step follows on the very frame, with no gap: the next beat of a run."""
    index: int = -1
    """Its place in the program, from 0; −1 of what the coach says in between."""

    @property
    def says_length(self) -> bool:
        """Whether it says how long the session takes: then all other steps are measured first."""
        return any(isinstance(part, SayLength) for part in self.parts)

    def wound_at(self, share: float) -> float:
        """How far the session has wound down when that share of the step has passed."""
        begin, end = self.wound
        return max(begin + (end - begin) * min(share, 1.0), 0.0)

    def level(self, share: float) -> float:
        """The amplitude of what sounds there, 0–1: falls evenly in dB; four digits, for plans."""
        return round(10 ** (-WOUND_DB / 20 * self.wound_at(share)), 4)

    def utterances(self) -> list[Say]:
        """All that is measured for it, in order: what is said, and what it takes as long as."""
        said: list[Say] = []
        for part in self.parts:
            if isinstance(part, Say):
                said.append(part)
            elif isinstance(part, Span):
                said += [placed.say for placed in part.cues]
        return [each for say in said for each in (say, say.other_side()) if each]
