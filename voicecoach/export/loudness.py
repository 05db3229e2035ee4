"""Loudness: a session's cues or blocks enter; the gain that tracks need leaves, and its limits.

A session is levelled as a whole, by one gain: nothing pumps, and the room tone in its pauses stays
as faint as it is. What its loudness is follows from each sound's own, as FFmpeg's EBU R128 meter
hears it, and from where it stands.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from voicecoach.sound import HOP, Limiter, Meter, Metered, Samples
from voicecoach.timeline import Cue, Levels

MONO = -19.0
"""LUFS of a track, integrated. Podcasts are to have −16 in stereo; a mono file sounds from both
loudspeakers and is 3 LU louder for it, so −19 there (AES TD1008, Apple's and EBU's practice)."""
LOUDEST, SOFTEST = -5.0, -50.0
"""LUFS that may be asked for."""
CEILING = 10 ** (-1.5 / 20)
"""The largest sample of a track: −1 dBTP, less what lies between samples …"""
HELD = 10 ** (-2 / 20)
"""… of which there is more where peaks are held there."""
MOST_GAIN = 10.0
"""20 dB."""
ABSOLUTE_GATE, RELATIVE_GATE = -70.0, -10.0
"""LUFS, and LU below the mean of what passes the first: what is softer doesn't count (BS.1770)."""


class SessionMeter:
    """Hears a session's cues one by one; knows how loud the whole is, and its largest sample."""

    def __init__(self, levels: Levels, metered: Callable[[Cue], Metered]) -> None:
        self._levels, self._metered = levels, metered
        self._known: dict[tuple[object, ...], Metered] = {}
        self._power = np.zeros(0)
        self.peak = 0.0

    def hear(self, cues: Iterable[Cue], at: int = 0) -> None:
        """Add cues whose positions count from a frame of the session."""
        for cue in cues:
            if not cue.sounds:
                continue
            metered = self._one(cue)
            level = self._levels.amplitude(cue)
            first = round((at + cue.start) / HOP)
            last = first + len(metered.power)
            if last > len(self._power):
                self._power = np.concatenate([self._power, np.zeros(last + len(self._power))])
            self._power[first:last] += level**2 * metered.power
            self.peak = max(self.peak, level * metered.peak)

    @property
    def integrated(self) -> float:
        """LUFS of what was heard; −70 of nothing."""
        return gated(self._power)

    def _one(self, cue: Cue) -> Metered:
        """The same sound is metered once, though whoever meters it may have forgotten it."""
        key = (cue.kind, cue.spoken or cue.text, cue.voice, cue.wpm, cue.pitch, cue.sound)
        if key not in self._known:
            self._known[key] = self._metered(cue)
        return self._known[key]


def gated(power: NDArray[np.float64]) -> float:
    """Integrated loudness in LUFS of momentary ones, as powers (10 to a tenth of the LUFS).

    >>> round(gated(10 ** (np.array([-20.0, -20, -20, -60, -90]) / 10)), 1)
    -20.0
    """
    loud = power[power > 10 ** (ABSOLUTE_GATE / 10)]
    if len(loud):
        loud = loud[loud > loud.mean() * 10 ** (RELATIVE_GATE / 10)]
    return 10 * math.log10(loud.mean()) if len(loud) else ABSOLUTE_GATE


def measured(blocks: Iterable[Samples]) -> tuple[float, float]:
    """Integrated loudness in LUFS, and the largest sample, of a whole mix."""
    meter, peak = Meter(), 0.0
    for block in blocks:
        meter.hear(block)
        peak = max(peak, float(np.abs(block).max(initial=0)))
    return meter.integrated, peak


def gain_to(loudness: float, integrated: float, gain: float = 1) -> float:
    """The factor that brings a session from one loudness to another, where it has `gain` already;
    at most MOST_GAIN, for silence has no loudness.
    """
    return min(gain * 10 ** ((loudness - integrated) / 20), MOST_GAIN)


def limited(blocks: Iterable[Samples], peak: float) -> Iterator[Samples]:
    """The blocks with no sample over CEILING; as they are where their largest isn't."""
    if peak <= CEILING:
        yield from blocks
        return
    limiter = Limiter(HELD)
    for block in blocks:
        yield from limiter.hold(block)
    yield from limiter.rest()
