"""Recognisers: a language enters, whoever understands its commands leaves."""

from __future__ import annotations

from voicecoach.controls import Command
from voicecoach.controls.microphone import Recogniser


def open_recogniser(language: str) -> Recogniser:
    """The recogniser of a language ("en", "en-us"), its model loaded: half a second.

    Raises:
        MissingExtraError: the extra "listen" isn't installed.
        UnavailableError: there is none for the language.
    """
    raise NotImplementedError


def known_phrases(language: str) -> dict[str, Command | None]:
    """What can be said in a language; loads nothing. Raises as `open_recogniser`."""
    raise NotImplementedError
