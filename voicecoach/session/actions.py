"""Actions: a Command enters; the deed that carries it out leaves, or why there is nothing to do."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from voicecoach.controls import Command
from voicecoach.events import Ending
from voicecoach.session.aside import aside, time_left
from voicecoach.session.cursor import exercise_start, next_start, previous_start
from voicecoach.session.edit import (
    Place,
    holding,
    movement_start,
    resumed,
    said_once,
    with_hold,
)
from voicecoach.session.holds import ended, lengthened
from voicecoach.session.stream import FADE, HEADROOM
from voicecoach.session.undo import Undo, going_on, levelling, repacing, returning, shortening
from voicecoach.settings.values import FASTEST_PACE, SLOWEST_PACE
from voicecoach.units import frames

if TYPE_CHECKING:
    from voicecoach.session.director import Director

AT_ONCE = (Command.PAUSE, Command.STOP, Command.OUCH)
"""Commands that silence everything before anything else is done."""
WHILE_PAUSED = (*AT_ONCE, Command.RESUME, Command.REPEAT, Command.SKIP, Command.BACK)
TWICE_SECONDS = 2.0
"""Two repeats within this mean the exercise from its start."""
MORE_SECONDS = 10.0
"""What `longer` adds to a hold."""
LATE = frames(1.5)
"""So long after its end a hold can still be made longer: who says so as it is counted down is
understood when it is over."""
SOON = 2 * HEADROOM
"""A hold that ends so soon can't be changed without a seam any more."""
PACE_STEP = 1.1
LEVEL_STEP = 10 ** (3 / 20)
"""Quieter and louder: 3 dB, clearly heard and not startling."""
SOFTEST = 10 ** (-30 / 20)

Deed = Callable[[], Undo | None]
"""Carries a command out; returns what takes it back, if anything can."""

NOT_HEARD = "nothing has been heard yet"
NO_HOLD = "no hold goes on"


class Actions:
    """What a director does at each command. Finding a deed changes nothing, and takes no time."""

    def __init__(self, director: Director) -> None:
        self._director = director
        self._repeated = float("-inf")

    def find(self, command: Command) -> Deed | str:
        """What carries it out, or in a few words why nothing can."""
        finders: dict[Command, Callable[[], Deed | str]] = {
            Command.PAUSE: self._pause,
            Command.RESUME: self._resume,
            Command.REPEAT: self._repeat,
            Command.SKIP: self._skip,
            Command.BACK: self._back,
            Command.LONGER: self._longer,
            Command.ENOUGH: self._enough,
            Command.SLOWER: lambda: self._pace(1 / PACE_STEP, "slower"),
            Command.FASTER: lambda: self._pace(PACE_STEP, "faster"),
            Command.QUIETER: lambda: self._level(1 / LEVEL_STEP),
            Command.LOUDER: lambda: self._level(LEVEL_STEP),
            Command.HOW_LONG: self._how_long,
            Command.STOP: lambda: self._stop,
            Command.OUCH: lambda: partial(self._end, "hurt", "ouch"),
        }
        if self._director.paused and command not in WHILE_PAUSED:
            return "it is paused"
        return finders[command]()

    def _pause(self) -> Deed | str:
        director = self._director
        if director.paused:
            return "it is paused already"
        if director.here() is None:
            return NOT_HEARD

        def deed() -> Undo | None:
            undo = returning(director)
            director.hush()
            director.paused = True
            return undo

        return deed

    def _resume(self) -> Deed | str:
        director = self._director
        place = director.here()
        if not director.paused or place is None:
            return "it isn't paused"

        def deed() -> Undo | None:
            undo = returning(director)
            breath = director.rendition.program.settings.breath_seconds
            words = aside(director.rendition, director.phrase("resuming"), 0.0, breath / 2, place)
            director.paused = False
            director.go(resumed(place), words)
            return undo

        return deed

    def _repeat(self) -> Deed | str:
        director = self._director
        if director.here() is None:
            return NOT_HEARD

        def deed() -> Undo | None:
            undo = returning(director)
            twice = time.monotonic() - self._repeated < TWICE_SECONDS
            self._repeated = float("-inf") if twice else time.monotonic()
            place = director.hush()
            if place is None:
                return None
            step = place.segment.step
            director.paused = False
            if twice and step.exercise:
                director.jump(exercise_start(director.rendition.program, step.exercise))
            else:
                director.go(movement_start(place))
            return undo

        return deed

    def _skip(self) -> Deed | str:
        director = self._director
        index = next_start(director.rendition.program, director.index)
        if index is None:
            return "there is nothing after this"
        return partial(self._jump, index)

    def _back(self) -> Deed:
        director = self._director
        return partial(self._jump, previous_start(director.rendition.program, director.index))

    def _jump(self, index: int) -> Undo | None:
        undo = returning(self._director)
        self._director.jump(index)
        return undo

    def _longer(self) -> Deed | str:
        director = self._director
        place = director.reporter.place
        hold = holding(place) if place else None
        if place and hold and hold.end - place.offset > SOON:
            return self._extend if with_hold(place, 1) else NO_HOLD
        last = place if hold else director.reporter.held(LATE)
        if last is None or with_hold(last, 1) is None:
            return NO_HOLD
        return partial(self._hold_again, last)

    def _extend(self) -> Undo | None:
        director = self._director
        undo = shortening(director)
        director.change(lambda seam: self._longer_hold(seam, FADE))
        return undo

    def _hold_again(self, last: Place) -> Undo | None:
        """Go on with a hold at one of its last frames, as if it didn't end, or hadn't ended."""
        director = self._director
        undo = returning(director)
        now = director.hush()
        if now and now.segment.step.index == last.segment.step.index and now.offset > last.offset:
            # What was put in since the end stays, and what was said since isn't said again.
            last = replace(last, segment=said_once(now).segment)
        director.go(self._longer_hold(last))
        return undo

    def _longer_hold(self, place: Place, fade: int = 0) -> Place:
        scheduler = self._director.rendition.scheduler
        return lengthened(place, MORE_SECONDS, scheduler, fade)

    def _enough(self) -> Deed | str:
        place = self._director.reporter.place
        if place is None or holding(place) is None or with_hold(place, 1) is None:
            return NO_HOLD
        return self._end_hold

    def _end_hold(self) -> Undo | None:
        director = self._director
        undo = returning(director)
        director.go(ended(director.hush(), director.rendition.scheduler))
        return undo

    def _pace(self, factor: float, phrase: str) -> Deed | str:
        director = self._director
        settings = director.rendition.program.settings
        pace = min(max(settings.pace * factor, SLOWEST_PACE), FASTEST_PACE)
        if pace == settings.pace:
            return f"it is as {phrase.removesuffix('er')} as can be"

        def deed() -> Undo:
            undo = repacing(director)
            director.repace(settings.with_pace(pace), phrase)
            return undo

        return deed

    def _level(self, factor: float) -> Deed:
        director = self._director

        def deed() -> Undo:
            undo = levelling(director)
            director.relevel(director.levels.scaled(factor, SOFTEST))
            return undo

        return deed

    def _how_long(self) -> Deed | str:
        director = self._director
        place = director.reporter.place
        moment = director.reporter.moment(director.rendition)
        if place is None or moment is None or moment.left is None:
            return "it isn't known yet"
        text = time_left(director.rendition, place.segment.step, moment.left)

        def deed() -> None:
            director.announcements.interject(text)

        return deed

    def _stop(self) -> Undo | None:
        undo = going_on(self._director)
        self._end("stopped", "stopped")
        return undo

    def _end(self, ending: Ending, phrase: str) -> None:
        director = self._director
        director.levels = replace(director.levels, bed=0)  # the silence is one, and stays
        director.end(ending, phrase)
