"""Fakes by hand: a speaker whose utterances are one impulse each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from voicecoach.sound import metered
from voicecoach.speech import Utterance, Voice
from voicecoach.speech.voices import choose_voice

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voicecoach.sound import Metered, Samples

VOICES = (
    Voice("espeak:en-us", "gmw/en-us", "English (America)", ("en-us",), "male"),
    Voice("espeak:en", "gmw/en", "English (Great Britain)", ("en-gb",), "male"),
    Voice("espeak:de", "gmw/de", "German", ("de",), "male"),
    Voice("espeak:es", "roa/es", "Spanish (Spain)", ("es",), "male"),
    Voice("espeak:fr", "roa/fr", "French (France)", ("fr-fr",), "male"),
    Voice("espeak:it", "roa/it", "Italian", ("it",), "male"),
    Voice("espeak:pt-br", "roa/pt-BR", "Portuguese (Brazil)", ("pt-br",), "male"),
    Voice("espeak:nl", "gmw/nl", "Dutch", ("nl",), "male"),
    Voice("espeak:hi", "inc/hi", "Hindi", ("hi",), "male"),
)


class ImpulseSpeaker:
    """Each utterance is one 1.0 sample and then zeros: the non-zero samples of a mix are the cues.

    Its length follows the text: `frames_per_character` at 135 words a minute, so that a number
    takes about a third of a second.
    """

    def __init__(self, frames_per_character: int = 3_000) -> None:
        self.frames_per_character = frames_per_character
        self.spoken: list[Utterance] = []

    def speak(self, utterance: Utterance) -> Samples:
        self.spoken.append(utterance)
        length = round(len(utterance.text) * self.frames_per_character * 135 / utterance.wpm)
        samples = np.zeros(length, np.float32)
        samples[:1] = 1.0
        return samples

    def metered(self, utterance: Utterance) -> Metered:
        return metered(self.speak(utterance))

    def prepare(self, utterances: Iterable[Utterance]) -> None:
        pass

    def voice(self, wanted: str, language: str) -> Voice:
        return choose_voice(VOICES, wanted, language)
