"""cron: a reminder enters, the steps for lines of this user's crontab leave."""

from __future__ import annotations

import os
import re
import shlex
import shutil

from voicecoach.errors import UnavailableError
from voicecoach.remind import Reminder
from voicecoach.remind.steps import Run, Step, run

DESKTOP = ("XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")
"""Where notifications and sound go; cron knows nothing of it."""


def available() -> bool:
    """Whether there is a crontab."""
    return shutil.which("crontab") is not None


def install(reminder: Reminder) -> list[Step]:
    """What writes, or replaces, the lines.

    Raises:
        UnavailableError: there is no crontab, or a name that it can't hold.
    """
    command = reminder.command
    if any(re.search(r"[\x00-\x1f\x7f]", word) for word in command):
        raise UnavailableError(
            "a crontab can't hold a file name with a line break; rename the script"
        )
    desktop = [f"{name}={shlex.quote(os.environ[name])}" for name in DESKTOP if name in os.environ]
    # A bare % is a line break to cron.
    line = " ".join([*desktop, shlex.join(command)]).replace("%", r"\%")
    lines = [f"{each.minute} {each.hour} * * * {line}" for each in reminder.times]
    before = _without(reminder.name, _crontab())
    return [_written([*before, _begin(reminder.name), *lines, _end(reminder.name)])]


def remove(name: str) -> list[Step]:
    """What takes them away; nothing where there are none."""
    if not available():
        return []
    lines = _crontab()
    if _begin(name) not in lines:
        return []
    return [_written(_without(name, lines))]


def _begin(name: str) -> str:
    return f"# {name}: begin"


def _end(name: str) -> str:
    return f"# {name}: end"


def _written(lines: list[str]) -> Run:
    text = "".join(f"{line}\n" for line in lines)
    return Run(("crontab", "-"), text.encode("utf-8", "surrogateescape"))


def _without(name: str, lines: list[str]) -> list[str]:
    """The lines that aren't of this reminder; one whose end somebody deleted ends with its own."""
    kept, ours = [], False
    for line in lines:
        if line == _begin(name):
            ours = True
        elif line == _end(name):
            ours = False
        elif ours and name not in line and "voicecoach" not in line:
            ours = False
            kept.append(line)
        elif not ours:
            kept.append(line)
    return kept


def _crontab() -> list[str]:
    try:
        text = run(Run(("crontab", "-l")))
    except UnavailableError as error:
        # Whatever else fails must not end in a crontab that lost its lines.
        if re.search("no crontab|no such file", str(error), re.IGNORECASE):
            return []
        raise
    return text.removesuffix("\n").split("\n") if text else []
