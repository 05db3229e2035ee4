"""Sections: what has been read of a script so far, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from voicecoach.errors import Location, Problem
from voicecoach.routine import Dose, Part, Words
from voicecoach.script.markup import DirectionError, TextLine, read_parts


@dataclass
class Report:
    """Everything found wrong with one script."""

    file: str
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def error(self, line: int, column: int, cause: str, hint: str = "") -> None:
        """Something that keeps the script from being played."""
        self.errors.append(Problem(Location(self.file, line, column), cause, hint))

    def warn(self, line: int, column: int, cause: str, hint: str = "") -> None:
        """Something that is probably not meant so."""
        self.warnings.append(Problem(Location(self.file, line, column), cause, hint))

    def parts(self, lines: list[TextLine]) -> tuple[Part, ...]:
        """The words and stage directions of a paragraph, their problems reported."""
        problems: list[DirectionError] = []
        parts = read_parts(lines, problems)
        for problem in problems:
            tell = self.error if problem.fatal else self.warn
            tell(problem.line, problem.column, problem.cause, problem.hint)
        return parts


@dataclass
class Section:
    """What has been read of an exercise (or, before the first, of the session)."""

    name: str = ""
    line: int = 0
    blocks: list[tuple[str, tuple[Part, ...], int]] = field(default_factory=list)
    """In order: "prose" or "movement", its parts, its line."""
    dose: Dose = field(default_factory=Dose)
    dose_at: int | None = None
    """How many blocks stood before the dose line."""
    dose_items: set[str] = field(default_factory=set)
    cues: dict[str, Words] = field(default_factory=dict)
    caution: list[Words] = field(default_factory=list)
    settings: dict[str, object] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
