"""Timelines: where each sound stands, in frames; and the same as JSON, for other programs."""

from voicecoach.timeline.plan import read_plan
from voicecoach.timeline.values import (
    LEAD_IN,
    SOUNDS,
    SPANS,
    VERSION,
    Chapter,
    Cue,
    LeftOut,
    Levels,
    Segment,
    Timeline,
    assemble,
)

__all__ = [
    "LEAD_IN",
    "SOUNDS",
    "SPANS",
    "VERSION",
    "Chapter",
    "Cue",
    "LeftOut",
    "Levels",
    "Segment",
    "Timeline",
    "assemble",
    "read_plan",
]
