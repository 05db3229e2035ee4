"""The microphone: blocks of it and of what the coach played enter, Commands and Answers leave.

`listen` makes reports out of blocks, from a device or from files alike; an `Ear` does that in a
process of its own. Neither opens a device, keeps a sound, or sends one anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from voicecoach.controls import Command
from voicecoach.events import Answer

RATE = 16_000
"""Samples a second of the microphone and of the reference: what the models were trained on."""

BLOCK = 320
"""Samples of the microphone in a block: 20 ms."""

Samples = NDArray[np.float32]
"""Mono sound: shape (samples,), float32, −1 to 1, at RATE."""


def _nothing() -> Samples:
    return np.zeros(0, np.float32)


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of what the microphone gave, and what went to the device meanwhile.

    Both are streams without gaps, counted by sample: what matters is not when a sample came, but
    that none is left out or put in. Where one was interrupted all the same, `anew` says so.
    """

    microphone: Samples
    """BLOCK samples, the next ones of the microphone's stream."""
    reference: Samples = field(default_factory=_nothing)
    """All samples that the device has pulled since the last block, silence too, however many: none
    in one block and ten blocks' worth in the next are well. They may not come later than their echo
    does; how much earlier (up to LAG_SECONDS) is measured."""
    anew: bool = False
    """Whether either stream was interrupted before this block: a device changed, stopped, started,
    or lost samples. Then the lag between the two is measured again."""
    asked: bool = False
    """Whether the coach has asked how it was: then answers are understood, too."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The models are loaded: from now on what is said is heard. Only an Ear tells it."""


@dataclass(frozen=True, slots=True)
class Speech:
    """Somebody who isn't the coach began or ended to speak: time to lower the voice, or raise it.

    Told some 0.1 s after the beginning and 0.2 s after the end. An end always follows,
    but where the stream ends.
    """

    began: bool
    at: int
    """In samples of the microphone's stream."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A command that was said and is to be obeyed, or an answer."""

    command: Command | Answer
    phrase: str
    """What was said, of the recogniser's phrases: "slow down"."""
    score: float
    """The phrase's log probability, with what is added for being seldom said."""
    start: int
    end: int
    """Where it was said, in samples of the microphone's stream. For a command that is obeyed before
    it has rung out, `end` is as far as it was heard."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """Something that was said and isn't obeyed. For `doctor`, and for whoever is curious."""

    phrase: str
    """The nearest of the recogniser's phrases."""
    score: float
    why: str
    """"not clear enough", "still getting to know the room", "the coach said it"."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Condition:
    """How the listening goes; told once a second of the microphone's stream."""

    at: int
    """In samples of the microphone's stream."""
    microphone: float
    """Its level in the last second, in dB of full scale (RMS); −120 for digital silence, as from a
    muted microphone."""
    reference: float
    """The level of what went to the device, likewise."""
    lag_seconds: float | None
    """How much later the coach comes back than he is in the reference; None while nobody knows:
    nothing was said yet, or headphones."""
    cancelled: float
    """How much of the coach's echo was taken away in the last second, in dB; 0: there was none."""
    converged: bool
    """Whether all commands count. While the coach is heard and not yet cancelled only "stop" and
    "ouch" do."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The Ear hears nothing any more, and why, in one sentence. Nothing follows."""

    why: str


Report = Ready | Speech | Heard | Unclear | Condition | Failed

LAG_SECONDS = 2.0
"""The longest time from the reference to its echo that is found."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What a recogniser takes a sound for."""

    phrase: str
    """One of its phrases."""
    score: float
    """Its log probability, with what may be added for being seldom said: below 0 but for that."""
    sure: bool
    """Whether that is to be believed."""
    likely: bool = True
    """Whether it may well have been said: beside talk it counts only so, once it is said twice."""
    certain: bool | None = None
    """Whether hardly anything else can have been said, where that is known."""
    talk: bool | None = None
    """Whether something else was said than any of the phrases, where that is known."""

    @property
    def clearness(self) -> tuple[bool, float]:
        """What makes one guess better than another."""
        return self.sure, self.score


class Recogniser(Protocol):
    """A model that tells which of a few phrases of one language somebody said.

    A new one is entered in `recognisers`; its phrases stand in `vocabulary`.
    """

    language: str
    """ISO 639: "en"."""

    phrases: Mapping[str, Command | Answer]
    """What can be said. Several phrases may mean one command."""

    def recognise(self, samples: Samples, *others: Samples) -> Guess:
        """What was said in 0.1 to 3 seconds of sound, at any level, that are over: a segment, with
        what stands before and after the voice. Never raises.

        Others are the same, cut elsewhere: what is clearest counts.
        """

    def recognise_coach(self, samples: Samples) -> Guess:
        """What the coach says in the samples that went to the device. There is no noise in them, so
        that one look is enough; never raises.
        """

    def glimpse(self, samples: Samples, settled: bool) -> Guess | None:
        """What is being said and can't wait until it is over ("stop"), if that; never raises.

        `settled`: nothing was added for a moment, so that it may be over.

        Asked ten times a second while somebody speaks, so it had better be quick.
        """
