"""Directions: a paragraph's lines enter, its words and stage directions leave."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from voicecoach.errors import nearest, quoted
from voicecoach.library import CHIME_EVENTS, chime_sets
from voicecoach.routine import SIDES, Breathe, Hold, Part, Pause, Ring, Words
from voicecoach.script.dose import DoseError, read_count, read_length
from voicecoach.script.markup import MARK, speakable, tidy, unmarked
from voicecoach.script.section import Report, Section

_KINDS = ("pause", "hold", "breathe", "chime")
_SLIPS = {"wait": "pause", "rest": "pause"}
_DIRECTION = re.compile(r"(?<!\\)\(\s*([A-Za-z]{1,12})\b([^()]{0,200})\)")
_NUMBER = re.compile(r"[-+.\N{MINUS SIGN}]? ?[0-9]")
_BREATHS = re.compile(r"([0-9]+)(?: ?(?:times|breaths?))?")
_LOOSE = re.compile(r"[,.;:!?…।)]+(?=\s|$)")
"""Punctuation that stood behind a stage direction."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of a paragraph: `column` is where its text starts, from 1."""

    number: int
    column: int
    text: str


class _Paragraph:
    """A paragraph that is being read: finds its directions, tells where they stand."""

    def __init__(self, lines: Sequence[TextLine], report: Report) -> None:
        self.lines, self.report = lines, report
        self.text = "\n".join(line.text for line in lines)
        self.starts = list(accumulate((len(line.text) + 1 for line in lines), initial=0))
        self.directions: list[tuple[Part, int]] = []
        """Each with its line."""

    def place(self, offset: int) -> tuple[int, int]:
        """The line and column of a character."""
        index = bisect(self.starts, offset) - 1
        line = self.lines[index]
        return line.number, line.column + offset - self.starts[index]

    def mark(self, match: re.Match[str]) -> str:
        """A MARK for a direction; a parenthesis that is ordinary text stays."""
        kind, argument = match[1].lower(), " ".join(match[2].split())
        line, column = self.place(match.start())
        try:
            part = _read(kind, argument, line)
        except DoseError as error:
            self.report.error(line, column, error.cause, error.hint)
            part = None
        else:
            if part is None and (meant := _meant(kind, argument)):
                spoken = f"{quoted(match[0])} is spoken"
                self.report.warn(line, column, spoken, f"did you mean {meant}?")
        if part is None:
            return match[0]
        self.directions.append((part, line))
        return MARK


def read_parts(lines: Sequence[TextLine], section: Section, report: Report) -> tuple[Part, ...]:
    """The words and stage directions of one paragraph; the section notes where it names sides."""
    paragraph = _Paragraph(lines, report)
    section.sided += ((*paragraph.place(m.start()), m[0]) for m in SIDES.finditer(paragraph.text))
    first, *rest = unmarked(_DIRECTION.sub(paragraph.mark, paragraph.text)).split(MARK)
    parts: list[Part] = []
    if speakable(words := tidy(first)):
        parts.append(Words(words, lines[0].number))
    group = not parts
    for (direction, line), run in zip(paragraph.directions, rest, strict=True):
        parts.append(direction)
        loose = _LOOSE.match(run)
        if speakable(words := tidy(run[loose.end() :] if loose else run)):
            parts.append(Words(words, line, group))
            group = False
    return tuple(parts)


def has_direction(text: str) -> bool:
    """Whether there is what would be a stage direction in spoken text."""
    found = ((m[1].lower(), _amount(m[2])) for m in _DIRECTION.finditer(text))
    return any(kind in _KINDS and (_NUMBER.match(a) or kind == "chime") for kind, a in found)


def _amount(argument: str) -> str:
    return " ".join(argument.split()).removeprefix("for ")


def only_directions(text: str) -> bool:
    """Whether a line holds stage directions and nothing to be spoken."""
    return has_direction(text) and not speakable(_DIRECTION.sub("", text))


def _read(kind: str, argument: str, line: int) -> Part | None:
    """The direction, or None for a parenthesis that is ordinary text.

    Raises:
        DoseError: it must have been meant as a direction, but can't be followed.
    """
    if kind == "chime":
        return _ring(argument.lower())
    argument = _amount(argument)
    if kind not in _KINDS or not _NUMBER.match(argument):
        return None
    try:
        if kind == "breathe":
            return Breathe(_breaths(argument), line)
        if kind == "hold":
            return Hold(read_length(argument, 0.1), line)
        return Pause(read_length(argument))
    except DoseError:
        if len(argument.split()) > 2:  # may well be meant to be heard: (hold 5 seconds or longer)
            return None
        raise


def _ring(name: str) -> Ring | None:
    if len(name.split()) > 1:
        return None
    known = (*CHIME_EVENTS, *chime_sets())
    if name and name not in known:
        near = nearest(name, known)
        hint = f"did you mean (chime {near})?" if near else f"there are {', '.join(known)}"
        raise DoseError(f"unknown chime {quoted(name)}", hint)
    return Ring(name)


def _breaths(text: str) -> int:
    if not (breaths := _BREATHS.fullmatch(text)):
        raise DoseError(f"{quoted(text)} is not a number of breaths", "write (breathe 4)")
    return read_count(breaths[1])


def _meant(kind: str, argument: str) -> str:
    """The direction that a parenthesis probably was to be, or ""."""
    if kind in _KINDS:
        if argument and not _NUMBER.match(argument):
            return ""
        return "(breathe 4)" if kind == "breathe" else f"({kind} 10s)"
    near = _SLIPS.get(kind) or nearest(kind, _KINDS, 0.7) if argument[:1].isdigit() else ""
    try:
        return f"({near} {argument})" if near and _read(near, argument, 0) else ""
    except DoseError:
        return ""
