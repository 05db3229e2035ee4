"""Dosing: what was read of an exercise's dose enters; a whole dose leaves, what was assumed marked.

ACSM's Guidelines for Exercise Testing and Prescription, 11th ed., flexibility: a static stretch is
held 10-30 s; Garber et al. 2011 (ACSM position stand): 2-4 repetitions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from voicecoach.draft.doses import Found, Growth, Length, Range
from voicecoach.draft.understand import Exercise

HOLD = Length(10, 30)
REPS: Range = (2, 4)
BEAT_SECONDS = 4
"""For a movement up and down, or there and back."""
SHORT_REST_SECONDS = 3
SHORT_HOLD_SECONDS = 6
LONG_HOLD_SECONDS = 30
"""A hold from which on once is enough, where nobody says how often."""
USUAL_REST_SECONDS = 8
"""The script language's own."""
SETS_MOST = 5
REPS_MORE = 5


@dataclass(frozen=True, slots=True)
class Dosage:
    """A whole dose."""

    items: tuple[str, ...]
    """As the script language has them."""
    read: int
    """How many of them the article gives."""
    assumed: tuple[str, ...]
    """Those that it doesn't, each with why."""
    reps: int
    rest_seconds: float
    held: bool
    beats: bool


def dose_of(exercise: Exercise) -> Dosage:
    """The dose of an exercise."""
    dose = exercise.dose
    hold, reps = dose.hold, dose.reps
    read, guessed, assumed = [], [], []
    beats = False
    if hold:
        read.append(f"hold {hold.written()}")
    elif not reps or (reps[0] <= REPS[1] and _stretches(exercise)):
        hold = HOLD
        guessed.append(f"hold {HOLD.written()}")
        assumed.append(f"hold {HOLD.written()} (ACSM: a stretch is held 10-30 s)")
    if reps:
        read.append(_counted(reps, "times"))
    elif dose.hold and (hold == dose.hold) and _long(dose.hold):
        reps = (1, 1)
        assumed.append("once (a long hold, and no number is given)")
    else:
        reps = REPS
        guessed.append(_counted(REPS, "times"))
        assumed.append(f"{_counted(REPS, 'times')} (ACSM: 2-4 repetitions)")
    if dose.sets:
        read.append(_counted(dose.sets, "sets"))
    rest = USUAL_REST_SECONDS if not dose.rest else dose.rest.least
    if not hold and reps[0] > 1:
        beats = True
        guessed.append(f"every {BEAT_SECONDS}s")
        assumed.append(f"every {BEAT_SECONDS}s (each is counted aloud)")
    elif dose.rest and dose.rest.unit == "seconds":
        read.append(f"rest {rest:g}s")
    elif hold and reps[0] > REPS[1] and _short(hold) and not exercise.back:
        rest = SHORT_REST_SECONDS
        guessed.append(f"rest {rest}s")
        assumed.append(f"rest {rest}s (the holds are short)")
    set_rest = dose.set_rest or (dose.rest if beats else None)  # between counted reps is none
    if set_rest and set_rest.unit == "seconds" and dose.sets and dose.sets[0] > 1:
        read.append(f"rest {set_rest.least:g}s between sets")
    if dose.sides:
        read.append("each side" if dose.sides == "each" else "alternate sides")
    held = hold is not None
    items = tuple(sorted((*read, *guessed), key=_order))
    return Dosage(items, len(read), tuple(assumed), reps[0], rest, held, beats)


def grown(growth: Growth, dose: Found, where: str) -> tuple[str, str]:
    """A progress line's value, and a note on what of it is assumed; "" where it can't grow."""
    now = 1
    if growth.unit == "sets":
        now, usual = (dose.sets or (1, 1))[1], SETS_MOST
    elif growth.unit == "reps":
        now = (dose.reps or REPS)[1]
        usual = now + REPS_MORE
    else:
        hold = dose.hold or HOLD
        if hold.unit != "seconds":
            return "", ""
        now, usual = int(hold.least), int(max(hold.most, HOLD.most))
    most = growth.most or usual
    if most <= now:
        return "", ""
    step, every = (5, "week") if growth.unit == "seconds" else (1, "3 days")
    unit = growth.unit if step > 1 else growth.unit.removesuffix("s")
    value = f"add {step} {unit} every {every}, up to {most} {growth.unit}"
    bound = "" if growth.most else f", and {most} {growth.unit} as the bound"
    return value, f"Assumed: {step} {unit} more every {every}{bound}; {where} gives no such number."


def _stretches(exercise: Exercise) -> bool:
    words = " ".join((exercise.name, *(line.text for line in exercise.said))).lower()
    return bool(re.search(r"\bstretch|\bhold\b|\bpose\b", words))


def _counted(count: Range, unit: str) -> str:
    least, most = count
    if least == most == 1:
        return "once" if unit == "times" else "1 set"
    return f"{least} {unit}" if least == most else f"{least}-{most} {unit}"


def _long(hold: Length) -> bool:
    return hold.unit == "breaths" or hold.least >= LONG_HOLD_SECONDS


def _short(hold: Length) -> bool:
    return hold.unit == "seconds" and hold.least <= SHORT_HOLD_SECONDS


_ORDER = ("hold", "once", "times", "sets", "set", "every", "rest", "each", "alternate")


def _order(item: str) -> int:
    words = item.split()
    return next(i for i, word in enumerate(_ORDER) if word in (words[0], words[-1]))
