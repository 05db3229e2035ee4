"""Listening: blocks enter, reports leave; the one way from a microphone to a Command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from voicecoach.controls.microphone import Block, Recogniser, Report


def listen(blocks: Iterable[Block], recogniser: Recogniser) -> Iterator[Report]:
    """What is said, as soon as it can be told; reads a block at a time, and no clock."""
    raise NotImplementedError
