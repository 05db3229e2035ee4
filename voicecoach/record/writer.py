"""Writers: a session's events enter, at once; a thread of its own puts them into the database."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from voicecoach.events import Ended, Event
from voicecoach.record.alive import Owner, own
from voicecoach.record.database import damaged, open_database, set_aside
from voicecoach.record.entry import RecordedSession
from voicecoach.record.progress import Progress
from voicecoach.record.rows import save

BEAT_SECONDS = 1.0
"""Between two signs of life, and between two attempts where something is in the way."""
CLOSE_SECONDS = 5.0
"""How long the end of a session waits for a slow disk."""

FAILURES = (OSError, sqlite3.Error, ValueError, TypeError, OverflowError)
"""What a disk, a database, or what somebody else wrote into it, can make of our calls."""
_DISK = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)


class SessionRecord:
    """Records one session. Give `watch` its events, and close it when the session is over."""

    def __init__(self, path: Path, progress: Progress) -> None:
        self.path = path
        self._progress = progress
        self._changed = threading.Condition()
        self._wanted = self._written = self._failed = 0
        """Changes so far; those that are written; attempts that failed."""
        self._closing = False
        self._trouble = ""
        self._writer: threading.Thread | None = None
        self._file = _File(path)

    @property
    def trouble(self) -> str:
        """A sentence: why it isn't recorded, or where a damaged record was put; or ""."""
        return self._trouble or self._file.aside

    @property
    def entry(self) -> RecordedSession:
        """What is recorded, or will be in a moment."""
        return self._progress.entry

    def watch(self, event: Event) -> None:
        """Take an event in; returns at once and never raises. The first one begins the record,
        unless it is the end: without a sound device nothing was done.
        """
        with self._changed:
            news = self._progress.watch(event) or self._writer is None
            never = self._writer is None and isinstance(event, Ended)
            if self._closing or never or not news:
                return
            self._wanted += 1
            self._changed.notify_all()
            if self._writer is None:
                writer = threading.Thread(target=self._write, name="record", daemon=True)
                try:
                    writer.start()
                except RuntimeError as error:  # no more threads
                    self._trouble = _sentence(self.path, error)
                else:
                    self._writer = writer

    def flush(self, timeout_seconds: float = CLOSE_SECONDS) -> bool:
        """Wait until what has happened is written; False if it can't be, or takes too long."""
        with self._changed:
            wanted, failed, writer = self._wanted, self._failed, self._writer
            if writer and writer.is_alive():
                self._changed.wait_for(
                    lambda: self._written >= wanted or self._failed > failed, timeout_seconds
                )
            return self._written >= wanted

    def close(self) -> None:
        """Write the rest; a session that hasn't ended by now broke off. May be called twice."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._writer:
            self._writer.join(CLOSE_SECONDS)
            if self._writer.is_alive():
                self._trouble = _sentence(self.path, TimeoutError("the disk is too slow"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _write(self) -> None:
        owner = own()
        closing = False
        try:
            while not closing:
                with self._changed:
                    self._changed.wait_for(self._due, BEAT_SECONDS)
                    closing, wanted, entry = self._closing, self._wanted, self._progress.entry
                    if wanted == self._written and entry.ending:  # over, and it is known
                        continue
                self._save(entry, wanted, None if closing else owner)
        finally:
            self._file.close()

    def _due(self) -> bool:
        return self._closing or (self._wanted > self._written and not self._trouble)

    def _save(self, entry: RecordedSession, wanted: int, owner: Owner | None) -> None:
        try:
            self._file.save(entry, owner, self._progress.clock())
            trouble = ""
        except FAILURES as error:
            trouble = _sentence(self.path, error)
        with self._changed:
            self._trouble = trouble
            if trouble:
                self._failed += 1
            else:
                self._written = wanted
            self._changed.notify_all()


class _File:
    """The database as one session writes it: opened when needed, and anew where it was replaced."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.aside = ""
        """What became of a damaged record, in one sentence."""
        self._connection: sqlite3.Connection | None = None
        self._inode = 0
        self._saved: RecordedSession | None = None

    def save(self, entry: RecordedSession, owner: Owner | None, at: datetime) -> None:
        """Write what has changed. Raises one of FAILURES: nothing was written."""
        try:
            self._saved = save(self._opened(), entry, self._saved, owner, at)
        except sqlite3.Error as error:
            if not damaged(error):
                raise
            self.close()  # and looked at as it is opened again
            self._saved = save(self._opened(), entry, self._saved, owner, at)

    def close(self) -> None:
        """Give the file back. May be called twice."""
        if self._connection:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _opened(self) -> sqlite3.Connection:
        inode = self._found()
        if self._connection and inode == self._inode:
            return self._connection
        self.close()
        try:
            self._connection = open_database(self.path)
        except sqlite3.Error as error:
            if inode is None or not damaged(error):
                raise
            if aside := set_aside(self.path, inode):
                self.aside = (
                    f"the record of earlier sessions was damaged; it is kept as {aside}, "
                    "and a new one begun"
                )
            self._connection = open_database(self.path)
        self._inode = self.path.stat().st_ino
        return self._connection

    def _found(self) -> int | None:
        """The file that has the name, if any: another process may have set ours aside."""
        try:
            return self.path.stat().st_ino
        except FileNotFoundError:
            return None


def cause(error: Exception) -> str:
    """What went wrong, in a few words."""
    if isinstance(error, OSError):
        return (error.strerror or str(error)).lower()
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return "the disk is full, or fails" if code in _DISK else str(error)


def _sentence(path: Path, error: Exception) -> str:
    return f"this session can't be recorded in {path}: {cause(error)}"
