"""The record's database: a path enters, an SQLite file that is whole leaves; a broken one is kept.

It is in WAL mode with synchronous = NORMAL: a process may be killed at any moment and nothing that
was written is lost; when the power fails, the last second may be, but the file stays whole.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from voicecoach.record.progress import now

BUSY_SECONDS = 2.0
"""How long to wait while another process writes; each of its changes takes milliseconds."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE sessions (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            title TEXT NOT NULL, script TEXT NOT NULL, script_hash TEXT NOT NULL,
            settings TEXT NOT NULL,
            began TEXT NOT NULL, seen TEXT NOT NULL, ended TEXT, ending TEXT,
            played_seconds REAL NOT NULL, exercise INTEGER,
            machine TEXT, process INTEGER, process_started TEXT,
            forgotten INTEGER NOT NULL DEFAULT 0)""",
        "CREATE INDEX sessions_by_script ON sessions (script_hash, number)",
        """CREATE TABLE exercises (
            session INTEGER NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL,
            state TEXT, held_seconds REAL NOT NULL, PRIMARY KEY (session, number))""",
        """CREATE TABLE commands (
            session INTEGER NOT NULL, number INTEGER NOT NULL, at TEXT NOT NULL,
            command TEXT NOT NULL, source TEXT NOT NULL, exercise INTEGER,
            PRIMARY KEY (session, number))""",
    ),
    (
        "ALTER TABLE sessions ADD COLUMN feeling TEXT",
        "ALTER TABLE sessions ADD COLUMN pain INTEGER",
    ),
    ("ALTER TABLE exercises ADD COLUMN asked TEXT NOT NULL DEFAULT ''",),
    ("ALTER TABLE sessions ADD COLUMN answer_source TEXT NOT NULL DEFAULT ''",),
)
"""What makes a database of version N one of version N + 1; its version is PRAGMA user_version.
Add to the end, and change nothing that was ever released."""

LOOKS = (
    """SELECT number, title, script, script_hash, settings, began, seen, ended, ending,
        played_seconds, exercise, machine, process, process_started, forgotten,
        feeling, pain, answer_source FROM sessions LIMIT 0""",
    "SELECT session, number, name, state, held_seconds, asked FROM exercises LIMIT 0",
    "SELECT session, number, at, command, source, exercise FROM commands LIMIT 0",
)
"""What a database of this version answers, unless somebody took a part of it away."""

JOURNALS = ("-wal", "-shm", "-journal")
"""What SQLite puts beside a database, by the endings of their names."""
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}
"""SQLITE_ERROR: a table of ours is missing, or is somebody else's."""


class NewerError(sqlite3.OperationalError):
    """A database of a version to come."""


class DamagedError(sqlite3.DatabaseError):
    """A database that SQLite can open, but not trust."""


def damaged(error: Exception) -> bool:
    """Whether an error means that the file itself is broken."""
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(error, DamagedError) or (code is not None and code & 0xFF in _DAMAGE)


def open_database(path: Path) -> sqlite3.Connection:
    """The database, made where there is none, brought to this version, and found whole.

    Raises:
        sqlite3.Error, OSError: it can't be opened or made; `damaged` tells whether it is broken.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with contextlib.suppress(FileExistsError):
        path.touch(0o600, exist_ok=False)  # how a body fares is nobody else's business
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        check(connection)
        _migrate(connection)
        for look in LOOKS:
            connection.execute(look)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        connection.close()
        raise
    return connection


def open_to_read(path: Path) -> sqlite3.Connection:
    """The database, to read it, also where nothing may be written. Raises as open_database."""
    with contextlib.suppress(sqlite3.OperationalError, OSError):
        return open_database(path)
    # Readers, too, write beside it, unless they know that nobody can write to it.
    journals = any(path.with_name(path.name + ending).exists() for ending in JOURNALS)
    if journals or os.access(path.parent, os.W_OK):
        try:
            return _opened(path, "mode=ro")
        except sqlite3.OperationalError:
            if any(_waiting(path)):
                raise
    return _opened(path, "immutable=1")  # there may be no room beside it: the disk is full


def is_empty(connection: sqlite3.Connection) -> bool:
    """Whether nothing was ever written: the disk was full when it was made."""
    return connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None


def check(connection: sqlite3.Connection) -> None:
    """Look whether the file is whole and of a version that is known.

    Raises:
        sqlite3.Error: it isn't.
    """
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise DamagedError(f"it is damaged: {found}")
    if _version(connection) > len(MIGRATIONS):
        raise NewerError("a newer voicecoach made it; update this one")


def set_aside(path: Path, inode: int) -> Path | None:
    """Rename a damaged database; None if another process was quicker.

    Its journals go first: a new database must never find them beside it.

    Raises:
        OSError: it can't be renamed.
    """
    stamp = f"{now():%Y%m%d-%H%M%S}"
    aside, count = path.with_name(f"{path.stem}-damaged-{stamp}{path.suffix}"), 1
    while aside.exists():
        count += 1
        aside = path.with_name(f"{path.stem}-damaged-{stamp}-{count}{path.suffix}")
    try:
        if path.stat().st_ino != inode:
            return None
        for ending in JOURNALS:
            with contextlib.suppress(FileNotFoundError):
                path.with_name(path.name + ending).rename(aside.with_name(aside.name + ending))
        path.rename(aside)
    except FileNotFoundError:
        return None
    return aside


@contextlib.contextmanager
def change(connection: sqlite3.Connection, begin: str = "BEGIN IMMEDIATE") -> Iterator[None]:
    """One transaction: all of it, or nothing."""
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True)
    try:
        check(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _waiting(path: Path) -> Iterator[Path]:
    """Journals in which something stands that isn't in the database yet."""
    for ending in ("-wal", "-journal"):
        journal = path.with_name(path.name + ending)
        with contextlib.suppress(FileNotFoundError):
            if journal.stat().st_size:
                yield journal


def _migrate(connection: sqlite3.Connection) -> None:
    if _version(connection) == len(MIGRATIONS):
        return
    with change(connection):
        # Asked again: another process may have been quicker.
        for statements in MIGRATIONS[_version(connection) :]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version
