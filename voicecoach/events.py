"""Events: what a live session tells whoever watches it, as plain values. Knows no device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from voicecoach.step import Step
from voicecoach.timeline import Cue
from voicecoach.units import Frames, seconds

Ending = Literal["done", "stopped", "hurt", "failed", "killed"]
Feeling = Literal["better", "same", "worse"]
FEELINGS: tuple[Feeling, ...] = ("better", "same", "worse")
MOST_PAIN = 10
"""The worst there can be, on the Numeric Rating Scale; 0 is none."""
SEVERE_PAIN = 7
"""From here on it is severe (Numeric Rating Scale)."""
THRICE = 3
"""A bad answer so many times in a row is a reason to seek advice."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How it was: in a word, or how much it hurts, from 0 to MOST_PAIN."""

    feeling: Feeling | None = None
    pain: int | None = None

    @property
    def bad(self) -> bool:
        """Whether to seek advice if it stays so."""
        return self.feeling == "worse" or (self.pain is not None and self.pain >= SEVERE_PAIN)

    def __str__(self) -> str:
        return self.feeling or ("" if self.pain is None else str(self.pain))


ANSWERS = (*(Answer(f) for f in FEELINGS), *(Answer(pain=n) for n in range(MOST_PAIN + 1)))
"""All that there are."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Where a session is."""

    at: Frames
    """Frames of the session played; pauses don't count, nor does what is said after them."""
    left: Frames | None
    """Frames to come as things stand; None until everything is measured."""
    step: Step
    span: Cue | None
    """The hold, rest, … that goes on, if any."""
    span_left: Frames
    """Frames until it ends; 0 without one."""
    speech: Cue | None
    """What is being said, if anything."""
    next_name: str
    """The next exercise's name; "" in the last one."""


@dataclass(frozen=True, slots=True)
class Began:
    """The session begins, with these exercises."""

    title: str
    exercises: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A step begins to sound, for the first time or again."""

    step: Step
    at: Frames


@dataclass(frozen=True, slots=True)
class StepEnded:
    """A step has sounded; `held_seconds` of holds in it, `whole` if nothing of it was skipped."""

    step: Step
    held_seconds: float
    whole: bool


@dataclass(frozen=True, slots=True)
class Passed:
    """A twentieth of a second has passed."""

    moment: Moment


@dataclass(frozen=True, slots=True)
class Paused:
    """Silence until it goes on; `why` is "asked", or what happened to the device."""

    why: str = "asked"


@dataclass(frozen=True, slots=True)
class Resumed:
    """It goes on."""


@dataclass(frozen=True, slots=True)
class VoiceChanged:
    """A voice has failed, and another one goes on."""

    voice: str
    """The name of the one that speaks now."""
    why: str


@dataclass(frozen=True, slots=True)
class Obeyed:
    """A command was carried out; `source` is who sent it: keys, media keys, stdin, voice."""

    command: str
    source: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """A command had nothing to act on."""

    command: str
    source: str
    why: str


@dataclass(frozen=True, slots=True)
class Asked:
    """All was done, and now the coach asks how it was; an Answer may come, or none."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer came; a later one stands for it."""

    answer: Answer
    source: str
    advice: bool = False
    """Whether it was a bad one so many times in a row that advice is to be sought."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The session is over."""

    how: Ending


Event = (
    Began
    | StepStarted
    | StepEnded
    | Passed
    | Paused
    | Resumed
    | VoiceChanged
    | Obeyed
    | Ignored
    | Asked
    | Answered
    | Ended
)


def event_json(event: Event) -> dict[str, Any]:
    """An event as other programs read it: `event` names it, lengths are seconds."""
    name = type(event).__name__
    document: dict[str, Any] = {"event": name[0].lower() + name[1:]}
    match event:
        case Began():
            document |= {"title": event.title, "exercises": list(event.exercises)}
        case StepStarted():
            document |= {"at": round(seconds(event.at), 3), **_place(event.step)}
        case StepEnded():
            document |= {"held": round(event.held_seconds, 3), "whole": event.whole}
            document |= _place(event.step)
        case Passed(moment):
            span, speech = moment.span, moment.speech
            document |= {
                "at": round(seconds(moment.at), 3),
                "left": None if moment.left is None else round(seconds(moment.left), 3),
                "span": span.kind if span else None,
                "spanLeft": round(seconds(moment.span_left), 3),
                "text": speech.text if speech else None,
                **_place(moment.step),
            }
        case Paused():
            document |= {"why": event.why}
        case VoiceChanged():
            document |= {"voice": event.voice, "why": event.why}
        case Obeyed() | Ignored():
            document |= {"command": event.command, "source": event.source}
            document |= {"why": event.why} if isinstance(event, Ignored) else {}
        case Asked():
            document |= {"answers": [str(answer) for answer in ANSWERS]}
        case Answered(answer):
            document |= {"feeling": answer.feeling, "pain": answer.pain}
            document |= {"source": event.source, "advice": event.advice}
        case Ended():
            document |= {"how": event.how}
    return document


def _place(step: Step) -> dict[str, Any]:
    return {
        "kind": step.kind,
        "name": step.name,
        "exercise": step.exercise,
        "set": step.set,
        "rep": step.rep,
        "side": step.side,
    }
