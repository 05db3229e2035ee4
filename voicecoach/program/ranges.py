"""Ranges: exercises and a leeway enter; the same with one hold and one number of reps leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from voicecoach.routine import Dose, Duration, Exercise
from voicecoach.settings.leeway import Leeway, within

Ranges = list[tuple[int, str, float, float]]
"""Of each range its exercise's index, the dose's field, and the bounds."""


def settled(exercises: Sequence[Exercise], leeway: Leeway) -> list[Exercise]:
    """The exercises, each range of their doses settled: at its lower bound, or as far as it is."""
    settled_ones = list(exercises)
    holds, counts = _ranges(exercises)
    for ranges, share, grain in ((holds, leeway.holds, leeway.grain), (counts, leeway.counts, 1.0)):
        for turn, (index, field, low, high) in zip(count(1), ranges, strict=False):
            exercise = settled_ones[index]
            if exercise.dose:
                # The first exercise takes the first step.
                value = within(low, high, share, grain, 1 - turn / len(ranges))
                dose = _with(exercise.dose, field, value)
                settled_ones[index] = replace(exercise, dose=dose)
    return settled_ones


def _ranges(exercises: Sequence[Exercise]) -> tuple[Ranges, Ranges]:
    """The ranges of holds, and those of reps and sets."""
    holds: Ranges = []
    counts: Ranges = []
    for index, exercise in enumerate(exercises):
        dose = exercise.dose
        if dose is None:
            continue
        # What has grown to an amount is prescribed, and said at the start.
        grown = exercise.grown.progress.unit if exercise.grown else ""
        # Within a beat a longer hold would make nothing longer.
        if dose.hold and dose.hold_most and not dose.every and grown != "seconds":
            if dose.hold.breaths:
                holds.append((index, "breaths", dose.hold.breaths, dose.hold_most.breaths))
            else:
                holds.append((index, "hold", dose.hold.seconds, dose.hold_most.seconds))
        for field, low, high in (
            ("sets", dose.sets, dose.sets_most),
            ("reps", dose.reps, dose.reps_most),
        ):
            if high and field != grown:
                counts.append((index, field, low, high))
    return holds, counts


def _with(dose: Dose, field: str, value: float) -> Dose:
    match field:
        case "hold":
            return replace(dose, hold=Duration(value))
        case "breaths":
            return replace(dose, hold=Duration(breaths=int(value)))
        case "sets":
            return replace(dose, sets=int(value))
        case _:
            return replace(dose, reps=int(value))
