"""Writers: what a script says enters; what is spoken, waited for and rung leaves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from voicecoach.phrases import Phrases
from voicecoach.routine import (
    SIDES,
    Breathe,
    Duration,
    Exercise,
    Hold,
    Part,
    Pause,
    Ring,
    Side,
    Words,
)
from voicecoach.script.markup import sentences
from voicecoach.settings import Settings
from voicecoach.step import Chime, Placed, Say, Span, StepPart

HALFWAY_SECONDS = 10.0
"""Holds so long or longer say an exercise's own halfway cue (script language)."""
FAR_SECONDS = 20.0
"""Holds so long or longer say how far they are by themselves (script language)."""
TEN_SECONDS_FROM = 30.0
"""Holds so long or longer say "ten seconds" (script language)."""
CLEAR_SECONDS = 0.5
"""Silence before a countdown's first number, at pace 1 (script language); before what says how
far it is, too.
"""
HOLD_RATE = 0.9
"""What is said to somebody who is still is said a little slower than instructions: by twice the
least difference in tempo that is heard, 5 % (Quené 2007, Journal of Phonetics 35). Numbers are not:
a count that drawls drags its beat."""
INHALE = 0.4
"""The share of a guided breath that goes in: 2.4 s of 6 (script language)."""
OTHER: dict[Side, Side] = {"left": "right", "right": "left"}


class Writer:
    """Turns what a script says into what is spoken, waited for and rung."""

    def __init__(
        self, settings: Settings, words: Phrases, exercise: Exercise | None = None
    ) -> None:
        self.settings, self.words, self.exercise = settings, words, exercise

    def read(self, parts: Iterable[Part], side: Side | None = None) -> tuple[StepPart, ...]:
        """Words as sentences, and the stage directions among them, in order."""
        read: list[StepPart] = []
        for part in parts:
            match part:
                case Words():
                    read += self.sentences(part, side)
                case Pause():
                    fixed = part.length.breaths > 0
                    read.append(Span("pause", self.paced(part.length), fixed=fixed))
                case Hold():
                    read.append(self.hold(part.length, part.line, side))
                case Breathe():
                    read += self.breaths(part.count, part.line)
                case Ring():
                    read.append(Chime(part.name or "rep"))
        return tuple(read)

    def sentences(self, text: Words, side: Side | None = None) -> list[Say]:
        """One utterance a sentence; what SIDES are becomes the side's word."""
        # Split before a side is put in: so both sides have the same sentences.
        found = sentences(text.text, self.words.language)
        return [
            self.say(s, text.line, side, group=text.group and not i) for i, s in enumerate(found)
        ]

    def say(self, text: str, line: int, side: Side | None, *, group: bool = False) -> Say:
        """One utterance for a side, of the length that it takes for the longer side."""
        if side is None or not SIDES.search(text):
            return Say(text, line, group)
        own, other = (self.words.sided(text, s) for s in (side, OTHER[side]))
        return Say(own, line, group, as_long_as=other)

    def paced(self, length: Duration) -> float:
        """A pause or rest in seconds; breaths keep their own length."""
        seconds = length.at(self.settings.breath_seconds)
        return seconds if length.breaths else seconds / self.settings.pace

    def hold(self, length: Duration, line: int, side: Side | None) -> Span:
        """A hold with its countdown and what says how far it is, the most important first."""
        seconds = length.at(self.settings.breath_seconds)
        clear = CLEAR_SECONDS / self.settings.pace
        cues = [
            Placed(
                Say(self.words.say_number(n), role="countdown", number=n),
                float(n),
                before_end=True,
                clear_seconds=clear,
            )
            for n in range(self.settings.countdown, 0, -1)
            if n < seconds
        ]
        own = self.exercise.halfway if self.exercise else None
        talks = self.settings.guidance != "minimal"
        if own and seconds >= HALFWAY_SECONDS:
            said = replace(self.say(own.text, own.line, side), rate=HOLD_RATE)
            cues.append(Placed(said, seconds / 2, clear_seconds=clear))
        elif talks and seconds >= FAR_SECONDS:
            said = Say(self.words.say("halfway"), rate=HOLD_RATE)
            cues.append(Placed(said, seconds / 2, clear_seconds=clear))
        if talks and seconds >= TEN_SECONDS_FROM and self.settings.countdown < 10:
            said = Say(self.words.say("ten_seconds"), rate=HOLD_RATE)
            cues.append(Placed(said, 10.0, before_end=True, clear_seconds=clear))
        return Span("hold", seconds, line, "hold", "release", tuple(cues))

    def breaths(self, count: int, line: int) -> list[Span]:
        """Guided breaths: each says in and out, the later ones in fewer words."""
        seconds = self.settings.breath_seconds
        spans = []
        for n in range(count):
            first = n == 0 or self.settings.guidance == "full"
            said = ("breathe_in", "breathe_out") if first else ("in", "out")
            cues = (
                Placed(Say(self.words.say(said[0]), line, rate=HOLD_RATE), 0.0),
                Placed(Say(self.words.say(said[1]), line, rate=HOLD_RATE), seconds * INHALE),
            )
            spans.append(Span("breath", seconds, line, cues=cues))
        return spans


def sentence(text: str) -> str:
    """A title or name as a sentence.

    >>> sentence("Ready?"), sentence("Hip stretch")
    ('Ready?', 'Hip stretch.')
    """
    return text if text.endswith((".", "!", "?", "…", "।")) else f"{text}."
