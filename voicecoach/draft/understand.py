"""Understanding: an outline enters; what each exercise says, asks for and warns of leaves."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from voicecoach.draft.doses import Found
from voicecoach.draft.language import numbers_of
from voicecoach.draft.names import about_all
from voicecoach.draft.parts import Line, Outline
from voicecoach.draft.roles import role
from voicecoach.draft.rules import find_doses

_TAIL = re.compile(
    r"(?:[,;]\s*|\s)(?:and\s+|then\s+)+(?P<tail>(?:slowly |gently )?(?:return|come back|come up"
    r"|lower|straighten|sit up|slide|bring|roll back|rise)\b[^;]*)$",
    re.IGNORECASE,
)
"""Behind a hold: how to come back from it."""
_NONE = Found()
_SHORTEST = 3
"""Words of an instruction that stands outside of the exercises."""


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise of an article."""

    name: str
    said: tuple[Line, ...]
    """What is to be spoken before it, in order."""
    act: Line | None
    """Of those, the last that tells what to do."""
    back: Line | None
    """How to come back from a position: one of those said, or a part of one."""
    cautions: tuple[Line, ...]
    notes: tuple[Line, ...]
    """What only informs."""
    dose: Found
    """What was read of its dose."""
    sources: tuple[Line, ...]
    """Where that was read."""


@dataclass(frozen=True, slots=True)
class Understood:
    """A whole article."""

    title: str
    exercises: tuple[Exercise, ...]
    intro: tuple[Line, ...] = ()
    cautions: tuple[Line, ...] = ()
    notes: tuple[Line, ...] = ()
    programme: Found = _NONE
    """How often a day it is to be done, and how all of it grows."""
    sources: tuple[Line, ...] = ()
    """Where that was read."""


def understand(outline: Outline) -> Understood:
    """What an outline's sentences mean."""
    intro, cautions, notes, sources, usual_sources = [], [], [], [], []
    programme, usual = Found(), Found()
    for line in outline.around:
        found = find_doses(line.text)
        does = "caution" if line.warns else role(line.text, inside=False)
        if does == "caution":
            cautions.append(line)
        if found.a_day or found.growth:
            programme = programme.filled(Found(a_day=found.a_day, growth=found.growth))
            sources.append(line)
        elif does == "caution":
            continue
        elif found.doses and (about_all(line.text) or found.only):
            usual = usual.filled(found)
            usual_sources.append(line)
        elif does == "instruction" and len(line.text.split()) >= _SHORTEST:
            intro.append(line)
        else:
            notes.append(line)
    exercises = []
    for name, lines in outline.exercises:
        general = [line for line in lines if about_all(line.text) and find_doses(line.text).doses]
        usual_sources += general
        for line in general:
            usual = usual.filled(replace(find_doses(line.text), a_day=None, growth=None))
        exercises.append(_exercise(name, [line for line in lines if line not in general]))
    exercises = [_with_usual(exercise, usual, usual_sources) for exercise in exercises]
    if not programme.a_day:
        days = Counter(exercise.dose.a_day for exercise in exercises if exercise.dose.a_day)
        often = min(days, key=lambda day: (-days[day], day), default=None)
        programme = replace(programme, a_day=often)
        sources += [
            next(line for line in exercise.sources if find_doses(line.text).a_day)
            for exercise in exercises
            if exercise.dose.a_day
        ]
    return Understood(
        outline.title,
        tuple(exercises),
        tuple(intro),
        tuple(cautions),
        tuple(notes),
        programme,
        tuple(dict.fromkeys(sources)),
    )


def _exercise(name: str, lines: Sequence[Line]) -> Exercise:
    """An exercise of its sentences."""
    said, cautions, notes, sources = [], [], [], []
    dose = Found()
    back = act = None
    for line in lines:
        does = "caution" if line.warns else role(line.text, inside=True)
        found = find_doses(line.text)
        if does == "caution":  # "repeat 10 times, but stop if it hurts"
            cautions.append(line)
            found = replace(found, lasts=None)
        if found != Found():
            dose = dose.filled(found)
            if found.sides == "alternate":  # which tells more than each side
                dose = replace(dose, sides="alternate")
            sources.append(line)
        if found.only or does == "caution":
            continue
        if found.hold and (tail := _TAIL.search(line.text)):
            back = back or Line(tail["tail"], line.place)
            if find_doses(line.text[: tail.start()]).only:
                continue
        if does == "inform":
            notes += [line] if line not in sources else []
            continue
        said.append(line)
        if does == "return" and act and not back:
            back = line
        elif does != "feel":
            act = line
    if dose.lasts and not dose.hold:
        dose = replace(dose, hold=dose.lasts, lasts=None)
    return Exercise(
        name, tuple(said), act, back, tuple(cautions), tuple(notes), dose, tuple(sources)
    )


def _with_usual(exercise: Exercise, usual: Found, sources: Sequence[Line]) -> Exercise:
    """An exercise with what is said of all of them, where it says nothing itself."""
    if usual.lasts and not usual.hold:
        usual = replace(usual, hold=usual.lasts)
    filled = exercise.dose.filled(replace(usual, lasts=None))
    if filled == exercise.dose:
        return exercise
    return replace(exercise, dose=filled, sources=(*exercise.sources, *sources))


def understand_numbers(outline: Outline) -> Understood:
    """Of an article in another language: its headings, and its numbers; all else is spoken."""
    exercises = []
    for name, lines in outline.exercises:
        dose = Found()
        sources, said = [], []
        for line in lines:
            found = numbers_of(line.text)
            dose = dose.filled(found)
            sources += [line] if found != Found() else []
            said += [] if found.only else [line]
        act = said[-1] if said else None
        exercises.append(Exercise(name, tuple(said), act, None, (), (), dose, tuple(sources)))
    return Understood(outline.title, tuple(exercises), outline.around)
