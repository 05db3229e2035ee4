"""The record and what can go wrong: disks, folders, damage, versions, locks."""

from __future__ import annotations

import random
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.recordings import (
    HASH,
    PROGRAM,
    child,
    record_session,
    states,
    told,
    whole,
    whole_database,
    within,
)
from voicecoach.events import Began, Ended
from voicecoach.record import Record, RecordError, database

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "sessions.db"


def test_a_full_disk_stops_nothing_and_is_caught_up_with(path: Path) -> None:
    work = (
        "most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (9_000, most))\n"
        "for event in within(2): session.watch(event)\n"
        "tell(session.flush(), session.trouble)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))\n"
        "for event in [*within(3)[len(within(2)):], Ended('stopped')]: session.watch(event)\n"
        "session.close(); tell(session.trouble or 'well')\n"
    )
    full, caught_up = told(child(path, work, wait=False)).splitlines()
    assert full == f"False this session can't be recorded in {path}: the disk is full, or fails"
    assert caught_up == "well"
    (session,) = Record(path).sessions()
    assert states(session) == ["done", "done", "begun"]


def test_on_a_disk_that_is_full_what_was_recorded_is_read(path: Path) -> None:
    full = (
        "most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, most))\n"
        "tell(len(record.sessions()), record.interrupted(HASH), record.trouble or 'well')\n"
        "for event in whole(): session.watch(event)\n"
        "session.close(); tell(session.trouble)\n"
        "tell(len(record.sessions()), record.interrupted(HASH), record.trouble or 'well')\n"
    )
    lost = f"this session can't be recorded in {path}: the disk is full, or fails"
    assert told(child(path, full, wait=False)).splitlines() == ["0 None well", lost, "0 None well"]
    assert path.stat().st_size == 0
    record_session(Record(path), whole())
    assert told(child(path, full, wait=False)).splitlines() == ["1 None well", lost, "1 None well"]
    assert len(Record(path).sessions()) == 1


DEMOTE = "import urllib.parse\nif os.getuid() == 0: os.setuid(65534)\n"
"""Nobody special, who may not read where Python stands: what is needed is imported before."""


@pytest.fixture
def anybodys() -> Iterator[Path]:
    """A record in a folder that everybody may enter."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "data" / "sessions.db"


def test_a_folder_that_cant_be_written(anybodys: Path) -> None:
    anybodys.parent.mkdir(mode=0o555)
    work = DEMOTE + (
        "for event in whole(): session.watch(event)\n"
        "session.close(); tell(session.trouble); tell(record.sessions(), record.trouble)\n"
    )
    trouble, read = told(child(anybodys, work, wait=False)).splitlines()
    assert trouble == f"this session can't be recorded in {anybodys}: permission denied"
    assert read == "() "
    anybodys.parent.chmod(0o755)


def test_a_record_that_can_only_be_read_is_read(anybodys: Path) -> None:
    record_session(Record(anybodys), within(2))
    anybodys.chmod(0o444)
    anybodys.parent.chmod(0o555)
    work = DEMOTE + (
        "tell(len(record.sessions()), record.interrupted(HASH).exercise)\n"
        "for event in whole(): session.watch(event)\n"
        "session.close(); tell(session.trouble)\n"
    )
    read, trouble = told(child(anybodys, work, wait=False)).splitlines()
    assert read == "1 2"
    assert (
        trouble
        == f"this session can't be recorded in {anybodys}: attempt to write a readonly database"
    )
    anybodys.parent.chmod(0o755)


def asides(path: Path) -> list[Path]:
    return sorted(path.parent.glob("sessions-damaged-*.db"))


NOISE = random.Random(1).randbytes(8_192)  # noqa: S311 - chance, no secret


def damage(path: Path, how: str) -> bytes:
    if how == "garbage":
        path.parent.mkdir(parents=True)
        path.write_bytes(NOISE * 3)
    elif how == "pages":
        for _ in range(5):
            record_session(Record(path), whole())
        with path.open("r+b") as pages:
            pages.seek(8_192)
            pages.write(NOISE)
    elif how == "tables":
        path.parent.mkdir(parents=True)
        with closing(sqlite3.connect(path)) as file, file:
            file.execute("CREATE TABLE sessions (anything)")
    elif how == "columns":
        record_session(Record(path), whole())
        with closing(sqlite3.connect(path)) as file, file:
            file.execute("DROP TABLE exercises")
    return path.read_bytes()


@pytest.mark.parametrize("how", ["garbage", "pages", "tables", "columns"])
def test_a_damaged_record_is_set_aside_and_never_deleted(path: Path, how: str) -> None:
    was = damage(path, how)
    record = Record(path)
    assert record.interrupted(HASH) is None
    assert record.trouble.startswith(f"the record {path} can't be used: ")
    with pytest.raises(RecordError, match="can't be read"):
        record.sessions()
    assert not asides(path)  # who only reads leaves it alone
    with record.begin(PROGRAM, "ease.md", HASH) as session:
        for event in whole():
            session.watch(event)
    (aside,) = asides(path)
    assert session.trouble == (
        f"the record of earlier sessions was damaged; it is kept as {aside}, and a new one begun"
    )
    assert aside.read_bytes() == was
    assert [states(session) for session in record.sessions()] == [["done"] * 3]
    assert whole_database(path)


def test_two_processes_find_it_damaged_at_once(path: Path) -> None:
    damage(path, "garbage")
    work = (
        "import voicecoach.record.writer\nvoicecoach.record.writer.BEAT_SECONDS = 0.1\n"
        "for event in within(3): session.watch(event)\n"
        "session.flush(); time.sleep(0.5); session.watch(Ended('stopped')); session.close()\n"
    )
    for process in [child(path, work, wait=False) for _ in range(2)]:
        told(process)
    assert [session.ending for session in Record(path).sessions()] == ["stopped"] * 2


def test_it_goes_on_where_its_file_is_taken_away(path: Path) -> None:
    with Record(path).begin(PROGRAM) as session:
        for event in within(2):
            session.watch(event)
        assert session.flush()
        for file in path.parent.iterdir():
            file.unlink()
        session.watch(Ended("stopped"))
    assert [states(session) for session in Record(path).sessions()] == [["done", "begun", None]]


def test_an_older_record_is_brought_up_to_date(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record_session(Record(path), within(2))
    added = ("ALTER TABLE sessions ADD COLUMN mood TEXT", "UPDATE sessions SET mood = 'calm'")
    monkeypatch.setattr(database, "MIGRATIONS", (*database.MIGRATIONS, added))
    record_session(Record(path), whole())
    assert len(Record(path).sessions()) == 2
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (len(database.MIGRATIONS),)
        assert file.execute("SELECT mood FROM sessions").fetchall() == [("calm",), (None,)]
    assert not asides(path)


def test_a_newer_record_is_left_alone(path: Path) -> None:
    record_session(Record(path), within(2))
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA user_version = 99")
    was = path.read_bytes()
    with Record(path).begin(PROGRAM) as session:
        session.watch(Began("Ease", ()))
    assert session.trouble.endswith("a newer voicecoach made it; update this one")
    with pytest.raises(RecordError, match="update this one"):
        Record(path).sessions()
    assert path.read_bytes() == was
    assert not asides(path)


@pytest.fixture
def locked(path: Path) -> Iterator[sqlite3.Connection]:
    record_session(Record(path), whole())
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("BEGIN EXCLUSIVE")
        yield file


def test_a_busy_record_delays_nobody(path: Path, locked: sqlite3.Connection) -> None:
    with Record(path).begin(PROGRAM) as session:
        began = time.perf_counter()
        for event in whole():
            session.watch(event)
        assert time.perf_counter() - began < 1
        assert not session.flush(0.3)
        locked.execute("ROLLBACK")
        assert session.flush()
    assert len(Record(path).sessions()) == 2


def test_a_record_that_stays_busy_is_given_up(
    path: Path, locked: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with Record(path).begin(PROGRAM) as session:
        for event in whole():
            session.watch(event)
        assert not session.flush()
        assert session.trouble == f"this session can't be recorded in {path}: database is locked"
