"""Progression: a Routine and what was done of it enter; the Routine with the doses of a day leaves.

Knows no record and reads no clock: what was done gives the same dose, whoever asks and when.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from voicecoach.progression.amounts import grown_dose, top
from voicecoach.progression.walk import Practice, Walk
from voicecoach.routine import Exercise, Grown, Progress, Routine

Key = tuple[str, int]
"""An exercise: its name, and which of that name it is."""
MOST_DOSES = 10_001
"""What grows by one at the least, to 10,000 at the most, has no more of them."""
Practices = Mapping[Key, Sequence[Practice]]
"""What was done of each exercise."""


def keys(names: Iterable[str]) -> list[Key]:
    """What tells the exercises of a script apart: by their names, however they are ordered."""
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        plain = " ".join(name.split()).casefold()
        seen[plain] += 1
        found.append((plain, seen[plain]))
    return found


def grows(routine: Routine) -> bool:
    """Whether the dose of any exercise grows."""
    return any(_progress(routine, exercise) for exercise in routine.exercises)


def on_day(routine: Routine, practices: Practices, today: date, day: date) -> Routine:
    """The routine with the doses of a day.

    Of a day to come, as if one session were done each day until then, from today on; of a day
    gone by, as it began.
    """
    walks = _walks(routine, practices, None if day >= today else day)
    ahead = (day - today).days
    for number in range(ahead):
        _do(walks, today + timedelta(number))
    return _grown(routine, [walk.begin(day) if walk else None for walk in walks])


def programme(routine: Routine, practices: Practices, today: date, days: int) -> Iterator[Routine]:
    """The routine with the doses of so many days, from today on, as if each were done."""
    walks = _walks(routine, practices)
    for number in range(days):
        day = today + timedelta(number)
        # Looking on is no session: what it asks for is asked of a copy.
        yield _grown(routine, [copy(walk).begin(day) if walk else None for walk in walks])
        _do(walks, today + timedelta(number))


def at_dose(routine: Routine, number: int) -> Routine:
    """The routine with its Nth dose: 1 is the script's own, each after it is a step more."""
    walks = _walks(routine, {})
    return _grown(routine, [walk.at(number) if walk else None for walk in walks])


def _progress(routine: Routine, exercise: Exercise) -> Progress | None:
    """How an exercise's dose grows, by its own rule or the session's; None where it doesn't."""
    progress = exercise.progress or routine.progress
    if progress is None or exercise.dose is None or not top(progress, exercise.dose):
        return None
    return progress


def _walks(routine: Routine, practices: Practices, until: date | None = None) -> list[Walk | None]:
    """A walk for each exercise that grows, up to a day."""
    walks: list[Walk | None] = []
    for key, exercise in zip(
        keys(e.name for e in routine.exercises), routine.exercises, strict=True
    ):
        progress = _progress(routine, exercise)
        walk = Walk(progress, exercise.dose) if progress and exercise.dose else None
        if walk:
            done = practices.get(key, ())
            walk.follow(p for p in done if until is None or p.day < until)
        walks.append(walk)
    return walks


def _do(walks: Iterable[Walk | None], day: date) -> None:
    """The session of a day, unless there was one already."""
    for walk in walks:
        if walk and not walk.done_on(day):
            walk.begin(day)
            walk.end(Practice(datetime.combine(day, time(12), UTC), "done"))


def _grown(routine: Routine, grown: Sequence[Grown | None]) -> Routine:
    exercises = []
    for exercise, how in zip(routine.exercises, grown, strict=True):
        if how and exercise.dose:
            dose = grown_dose(how.progress, exercise.dose, how.now)
            exercises.append(replace(exercise, dose=dose, grown=how))
        else:
            exercises.append(exercise)
    return replace(routine, exercises=tuple(exercises))
