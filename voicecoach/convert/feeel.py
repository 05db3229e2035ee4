"""Feeel: a workout that Feeel has written, or JSON of the same shape, enters; a Workout leaves.

Feeel's files (`.feeel`) hold `fullWorkout`: its `workout` has `title`, `countdownDuration` (before
the first exercise), `exerciseDuration` and `breakDuration`; its `workoutExercises` have
`orderPosition`, `exercise` (a number of wger's, which names none) and perhaps lengths of their own;
a break stands before its exercise. JSON of the same shape may hold names: `title` and `exercises`,
each with `name`, `duration`, and perhaps `description` and `break`. Lengths are seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from voicecoach.convert.workout import Timed, Workout, seconds, text
from voicecoach.errors import ConvertError

USUAL_SECONDS, USUAL_BREAK = 30, 10
"""As Feeel has them for a new workout."""
_NAMES = ("name", "title")
_LENGTHS = ("exerciseDuration", "duration", "seconds")
_BREAKS = ("breakDuration", "break", "rest")
_TEXTS = ("description", "instructions", "notes")


def is_feeel(document: Mapping[Any, Any]) -> bool:
    """Whether it is one of Feeel's, or of its shape."""
    return isinstance(document.get("fullWorkout"), dict) or isinstance(
        document.get("exercises", document.get("workoutExercises")), list
    )


def read_feeel(document: Mapping[Any, Any], title: str) -> Workout:
    """The workout.

    Raises:
        ConvertError: it isn't as Feeel has it.
    """
    full = document.get("fullWorkout", document)
    full = full if isinstance(full, dict) else {}
    workout = full.get("workout", full)
    exercises = full.get("workoutExercises", full.get("exercises"))
    if not isinstance(workout, dict) or not isinstance(exercises, list):
        raise ConvertError("it has no workout with exercises")
    if not all(isinstance(exercise, dict) for exercise in exercises):
        raise ConvertError("an exercise of it holds no keys")
    exercises = sorted(exercises, key=_position)
    usual = _first(workout, _LENGTHS) or USUAL_SECONDS, _first(workout, _BREAKS)
    pause = seconds(USUAL_BREAK if usual[1] is None else usual[1], "its break")
    first = workout.get("countdownDuration")
    unnamed = sum(_first(exercise, _NAMES) is None for exercise in exercises)
    note = (
        "Feeel's files have numbers instead of names: give the exercises theirs, in their headings."
    )
    return Workout(
        text(_first(workout, _NAMES) or title, "its title"),
        tuple(
            _exercise(each, n, usual[0], first if n == 1 else None)
            for n, each in enumerate(exercises, 1)
        ),
        pause,
        notes=(note,) if unnamed else (),
    )


def _exercise(document: Mapping[Any, Any], number: int, usual: object, first: object) -> Timed:
    what = f"exercise {number}"
    name, length = _first(document, _NAMES), _first(document, _LENGTHS)
    said = _first(document, _TEXTS)
    pause = _first(document, _BREAKS) if first is None else first
    if name is None:
        kind = _first(document, ("exercise",))
        name = f"Exercise {number if kind is None else text(kind, f'the number of {what}')}"
    return Timed(
        text(name, f"the name of {what}"),
        seconds(usual if length is None else length, f"the duration of {what}"),
        before=text(said, f"the description of {what}") if said else "",
        ready=None if pause is None else seconds(pause, f"the break of {what}"),
    )


def _first(document: Mapping[Any, Any], keys: tuple[str, ...]) -> Any:
    return next((document[key] for key in keys if document.get(key) is not None), None)


def _position(exercise: Mapping[Any, Any]) -> float:
    position = exercise.get("orderPosition")
    return position if isinstance(position, int | float) else 0
