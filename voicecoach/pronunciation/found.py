"""Finds: what a rule's pattern found in a text, as it is written there; and the rules."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """A match, read from the text rather than from what was searched, whose marks are letters."""

    text: str
    match: re.Match[str]
    group: int
    """The rule's own group in the pattern of all rules; the groups within it follow."""

    def __getitem__(self, number: int) -> str:
        """One of the rule's groups, "" where it found nothing; 0 is the whole."""
        start, end = self.match.span(self.group + number)
        return self.text[start:end] if start >= 0 else ""

    @property
    def before(self) -> str:
        """What stands before it, as far as that may matter."""
        start = self.match.start()
        return self.text[max(start - 20, 0) : start]

    @property
    def after(self) -> str:
        """What stands behind it, as far as that may matter."""
        end = self.match.end()
        return self.text[end : end + 40]

    @property
    def ends(self) -> bool:
        """Whether nothing more is said behind it."""
        return not any(c.isalnum() for c in self.after)


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern, and how what it finds is said: None where it is no such thing after all."""

    pattern: str
    read: Callable[[Found], str | None]
