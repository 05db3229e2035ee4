"""Doses: a dose line or a length as people write it enters, a Dose leaves."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from voicecoach.errors import nearest, quoted
from voicecoach.routine import Dose, Duration, Progress
from voicecoach.units import DurationError, read_seconds

MOST_REPS = 10_000
"""The most reps of a script: a limit of the script language."""

LENGTH_HINT = "a length is written 20s, 1 min, 1m30s, 1:30 or 4 breaths"

_BREATHS = re.compile(r"([0-9]{1,5}) ?breaths?", re.IGNORECASE)
_RANGE = re.compile(r"(?P<low>.*?[0-9a-z])\s*(?:-|–|\bto\b)\s*(?P<high>[0-9].*)", re.IGNORECASE)
_STARTS = re.compile(
    r"(?:hold|rest|every|switch)\s+(?:for\s+)?[0-9]|[0-9]+\s*(?:times?|reps?|sets?|x)\b"
    r"|(?:once|twice|each\s+side|alternate\s+sides)$",
    re.IGNORECASE,
)
_SLIP = re.compile(
    r"([a-z]{3,8})\s+[0-9]{1,4}\s?[a-z:0-9]{0,8}(?:\s+between\s+sets)?$", re.IGNORECASE
)
_PROGRESS = re.compile(
    r"add ([0-9]{1,4}) ?(sets?|reps?|times?|seconds?|secs?|s) every (?:([0-9]{1,4}) )?"
    r"(days?|weeks?|sessions?)(?: done)?,?"
    r" up to ([0-9]{1,5}) ?(?:sets?|reps?|times?|seconds?|secs?|s)?",
    re.IGNORECASE,
)


class DoseError(ValueError):
    """One thing wrong in a dose: `offset` is where in the text, in characters from 0."""

    def __init__(self, cause: str, hint: str = "", offset: int = 0) -> None:
        self.cause, self.hint, self.offset = cause, hint, offset
        super().__init__(cause)


def read_length(text: str, least: float = 0.0) -> Duration:
    """A length: seconds or breaths.

    Raises:
        DoseError: it isn't one, or is not longer than `least` seconds.
    """
    if breaths := _BREATHS.fullmatch(text.strip()):
        count = int(breaths[1])
        if not 1 <= count <= MOST_REPS:
            raise DoseError(f"{quoted(text.strip())}: there can be 1 to {MOST_REPS} breaths")
        return Duration(breaths=count)
    try:
        value = read_seconds(text)
    except DurationError as error:
        longer = "24 h" in str(error)
        raise DoseError(str(error), "" if longer else LENGTH_HINT) from None
    if value < least or (least and value == 0):
        raise DoseError(f"{quoted(text.strip())} is too short", f"it takes at least {least:g}s")
    return Duration(value)


def looks_like_dose(line: str) -> bool:
    """Whether a line starts like a dose, so that failing to read it is an error.

    A sentence with its full stop is prose, whatever it starts with.

    >>> looks_like_dose("hold 20x"), looks_like_dose("Hold 20 seconds, then let go.")
    (True, False)
    """
    first = line.split(",", maxsplit=1)[0].strip()
    if _STARTS.match(first):
        return line.rstrip()[-1:] not in ".!?…:;" or _all_items_read(line)
    slip = _SLIP.fullmatch(first)
    return bool(slip and nearest(slip[1].lower(), ("hold", "rest", "every", "switch"), 0.7))


def starts_like_dose(line: str) -> bool:
    """Whether a line starts like a dose, prose or not: worth a warning when it is spoken."""
    return bool(_STARTS.match(line.strip()))


def read_dose(line: str, dose: Dose, given: set[str]) -> tuple[Dose, list[DoseError]]:
    """A dose with one more dose line; `given` collects which items were said."""
    problems = []
    offset = 0
    for written in line.rstrip().rstrip(".").split(","):
        item = " ".join(written.split())
        start = offset + len(written) - len(written.lstrip())
        offset += len(written) + 1
        try:
            kind, values = _read_item(item)
            if kind in given:
                raise DoseError(f"{kind} is said twice")  # noqa: TRY301
            given.add(kind)
            dose = replace(dose, **values)
        except DoseError as error:
            problems.append(DoseError(error.cause, error.hint, start))
    return dose, problems


def read_progress(text: str) -> Progress:
    """`add 1 set every 3 days, up to 5 sets`.

    Raises:
        DoseError: it isn't written so.
    """
    match = _PROGRESS.fullmatch(" ".join(text.rstrip(".").split()))
    if not match:
        raise DoseError(
            f"can't read the progress {quoted(text)}",
            "write it as: add 1 set every 3 days, up to 5 sets",
        )
    add, unit, every, period, most = match.groups()
    short = unit.lower()[:2]
    units: dict[str, Any] = {"se": "sets", "re": "reps", "ti": "reps", "s": "seconds"}
    name: Any = "seconds" if unit.lower().startswith("sec") else units[short]
    periods: dict[str, Any] = {"d": "days", "w": "weeks", "s": "sessions"}
    return Progress(int(add), name, int(every or 1), periods[period.lower()[0]], int(most))


def _all_items_read(line: str) -> bool:
    return not read_dose(line, Dose(), set())[1]


def _count(text: str) -> int:
    value = int(text) if len(text) < 8 else MOST_REPS + 1
    if not 1 <= value <= MOST_REPS:
        raise DoseError(
            f"{text} is too {'many' if value else 'few'}", f"1 to {MOST_REPS:,} can be done"
        )
    return value


def _hold(text: str) -> dict[str, Any]:
    if between := _RANGE.fullmatch(text):
        high = read_length(between["high"], 0.1)
        written = between["low"]
        if written.isdigit():  # "20-30s": the unit stands once, behind both
            written += re.sub(r"^[0-9.]+", "", between["high"])
        low = read_length(written, 0.1)
        if (low.breaths > 0) != (high.breaths > 0) or low.at(1) > high.at(1):
            raise DoseError(f"the hold {quoted(text)} goes from more to less")
        return {"hold": low, "hold_most": high}
    return {"hold": read_length(text, 0.1)}


_ITEMS: list[tuple[str, str, Callable[[re.Match[str]], dict[str, Any]]]] = [
    ("hold", r"hold (?:for )?(.+)", lambda m: _hold(m[1])),
    ("times", r"([0-9]+) ?(?:times?|reps?|repetitions?)", lambda m: {"reps": _count(m[1])}),
    ("times", r"once", lambda _: {"reps": 1}),
    ("times", r"twice", lambda _: {"reps": 2}),
    ("sets", r"([0-9]+) ?sets?", lambda m: {"sets": _count(m[1])}),
    ("rest between sets", r"rest (.+?) between sets", lambda m: {"set_rest": read_length(m[1])}),
    ("rest", r"rest (.+?)(?: between reps)?", lambda m: {"rest": read_length(m[1])}),
    ("sides", r"each side", lambda _: {"sides": "each"}),
    ("sides", r"alternate sides", lambda _: {"sides": "alternate"}),
    ("switch", r"switch (.+)", lambda m: {"switch": read_length(m[1])}),
    ("every", r"every (.+)", lambda m: {"every": read_length(m[1], 0.5)}),
]
_ITEM_PATTERNS = [(kind, re.compile(p, re.IGNORECASE), read) for kind, p, read in _ITEMS]
_VOCABULARY = [
    "hold",
    "rest",
    "every",
    "switch",
    "times",
    "reps",
    "sets",
    "each",
    "alternate",
    "side",
    "sides",
    "once",
    "twice",
    "between",
]


def _read_item(item: str) -> tuple[str, dict[str, Any]]:
    for kind, pattern, read in _ITEM_PATTERNS:
        if match := pattern.fullmatch(item):
            return kind, read(match)
    raise DoseError(f"unknown dose item {quoted(item)}", _suggest(item))


def _suggest(item: str) -> str:
    """The nearest dose item that can be read, with its words corrected."""
    if not item:
        return "is there a comma too many?"
    word_choices = [
        [word, *difflib.get_close_matches(word, _VOCABULARY, n=3)]
        for word in item.lower().split()[:6]
    ]
    attempts = [re.sub(r"^([0-9]+) ?x$", r"\1 times", item.lower())]
    attempts += [
        " ".join(words) for words in itertools.islice(itertools.product(*word_choices), 256)
    ]
    for attempt in attempts:
        if _readable(attempt):
            return f"did you mean {quoted(attempt)}?"
    return "a dose is made of: hold 20s, 3 times, 2 sets, rest 10s, each side, switch 8s, every 4s"


def _readable(item: str) -> bool:
    for _, pattern, read in _ITEM_PATTERNS:
        if match := pattern.fullmatch(item):
            try:
                read(match)
            except DoseError:
                return False
            return True
    return False
