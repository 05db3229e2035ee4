"""Progress: events enter; what is kept of the session leaves, as an entry. Knows no database."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from voicecoach.events import (
    Answered,
    Asked,
    Ended,
    Ending,
    Event,
    Obeyed,
    Passed,
    StepEnded,
    StepStarted,
)
from voicecoach.record.entry import RecordedCommand, RecordedExercise, RecordedSession, State
from voicecoach.step import Step
from voicecoach.units import seconds

Clock = Callable[[], datetime]
"""Tells the moment, aware of its offset."""


def now() -> datetime:
    """The moment, with the offset of this place."""
    return datetime.now(UTC).astimezone()


class Progress:
    """How far a session has come; `entry` is always whole, and the same after the same events."""

    def __init__(
        self,
        entry: RecordedSession,
        steps: Sequence[Step],
        first: int = 1,
        clock: Clock = now,
        asked: Mapping[int, str] = {},
    ) -> None:
        """`first` is the exercise that the session begins with: those before it aren't missed.

        `asked` is what was asked of exercises that grow, by their numbers.
        """
        names = {step.exercise: step.name for step in steps if step.exercise}
        exercises = tuple(
            RecordedExercise(number, names[number], asked=asked.get(number, ""))
            for number in sorted(names)
        )
        resumed = first if first > 1 and first in names else None
        self.entry = replace(entry, exercises=exercises, exercise=resumed)
        self.clock = clock
        self._asked = False
        self._first, self._last = first, max(names, default=0)
        self._index = {exercise.number: index for index, exercise in enumerate(exercises)}
        self._missing = {
            number: {_key(s) for s in steps if s.exercise == number} for number in names
        }

    def watch(self, event: Event) -> bool:
        """Take an event in; True if the record must know at once."""
        before = self.entry
        if before.ending is not None and not self._asked:
            return False
        match event:
            case StepStarted():
                self._played(event.at)
                self._start(event.step)
            case StepEnded():
                self._end_step(event)
            case Passed(moment):
                self._played(moment.at)
                return False
            case Obeyed():
                at, exercise = self.clock(), before.exercise
                command = RecordedCommand(at, event.command, event.source, exercise)
                self._change(commands=(*before.commands, command))
                if self._asked and event.command == "undo":
                    self._change(answer=None, answer_source="")
            case Asked():  # all is done, whether or not an answer is waited for
                self._end("done")
                self._asked = True
            case Answered():
                self._change(answer=event.answer, answer_source=event.source)
            case Ended():
                over = event.how != "killed"  # which nobody asked for: it broke off
                if over and (not self._asked or event.how == "hurt"):
                    self._end(event.how)
                self._asked = False
        return self.entry is not before

    def _start(self, step: Step) -> None:
        if step.exercise in self._index:
            self._enter(step.exercise)
        elif step.kind == "closing":
            self._leave(beyond=self._last + 1)
            self._change(exercise=None)

    def _enter(self, number: int) -> None:
        if number != self.entry.exercise:
            self._leave(beyond=number)
            self._change(exercise=number)
        self._turn(number, "begun", {None, "skipped"})

    def _leave(self, beyond: int) -> None:
        """Leave the exercise that goes on, for one `beyond` those that were jumped over."""
        if self.entry.exercise is not None:
            self._turn(self.entry.exercise, "skipped", {"begun"})
        for number in self._index:
            if self._first <= number < beyond:
                self._turn(number, "skipped", {None})

    def _end_step(self, ended: StepEnded) -> None:
        number = ended.step.exercise
        if number not in self._index:
            return
        if self._exercise(number).state is None:
            self._enter(number)
        if math.isfinite(ended.held_seconds) and ended.held_seconds > 0:
            held = self._exercise(number).held_seconds + ended.held_seconds
            self._put(replace(self._exercise(number), held_seconds=round(held, 3)))
        if ended.whole:
            self._missing[number].discard(_key(ended.step))
            if not self._missing[number]:
                self._turn(number, "done", {"begun", "skipped"})

    def _end(self, how: Ending) -> None:
        if how == "done":
            self._leave(beyond=self._last + 1)
        elif how == "hurt" and self.entry.exercise is not None:
            self._turn(self.entry.exercise, "hurt", {"begun", "done", "skipped"})
        self._change(ended=max(self.clock(), self.entry.began), ending=how)

    def _played(self, at: int) -> None:
        self._change(played_seconds=max(self.entry.played_seconds, round(seconds(at), 1)))

    def _exercise(self, number: int) -> RecordedExercise:
        return self.entry.exercises[self._index[number]]

    def _turn(self, number: int, state: State, of: set[State | None]) -> None:
        exercise = self._exercise(number)
        if exercise.state in of:
            self._put(replace(exercise, state=state))

    def _put(self, exercise: RecordedExercise) -> None:
        exercises = list(self.entry.exercises)
        exercises[self._index[exercise.number]] = exercise
        self._change(exercises=tuple(exercises))

    def _change(self, **changes: Any) -> None:
        changed = replace(self.entry, **changes)
        if changed != self.entry:
            self.entry = changed


def _key(step: Step) -> tuple[object, ...]:
    """What makes a step that one within its exercise, whatever pace it is taken at."""
    return step.kind, step.set, step.rep, step.side
