"""Values: a setting's text enters, its value leaves, or a ValueError that says what it takes."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable

from voicecoach.errors import nearest, quoted
from voicecoach.units import DurationError, read_seconds

SLOWEST_PACE, FASTEST_PACE = 0.5, 2.0
PACES = {"gentle": 0.85, "steady": 1.0, "brisk": 1.2}
COUNTDOWNS = (0, 3, 5, 10)
ON = ("on", "yes", "true")
OFF_WORDS = ("off", "no", "none", "false")


def key_name(text: str) -> str:
    """A key as it is read: get-ready, Get_Ready and "get ready" are one."""
    return " ".join(text.lower().replace("_", " ").replace("-", " ").split())


def number(low: float, high: float) -> Callable[[str], float]:
    """A number within bounds."""

    def read(text: str) -> float:
        try:
            value = float(text.strip().replace("\N{MINUS SIGN}", "-"))
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise ValueError(f"it takes a number from {low:g} to {high:g}")
        return value

    return read


def whole(low: int, high: int) -> Callable[[str], int]:
    """A number within bounds, rounded."""

    def read(text: str) -> int:
        return round(number(low, high)(text))

    return read


def volume(text: str) -> float:
    """A percentage as an amplitude, 0–1."""
    written = text.strip()
    try:
        percent = number(0, 100)(written.removesuffix("%"))
    except ValueError:
        percent = float("nan")
    # Who writes 0.5 means a half; to play it at half a percent would be silence.
    if not (percent == 0 or percent >= 1 or (percent > 0 and written.endswith("%"))):
        raise ValueError("it takes a percentage from 0 to 100, such as 50")
    return percent / 100


def length(low: float, high: float, such: str = "5s") -> Callable[[str], float]:
    """Seconds, as a bare number or as a duration is written, of which one is an example."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            try:
                value = read_seconds(text)
            except DurationError:
                value = float("nan")
        if not low <= value <= high:
            raise ValueError(f"it takes seconds from {low:g} to {high:g}, such as {such}")
        return value

    return read


def length_or_off(low: float, high: float, such: str) -> Callable[[str], float]:
    """Seconds as `length` reads them, or 0 for off."""
    some = length(low, high, such)
    return lambda text: 0.0 if text.strip().lower() in OFF_WORDS else some(text)


def word(*words: str) -> Callable[[str], str]:
    """One of these words."""

    def read(text: str) -> str:
        written = text.strip().lower()
        if written not in words:
            raise ValueError(f"it takes {', '.join(words)}{_meant(written, words)}")
        return written

    return read


def pace(text: str) -> float:
    """A pace by its name or as a number."""
    written = text.strip().lower()
    if written in PACES:
        return PACES[written]
    try:
        return number(SLOWEST_PACE, FASTEST_PACE)(written)
    except ValueError:
        takes = "it takes gentle, steady, brisk or a number from 0.5 to 2"
        raise ValueError(takes + _meant(written, tuple(PACES))) from None


def countdown(text: str) -> int:
    """How many seconds are counted; 0 for off."""
    written = text.strip().lower()
    if written in OFF_WORDS:
        return 0
    if written in map(str, COUNTDOWNS):
        return int(written)
    raise ValueError("it takes off, 3, 5 or 10")


def language(text: str) -> str:
    """A language's code, perhaps with a region: de-at."""
    tag = text.strip().replace("_", "-").lower()
    parts = tag.split("-")
    if not 2 <= len(parts[0]) <= 3 or not all(p.isascii() and p.isalnum() for p in parts):
        raise ValueError("it takes a language code such as en, es or de-at")
    return tag


def on(text: str) -> bool:
    """Whether it is on."""
    return word("on", "off", "yes", "no", "true", "false")(text) in ON


def on_or_auto(text: str) -> str:
    """Whether it is on: "on", "off" or "auto"."""
    written = word("auto", "on", "off", "yes", "no", "true", "false")(text)
    return written if written == "auto" else "on" if written in ON else "off"


def or_off(text: str) -> str:
    """A name as it stands, or "" for off."""
    return "" if text.strip().lower() in OFF_WORDS else text.strip()


LONGEST_SAID = 80
"""Characters of a word that is said differently, and of how it is said."""
MOST_SAID = 500
"""Words that are said differently."""


def say(word: str, said: str) -> tuple[str, str]:
    """A word and how it is said, in one normal form.

    Capitals within hyphens (AH-suh-nuh) show where the stress is; a voice would spell them.
    """
    word, said = (" ".join(unicodedata.normalize("NFC", text).split()) for text in (word, said))
    if not all(any(c.isalnum() for c in text) for text in (word, said)):
        raise ValueError("write the word and how it is said: say: asana = AH-suh-nuh")
    if max(len(word), len(said)) > LONGEST_SAID:
        raise ValueError(f"it takes up to {LONGEST_SAID} characters on each side")
    return word, " ".join(part.lower() if _stressed(part) else part for part in said.split())


def _stressed(word: str) -> bool:
    parts = word.split("-")
    stress = any(part.isupper() and len(part) > 1 for part in parts)
    return stress and any(part.islower() for part in parts)


def say_line(text: str) -> tuple[str, str]:
    """`asana = AH-suh-nuh`: one word or a few, and how they are said."""
    word, _, said = text.partition("=")
    if "=" in said:
        raise ValueError("one word a line: say: asana = AH-suh-nuh")
    return say(word, said)


def merge_says(*tables: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Words of several tables, each once: as the last table that has it says."""
    merged = {word.casefold(): (word, said) for table in tables for word, said in table}
    return tuple(merged.values())


def _meant(written: str, words: tuple[str, ...]) -> str:
    near = nearest(written, words)
    return f"; did you mean {quoted(near)}?" if near else ""
