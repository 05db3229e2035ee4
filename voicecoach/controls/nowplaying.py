"""Now playing: events enter, what a system's media panel shows leaves. Knows no system."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from voicecoach.events import Began, Ended, Event, Moment, Passed, Paused, Resumed, StepStarted
from voicecoach.step import Step
from voicecoach.units import Frames, seconds

Status = Literal["Playing", "Paused", "Stopped"]

JUMP_SECONDS = 1.0
"""Panels move the position on by themselves; when they are so far from the truth they are told."""
LENGTH_SECONDS = 0.5
"""A length that changes by less isn't told: panels show whole seconds."""


@dataclass(frozen=True, slots=True)
class Line:
    """A position in seconds that moves on by itself; moments are those of time.monotonic."""

    at: float = 0.0
    since: float = 0.0
    runs: bool = False

    def position(self, now: float) -> float:
        """Where it is at the moment `now`.

        >>> Line(10.0, since=100.0, runs=True).position(102.5)
        12.5
        """
        return self.at + (now - self.since if self.runs else 0.0)


@dataclass(frozen=True, slots=True)
class NowPlaying:
    """What is shown of a session; an exercise is a track, the position is the whole session's."""

    title: str = ""
    """The session's."""
    exercise: str = ""
    number: int = 0
    """The exercise's, from 1; 0 outside all exercises."""
    status: Status = "Stopped"
    ended: bool = False
    length: Frames | None = None
    """The session's, as things stand; None until everything is measured."""
    line: Line = Line()
    believed: Line = Line()
    """Where a panel thinks we are that only heard of the jumps."""
    jumps: int = 0
    """How often the position changed otherwise than by playing on."""

    def after(self, event: Event, now: float) -> NowPlaying:
        """What is shown after an event at the moment `now`."""
        match event:
            case Began(title=title):
                line = Line(0.0, now, runs=True)
                return NowPlaying(
                    title, status="Playing", line=line, believed=line, jumps=self.jumps + 1
                )
            case StepStarted(step=step, at=at):
                return self._moved(step, at, now)
            case Passed(moment=moment):
                length = self._length(moment)
                return replace(self._moved(moment.step, moment.at, now), length=length)
            case Paused():
                return self._turned("Paused", now)
            case Resumed():
                return self._turned("Playing", now)
            case Ended():
                return replace(self._turned("Stopped", now), ended=True)
        return self

    def position(self, now: float) -> float:
        """In seconds, from 0 to the length."""
        position = max(self.line.position(now), 0.0)
        return position if self.length is None else min(position, seconds(self.length))

    def _turned(self, status: Status, now: float) -> NowPlaying:
        runs = status == "Playing"
        line = Line(self.line.position(now), now, runs)
        believed = Line(self.believed.position(now), now, runs)
        return replace(self, status=status, line=line, believed=believed)

    def _moved(self, step: Step, at: Frames, now: float) -> NowPlaying:
        line = Line(seconds(at), now, self.status == "Playing")
        moved = replace(self, exercise=step.name, number=step.exercise, line=line)
        wrong_seconds = abs(line.at - self.believed.position(now))
        # In a new track panels begin at 0, if nobody tells them otherwise.
        if step.exercise == self.number and wrong_seconds <= JUMP_SECONDS:
            return moved
        return replace(moved, believed=line, jumps=self.jumps + 1)

    def _length(self, moment: Moment) -> Frames | None:
        if moment.left is None:
            return self.length
        length = Frames(moment.at + moment.left)
        small = self.length and abs(seconds(length - self.length)) < LENGTH_SECONDS
        return self.length if small else length
