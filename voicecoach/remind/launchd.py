"""launchd: a reminder enters, the steps for an agent of this user on macOS leave."""

from __future__ import annotations

import os
import plistlib
import sys
from pathlib import Path

from voicecoach.remind import Reminder
from voicecoach.remind.steps import Delete, Run, Step, Write


def available() -> bool:
    """Whether this is macOS."""
    return sys.platform == "darwin"


def install(reminder: Reminder) -> list[Step]:
    """What makes, or replaces, the agent."""
    path = _file(reminder.name)
    agent = {
        "Label": _label(reminder.name),
        "ProgramArguments": reminder.command,
        "StartCalendarInterval": [
            {"Hour": each.hour, "Minute": each.minute} for each in reminder.times
        ],
        "ProcessType": "Interactive",
    }
    return [
        Write(path, plistlib.dumps(agent)),
        _launchctl("bootout", f"{_domain()}/{_label(reminder.name)}", may_fail=True),
        _launchctl("bootstrap", _domain(), str(path)),
    ]


def remove(name: str) -> list[Step]:
    """What takes it away; nothing where there is none."""
    path = _file(name)
    if not path.exists():
        return []
    return [_launchctl("bootout", f"{_domain()}/{_label(name)}", may_fail=True), Delete(path)]


def _launchctl(*words: str, may_fail: bool = False) -> Run:
    return Run(("launchctl", *words), may_fail=may_fail)


def _label(name: str) -> str:
    return f"org.voicecoach.{name}"


def _domain() -> str:
    return f"gui/{os.getuid()}" if sys.platform != "win32" else "gui"


def _file(name: str) -> Path:
    return Path.home() / "Library" / "LaunchAgents" / f"{_label(name)}.plist"
