"""Amounts: a Progress and the script's own dose enter; how far it grows, and by what, leaves."""

from __future__ import annotations

import math
from dataclasses import replace

from voicecoach.routine import SHORTEST_BREATH, Dose, Duration, Progress


def own_amount(progress: Progress, dose: Dose) -> float | None:
    """What the script's own dose has of what grows; None where that is nothing."""
    match progress.unit:
        case "sets":
            return dose.sets
        case "reps":
            return dose.reps
        case "seconds":
            return dose.hold.seconds if dose.hold and not dose.hold.breaths else None


def bound(progress: Progress, dose: Dose) -> float:
    """The most it grows to: as `up to` says, within the dose's range, and within a beat."""
    most: list[float | None] = [progress.most]
    match progress.unit:
        case "sets":
            most.append(dose.sets_most)
        case "reps":
            most.append(dose.reps_most)
        case "seconds":
            most.append(dose.hold_most.at(SHORTEST_BREATH) if dose.hold_most else None)
            most.append(dose.every.at(SHORTEST_BREATH) if dose.every else None)
    return min(amount for amount in most if amount is not None)


def top(progress: Progress, dose: Dose) -> int:
    """How many steps it takes to the bound; 0 where it doesn't grow."""
    own = own_amount(progress, dose)
    return max(math.ceil((bound(progress, dose) - own) / progress.add), 0) if own else 0


def amount(progress: Progress, dose: Dose, step: int) -> float:
    """How much of what grows it is after so many steps."""
    own = own_amount(progress, dose) or 0.0
    return max(own, min(own + step * progress.add, bound(progress, dose))) if step else own


def grown_dose(progress: Progress, dose: Dose, now: float) -> Dose:
    """The dose with so much of what grows."""
    match progress.unit:
        case "sets":
            return replace(dose, sets=int(now))
        case "reps":
            return replace(dose, reps=int(now))
        case "seconds":
            return replace(dose, hold=Duration(now))


def rule(progress: Progress, dose: Dose) -> str:
    """How it grows, as the record keeps it: to the bound that is in force."""
    written = f"add {progress.add} {progress.unit} every {progress.every} {progress.period}"
    return f"{written} up to {bound(progress, dose)!r}"
