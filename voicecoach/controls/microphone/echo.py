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
PARTITIONS = 16
"""The room's answer is followed for so many steps: 256 ms."""
FORGETTING, FORGETTING_FIRST = 0.9999, 0.9997
"""How much of what is known of the room still holds a step later, and how much as long as that is
little; tuned with bench/listening."""
ANYWHERE = 0.01
"""What may change where nothing comes back so far, in parts of the power with which the coach comes
back. Without, a filter that learnt little at first never learns."""
FIRST_DOUBT = 0.1
"""How wrong the filter may be at first, in parts of the power with which the coach comes back. With
a hundred times as much, as textbooks have it, it is thrown off by the first word and takes long."""
NOISE_MEMORY = 0.9
"""How slowly the loudness of everything else is followed, per step."""
AT_ONCE = 0.5
"""How much of what is left at the moment counts at once, in a room that is known, so that the first
sound of a word isn't learnt. With this, ANYWHERE and FORGETTING, words of TUNE were 19 dB louder
than what was left of a coach 10 dB louder than they (the median), not 16, and all but a tenth of
them 13, not 10."""

Spectrum = NDArray[np.complex128]


class Echo:
    """Takes the coach out of what the microphone heard, a STEP at a time."""

    def __init__(self, gain: float = 1.0) -> None:
        """`gain` is how loud the coach comes back, as a ratio of powers."""
        bins = STEP + 1
        self._least = gain * ANYWHERE
        self._filter: Spectrum = np.zeros((PARTITIONS, bins), np.complex128)
        self._doubt = np.full((PARTITIONS, bins), gain * FIRST_DOUBT)
        self._played: Spectrum = np.zeros((PARTITIONS, bins), np.complex128)
        self._power = np.zeros((PARTITIONS, bins))
        self._noise = np.full(bins, 1e-6)
        self._before = np.zeros(STEP)

    def cancel(
        self, microphone: Samples, reference: Samples, settled: bool
    ) -> tuple[Samples, Samples]:
        """What others said, and the coach's echo as estimated, of a STEP of both streams.

        `settled`: the room is known, and changes slowly.
        """
        for rows in (self._played, self._power):
            rows[1:] = rows[:-1]
        self._played[0] = np.fft.rfft(np.concatenate([self._before, reference]))
        self._power[0] = _power(self._played[0])
        self._before = reference.astype(np.float64)
        echo = np.fft.irfft((self._filter * self._played).sum(axis=0))[STEP:]
        rest = microphone - echo
        self._learn(np.fft.rfft(np.concatenate([np.zeros(STEP), rest])), settled)
        if np.dot(rest, rest) > np.dot(microphone, microphone):  # it has lost its way
            return microphone, echo.astype(np.float32)
        return rest.astype(np.float32), echo.astype(np.float32)

    def _learn(self, rest: Spectrum, settled: bool) -> None:
        keep = FORGETTING if settled else FORGETTING_FIRST
        power, left = self._power, _power(rest)
        self._noise = NOISE_MEMORY * self._noise + (1 - NOISE_MEMORY) * left
        noise = np.maximum(self._noise, AT_ONCE * left) if settled else self._noise
        gain = self._doubt / (0.5 * (power * self._doubt).sum(axis=0) + noise + 1e-9)
        change = np.fft.irfft(gain * np.conj(self._played) * rest, axis=1)
        change[:, STEP:] = 0  # a partition is no longer than a step
        self._filter = keep * (self._filter + np.fft.rfft(change, axis=1))
        kept = np.maximum(1 - 0.5 * gain * power, 0)
        moved = (1 - keep**2) * np.maximum(_power(self._filter), self._least)
        self._doubt = keep**2 * kept * self._doubt + moved


def _power(spectrum: Spectrum) -> NDArray[np.float64]:
    power: NDArray[np.float64] = spectrum.real**2 + spectrum.imag**2
    return power
