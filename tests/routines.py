"""Routines of any shape, for properties that hold for all of them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any
from zlib import crc32

from hypothesis import settings as profile
from hypothesis import strategies as st

from voicecoach.phrases import languages
from voicecoach.program import Program, build_program
from voicecoach.routine import (
    Breathe,
    Dose,
    Duration,
    Exercise,
    Hold,
    Movement,
    Part,
    Pause,
    Ring,
    Routine,
    Words,
)
from voicecoach.schedule import Scheduler
from voicecoach.settings import GUIDANCE, Settings
from voicecoach.speech import Utterance
from voicecoach.units import Frames, frames

FEWER = profile(max_examples=max(10, profile().max_examples // 5))
"""For properties whose every example takes a while."""

TEXTS = (
    "Breathe.",
    "Sit down. Be still.",
    "Stand on the mat, feet apart. Look ahead. Soften your knees.",
    "Let your shoulders sink, as far as they want to; then let your jaw be loose, too.",
)
SIDED = ("Lift your {side} arm.", "Breathe. Turn to the {side}. Look back.", "{side}", "{side}.")


LINES = st.integers(1, 99)
SIDES: st.SearchStrategy[Any] = st.sampled_from([None, "each", "alternate"])
NAMES = st.sampled_from(["Hip stretch", "Knees!", "TRX row"])
COUNTDOWNS = st.sampled_from([0, 3, 5, 10])
CHIMES = st.sampled_from(["", "bowl", "wood"])
OWN_SETTINGS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "chimes": CHIMES,
        "countdown": COUNTDOWNS,
        "guidance": st.sampled_from(GUIDANCE),
    },
)
SETTINGS = st.builds(
    Settings,
    language=st.sampled_from(languages()),
    rate_wpm=st.integers(80, 400),
    pace=st.sampled_from([0.5, 0.85, 1.0, 1.2, 2.0]) | st.floats(0.5, 2),
    breath_seconds=st.sampled_from([2.0, 6.0, 7.3]),
    get_ready_seconds=st.sampled_from([0.0, 1.0, 5.0]),
    wind_down_seconds=st.sampled_from([0.0, 0.0, 30.0, 300.0]),
    countdown=COUNTDOWNS,
    chimes=CHIMES,
    guidance=st.sampled_from(GUIDANCE),
)


def milliseconds(least: int, most: int) -> st.SearchStrategy[float]:
    return st.integers(least, most).map(lambda n: n / 1000)


@cache
def durations(least: int, most: int) -> st.SearchStrategy[Duration]:
    """Seconds, to the millisecond and often whole, or a few breaths."""
    whole = st.integers(-(-least // 1000), max(most // 1000, 1)).map(lambda n: Duration(float(n)))
    breaths = st.integers(1, max(min(most // 6000, 5), 1)).map(lambda n: Duration(breaths=n))
    return st.one_of(whole, milliseconds(least, most).map(Duration), breaths)


@cache
def words(*, sided: bool) -> st.SearchStrategy[Words]:
    texts = st.sampled_from(TEXTS + SIDED if sided else TEXTS)
    return st.builds(Words, texts, LINES, st.booleans())


@cache
def parts(*, sided: bool, most: int, timed: bool = True) -> st.SearchStrategy[tuple[Part, ...]]:
    some: list[st.SearchStrategy[Part]] = [
        words(sided=sided),
        words(sided=sided),
        durations(0, most // 4).map(Pause),
        st.sampled_from(["", "release", "wood"]).map(Ring),
    ]
    if timed:
        some.append(st.builds(Hold, durations(100, most), LINES))
        some.append(st.builds(Breathe, st.integers(1, 3), LINES))
    return st.lists(st.one_of(some), max_size=4).map(tuple)


def ranged(dose: Dose) -> st.SearchStrategy[Dose]:
    """The dose, where a range may go up from each number."""
    bounds: dict[str, st.SearchStrategy[Any]] = {
        "reps_most": st.integers(dose.reps, dose.reps + 3),
        "sets_most": st.integers(dose.sets, dose.sets + 1),
    }
    if dose.hold:
        low = dose.hold
        more = milliseconds(0, 9_000) | st.integers(0, 20).map(float)
        bounds["hold_most"] = (
            st.integers(0, 2).map(lambda n: Duration(breaths=low.breaths + n))
            if low.breaths
            else more.map(lambda n: Duration(low.seconds + n))
        )
    return st.fixed_dictionaries({}, optional=bounds).map(lambda most: replace(dose, **most))


@cache
def doses(most: int) -> st.SearchStrategy[Dose]:
    held = st.builds(
        Dose,
        line=LINES,
        hold=st.none() | durations(100, most),
        reps=st.integers(1, 3),
        sets=st.integers(1, 2),
        rest=durations(0, most // 2),
        set_rest=durations(0, most // 2),
        sides=SIDES,
        switch=durations(0, most // 4),
    ).flatmap(ranged)
    beaten = st.builds(
        lambda line, hold, more, reps, sets, sides: Dose(
            line, hold, None, reps, sets, sides=sides,
            every=Duration((hold.seconds if hold else 0.0) + more),
        ),
        LINES,
        st.none() | milliseconds(100, 4000).map(Duration),
        milliseconds(500, 3000),
        st.integers(1, 3),
        st.integers(1, 2),
        SIDES,
    )  # fmt: skip
    return st.one_of(held, held, held, beaten)


@cache
def movements(*, sided: bool, most: int, timed: bool) -> st.SearchStrategy[tuple[Movement, ...]]:
    told = parts(sided=sided, most=most, timed=timed)
    return st.lists(st.builds(Movement, told, LINES), max_size=3).map(tuple)


@cache
def cues(*, sided: bool) -> st.SearchStrategy[dict[str, Any]]:
    own = words(sided=sided)
    optional = dict.fromkeys(("halfway", "between", "finish", "short"), own)
    return st.fixed_dictionaries({}, optional=optional)


@st.composite
def exercises(draw: st.DrawFn, most: int) -> Exercise:
    """An exercise whose holds take up to `most` milliseconds, free of a script's errors."""
    dose = draw(st.none() | doses(most))
    if dose is None:
        return Exercise("Finish", 1, draw(parts(sided=False, most=most)))
    sided = dose.sides is not None
    told = parts(sided=sided, most=most)
    moves = draw(movements(sided=sided, most=most, timed=not dose.every))
    if dose.hold and not dose.every and all(move.timed for move in moves):
        moves = ()
    return Exercise(
        draw(NAMES),
        draw(LINES),
        draw(told),
        dose,
        moves,
        draw(told),
        draw(st.just(()) | words(sided=sided).map(lambda said: (said,))),
        settings=draw(OWN_SETTINGS),
        **draw(cues(sided=sided)),
    )


@st.composite
def programs(draw: st.DrawFn, most: int = 40_000, exercise_count: int = 2) -> Program:
    """A program of a random routine under random settings."""
    routine = Routine(
        "Any routine",
        draw(parts(sided=False, most=most)),
        draw(st.just(()) | words(sided=False).map(lambda said: (said,))),
        tuple(draw(st.lists(exercises(most), min_size=1, max_size=exercise_count))),
    )
    settings = draw(SETTINGS)
    return build_program(routine, settings if most > 6000 else replace(settings, breath_seconds=2))


@st.composite
def schedulers(draw: st.DrawFn, settings: Settings) -> Scheduler:
    """A scheduler for a voice whose words take any time, each text its own, and any chimes."""
    longest = draw(st.sampled_from([1, 20_000, 48_000, 96_000, 300_000]))
    silent = draw(st.booleans())  # for some words

    def measure(utterance: Utterance) -> Frames:
        chance = crc32(f"{longest}{utterance.text}".encode())
        usual = 0 if silent and chance % 7 == 0 else 1 + chance % longest
        return Frames(usual * 135 // utterance.wpm)

    ring = draw(st.sampled_from([1, frames(0.3), frames(0.9), frames(3)]))
    return Scheduler(settings, "espeak:en-us", measure, lambda sound: Frames(ring + len(sound)))
