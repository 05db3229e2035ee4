"""Rows: what a session's entry is in the database, written and read."""

from __future__ import annotations

import contextlib
import json
import math
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from voicecoach.events import ANSWERS, Answer
from voicecoach.record.alive import Owner, alive
from voicecoach.record.database import change
from voicecoach.record.entry import (
    Interruption,
    RecordedCommand,
    RecordedExercise,
    RecordedSession,
)

UNREADABLE = (ValueError, TypeError, OverflowError)
"""What reading raises where somebody else wrote into the record."""


def save(
    connection: sqlite3.Connection,
    entry: RecordedSession,
    saved: RecordedSession | None,
    owner: Owner | None,
    at: datetime,
) -> RecordedSession:
    """Write in one transaction what has changed since it was `saved`, and that it lives.

    Without an owner it is given up. Returns the entry, with its number.

    Raises:
        sqlite3.Error: nothing was written.
    """
    row = {
        "seen": _written(at),
        "ended": _written(entry.ended),
        "ending": entry.ending,
        "played_seconds": entry.played_seconds,
        "exercise": entry.exercise,
        "feeling": entry.answer.feeling if entry.answer else None,
        "pain": entry.answer.pain if entry.answer else None,
        "answer_source": _plain(entry.answer_source),
        "machine": owner.machine if owner else None,
        "process": owner.process if owner else None,
        "process_started": owner.started if owner else None,
    }
    with change(connection):
        if saved and _update(connection, row, saved):
            number = saved.number
            pairs = zip(entry.exercises, saved.exercises, strict=True)
            exercises = tuple(exercise for exercise, old in pairs if exercise != old)
            commands = entry.commands[len(saved.commands) :]
        else:
            number = _insert(connection, row, entry)
            exercises, commands = entry.exercises, entry.commands
        connection.executemany(
            "INSERT OR REPLACE INTO exercises (session, number, name, state, held_seconds, asked)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [
                (number, e.number, _plain(e.name), e.state, e.held_seconds, e.asked)
                for e in exercises
            ],
        )
        first = len(entry.commands) - len(commands) + 1
        connection.executemany(
            "INSERT INTO commands VALUES (?, ?, ?, ?, ?, ?)",
            [
                (number, count, _written(c.at), _plain(c.command), _plain(c.source), c.exercise)
                for count, c in enumerate(commands, first)
            ],
        )
    return replace(entry, number=number)


def load(
    connection: sqlite3.Connection, most: int | None, since: datetime | None, at: datetime
) -> tuple[tuple[RecordedSession, ...], int]:
    """The last sessions, newest last, and how many among them can't be read; `running` as it is
    `at` this moment.

    Raises:
        sqlite3.Error: the database can't be read.
    """
    found: list[RecordedSession] = []
    unreadable = 0
    with change(connection, "BEGIN"):  # all of one moment, whoever is writing
        rows = connection.execute(
            "SELECT * FROM sessions WHERE ? IS NULL OR julianday(began) >= julianday(?)"
            " ORDER BY number DESC",
            (_written(since), _written(since)),
        )
        for row in named(rows):
            if len(found) == most:
                break
            try:
                found.append(_session(connection, row, at))
            except UNREADABLE:
                unreadable += 1
    return tuple(found[::-1]), unreadable


def interruption(
    connection: sqlite3.Connection, script_hash: str | None, at: datetime
) -> Interruption | None:
    """Where the newest session of a script broke off, if it did, and nobody said to forget it.

    Of all scripts, where none is named, that one's whose newest session broke off last. What can't
    be read doesn't count.

    Raises:
        sqlite3.Error: as load.
    """
    rows = connection.execute(
        "SELECT sessions.*, exercises.name AS exercise_name FROM sessions LEFT JOIN exercises"
        " ON exercises.session = sessions.number AND exercises.number = sessions.exercise"
        " WHERE sessions.number IN (SELECT max(number) FROM sessions"
        " WHERE ? IS NULL OR script_hash = ? GROUP BY script_hash) ORDER BY sessions.number DESC",
        (script_hash, script_hash),
    )
    for row in named(rows):
        over = row["ending"] not in (None, "failed") or row["forgotten"] or row["exercise"] is None
        with contextlib.suppress(*UNREADABLE):
            seen = moment(row["seen"])
            goes_on = row["ending"] is None and alive(_owner(row), seen, at)
            if not over and not goes_on:
                name = str(row["exercise_name"] or "")
                return Interruption(row["number"], row["exercise"], name, seen, row["script"])
    return None


def forget(connection: sqlite3.Connection, broken_off: Interruption) -> None:
    """Never tell again that a session broke off.

    Raises:
        sqlite3.Error: it couldn't be written.
    """
    with change(connection):
        connection.execute(
            "UPDATE sessions SET forgotten = 1 WHERE number = ?", (broken_off.session,)
        )


def _insert(connection: sqlite3.Connection, row: dict[str, Any], entry: RecordedSession) -> int:
    row = row | {
        "title": _plain(entry.title),
        "script": _plain(entry.script),
        "script_hash": entry.script_hash,
        "settings": json.dumps(dict(entry.settings), sort_keys=True),
        "began": _written(entry.began),
    }
    names = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    sql = f"INSERT INTO sessions ({names}) VALUES ({marks})"  # noqa: S608 - names of our own
    number: int | None = connection.execute(sql, row).lastrowid
    return number or 0


def _update(connection: sqlite3.Connection, row: dict[str, Any], saved: RecordedSession) -> bool:
    """Whether it is still there: the database may be another one by now."""
    values = ", ".join(f"{name} = :{name}" for name in row)
    found = connection.execute(
        f"UPDATE sessions SET {values}"  # noqa: S608 - names of our own
        " WHERE number = :number AND began = :began AND script_hash = :script_hash",
        row
        | {
            "number": saved.number,
            "began": _written(saved.began),
            "script_hash": saved.script_hash,
        },
    )
    return found.rowcount > 0


def named(rows: sqlite3.Cursor) -> list[dict[str, Any]]:
    """Rows by the names of their columns."""
    names = [column[0] for column in rows.description]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _session(connection: sqlite3.Connection, row: dict[str, Any], at: datetime) -> RecordedSession:
    number = row["number"]
    read: Callable[..., sqlite3.Cursor] = connection.execute
    exercises = named(read("SELECT * FROM exercises WHERE session = ? ORDER BY number", (number,)))
    commands = read(
        "SELECT at, command, source, exercise FROM commands WHERE session = ? ORDER BY number",
        (number,),
    )
    seen = moment(row["seen"])
    return RecordedSession(
        began=moment(row["began"]),
        title=row["title"],
        script=row["script"],
        script_hash=row["script_hash"],
        settings=dict(json.loads(row["settings"])),
        exercises=tuple(_exercise(each) for each in exercises),
        commands=tuple(RecordedCommand(moment(t), *rest) for t, *rest in commands),
        exercise=row["exercise"],
        played_seconds=_seconds(row["played_seconds"]),
        ended=moment(row["ended"]) if row["ended"] else None,
        ending=row["ending"],
        answer=answer_of(row),
        answer_source=str(row.get("answer_source", "")),
        number=number,
        running=row["ending"] is None and alive(_owner(row), seen, at),
        seen=seen,
    )


def answer_of(row: dict[str, Any]) -> Answer | None:
    """A record that couldn't be brought to this version, as it may only be read, has none."""
    feeling, pain = row.get("feeling"), row.get("pain")
    return next((each for each in ANSWERS if (each.feeling, each.pain) == (feeling, pain)), None)


def _exercise(row: dict[str, Any]) -> RecordedExercise:
    # A record of an earlier version that can't be written is read as it is.
    asked = str(row.get("asked", ""))
    held = _seconds(row["held_seconds"])
    return RecordedExercise(row["number"], row["name"], row["state"], held, asked)


def _owner(row: dict[str, Any]) -> Owner | None:
    if row["process"] is None:
        return None
    return Owner(row["machine"] or "", row["process"], row["process_started"] or "")


def moment(written: str) -> datetime:
    """A moment, aware of its offset; somebody else may have written it without.

    Raises:
        ValueError, TypeError, OverflowError: it is none.
    """
    read = datetime.fromisoformat(written)
    return read if read.tzinfo else read.astimezone()


def _seconds(value: object) -> float:
    """A length, where SQLite took whatever somebody wrote."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r} is no number of seconds")
    return float(value)


def _written(at: datetime | None) -> str | None:
    return at.isoformat(timespec="milliseconds") if at else None


def _plain(text: str) -> str:
    """A text that UTF-8 can hold: names of files may be no text at all."""
    return text.encode("utf-8", "backslashreplace").decode()
