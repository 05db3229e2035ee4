"""Doses: a dose line or a length as people write it enters, a Dose's values leave."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal, get_args

from voicecoach.errors import quoted
from voicecoach.routine import Duration, Period, Progress, Unit
from voicecoach.units import DurationError, read_seconds

MOST_REPS = 10_000
"""The most reps of a script: a limit of the script language."""
LEAST_HOLD_SECONDS = 0.1
LEAST_BEAT_SECONDS = 0.5

Kind = Literal[
    "hold", "times", "sets", "rest", "rest between sets", "sides", "switch", "every", "unknown"
]
"""Which dose item it is; of each there can be one."""
_MOST_ITEMS = len(get_args(Kind))

LENGTH_HINT = "a length is written 20s, 1 min, 1m30s, 1:30 or 4 breaths"
ITEMS_HINT = (
    "a dose is made of: hold 20s, 3 times, 2 sets, rest 10s, each side, switch 8s, every 4s"
)

_COMMA = re.compile(
    r",(?!(?<=[0-9],)[0-9]{1,6}(?: ?[-–] ?[0-9.,]{1,9})? ?(?:s|secs?|seconds?|m|mins?|minutes?)\b)",
    re.IGNORECASE,
)
"""But for that of 1,5 min."""
_BREATHS = re.compile(r"([0-9]{1,9}) ?breaths?", re.IGNORECASE)
_RANGE = re.compile(r"(?P<low>.*?[0-9a-z])\s*(?:-|–|\bto\b)\s*(?P<high>[0-9].*)", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_PROGRESS = re.compile(
    r"add ([0-9]{1,9}) ?(sets?|reps?|times?|seconds?|secs?|s) every (?:([0-9]{1,9}) )?"
    r"(day|week|session)s?(?: done)?,?"
    r" up to ([0-9]{1,9}) ?(sets?|reps?|times?|seconds?|secs?|s)?",
    re.IGNORECASE,
)


class DoseError(ValueError):
    """One thing wrong in a dose or a length."""

    def __init__(self, cause: str, hint: str = "") -> None:
        self.cause, self.hint = cause, hint
        super().__init__(cause)


@dataclass(frozen=True, slots=True)
class DoseItem:
    """One item of a dose line."""

    text: str
    offset: int
    """Where it stands in the line, in characters from 0."""
    kind: Kind = "unknown"
    values: Mapping[str, Any] = field(default_factory=dict)
    """What it says, by the fields of Dose."""
    error: DoseError | None = None
    """Why it says nothing."""


def read_length(text: str, least: float = 0.0) -> Duration:
    """A length: seconds or breaths.

    Raises:
        DoseError: it isn't one, or is shorter than `least` seconds.
    """
    if breaths := _BREATHS.fullmatch(text.strip()):
        return Duration(breaths=read_count(breaths[1]))
    try:
        value = read_seconds(text)
    except DurationError as error:
        longer = "24 h" in str(error)
        raise DoseError(str(error), "" if longer else LENGTH_HINT) from None
    if value < least:
        raise DoseError(f"{quoted(text)} is too short", f"it takes at least {least:g}s")
    return Duration(value)


def read_count(text: str) -> int:
    """How many times something is done.

    Raises:
        DoseError: that can't be.
    """
    value = int(text) if len(text) < 8 else MOST_REPS + 1
    if not 1 <= value <= MOST_REPS:
        how = "many" if value else "few"
        raise DoseError(f"{quoted(text)} is too {how}", f"1 to {MOST_REPS:,} can be done")
    return value


def read_dose(line: str) -> list[DoseItem]:
    """The items of a dose line, each with what it says or why it says nothing."""
    items = []
    offset = 0
    # Who writes more items has slipped; they count as one.
    for written in _COMMA.split(line.rstrip().rstrip("."), _MOST_ITEMS):
        text = " ".join(written.split())
        start = offset + len(written) - len(written.lstrip())
        offset += len(written) + 1
        try:
            kind, values = read_item(text)
            items.append(DoseItem(text, start, kind, values))
        except DoseError as error:
            items.append(DoseItem(text, start, error=error))
    return items


def read_item(text: str) -> tuple[Kind, Mapping[str, Any]]:
    """A dose item's kind, and its values by the fields of Dose.

    Raises:
        DoseError: it isn't one, or has no such value.
    """
    for kind, pattern, read in _ITEMS:
        if match := pattern.fullmatch(text):
            return kind, read(match)
    hint = ITEMS_HINT if text else "is there a comma too many?"
    raise DoseError(f"unknown dose item {quoted(text)}", hint)


def read_progress(text: str) -> Progress:
    """`add 1 set every 3 days, up to 5 sets`.

    Raises:
        DoseError: it isn't written so.
    """
    match = _PROGRESS.fullmatch(" ".join(text.rstrip(".").split()))
    units = [_UNITS[unit.lower()[:3]] for unit in (match[2], match[6]) if unit] if match else []
    if not match or units[0] != units[-1]:
        raise DoseError(
            f"can't read the progress {quoted(text)}",
            "write it as: add 1 set every 3 days, up to 5 sets",
        )
    add, every, most = (read_count(number or "1") for number in match.group(1, 3, 5))
    return Progress(add, units[0], every, _PERIODS[match[4].lower()], most)


_UNITS: dict[str, Unit] = {
    "set": "sets",
    "rep": "reps",
    "tim": "reps",
    "sec": "seconds",
    "s": "seconds",
}
_PERIODS: dict[str, Period] = {"day": "days", "week": "weeks", "session": "sessions"}


def _hold(text: str) -> dict[str, Any]:
    if not (between := _RANGE.fullmatch(text)):
        return {"hold": read_length(text, LEAST_HOLD_SECONDS)}
    low, high = between["low"], between["high"]
    if _NUMBER.fullmatch(low) and ":" not in high:  # 20-30s: the unit stands once, behind both
        low += _NUMBER.sub("", high, count=1)
    least, most = (read_length(length, LEAST_HOLD_SECONDS) for length in (low, high))
    if (least.breaths > 0) != (most.breaths > 0):
        raise DoseError(f"the hold {quoted(text)} goes from breaths to seconds, or back")
    if least.at(1) > most.at(1):
        raise DoseError(f"the hold {quoted(text)} goes from more to less")
    return {"hold": least, "hold_most": most}


def _counts(field: str, match: re.Match[str]) -> dict[str, Any]:
    """A number of reps or sets, or a range of them."""
    least, most = (read_count(number) if number else None for number in match.groups())
    if least and most and least > most:
        raise DoseError(f"{quoted(match[0])} goes from more to less")
    return {field: least} | ({f"{field}_most": most} if most else {})


_COUNT = r"([0-9]+)(?: ?(?:-|–|to) ?([0-9]+))? ?"


def _item(
    kind: Kind, pattern: str, read: Callable[[re.Match[str]], dict[str, Any]]
) -> tuple[Kind, re.Pattern[str], Callable[[re.Match[str]], dict[str, Any]]]:
    return kind, re.compile(pattern, re.IGNORECASE), read


_ITEMS = [
    _item("hold", r"hold (?:for )?(.+)", lambda m: _hold(m[1])),
    _item("times", _COUNT + "(?:times?|reps?|repetitions?)", partial(_counts, "reps")),
    _item("times", r"once", lambda _: {"reps": 1}),
    _item("times", r"twice", lambda _: {"reps": 2}),
    _item("sets", _COUNT + "sets?", partial(_counts, "sets")),
    _item(
        "rest between sets",
        r"rest (?:for )?(.+?) between sets",
        lambda m: {"set_rest": read_length(m[1])},
    ),
    _item("rest", r"rest (?:for )?(.+?)(?: between reps)?", lambda m: {"rest": read_length(m[1])}),
    _item("sides", r"each side", lambda _: {"sides": "each"}),
    _item("sides", r"alternate sides", lambda _: {"sides": "alternate"}),
    _item("switch", r"switch (.+)", lambda m: {"switch": read_length(m[1])}),
    _item("every", r"every (.+)", lambda m: {"every": read_length(m[1], LEAST_BEAT_SECONDS)}),
]
