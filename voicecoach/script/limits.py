"""Limits: a Routine enters; how much it asks for at the least leaves, without unrolling it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from voicecoach.progression import MOST_DOSES, at_dose
from voicecoach.routine import (
    MOVEMENT_SECONDS,
    SHORTEST_BREATH,
    Breathe,
    Dose,
    Duration,
    Exercise,
    Hold,
    Part,
    Pause,
    Routine,
    Words,
)
from voicecoach.settings.values import FASTEST_PACE

FASTEST_CHARACTERS = 60.0
"""Characters a second that no voice passes: 450 wpm at pace 2 of 6-letter words is 90 % of it."""


def most_reps(routine: Routine) -> tuple[int, int]:
    """All reps of a script, at the most, and the line that asks for the most of them."""
    routine = at_dose(routine, MOST_DOSES)
    counts = [(_most_reps(e.dose), e.dose.line or e.line) for e in routine.exercises if e.dose]
    return sum(count for count, _ in counts), max(counts, default=(0, 1))[1]


def least_seconds(routine: Routine) -> tuple[float, int]:
    """A length that the session never falls below when its doses have grown as far as they go,
    and the line of the longest exercise.
    """
    routine = at_dose(routine, MOST_DOSES)
    lengths = [(_exercise_seconds(exercise), exercise.line) for exercise in routine.exercises]
    opening = _seconds(routine.intro) + _seconds(routine.caution)
    longest = max(lengths, default=(0.0, 1))
    return opening + sum(length for length, _ in lengths), longest[1] if longest[0] > opening else 1


def _reps(dose: Dose) -> int:
    return dose.reps * dose.sets * (2 if dose.sides else 1)


def _most_reps(dose: Dose) -> int:
    most = replace(dose, reps=dose.reps_most or dose.reps, sets=dose.sets_most or dose.sets)
    return _reps(most)


def _exercise_seconds(exercise: Exercise) -> float:
    said = _seconds((*exercise.before, *exercise.caution, *exercise.after))
    dose = exercise.dose
    if dose is None:
        return said
    # Guidance may leave later reps' words out, so only one rep's words are sure.
    moved = [part for movement in exercise.movements for part in movement.parts]
    said += sum(_seconds([part]) for part in moved if isinstance(part, Words))
    if dose.every:
        return said + _at_least(dose.every) * _reps(dose)
    rests = _at_least(dose.rest) / FASTEST_PACE * (dose.reps - 1) * dose.sets
    return said + _rep_seconds(exercise, dose) * _reps(dose) + rests


def _rep_seconds(exercise: Exercise, dose: Dose) -> float:
    """A rep without its words."""
    untimed = [movement for movement in exercise.movements if not movement.timed]
    if dose.hold:  # the last of them is held
        untimed = untimed[:-1]
    done = sum(not movement.waits for movement in untimed)
    if not exercise.movements and not dose.hold:
        done = 1
    parts = [part for movement in exercise.movements for part in movement.parts]
    rep = _seconds(part for part in parts if not isinstance(part, Words))
    rep += _at_least(dose.hold) if dose.hold else 0.0
    return rep + done * MOVEMENT_SECONDS / FASTEST_PACE


def _at_least(length: Duration) -> float:
    return length.at(SHORTEST_BREATH)


def _seconds(parts: Iterable[Part]) -> float:
    total = 0.0
    for part in parts:
        match part:
            case Words():
                total += len(part.text) / FASTEST_CHARACTERS
            case Pause():
                total += _at_least(part.length) / (FASTEST_PACE if not part.length.breaths else 1)
            case Hold():
                total += _at_least(part.length)
            case Breathe():
                total += part.count * SHORTEST_BREATH
    return total
