"""The director: a Command enters, the stream is changed, events leave."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from voicecoach.controls import Command
from voicecoach.errors import SpeechError
from voicecoach.events import Answer, Ending, Event, Ignored, Obeyed, Paused, Resumed, VoiceChanged
from voicecoach.mix import Piece, Stretch
from voicecoach.phrases import phrases
from voicecoach.program import build_program
from voicecoach.rendition import Rendition
from voicecoach.session.actions import AT_ONCE, Actions, Deed
from voicecoach.session.anew import paced, revoiced
from voicecoach.session.announcing import Announcements
from voicecoach.session.aside import aside
from voicecoach.session.edit import Place, interjected, moved, without_asides
from voicecoach.session.front import Front
from voicecoach.session.stream import FADE, Stream
from voicecoach.session.undo import UNDO_FRAMES, Undo
from voicecoach.session.watch import Reporter
from voicecoach.settings import Settings
from voicecoach.timeline import Levels, Segment
from voicecoach.units import frames

BLOCK = frames(0.1)
"""Frames mixed at once: a change mixes the first ones while the device waits."""
CALM_SECONDS = 0.7
"""Silence before what is said after a stop."""


class Director:
    """Carries out commands, on the session's thread; `hear` may be called from any.

    What each command does stands in `actions`, how it is undone in `undo`: they work with what is
    offered here.
    """

    def __init__(self, rendition: Rendition) -> None:
        self.rendition = rendition
        self.epilogue: Callable[[Rendition], Iterator[Place]] = lambda _: iter(())
        """What follows the last step."""
        self.levels = Levels.of(rendition.program.settings)
        self.stream = Stream(self._mix, self._after)
        self.front = Front(self.stream.read)
        self.reporter = Reporter(self.stream)
        self.ending: Ending = "done"
        self.paused = False
        """Whether a pause has been obeyed and not yet undone."""
        self.over = False
        """Whether its last words are being said."""
        self.announcements = Announcements(self)
        self._actions = Actions(self)
        self._lock = threading.Lock()
        self._where: Place | None = None
        """Where it was silenced; None while it sounds."""
        self._then: Place | None = None
        """What comes after the words that are said in between."""
        self._head: Segment | None = None
        """What it began with, if that wasn't a whole step."""
        self._speech: list[tuple[int, int]] = []
        self._urgent = 0
        """How many urgent commands were heard, and have still to have their turn."""
        self._undo: tuple[Undo, int] | None = None
        """What takes the last command back, and until which frame it can."""

    def begin(self, index: int) -> None:
        """Let the step with that index sound, and measure the rest meanwhile."""
        self._head = self.rendition.head(index)
        self.rendition.measure_ahead(index)
        self.stream.go(Place(self._head))

    def close(self) -> None:
        """End what works in the background."""
        self.stream.close()
        self.rendition.close()

    def hear(self, command: Command) -> None:
        """Silence at once what an urgent command is to silence, until `take`; from any thread."""
        with self._lock:
            self._urgent += _is_urgent(command)
        toggled = command is Command.TOGGLE and not self.paused
        if not self.over and (command in AT_ONCE or toggled):
            self.hush()

    def take(self, command: Command | Answer) -> None:
        """What was heard has its turn, whatever becomes of it."""
        with self._lock:
            self._urgent = max(self._urgent - _is_urgent(command), 0)

    def obey(self, command: Command, source: str) -> Iterator[Event]:
        """Carry a command out, and tell what came of it."""
        if command is Command.TOGGLE:
            command = Command.RESUME if self.paused else Command.PAUSE
        was_paused = self.paused
        deed = self._deed(command)
        if isinstance(deed, str):
            yield Ignored(command, source, deed)
            return
        self.announcements.acknowledge(source)
        undo = deed()
        self._undo = (undo, self.front.pulled + UNDO_FRAMES) if undo else None
        yield Obeyed(command, source)
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
        old, index = self.rendition, self.index
        self.rendition = Rendition(old.program, old.speaker, index, old.bed)
        old.close()
        voice = self.rendition.voice.name
        with self._lock:
            place = self._where or self.stream.tail()
            cues = place.segment.cues if place else ()
            if voice == old.voice.name and all(cue.voice in ("", voice) for cue in cues):
                raise failure
            self.rendition.measure_ahead(index)
            place = revoiced(place, self._then, self.rendition) if place else None
            if self._where:
                self._where = place
            elif place and self.stream.error:
                self.stream.follow(place)
        if voice != old.voice.name:
            yield VoiceChanged(voice, str(failure))

    def here(self) -> Place | None:
        """The place to go on from, whether it is silenced or not; None before the first sound."""
        with self._lock:
            return self._where or self._beyond(self.stream.place())

    def hush(self) -> Place | None:
        """Fade out; returns the place to go on from, or None before the first sound."""
        with self._lock:
            if self._where is None and self.stream.place():
                self._where = self._beyond(self.stream.silence())
            return self._where

    def stay(self, place: Place) -> None:
        """Be silent, with another place to go on from."""
        with self._lock:
            self._where = place

    def go(self, place: Place | None, words: Segment | None = None) -> None:
        """Go on at a place, after words that are said in between."""
        if place is None:
            return
        if old := self.here():
            place = self.announcements.carried(old, place, self._whole)
        with self._lock:
            if self._urgent:  # it is to be silent, and what asked for that has its turn next
                self._where = place
                return
            self._where = None
            self._then = place
            before = [Place(words)] if words else []
            self.stream.go(*before, place)

    def change(self, edit: Callable[[Place], Place], *, between: bool = False) -> None:
        """Go on without a seam with an edited place: that of the program, behind words in between
        if there are any; with `between`, other such words are put into it. Silenced meanwhile, it
        goes on so later.

        Raises:
            SpeechError: words are to go between the first ones and the rest of a step, which the
                engine couldn't speak.
        """
        here = self.here()
        if between and here and here.segment is self._head:
            self._whole(here)  # spoken before anything is changed

        def edited(places: list[Place]) -> list[Place]:
            steps = (n for n, place in enumerate(places) if place.segment.step.index >= 0)
            number = next(steps, 0)
            place = edit(self._whole(places[number]) if between else places[number])
            if place.segment.step.index >= 0:
                self._then = place
            return [*places[:number], place, *places[number + 1 :]]

        with self._lock:
            if self._where:
                self._where = edited([self._where])[0]
            else:
                self.stream.change(edited)

    def jump(self, index: int) -> None:
        """Go on at the start of the step with that index."""
        self.hush()
        self.paused = False
        self.go(Place(self.rendition.segment(index)))

    @property
    def index(self) -> int:
        """The step that it is in, or was in last."""
        places = (self.here(), self.reporter.place)
        steps = (place.segment.step.index for place in places if place)
        return next((index for index in steps if index >= 0), 0)

    def repace(self, settings: Settings, phrase: str = "") -> None:
        """Go on without a seam under settings of another pace, and say so."""
        program = build_program(self.rendition.program.routine, settings)
        index = self.index
        old = self.rendition
        self.rendition = Rendition(program, old.speaker, index, old.bed)
        try:
            words = self.announcements.words(self.phrase(phrase)) if phrase else None
            spoken = index - 1
            while spoken < (here := self.index):  # before anything is changed; it goes on meanwhile
                for step in program.steps[here : here + 2]:
                    if not step.says_length:
                        self.rendition.segment(step.index)
                spoken = here
        except SpeechError:  # it is asked for again, with another voice
            self.rendition.close()
            self.rendition = old
            raise

        outdated = [self.phrase(pace) for pace in ("slower", "faster")]

        def edit(seam: Place) -> Place:
            place = paced(without_asides(seam, outdated, FADE), self.rendition)
            return interjected(place, words) if words else place

        self.rendition.measure_ahead(index)
        self.change(edit)
        old.close()  # not before: what is mixed ahead was still asking it

    def relevel(self, levels: Levels) -> None:
        """Go on without a seam, as loud as these levels say."""
        self.levels = levels
        self.change(lambda seam: seam)

    def end(self, ending: Ending, phrase: str) -> None:
        """Be silent, say a phrase, and that is all."""
        self.hush()
        words = aside(self.rendition, self.phrase(phrase), CALM_SECONDS)
        self.over = True
        self.ending = ending
        self.paused = False
        self.stream.go(Place(words))

    def phrase(self, key: str) -> str:
        """What the coach says by itself, in the session's language."""
        return phrases(self.rendition.program.settings.language).say(key)

    def _deed(self, command: Command) -> Deed | str:
        """What carries a command out, or why nothing does."""
        if self.over and not (command is Command.UNDO and self._undo):
            return "it is ending"
        if command is not Command.UNDO:
            return self._actions.find(command)
        undo, until = self._undo or (None, 0)
        if undo is None or self.front.pulled > until:
            return "nothing was asked for just now that can be undone"
        return undo

    def _beyond(self, place: Place | None) -> Place | None:
        """The place, or what comes after the words in between that it lies in."""
        between = place is not None and place.segment.step.index < 0
        return self._then if between else place

    def _whole(self, place: Place) -> Place:
        """The place in its whole step, where that began with its first words alone."""
        if place.segment is not self._head:
            return place
        return moved(place, self.rendition.segment(place.segment.step.index))

    def _after(self, segment: Segment) -> Iterator[Place]:
        index = segment.step.index
        if index < 0:
            return
        if segment is self._head and self.rendition.segment(index) is not segment:
            yield self._whole(Place(segment, segment.frames))
        while index + 1 < len(self.rendition.program.steps):
            index += 1
            says_length = self.rendition.program.steps[index].says_length
            if not (says_length and self.announcements.length_unknown()):
                yield Place(self.rendition.segment(index))
        yield from self.epilogue(self.rendition)

    def _mix(self, places: Iterator[Place], at: int) -> Iterator[Piece]:
        # A change drops what was to be said and hasn't been.
        self._speech = [(start, min(end, at)) for start, end in self._speech if start < at]
        stretches = (Stretch(place.segment, place.offset, place.fresh) for place in places)
        return self.rendition.pieces(stretches, at, self.levels, self._speech, BLOCK)


def _is_urgent(command: Command | Answer) -> bool:
    return command in (*AT_ONCE, Command.TOGGLE)
