"""The record's progress: what events make of a session, and that all of it is kept."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from tests.recordings import (
    NOON,
    STEPS,
    entry,
    jump,
    make_program,
    progressed,
    states,
    whole,
    within,
)
from voicecoach.events import (
    Began,
    Ended,
    Event,
    Ignored,
    Moment,
    Obeyed,
    Passed,
    Paused,
    Resumed,
    StepEnded,
    StepStarted,
)
from voicecoach.record.alive import own
from voicecoach.record.database import open_database
from voicecoach.record.progress import Progress
from voicecoach.record.rows import load, save
from voicecoach.units import Frames

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_a_whole_session_is_done() -> None:
    session = progressed(whole())
    assert states(session) == ["done"] * 3
    assert [e.held_seconds for e in session.exercises] == [8.0] * 3
    assert session.held_seconds == 24.0
    assert [(c.command, c.source, c.exercise) for c in session.commands] == [
        ("louder", "keys", n) for n in (1, 2, 3)
    ]
    assert (session.ending, session.ended, session.exercise) == ("done", NOON, None)
    assert session.played_seconds == len(STEPS) - 1


def test_what_is_left_early_or_jumped_over_is_skipped() -> None:
    assert states(progressed([*jump(1), *jump(3)])) == ["skipped", "skipped", "begun"]
    back = progressed([*jump(1), *jump(2), *jump(1)])
    assert states(back) == ["begun", "skipped", None]
    skipped_the_last = [*within(3), StepStarted(STEPS[-1], Frames(0)), Ended("done")]
    assert states(progressed(skipped_the_last)) == ["done", "done", "skipped"]


def test_one_that_is_finished_after_coming_back_is_done() -> None:
    reps = [step for step in STEPS if step.exercise == 2]
    ended: list[Event] = [StepEnded(step, 1.0, whole=True) for step in reps]
    assert states(progressed([*jump(2), *ended[:2], *jump(3), *jump(2), *ended[2:]]))[1] == "done"
    partly: list[Event] = [StepEnded(step, 1.0, whole=False) for step in reps]
    assert states(progressed([*jump(2), *partly, *jump(3)]))[1] == "skipped"


def test_an_ending_within_an_exercise() -> None:
    assert states(progressed([*within(2), Ended("hurt")])) == ["done", "hurt", None]
    assert states(progressed([*within(2), Ended("stopped")])) == ["done", "begun", None]
    assert states(progressed([*within(2), Ended("failed")])) == ["done", "begun", None]
    assert states(progressed([*within(2), Ended("stopped"), *jump(3)])) == ["done", "begun", None]
    again = [*within(2), *jump(1), Ended("hurt")]
    assert states(progressed(again)) == ["hurt", "skipped", None]


def test_what_lies_before_the_first_exercise_of_a_resumed_session_isnt_skipped() -> None:
    assert states(progressed([*jump(3)], first=3)) == [None, None, "begun"]
    assert states(progressed([*jump(3)], first=2)) == [None, "skipped", "begun"]
    assert progressed([StepStarted(STEPS[0], Frames(0))], first=2).exercise == 2


def test_nonsense_does_no_harm() -> None:
    stranger = next(iter(make_program(9).steps[::-1][1:]))
    strange: list[Event] = [
        StepEnded(STEPS[3], float("nan"), whole=True),
        StepEnded(STEPS[3], float("inf"), whole=True),
        StepEnded(STEPS[3], -4.0, whole=True),
        StepStarted(stranger, Frames(0)),
        StepEnded(stranger, 4.0, whole=True),
        Ended("done"),
        Ended("hurt"),
    ]
    session = progressed(strange)
    assert session.held_seconds == 0.0
    assert session.ending == "done"


def any_event() -> st.SearchStrategy[Event]:
    steps = st.sampled_from(STEPS)
    frames = st.integers(0, 10_000_000).map(Frames)
    held = st.floats(0, 600, width=16)
    return st.one_of(
        st.builds(StepStarted, steps, frames),
        st.builds(StepEnded, steps, held, st.booleans()),
        st.builds(StepEnded, steps, held, st.just(True)),
        st.builds(
            Passed,
            st.builds(Moment, frames, st.none(), steps, st.none(), frames, st.none(), st.just("")),
        ),
        st.builds(Obeyed, st.text(max_size=5), st.sampled_from(["keys", "voice"])),
        st.builds(Ignored, st.just("back"), st.just("keys"), st.just("")),
        st.sampled_from([Began("Ease", ()), Paused(), Resumed()]),
    )


ENDINGS = st.sampled_from([[], *([Ended(how)] for how in ("done", "stopped", "hurt", "failed"))])


@given(st.lists(any_event(), max_size=25), ENDINGS, st.lists(any_event(), max_size=3))
def test_any_events_make_a_consistent_record(
    events: list[Event], ending: list[Event], late: list[Event]
) -> None:
    session = progressed([*events, *ending, *late])
    assert session == progressed([*events, *ending, *late])
    if ending:
        assert session == progressed([*events, *ending])
        late = []
    events = [*events, *ending, *late]
    how = session.ending
    for exercise in session.exercises:
        own_steps = [step for step in STEPS if step.exercise == exercise.number]
        ended = [e for e in events if isinstance(e, StepEnded) and e.step in own_steps]
        finished = {e.step for e in ended if e.whole} == set(own_steps)
        assert finished == (exercise.state == "done") or exercise.state == "hurt"
        touched = ended or any(isinstance(e, StepStarted) and e.step in own_steps for e in events)
        assert bool(touched) <= (exercise.state is not None)
        assert exercise.held_seconds == pytest.approx(sum(e.held_seconds for e in ended), abs=0.1)
        assert exercise.held_seconds >= 0
        if exercise.state == "hurt":
            assert how == "hurt"
            assert session.exercise == exercise.number
        if exercise.state == "begun":
            assert how != "done"
            assert session.exercise == exercise.number
    assert len(session.commands) == sum(isinstance(e, Obeyed) for e in events)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    with closing(open_database(tmp_path_factory.mktemp("data") / "sessions.db")) as connection:
        yield connection


@profile(max_examples=max(10, profile().max_examples // 5))
@given(batches=st.lists(st.lists(any_event(), max_size=8), max_size=6), ending=ENDINGS)
def test_what_is_written_bit_by_bit_is_read_back_whole(
    opened: sqlite3.Connection, batches: list[list[Event]], ending: list[Event]
) -> None:
    progress, saved = Progress(entry(), STEPS, 1, lambda: NOON), None
    for batch in [*batches, ending]:
        for event in batch:
            progress.watch(event)
        saved = save(opened, progress.entry, saved, own(), NOON)
    (read,), unreadable = load(opened, 1, None, NOON)
    assert unreadable == 0
    assert read.running == (not ending)
    assert read.exercises == progress.entry.exercises
    assert read.commands == progress.entry.commands
    for field in ("began", "ended", "ending", "exercise", "played_seconds", "title", "settings"):
        assert getattr(read, field) == getattr(progress.entry, field)
