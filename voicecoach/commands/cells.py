"""Texts of somebody else's: what a record holds enters; what a terminal or spreadsheet may be given
leaves.
"""

from __future__ import annotations

import re
import unicodedata

RISKY = re.compile(r"(^|;) *(?=[=+\-@＝＋－＠])")
"""Where a formula could begin, which a spreadsheet would run: some take wide signs for narrow ones,
and many take semicolons for the ends of cells."""

TURNING = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
"""Kinds of characters, as Unicode's bidirectional algorithm names them."""


def cell(value: str | float | None) -> str | float | None:
    """A cell that no spreadsheet takes for a formula."""
    if not isinstance(value, str):
        return value
    return RISKY.sub(r"\g<0>'", shown(value))


def shown(text: str) -> str:
    """A text on one line, without what would steer a terminal."""
    kept = (" " if unicodedata.category(c) in ("Cc", "Cs") or _turns(c) else c for c in text)
    return " ".join("".join(kept).split())


def _turns(character: str) -> bool:
    """Whether what follows would run the other way, beyond the text's own end."""
    return unicodedata.bidirectional(character) in TURNING
