"""Hearing: settings enter; whether a session listens leaves, and with which controller."""

from __future__ import annotations

import threading
from collections.abc import Callable

from voicecoach.controls.microphone.recognisers import known_phrases
from voicecoach.controls.voice import Host, Voice
from voicecoach.errors import UnavailableError, VoicecoachError
from voicecoach.output.devices import find_microphone, list_microphones
from voicecoach.settings import Settings

PATIENCE_SECONDS = 1.0
"""Nobody waits longer for a sound server to tell which microphones it has."""


class Hearing:
    """Looks for a microphone from its beginning on, while other things are done."""

    def __init__(self, settings: Settings, *, usual: bool) -> None:
        """The user's settings; whether it is usual to listen where nothing else is said."""
        named = settings.microphone
        self._asked = settings.listen == "on" or (settings.listen == "auto" and bool(named))
        self._wanted = self._asked or (settings.listen == "auto" and usual)
        self._microphone = named
        self._found = False
        self._searcher = threading.Thread(target=self._search, name="microphones", daemon=True)
        if self._wanted:
            self._searcher.start()

    def works(self, language: str) -> bool:
        """Whether commands in that language can be heard here."""
        if not self._wanted:
            return False
        try:
            known_phrases(language)
        except UnavailableError:
            return False
        self._searcher.join(PATIENCE_SECONDS)
        return self._found

    def voice(self, host: Host, language: str, show: Callable[[list[str]], None]) -> Voice | None:
        """The controller that listens. Where it was asked for it says why it can't be, or looks
        for the microphone until there is one.
        """
        if not self._asked and not self.works(language):
            return None
        try:
            return Voice(host, language, self._microphone, show)
        except UnavailableError as error:
            show([f"Spoken commands can't be heard: {error}; keys work."])
            return None

    def _search(self) -> None:
        try:
            if self._microphone:
                find_microphone(self._microphone)
            else:
                list_microphones()
            self._found = True
        except VoicecoachError:
            pass  # told by the controller, where it is asked for
