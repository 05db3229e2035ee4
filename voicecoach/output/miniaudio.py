"""The miniaudio output: streams to the sound device, which pulls block by block as it plays."""

from __future__ import annotations

import atexit
import threading
from typing import TYPE_CHECKING

import numpy as np

from voicecoach.errors import DeviceError
from voicecoach.output.devices import (
    Device,
    find_device,
    list_devices,
    load_miniaudio,
    open_device,
)
from voicecoach.output.ending import Ending, device_silent
from voicecoach.units import frames

if TYPE_CHECKING:
    from collections.abc import Generator

    from voicecoach.output import Samples, Source

TAIL_FRAMES = frames(0.3)
"""Silence after the source's end: longer than the buffers, so that its last samples are heard."""

OPEN_SECONDS = 6.0
"""A device that takes longer to open doesn't answer; Bluetooth may take some seconds."""

CLOSE_SECONDS = 2.0
"""How long `close` waits for the device; one that hangs is left to the end of the process."""

LAST_PULL_SECONDS = 0.1
"""How long a closing device may take to its next pull: more than a period."""


class MiniaudioOutput:
    """Plays to one device. A thread of its own opens, holds and closes the device.

    So nobody waits longer than intended for a sound server that doesn't answer, and whoever closes,
    even the source in the device's thread, can't lock up.
    """

    def __init__(self, device: Device | None = None) -> None:
        self._device = device
        self._source: Source | None = None
        self._holder = threading.Thread(target=self._hold, name="sound device", daemon=True)
        self._puller = 0
        self._opened = threading.Event()
        self._closing = threading.Event()
        self._pump_ended = threading.Event()
        self._refusal: DeviceError | None = None
        self._ending = Ending()
        self._tail: int | None = None

    def start(self, source: Source) -> None:
        """See Output."""
        self._source = source
        # A device still playing while the interpreter is torn down would call into nothing.
        atexit.register(self.close)
        self._holder.start()
        answered = self._opened.wait(OPEN_SECONDS)
        refusal = self._refusal if answered else device_silent(OPEN_SECONDS)
        if refusal is not None:
            self.close()
            raise refusal

    def wait(self, timeout_seconds: float) -> bool:
        """See Output."""
        return self._ending.wait(timeout_seconds)

    def close(self) -> None:
        """See Output."""
        self._closing.set()
        self._ending.come()
        atexit.unregister(self.close)
        if self._opened.is_set() and threading.get_ident() != self._puller:
            # Joining twice is harmless; the device's own thread would wait for itself.
            self._holder.join(CLOSE_SECONDS)

    def _hold(self) -> None:
        """The device's whole life, in one thread."""
        device = None
        try:
            device = open_device(self._device)
            if not self._closing.is_set():
                pump = self._pump()
                next(pump)
                device.start(pump)
        except DeviceError as error:
            self._refusal = error
        except Exception as error:  # noqa: BLE001  start raises it in the caller's thread
            self._refusal = DeviceError(f"the sound device can't be started: {error}")
        self._opened.set()
        if self._refusal is None:
            self._closing.wait()
            # The library takes the pump away from a device that may be calling it just then: let
            # the pump end by itself at the next pull, unless no pull comes any more.
            self._pump_ended.wait(LAST_PULL_SECONDS)
        if device is not None:
            device.close()

    def _pump(self) -> Generator[bytes | Samples, int, None]:
        """What miniaudio wants: a generator that is sent the frames it must yield."""
        asked = yield b""
        while not self._closing.is_set():
            asked = yield self._pull(asked)
        self._pump_ended.set()

    def _pull(self, asked: int) -> Samples:
        """The device's next frames, in the device's thread. Never raises: nobody would catch it."""
        self._puller = threading.get_ident()
        self._ending.pulled()
        block = np.zeros(asked, dtype=np.float32)
        if self._tail is None and self._source is not None:
            given = 0
            try:
                samples = self._source(asked)
                block[: len(samples)] = samples
                given = len(samples)
            except BaseException as error:  # noqa: BLE001  wait raises it in the caller's thread
                self._ending.come(error)
            if given < asked:
                self._tail = TAIL_FRAMES - (asked - given)
            if self._closing.is_set():  # closed by the source, or while it worked
                block[:] = 0
        elif self._tail is not None:
            self._tail -= asked
            if self._tail <= 0:
                self._ending.come()
        return block


def open_output(device: str | None = None) -> MiniaudioOutput:
    """The output to the device whose name contains `device`, in any case; or the default one.

    Raises:
        NotFoundError: no device has that name.
        DeviceError: there is no device at all, or the library can't be loaded.
    """
    load_miniaudio()
    return MiniaudioOutput(find_device(device) if device else None)


def device_names() -> list[str]:
    """The playback devices of the first backend that has any.

    Raises:
        DeviceError: there is none, or the library can't be loaded.
    """
    return [device.name for device in list_devices()]
