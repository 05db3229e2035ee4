"""Material for exports whose sound is at hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from voicecoach.export.details import plan_details
from voicecoach.export.material import Material
from voicecoach.sound import Samples
from voicecoach.timeline import Timeline


def material(
    timeline: Timeline, blocks: Iterable[Samples], cover: bytes = b"", **details: str
) -> Material:
    """A timeline with its blocks, for one export; without a cover unless one is given."""

    def once() -> Iterator[Samples]:
        return iter(blocks)

    said = replace(plan_details(timeline), **details)  # type: ignore[arg-type]  # texts, all of them
    return Material(timeline, said, once, cover=lambda: cover)
