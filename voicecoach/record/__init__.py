"""Record: a live session's events enter; what was done, and how it ended, stays on this machine.

Recording never disturbs a session. Events are taken in at once and written by a thread of its own;
what can't be written (a full disk, a folder that is read-only) is told in one sentence, and tried
again each second.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from voicecoach.errors import VoicecoachError
from voicecoach.library import APP
from voicecoach.program import Program
from voicecoach.progression import Practices
from voicecoach.progression.walk import Asked
from voicecoach.record.database import is_empty, open_to_read
from voicecoach.record.entry import (
    Interruption,
    RecordedCommand,
    RecordedExercise,
    RecordedSession,
    State,
)
from voicecoach.record.history import bad_in_a_row, practices
from voicecoach.record.progress import Clock, Progress, now
from voicecoach.record.rows import forget, interruption, load
from voicecoach.record.writer import FAILURES, SessionRecord, cause
from voicecoach.routine import Routine
from voicecoach.settings import Settings

__all__ = [
    "Interruption",
    "Record",
    "RecordError",
    "RecordedCommand",
    "RecordedExercise",
    "RecordedSession",
    "SessionRecord",
    "State",
    "record_file",
]

Result = TypeVar("Result")


class RecordError(VoicecoachError):
    """A record that can't be read."""

    def __init__(self, path: Path, why: str) -> None:
        self.path = path
        super().__init__(f"the record {path} can't be read: {why}")


def record_file() -> Path:
    """Where the sessions of this user are recorded."""
    from platformdirs import user_data_path  # 20 ms, and help needs no folders

    return user_data_path(APP, appauthor=False) / "sessions.db"


class Record:
    """The record of all sessions. Several processes may write to it at once."""

    def __init__(self, path: Path | None = None, clock: Clock = now) -> None:
        self.path = record_file() if path is None else path
        self.clock = clock
        self.trouble = ""
        """Why the last call of what never raises did nothing, or what `sessions` left out: one
        sentence, or "".
        """

    def begin(
        self, program: Program, script: str = "", script_hash: str = "", first: int = 1
    ) -> SessionRecord:
        """A record of a session that is about to begin; its first event is what begins it.

        `script` is its name or path, `first` the exercise that it begins with: those before it
        were done another time.
        """
        entry = RecordedSession(
            self.clock(), program.title, script, script_hash, _values(program.settings)
        )
        exercises = enumerate(program.routine.exercises, 1)
        asked = {number: str(Asked.of(e.grown)) for number, e in exercises if e.grown}
        return SessionRecord(self.path, Progress(entry, program.steps, first, self.clock, asked))

    def sessions(
        self, most: int | None = None, since: datetime | None = None
    ) -> tuple[RecordedSession, ...]:
        """The last sessions, newest last; none where nothing was ever recorded. What somebody else
        wrote into it may be left out: see `trouble`.

        Raises:
            RecordError: it can't be read.
        """
        self.trouble = ""
        try:
            found = self._ask(lambda database: load(database, most, since, self.clock()))
        except FAILURES as error:
            raise RecordError(self.path, cause(error)) from None
        sessions, unreadable = found or ((), 0)
        if unreadable:
            what = "one session" if unreadable == 1 else f"{unreadable} sessions"
            self.trouble = f"{what} in the record {self.path} can't be read"
        return sessions

    def interrupted(self, script_hash: str | None = None) -> Interruption | None:
        """Where the newest session of a script broke off; None if it ended or still goes on.

        Without a script, where that of any broke off last.

        Never raises: see `trouble`.
        """
        return self._try(lambda database: interruption(database, script_hash, self.clock()))

    def practices(self, routine: Routine, script: str) -> Practices:
        """What was done of the exercises of a script that grow; `script` is its name or path.

        Never raises: see `trouble`.
        """
        return self._try(lambda database: practices(database, routine, script)) or {}

    def forget(self, broken_off: Interruption) -> None:
        """Don't tell of it again: it was taken up, or let be. Never raises: see `trouble`."""
        self._try(lambda database: forget(database, broken_off))

    def bad_in_a_row(self, routine: Routine, script: str) -> int:
        """How many times in a row the answer was a bad one, up to now, of all or of this script's,
        as for `practices`. Never raises: see `trouble`.
        """
        return self._try(lambda database: bad_in_a_row(database, routine, script)) or 0

    def _try(self, ask: Callable[[sqlite3.Connection], Result]) -> Result | None:
        self.trouble = ""
        try:
            return self._ask(ask)
        except FAILURES as error:
            self.trouble = f"the record {self.path} can't be used: {cause(error)}"
            return None

    def _ask(self, ask: Callable[[sqlite3.Connection], Result]) -> Result | None:
        """What the database answers; None where there is none, or nothing in it."""
        if not self.path.exists():
            return None
        with contextlib.closing(open_to_read(self.path)) as database:
            return None if is_empty(database) else ask(database)


def _values(settings: Settings) -> dict[str, Any]:
    """Settings as JSON can hold them."""
    values: dict[str, Any] = json.loads(json.dumps(asdict(settings), default=_value))
    return values


def _value(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else str(value)
