"""The lag: both streams enter; which sample of the coach's comes back in which of ours leaves.

Samples are counted from the beginning of their own stream, so the lag is a difference of numbers.
Loudspeaker and microphone may have clocks of their own, which differ by some 100 parts in a
million: so the lag is a line, not a number, fitted to what is measured every second.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from voicecoach.controls.microphone import LAG_SECONDS, RATE, Samples

WINDOW = 2 * RATE
"""Samples of the microphone that a measurement hears."""
EVERY = RATE
"""Samples from one measurement to the next."""
CLEAR = 16.0
"""How many times as high as the typical one the highest peak must be (its root mean square)."""
AUDIBLE = 1e-4
"""RMS of a reference in which there is something to measure: −80 dB."""
BAND = (150, 6000)
"""Hertz: where speech is, and loudspeakers can follow."""
KEPT = 30
"""Measurements that the line is fitted to."""
STRAY = 12.0
"""Samples that a measurement may lie off the line; further off, two that agree are a jump."""
STEEPEST = 400e-6
"""The most that two clocks differ."""
TURN = 15e-6
"""A change of the slope from which on what was learnt of the room must be learnt again."""


class Lag:
    """Measures and follows the lag, in samples, as a line over the microphone's stream.

    The coach's sample number n comes back in the microphone's sample number n + lag.
    """

    def __init__(self) -> None:
        self.delay = 0.0
        """How far behind the end of the reference its echo was when last measured, in samples."""
        self._measured: deque[tuple[int, float]] = deque(maxlen=KEPT)
        self._stray: float | None = None
        self._line = (0.0, 0.0)

    @property
    def known(self) -> bool:
        """Whether it was ever measured."""
        return bool(self._measured)

    @property
    def slope(self) -> float:
        """How much the lag grows each sample: how much faster the microphone's clock goes."""
        return self._line[0]

    def at(self, position: float) -> float:
        """The lag at a place in the microphone's stream."""
        slope, offset = self._line
        return slope * position + offset

    def measure(
        self, microphone: Samples, heard_end: int, reference: Samples, played_end: int
    ) -> bool | None:
        """Measure over the last WINDOW samples of the microphone, and those of the reference.

        `reference` begins LAG_SECONDS before; `heard_end` and `played_end` are the numbers at which
        the two end.

        Returns:
            True where the lag is another than before, None where nothing could be measured.
        """
        delay = find_delay(microphone, reference)
        if delay is None:
            return None
        found = heard_end - played_end + delay
        position = heard_end - WINDOW // 2
        if self.known and abs(found - self.at(position)) > STRAY:
            agree = self._stray is not None and abs(found - self._stray) <= STRAY
            self._stray = found
            if not agree:
                return None
            self._measured.clear()
        jumped = not self.known
        self._stray = None
        self.delay = delay
        self._measured.append((position, found))
        return self._fit() or jumped

    def _fit(self) -> bool:
        """Lay the line through what was measured; whether it is quite another than before."""
        places, lags = np.array(self._measured).T
        before, slope, centre = self._line[0], 0.0, places.mean()
        if places[-1] - places[0] >= 2 * RATE:
            slope = float(np.polyfit(places - centre, lags, 1)[0])
            slope = min(max(slope, -STEEPEST), STEEPEST)
        self._line = slope, float(lags.mean() - slope * centre)
        return abs(slope - before) > TURN


def find_delay(microphone: Samples, reference: Samples) -> float | None:
    """By generalised cross-correlation (PHAT), to a fraction of a sample; None: no clear echo.

    It is how far before the reference's end stands what comes back at the microphone's end.
    """
    if not len(microphone) or np.sqrt(np.mean(reference**2)) < AUDIBLE:
        return None
    size = 1 << (len(reference) + len(microphone) - 1).bit_length()
    heard, played = np.fft.rfft(microphone, size), np.fft.rfft(reference, size)
    cross = played * np.conj(heard)
    frequencies = np.fft.rfftfreq(size, 1 / RATE)
    cross /= np.abs(cross) + 1e-9 * np.abs(cross).max() + 1e-20
    cross[(frequencies < BAND[0]) | (frequencies > BAND[1])] = 0
    most = round(LAG_SECONDS * RATE)
    likeness = np.fft.irfft(cross, size)[: most + 1][::-1]  # by lag: 0 to most
    height = np.abs(likeness)
    peak = int(height.argmax())
    if height[peak] <= CLEAR * np.sqrt(np.mean(likeness**2)):  # or both are 0: a muted microphone
        return None
    if 0 < peak < most:
        left, top, right = height[peak - 1 : peak + 2]
        return peak + float(0.5 * (left - right) / (left - 2 * top + right))
    return float(peak)
