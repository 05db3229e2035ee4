"""Writers: what a script says enters; what is spoken, waited for and rung leaves."""

from __future__ import annotations

from collections.abc import Iterable

from voicecoach.phrases import Phrases
from voicecoach.routine import Breathe, Duration, Exercise, Hold, Part, Pause, Ring, Side, Words
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
"""Silence before a countdown's first number, at pace 1 (script language)."""
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
                    read.append(Span("pause", self.paced(part.length)))
                case Hold():
                    read.append(self.hold(part.length, part.line))
                case Breathe():
                    read += self.breaths(part.count, part.line)
                case Ring():
                    read.append(Chime(part.name or "rep"))
        return tuple(read)

    def sentences(self, text: Words, side: Side | None = None) -> list[Say]:
        """One utterance a sentence; `{side}` becomes the side's word."""
        own = self._sentences(text.text, side)
        other = self._sentences(text.text, OTHER[side] if side else None)
        pairs = zip(own, other, strict=True) if len(own) == len(other) else ((s, s) for s in own)
        return [
            Say(mine, text.line, text.group and i == 0, as_long_as=theirs if theirs != mine else "")
            for i, (mine, theirs) in enumerate(pairs)
        ]

    def _sentences(self, text: str, side: Side | None) -> list[str]:
        if side:
            text = text.replace("{side}", self.words.side(side))
        return sentences(text, self.words.language)

    def paced(self, length: Duration) -> float:
        """A pause or rest in seconds; breaths keep their own length."""
        seconds = length.at(self.settings.breath_seconds)
        return seconds if length.breaths else seconds / self.settings.pace

    def hold(self, length: Duration, line: int) -> Span:
        """A hold with its countdown and what says how far it is, the most important first."""
        seconds = length.at(self.settings.breath_seconds)
        cues = [
            Placed(
                Say(self.words.say_number(n), role="countdown", number=n),
                float(n),
                before_end=True,
                clear_seconds=CLEAR_SECONDS / self.settings.pace,
            )
            for n in range(self.settings.countdown, 0, -1)
            if n < seconds
        ]
        own = self.exercise.halfway if self.exercise else None
        talks = self.settings.guidance != "minimal"
        if own and seconds >= HALFWAY_SECONDS:
            cues.append(Placed(Say(own.text, own.line), seconds / 2))
        elif talks and seconds >= FAR_SECONDS:
            cues.append(Placed(Say(self.words.say("halfway")), seconds / 2))
        if talks and seconds >= TEN_SECONDS_FROM and self.settings.countdown < 10:
            cues.append(Placed(Say(self.words.say("ten_seconds")), 10.0, before_end=True))
        return Span("hold", seconds, line, "hold", "release", tuple(cues))

    def breaths(self, count: int, line: int) -> list[Span]:
        """Guided breaths: each says in and out, the later ones in fewer words."""
        seconds = self.settings.breath_seconds
        spans = []
        for n in range(count):
            first = n == 0 or self.settings.guidance == "full"
            said = ("breathe_in", "breathe_out") if first else ("in", "out")
            cues = (
                Placed(Say(self.words.say(said[0]), line), 0.0),
                Placed(Say(self.words.say(said[1]), line), seconds * INHALE),
            )
            spans.append(Span("breath", seconds, line, cues=cues))
        return spans
