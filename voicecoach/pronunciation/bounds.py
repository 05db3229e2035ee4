"""Bounds: a word enters, a pattern that finds it as a whole word, and never within one, leaves."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

START, END = r"(?<!\w)", r"(?!\w)"
"""A word's bounds, in a text whose marks are letters."""
_APOSTROPHE = "['’]"
UNJOINED = rf"{END}(?!{_APOSTROPHE}\w)"
"""The end of a word that no apostrophe joins to another: the m of "5 m", never that of "5 m's"."""
_JOINERS = "\u00ad\u200c\u200d"
_LETTERS = 0x17000
"""Tangut: letters as many as there are marks, that stand in no pattern."""


def marks_as_letters(text: str) -> str:
    r"""A text of the same length whose combining marks are letters, each another.

    `\w` leaves marks out: a word of Devanagari or of decomposed Latin would end before each.
    """
    return text if text.isascii() else text.translate(_marks())


@cache
def _marks() -> dict[int, int]:
    marks = [c for c in range(0x300, 0x2000) if unicodedata.category(chr(c)).startswith("M")]
    return {mark: _LETTERS + n for n, mark in enumerate([*map(ord, _JOINERS), *marks])}


def whole_word(written: str, *, elides: bool) -> str:
    """A pattern for a word or words in any case, any spaces between them.

    An apostrophe joins parts of one word (don't), but for an English 's behind it, and for what
    stands before it where the language elides (l'asana).
    """
    pattern = r"\s+".join(re.escape(part) for part in written.split())
    if re.match(r"\w", written):
        before = "" if elides else rf"(?<!\w{_APOSTROPHE})"
        pattern = f"{START}{before}{pattern}"
    if re.match(r"\w", marks_as_letters(written[-1:])):
        pattern += rf"{END}(?!{_APOSTROPHE}(?!s{END})\w)"
    return f"(?i:{pattern})"
