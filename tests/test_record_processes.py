"""The record and other processes: killed ones, and several at once."""

from __future__ import annotations

import json
import random
import sqlite3
import sys
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.recordings import (
    HASH,
    child,
    make_program,
    progressed,
    record_session,
    states,
    told,
    whole,
    whole_database,
    within,
)
from voicecoach.record import Record
from voicecoach.record.alive import own
from voicecoach.record.progress import now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "sessions.db"


NURSERY = """
tell('ready')
events = whole(make_program(40))[:-1]
for line in sys.stdin:
    file, flushed, most, delay = json.loads(line)
    reading, writing = os.pipe()
    if not (born := os.fork()):
        session = Record(Path(file)).begin(make_program(40), 'ease.md', HASH)
        for count, event in enumerate(events, 1):
            session.watch(event)
            flushed and session.flush()
            os.write(writing, b'.')
            time.sleep(0.0002)
        time.sleep(10)
    os.close(writing)
    with open(reading, 'rb') as printed:
        count = len(printed.read(most))
        time.sleep(delay)
        os.kill(born, signal.SIGKILL)
        os.waitpid(born, 0)
        tell(count + len(printed.read()))
"""


def test_killed_at_any_moment(path: Path) -> None:
    program = make_program(40)
    events = whole(program)[:-1]
    prefixes = [progressed(events[:count], program) for count in range(len(events) + 1)]
    chance = random.Random(1)  # noqa: S311 - chance, no secret
    process = child(path, NURSERY)
    assert process.stdin
    assert process.stdout
    for turn in range(50):
        flushed = bool(turn % 2)
        # Every third one is killed while it makes a database, or soon after.
        early = turn % 3 == 0
        file = path.with_name(f"{turn}.db") if early else path
        most = 0 if early else chance.randrange(120)
        delay = chance.uniform(0, 0.02 if early else 0.002)
        before = Record(path).sessions() if not early else ()
        process.stdin.write(json.dumps([str(file), flushed, most, delay]) + "\n")
        process.stdin.flush()
        printed = int(process.stdout.readline())
        if file.exists():
            assert whole_database(file)
        sessions = Record(file).sessions()[len(before) :]
        least = printed if flushed else 0
        if not sessions:
            assert least == 0
            continue
        (session,) = sessions
        assert not session.running
        assert session.ending is None
        found = [
            prefix
            for prefix in prefixes[max(least, 1) : printed + 2]
            if prefix.exercises == session.exercises
            and [c.command for c in prefix.commands] == [c.command for c in session.commands]
            and prefix.exercise == session.exercise
        ]
        assert found
        broken_off = Record(file).interrupted(HASH)
        assert (broken_off and broken_off.exercise) == found[0].exercise
    told(process)


def test_two_processes_at_once(path: Path) -> None:
    work = (
        "tell('ready')\nsys.stdin.read()\n"
        "for event in whole(): session.watch(event); session.flush()\n"
        "session.close(); tell(session.trouble or 'well')\n"
    )
    both = [child(path, work, wait=False) for _ in range(2)]
    assert [told(process) for process in both] == ["ready\nwell\n"] * 2
    sessions = Record(path).sessions()
    assert [states(session) for session in sessions] == [["done"] * 3] * 2
    assert whole_database(path)


def test_a_session_that_goes_on_elsewhere_isnt_interrupted(path: Path) -> None:
    work = (
        "for event in within(2): session.watch(event)\n"
        "session.flush(); tell('ready'); sys.stdin.read()\n"
    )
    process = child(path, work)
    linux = sys.platform == "linux"  # where a process can be told from another of its number
    later = Record(path, lambda: now() + timedelta(hours=1 if linux else 0))  # after a sleep, say
    assert later.interrupted(HASH) is None
    assert [session.running for session in later.sessions()] == [True]
    process.kill()
    if not linux:  # there it may be dead, and its parent not know it yet
        process.wait()
    deadline = time.monotonic() + 2
    while not (found := Record(path).interrupted(HASH)):
        assert time.monotonic() < deadline
    assert found.exercise == 2
    assert process.communicate()[0] == ""


def test_another_machines_session_lives_by_its_signs_of_life(path: Path) -> None:
    record_session(Record(path), within(2))
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE sessions SET machine = 'elsewhere', process = 1")
    assert Record(path).interrupted(HASH) is None
    assert Record(path, lambda: now() + timedelta(minutes=1)).interrupted(HASH)
    assert Record(path, lambda: now() - timedelta(minutes=1)).interrupted(HASH)
    with closing(sqlite3.connect(path)) as file, file:  # another process has got its number
        mine = own()
        file.execute("UPDATE sessions SET machine = ?, process = ?", (mine.machine, mine.process))
    assert Record(path).interrupted(HASH)
