"""Endings: done, closed or failed; known in a device's thread, and told to the one that waits."""

from __future__ import annotations

import threading
import time

from voicecoach.errors import DeviceError

STALL_SECONDS = 2.0
"""A device that takes no sound for so long has gone. Most backends don't tell when that happens."""

_TICK_SECONDS = 0.1


class Ending:
    """The end of one session's playing, whichever way it comes; the first way counts."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._failure: BaseException | None = None
        self._pulls = self._pulls_seen = 0
        self._stalled_seconds = 0.0
        self._looked = 0.0

    def pulled(self) -> None:
        """The device lives: it has taken some sound, or is about to."""
        self._pulls += 1

    def come(self, failure: BaseException | None = None) -> None:
        """The end: all has sounded, or nothing more will, or something went wrong."""
        if not self._over.is_set():
            self._failure = failure
            self._over.set()

    def wait(self, timeout_seconds: float) -> bool:
        """See Output.wait. Raises what it ended with."""
        deadline = time.monotonic() + timeout_seconds
        while not self._over.wait(max(0.0, min(_TICK_SECONDS, deadline - time.monotonic()))):
            self._notice_stall()
            if time.monotonic() >= deadline:
                break
        if not self._over.is_set():
            return False
        if self._failure is not None:
            raise self._failure
        return True

    def _notice_stall(self) -> None:
        """Count the time in which nothing was pulled, as far as this process saw it pass.

        A machine that slept, or a program stopped with Ctrl-Z, comes back to a clock that has
        jumped and a device that is about to pull again: one look counts two ticks at most.
        """
        now = time.monotonic()
        if self._pulls != self._pulls_seen:
            self._pulls_seen, self._stalled_seconds = self._pulls, 0.0
        else:
            self._stalled_seconds += min(now - self._looked, 2 * _TICK_SECONDS)
        self._looked = now
        if self._stalled_seconds >= STALL_SECONDS:
            self.come(device_gone())


def device_gone() -> DeviceError:
    """The error for a device that played and plays no more."""
    return DeviceError("the sound device has gone; check it and the sound server")


def device_silent(seconds: float) -> DeviceError:
    """The error for a device, or a sound server, that doesn't answer within so many seconds."""
    return DeviceError(
        f"the sound device doesn't answer within {seconds:.0f} s; restart the sound server, "
        "or choose another device"
    )
