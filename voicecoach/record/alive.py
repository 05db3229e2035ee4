"""Whether a session that hasn't ended still goes on: its process, or else its last sign of life."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

STALE = timedelta(seconds=10)
"""Without a sign of life for so long, a session whose process can't be asked is over: signs come
each second, and a busy disk may keep a few back."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The process that records a session."""

    machine: str
    """The machine, since it was switched on: only there does `process` mean anything."""
    process: int
    started: str
    """When the process started, so that another one of its number isn't taken for it."""


def own() -> Owner:
    """The owner that we are."""
    return Owner(_machine(), os.getpid(), _started(os.getpid()) or "")


def alive(owner: Owner | None, seen: datetime, at: datetime) -> bool:
    """Whether the session that `owner` records, last `seen` alive then, goes on `at` this moment.

    Without an owner it was given up.
    """
    if owner is None:
        return False
    if owner.machine == _machine():
        started = _started(owner.process)
        if started is not None:
            return bool(started) and started == owner.started
    return abs(at - seen) < STALE  # one from the future was seen under another clock


@cache
def _machine() -> str:
    parts = [platform.node()]
    if sys.platform == "linux":
        try:
            parts.append(Path("/proc/sys/kernel/random/boot_id").read_text().strip())
            parts.append(str(Path("/proc/self/ns/pid").readlink()))
        except OSError:
            pass
    return " ".join(parts)


def _started(process: int) -> str | None:
    """When a process of this machine started, "" if there is none, None if that can't be told."""
    if sys.platform == "win32":  # os.kill would end it, whatever the signal
        return None
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return ""
    except (OSError, OverflowError):
        pass  # somebody else's
    if sys.platform != "linux":
        return None
    try:
        # After the name, which may hold anything, come the state and, 19 fields on, the start.
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return "" if fields[0] in "ZX" else fields[19]
    except (OSError, IndexError):
        return None
