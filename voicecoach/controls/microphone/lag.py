"""The lag: both streams enter; which sample of the coach's comes back in which of ours leaves.

Samples are counted from the beginning of their own stream, so the lag is a difference of numbers.
Loudspeaker and microphone may have clocks of their own, which differ by some 100 parts in a
million: so the lag is a line, not a number, fitted to what is measured every second.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from voicecoach.controls.microphone import RATE, Samples

WINDOW = 2 * RATE
"""Samples of the microphone that a measurement hears."""
EVERY = RATE
"""Samples from one measurement to the next."""
GLANCE, NEARBY = RATE // 2, RATE // 4
"""Samples in which a jump is looked for, and how far it may be."""
FADE = np.sin(np.linspace(0, np.pi / 2, RATE // 50, dtype=np.float32)) ** 2
"""How what is compared fades in and out."""
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
NEAR, STILL_THERE = 3, 0.5
"""Samples around where it is expected; while the likeness there is more than that of the highest,
nothing has jumped."""
ENOUGH = 5
"""Measurements that tell how the clocks differ; before, NEAR is STRAY."""
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
        self._glanced: float | None = None
        """By how much it seemed to have jumped at the last glance."""
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
        delay = find_peak(find_likeness(microphone, reference))
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

    def glance(
        self, microphone: Samples, heard_end: int, reference: Samples, played_end: int
    ) -> bool:
        """Look over a GLANCE whether the lag has jumped: a loudspeaker that ran dry was silent for
        a moment, or a microphone lost one.

        `reference` is what is expected to come back in those samples, and NEARBY around it, and
        ends with number `played_end`.

        Returns:
            True where it has; the line has then jumped, too.
        """
        likeness = find_likeness(microphone, reference)
        delay = find_peak(likeness)
        if delay is None:
            return False
        before, self._glanced = self._glanced, None
        near = NEAR if len(self._measured) >= ENOUGH else round(STRAY)
        if likeness[NEARBY - near : NEARBY + near + 1].max() > STILL_THERE * likeness.max():
            return False
        self._glanced = jump = heard_end - played_end + delay - self.at(heard_end)
        if before is None or abs(jump - before) > NEAR:
            return False
        self._glanced = self._stray = None
        self._measured = deque(((place, lag + jump) for place, lag in self._measured), KEPT)
        self._line = self._line[0], self._line[1] + jump
        return True

    def _fit(self) -> bool:
        """Lay the line through what was measured; whether it is quite another than before."""
        places, lags = np.array(self._measured).T
        before, slope, centre = self._line[0], 0.0, places.mean()
        if places[-1] - places[0] >= 2 * RATE:
            slope = float(np.polyfit(places - centre, lags, 1)[0])
            slope = min(max(slope, -STEEPEST), STEEPEST)
        self._line = slope, float(lags.mean() - slope * centre)
        return abs(slope - before) > TURN


def find_likeness(microphone: Samples, reference: Samples) -> NDArray[np.float64]:
    """How alike they are by generalised cross-correlation (PHAT), in root mean squares of that.

    Shape (n + 1,), where the reference is n samples longer: by how far before its end stands what
    comes back at the microphone's end. Zeros if it is silent.
    """
    most = len(reference) - len(microphone)
    if not len(microphone) or np.sqrt(np.mean(reference**2)) < AUDIBLE:
        return np.zeros(most + 1)
    size = 1 << (len(reference) - 1).bit_length()  # at those places nothing comes round its end
    heard, played = np.fft.rfft(_faded(microphone), size), np.fft.rfft(_faded(reference), size)
    cross = played * np.conj(heard)
    frequencies = np.fft.rfftfreq(size, 1 / RATE)
    cross /= np.abs(cross) + 1e-9 * np.abs(cross).max() + 1e-20
    cross[(frequencies < BAND[0]) | (frequencies > BAND[1])] = 0
    likeness = np.abs(np.fft.irfft(cross, size)[: most + 1][::-1])
    likeness /= np.sqrt(np.mean(likeness**2)) + 1e-20
    return likeness


def find_peak(likeness: NDArray[np.float64]) -> float | None:
    """Where it is highest, to a fraction of a sample; None: there is no clear echo."""
    peak = int(likeness.argmax())
    if likeness[peak] <= CLEAR:  # or all are 0: a muted microphone
        return None
    if 0 < peak < len(likeness) - 1:
        left, top, right = likeness[peak - 1 : peak + 2]
        return peak + float(0.5 * (left - right) / (left - 2 * top + right))
    return float(peak)


def _faded(samples: Samples) -> Samples:
    """Without, of a chime nothing would be found but where both are cut off."""
    faded = samples.copy()
    faded[: len(FADE)] *= FADE
    faded[-len(FADE) :] *= FADE[::-1]
    return faded
