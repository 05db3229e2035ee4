"""Words: what isn't a phrase, and sounds much like one or like nothing in particular."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from voicecoach.controls.microphone.vocabulary import ANSWERS, PHRASES

SAID = tuple(PHRASES["en"] | ANSWERS["en"])
"""All phrases."""
COMMON = 20_000
"""Neighbours are sought among so many of the most frequent words."""
NEIGHBOURS = 45
"""How many of each phrase are taken."""
NEAREST = 8
"""So many of those are the ones that are taken for it first."""
USUAL = 3000
"""What is said without being like a phrase is of so many of the most frequent words."""
VOWELS = tuple("AEIOU")
SWAP = 0.6
"""What a phone is away from another vowel, if it is one, or from one that begins alike; 1 from any
other."""
MEANT = ("nope", "stops", "stopped", "skipped", "pauses", "paused", "repeats", "resumes", "backs")
"""What would be meant by a phrase."""


LETTERS = [chr(number) for number in range(ord("A"), ord("Z") + 1)]
"""Spelt, they are as short as phrases."""


@dataclass(frozen=True)
class Words:
    """What is no phrase."""

    near: list[str]
    """By sound, or as short."""
    nearest: list[str]
    """The nearest of those."""
    usual: list[str]
    """The most frequent first."""


@cache
def words() -> Words:
    """Words of English that CMU's dictionary knows how to say, those of the phrases left out."""
    from wordfreq import top_n_list

    phones = _dictionary()
    phrases = [tuple(phone for word in p.split() for phone in phones[word]) for p in SAID]
    parts = {word for phrase in SAID for word in phrase.split()}
    known = [word for word in top_n_list("en", COMMON) if len(word) > 1 and word in phones]
    known = [
        word
        for word in known
        if word not in parts and word not in MEANT and phones[word] not in phrases
    ]
    near: set[str] = set()
    nearest: set[str] = set()
    for phrase in phrases:

        def away(word: str, phrase: tuple[str, ...] = phrase) -> float:
            return distance(phrase, phones[word]) / max(len(phrase), len(phones[word]))

        neighbours = sorted(known, key=lambda word: (away(word), word))[:NEIGHBOURS]
        near.update(neighbours)
        nearest.update(neighbours[:NEAREST])
    return Words(sorted(near) + LETTERS, sorted(nearest), known[:USUAL])


def distance(one: Sequence[str], other: Sequence[str]) -> float:
    """How far phones are from others: Levenshtein's, with cheap swaps.

    >>> distance(["S", "T", "AA", "P"], ["S", "T", "EH", "P"])
    0.6
    """
    above = [float(n) for n in range(len(other) + 1)]
    for n, left in enumerate(one, 1):
        row = [float(n)]
        for m, right in enumerate(other, 1):
            vowels = left.startswith(VOWELS) and right.startswith(VOWELS)
            swap = 0.0 if left == right else SWAP if vowels or left[0] == right[0] else 1.0
            row.append(min(above[m] + 1, row[m - 1] + 1, above[m - 1] + swap))
        above = row
    return above[-1]


def _dictionary() -> dict[str, tuple[str, ...]]:
    from pocketsphinx import get_model_path

    lines = Path(get_model_path("en-us/cmudict-en-us.dict")).read_text().splitlines()
    entries = [line.split() for line in lines]
    return {word: tuple(phones) for word, *phones in entries if word.isalpha()}
