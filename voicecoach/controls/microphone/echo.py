"""The echo: what came back and what was played enter, aligned; what others said leaves.

A partitioned-block frequency-domain Kalman filter (Enzner and Vary, 2006; Kuech, Mabande and
Enzner, 2014): it learns the way from the loudspeaker to the microphone as a filter of PARTITIONS
blocks, fast while it knows little and slowly while somebody speaks into the coach.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voicecoach.controls.microphone import Samples

STEP = 256
"""Samples cancelled at once: 16 ms."""
PARTITIONS = 10
"""The room's answer is followed for so many steps: 160 ms."""
FORGETTING = 0.9997
"""How much of what is known of the room still holds a step later; tuned with bench/listening."""
FIRST_DOUBT = 0.1
"""How wrong the filter may be at first, in parts of the power with which the coach comes back. With
a hundred times as much, as textbooks have it, it is thrown off by the first word and takes long."""
NOISE_MEMORY = 0.9
"""How slowly the loudness of everything else is followed, per step."""

Spectrum = NDArray[np.complex128]


class Echo:
    """Takes the coach out of what the microphone heard, a STEP at a time."""

    def __init__(self, gain: float = 1.0) -> None:
        """`gain` is how loud the coach comes back, as a ratio of powers."""
        bins = STEP + 1
        self._filter: Spectrum = np.zeros((PARTITIONS, bins), np.complex128)
        self._doubt = np.full((PARTITIONS, bins), gain * FIRST_DOUBT)
        self._played: Spectrum = np.zeros((PARTITIONS, bins), np.complex128)
        self._noise = np.full(bins, 1e-6)
        self._before = np.zeros(STEP)

    def cancel(self, microphone: Samples, reference: Samples) -> tuple[Samples, Samples]:
        """What others said, and the coach's echo as estimated, of a STEP of both streams."""
        self._played = np.roll(self._played, 1, axis=0)
        self._played[0] = np.fft.rfft(np.concatenate([self._before, reference]))
        self._before = reference.astype(np.float64)
        echo = np.fft.irfft((self._filter * self._played).sum(axis=0))[STEP:]
        rest = microphone - echo
        self._learn(np.fft.rfft(np.concatenate([np.zeros(STEP), rest])))
        if np.dot(rest, rest) > np.dot(microphone, microphone):  # it has lost its way
            return microphone, echo.astype(np.float32)
        return rest.astype(np.float32), echo.astype(np.float32)

    def _learn(self, rest: Spectrum) -> None:
        power = np.abs(self._played) ** 2
        self._noise = NOISE_MEMORY * self._noise + (1 - NOISE_MEMORY) * np.abs(rest) ** 2
        gain = self._doubt / (0.5 * (power * self._doubt).sum(axis=0) + self._noise + 1e-9)
        change = np.fft.irfft(gain * np.conj(self._played) * rest, axis=1)
        change[:, STEP:] = 0  # a partition is no longer than a step
        self._filter = FORGETTING * (self._filter + np.fft.rfft(change, axis=1))
        kept = np.maximum(1 - 0.5 * gain * power, 0)
        moved = (1 - FORGETTING**2) * np.abs(self._filter) ** 2
        self._doubt = FORGETTING**2 * kept * self._doubt + moved
