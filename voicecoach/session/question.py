"""The question after a session: how was it? An Answer enters, thanks leave; silence is well, too.

It is asked when all was done, and never when something hurt: then all is said already. Nor where a
session winds down: who falls asleep is asked nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from voicecoach.controls import VOICE, Command
from voicecoach.errors import SpeechError
from voicecoach.events import THRICE, Answer, Answered, Event, Ignored, Obeyed
from voicecoach.phrases import phrases
from voicecoach.rendition import Rendition
from voicecoach.session.director import Director
from voicecoach.session.edit import Place, resumed
from voicecoach.step import Say, Span, Step
from voicecoach.timeline import Segment

BEFORE_SECONDS = 1.0
"""Silence before the question: praise comes first."""
LISTEN_SECONDS = 8.0
"""Silence after it, in which an answer may come."""
AFTER_SECONDS = 0.3
CORRECT_SECONDS = 3.0
"""Silence after what a voice answered: it may have been misheard, and be said again."""
CHIME_SECONDS = 0.5
"""In which the chime rings out that answers a voice."""


@dataclass(frozen=True, slots=True)
class Question:
    """Asks once, and takes the answer."""

    bad_before: int = 0
    """How many times in a row the answer was a bad one, the last times."""
    answerable: Callable[[], bool] = lambda: True
    """Whether somebody can answer at that moment: else it isn't asked."""

    def places(self, rendition: Rendition) -> Iterator[Place]:
        """What follows the last step."""
        settings = rendition.program.settings
        if settings.wind_down_seconds or not self.answerable():
            return
        key = "how_was_it_aloud" if settings.listening else "how_was_it"
        words = phrases(settings.language).say(key)
        parts = (Span("pause", BEFORE_SECONDS), Say(words), Span("pause", LISTEN_SECONDS))
        try:
            segment = rendition.scheduler.segment(Step("question", parts))
        except SpeechError:  # all is done: nothing is to be lost by a question
            return
        yield Place(segment)

    def sounds(self, director: Director) -> bool:
        """Whether an answer is awaited, or may still be corrected."""
        place = director.stream.place()
        return place is not None and place.segment.step.kind in ("question", "answer")

    def hear(self, director: Director, said: Command | Answer, source: str) -> Iterator[Event]:
        """Take an answer, or undo it and ask again; whatever else is said ends the session now, and
        "ouch" with its words.
        """
        if said is Command.OUCH:
            yield from director.obey(said, source)
            return
        then = director.hush()
        stray = said is Command.UNDO and source == VOICE  # a "no", meant for what was before
        if stray and then and then.segment.step.kind == "question":
            yield Ignored(Command.UNDO, source, "nothing was answered")
            director.go(resumed(then))
            return
        director.announcements.acknowledge(source)
        if isinstance(said, Answer):
            advice = said.bad and self.bad_before + 1 >= THRICE
            yield Answered(said, source, advice)
            after_seconds = CORRECT_SECONDS if source == VOICE else AFTER_SECONDS
            thanks = _thanks(director.rendition, said, after_seconds, advice=advice)
            director.go(Place(thanks))
            return
        yield Obeyed(said, source)
        if said is Command.UNDO and then and then.segment.step.kind == "answer":
            place = next(self.places(director.rendition), None)
            director.go(place)
            if place is None:  # nobody can answer any more
                director.stream.end()
        elif source == VOICE:
            ringing = Step("answer", (Span("pause", CHIME_SECONDS),))
            director.go(Place(director.rendition.scheduler.segment(ringing)))
        else:
            director.stream.end()


def _thanks(rendition: Rendition, answer: Answer, after_seconds: float, *, advice: bool) -> Segment:
    """Says what was understood, and what follows from it."""
    words = phrases(rendition.program.settings.language)
    if answer.feeling:
        said = words.say(answer.feeling)
    else:
        said = words.say("pain", n=words.number(answer.pain or 0))
    said = f"{said} {words.say('seek_advice' if advice else 'thanks')}"
    step = Step("answer", (Say(said), Span("pause", after_seconds)))
    return rendition.scheduler.segment(step)
