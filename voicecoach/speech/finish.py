"""Finishing: an engine's raw samples enter; the trimmed, levelled, click-free utterance leaves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voicecoach.sound import Samples, limit, quickened, resample

LOUDNESS = -20.0
"""LUFS of a voice in the mono mix: what makes most sessions as loud as tracks are to be (−19 LUFS,
chimes and all), and matched to the chimes. Set once for a voice: a "Go" is to stay softer than a
long sentence."""
AUDIBLE = 10 ** (-52 / 20)
"""Amplitude where an utterance begins and ends: 32 dB below its loudness, 6 dB above the
highest peak of the room tone."""
PEAK = 10 ** (-3 / 20)
"""The largest sample: 2 dB below a track's, so that levelling a session seldom has to limit it."""
EDGE = 96
"""Frames over which an abrupt start or end is made soft: 2 ms."""
VERSION = 5
"""Part of the cache's key: what this room does to samples, and how they are kept."""


def finish(raw: bytes, rate: float, gain: float, tempo: float = 1.0) -> NDArray[np.int16]:
    """An utterance from its first audible sample to its last, 16 bit, at the session rate.

    `raw` is 16-bit mono at `rate` Hz; `gain` an amplitude factor; `tempo` how much quicker it is
    made. Empty if nothing is audible.
    """
    samples = resample(np.frombuffer(raw, np.int16), rate) * np.float32(gain)
    if tempo != 1:
        samples = quickened(samples, tempo)
    heard = np.flatnonzero(np.abs(samples) >= AUDIBLE)
    if len(heard) == 0:
        return np.zeros(0, np.int16)
    samples = samples[heard[0] : heard[-1] + 1].copy()
    if np.abs(samples).max() > PEAK:
        samples = limit(samples, PEAK)
    _soften(samples)
    _soften(samples[::-1])
    return np.round(samples * 32767).astype(np.int16)


def _soften(samples: Samples) -> None:
    """Begin at the threshold of hearing, in place, where the engine began with a step."""
    length = min(EDGE, len(samples))
    step = abs(float(samples[0]))
    if step > 2 * AUDIBLE:
        samples[:length] *= np.linspace(AUDIBLE / step, 1, length, dtype=np.float32)
