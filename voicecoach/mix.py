"""The mix: segments enter, blocks of samples leave. Live and export pull the same ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from voicecoach.sound import Samples
from voicecoach.timeline import Cue, Segment

BLOCK = 24_000
"""Frames of a block: half a second; segments end with a shorter one."""

Sound = Callable[[Cue], Samples]
"""A sounding cue's samples, exactly as many as it is long."""


def mix(
    segments: Iterable[Segment], sound: Sound, volume: float, tone: Samples | None
) -> Iterator[Samples]:
    """The session as blocks of at most BLOCK frames, mono, float32.

    `volume` scales voice and chimes; `tone` is a loop that lies under everything, or None.
    Memory is a block and the cues that sound in it, however long the session.
    """
    at = 0
    for segment in segments:
        for block in mix_segment(segment, sound, volume):
            if tone is not None:
                lay_under(block, tone, at)
            at += len(block)
            yield block


def mix_segment(segment: Segment, sound: Sound, volume: float) -> Iterator[Samples]:
    """One segment's blocks, without what lies under them."""
    waiting = iter([cue for cue in segment.cues if cue.sounds])
    cue = next(waiting, None)
    samples: Samples | None = None
    for start in range(0, segment.frames, BLOCK):
        block = np.zeros(min(BLOCK, segment.frames - start), np.float32)
        end = start + len(block)
        while cue is not None and cue.start < end:
            if samples is None:
                samples = sound(cue)
            first, last = max(cue.start, start), min(cue.start + len(samples), end)
            block[first - start : last - start] += (
                volume * samples[first - cue.start : last - cue.start]
            )
            if cue.start + len(samples) > end:
                break
            cue, samples = next(waiting, None), None
        yield block


def lay_under(block: Samples, loop: Samples, at: int) -> None:
    """Add an endless loop to a block that stands at frame `at` of the session."""
    done = 0
    while done < len(block):
        offset = (at + done) % len(loop)
        piece = loop[offset : offset + len(block) - done]
        block[done : done + len(piece)] += piece
        done += len(piece)
