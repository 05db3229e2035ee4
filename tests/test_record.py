"""The record of sessions: what is kept, and what broke off."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.recordings import (
    HASH,
    PROGRAM,
    STEPS,
    jump,
    record_session,
    states,
    whole,
    within,
)
from voicecoach.events import (
    Ended,
    Event,
    Obeyed,
    Paused,
    StepStarted,
)
from voicecoach.record import Record
from voicecoach.record.progress import now
from voicecoach.units import Frames


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "sessions.db"


def test_a_session_is_read_back(path: Path) -> None:
    record = Record(path)
    assert record.sessions() == ()
    assert not path.exists()
    record_session(record, whole())
    record_session(record, [*within(2), Ended("hurt")])
    first, second = record.sessions()
    assert (first.title, first.script, first.script_hash) == ("Ease", "ease.md", HASH)
    assert first.settings["rate_wpm"] == 135
    assert first.began.tzinfo
    assert states(second) == ["done", "hurt", None]
    assert not first.running
    assert record.sessions(most=1) == (second,)
    assert record.sessions(since=now() + timedelta(hours=1)) == ()
    assert len(record.sessions(since=now() - timedelta(hours=1))) == 2
    assert sorted(p.name for p in path.parent.iterdir()) == ["sessions.db"]
    assert path.stat().st_mode & 0o077 == 0


def test_the_offset_of_the_place_is_kept(path: Path) -> None:
    tokyo = datetime.fromisoformat("2026-03-29T07:00:00+09:00")
    record = Record(path, lambda: tokyo)
    record_session(record, whole())
    (session,) = record.sessions(since=datetime(2026, 3, 28, 22, tzinfo=UTC))
    assert session.began.isoformat() == "2026-03-29T07:00:00+09:00"
    assert record.sessions(since=datetime(2026, 3, 28, 22, 1, tzinfo=UTC)) == ()


def test_it_is_written_unasked(path: Path) -> None:
    with Record(path).begin(PROGRAM) as session:
        for event in within(2):
            session.watch(event)
        deadline = time.monotonic() + 5
        while not any(r.exercises == session.entry.exercises for r in Record(path).sessions()):
            assert time.monotonic() < deadline
            time.sleep(0.01)


def test_nothing_is_recorded_before_the_first_event(path: Path) -> None:
    with Record(path).begin(PROGRAM) as session:
        pass
    session.close()
    assert not path.exists()


def test_a_session_that_ends_before_it_begins_is_not_recorded(path: Path) -> None:
    with Record(path).begin(PROGRAM) as session:  # there was no sound device
        session.watch(Ended("failed"))
    assert not path.exists()


def test_where_a_session_broke_off(path: Path) -> None:
    record = Record(path)
    assert record.interrupted(HASH) is None
    record_session(record, within(2))
    found = record.interrupted(HASH)
    assert found
    assert (found.exercise, found.name) == (2, "Exercise 2")
    assert record.interrupted("of another") is None
    record_session(record, [StepStarted(STEPS[0], Frames(0))], first=2)  # resumed, and broke off
    found = record.interrupted(HASH)
    assert found
    assert found.exercise == 2
    record.forget(found)
    assert record.interrupted(HASH) is None
    record_session(record, within(3))
    assert record.interrupted(HASH)
    record_session(record, [*within(1), Ended("stopped")])
    assert record.interrupted(HASH) is None
    record_session(record, [*within(3), Ended("failed")])
    found = record.interrupted(HASH)
    assert found
    assert found.exercise == 3
    record_session(record, whole()[:-1])  # in the closing words: nothing is left to resume
    assert record.interrupted(HASH) is None
    assert record.trouble == ""


def test_signs_of_life_come_from_a_pause_too(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voicecoach.record.writer.BEAT_SECONDS", 0.02)
    with Record(path).begin(PROGRAM) as session:
        session.watch(Paused())
        assert session.flush()
        (first,) = Record(path).sessions()
        assert first.running
        deadline = time.monotonic() + 5
        while Record(path).sessions()[0].seen == first.seen:
            assert time.monotonic() < deadline
    assert session.trouble == ""


def test_events_may_come_from_several_threads(path: Path) -> None:
    with Record(path).begin(PROGRAM) as session:
        events: list[Event] = [Obeyed("louder", "keys"), *jump(1)] * 50
        threads = [threading.Thread(target=lambda: list(map(session.watch, events))) for _ in "12"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(Record(path).sessions()[0].commands) == 100


def test_texts_that_are_none_are_kept_somehow(path: Path) -> None:
    with Record(path).begin(PROGRAM, os.fsdecode(b"caf\xe9.md"), HASH) as session:
        session.watch(Obeyed("\ud800", "voice"))
        session.watch(Ended("done"))
    assert session.trouble == ""
    (read,) = Record(path).sessions()
    assert read.script == "caf\\udce9.md"
    assert read.commands[0].command == "\\ud800"


def test_values_that_somebody_else_wrote(path: Path) -> None:
    record_session(Record(path), within(2))
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE sessions SET began = 'yesterday', seen = 5")
    record = Record(path)
    assert record.sessions() == ()
    assert record.trouble == f"one session in the record {path} can't be read"
    assert record.interrupted(HASH) is None
    assert record.trouble == ""


def test_a_session_that_cant_be_read_hides_no_other(path: Path) -> None:
    record = Record(path)
    record_session(record, within(2))
    with record.begin(PROGRAM, "other.md", "of another script") as session:
        session.watch(within(3)[-1])
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE sessions SET seen = 5 WHERE script = 'other.md'")
    found = record.interrupted()
    assert found
    assert (found.script, found.exercise) == ("ease.md", 2)
