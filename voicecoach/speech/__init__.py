"""Speech: an Utterance enters, its samples leave. Knows nothing of timelines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from voicecoach.sound import Metered, Samples

OWN_PITCH = (-6.0, 8.0)
"""Semitones by which eSpeak NG changes a voice's pitch (see ESPEAK_RANGE)."""

FILTERED_PITCH = (-4.0, 4.0)
"""Semitones by which a voice's sound can be pitched where the voice itself can't: its resonances
move along, and further than that it is another person's, or a cartoon's."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Words to be said in one go, and how."""

    text: str
    voice: str
    """A voice's full name, such as espeak:en-us."""
    wpm: int
    """Words a minute, as voicecoach.speech.calibration measures them."""
    pitch: float = 0.0
    """Semitones from the voice's own."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice that an engine has. Every voice's rate and volume can be changed."""

    name: str
    """Its full name: the engine, a colon and a short id, such as espeak:en-us."""
    id: str
    """What its engine calls it."""
    label: str
    """Its name for people."""
    languages: tuple[str, ...] = ()
    """BCP 47, lower case."""
    gender: str = ""
    """male, female, or "" where the engine doesn't say."""
    quality: str = ""
    """natural or basic, and the engine's own word for it; "" where nobody says."""
    pitch: tuple[float, float] = OWN_PITCH
    """How many semitones it can be pitched down and up."""
    filtered: bool = False
    """Whether that is done to its sound, as the voice itself can't."""
    key: str = ""
    """Part of the cache's keys: what changes when the voice does; its id where it is empty."""

    @property
    def engine(self) -> str:
        """The engine's name within the voice's."""
        return self.name.partition(":")[0]


class Speaker(Protocol):
    """Speaks utterances. May be called from any thread."""

    def speak(self, utterance: Utterance) -> Samples:
        """The utterance's samples, from its first audible one to its last; empty without any.

        The same utterance gives the same samples.

        Raises:
            SpeechError: the engine failed, also when tried again. From then on `voice` gives
                another engine's voice instead, if there is one.
        """

    def metered(self, utterance: Utterance) -> Metered:
        """How loud that is. Raises as `speak`."""

    def prepare(self, utterances: Iterable[Utterance]) -> None:
        """A hint that these will be asked for, in this order."""

    def voice(self, wanted: str, language: str) -> Voice:
        """The voice meant by a name, part of one, a language or a file; for "" the language's
        usual one. Where its engine has failed, the usual one of the next engine.

        Raises:
            NotFoundError: no voice is meant by that; suggests the nearest.
            SpeechError: no engine can be asked.
        """
