"""The cursor: a program and a step's index enter, the index of another step leaves."""

from __future__ import annotations

from voicecoach.program import Program


def exercise_start(program: Program, exercise: int) -> int:
    """The index of an exercise's first step; of the opening, 0, where there is no such exercise."""
    starts = (step.index for step in program.steps if step.exercise == exercise)
    return next(starts, 0) if exercise else 0


def next_start(program: Program, index: int) -> int | None:
    """Where the next exercise starts, or the closing; None behind it."""
    here = program.steps[index].exercise
    later = (s.index for s in program.steps[index + 1 :] if s.exercise != here)
    return next(later, None)


def previous_start(program: Program, index: int) -> int:
    """Where the exercise before starts; in the first exercise its own start."""
    before = [step.exercise for step in program.steps[: index + 1] if step.exercise]
    if not before:
        return 0
    in_closing = program.steps[index].exercise == 0
    return exercise_start(program, before[-1] if in_closing else max(before[-1] - 1, 1))
