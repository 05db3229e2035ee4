"""Engines: what each of them must do for the door behind which they stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from voicecoach.speech import Voice


class Engine(Protocol):
    """Has voices and speaks with them. May be called from any thread, by several at once."""

    name: str
    """What errors and people call it."""
    version: str
    """Part of the cache's keys: with another one the same words may sound otherwise."""
    lists_slowly: bool
    """Whether the list of its voices is kept from one session to the next."""
    rates: tuple[int, ...]
    """Where a voice's rate is measured: what the engine takes for words a minute."""

    def voices(self) -> Sequence[Voice]:
        """All its voices, the preferred ones first; none where it isn't installed.

        Raises:
            SpeechError: it can't say.
        """

    def voice_in(self, file: str) -> Voice | None:
        """The voice in a file that the user names; None where that is no file of this kind.

        Raises:
            NotFoundError: there is no such file, or no voice in it.
        """

    def speak(self, text: str, voice: Voice, rate: float, pitch: float) -> tuple[float, bytes]:
        """An utterance's samples a second, and its 16-bit mono samples as they came.

        `rate` is what the engine takes for words a minute, `pitch` semitones within the voice's.

        Raises:
            SpeechError: it failed, also when tried again; names the text.
        """

    def close(self) -> None:
        """End what it started, from any thread; what is being spoken fails."""
