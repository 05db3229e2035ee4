"""A hall: loudspeaker, microphone and a person on one clock, which waits for whoever listens.

So a coached session runs in full duplex, with the real models, on a machine as slow as may be.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from voicecoach.controls.capture import Taken
from voicecoach.controls.microphone import BLOCK, RATE, Condition, Report
from voicecoach.controls.microphone.ear import Ear
from voicecoach.controls.played import open_resampler
from voicecoach.errors import UnavailableError
from voicecoach.units import RATE as SESSION_RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from voicecoach.output import Source

LAG = round(0.08 * RATE)
"""How much later the microphone hears the loudspeaker."""
NOISE = 3e-4
"""RMS of the microphone's own noise."""
MOST_BEHIND = 3 * RATE // 2
"""By so many samples who listens may be behind."""
FASTEST = 1.5
"""Times real time, or a session's thread couldn't keep up."""


class HallMicrophone:
    """As voicecoach.controls.capture.Capture."""

    def __init__(self, given: queue.SimpleQueue[Taken | None]) -> None:
        self._given = given

    def read(self) -> Taken:
        taken = self._given.get()
        if taken is None:
            raise UnavailableError("the microphone is closed")
        return taken

    def close(self) -> None:
        self._given.put(None)


class Hall:
    """An output and a capture at once: its clock is what both have passed."""

    def __init__(self) -> None:
        self.at = 0
        """Samples of the microphone so far."""
        self.reports: list[Report] = []
        """What was reported of what the microphone heard."""
        self._echo = reverberation()
        self._said: list[tuple[int, NDArray[np.float32]]] = []
        self.given: queue.SimpleQueue[Taken | None] = queue.SimpleQueue()
        self._heard_until = 0
        self._over = threading.Event()
        self._closed = False
        self._lock = threading.Condition()

    def say(self, samples: NDArray[np.float32]) -> int:
        """A person says this now; returns where it ends, in samples of the microphone."""
        with self._lock:
            self._said.append((self.at, samples))
            return self.at + len(samples)

    def clock(self) -> float:
        """Seconds that have passed here."""
        return self.at / RATE

    def wait_until(self, at: int) -> None:
        """Let time pass."""
        deadline = time.monotonic() + 600
        with self._lock:
            while self.at < at and not self._over.is_set():
                assert time.monotonic() < deadline, "time stands still"
                self._lock.wait(1)

    # As voicecoach.output.Output.

    def start(self, source: Source) -> None:
        threading.Thread(target=self._run, args=(source,), daemon=True).start()

    def wait(self, timeout_seconds: float) -> bool:
        return self._over.wait(timeout_seconds)

    def close(self) -> None:
        self._closed = True
        self._over.set()

    def open_capture(self, device: str) -> HallMicrophone:
        """The microphone, which is there until it is closed."""
        return HallMicrophone(self.given)

    def open_ear(self, language: str, tell: Callable[[Report], None]) -> Ear:
        """An Ear that lets the hall know how far it is."""

        def told(report: Report) -> None:
            tell(report)
            self.reports.append(report)
            if isinstance(report, Condition):
                with self._lock:
                    self._heard_until = report.at
                    self._lock.notify_all()

        return Ear(language, told)

    def _run(self, source: Source) -> None:
        resampler = open_resampler()
        rng = np.random.default_rng(1)
        played = np.zeros(LAG + len(self._echo), np.float32)
        began = time.monotonic()
        while not self._closed:
            block = source(BLOCK * SESSION_RATE // RATE)
            played = np.concatenate([played, resampler.resample_chunk(block)])
            with self._lock:
                self._lock.wait_for(lambda: self.at - self._heard_until < MOST_BEHIND, 30)
                sound = rng.normal(0, NOISE, BLOCK).astype(np.float32)
                # What is in the air: the first of it sounded LAG and the echo's length ago.
                air = played[self.at + 1 : self.at + BLOCK + len(self._echo)]
                sound += np.convolve(air, self._echo, "valid")
                for start, samples in self._said:
                    piece = samples[max(self.at - start, 0) : max(self.at + BLOCK - start, 0)]
                    sound[: len(piece)] += piece
                self.at += BLOCK
                self.given.put(Taken(sound, self.clock()))
                self._lock.notify_all()
            if len(block) < BLOCK * SESSION_RATE // RATE:
                self._over.set()
                return
            time.sleep(max(0.0, began + self.clock() / FASTEST - time.monotonic()))


def reverberation() -> NDArray[np.float32]:
    """The way from the loudspeaker to the microphone: one sound, and what the walls throw back."""
    length = RATE // 10
    decay = 10 ** (-3 * np.arange(length) / RATE / 0.3)
    walls = 0.15 * decay * np.random.default_rng(1).normal(0, 1, length)
    walls[0] = 1
    even: NDArray[np.float32] = (walls / np.sqrt(np.sum(walls**2))).astype(np.float32)
    return even
