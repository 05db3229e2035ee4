"""Progression: what was done makes today's dose, and nothing else does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import pairwise
from typing import TYPE_CHECKING, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.routines import FEWER
from voicecoach.errors import ScriptError
from voicecoach.progression import at_dose, grows, keys, on_day, programme
from voicecoach.progression.amounts import amount, bound, top
from voicecoach.progression.walk import Asked, Outcome, Practice, Walk
from voicecoach.routine import Dose, Duration, Period, Progress, Routine, Unit
from voicecoach.script import read_script

if TYPE_CHECKING:
    from collections.abc import Sequence

MONDAY = date(2026, 3, 23)
"""Of the week in which Europe's clocks go forward."""
DAILY = Progress(1, "sets", 3, "days", 5)
ONE = Dose(sets=1)


def at(day: int, outcome: Outcome = "done", hour: int = 9) -> Practice:
    moment = datetime.combine(MONDAY + timedelta(day), time(hour), UTC)
    return Practice(moment, outcome)


def sets(
    practices: Sequence[Practice], day: int, progress: Progress = DAILY, own: Dose = ONE
) -> float:
    walk = Walk(progress, own)
    walk.follow(practices)
    return walk.begin(MONDAY + timedelta(day)).now


def done(*days: int) -> list[Practice]:
    return [at(day) for day in days]


def test_it_grows_after_so_many_days_done() -> None:
    assert [sets(done(*range(n)), n) for n in range(14)] == [1] * 3 + [2] * 3 + [3] * 3 + [
        4
    ] * 3 + [
        5,
        5,
    ]
    assert sets(done(*range(40)), 40) == 5


def test_missed_days_dont_count() -> None:
    assert sets(done(0, 3), 6) == 1
    assert sets(done(0, 3, 7), 8) == 2
    assert sets([*done(0, 1), at(2, "other"), at(3, "other")], 4) == 1


def test_a_day_counts_once_and_from_the_next_day_on() -> None:
    thrice = [at(0, hour=hour) for hour in (9, 13, 18)]
    assert sets(thrice, 1) == 1
    assert sets(done(0, 1, 2), 2) == 1
    assert sets(done(0, 1, 2), 3) == 2


def test_sessions_count_at_once() -> None:
    each = Progress(1, "sets", 2, "sessions", 5)
    assert sets([at(0, hour=9)], 0, each) == 1
    assert sets([at(0, hour=9), at(0, hour=13)], 0, each) == 2


def test_a_week_is_seven_days_done() -> None:
    weekly = Progress(1, "sets", 1, "weeks", 5)
    assert sets(done(*range(6)), 6, weekly) == 1
    assert sets(done(*range(7)), 7, weekly) == 2
    assert sets(done(0, 2, 4, 7, 9, 11), 14, weekly) == 1
    assert sets(done(0, 2, 4, 7, 9, 11, 14), 16, weekly) == 2


def test_a_weeks_pause_steps_back_one() -> None:
    grown = done(*range(6))  # three sets from day 6 on
    assert sets(grown, 6) == 3
    assert sets([*grown, at(6)], 13) == 3
    assert sets([*grown, at(6)], 14) == 2
    assert sets([*grown, at(6)], 140) == 2
    back = [*grown, at(6), at(14)]
    assert [sets([*back, *done(15, 16)[:n]], 15 + n) for n in (0, 1, 2)] == [2, 2, 3]
    assert sets(done(0), 60) == 1


def test_a_pause_has_its_effect_once() -> None:
    grown = [*done(*range(7)), at(20, "other"), at(21, "other")]
    assert sets(grown, 22) == 2


def test_an_ouch_steps_back_and_holds_until_two_sessions_without() -> None:
    each = Progress(1, "sets", 1, "sessions", 5)
    hurt = [*done(0, 1), at(2, "hurt")]
    assert sets(hurt[:2], 2, each) == 3
    assert [sets([*hurt, *done(3, 4)[:n]], 3 + n, each) for n in (0, 1, 2)] == [2, 2, 3]
    again = [*hurt, at(3, "hurt")]
    assert [sets([*again, *done(4, 5)[:n]], 4 + n, each) for n in (0, 1, 2)] == [1, 1, 2]
    assert sets([at(0, "hurt")], 1, each) == 1


def test_an_ouch_before_a_pause_steps_back_once() -> None:
    assert sets([*done(*range(6)), at(6, "hurt")], 30) == 2


def test_ranges_and_beats_bound_it() -> None:
    hold = Progress(5, "seconds", 1, "days", 60)
    ranged = Dose(hold=Duration(15), hold_most=Duration(27))
    assert [amount(hold, ranged, step) for step in range(top(hold, ranged) + 1)] == [15, 20, 25, 27]
    beaten = Dose(hold=Duration(2), every=Duration(4))
    assert amount(hold, beaten, top(hold, beaten)) == 4
    breaths = Dose(hold=Duration(2), every=Duration(breaths=2))
    assert bound(hold, breaths) == 4
    assert top(hold, Dose(hold=Duration(breaths=3))) == 0
    assert top(Progress(1, "reps", 1, "days", 9), Dose(reps=2, reps_most=4)) == 2
    assert top(DAILY, Dose(sets=7)) == 0


TWO = """# Two
progress: add 1 set every 2 days, up to 4 sets
## A
hold 5s
## B
hold 5s, 2-3 times
progress: add 1 time every session, up to 9 times
## C
Well done.
"""


def doses(routine: Routine) -> list[tuple[int, int]]:
    return [(e.dose.sets, e.dose.reps) for e in routine.exercises if e.dose]


def test_an_exercises_own_progress_wins() -> None:
    routine, warnings = read_script(TWO)
    assert not warnings
    assert grows(routine)
    assert [doses(at_dose(routine, n)) for n in (1, 2, 3, 9)] == [
        [(1, 1), (1, 2)],
        [(2, 1), (1, 3)],
        [(3, 1), (1, 3)],
        [(4, 1), (1, 3)],
    ]


def test_days_ahead_are_taken_as_done() -> None:
    routine, _ = read_script(TWO)
    ahead = [doses(on_day(routine, {}, MONDAY, MONDAY + timedelta(n))) for n in range(5)]
    assert ahead == [
        [(1, 1), (1, 2)],
        [(1, 1), (1, 3)],
        [(2, 1), (1, 3)],
        [(2, 1), (1, 3)],
        [(3, 1), (1, 3)],
    ]
    assert [doses(day) for day in programme(routine, {}, MONDAY, 5)] == ahead


def test_today_is_done_once() -> None:
    routine, _ = read_script(TWO)
    history = {("a", 1): [at(0)]}
    assert doses(on_day(routine, history, MONDAY, MONDAY + timedelta(1)))[0] == (1, 1)
    assert doses(on_day(routine, history, MONDAY, MONDAY + timedelta(2)))[0] == (2, 1)


def test_a_day_gone_by_is_as_it_began() -> None:
    routine, _ = read_script(TWO)
    history = {("a", 1): [at(n) for n in range(4)]}
    today = MONDAY + timedelta(4)
    past = [doses(on_day(routine, history, today, MONDAY + timedelta(n)))[0][0] for n in range(5)]
    assert past == [1, 1, 2, 2, 3]


def test_what_changed_is_told_against_the_session_before() -> None:
    routine, _ = read_script(TWO)
    history = {("a", 1): [at(0), at(1)]}
    exercise = on_day(routine, history, MONDAY, MONDAY + timedelta(2)).exercises[0]
    assert exercise.grown
    assert (exercise.grown.before, exercise.grown.now, exercise.grown.changed) == (1, 2, True)
    history = {("a", 1): [at(0), at(1), at(2, hour=7)]}
    today = MONDAY + timedelta(2)
    exercise = on_day(routine, history, today, today).exercises[0]
    assert exercise.grown
    assert (exercise.grown.now, exercise.grown.changed) == (2, False)


def test_names_tell_exercises_apart() -> None:
    assert keys(["Plank", "plank ", "Side  plank"]) == [
        ("plank", 1),
        ("plank", 2),
        ("side plank", 1),
    ]


def as_asked(walk: Walk, practice: Practice) -> Practice:
    """The practice with what was asked of it, as the record keeps it."""
    return replace(practice, asked=Asked.read(str(Asked.of(walk.begin(practice.day)))))


def recorded(progress: Progress, dose: Dose, practices: Sequence[Practice]) -> list[Practice]:
    walk, kept = Walk(progress, dose), []
    for practice in practices:
        kept.append(as_asked(walk, practice))
        walk.end(practice)
    return kept


def test_a_new_dose_of_the_scripts_own_begins_anew() -> None:
    history = recorded(DAILY, ONE, done(*range(6)))
    assert sets(history, 6) == 3
    assert sets(history, 6, own=Dose(sets=2)) == 2


def test_a_new_rule_goes_on_from_where_it_was() -> None:
    history = recorded(DAILY, ONE, done(*range(7)))
    assert sets(history, 7) == 3
    quick = Progress(1, "sets", 1, "days", 9)
    assert sets(history, 7, quick) == 4
    assert sets(history, 7, Progress(1, "sets", 7, "days", 9)) == 3
    assert sets(history, 7, Progress(1, "sets", 3, "days", 2)) == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "progress: add 1 set every day, up to 2 sets\n## A\nhold 5s, 2 sets",
            "1:1: the session's",
        ),
        ("progress: add 5s every day, up to 30s\n## A\nhold 4 breaths", "1:1: the session's"),
        ("## A\nhold 5s\nprogress: add 5s every day, up to 5s", '2:1: the progress of "A"'),
        ("## A\nSay so.\nprogress: add 1 set every day, up to 5 sets", '2:1: the progress of "A"'),
        ("## A\n3 times\nprogress: add 5s every day, up to 9s", '2:1: the progress of "A"'),
    ],
)
def test_what_cant_grow_is_warned_of(text: str, told: str) -> None:
    routine, warnings = read_script(f"# T\n{text}")
    assert [str(w).removeprefix("script:").startswith(told) for w in warnings] == [True]
    assert "changes nothing" in str(warnings[0])
    assert not grows(routine)


def test_a_script_is_as_long_as_it_may_grow() -> None:
    grows_on = "# T\n## A\nhold 1s, 3 times\nprogress: add 1 set every day, up to {} sets"
    read_script(grows_on.format(3_333))
    with pytest.raises(ScriptError, match="more than 10,000 reps"):
        read_script(grows_on.format(3_334))
    day = (
        "# T\n## A\nhold 1 hour, rest 0s between sets\nprogress: add 1 set every day, up to {} sets"
    )
    read_script(day.format(24))
    with pytest.raises(ScriptError, match="more than 24 h"):
        read_script(day.format(25))


OUTCOMES = st.sampled_from([*get_args(Outcome), "done", "done", "done"])
HISTORIES = st.lists(
    st.builds(
        lambda day, minute, outcome: Practice(
            datetime.combine(MONDAY, time(0), UTC) + timedelta(day, minute * 60), outcome
        ),
        st.integers(0, 60),
        st.integers(0, 1439),
        OUTCOMES,
    ),
    max_size=25,
)
PROGRESSES = st.builds(
    Progress,
    st.integers(1, 7),
    st.sampled_from(get_args(Unit)),
    st.integers(1, 5),
    st.sampled_from(get_args(Period)),
    st.integers(1, 60),
)


@st.composite
def any_dose(draw: st.DrawFn) -> Dose:
    sets, reps = draw(st.integers(1, 6)), draw(st.integers(1, 20))
    hold = draw(st.none() | st.integers(1, 200).map(lambda n: Duration(n / 4)))
    more = st.none() | st.integers(0, 9)
    most = [draw(more) for _ in range(3)]
    return Dose(
        hold=hold,
        hold_most=Duration(hold.seconds + most[0]) if hold and most[0] is not None else None,
        sets=sets,
        sets_most=None if most[1] is None else sets + most[1],
        reps=reps,
        reps_most=None if most[2] is None else reps + most[2],
        every=Duration((hold.seconds if hold else 0) + 1) if draw(st.booleans()) else None,
    )


def steps(progress: Progress, dose: Dose, history: Sequence[Practice]) -> list[float]:
    """What each session asked for, in order, and what one on the day after would."""
    days = sorted({p.began for p in history})
    asked = []
    ordered = sorted(history, key=lambda p: (p.began, p.outcome))
    for number in range(len(ordered) + 1):
        walk = Walk(progress, dose)
        walk.follow(ordered[:number])
        day = (
            ordered[number].day if number < len(ordered) else (days[-1].date() if days else MONDAY)
        )
        asked.append(walk.begin(day).now)
    return asked


@FEWER
@given(PROGRESSES, any_dose(), HISTORIES)
def test_it_never_jumps_nor_leaves_its_bounds(
    progress: Progress, dose: Dose, history: list[Practice]
) -> None:
    asked = steps(progress, dose, history)
    own = amount(progress, dose, 0)
    least, most = own, max(own, bound(progress, dose))
    for now, later in pairwise(asked):
        assert abs(later - now) <= progress.add
    assert all(least <= now <= most for now in asked)
    assert asked[0] == own
    grid = {amount(progress, dose, step) for step in range(top(progress, dose) + 1)}
    assert set(asked) <= grid | {own}


@given(PROGRESSES, any_dose(), HISTORIES, st.randoms())
def test_the_same_record_gives_the_same_dose(
    progress: Progress, dose: Dose, history: list[Practice], random: object
) -> None:
    today = MONDAY + timedelta(70)
    shuffled = list(history)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    grown = []
    for practices in (history, shuffled, history):
        walk = Walk(progress, dose)
        walk.follow(practices)
        grown.append(walk.begin(today))
    assert grown[0] == grown[1] == grown[2]


@FEWER
@given(PROGRESSES, any_dose(), HISTORIES)
def test_it_grows_only_after_enough_was_done(
    progress: Progress, dose: Dose, history: list[Practice]
) -> None:
    asked = steps(progress, dose, history)
    counted = {p.day for p in history if p.outcome == "done"}
    number = {
        "days": len(counted),
        "weeks": len(counted) / 7,
        "sessions": sum(p.outcome == "done" for p in history),
    }[progress.period]
    assert max(asked) <= amount(progress, dose, 0) + number // progress.every * progress.add


@FEWER
@given(PROGRESSES, any_dose(), HISTORIES)
def test_what_the_record_keeps_of_each_session_changes_nothing(
    progress: Progress, dose: Dose, history: list[Practice]
) -> None:
    ordered = sorted(history, key=lambda p: (p.began, p.outcome))
    today = MONDAY + timedelta(70)
    plain, kept = Walk(progress, dose), Walk(progress, dose)
    plain.follow(ordered)
    kept.follow(recorded(progress, dose, ordered))
    assert plain.begin(today) == kept.begin(today)


@given(PROGRESSES, PROGRESSES, any_dose(), HISTORIES)
def test_a_new_rule_never_jumps(
    old: Progress, new: Progress, dose: Dose, history: list[Practice]
) -> None:
    new = replace(new, unit=old.unit)
    if not (top(old, dose) and top(new, dose)) or not history:
        return
    kept = recorded(old, dose, sorted(history, key=lambda p: (p.began, p.outcome)))
    last = kept[-1].asked
    assert last
    walk = Walk(new, dose)
    walk.follow(kept)
    now = walk.begin(kept[-1].day).now
    assert now <= max(last.now + new.add, amount(new, dose, 0))
    assert now >= min(last.now - 2 * new.add, bound(new, dose))


ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Pacific/Kiritimati",
    "Africa/Abidjan",
)


@given(
    st.sampled_from(ZONES),
    st.sampled_from([0, 2, 3, 12, 23]),
    PROGRESSES,
    any_dose(),
    st.lists(st.tuples(st.integers(0, 30), OUTCOMES), max_size=20),
)
def test_days_are_those_of_the_place_whatever_its_clocks_do(
    zone: str, hour: int, progress: Progress, dose: Dose, days: list[tuple[int, Outcome]]
) -> None:
    """One session a day, at the same hour by the clock on the wall, also when that changes."""

    def practice(day: int, outcome: Outcome, place: ZoneInfo | timezone) -> Practice:
        moment = datetime.combine(MONDAY + timedelta(day), time(hour), place)
        offset = moment.utcoffset()
        assert offset is not None
        return Practice(moment.replace(tzinfo=timezone(offset)), outcome)  # as it is written

    once = dict(days).items()
    today = MONDAY + timedelta(31)
    grown = []
    for place in (UTC, ZoneInfo(zone)):
        walk = Walk(progress, dose)
        walk.follow([practice(day, outcome, place) for day, outcome in once])
        grown.append(walk.begin(today))
    assert grown[0] == grown[1]
