"""The record's history: sessions that were recorded make the doses of the next."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests.recordings import whole
from voicecoach.events import Ended, Event, StepStarted
from voicecoach.program import build_program
from voicecoach.progression import on_day
from voicecoach.record import Record
from voicecoach.record.database import MIGRATIONS
from voicecoach.routine import Routine
from voicecoach.script import read_script
from voicecoach.settings import Settings
from voicecoach.units import Frames

SCRIPT = """# Back
progress: add 1 set every day, up to 5 sets
## Hips
hold 4s
## Neck
hold 4s
"""
HERE = timezone(timedelta(hours=2))
START = datetime(2026, 3, 28, 23, 30, tzinfo=HERE)
"""Half an hour before midnight there: in UTC it is the day before by hours."""


@dataclass
class Diary:
    """Somebody who does sessions of a script, and the day it is for them."""

    path: Path
    at: datetime = START
    script: str = "back.md"

    @property
    def record(self) -> Record:
        return Record(self.path, lambda: self.at)

    def routine(self, text: str = SCRIPT) -> Routine:
        plain, _ = read_script(text, self.script)
        record = self.record
        done = record.practices(plain, self.script)
        assert record.trouble == ""
        return on_day(plain, done, self.at.date(), self.at.date())

    def sets(self, text: str = SCRIPT) -> list[int]:
        return [e.dose.sets for e in self.routine(text).exercises if e.dose]

    def do(self, text: str = SCRIPT, *, stop_in: int = 0, ending: str = "done") -> Diary:
        """A session, stopped in the first rep of an exercise, or done as a whole; then a day."""
        program = build_program(self.routine(text), Settings())
        events: list[Event] = whole(program)
        if stop_in:
            rep = next(s for s in program.steps if s.exercise == stop_in and s.kind == "rep")
            at = events.index(StepStarted(rep, Frames(rep.index * 48_000)))
            events = [*events[: at + 1], Ended(ending)]  # type: ignore[arg-type]
        script_hash = program.routine.script_hash
        with self.record.begin(program, self.script, script_hash) as session:
            for event in events:
                session.watch(event)
        assert session.trouble == ""
        self.at += timedelta(1)
        return self


@pytest.fixture
def diary(tmp_path: Path) -> Diary:
    return Diary(tmp_path / "sessions.db")


def test_each_day_done_is_a_step(diary: Diary) -> None:
    assert [diary.sets(), *(diary.do().sets() for _ in range(6))] == [
        [n, n] for n in (1, 2, 3, 4, 5, 5, 5)
    ]


def test_only_what_was_done_counts(diary: Diary) -> None:
    assert diary.do(stop_in=1, ending="stopped").sets() == [1, 1]
    assert diary.do(stop_in=2, ending="stopped").sets() == [2, 1]


def test_an_ouch_steps_back_the_exercise_that_hurt(diary: Diary) -> None:
    diary.do().do()
    assert diary.sets() == [3, 3]
    assert diary.do(stop_in=2, ending="hurt").sets() == [4, 2]
    assert diary.do().sets() == [5, 2]
    assert diary.do().sets() == [5, 3]


def test_days_are_those_of_the_place(diary: Diary) -> None:
    diary.do()  # at 23:30 there
    diary.at = START + timedelta(hours=1)
    assert diary.sets() == [2, 2]  # past midnight


def test_a_script_is_the_same_after_small_edits(diary: Diary) -> None:
    diary.do().do()
    edited = SCRIPT.replace("## Hips", "> A note.\n## Hips\nStand up.").replace("4s", "4s, rest 9s")
    assert diary.sets(edited) == [3, 3]
    swapped = SCRIPT.replace("Hips", "X").replace("Neck", "Hips").replace("X", "Neck")
    assert diary.do(stop_in=2, ending="hurt").sets(swapped) == [2, 4]


@pytest.mark.parametrize("script", ["/elsewhere/back.md", "back", "C:\\\\Files\\\\Back.markdown"])
def test_a_script_is_the_same_wherever_it_lies(diary: Diary, script: str) -> None:
    diary.do().do()
    diary.script = script
    edited = f"{SCRIPT}## End\nWell done.\n"
    assert diary.sets(edited) == [3, 3]


def test_a_copy_under_another_name_is_the_same_while_its_text_is(diary: Diary) -> None:
    diary.do().do()
    diary.script = "other.md"
    assert diary.sets() == [3, 3]
    assert diary.sets(f"{SCRIPT}## End\nWell done.\n") == [1, 1]


def test_another_title_and_a_renamed_exercise_begin_anew(diary: Diary) -> None:
    diary.do().do()
    assert diary.sets(SCRIPT.replace("# Back", "# My back", 1)) == [1, 1]
    assert diary.sets(SCRIPT.replace("## Neck", "## Nape")) == [3, 1]


def test_a_progress_added_later_begins_then(diary: Diary) -> None:
    plain = SCRIPT.replace("progress: add 1 set every day, up to 5 sets\n", "")
    diary.do(plain).do(plain).do(plain)
    assert diary.sets() == [1, 1]
    assert diary.do().sets() == [2, 2]


def test_a_new_dose_begins_anew_and_is_told(diary: Diary) -> None:
    diary.do().do().do()
    assert diary.sets() == [4, 4]
    more = SCRIPT.replace("hold 4s", "hold 4s, 2 sets", 1)
    assert diary.sets(more) == [2, 4]
    grown = diary.do().routine(more).exercises[0].grown
    assert grown
    assert (grown.before, grown.now) == (4, 2)


def test_an_ouch_is_remembered_over_a_new_dose(diary: Diary) -> None:
    diary.do().do(stop_in=1, ending="hurt")
    more = SCRIPT.replace("hold 4s", "hold 4s, 2 sets", 1)
    assert [diary.do(more).sets(more)[0] for _ in range(3)] == [2, 3, 4]
    diary.do(stop_in=1, ending="hurt")
    assert [diary.do(more).sets(more)[0] for _ in range(3)] == [2, 3, 4]


def test_a_new_rule_goes_on(diary: Diary) -> None:
    diary.do().do()
    slower = SCRIPT.replace("every day", "every 2 days")
    assert diary.sets(slower) == [2, 2]
    assert diary.do(slower).sets(slower) == [3, 3]
    assert diary.sets(SCRIPT.replace("up to 5", "up to 2")) == [2, 2]


def test_something_else_that_is_to_grow_begins_anew(diary: Diary) -> None:
    diary.do().do()
    reps = SCRIPT.replace("1 set", "1 rep").replace("5 sets", "9 reps")
    assert diary.sets(reps) == [1, 1]
    exercise = diary.routine(reps).exercises[0]
    assert exercise.dose
    assert exercise.grown
    assert (exercise.dose.reps, exercise.grown.changed) == (1, False)


def test_a_record_that_cant_be_read_is_told(diary: Diary) -> None:
    diary.path.write_bytes(b"no database at all" * 100)
    record = diary.record
    assert record.practices(read_script(SCRIPT)[0], "back.md") == {}
    assert str(diary.path) in record.trouble


def test_a_record_of_an_earlier_version_is_read_and_goes_on(diary: Diary) -> None:
    diary.do()
    with closing(sqlite3.connect(diary.path)) as old:
        old.execute("ALTER TABLE sessions DROP COLUMN answer_source")
        old.execute("ALTER TABLE exercises DROP COLUMN asked")
        before = next(n for n, added in enumerate(MIGRATIONS) if "asked" in added[0])
        old.execute(f"PRAGMA user_version = {before}")
    assert diary.sets() == [1, 1]
    assert diary.do().sets() == [2, 2]
    assert len(diary.record.sessions()) == 2


def test_what_was_asked_is_kept(diary: Diary) -> None:
    diary.do().do()
    (_, second) = diary.record.sessions()
    assert [e.asked for e in second.exercises] == ["1 2 add 1 sets every 1 days up to 5"] * 2


def test_order_of_rows_and_moments_without_offset_do_no_harm(diary: Diary) -> None:
    diary.do().do().do()
    before = diary.routine()
    with closing(sqlite3.connect(diary.path)) as database:
        for table, column in (("sessions", "number"), ("exercises", "session")):
            database.execute(f"UPDATE {table} SET {column} = 100 - {column}")  # noqa: S608
        database.commit()
    assert diary.routine() == replace(before)
    with closing(sqlite3.connect(diary.path)) as database:
        database.execute("UPDATE sessions SET began = substr(began, 1, 23)")
        database.commit()
    assert len(diary.sets()) == 2


def test_a_session_that_cant_be_read_hides_no_other(diary: Diary) -> None:
    diary.do().do().do()
    with closing(sqlite3.connect(diary.path)) as database:
        database.execute("UPDATE sessions SET began = 'yesterday' WHERE number = 3")
        database.commit()
    assert diary.sets() == [3, 3]
