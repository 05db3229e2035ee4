"""Reminders: a script's times of day enter; a calendar's file, or a timer of this system, leaves.

A timer is installed by steps that can be shown before anything is done; whatever it is made of has
the reminder's name, by which it is found, replaced and removed again.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from voicecoach.errors import NotFoundError
from voicecoach.library import SCRIPT_ENDINGS, find_script

PYTHON = ("-P", "-m", "voicecoach")
"""Without what lies in the folder where a timer happens to start it."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """What somebody is to be reminded of, and when."""

    title: str
    script: str
    """A built-in or installed script's name, or a whole path: see `script_key`."""
    times: tuple[time, ...]
    """Local times of day, in order."""
    words: str = ""
    """What the reminder says."""
    seconds: float = 0.0
    """About how long the session takes."""
    track: str = ""
    """A link to a track, or a track's file name."""
    starts: bool = False
    """Whether a timer starts the session, rather than showing a notification."""

    @property
    def name(self) -> str:
        """Its name on this system: see `reminder_name`."""
        return reminder_name(self.script)

    @property
    def command(self) -> list[str]:
        """What a timer runs."""
        does = ["play", "--plain"] if self.starts else ["remind", "--show"]
        return [sys.executable, *PYTHON, *does, "--", self.script]


def script_key(script: str) -> str:
    """What names a script wherever a timer runs: its whole path, or where it is one that is built
    in or installed, its name, which stays when its files are replaced.

    >>> script_key("ease-your-back")
    'ease-your-back'
    """
    try:
        named = find_script(script) != Path(script)
    except NotFoundError:  # one that was there, and whose reminder is to be removed
        named = Path(script).name == script and not script.endswith(SCRIPT_ENDINGS)
    return script if named else os.path.abspath(script)  # noqa: PTH100 - without .., unlike absolute


def reminder_name(script: str) -> str:
    """What tells a script's reminder from all others, in letters that are safe everywhere.

    >>> reminder_name("/home/jo/My back.md")
    'voicecoach-my-back-953bd0147d'
    """
    stem = re.sub(r"[^a-z0-9]+", "-", Path(script).stem.lower()).strip("-")[:40] or "session"
    mark = hashlib.sha256(os.fsencode(script)).hexdigest()[:10]
    return f"voicecoach-{stem}-{mark}"
