"""Controls: keys, buttons and voices enter, Commands leave. A controller knows nothing of sound.

A controller is started with a `send`, calls it from whatever thread it likes, and is told every
event, so that it can show where the session is.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from voicecoach.events import Answer, Event


class Command(StrEnum):
    """What a person can ask of a live session at any moment."""

    PAUSE = "pause"
    RESUME = "resume"
    TOGGLE = "toggle"
    """Pause, or resume: for the one big button."""
    REPEAT = "repeat"
    SKIP = "skip"
    BACK = "back"
    LONGER = "longer"
    ENOUGH = "enough"
    SLOWER = "slower"
    FASTER = "faster"
    QUIETER = "quieter"
    LOUDER = "louder"
    HOW_LONG = "how long"
    UNDO = "undo"
    STOP = "stop"
    OUCH = "ouch"


MEANINGS = {
    Command.TOGGLE: "pause or go on",
    Command.PAUSE: "pause",
    Command.RESUME: "go on",
    Command.REPEAT: "this movement again; twice: the exercise",
    Command.SKIP: "the next exercise",
    Command.BACK: "the exercise before",
    Command.LONGER: "10 seconds more of this hold",
    Command.ENOUGH: "end this hold now",
    Command.SLOWER: "slower",
    Command.FASTER: "faster",
    Command.QUIETER: "quieter",
    Command.LOUDER: "louder",
    Command.HOW_LONG: "how long it still takes",
    Command.UNDO: "take back what was just asked for",
    Command.STOP: "stop",
    Command.OUCH: "it hurts: stop at once",
}
"""What each command does, in a few words."""

VOICE = "voice"
"""The name of who sends what was spoken: it is answered by a chime, as nothing else tells whether
it was understood."""

Send = Callable[[Command | Answer], None]
"""Hands a command to the session, or an answer once Asked was told, at once and from any thread."""


class Controller(Protocol):
    """Somebody or something that steers a session."""

    name: str
    """Who sends: keys, media keys, stdin, voice."""

    def start(self, send: Send) -> None:
        """Begin to send commands, from a thread of its own; returns at once.

        Raises:
            UnavailableError: this machine or terminal can't be used so.
        """

    def watch(self, event: Event) -> None:
        """Be told what happens; must return at once and never raise."""

    def close(self) -> None:
        """Stop sending, and leave everything as it was found. May be called twice."""
