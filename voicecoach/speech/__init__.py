"""Speech: an Utterance enters, its samples leave. Knows nothing of timelines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from voicecoach.sound import Samples


@dataclass(frozen=True, slots=True)
class Utterance:
    """Words to be said in one go, and how."""

    text: str
    voice: str
    """A voice's full name, such as espeak:en-us."""
    wpm: int
    """Words a minute."""
    pitch: float = 0.0
    """Semitones from the voice's own."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice that an engine has."""

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


class Speaker(Protocol):
    """Speaks utterances. May be called from any thread."""

    def speak(self, utterance: Utterance) -> Samples:
        """The utterance's samples, from its first audible one to its last; empty without any.

        The same utterance gives the same samples.

        Raises:
            SpeechError: the engine failed, also when tried again.
        """

    def prepare(self, utterances: Iterable[Utterance]) -> None:
        """A hint that these will be asked for, in this order."""

    def voice(self, wanted: str, language: str) -> Voice:
        """The voice meant by a name, part of one or a language; for "" the language's usual one.

        Raises:
            NotFoundError: no voice is meant by that; suggests the nearest.
            SpeechError: the engine can't be asked.
        """
