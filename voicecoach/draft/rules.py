"""Rules: a sentence of an article enters; what it says of holds, reps, sets, sides, days leaves."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, replace
from functools import lru_cache, partial
from typing import Any

from voicecoach.draft.doses import (
    MOST_HOLD_BREATHS,
    MOST_HOLD_SECONDS,
    MOST_REPS,
    MOST_SETS,
    Found,
    Growth,
    Length,
    Range,
)
from voicecoach.draft.numbers import has_content, normal

_N = r"(?<![0-9]/)([0-9]{1,4}(?:\.[0-9])?)(?:-([0-9]{1,4}(?:\.[0-9])?))?"
_TIME = r"(sec|min|breaths)\b"
_ABOUT = (
    r"(?:(?:for|up to|about|at least|around|roughly|another|only|a total of|the|a|of|it|this"
    r"|them) )*"
)
_LIMB = (
    r"(?:sides?|legs?|arms?|foot|feet|knees?|ankles?|hips?|shoulders?|hands?|wrists?|elbows?"
    r"|thumbs?|ways?)"
)
_MOVES = (
    r"(?:circles|presses|lifts|raises|squeezes|rolls|shrugs|rounds|cycles|positions|squats|taps"
    r"|turns|bends|swings|pulses|tilts|curls|bridges|stretches|slides|nods|pumps|repeats|goes)"
)
_HELD = r"(?:hold\w*|held|stay|remain|keep|squeeze|maintain|press|pause|balance)"
_A_DAY = r"(?:(?:a|per|each|every|/|in a|throughout the)\s?day\b|daily\b)"
_NOT_HELD = "".join(rf"(?<!{word} )" for word in ("after", "within", "in", "last", "every", "over"))


class _Reading:
    """A sentence being read: what has been understood of it is taken out of its text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: dict[str, Any] = {}

    def take(self, name: str, value: object) -> bool:
        """Whether this can be; noted, unless the sentence said it before."""
        if value is not None:
            self.found.setdefault(name, value)
        return value is not None


_Take = Callable[[_Reading, re.Match[str]], bool]


@lru_cache(4096)
def find_doses(sentence: str) -> Found:
    """What a sentence says of a dose; nothing where it says none."""
    reading = _Reading(f" {normal(sentence)} ")

    for pattern, take in _RULES:
        reading.text = pattern.sub(partial(_taken, reading, take), reading.text)
    found = Found(**reading.found)
    said = any(getattr(found, f.name) is not None for f in fields(found) if f.name != "only")
    return replace(found, only=said and not has_content(reading.text))


def _taken(reading: _Reading, take: _Take, match: re.Match[str]) -> str:
    """What stays of a match: all of it where it can't be, or what is to be heard."""
    if not take(reading, match):
        return match[0]
    return f"{match['heard']} " if "heard" in match.re.groupindex else " "


def _count(low: str, high: str | None, most: int) -> Range | None:
    least, greatest = float(low), float(high or low)
    if least != int(least) or not 1 <= least <= greatest <= most:
        return None
    return int(least), int(greatest)


def _length(low: str, high: str | None, unit: str | None) -> Length | None:
    times = 60 if unit == "min" else 1
    least, most = float(low) * times, float(high or low) * times
    if unit == "breaths":
        whole = least == int(least) and most == int(most)
        return (
            Length(least, most, "breaths")
            if whole and 1 <= least <= most <= MOST_HOLD_BREATHS
            else None
        )
    return Length(least, most) if 0.5 <= least <= most <= MOST_HOLD_SECONDS else None


def _reps(reading: _Reading, m: re.Match[str]) -> bool:
    return reading.take("reps", _count(m[1], m[2], MOST_REPS))


def _more(reading: _Reading, m: re.Match[str]) -> bool:
    """Two times more are three."""
    return reading.take("reps", _count(str(float(m[1]) + 1), None, MOST_REPS))


def _sets(reading: _Reading, m: re.Match[str]) -> bool:
    return reading.take("sets", _count(m[1], m[2], MOST_SETS))


def _lasting(name: str, reading: _Reading, m: re.Match[str]) -> bool:
    low, high, unit = m.groups()[-3:]
    return reading.take(name, _length(low, high, unit))


def _sets_of(reading: _Reading, m: re.Match[str]) -> bool:
    """3 x 12, 2 sets of 8, 3 x 30 sec, which is three holds."""
    if m[5]:
        hold, reps = _length(m[3], m[4], m[5]), _count(m[1], m[2], MOST_REPS)
        return reading.take("hold", hold) and reading.take("reps", reps)
    sets, reps = _count(m[1], m[2], MOST_SETS), _count(m[3], m[4], MOST_REPS)
    return reading.take("sets", sets) and reading.take("reps", reps)


def _reps_by_sets(reading: _Reading, m: re.Match[str]) -> bool:
    """10 reps x 3 sets."""
    reps, sets = _count(m[1], m[2], MOST_REPS), _count(m[3], m[4], MOST_SETS)
    return reading.take("reps", reps) and reading.take("sets", sets)


def _reps_of_holds(reading: _Reading, m: re.Match[str]) -> bool:
    """5 sec x 5, 30 sec x 3."""
    hold, reps = _length(m[1], m[2], m[3]), _count(m[4], m[5], MOST_REPS)
    return reading.take("hold", hold) and reading.take("reps", reps)


def _grows(reading: _Reading, m: re.Match[str]) -> bool:
    most = int(m["most"].split("-")[-1]) if m["most"] else 0
    match m["unit"][:3]:
        case "set":
            growth = Growth("sets", most or None)
        case "sec" | "min":
            growth = Growth("seconds", most * (60 if m["unit"] == "min" else 1) or None)
        case _:
            growth = Growth("reps", most or None)
    return reading.take("growth", growth)


def _days(reading: _Reading, m: re.Match[str]) -> bool:
    """Of a range, the lower bound is what can be kept: a few times a day are three."""
    times = _count(m[1], m[2], 12)
    return reading.take("a_day", times[0] if times else None)


def _hours(reading: _Reading, m: re.Match[str]) -> bool:
    """Every so many hours of the twelve in which people exercise."""
    hours = float(m[1] or 1)
    return reading.take("a_day", max(1, min(int(12 / hours) + 1, 12)) if hours else None)


def _says(name: str, value: object) -> _Take:
    return lambda reading, _: reading.take(name, value)


def _passes(reading: _Reading, match: re.Match[str]) -> bool:
    """It is no dose, and its numbers none either."""
    del reading, match
    return True


_hold, _lasts = partial(_lasting, "hold"), partial(_lasting, "lasts")
_rest, _set_rest = partial(_lasting, "rest"), partial(_lasting, "set_rest")
_WRITTEN: tuple[tuple[str, _Take], ...] = (
    # How it grows comes before all else, since it holds numbers that are no dose of today.
    (
        r"\b(?:(?:gradually|slowly|steadily|progressively) )?"
        r"(?:increas\w+|build(?:ing)? up|work(?:ing)? up|progress(?:ing)?|add(?:ing)?)\b"
        r"(?:(?! pain)[^.;0-9]){0,50}?"
        r"(?:\b(?:to|until)\b[^.;0-9]{0,24}(?P<most>[0-9]{1,3}(?:-[0-9]{1,3})?) ?)?"
        r"\b(?P<unit>sets?|reps?|repetitions|times|sec|min)\b(?: you practi[cs]e(?: the same)?)?",
        _grows,
    ),
    (
        r"\b(?:for|over|in) (?:at least |about |the (?:next|first) )?[0-9-]* ?(?:weeks?|months?)\b",
        _passes,
    ),
    (r"\b(?:get|stand) up\b.{0,40}\bevery [0-9 -]*(?:hours?|min)\b", _passes),
    (rf"\bice\b[^.;0-9]{{0,30}}{_N} min\b", _passes),
    # A tempo: up for 2 sec and down for 4 sec.
    (rf"{_N} sec (?:lowering|down|up)\b", _passes),
    (
        rf"\bfor {_ABOUT}{_N} sec,? (?:and|then) (?:then )?(?:lower|down)[^.;0-9]{{0,20}}{_N} sec",
        _passes,
    ),
    # How often a day: its "times" are no repetitions.
    (rf"{_N}(?: ?x| times| sessions)? ?{_A_DAY}", _days),
    (
        r"\b(?:times ?(?:/|per|a) ?day|frequency|how often|sessions)\s?[:=]\s?"
        rf"{_N}\s?(?:x|times)?(?! ?(?:times |x )?(?:/|per|a) ?week)",
        _days,
    ),
    (rf"\bevery {_N} hours?\b", _hours),
    (r"()\b(?:every hour|hourly)(?: while awake| through the day)?\b", _hours),
    (r"\b(?:every )?morning and (?:every )?(?:evening|night)\b", _says("a_day", 2)),
    (rf"{_N}(?: ?x| times)? ?(?:a|per|each|/) ?week\b", _passes),
    (r"\b(?:every (?:other|second) day|on most days(?: of the week)?)\b", _passes),
    (r"\b(?:daily|every day|each day)\b", _says("a_day", 1)),
    (r"\b(?:a|per) day\b", _passes),
    # Rests.
    (
        rf"\brest(?:ing)?\s?:?\s?{_ABOUT}{_N} ?{_TIME} (?:in )?between (?:sets|each set)",
        _set_rest,
    ),
    (
        rf"\b(?:rest(?:ing)?|relax|wait)\s?:?\s?{_ABOUT}{_N} ?{_TIME}"
        r"(?: (?:in )?between(?: \w+)?)?",
        _rest,
    ),
    (rf"{_N} ?{_TIME} (?:of )?rest\b", _rest),
    # Sets and reps together; holds with their reps.
    (
        rf"(?<![\w.]){_N} ?(?:x|sets? ?(?:of|x|,)?) ?{_ABOUT}{_N}(?: ?{_TIME})?"
        r"(?: holds?| reps| times)?",
        _sets_of,
    ),
    (
        rf"(?<![\w.]){_N} ?(?:reps|times),? ?x ?{_N}(?: ?sets?)?\b(?! ?(?:sec|min|cm|reps|times))",
        _reps_by_sets,
    ),
    (rf"{_N} ?{_TIME}(?: holds?)?,? ?x ?{_N}\b", _reps_of_holds),
    # Holds. What is held stays, to be heard: "press against the wall for 5 sec".
    (rf"\bholds?(?: times?| for)?\s?[:=]\s?{_ABOUT}{_N}(?: ?{_TIME})?", _hold),
    (rf"(?P<heard>\b{_HELD}\b[^.;0-9]{{0,60}}?)(?:\bfor )?{_ABOUT}{_N} ?{_TIME}", _hold),
    (rf"{_N} ?{_TIME}[ -]?holds?\b", _hold),
    (rf"\bdo {_ABOUT}{_N} breaths\b", _reps),
    (
        rf"{_NOT_HELD}\b(?:for |take |spend )?{_ABOUT}{_N} ?{_TIME}(?: (?:per|/|a|each)(?= \w+))?",
        _lasts,
    ),
    # Repetitions.
    (rf"(?<![\w.]){_N} (?:times more|more times)\b", _more),
    (rf"\b(?:reps?|repetitions?|repeats?)\s?[:=]\s?{_ABOUT}{_N}(?: ?(?:x|times|reps))?", _reps),
    (
        rf"(?<![\w.]){_N} (?:(?!(?:sec|min|sets|reps|times|of|on|to|x)\b)[a-z-]+ ){{0,2}}"
        rf"(?:reps|times|{_MOVES})\b",
        _reps,
    ),
    (rf"(?<![\w.]){_N} (?:[a-z-]+ )?[a-z]+s (?=(?:on|with|to|for) (?:each|per) {_LIMB}\b)", _reps),
    (rf"(?<![\w.])x ?{_N}\b(?! ?(?:sec|min|cm))", _reps),
    (rf"(?<![\w.]){_N} ?x(?![\w])", _reps),
    (rf"(?<![\w.]){_N},? (?=(?:on |to |with |for )?(?:each|per|every|a|/) ?{_LIMB}\b)", _reps),
    (rf"\b(?:do|perform) {_ABOUT}{_N} of (?:these|them|those)\b", _reps),
    (
        rf"\b(?:do|perform|repeat|complete|aim for)\b {_ABOUT}{_N}"
        r"(?= ?(?:on|with|to|per|each|/|\.|,|$))",
        _reps,
    ),
    # Sets.
    (rf"\bsets?\s?[:=]\s?{_N}", _sets),
    (rf"(?<![\w.]){_N} sets?\b", _sets),
    # Sides.
    (rf"\balternat\w+(?: (?:between )?(?:the )?{_LIMB})?\b", _says("sides", "alternate")),
    (
        r"(?<!in )\b(?:on |with |to |for |at )?(?:each|per|every|either|both(?= sides?\b)) "
        rf"{_LIMB}\b"
        r"|(?<=\s)(?:/|a) ?(?:side|leg|arm)\b",
        _says("sides", "each"),
    ),
    (
        # A hand may only help; a way may be round.
        rf"\b(?:on |with |to |for )?(?:the |your )?(?:other|opposite) (?!ways?|hands?){_LIMB}\b",
        _says("sides", "each"),
    ),
    (
        r"\b(?:repeat|same|again)\b[^.;]{0,30}?\b(?:on|with|to|for) (?:the |your )?"
        rf"(?:other hand|(?:left|right)\b(?: {_LIMB})?)",
        _says("sides", "each"),
    ),
    (
        rf"\b(?:swap|switch|change)(?: (?:sides|{_LIMB}|over))?(?= ?[.,;!)]| and\b| $)",
        _says("sides", "each"),
    ),
    (
        r"\b1 (?:leg|knee|foot|arm|heel|side|hip)\b"
        r"(?!.{0,40} the other\b(?! (?:leg|knee|foot|arm)))",
        _says("sides", "each"),
    ),
    (r"\bto one side\b(?! to the other)", _says("sides", "each")),
    (
        rf"(?=\b(?:left|right) {_LIMB}\b.{{0,50}}\b(?:and|then)\b.{{0,30}}"
        rf"\b(?:left|right) {_LIMB}\b)",
        _says("sides", "each"),
    ),
    (
        r"\b(?:to|on) the (?:left|right) and (?:then )?(?:to |on )?the (?:left|right)\b",
        _says("sides", "each"),
    ),
)
_RULES = [(re.compile(pattern), take) for pattern, take in _WRITTEN]
"""In order; each takes out what it has understood."""
