"""The language of an article, by its commonest words; and numbers, which are alike in all."""

from __future__ import annotations

import re
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
_LENGTH = re.compile(
    r"(?<![0-9.,])([0-9]{1,3})(?:\s?[-–]\s?([0-9]{1,3}))?\s?(?:s|sek\w*|sec\w*|seg\w*|\")(?!\w)\.?",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"(?<![0-9.,])([0-9]{1,2})(?:\s?[-–]\s?([0-9]{1,2}))?\s?(?:[x×]|mal|fois|veces|volte|vezes|keer|maal|बार|"
    r"wiederholungen|répétitions|repeticiones|ripetizioni|repetições|herhalingen)(?!\w)",
    re.IGNORECASE,
)


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
    """What numbers with their units say of a dose, in any of our languages."""
    found = Found()
    if length := _LENGTH.search(sentence):
        least, most = int(length[1]), int(length[2] or length[1])
        if 1 <= least <= most <= 600:
            found = found.filled(Found(hold=Length(least, most)))
    if count := _COUNT.search(sentence):
        least, most = int(count[1]), int(count[2] or count[1])
        if 1 <= least <= most:
            found = found.filled(Found(reps=(least, most)))
    rest = _COUNT.sub("", _LENGTH.sub("", sentence))
    return replace(found, only=found != Found() and not any(c.isalpha() for c in rest))
