"""Spelling: a Routine enters; words that a voice spells, or that look like abbreviations, leave."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from voicecoach.advice.texts import texts, where
from voicecoach.errors import Problem, quoted
from voicecoach.phrases import phrases
from voicecoach.pronunciation import pronunciation
from voicecoach.routine import Routine
from voicecoach.settings import Settings

MOST_LETTERS, MOST_CAPITALS = 5, 4
"""Of what is taken for an abbreviation: longer words of capitals are words that are stressed."""
KNOWN = ("dr", "mr", "mrs", "ms", "st", "jr", "sr", "ok")
"""What voices say in full, or as everybody does."""
SIGHS = frozenset("hms")
"""Letters of what is no word: hm, mmh, shh."""
ROMAN = frozenset("IVX")
VOWELS = frozenset("aeiouyæœøıаеиоуыэюя")

_LETTER = r"[^\W\d_]"
_APART = "\0"
"""Stands for what is said otherwise than it is written."""
_DOTTED = re.compile(rf"(?<![\w.])(?:{_LETTER}{{1,{MOST_LETTERS}}}\.)+(?=\s+({_LETTER})|[,;:)])")
_WORD = re.compile(rf"(?<![\w'’.\0]){_LETTER}{{2,}}(?![\w'’])")
_NUMBERED = re.compile(rf"(?<![\w.,\0])\d+{_LETTER}{{1,{MOST_LETTERS}}}(?!\w)")


def spelled(routine: Routine, settings: Settings) -> list[Problem]:
    """Words that a voice spells out, or that look short for others, each where it stands first.

    What the coach writes out by itself is none of them, nor is what somebody says how to say.
    """
    words = pronunciation(settings.language, settings.say)
    said = " ".join(text.text for text in texts(routine))
    own = " ".join(text for text in phrases(settings.language).texts.values() if type(text) is str)
    usual = {word for word in re.findall(r"\w+", f"{said} {own.lower()}") if not word.isupper()}
    found: dict[str, Problem] = {}
    for text in texts(routine):
        written = _APART.join(words.as_written(text.text))
        for word in _short(written, {word.lower() for word in usual}):
            if word not in found:
                place = where(routine, word, text.line)
                letters = word.isalpha() and word.isupper() and not set(word) <= ROMAN
                full = " ".join(word) if letters else "…"
                hint = f"say how, before the first heading: say: {word} = {full}"
                cause = f"{quoted(word)} looks like an abbreviation"
                if _no_vowel(word.lower()):
                    cause = f"a voice spells {quoted(word)} out"
                found[word] = Problem(place, cause, hint)
    return sorted(found.values())


def _short(written: str, usual: set[str]) -> Iterator[str]:
    """What is short for something, in a text of which some is taken out."""
    for match in _DOTTED.finditer(written):
        word, behind = match[0].rstrip("."), match[1] or ""
        capitals = len(word) > 1 and word.isupper()  # a word at a sentence's end
        goes_on = not behind or behind.islower()
        if goes_on and not capitals and word.lower() not in KNOWN:
            yield match[0]
    for match in _NUMBERED.finditer(written):
        yield match[0]
    words = list(_WORD.finditer(written))
    loud = [match[0].isupper() for match in words]
    for number, match in enumerate(words):
        word = match[0]
        small = word.lower()
        if small in KNOWN or set(small) <= SIGHS:
            continue
        stressed = any(loud[max(number - 1, 0) : number] + loud[number + 1 : number + 2])
        if loud[number] and len(word) <= MOST_CAPITALS and not stressed and small not in usual:
            yield word
        elif _no_vowel(small):
            dot = written[match.end() : match.end() + 2].startswith(". ") and not loud[number]
            yield f"{word}." if dot else word


def _no_vowel(word: str) -> bool:
    """Whether a word of an alphabet with vowels has none."""
    letters = unicodedata.normalize("NFD", word.strip("0123456789."))
    latin = unicodedata.name(letters[0], "").startswith(("LATIN", "CYRILLIC"))
    return latin and not VOWELS & set(letters)
