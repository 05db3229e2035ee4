"""Texts of somebody else's: what a record holds enters; what a terminal or spreadsheet may be given
leaves.
"""

from __future__ import annotations

import re
import unicodedata

RISKY = re.compile(r"(^|;) *(?=[=+\-@＝＋－＠])")
"""Where a formula could begin, which a spreadsheet would run: some take wide signs for narrow ones,
and many take semicolons for the ends of cells."""


def cell(value: str | float | None) -> str | float | None:
    """A cell that no spreadsheet takes for a formula."""
    if not isinstance(value, str):
        return value
    return RISKY.sub(r"\g<0>'", shown(value))


def shown(text: str) -> str:
    """A text on one line, without what would steer a terminal."""
    kept = (c if unicodedata.category(c) not in ("Cc", "Cs") else " " for c in text)
    return " ".join("".join(kept).split())
