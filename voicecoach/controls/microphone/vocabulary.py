"""The vocabulary: what can be said in each language, and which Command it means."""

from __future__ import annotations

from voicecoach.controls import Command

PHRASES: dict[str, dict[str, Command | None]] = {
    "en": {
        "pause": Command.PAUSE,
        "hold on": Command.PAUSE,
        "resume": Command.RESUME,
        "continue": Command.RESUME,
        "go on": Command.RESUME,
        "repeat": Command.REPEAT,
        "again": Command.REPEAT,
        "skip": Command.SKIP,
        "next": Command.SKIP,
        "next one": Command.SKIP,
        "back": Command.BACK,
        "go back": Command.BACK,
        "longer": Command.LONGER,
        "enough": Command.ENOUGH,
        "slower": Command.SLOWER,
        "slow down": Command.SLOWER,
        "faster": Command.FASTER,
        "louder": Command.LOUDER,
        "quieter": Command.QUIETER,
        "how long": Command.HOW_LONG,
        "stop": Command.STOP,
        "ouch": Command.OUCH,
        "that hurts": Command.OUCH,
        "no": None,
    },
}
"""By language; None undoes the command before. A word that is easily misheard has synonyms."""
