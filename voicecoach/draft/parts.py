"""Parts: what an article is taken apart into: sentences with their places, exercises of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from voicecoach.draft.names import without_label
from voicecoach.draft.roles import instructs
from voicecoach.draft.rules import find_doses
from voicecoach.script.markup import sentences

LISTED, TITLED = 9, 8
"""Levels below those of headings: of items, of short lines that look like names."""
_UNIT_ENDS = re.compile(r"\b((?:secs?|mins?|s|reps|x)\.)\s+(?=[A-Z0-9])")
"""Where a sentence ends that ends in an abbreviation."""


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of the article, and where it stands."""

    text: str
    place: str
    warns: bool = False
    """Whether it stands in a list of reasons to stop."""


@dataclass(frozen=True, slots=True)
class Outline:
    """An article, taken apart."""

    title: str
    around: tuple[Line, ...]
    """What belongs to no exercise, in order."""
    exercises: tuple[tuple[str, tuple[Line, ...]], ...]


@dataclass(slots=True)
class Part:
    """An exercise, or what stands around them, as it is being gathered."""

    name: str = ""
    level: int = 0
    language: str = "en"
    lines: list[Line] = field(default_factory=list)
    does: bool = False
    """Whether it says what to do."""
    dosed: bool = False
    """Whether it says how long or how often."""

    @property
    def listed(self) -> bool:
        """Whether it is an item of a list: a paragraph apart ends it."""
        return self.level == LISTED

    def add(self, text: str, place: str, *, warns: bool = False) -> None:
        """A block's sentences, without the label before them: Starting position, Action."""
        for stretch in _UNIT_ENDS.sub(r"\1\n", without_label(text)).split("\n"):
            for sentence in sentences(stretch, self.language):
                self.lines.append(Line(sentence, place, warns))
                self.does = self.does or instructs(sentence.lower(), fragments=False)
                self.dosed = self.dosed or find_doses(sentence).doses
