"""Sessions to record, and processes that record them."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from voicecoach.events import Began, Ended, Event, Obeyed, StepEnded, StepStarted
from voicecoach.program import Program, build_program
from voicecoach.record import Record, RecordedSession
from voicecoach.record.progress import Progress
from voicecoach.script import read_script
from voicecoach.settings import Settings
from voicecoach.units import Frames

HASH = "of a script"
NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)


def make_program(exercises: int = 3, reps: int = 2) -> Program:
    text = "".join(
        f"## Exercise {n}\nReach up.\nhold 4s, {reps} times\n" for n in range(1, exercises + 1)
    )
    return build_program(read_script(f"# Ease\n{text}")[0], Settings())


PROGRAM = make_program()
STEPS = PROGRAM.steps


def whole(program: Program = PROGRAM) -> list[Event]:
    """The events of a session that nobody touches, but for a louder in each exercise."""
    events: list[Event] = [Began(program.title, ())]
    for index, step in enumerate(program.steps):
        events.append(StepStarted(step, Frames(index * 48_000)))
        if step.kind == "instructions":
            events.append(Obeyed("louder", "keys"))
        events.append(StepEnded(step, 4.0 if step.kind == "rep" else 0.0, whole=True))
    return [*events, Ended("done")]


def within(exercise: int) -> list[Event]:
    """A session up to the first rep of an exercise."""
    rep = next(s for s in STEPS if s.exercise == exercise and s.kind == "rep")
    return whole()[: whole().index(StepStarted(rep, Frames(STEPS.index(rep) * 48_000))) + 1]


def entry(clock: datetime = NOON) -> RecordedSession:
    return RecordedSession(clock, PROGRAM.title, "ease.md", HASH)


def progressed(events: list[Event], program: Program = PROGRAM, first: int = 1) -> RecordedSession:
    progress = Progress(entry(), program.steps, first, lambda: NOON)
    for event in events:
        progress.watch(event)
    return progress.entry


def states(session: RecordedSession) -> list[str | None]:
    return [exercise.state for exercise in session.exercises]


def record_session(record: Record, events: list[Event], **options: int) -> None:
    with record.begin(PROGRAM, "ease.md", HASH, **options) as session:
        for event in events:
            session.watch(event)
    assert session.trouble == ""


def jump(exercise: int) -> list[Event]:
    """To the beginning of an exercise."""
    first = next(step for step in STEPS if step.exercise == exercise)
    return [StepStarted(first, Frames(0))]


def whole_database(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def child(path: Path, work: str, *, wait: bool = True) -> subprocess.Popen[str]:
    """A process that runs a few lines; `record`, `session` and PROGRAM are there."""
    lines = (
        "import json, os, resource, signal, sys, time\n"
        "from pathlib import Path\n"
        "from tests.recordings import *\n"
        f"record = Record(Path({str(path)!r}))\n"
        "session = record.begin(PROGRAM, 'ease.md', HASH)\n"
        "def tell(*words): print(*words, flush=True)\n" + work
    )
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", lines],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
    if wait:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    return process


def told(process: subprocess.Popen[str]) -> str:
    """What a process that ended well has printed."""
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    return out
