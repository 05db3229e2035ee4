"""Units: frames, the session rate, the one rounding; durations and times of day as text. Knows no
audio.
"""

from __future__ import annotations

import re
from datetime import time
from typing import NewType

Frames = NewType("Frames", int)
"""A position or length in samples per channel, at RATE. Seconds exist only at the edges."""

RATE = 48_000
"""Samples a second of every session: what phones, Opus and sound servers use without resampling."""

DAY_SECONDS = 24 * 60 * 60
"""The longest session, in seconds: a limit of the script language."""


def frames(seconds: float) -> Frames:
    """The nearest whole frame: the one place where seconds become frames.

    Truncating instead is one frame early for 8 % of all millisecond values at 48 kHz.

    >>> frames(0.29)
    13920
    """
    return Frames(round(seconds * RATE))


def seconds(length: int) -> float:
    """Frames as seconds, for screens, captions and tags."""
    return length / RATE


def milliseconds(length: int) -> int:
    """The nearest whole millisecond of a position. Round each position by itself, never a sum.

    >>> milliseconds(48_025)
    1001
    """
    return round(length * 1000 / RATE)


def write_clock(length: int, point: str = ".") -> str:
    """A position to the millisecond, as chapters and captions have it.

    >>> write_clock(86_400 * RATE), write_clock(72_000, ",")
    ('24:00:00.000', '00:00:01,500')
    """
    minutes, rest = divmod(milliseconds(length), 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}{point}{rest % 1000:03}"


class DurationError(ValueError):
    """A text that isn't a duration; the message says why."""


_CLOCK = re.compile(r"([0-9]{1,5}):([0-5][0-9])(?::([0-5][0-9]))?")
_PARTS = re.compile(
    r"(?:(?P<h>[0-9]{1,9}(?:[.,][0-9]{1,6})?) ?(?:hours?|hrs?|h) ?)?"
    r"(?:(?P<m>[0-9]{1,9}(?:[.,][0-9]{1,6})?) ?(?:minutes?|mins?|m) ?)?"
    r"(?:(?P<s>[0-9]{1,9}(?:[.,][0-9]{1,6})?) ?(?:seconds?|secs?|s))?",
    re.IGNORECASE,
)


def read_seconds(text: str) -> float:
    """A duration as people write it: 20s, 20 sec, 1 min, 1m30s, 1:30, 1h. Returns seconds.

    Raises:
        DurationError: the text isn't one, or it is longer than a day.

    >>> read_seconds("1m30s"), read_seconds("1:30"), read_seconds("2,5 sec")
    (90.0, 90.0, 2.5)
    """
    written = " ".join(text.split())
    if clock := _CLOCK.fullmatch(written):
        first, second, third = clock.groups()
        value = float(int(first) * 60 + int(second))
        if third is not None:
            value = value * 60 + int(third)
    elif (parts := _PARTS.fullmatch(written)) and any(parts.groups()):
        hours, minutes, rest = (float((parts[unit] or "0").replace(",", ".")) for unit in "hms")
        value = hours * 3600 + minutes * 60 + rest
    else:
        raise DurationError(f'"{written[:40]}" is not a duration')
    if value > DAY_SECONDS:
        raise DurationError(f'"{written[:40]}" is longer than 24 h')
    return value


def write_seconds(value: float) -> str:
    """A duration for a screen: 0:07, 12:30, 1:00:05.

    >>> write_seconds(59.6), write_seconds(3605)
    ('1:00', '1:00:05')
    """
    whole = round(value)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def write_time(value: time) -> str:
    """A time of day, of 24 hours.

    >>> write_time(time(9)), write_time(time(18, 30))
    ('9:00', '18:30')
    """
    return f"{value.hour}:{value.minute:02}"
