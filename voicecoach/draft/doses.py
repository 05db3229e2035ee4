"""Doses: what sentences of an article may say of holds, reps, sets, sides and days; no text."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Literal

MOST_HOLD_SECONDS = 600.0
MOST_HOLD_BREATHS = 60
MOST_REPS = 100
MOST_SETS = 10
"""What is more has been misread, or nobody does it: it stays in its sentence."""

Range = tuple[int, int]
"""The least and the most of a count, often the same."""


@dataclass(frozen=True, slots=True)
class Length:
    """A hold or a rest, from the least to the most."""

    least: float
    most: float
    unit: Literal["seconds", "breaths"] = "seconds"

    def written(self) -> str:
        """As the script language has it: 15-30s, 5 breaths."""
        unit = "s" if self.unit == "seconds" else " breath" if self.most == 1 else " breaths"
        least, most = f"{self.least:g}", f"{self.most:g}"
        return f"{least}{unit}" if least == most else f"{least}-{most}{unit}"


@dataclass(frozen=True, slots=True)
class Growth:
    """More of it as time goes by."""

    unit: Literal["sets", "reps", "seconds"]
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What one sentence, or several together, say of a dose."""

    hold: Length | None = None
    lasts: Length | None = None
    """A length that isn't said to be held: "for 30 seconds". It is the hold where no other is."""
    reps: Range | None = None
    sets: Range | None = None
    rest: Length | None = None
    set_rest: Length | None = None
    sides: Literal["each", "alternate"] | None = None
    a_day: int | None = None
    growth: Growth | None = None
    only: bool = field(default=False, compare=False)
    """Whether the sentence says nothing else."""

    @property
    def doses(self) -> bool:
        """Whether it tells how to do an exercise: not only which side, or how often a day."""
        return any((self.hold, self.lasts, self.reps, self.sets))

    def filled(self, other: Found) -> Found:
        """What it says, and what only the other does."""
        taken = {
            f.name: getattr(other, f.name)
            for f in fields(self)
            if f.name != "only" and getattr(self, f.name) is None
        }
        return replace(self, **taken)
