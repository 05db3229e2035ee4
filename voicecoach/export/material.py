"""Material: what an export is made of: a session's timeline, what is said about it, its sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from voicecoach.export.details import Details
from voicecoach.routine import Routine
from voicecoach.sound import Samples
from voicecoach.timeline import Timeline

Paper = Literal["a4", "letter"]


@dataclass(frozen=True, slots=True)
class Material:
    """A session as exports need it, whatever kind of file they write."""

    timeline: Timeline
    details: Details
    blocks: Callable[[], Iterator[Samples]]
    """The session's samples, mixed and levelled; each call begins anew."""
    routine: Routine | None = None
    """What the coach means; None where a plan is exported."""
    cover: Callable[[], bytes] = bytes
    """Gives its tracks' picture, JPEG or PNG; b"" for none."""
    paper: Paper = "a4"
    """What a handout is printed on."""
    track: str = ""
    """The name of the track that lies beside what is written."""


Tell = Callable[[int], None]
"""Told how many frames of the sound have been written."""
Writer = Callable[[Path, Material, Tell | None], None]
"""Writes one kind of file, as a table of them has it."""


def told(blocks: Iterator[Samples], tell: Tell | None) -> Iterator[Samples]:
    """The same blocks, while somebody is told how far they are."""
    done = 0
    for block in blocks:
        yield block
        done += len(block)
        if tell:
            tell(done)
