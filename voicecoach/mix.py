"""The mix: segments enter, pieces of samples leave. Live and export pull the same ones."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from voicecoach.background import FADE_OUT, Background
from voicecoach.sound import Samples
from voicecoach.timeline import Cue, Levels, Segment

BLOCK = 24_000
"""Frames of a block, at the most: half a second; segments end with a shorter one."""
LOOK = FADE_OUT
"""How far ahead of a block a background wants to know what comes: it ducks before a word, and
fades out before the end."""

Sound = Callable[[Cue, int], Samples]
"""A sounding cue's samples; no more than the frames that are free before the next sound."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A segment to be mixed from a frame on."""

    segment: Segment
    start: int = 0
    fresh: bool = False
    """Begins here: what began before and would still sound is left out."""

    def cues(self) -> list[Cue]:
        """The cues that sound in it, in their order."""
        since = [c for c in self.segment.cues if c.sounds and c.end > self.start]
        return [cue for cue in since if cue.start >= self.start or not self.fresh]


@dataclass(frozen=True, slots=True)
class Piece:
    """Samples, and which frames of which segment they are."""

    samples: Samples
    segment: Segment
    start: int

    def before(self, count: int) -> Piece:
        """Its first frames."""
        return Piece(self.samples[:count], self.segment, self.start)

    def after(self, count: int) -> Piece:
        """What remains without them."""
        return Piece(self.samples[count:], self.segment, self.start + count)


@dataclass(frozen=True, slots=True)
class Bed:
    """What lies under everything."""

    tone: Samples | None = None
    """The room tone's loop."""
    background: Background | None = None

    def lay(
        self,
        block: Samples,
        at: int,
        levels: Levels,
        speech: list[tuple[int, int]],
        end: int | None,
    ) -> None:
        """Add it to a block at frame `at` of a session, whose `end` may be known."""
        if self.tone is not None:
            _add_loop(block, self.tone, at)
        if self.background is not None and levels.bed:
            # Under a softer voice it steps back further.
            voice = levels.voice * levels.softest / levels.bed
            under = self.background.under(at, len(block), speech, end, voice)
            block += np.float32(levels.bed) * under


def mix(
    stretches: Iterable[Stretch],
    sound: Sound,
    levels: Levels,
    bed: Bed,
    at: int = 0,
    speech: list[tuple[int, int]] | None = None,
    block: int = BLOCK,
) -> Iterator[Piece]:
    """The stretches one after the other, in pieces of at most `block` frames, mono, float32.

    `at` is the frame of the session where the first begins, `speech` what was spoken before it;
    what is to be spoken is added there. Memory is a block and the cues that sound in it, however
    long the session; a background makes it look LOOK frames ahead.
    """
    speech = [] if speech is None else speech
    coming = iter(stretches)
    line: deque[Stretch] = deque()
    known, ended = at, False

    def look(until: int) -> None:
        nonlocal known, ended
        while known < until and not ended:
            stretch = next(coming, None)
            if stretch is None:
                ended = True
                return
            line.append(stretch)
            move = known - stretch.start
            speech.extend(
                (c.start + move, c.end + move) for c in stretch.cues() if c.kind == "speech"
            )
            known += stretch.segment.frames - stretch.start

    look(at + 1)
    while line:
        stretch = line.popleft()
        for piece in _pieces(stretch, sound, levels, block):
            if bed.background is not None:
                look(at + len(piece.samples) + LOOK)
            bed.lay(piece.samples, at, levels, speech, known if ended else None)
            at += len(piece.samples)
            while speech and speech[0][1] < at - LOOK:
                speech.pop(0)
            yield piece
        look(at + 1)


def _pieces(stretch: Stretch, sound: Sound, levels: Levels, size: int) -> Iterator[Piece]:
    """One stretch's pieces, without what lies under them."""
    segment = stretch.segment
    waiting = stretch.cues()
    waiting.reverse()
    samples: Samples | None = None
    for start in range(stretch.start, segment.frames, size):
        block = np.zeros(min(size, segment.frames - start), np.float32)
        end = start + len(block)
        while waiting and waiting[-1].start < end:
            cue = waiting[-1]
            if samples is None:
                room = (waiting[-2].start if len(waiting) > 1 else segment.frames) - cue.start
                samples = sound(cue, room)
            first, last = max(cue.start, start), min(cue.start + len(samples), end)
            level = np.float32(levels.amplitude(cue))
            if first < last:
                heard = samples[first - cue.start : last - cue.start]
                block[first - start : last - start] += level * heard
            if cue.start + len(samples) > end:
                break
            waiting.pop()
            samples = None
        yield Piece(block, segment, start)


def _add_loop(block: Samples, loop: Samples, at: int) -> None:
    """Add an endless loop to a block that stands at frame `at` of the session."""
    done = 0
    while done < len(block):
        offset = (at + done) % len(loop)
        piece = loop[offset : offset + len(block) - done]
        block[done : done + len(piece)] += piece
        done += len(piece)


def shaped(pieces: list[Piece], level: Samples, added: Samples | None = None) -> list[Piece]:
    """Pieces under a level curve, which stays at its last value, and with something added."""
    done = 0
    shaped = []
    for piece in pieces:
        samples = piece.samples.copy()
        reach = min(len(samples), len(level) - done)
        if reach > 0:
            samples[:reach] *= level[done : done + reach]
            if added is not None:
                samples[:reach] += added[done : done + reach]
        elif level[-1] == 0:
            samples[:] = 0
        done += len(samples)
        shaped.append(Piece(samples, piece.segment, piece.start))
    return shaped
