"""The director: a Command enters, the stream is changed, events leave."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from voicecoach.controls import Command
from voicecoach.errors import SpeechError
from voicecoach.events import Ending, Event, Ignored, Obeyed, Paused, Resumed, VoiceChanged
from voicecoach.mix import Piece, Stretch
from voicecoach.phrases import phrases
from voicecoach.program import build_program
from voicecoach.rendition import Rendition
from voicecoach.session.anew import paced, revoiced
from voicecoach.session.aside import aside, said, time_left
from voicecoach.session.cursor import exercise_start, next_start, previous_start
from voicecoach.session.edit import (
    Place,
    holding,
    interjected,
    moved,
    movement_start,
    resumed,
    with_hold,
)
from voicecoach.session.holds import ended, lengthened
from voicecoach.session.stream import Stream
from voicecoach.session.watch import Reporter
from voicecoach.timeline import Levels, Segment
from voicecoach.units import frames

TWICE_SECONDS = 2.0
"""Two repeats within this mean the exercise from its start."""
MORE_SECONDS = 10.0
"""What `longer` adds to a hold."""
PACE_STEP = 1.1
SLOWEST, FASTEST = 0.5, 2.0
"""The bounds of the setting `pace`."""
LEVEL_STEP = 10 ** (3 / 20)
"""Quieter and louder: 3 dB, clearly heard and not startling."""
SOFTEST = 10 ** (-30 / 20)
BLOCK = frames(0.1)
"""Frames mixed at once: a change mixes the first ones while the device waits."""
CALM_SECONDS = 0.7
"""Silence before what is said after a stop."""

NO_HOLD = "no hold goes on"

AT_ONCE = (Command.PAUSE, Command.STOP, Command.OUCH)
"""Commands that silence everything before anything else is done."""
WHILE_PAUSED = (*AT_ONCE, Command.RESUME, Command.REPEAT, Command.SKIP, Command.BACK)


class Director:
    """Carries out commands, on the session's thread; `hear` may be called from any."""

    def __init__(self, rendition: Rendition) -> None:
        self.rendition = rendition
        self.epilogue: Callable[[Rendition], Iterator[Place]] = lambda _: iter(())
        """What follows the last step."""
        self.levels = Levels.of(rendition.program.settings)
        self.stream = Stream(self._mix, self._after)
        self.reporter = Reporter(self.stream)
        self.ending: Ending = "done"
        self.paused = False
        """Whether a pause has been obeyed and not yet undone."""
        self._lock = threading.Lock()
        self._where: Place | None = None
        """Where it was silenced; None while it sounds."""
        self._then: Place | None = None
        """What comes after the words that are said in between."""
        self._head: Segment | None = None
        """What it began with, if that wasn't a whole step."""
        self._over = False
        self._speech: list[tuple[int, int]] = []
        self._repeated = float("-inf")

    def begin(self, index: int) -> None:
        """Let the step with that index sound, and measure the rest meanwhile."""
        self._head = self.rendition.head(index)
        self.stream.go(Place(self._head))
        self.rendition.measure_ahead(index)

    def close(self) -> None:
        """End what works in the background."""
        self.stream.close()
        self.rendition.close()

    def hear(self, command: Command) -> None:
        """Silence at once what an urgent command is to silence; from any thread."""
        toggled = command is Command.TOGGLE and not self.paused
        if not self._over and (command in AT_ONCE or toggled):
            self.hush()

    def hush(self) -> Place | None:
        """Fade out; returns the place to go on from."""
        with self._lock:
            if self._where is None:
                place = self.stream.silence()
                between = place is not None and place.segment.step.index < 0
                self._where = self._then if between else place
            return self._where

    def go(self, place: Place | None, words: Segment | None = None) -> None:
        """Go on at a place, after words that are said in between."""
        if place is None:
            return
        with self._lock:
            self._where = None
            self._then = place
            before = [Place(words)] if words else []
            self.stream.go(*before, place)

    def obey(self, command: Command, source: str) -> Iterator[Event]:
        """Carry a command out, and tell what came of it."""
        if command is Command.TOGGLE:
            command = Command.RESUME if self.paused else Command.PAUSE
        was_paused = self.paused
        if self._over:
            why = "it is ending"
        elif was_paused and command not in WHILE_PAUSED:
            why = "it is paused"
        else:
            why = self._actions()[command]()
        yield Ignored(command, source, why) if why else Obeyed(command, source)
        if self.paused and not was_paused:
            yield Paused()
        elif was_paused and not self.paused:
            yield Resumed()

    def change_voice(self, failure: SpeechError) -> Iterator[Event]:
        """Go on with the voice that the speaker has instead of one that failed, behind what is
        mixed already.

        Raises:
            SpeechError: there is none, or it fails as well.
        """
        old, index = self.rendition, self._index()
        self.rendition = Rendition(old.program, old.speaker, index, old.bed)
        old.close()
        voice = self.rendition.voice.name
        with self._lock:
            place = self._where or self.stream.tail()
            cues = place.segment.cues if place else ()
            if voice == old.voice.name and all(cue.voice in ("", voice) for cue in cues):
                raise failure
            place = revoiced(place, self._then, self.rendition) if place else None
            if self._where:
                self._where = place
            elif place and self.stream.error:
                self.stream.follow(place)
        self.rendition.measure_ahead(index)
        if voice != old.voice.name:
            yield VoiceChanged(voice, str(failure))

    def _actions(self) -> dict[Command, Callable[[], str]]:
        """What carries out each command; it returns why it can't, or ""."""
        return {
            Command.PAUSE: self._pause,
            Command.RESUME: self._resume,
            Command.REPEAT: self._repeat,
            Command.SKIP: self._skip,
            Command.BACK: lambda: self._jump(previous_start(self.rendition.program, self._index())),
            Command.LONGER: self._longer,
            Command.ENOUGH: self._enough,
            Command.SLOWER: lambda: self._pace(1 / PACE_STEP, "slower"),
            Command.FASTER: lambda: self._pace(PACE_STEP, "faster"),
            Command.QUIETER: lambda: self._level(1 / LEVEL_STEP),
            Command.LOUDER: lambda: self._level(LEVEL_STEP),
            Command.HOW_LONG: self._how_long,
            Command.STOP: lambda: self._end("stopped", "stopped"),
            Command.OUCH: lambda: self._end("hurt", "ouch"),
        }

    def _pause(self) -> str:
        if self.paused:
            return "it is paused already"
        self.hush()
        self.paused = True
        return ""

    def _resume(self) -> str:
        place = self._where
        if not self.paused or place is None:
            return "it isn't paused"
        breath = self.rendition.program.settings.breath_seconds
        words = aside(self.rendition, self._phrase("resuming"), 0.0, breath / 2, place)
        self.paused = False
        self.go(resumed(place), words)
        return ""

    def _repeat(self) -> str:
        twice = time.monotonic() - self._repeated < TWICE_SECONDS
        self._repeated = float("-inf") if twice else time.monotonic()
        place = self.hush()
        if place is None:
            return "nothing has been heard yet"
        step = place.segment.step
        self.paused = False
        if twice and step.exercise:
            return self._jump(exercise_start(self.rendition.program, step.exercise))
        self.go(movement_start(place))
        return ""

    def _skip(self) -> str:
        index = next_start(self.rendition.program, self._index())
        if index is None:
            return "there is nothing after this"
        return self._jump(index)

    def _jump(self, index: int) -> str:
        self.hush()
        self.paused = False
        self.go(Place(self.rendition.segment(index)))
        return ""

    def _index(self) -> int:
        """The step that was heard last."""
        place = self.reporter.place
        return place.segment.step.index if place else 0

    def _longer(self) -> str:
        if not self._held():
            return NO_HOLD
        self.stream.change(lambda seam: lengthened(seam, MORE_SECONDS, self.rendition.scheduler))
        return ""

    def _enough(self) -> str:
        if not self._held():
            return NO_HOLD
        self.go(ended(self.hush(), self.rendition.scheduler))
        return ""

    def _held(self) -> bool:
        place = self.reporter.place
        return bool(place and holding(place) and with_hold(place, 1))

    def _pace(self, factor: float, phrase: str) -> str:
        settings = self.rendition.program.settings
        pace = min(max(settings.pace * factor, SLOWEST), FASTEST)
        if pace == settings.pace:
            return f"it is as {phrase.removesuffix('er')} as can be"
        program = build_program(self.rendition.program.routine, settings.with_pace(pace))
        index = self._index()
        old = self.rendition
        self.rendition = Rendition(program, old.speaker, index, old.bed)
        if not program.steps[index].says_length:
            self.rendition.segment(index)  # spoken before anything is changed
        words = said(aside(self.rendition, self._phrase(phrase), at=self.reporter.place))
        self.stream.change(lambda seam: interjected(paced(seam, self.rendition), words))
        old.close()  # not before: what is mixed ahead was still asking it
        self.rendition.measure_ahead(index)
        return ""

    def _level(self, factor: float) -> str:
        self.levels = self.levels.scaled(factor, SOFTEST)
        self.stream.change(lambda seam: seam)
        return ""

    def _how_long(self) -> str:
        place = self.reporter.place
        moment = self.reporter.moment(self.rendition)
        if place is None or moment is None or moment.left is None:
            return "it isn't known yet"
        text = time_left(self.rendition, place.segment.step, moment.left)
        told = said(aside(self.rendition, text, at=place))
        self.stream.change(lambda seam: interjected(seam, told))
        return ""

    def _end(self, ending: Ending, phrase: str) -> str:
        self.hush()
        self._over = True
        self.ending = ending
        self.paused = False
        self.levels = replace(self.levels, bed=0)  # the silence is one, and stays
        self.stream.go(Place(aside(self.rendition, self._phrase(phrase), CALM_SECONDS)))
        return ""

    def _phrase(self, key: str) -> str:
        return phrases(self.rendition.program.settings.language).say(key)

    def _after(self, segment: Segment) -> Iterator[Place]:
        index = segment.step.index
        if index < 0:
            return
        if segment is self._head and self.rendition.segment(index) is not segment:
            yield moved(Place(segment, segment.frames), self.rendition.segment(index))
        while index + 1 < len(self.rendition.program.steps):
            index += 1
            yield Place(self.rendition.segment(index))
        yield from self.epilogue(self.rendition)

    def _mix(self, places: Iterator[Place], at: int) -> Iterator[Piece]:
        # A change drops what was to be said and hasn't been.
        self._speech = [(start, min(end, at)) for start, end in self._speech if start < at]
        stretches = (Stretch(place.segment, place.offset, place.fresh) for place in places)
        return self.rendition.pieces(stretches, at, self.levels, self._speech, BLOCK)
