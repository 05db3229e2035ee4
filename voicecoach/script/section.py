"""Sections: what has been read of a script so far, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from voicecoach.errors import Location, Problem
from voicecoach.routine import Dose, Part, Words

MOST_PROBLEMS = 1_000
"""Of each kind. Who has more of them has given the wrong file, and needs no list."""


@dataclass
class Report:
    """Everything found wrong with one script."""

    file: str
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    @property
    def full(self) -> bool:
        """Whether so many errors were found that reading on helps nobody."""
        return len(self.errors) >= MOST_PROBLEMS

    def error(self, line: int, column: int, cause: str, hint: str = "") -> None:
        """Something that keeps the script from being played."""
        if not self.full:
            self.errors.append(Problem(Location(self.file, line, column), cause, hint))

    def warn(self, line: int, column: int, cause: str, hint: str = "") -> None:
        """Something that is probably not meant so."""
        if len(self.warnings) < MOST_PROBLEMS:
            self.warnings.append(Problem(Location(self.file, line, column), cause, hint))


@dataclass(slots=True)
class Section:
    """What has been read of an exercise (or, before the first, of the session)."""

    name: str = ""
    line: int = 0
    blocks: list[tuple[str, tuple[Part, ...], int]] = field(default_factory=list)
    """In order: "prose" or "movement", its parts, its line."""
    dose: Dose = field(default_factory=Dose)
    dose_at: int | None = None
    """How many blocks stood before the dose line."""
    dose_items: dict[str, tuple[int, int]] = field(default_factory=dict)
    """The line and column of each item of the dose."""
    cues: dict[str, Words] = field(default_factory=dict)
    caution: list[Words] = field(default_factory=list)
    settings: dict[str, object] = field(default_factory=dict)
    says: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Words and how they are said, by the word in small letters."""
    facts: dict[str, Any] = field(default_factory=dict)
    sided: list[tuple[int, int, str]] = field(default_factory=list)
    """The line and column of each of SIDES, and how it is written."""
