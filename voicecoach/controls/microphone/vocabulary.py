"""The vocabulary: what can be said in each language, and which Command or Answer it means."""

from __future__ import annotations

from voicecoach.controls import Command
from voicecoach.events import Answer

PHRASES: dict[str, dict[str, Command]] = {
    "en": {
        "pause": Command.PAUSE,
        "hold on": Command.PAUSE,
        "resume": Command.RESUME,
        "continue": Command.RESUME,
        "go on": Command.RESUME,
        "repeat": Command.REPEAT,
        "again": Command.REPEAT,
        "skip": Command.SKIP,
        "next": Command.SKIP,
        "next one": Command.SKIP,
        "back": Command.BACK,
        "go back": Command.BACK,
        "longer": Command.LONGER,
        "enough": Command.ENOUGH,
        "slower": Command.SLOWER,
        "slow down": Command.SLOWER,
        "faster": Command.FASTER,
        "louder": Command.LOUDER,
        "quieter": Command.QUIETER,
        "how long": Command.HOW_LONG,
        "stop": Command.STOP,
        "ouch": Command.OUCH,
        "that hurts": Command.OUCH,
        "no": Command.UNDO,
    },
}
"""By language. A word that is easily misheard has synonyms."""

ANSWERS: dict[str, dict[str, Answer]] = {
    "en": {
        "better": Answer("better"),
        "the same": Answer("same"),
        "same": Answer("same"),
        "worse": Answer("worse"),
    },
}
"""What can be said besides once the coach asks how it was. No numbers: of 13 voices in TUNE of
bench/listening "eight" was understood from 8 and "nine" from 6, and taken for "five"."""

SENTENCES: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "stop": (
            "stop stop",
            "stop, stop",
            "stop stop stop",
            "stop, stop, stop",
            "just stop",
            "stop it",
            "stop now",
            "stop there",
            "okay, stop",
            "no, stop",
            "please, stop",
            "please stop now",
            "can you stop",
            "can we stop",
            "could you stop",
            "I want to stop",
            "I have to stop",
            "let's stop",
            "let me stop",
            "we should stop",
            "time to stop",
        ),
        "ouch": ("ouch, ouch", "ouch, that hurts", "it hurts", "this hurts"),
        "better": (
            "a bit better",
            "a little better",
            "much better",
            "it was better",
            "it's better",
            "I feel better",
        ),
        "the same": ("about the same", "it was the same", "it's the same", "just the same"),
        "worse": (
            "a bit worse",
            "a little worse",
            "much worse",
            "it was worse",
            "it's worse",
            "I feel worse",
        ),
    }
}
"""What else means a phrase, and isn't told of: what people say who can't think of the word."""

POLITE: dict[str, tuple[str, ...]] = {"en": ("please {}", "{}, please", "{} please")}
"""How any phrase may be asked for."""


def spellings(language: str, phrase: str) -> list[str]:
    """All that means a phrase, as it may be written; first of all the phrase itself.

    >>> spellings("en", "go on")[:3]
    ['Go on', 'go on', 'Please go on']
    """
    polite = [form.format(phrase) for form in POLITE[language]]
    texts = [phrase, *polite, *SENTENCES[language].get(phrase, ())]
    return [spelt for text in texts for spelt in (text[0].upper() + text[1:], text)]
