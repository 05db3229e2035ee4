"""History: the record's database enters; what was done of a script's exercises leaves.

A script is the same after edits: the same title in a file of the same name, wherever that lies; or
the same text, whatever its file is called. An exercise is known by its name in it.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Mapping
from itertools import takewhile
from pathlib import PureWindowsPath
from typing import Any

from voicecoach.progression import Key, keys
from voicecoach.progression.walk import Asked, Outcome, Practice
from voicecoach.record.rows import UNREADABLE, answer_of, moment, named
from voicecoach.routine import Routine

OUTCOMES: Mapping[str, Outcome] = {"done": "done", "hurt": "hurt"}
"""By an exercise's state; any other counts as neither."""


def practices(
    connection: sqlite3.Connection, routine: Routine, script: str
) -> dict[Key, list[Practice]]:
    """What was done of the exercises that grow, in sessions of that script; those that can't be
    read don't count.

    Raises:
        sqlite3.Error: the database can't be read.
    """
    rows = connection.execute(
        "SELECT sessions.number AS session, began, title, script, script_hash, exercises.*"
        " FROM sessions"
        " JOIN exercises ON exercises.session = sessions.number"
        " WHERE script_hash = ? OR title = ? ORDER BY sessions.number, exercises.number",
        (routine.script_hash, routine.title),
    )
    sessions: dict[int, list[dict[str, Any]]] = {}
    for row in named(rows):
        if is_of(routine, script, row["title"], row["script"], row["script_hash"]):
            sessions.setdefault(row["session"], []).append(row)
    found: dict[Key, list[Practice]] = {}
    for exercises in sessions.values():
        names = keys(str(row["name"]) for row in exercises)
        for key, row in zip(names, exercises, strict=True):
            if asked := Asked.read(row.get("asked", "")):
                outcome = OUTCOMES.get(row["state"], "other")
                with contextlib.suppress(*UNREADABLE):
                    began = moment(row["began"])
                    found.setdefault(key, []).append(Practice(began, outcome, asked))
    return found


def bad_in_a_row(connection: sqlite3.Connection, routine: Routine, script: str) -> int:
    """How many answers were bad ones since the last good one: of all sessions, or of that script's.

    Raises:
        sqlite3.Error: the database can't be read.
    """
    rows = connection.execute(
        "SELECT title, script, script_hash, feeling, pain FROM sessions"
        " WHERE feeling IS NOT NULL OR pain IS NOT NULL ORDER BY number DESC LIMIT 1000"
    )
    every, own = [], []
    for row in named(rows):
        if answer := answer_of(row):
            every.append(answer.bad)
            if is_of(routine, script, row["title"], row["script"], row["script_hash"]):
                own.append(answer.bad)
    return max(sum(1 for _ in takewhile(bool, bad)) for bad in (every, own))


def is_of(routine: Routine, script: str, title: str, name: str, script_hash: str) -> bool:
    """Whether a session whose script had that title, name and text was one of this script."""
    same_file = title == routine.title and _stem(name) == _stem(script)
    return same_file or script_hash == routine.script_hash


def _stem(script: str) -> str:
    """A script's name, or its file's without folders and ending, on any system."""
    return PureWindowsPath(script).stem.casefold()
