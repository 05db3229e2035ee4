"""What is played: what goes out to the device enters; the same leaves as who listens wants it.

A stream is counted by its samples, and looked at by a clock only to notice that some are missing.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from voicecoach.controls.microphone import RATE, Samples
from voicecoach.units import RATE as SESSION_RATE

if TYPE_CHECKING:
    import soxr

LOST_SECONDS = 0.1
"""So much of a stream that didn't come means that it was interrupted."""
LOOK_SECONDS = 1.0
"""How long a stream is looked at before that is said: what is late on a busy machine comes."""
MOST_WAITING = 500
"""Blocks of what is played that wait for a microphone: ten seconds and more."""


class Played:
    """What goes out, as who listens wants it: `take` is called by the device, `give` by him."""

    def __init__(self) -> None:
        self._taken: deque[tuple[Samples, float]] = deque(maxlen=MOST_WAITING)
        self._stream = Continuity(SESSION_RATE)

    def take(self, samples: Samples, at: float) -> None:
        """The next samples, at the session's rate, at a moment on the monotonic clock."""
        self._taken.append((samples, at))

    def give(self, resampler: soxr.ResampleStream) -> tuple[Samples, bool]:
        """All that was taken, resampled; whether it was interrupted before that."""
        pieces: list[Samples] = []
        interrupted = False
        while self._taken:
            samples, at = self._taken.popleft()
            interrupted = self._stream.interrupted(len(samples), at) or interrupted
            pieces.append(resampler.resample_chunk(samples))
        return (np.concatenate(pieces) if pieces else np.zeros(0, np.float32)), interrupted


def open_resampler() -> soxr.ResampleStream:
    """From the session's rate to the microphone's."""
    import soxr

    return soxr.ResampleStream(SESSION_RATE, RATE, 1, dtype="float32")


class Continuity:
    """A device's samples against the clock: they may come late, but then all of them come."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._last: float | None = None
        self._begin(0.0)

    def _begin(self, at: float) -> None:
        self._first, self._count, self._until = at, 0, at + LOOK_SECONDS
        self._least: float | None = None
        """The least lag behind the clock in the last look, in seconds."""
        self._now = float("inf")
        """The same in this one."""

    def interrupted(self, count: int, at: float) -> bool:
        """Count so many samples that came at a moment; whether some are missing before them.

        >>> stream, moments = Continuity(100), [0, 0.1, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.9, 1.0]
        >>> any(stream.interrupted(10, at) for at in moments)
        False
        >>> [stream.interrupted(10, at) for at in (5, 5.1)]
        [True, False]
        >>> late = [5.2 + 0.1 * n + (0.3 if n > 15 else 0) for n in range(60)]  # 0.3 s are missing
        >>> [n for n, at in enumerate(late) if stream.interrupted(10, at)]
        [26]
        """
        if self._last is None or at - self._last > LOOK_SECONDS:
            begun, self._last = self._last is not None, at
            self._begin(at)
            self._count = count
            return begun
        self._last = at
        self._now = min(self._now, at - self._first - self._count / self._rate)
        self._count += count
        if at < self._until:
            return False
        least, self._least = self._least, self._now
        self._now, self._until = float("inf"), at + LOOK_SECONDS
        return least is not None and self._least - least > LOST_SECONDS
