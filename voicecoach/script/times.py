"""Times of day: what `times:` says enters; when a session is to be done, each day, leaves."""

from __future__ import annotations

import re
from datetime import time

from voicecoach.errors import quoted
from voicecoach.script.dose import DoseError
from voicecoach.units import write_time

MOST_TIMES = 24
"""The most sessions a day: one an hour is more than anybody was told to do."""

_HINT = "write them as: 9:00, 13:00, 18:00, or 9 am, 1 pm, 6 pm"
_TIME = re.compile(
    r"([0-9]{1,2})(?:[:.h]([0-9]{2})| ?h)?(?: ?([ap])\.? ?m\.?)?(?: ?o.?clock)?", re.IGNORECASE
)
_BETWEEN = re.compile(r"\s*(?:[,;]\s*(?:and\b)?|\band\b|&)\s*", re.IGNORECASE)
_NAMED = {"noon": time(12), "midday": time(12), "midnight": time(0)}


def read_times(text: str) -> tuple[time, ...]:
    """`9:00, 13:00, 18:00`: times of day, of 24 hours or with am and pm, in the day's order.

    Raises:
        DoseError: it isn't written so.

    >>> [write_time(each) for each in read_times("6:30 pm, 9:00 and noon")]
    ['9:00', '12:00', '18:30']
    """
    written = _BETWEEN.split(" ".join(text.removesuffix(".").split()), MOST_TIMES)
    if len(written) > MOST_TIMES:
        raise DoseError(f"a day has room for {MOST_TIMES} times")
    times = [_read_time(each) for each in written]
    for number, each in enumerate(times):
        if each in times[:number]:
            raise DoseError(f"{write_time(each)} is said twice")
    return tuple(sorted(times))


def _read_time(text: str) -> time:
    if named := _NAMED.get(text.lower()):
        return named
    match = _TIME.fullmatch(text)
    if match is None:
        hint = _HINT if text else "is there a comma too many?"
        raise DoseError(f"{quoted(text)} is not a time of day", hint)
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise DoseError(f"{quoted(text)} is not a time of day", "the day's last is 23:59")
    if half and not 1 <= hour <= 12:
        raise DoseError(f"{quoted(text)} is not a time of day", _meant(hour % 24, minute))
    if not half and match[0].isdecimal():  # 9: in the morning, or did a list of counts slip in?
        raise DoseError(f"{quoted(text)} is not quite a time of day", _meant(hour % 24, 0))
    if hour == 24:
        raise DoseError(f"{quoted(text)} is not a time of day", _meant(0, 0))
    return time(hour % 12 + (12 if half == "p" else 0) if half else hour, minute)


def _meant(hour: int, minute: int) -> str:
    return f"did you mean {quoted(write_time(time(hour, minute)))}?"
