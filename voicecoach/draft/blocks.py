"""Blocks: what every reader makes of an article: headings, list items and paragraphs, in order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from voicecoach.script.markup import clean, speakable

Kind = Literal["heading", "numbered", "bullet", "row", "text"]

LABELS = re.compile(
    r"(?:hold(?:s| times?)?|reps?|repetitions?|repeats?|sets?|frequency|rest|duration|time"
    r"|times?\s?(?:/|per|a)\s?(?:day|week)|sides?|how often)",
    re.IGNORECASE,
)
"""What heads a column, or stands before a colon, that tells a dose."""
_BRACES = str.maketrans("{}", "()")
"""{side} would become a side."""
_NAME = re.compile(r"[^\W\d]{2}")
_NOTHING = re.compile(r"[\s\-–—/.]*|n/?a|none", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, list item, table row or paragraph (of plain text, perhaps one line of it)."""

    kind: Kind
    text: str
    place: str
    """Where it stands, to be said to people: "line 12", "page 2"."""
    level: int = 0
    """Of a heading, 1 is the highest; 7 is a line that only looks like one: bold, say."""
    gap: bool = True
    """Whether it stands apart from what is before it."""
    title: str = ""
    """The name before its text, where the article's own form tells them apart."""


def tidy(text: str) -> str:
    """Text on one line, without what can't be spoken, nor what the script language replaces."""
    return " ".join(clean(text).translate(_BRACES).split())


def names(text: str) -> bool:
    """Whether a line that is bold as a whole may be a heading, rather than a warning."""
    return len(text) <= 80 and text[-1:] not in ".!?"


def led(bold: str, rest: str) -> str:
    """A paragraph that begins in bold: a full stop behind a name is as good as a colon.

    >>> led("Wall sit.", " Lean against a wall."), led("Stop", " if it hurts.")
    ('Wall sit: Lean against a wall.', 'Stop if it hurts.')
    """
    name = bold.rstrip()
    ends = name.endswith(".") and rest.strip()
    return f"{name[:-1]}: {rest.lstrip()}" if ends else f"{bold}{rest}"


def words(text: str) -> frozenset[str]:
    """Words parted by spaces, to look others up in."""
    return frozenset(text.split())


def row_blocks(header: Sequence[str], cells: Sequence[str], place: str) -> list[Block]:
    """A table's row: its first cell is a name, short cells are doses, long ones are sentences.

    A row of doses alone, or of a label and what it says, is about what stands above the table.
    """
    cells = [tidy(cell) for cell in cells]
    heads = [tidy(head).rstrip(": ") for head in header]
    heads += [""] * (len(cells) - len(heads))
    if is_label(cells[0]) and len(cells) > 1 and not any(heads):
        values = [cell for cell in cells[1:] if not _NOTHING.fullmatch(cell)]
        return [Block("text", f"{cells[0].rstrip(': ')}: {', '.join(values)}", place, gap=False)]
    named = next(
        (i for i, cell in enumerate(cells) if not is_label(heads[i]) and _NAME.search(cell)), -1
    )
    doses, texts = [], []
    for head, cell in zip(heads[named + 1 :], cells[named + 1 :], strict=False):
        if _NOTHING.fullmatch(cell):
            continue
        if is_label(head):
            doses.append(f"{head}: {cell}")
        elif speakable(cell):
            texts.append(cell)
    said = [Block("text", text, place, gap=False) for text in texts]
    if named >= 0:
        return [Block("row", "; ".join(doses), place, title=cells[named]), *said]
    return [Block("text", "; ".join(doses), place, gap=False), *said] if doses else said


def is_label(cell: str) -> bool:
    """Whether a table's cell only says which part of a dose stands below or beside it."""
    return bool(LABELS.fullmatch(cell.strip(" :")))


def heads_doses(cells: Sequence[str]) -> bool:
    """Whether a table's row is a header whose columns tell doses."""
    known = sum(map(is_label, cells))
    values = any(cell.strip()[:1].isdigit() for cell in cells)  # a label beside its number
    return len(cells) > 1 and known >= min(2, len(cells) - 1) and not values
