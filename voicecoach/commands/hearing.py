"""Hearing: settings enter; whether a session listens leaves, and the controller that does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from voicecoach.controls.microphone.recognisers import known_phrases
from voicecoach.controls.voice import Host, Voice
from voicecoach.errors import UnavailableError, VoicecoachError, as_sentence
from voicecoach.output.devices import find_microphone, list_microphones
from voicecoach.settings import Settings


def with_listening(settings: Settings, language: str, *, usual: bool) -> Settings:
    """The user's settings, and whether a session in a language will listen under them.

    `usual` says whether it is to listen where nobody said so, if it can.
    """
    wanted = usual or is_asked(settings)
    can = wanted and settings.listen != "off" and _can_hear(language, settings.microphone)
    return replace(settings, listening=can)


def is_asked(settings: Settings) -> bool:
    """Whether somebody said that it is to listen, or to which microphone."""
    return settings.listen == "on" or (settings.listen == "auto" and bool(settings.microphone))


def open_voice(host: Host, settings: Settings, show: Callable[[list[str]], None]) -> Voice | None:
    """The controller that listens, if any.

    Where it was asked for and can't be, that is shown; a microphone is waited for.
    """
    if not settings.listening and not is_asked(settings):
        return None
    try:
        return Voice(host, settings.language, settings.microphone, show)
    except UnavailableError as error:
        show([as_sentence(str(error))])
        return None


def _can_hear(language: str, microphone: str) -> bool:
    try:
        known_phrases(language)
        # Not on a thread of its own: nothing can be printed while a system's libraries are asked.
        if microphone:
            find_microphone(microphone)
        else:
            list_microphones()
    except VoicecoachError:
        return False
    return True
