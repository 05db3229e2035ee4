"""Entries of the record: what is kept of a session, as plain values. Knows no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from voicecoach.events import Answer, Ending

State = Literal["begun", "done", "skipped", "hurt"]


@dataclass(frozen=True, slots=True)
class RecordedExercise:
    """One exercise of a session."""

    number: int
    """From 1."""
    name: str
    state: State | None = None
    """begun: the session ended, or broke off, within it; None: never reached."""
    held_seconds: float = 0.0
    asked: str = ""
    """What was asked of an exercise that grows, as voicecoach.progression.walk.Asked writes it."""


@dataclass(frozen=True, slots=True)
class RecordedCommand:
    """A command that was obeyed."""

    at: datetime
    command: str
    source: str
    """Who sent it, as voicecoach.events.Obeyed says."""
    exercise: int | None
    """None outside all exercises."""


@dataclass(frozen=True, slots=True)
class RecordedSession:
    """A live session, as far as it went. Moments are aware: of the place where it was held."""

    began: datetime
    title: str
    script: str
    """The script's name or path, as it was asked for."""
    script_hash: str
    """SHA-256 of the script's text, in hexadecimal."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """The settings in force, by the fields of Settings."""
    exercises: tuple[RecordedExercise, ...] = ()
    commands: tuple[RecordedCommand, ...] = ()
    exercise: int | None = None
    """The exercise that goes on, or in which it ended; None outside all exercises."""
    played_seconds: float = 0.0
    """Without pauses."""
    ended: datetime | None = None
    ending: Ending | None = None
    """None while it runs, and for ever if it broke off."""
    answer: Answer | None = None
    """How it was; None where nothing was asked, or nothing answered."""
    answer_source: str = ""
    """Who said so, as voicecoach.events.Answered says."""
    number: int = 0
    """Counts the record's sessions; 0 before it is written."""
    running: bool = False
    """Whether it goes on at this moment, here or elsewhere."""
    seen: datetime | None = None
    """When it last gave a sign of life; None before it is written."""

    def count(self, state: State | None) -> int:
        """How many of its exercises are in a state."""
        return sum(exercise.state == state for exercise in self.exercises)

    @property
    def held_seconds(self) -> float:
        """Of all its exercises."""
        return round(sum(exercise.held_seconds for exercise in self.exercises), 3)


@dataclass(frozen=True, slots=True)
class Interruption:
    """Where a session broke off."""

    session: int
    """Its number in the record."""
    exercise: int
    """From 1."""
    name: str
    at: datetime
    """When it last gave a sign of life."""
    script: str = ""
    """The script's name or path, as it was asked for."""
