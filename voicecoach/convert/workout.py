"""Workouts: exercises for some time each enter; the text of a script leaves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from voicecoach.errors import ConvertError
from voicecoach.script.directions import has_direction
from voicecoach.script.dose import LEAST_HOLD_SECONDS
from voicecoach.script.markup import clean, plain, speakable
from voicecoach.units import DAY_SECONDS

MOST_EXERCISES = 500
MOST_CHARACTERS = 500
"""Of a text."""
LONGEST_READY = 120.0
"""Seconds: the most that `get ready` takes."""
_LEADING = re.compile(r"^(?:[#>*+|=~`-]+|[0-9]{1,4}[.)])\s*")
"""What would make of a text's beginning another kind of line."""


@dataclass(frozen=True, slots=True)
class Timed:
    """An exercise that is done for some time."""

    name: str
    seconds: float
    texts: tuple[str, ...] = ()
    """What is done one after the other, each for its share of the time; () is just the name."""
    before: str = ""
    """What is said first."""
    ready: float | None = None
    """Seconds before it begins; None: as the workout has it."""
    switch: float | None = None
    """Sides are changed at half of it, in so many seconds; None: it has no sides."""


@dataclass(frozen=True, slots=True)
class Workout:
    """Another program's workout."""

    title: str
    exercises: tuple[Timed, ...]
    ready: float = 5.0
    """Seconds before each exercise."""
    language: str = ""
    before: str = ""
    after: str = ""
    notes: tuple[str, ...] = ()
    """What is to be looked at, a sentence each."""


def write_workout(workout: Workout) -> str:
    """The script.

    Raises:
        ConvertError: it has no exercise, or too many.
    """
    if not 1 <= len(workout.exercises) <= MOST_EXERCISES:
        raise ConvertError(f"a workout has 1 to {MOST_EXERCISES} exercises")
    return "\n".join(_lines(workout)).rstrip("\n") + "\n"


def text(value: object, what: str) -> str:
    """A text as it can stand in a script: on one line, without marks, read out as it is.

    Raises:
        ConvertError: it is none, or too long.

    >>> text("# Squats (hold 9s), {side}", "a name")
    'Squats, hold 9s, side'
    """
    if not isinstance(value, str | int | float):
        raise ConvertError(f"{what} is no text")
    try:
        words = clean(" ".join(str(value).split()))
    except ValueError:  # YAML takes a number of any length
        raise ConvertError(f"{what} has more than {MOST_CHARACTERS} characters") from None
    if len(words) > MOST_CHARACTERS:
        raise ConvertError(f"{what} has more than {MOST_CHARACTERS} characters")
    words = re.sub(r"[{}<>\[\]\\`|]", " ", words)
    if has_direction(words):
        words = re.sub(r"[\s,]*[()][\s,]*", ", ", words)
    while words != (shorter := _LEADING.sub("", words.strip())):
        words = shorter
    return " ".join(words.split())


def seconds(value: object, what: str) -> float:
    """A number of seconds.

    Raises:
        ConvertError: it is none, or one that no session has.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConvertError(f"{what} is no number of seconds")
    if not 0 <= value <= DAY_SECONDS:
        raise ConvertError(f"{what} is no length: 0 s to 24 h")
    return round(float(value), 3)


def _lines(workout: Workout) -> Iterator[str]:
    yield f"# {workout.title if _heard(workout.title) else 'Workout'}"
    if workout.language:
        yield f"language: {workout.language}"
    pauses = [workout.ready if e.ready is None else e.ready for e in workout.exercises]
    ready = min(*pauses, LONGEST_READY)
    yield f"get ready: {_written(ready)}"
    for note in workout.notes:
        yield f"> {note}"
    if _heard(workout.before):
        yield from ("", f"- {_sentence(workout.before)}")
    for number, (exercise, pause) in enumerate(zip(workout.exercises, pauses, strict=True), 1):
        yield from ("", f"## {exercise.name if _heard(exercise.name) else f'Exercise {number}'}")
        yield from _exercise(exercise, number, pause - ready)
    if _heard(workout.after):
        yield from ("", "## Finish", f"- {_sentence(workout.after)}")


def _exercise(exercise: Timed, number: int, pause: float) -> Iterator[str]:
    if _heard(exercise.before):
        yield f"- {_sentence(exercise.before)}"
    if pause > 0:
        yield f"(pause {_written(pause)})"
    name = exercise.name if _heard(exercise.name) else f"Exercise {number}"
    texts = [each for each in exercise.texts if _heard(each)] or [name]
    parts = len(texts)
    if exercise.switch is not None:
        yield f"once, each side, switch {_written(exercise.switch)}"
        parts *= 2
    for count, words in enumerate(texts, 1):
        share = max(exercise.seconds / parts, LEAST_HOLD_SECONDS)
        yield f"{count}. {_sentence(words)} (hold {_written(share)})"


def _heard(words: str) -> bool:
    """Whether anything is left of it to speak: an address is left out."""
    return speakable(plain(words))


def _written(length: float) -> str:
    """Seconds as a script has them: 7.5s."""
    return f"{length:.3f}".rstrip("0").rstrip(".") + "s"


def _sentence(words: str) -> str:
    return words if words[-1] in ".!?…:;।" else f"{words}."
