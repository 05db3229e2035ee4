"""The language of an article, by its commonest words; and numbers, which are alike in all."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from voicecoach.draft.doses import Found, Length

_COMMON = {
    "en": "the and your to of a for with is in on you it or from this then each that",
    "de": "der die das und sie ihre mit den dem ein eine nicht auf ist zu für im sich nach bis",
    "es": "el la los las de y en con su un una por para que se del al lo más",
    "fr": "le la les des de et en avec votre vous un une pour sur dans du est au pas",
    "it": "il lo la gli le di e con un una per che del della in si non sul al",
    "nl": "de het een en van uw je met op voor in is niet aan dat naar te",
    "pt": "o a os as de e com um uma para por que do da em no na se não",
    "hi": "के को में और का की से है पर अपने करें",
}
_WORD = re.compile(r"[^\W\d_]+(?:[\u0900-\u097f]+)*")
_LEAST = 0.06
"""The share of its commonest words that a text of a language surely has."""
_N = r"(?<![0-9.,])([0-9]{1,3})(?:\s?[-–]\s?([0-9]{1,3}))?"
_TIME = rf"{_N}\s?(?:s|sek\w*|sec\w*|seg\w*|\")(?!\w)\.?"
_RESTS = r"(?:pause|pausa|rast|ruhe|repos|descans|riposo|rust|विश्राम)\w*"
_COUNTED = (
    r"[x×]|mal|fois|veces|volte|vezes|keer|maal|बार"
    r"|wiederholungen|répétitions|repeticiones|repetições|ripetizioni|herhalingen"
)


def _numbers(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_REST = _numbers(rf"{_TIME} (?:de |di )?{_RESTS}|{_RESTS}:? (?:\w+ )?{_TIME}")
_SETS_OF = _numbers(rf"{_N}\s?[x×]\s?{_N}(?!\s?(?:s|min)\w*|[0-9.,])(?:\s?(?:{_COUNTED})(?!\w))?")
_LENGTH = _numbers(_TIME)
_COUNT = _numbers(rf"{_N}[\s-]?(?:{_COUNTED})(?!\w)")
_MOST = 600
"""Seconds, or reps: what is more has been misread."""


def language_of(text: str) -> str:
    """The code of a text's language, or "" where it is none of ours.

    >>> language_of("Legen Sie sich auf den Rücken und ziehen Sie ein Knie zu der Brust.")
    'de'
    """
    words = [word.casefold() for word in _WORD.findall(text[:20_000])]
    share = {code: sum(w in common.split() for w in words) for code, common in _COMMON.items()}
    best = max(share, key=lambda code: share[code])
    if share[best] >= _LEAST * len(words) and (best == "en" or share[best] > share["en"]):
        return best
    # A table has hardly a sentence; one of another language has letters of its own.
    foreign = sum(not word.isascii() for word in words)
    return "en" if len(words) < 200 and foreign <= len(words) / 50 else ""


def numbers_of(sentence: str) -> Found:
    """What numbers with their units say of a dose, in any of our languages.

    >>> found = numbers_of("3 x 10 Wiederholungen, 30 Sekunden Pause")
    >>> found.sets, found.reps, found.rest
    ((3, 3), (10, 10), Length(least=30, most=30, unit='seconds'))
    """
    found = Found()
    rest = sentence
    for pattern, read in _RULES:
        ranges = _ranges(pattern.search(rest))
        if ranges:
            found = found.filled(read(*ranges))
            rest = pattern.sub("", rest)
    return replace(found, only=found != Found() and not any(c.isalpha() for c in rest))


_RULES: tuple[tuple[re.Pattern[str], Callable[..., Found]], ...] = (
    (_REST, lambda rest: Found(rest=Length(*rest))),
    (_SETS_OF, lambda sets, reps: Found(sets=sets, reps=reps)),
    (_LENGTH, lambda hold: Found(hold=Length(*hold))),
    (_COUNT, lambda reps: Found(reps=reps)),
)
"""In order; each takes out what it has understood."""


def _ranges(match: re.Match[str] | None) -> list[tuple[int, int]]:
    """The least and the most of each number, if all of them can be."""
    given = [int(number) if number else None for number in match.groups()] if match else []
    pairs = [(low, high or low) for low, high in zip(given[::2], given[1::2], strict=True) if low]
    return pairs if all(least <= most <= _MOST for least, most in pairs) else []
