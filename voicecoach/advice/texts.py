"""Texts: a Routine enters; all that is said of it leaves, and where in the script a word stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from voicecoach.errors import Location
from voicecoach.routine import Part, Routine, Words


def texts(routine: Routine) -> Iterator[Words]:
    """Titles, names, sentences and cues, each with its line."""
    yield Words(routine.title, 1)
    yield from routine.caution
    yield from _words(routine.intro)
    for exercise in routine.exercises:
        yield Words(exercise.name, exercise.line)
        yield from exercise.caution
        yield from _words(exercise.before)
        for movement in exercise.movements:
            yield from _words(movement.parts)
        yield from _words(exercise.after)
        cues = (exercise.halfway, exercise.between, exercise.finish, exercise.short)
        yield from (cue for cue in cues if cue)


def where(routine: Routine, word: str, line: int = 1) -> Location:
    """Where a word stands in the script, from a line on; that line's start where it isn't found."""
    whole = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
    lines = routine.source.split("\n")
    for number, written in enumerate(lines[line - 1 :], line):
        if found := whole.search(written):
            return Location(routine.file, number, found.start() + 1)
    return Location(routine.file, line)


def _words(parts: Iterable[Part]) -> Iterator[Words]:
    return (part for part in parts if isinstance(part, Words))
