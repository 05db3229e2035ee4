"""Phrases: what the coach says by itself, one TOML a language. A language enters, words leave."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from voicecoach.errors import NotFoundError
from voicecoach.routine import SIDES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from unicode_rbnf import RbnfEngine

    from voicecoach.routine import Side


OTHERWISE = "en"
"""The language of what is shown where the coach doesn't speak a plan's own."""


def languages() -> list[str]:
    """The languages that the coach speaks by itself."""
    files = resources.files(__name__).iterdir()
    return sorted(f.name.removesuffix(".toml") for f in files if f.name.endswith(".toml"))


@cache
def phrases(language: str) -> Phrases:
    """The phrases of a language. Its region (`fr-ch`) changes its numbers, where CLDR knows them.

    Raises:
        NotFoundError: the coach doesn't speak it; names those it does.
    """
    base, *parts = language.split("-")
    if base not in languages():
        raise NotFoundError(
            "phrases for the language", language, hint=f"there are {', '.join(languages())}"
        )
    text = resources.files(__name__).joinpath(f"{base}.toml").read_text(encoding="utf-8")
    region = next((part.upper() for part in parts if len(part) in (2, 3)), "")
    return Phrases(base, MappingProxyType(tomllib.loads(text)), region)


def shown_phrases(language: str) -> Phrases:
    """The phrases of a language, or where the coach doesn't speak it, as a plan's, of OTHERWISE."""
    known = language.split("-", maxsplit=1)[0] in languages()
    return phrases(language if known else OTHERWISE)


def iso639_2(language: str) -> str:
    """The three letters by which files name a language (ISO 639-2/T); "und" where none are known.

    >>> iso639_2("de-at"), iso639_2("tlh")
    ('deu', 'und')
    """
    base = language.split("-", maxsplit=1)[0]
    return str(phrases(base).texts["iso639_2"]) if base in languages() else "und"


class Phrases:
    """One language's phrases. Numbers in them are words of that language."""

    def __init__(self, language: str, texts: Mapping[str, Any], region: str = "") -> None:
        self.language, self.region = language, region
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

    def number(self, value: int, gender: str = "") -> str:
        """A whole number in words; before what is counted, in that noun's gender."""
        return _number(value, self.language, self.region, f"spellout-cardinal-{gender}")

    def ordinal(self, value: int, form: str = "") -> str:
        """A number's place in words, in a form that CLDR has: "feminine", or in German "n"."""
        return _number(value, self.language, self.region, f"spellout-ordinal-{form}".rstrip("-"))

    def gender(self, noun: str) -> str:
        """The gender in which a noun is counted, as far as that is known here."""
        return "feminine" if noun in self.texts["gender"]["feminine"] else "masculine"

    def amount(self, unit: str, n: int) -> str:
        """So many of a unit in words: "one minute", "twenty-one minutes"."""
        _, one, several = self.texts["units"][unit]
        if n == 1 and unit in self.texts["one"]:
            return str(self.texts["one"][unit])
        noun = one if n == 1 else several
        return f"{self.number(n, self.gender(noun))} {noun}"

    def say_number(self, value: int) -> str:
        """A number said by itself."""
        word = self.number(value)
        return word[:1].upper() + word[1:]

    def sided(self, text: str, side: Side) -> str:
        """A text as it is said for a side."""
        return SIDES.sub(lambda match: match[side] or str(self.texts[side]), text)

    def both_sides(self, text: str) -> str:
        """The same to be read, for both: what stands in brackets goes for the other."""

        def both(match: re.Match[str]) -> str:
            return f"{self.sided(match[0], 'left')} ({self.sided(match[0], 'right')})"

        return SIDES.sub(both, text)

    def name(self, name: str) -> str:
        """An exercise's name as it stands within a sentence."""
        word, *others = name.split() or [""]
        titled = any(other[0].isupper() for other in others)  # Bird Dog, Thomas Stretch
        if self.texts["lowercase_names"] and word[1:].islower() and not titled:
            return name[:1].lower() + name[1:]
        return name

    def length(self, seconds: int) -> str:
        """A length in words, to the second: "one minute and thirty seconds"."""
        minutes, rest = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        amounts = [("hour", hours), ("minute", minutes), ("second", rest)]
        said = [self.amount(unit, n) for unit, n in amounts if n] or [self.amount("second", 0)]
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

        `kind` is one of a timeline's spans.
        """
        text: str = self.texts["captions"][kind]
        return text.format(length=self.written(seconds))

    def written(self, seconds: float) -> str:
        """A length in digits, to the tenth of a second: "1 min 2.5 s"."""
        texts: dict[str, str] = self.texts["captions"]
        minutes, tenths = divmod(round(seconds * 10), 600)
        hours, minutes = divmod(minutes, 60)
        amounts = (("hours", hours), ("minutes", minutes), ("seconds", tenths / 10))
        shown = [(unit, n) for unit, n in amounts if n] or [("seconds", 0)]
        numbers = ((unit, f"{n:g}".replace(".", texts["decimal"])) for unit, n in shown)
        return " ".join(texts[unit].format(n=n) for unit, n in numbers)


@cache
def _number(value: int, language: str, region: str, rules: str) -> str:
    """A number in words by a set of CLDR's rules, or by those for counting where there is none."""
    engine = _engine(language, region)
    rules = rules if rules in engine.rulesets else "spellout-numbering"
    return engine.format_number(value, ruleset_names=[rules]).text


@cache
def _engine(language: str, region: str) -> RbnfEngine:
    from unicode_rbnf import RbnfEngine  # 50 ms, and only a session with numbers needs it

    own = f"{language}_{region}"  # few regions count in their own way
    known = RbnfEngine.get_supported_languages()
    return RbnfEngine.for_language(own if own in known else language)
