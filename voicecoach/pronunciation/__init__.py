"""Pronunciation: a written text enters, what a voice is asked to say leaves. Knows no voices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, cached_property, lru_cache, partial

from voicecoach.phrases import phrases
from voicecoach.pronunciation.bounds import marks_as_letters, whole_word
from voicecoach.pronunciation.found import Found, Rule
from voicecoach.pronunciation.shapes import Shapes

Says = tuple[tuple[str, str], ...]
"""Words, each with how it is to be said."""
MOST_CHARACTERS = 1_000
"""Of a text and of what is said: what is longer, or would grow so, is said as it is written."""
_SHORT = re.compile(r"[\d½¼¾⅓⅔]|[^\w\s,;:!?'’\"“”()…।—–-]")
"""What a sentence has within it in which something is written short; most have nothing of it."""


@cache
def pronunciation(language: str, says: Says = ()) -> Pronunciation:
    """How texts of a language are said.

    Raises:
        NotFoundError: the coach has no phrases for the language.
    """
    return Pronunciation(language, says)


class Pronunciation:
    """One language's abbreviations and shapes, and the words that somebody wants said differently.

    A text is read once, from its start; what replaces a word is not looked at again. Where several
    could begin, somebody's own word comes before a shape, and a longer word before a shorter one.
    """

    def __init__(self, language: str, says: Says = ()) -> None:
        self.words = phrases(language)
        self.texts = self.words.texts["spoken"]
        self._own = [
            Rule(whole_word(word, elides=self.texts["elides"]), partial(_instead, said))
            for word, said in sorted(says, key=lambda pair: len(pair[0]), reverse=True)
        ]
        self._ends = tuple(key.casefold() for key in self.texts["words"])
        self.spoken = lru_cache(1024)(self._spoken)
        """What a voice is asked to say for a text."""

    def _spoken(self, text: str) -> str:
        if len(text) > MOST_CHARACTERS:
            return text
        said, end = "", 0
        for start, stop, instead in self._replaced(text):
            said += text[end:start] + instead
            end = stop
        said += text[end:]
        return said if len(said) <= MOST_CHARACTERS else text

    def as_written(self, text: str) -> list[str]:
        """The stretches of a text that are said as they are written."""
        bounds = [(start, stop) for start, stop, _ in self._replaced(text)]
        starts = [0, *(stop for _, stop in bounds)]
        ends = [*(start for start, _ in bounds), len(text)]
        return [text[start:end] for start, end in zip(starts, ends, strict=True)]

    def goes_on(self, before: str, after: str) -> bool:
        """Whether a sentence that seems to end goes on: behind an abbreviation or a number's dot.

        `before` and `after` are the text on both sides of what seems to be its end.
        """
        return before.rstrip().endswith(".") and self._shapes.goes_on(before, after)

    def _replaced(self, text: str) -> Iterator[tuple[int, int, str]]:
        """What is said otherwise: where it starts and ends, and what is said instead."""
        searched = marks_as_letters(text)
        short = _SHORT.search(searched[:-1]) or text.casefold().endswith(self._ends)
        if not (short or self._own):
            return
        for match in self._pattern.finditer(searched):
            name = match.lastgroup or ""
            found = Found(text, match, match.re.groupindex[name])
            instead = self._rules[name].read(found)
            if instead is not None:
                yield *match.span(), instead

    @cached_property
    def _shapes(self) -> Shapes:
        return Shapes(self.words)

    @cached_property
    def _rules(self) -> dict[str, Rule]:
        return {f"r{n}": rule for n, rule in enumerate([*self._own, *self._shapes.rules])}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """All rules: each is a group of its name."""
        rules = (f"(?P<{name}>{rule.pattern})" for name, rule in self._rules.items())
        return re.compile(marks_as_letters("|".join(rules)))


def _instead(said: str, _: Found) -> str:
    return said
