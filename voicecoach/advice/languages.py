"""Languages: a Routine and its voice enter; Problems leave where they aren't of one language."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from voicecoach.advice.texts import texts
from voicecoach.errors import Location, Problem
from voicecoach.phrases import languages, phrases
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
