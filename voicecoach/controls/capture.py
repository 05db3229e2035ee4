"""Captures: a microphone's name enters; its samples leave, as they come, for whoever reads them.

A thread of its own opens, holds and closes the device, as an output does it: a sound server that
hangs holds up nobody.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from voicecoach.controls.microphone import RATE, Samples
from voicecoach.errors import UnavailableError, VoicecoachError
from voicecoach.output.devices import Device, find_microphone, list_microphones, open_microphone

PERIOD_MILLISECONDS = 20
"""What a microphone gives at once."""
OPEN_SECONDS = 6.0
"""A microphone that gives nothing for so long after it was opened doesn't answer; Bluetooth may
take some seconds."""
GONE_SECONDS = 3.0
"""A microphone that gives nothing for so long has gone; most systems don't tell when it does."""
LOOK_SECONDS = 4.0
"""How often it is looked whether the microphone is still there: of one that goes, PulseAudio moves
who hears it to whatever else there is, what plays included."""
CLOSE_SECONDS = 2.0
"""How long `close` waits for the device; one that hangs is left to the end of the process."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Samples as they came, however many."""

    samples: Samples
    at: float
    """When, on the monotonic clock."""


class Capture:
    """One microphone from its opening to its end; for one thread that reads."""

    def __init__(self, device: str = "") -> None:
        """`device` is a part of its name; "" is the default one."""
        self._device = device
        self._taken: queue.SimpleQueue[Taken | None] = queue.SimpleQueue()
        """None: the device has been refused."""
        self._refusal: Exception | None = None
        self._closing = threading.Event()
        self._patience = OPEN_SECONDS
        self._holder = threading.Thread(target=self._hold, name="microphone", daemon=True)
        self._holder.start()

    def read(self) -> Taken:
        """What comes next; waits for it.

        Raises:
            UnavailableError: there is none, or it can't be opened, or it has gone.
        """
        try:
            taken = self._taken.get(timeout=self._patience)
        except queue.Empty:
            raise UnavailableError("the microphone gives no sound any more") from None
        if taken is None:
            raise UnavailableError(str(self._refusal)) from self._refusal
        self._patience = GONE_SECONDS
        return taken

    def close(self) -> None:
        """Give the device back. May be called twice, from any thread; whoever reads is told."""
        self._refusal = UnavailableError("the microphone is closed")
        self._closing.set()
        self._taken.put(None)
        self._holder.join(CLOSE_SECONDS)

    def _hold(self) -> None:
        """The device's whole life, in one thread."""
        device = None
        try:
            device = open_microphone(self._find(), RATE, PERIOD_MILLISECONDS)
            if not self._closing.is_set():
                pump = self._pump()
                next(pump)
                device.start(pump)
            while not self._closing.wait(LOOK_SECONDS):
                self._find()
        except VoicecoachError as error:
            self._refuse(error)
        except Exception as error:  # noqa: BLE001 - told to who reads
            self._refuse(UnavailableError(f"the microphone can't be started: {error}"))
        if device is not None:
            device.close()

    def _find(self) -> Device | None:
        """The device that is meant, None for the default one. Raises where there is none."""
        if self._device:
            return find_microphone(self._device)
        list_microphones()  # or a system would let us hear what it plays
        return None

    def _refuse(self, error: Exception) -> None:
        self._refusal = error
        self._taken.put(None)

    def _pump(self) -> Generator[None, bytes, None]:
        """What the library wants: a generator that is sent what the microphone gives."""
        while not self._closing.is_set():
            data = yield
            self._taken.put(Taken(np.frombuffer(data, np.float32), time.monotonic()))
