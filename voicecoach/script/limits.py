"""Limits: a Routine enters; how much it asks for at the least leaves, without unrolling it."""

from __future__ import annotations

from collections.abc import Iterable

from voicecoach.routine import Breathe, Dose, Duration, Exercise, Hold, Part, Pause, Routine, Words

FASTEST_CHARACTERS = 60.0
"""Characters a second that no voice passes: 450 wpm at pace 2 of 6-letter words is 90 % of it."""
SHORTEST_BREATH = 2.0
"""Seconds; the setting's lower bound."""
FASTEST_PACE = 2.0
"""The setting's upper bound; it divides pauses and rests."""


def most_reps(routine: Routine) -> tuple[int, int]:
    """All reps of a script, and the line that asks for the most of them."""
    counts = [(_reps(exercise.dose or Dose()), exercise) for exercise in routine.exercises]
    worst = max(counts, key=lambda count: count[0], default=None)
    line = (worst[1].dose or Dose()).line or worst[1].line if worst else 1
    return sum(count for count, _ in counts), line


def least_seconds(routine: Routine) -> tuple[float, int]:
    """A length that the session never falls below, and the line of the longest exercise."""
    lengths = [(_exercise_seconds(exercise), exercise.line) for exercise in routine.exercises]
    opening = _seconds(routine.intro) + _seconds(routine.caution)
    longest = max(lengths, default=(0.0, 1))
    return opening + sum(length for length, _ in lengths), longest[1] if longest[0] > opening else 1


def _reps(dose: Dose) -> int:
    return dose.reps * dose.sets * (2 if dose.sides else 1)


def _exercise_seconds(exercise: Exercise) -> float:
    said = _seconds((*exercise.before, *exercise.caution, *exercise.after))
    dose = exercise.dose
    if dose is None:
        return said
    if dose.every:
        rep = _at_least(dose.every)
        return said + rep * _reps(dose)
    rep = sum(_seconds(movement.parts) for movement in exercise.movements)
    rep += _at_least(dose.hold) if dose.hold else 0.0
    rests = _at_least(dose.rest) / FASTEST_PACE * (dose.reps - 1) * dose.sets
    # Guidance may leave later reps' words out, so only one rep's words are sure.
    wordless = sum(_seconds(movement.parts, words=False) for movement in exercise.movements)
    wordless += _at_least(dose.hold) if dose.hold else 0.0
    return said + rep + wordless * (_reps(dose) - 1) + rests


def _at_least(length: Duration) -> float:
    return length.at(SHORTEST_BREATH)


def _seconds(parts: Iterable[Part], *, words: bool = True) -> float:
    total = 0.0
    for part in parts:
        match part:
            case Words():
                total += len(part.text) / FASTEST_CHARACTERS if words else 0.0
            case Pause():
                total += _at_least(part.length) / (FASTEST_PACE if not part.length.breaths else 1)
            case Hold():
                total += _at_least(part.length)
            case Breathe():
                total += part.count * SHORTEST_BREATH
    return total
