"""Announcements: what the coach says by himself in between, as soon as there is room for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from voicecoach.controls import VOICE
from voicecoach.library import ANSWER, chime_sets
from voicecoach.session.aside import aside, said, saying_length
from voicecoach.session.edit import ASIDE, Place, interjected
from voicecoach.sound import chime
from voicecoach.timeline import Cue
from voicecoach.units import seconds

if TYPE_CHECKING:
    from voicecoach.session.director import Director

SOFTEST_ANSWER = 10 ** (-12 / 20)
"""However soft the chimes are: an answer is heard, or it is none."""


class Announcements:
    """What a director says, or lets sound, that no step has."""

    def __init__(self, director: Director) -> None:
        self._director = director
        self._said: set[str] = set()
        """What was to be said in between."""
        self._owing = False
        """Whether the session's length wasn't known when it was to be said."""

    def say(self, phrase: str) -> bool:
        """Say one of the coach's own phrases; False while it can't be said. Raises as aside."""
        if not self._has_room or self._director.reporter.place is None:
            return False
        text = self._director.phrase(phrase)
        self._said.add(text)
        self.interject(text)
        return True

    def carried(self, old: Place, new: Place, whole: Callable[[Place], Place]) -> Place:
        """A new place to go on from, with what was to be said at the old one and hasn't been.

        `whole` gives a place in its whole step. Raises as Rendition.segment.
        """
        there = {cue.text for cue in new.segment.cues if _unsaid(cue, new)}
        for cue in old.segment.cues:
            if _unsaid(cue, old) and cue.text in self._said - there:
                new = interjected(whole(new), cue)
        return new

    def interject(self, text: str) -> None:
        """Say a text as soon as it fits. Raises as aside."""
        words = self.words(text)
        self._director.change(lambda seam: interjected(seam, words), between=True)

    def words(self, text: str) -> Cue:
        """A text to be put in between, as softly as what is said there. Raises as aside."""
        return said(aside(self._director.rendition, text, at=self._director.reporter.place))

    def acknowledge(self, source: str) -> None:
        """Let the chime sound that says: heard; where nothing else tells who asked so."""
        if source != VOICE:
            return
        chimes = self._director.rendition.program.settings.chimes
        own = chimes if chimes in chime_sets() else "soft"
        level = max(self._director.levels.chime, SOFTEST_ANSWER)
        self._director.front.answer(chime(f"{own}/{ANSWER}"), level)

    def length_unknown(self) -> bool:
        """Whether the length will still be unknown when four fifths of what is mixed have sounded.

        Then it goes on without: nobody who can't see why should lie in silence until all is spoken.
        """
        within = seconds(self._director.stream.queued) * 0.8
        self._owing = not self._director.rendition.measured(within)
        return self._owing

    def say_length(self) -> None:
        """Say how long it takes, if that is owed and known by now. Raises as aside."""
        rendition = self._director.rendition
        moment = self._director.reporter.moment(rendition)
        if not self._owing or not self._has_room or moment is None or moment.left is None:
            return
        say = saying_length(rendition, moment.at + moment.left)
        self._owing = False
        steps = rendition.program.steps
        turn = next((step.index for step in steps if step.says_length), 0)

        def edit(seam: Place) -> Place:
            in_time = 0 <= seam.segment.step.index < turn  # then it follows in its turn
            return seam if in_time else say(seam)

        self._director.change(edit, between=True)

    @property
    def _has_room(self) -> bool:
        return not (self._director.paused or self._director.over)


def _unsaid(cue: Cue, place: Place) -> bool:
    return cue.role == ASIDE and cue.end > place.offset
