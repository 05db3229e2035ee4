"""Routine: what the coach means. No numbers of repetitions unrolled, no time measured, no audio."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Literal

Side = Literal["left", "right"]
Sides = Literal["each", "alternate"]
"""each: all reps left, then all right; alternate: left, right, left …"""
SIDES = re.compile(r"\{(?:side|(?P<left>[^{}/\n]{1,40})/(?P<right>[^{}/\n]{1,40}))\}")
"""What becomes left or right in a text: `{side}`, or words of its own, `{izquierda/derecha}`."""
Unit = Literal["sets", "reps", "seconds"]
Period = Literal["days", "weeks", "sessions"]
SHORTEST_BREATH, LONGEST_BREATH = 2.0, 30.0
"""How long a guided breath may take, in seconds."""
MOVEMENT_SECONDS = 3.0
"""How long a movement without its own timing takes, at pace 1 (script language)."""


@dataclass(frozen=True, slots=True)
class Duration:
    """A length as written: seconds, or guided breaths whose own length is a setting."""

    seconds: float = 0.0
    breaths: int = 0

    def at(self, breath_seconds: float) -> float:
        """Its length in seconds, where a breath takes so many."""
        return self.seconds + self.breaths * breath_seconds


@dataclass(frozen=True, slots=True)
class Words:
    """Words to be spoken: plain text, one or more sentences; SIDES may stand in it."""

    text: str
    line: int
    """The line of the script, from 1."""
    group: bool = True
    """Starts a paragraph of its own (a longer gap before it) rather than going on."""


@dataclass(frozen=True, slots=True)
class Pause:
    """`(pause D)`: silence."""

    length: Duration


@dataclass(frozen=True, slots=True)
class Hold:
    """`(hold D)`: the position is held."""

    length: Duration
    line: int


@dataclass(frozen=True, slots=True)
class Breathe:
    """`(breathe N)`: guided breaths, in and out."""

    count: int
    line: int


@dataclass(frozen=True, slots=True)
class Ring:
    """`(chime NAME)`: an event of the session's chimes, or a set's name; "" is the usual one."""

    name: str


Part = Words | Pause | Hold | Breathe | Ring


@dataclass(frozen=True, slots=True)
class Movement:
    """A numbered line: one movement of a rep."""

    parts: tuple[Part, ...]
    line: int

    @property
    def timed(self) -> bool:
        """Whether it says by itself how long something is held."""
        return any(isinstance(part, Hold | Breathe) for part in self.parts)

    @property
    def waits(self) -> bool:
        """Whether it ends in a silence of its own, in which it is done."""
        return bool(self.parts) and isinstance(self.parts[-1], Pause)


@dataclass(frozen=True, slots=True)
class Dose:
    """How an exercise is repeated. With sides, reps and sets count for each side."""

    line: int = 0
    hold: Duration | None = None
    hold_most: Duration | None = None
    """The upper bound of a range of holds; `hold` is the lower one."""
    reps: int = 1
    sets: int = 1
    reps_most: int | None = None
    sets_most: int | None = None
    """The upper bounds of ranges of them, as of the hold."""
    rest: Duration = Duration(8)
    set_rest: Duration = Duration(20)
    sides: Sides | None = None
    switch: Duration = Duration(6)
    every: Duration | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """`add 1 set every 3 days, up to 5 sets`: how a dose grows."""

    add: int
    unit: Unit
    every: int
    period: Period
    most: int


@dataclass(frozen=True, slots=True)
class Grown:
    """How far a dose has grown; amounts are numbers of sets or reps, or seconds of hold."""

    progress: Progress
    rule: str
    """How it grows, as the record keeps it."""
    own: float
    """What the script says."""
    most: float
    """What it grows to."""
    now: float
    before: float | None = None
    """What it was last time; None where there was none."""

    @property
    def changed(self) -> bool:
        """Whether it isn't what it was last time."""
        return self.before is not None and self.before != self.now


@dataclass(frozen=True, slots=True)
class Exercise:
    """One `##` heading and what stands under it: a chapter."""

    name: str
    line: int
    before: tuple[Part, ...] = ()
    """Spoken before the first rep; of an exercise without timing, all of it."""
    dose: Dose | None = None
    """None: without any timing, simply spoken."""
    movements: tuple[Movement, ...] = ()
    """One rep, in order."""
    after: tuple[Part, ...] = ()
    caution: tuple[Words, ...] = ()
    halfway: Words | None = None
    between: Words | None = None
    finish: Words | None = None
    short: Words | None = None
    settings: Mapping[str, object] = field(default_factory=dict)
    """Its own chimes, countdown and guidance, by the fields of Settings."""
    progress: Progress | None = None
    grown: Grown | None = None
    """How far the dose has grown from the script's own; None where it doesn't grow."""


@dataclass(frozen=True, slots=True)
class Routine:
    """A whole script, understood."""

    title: str
    intro: tuple[Part, ...] = ()
    caution: tuple[Words, ...] = ()
    exercises: tuple[Exercise, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    """What the script sets, by the fields of Settings."""
    progress: Progress | None = None
    times: tuple[time, ...] = ()
    """When it is to be done each day, in order: local times of day."""
    author: str = ""
    license: str = ""
    tags: tuple[str, ...] = ()
    file: str = ""
    """Where it came from, as errors name it."""
    script_hash: str = ""
    """SHA-256 of the script's text, in hexadecimal: what tells it from another."""
    source: str = field(default="", repr=False)
    """The script's text itself, its lines divided by LF."""
