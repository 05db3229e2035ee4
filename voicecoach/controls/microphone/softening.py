"""Softening: a cleaned stream and the coach's echo enter; it leaves with less left of him.

What the canceller leaves is as loud, note by note, as the echo was, less a leak that hardly
changes: so much is taken from each note, as one takes noise away (spectral subtraction).
"""

from __future__ import annotations

import numpy as np

from voicecoach.controls.microphone import Samples
from voicecoach.controls.microphone.echo import STEP

LEAK, LEAKS = -10.0, (-35.0, -6.0)
"""How loud what is left of the coach is beside his echo, in dB: what is taken for it at first, and
within which bounds it is followed, note by note."""
LEAK_STEP = 0.1
"""By so many dB a STEP, towards the median."""
FLOOR = 10 ** (-10 / 20)
"""What is kept of any note. Over a coach 10 dB louder 107 of 117 words of TUNE of bench/listening
were understood so, 105 with 6 dB at the most taken away, 99 with nothing."""
SMOOTHING = 0.6
"""What is kept per STEP of the powers compared."""
USUAL = 0.998
"""What is kept per STEP of how loud the echo usually is: the leak is told from what is louder."""
NEIGHBOURS = np.full(9, 1 / 9)
"""So many notes have about the same leak."""
AROUND = np.clip(np.arange(-4, STEP + 5), 0, STEP)
"""Every note, and beyond either end that one as a neighbour."""
WINDOW = np.sin(np.pi * (np.arange(2 * STEP) + 0.5) / (2 * STEP))
"""Twice applied, the halves of two windows add up to one."""


class Softening:
    """Takes a stream a STEP at a time, and gives it back a STEP later."""

    def __init__(self) -> None:
        notes = STEP + 1
        self._before = np.zeros((2, STEP))
        self._tail = np.zeros(STEP)
        self._powers = np.zeros((2, notes))
        self._usual = np.zeros(notes)
        self._leak = np.full(notes, LEAK)

    def soften(self, rest: Samples, echo: Samples) -> Samples:
        """The STEP before this one; this is what is left in it, and the coach's echo in it."""
        both = np.stack([rest, echo]).astype(np.float64)
        left, coach = np.fft.rfft(WINDOW * np.concatenate([self._before, both], axis=1))
        self._before = both
        now = np.abs(np.stack([left, coach])) ** 2
        self._powers = SMOOTHING * self._powers + (1 - SMOOTHING) * now
        out = WINDOW * np.fft.irfft(left * self._gain())
        softened: Samples = (self._tail + out[:STEP]).astype(np.float32)
        self._tail = out[STEP:]
        return softened

    def _gain(self) -> Samples:
        rest, echo = self._powers + 1e-12
        self._usual = USUAL * self._usual + (1 - USUAL) * echo
        rise = np.sign(10 * np.log10(rest / echo) - self._leak) * (echo > self._usual)
        rise *= echo > 1e-9
        self._leak = np.clip(self._leak + LEAK_STEP * rise, *LEAKS)
        leak = np.convolve(self._leak[AROUND], NEIGHBOURS, "valid")
        gain: Samples = np.maximum(1 - 10 ** (leak / 10) * echo / rest, FLOOR)
        gain[self._powers[1] < 1e-9] = 1
        return gain
