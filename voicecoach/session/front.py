"""The front: what the stream gives enters; what the device plays leaves, to the sample.

Over the stream, and without a say in it, lie the soft answers to spoken commands; and while
somebody speaks, all of it is softer. Who listens is told the very samples that go out.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

import numpy as np

from voicecoach.output import Source
from voicecoach.sound import Samples
from voicecoach.units import frames

DUCK_DB = 12.0
"""How much softer the coach is while somebody speaks: heard, and easily talked over."""
DOWN = frames(0.02)
"""The way down: one block of a microphone."""
UP = frames(0.6)
"""The way up again, too slow to startle."""
PATIENCE = frames(4)
"""For so long it may be softer while nobody asks for anything: who speaks may be a radio. What was
spent comes back in four times its time, or with a command."""
REGAIN = 4

Tap = Callable[[Samples, float], None]
"""Is told what goes out, and when on the monotonic clock; in the device's thread, so at once."""


class Front:
    """Stands between the stream and the device, which calls `read`; the rest is for any thread."""

    def __init__(self, source: Source, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        """Tells when something goes out."""
        self.pulled = 0
        """Frames that have gone out, silence too: the session's clock."""
        self.taps: list[Tap] = []
        """Who is told what goes out."""
        self._source = source
        self._lock = threading.Lock()
        self._answers: deque[Samples] = deque()
        """What is left of the answers that sound."""
        self._speaking = False
        self._down_db = 0.0
        self._spent = 0.0

    def read(self, wanted: int) -> Samples:
        """The next frames for the device; as voicecoach.output.Source."""
        samples = self._source(wanted)
        with self._lock:
            samples = self._answered(self._ducked(samples))
            self.pulled += len(samples)
            for tap in self.taps:
                tap(samples, self.clock())
        return samples

    def duck(self, speaking: bool) -> None:
        """Be softer from the next block on, or come back."""
        with self._lock:
            self._speaking = speaking

    def answer(self, chime: Samples, level: float) -> None:
        """Let a chime sound from the next block on, over whatever sounds or doesn't."""
        with self._lock:
            self._answers.append(chime * np.float32(level))
            self._spent = 0

    def _ducked(self, samples: Samples) -> Samples:
        count = len(samples)
        down = self._speaking and self._spent < PATIENCE
        used = count if self._speaking else -count / REGAIN
        self._spent = min(max(self._spent + used, 0.0), PATIENCE)
        if not count or (not down and self._down_db == 0):
            return samples
        step = DUCK_DB / DOWN if down else -DUCK_DB / UP
        path = np.clip(self._down_db + step * np.arange(1, count + 1), 0, DUCK_DB)
        self._down_db = float(path[-1])
        gain: Samples = (10 ** (-path / 20)).astype(np.float32)
        return samples * gain

    def _answered(self, samples: Samples) -> Samples:
        if not self._answers:
            return samples
        samples = samples.copy()
        for _ in range(len(self._answers)):
            chime = self._answers.popleft()
            count = min(len(chime), len(samples))
            samples[:count] += chime[:count]
            if len(chime) > count:
                self._answers.append(chime[count:])
        clipped: Samples = np.clip(samples, -1, 1)
        return clipped
