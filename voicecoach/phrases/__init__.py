"""Phrases: what the coach says by itself, one TOML a language. A language enters, words leave."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from voicecoach.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voicecoach.routine import Side


def languages() -> list[str]:
    """The languages that the coach speaks by itself."""
    files = resources.files(__name__).iterdir()
    return sorted(f.name.removesuffix(".toml") for f in files if f.name.endswith(".toml"))


@cache
def phrases(language: str) -> Phrases:
    """The phrases of a language; its region (`de-at`) doesn't matter.

    Raises:
        NotFoundError: the coach doesn't speak it; names those it does.
    """
    base = language.split("-", maxsplit=1)[0]
    if base not in languages():
        raise NotFoundError(
            "phrases for the language", language, hint=f"there are {', '.join(languages())}"
        )
    text = resources.files(__name__).joinpath(f"{base}.toml").read_text(encoding="utf-8")
    return Phrases(base, MappingProxyType(tomllib.loads(text)))


def iso639_2(language: str) -> str:
    """The three letters by which files name a language (ISO 639-2/T); "und" where none are known.

    >>> iso639_2("de-at"), iso639_2("tlh")
    ('deu', 'und')
    """
    base = language.split("-", maxsplit=1)[0]
    return str(phrases(base).texts["iso639_2"]) if base in languages() else "und"


class Phrases:
    """One language's phrases. Numbers in them are words of that language."""

    def __init__(self, language: str, texts: Mapping[str, Any]) -> None:
        self.language = language
        self.texts = texts

    def say(self, key: str, **values: str) -> str:
        """A phrase with its blanks filled, its first letter a capital."""
        text: str = self.texts[key].format(**values)
        return text[:1].upper() + text[1:]

    @property
    def voice(self) -> str:
        """The language of the voice that is meant where no region is said."""
        voice: str = self.texts["voice"]
        return voice

    def number(self, value: int) -> str:
        """A whole number in words."""
        return _number(value, self.language)

    def say_number(self, value: int) -> str:
        """A number said by itself."""
        word = self.number(value)
        return word[:1].upper() + word[1:]

    def side(self, side: Side) -> str:
        """What `{side}` becomes."""
        word: str = self.texts[side]
        return word

    def name(self, name: str) -> str:
        """An exercise's name as it stands within a sentence."""
        word = name.split(maxsplit=1)[0] if name.split() else ""
        if self.texts["lowercase_names"] and word[1:].islower():
            return name[:1].lower() + name[1:]
        return name

    def length(self, seconds: int) -> str:
        """A length in words, to the second: "one minute and thirty seconds"."""
        minutes, rest = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        amounts = [("hour", hours), ("minute", minutes), ("second", rest)]
        said = [self._amount(unit, n) for unit, n in amounts if n] or [self._amount("second", 0)]
        while len(said) > 1:
            said[-2:] = [self.texts["and"].format(first=said[-2], second=said[-1])]
        return said[0]

    def about(self, seconds: float) -> str:
        """A length as people say it: to the minute, below two minutes to ten seconds.

        From two hours on to five minutes: nobody hears the difference.
        """
        step = 10 if seconds < 115 else 60 if seconds < 7200 else 300
        return self.length(max(round(seconds / step) * step, 10))

    def caption(self, kind: str, seconds: float) -> str:
        """What is shown of a stretch that nothing is said in: "hold, 1 min 2.5 s".

        `kind` is one of a timeline's spans; the length is told to the tenth of a second.
        """
        texts: dict[str, str] = self.texts["captions"]
        minutes, tenths = divmod(round(seconds * 10), 600)
        hours, minutes = divmod(minutes, 60)
        amounts = (("hours", hours), ("minutes", minutes), ("seconds", tenths / 10))
        shown = [(unit, n) for unit, n in amounts if n] or [("seconds", 0)]
        numbers = ((unit, f"{n:g}".replace(".", texts["decimal"])) for unit, n in shown)
        return texts[kind].format(length=" ".join(texts[unit].format(n=n) for unit, n in numbers))

    def _amount(self, unit: str, n: int) -> str:
        if n == 1:
            return str(self.texts[f"one_{unit}"])
        number = self.number(n)
        endings: dict[str, str] = self.texts["number_endings"][f"{unit}s"]
        for ending in sorted(endings, key=len, reverse=True):
            if number.endswith(ending):
                number = number.removesuffix(ending) + endings[ending]
                break
        return str(self.texts[f"{unit}s"].format(n=number))


@cache
def _number(value: int, language: str) -> str:
    from num2words import num2words  # 40 ms, and only a session with numbers needs it

    return str(num2words(value, lang=language))
