"""Languages: a Routine and its voice enter; Problems leave where they aren't of one language."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING

from voicecoach.advice.texts import texts, where
from voicecoach.errors import Location, Problem, quoted
from voicecoach.phrases import languages, phrases
from voicecoach.pronunciation import pronunciation
from voicecoach.routine import Routine
from voicecoach.settings import Settings
from voicecoach.speech import Voice

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

LEAST_LETTERS = 40
"""Of a text whose language can be told; below it, names and Sanskrit decide."""
SURE = 0.95
OTHERS = (
    *("ar", "cs", "da", "el", "fi", "he", "hu", "ja", "ko", "no", "pl", "ro", "ru", "sv", "tr"),
    *("uk", "zh"),
)
"""Languages of scripts that may be given to a coach who doesn't speak them."""

WRITINGS = {
    "Arabic": "ar az ckb fa ku ps sd ug ur",
    "Chinese": "cmn hak ja lzh nan yue zh",
    "Cyrillic": "az ba be bg cv kk ky mk mn ru sr tg tk tt uk uz",
    "Devanagari": "bho hi kok mai mr ne sa",
    "Greek": "el grc",
    "Hebrew": "he iw yi",
    "Japanese": "ja",
    "Korean": "ko",
}
"""Languages by the letters that they are written in; Latin ones are read by voices of any."""
_NAMED = {
    "CJK": "Chinese",
    "HANGUL": "Korean",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    **{writing.upper(): writing for writing in WRITINGS},
}
"""Letters by how Unicode's names of them begin."""
_WORDS_OF_ONE = ("Chinese", "Japanese", "Korean")
_WORD = re.compile(r"[^\s!-/:-@\[-`{-~…“”„«»‘’、。，！？]+")

_LANGUAGE = re.compile(r"\s*language\s*:", re.IGNORECASE)


def spoken_as(routine: Routine, settings: Settings, voice: Voice) -> list[Problem]:
    """A voice of another language than the session's."""
    language = settings.language
    spoken = {_base(each) for each in voice.languages}
    if not spoken or _base(language) in spoken:
        return []
    theirs = ", ".join(map(_name, sorted(spoken)))
    cause = f"the voice {voice.name} speaks {theirs}, and the session is in {_name(language)}"
    hint = f"choose another; see: voicecoach voices --language {_base(language)}"
    return [Problem(_place(routine), cause, hint)]


def unspeakable(routine: Routine, settings: Settings, voice: Voice) -> list[Problem]:
    """The first word in each kind of letters that the voice doesn't know: it would spell them."""
    spoken = {_base(each) for each in voice.languages}
    words = pronunciation(settings.language, settings.say)
    found: dict[str, Problem] = {}
    for text in texts(routine) if spoken else ():
        for word in _WORD.findall(" ".join(words.as_written(text.text))):
            writing = _writing(word)
            theirs = WRITINGS.get(writing, "").split()
            if theirs and writing not in found and not spoken.intersection(theirs):
                names = ", ".join(map(_name, sorted(spoken)))
                cause = f"the voice {voice.name} speaks {names}, and can't say {quoted(word)}"
                hint = f"choose another, see voicecoach voices; or say how: say: {word} = …"
                place = where(routine, word, text.line)
                found[writing] = Problem(place, f"{cause} in {writing} letters", hint)
    return list(found.values())


def _writing(word: str) -> str:
    """The kind of letters that a word is written in; "" of a lone letter, as in α waves."""
    named = (unicodedata.name(c, "").split(maxsplit=1) for c in word if c.isalpha())
    counts = Counter(_NAMED.get(name[0], "") for name in named if name)
    writing, most = max(counts.items(), key=itemgetter(1), default=("", 0))
    return writing if most > 1 or writing in _WORDS_OF_ONE else ""


def read_as(routine: Routine, settings: Settings) -> list[Problem]:
    """A script that is written in another language than it says, or than is usual."""
    said = " ".join(text.text for text in texts(routine))
    language = _base(settings.language)
    if sum(c.isalpha() for c in said) < LEAST_LETTERS:
        return []
    found, sure = _identifier().classify(said)
    if found == language or sure < SURE:
        return []
    cause = f"the script reads like {_name(found)}, and is spoken in {_name(language)}"
    known = found in languages()
    hint = f"add: language: {found}" if known else f"the coach speaks {', '.join(languages())}"
    return [Problem(_place(routine), cause, hint)]


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # half a second, and 4 MB

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([*languages(), *OTHERS])
    return identifier


def _place(routine: Routine) -> Location:
    """The line that says the language, or the first."""
    lines = enumerate(routine.source.split("\n"), 1)
    line = next((number for number, text in lines if _LANGUAGE.match(text)), 1)
    return Location(routine.file, line)


def _base(language: str) -> str:
    return language.split("-", maxsplit=1)[0].lower()


def _name(language: str) -> str:
    base = _base(language)
    return f"{base} ({phrases(base).texts['name']})" if base in languages() else base
