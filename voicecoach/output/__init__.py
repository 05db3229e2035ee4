"""Outputs: a source of blocks enters, sound leaves. An output knows nothing of cues."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from voicecoach.errors import NotFoundError

if TYPE_CHECKING:
    from types import ModuleType

Samples = NDArray[np.float32]
"""A block of the mono mix: shape (frames,), float32, −1 to 1, at the session rate."""

Source = Callable[[int], Samples]
"""Gives the next so many frames, at once and never raising; fewer than asked only at the end."""


class Output(Protocol):
    """A sound device that pulls from a source, from a thread of its own; for one session.

    The frames it has pulled are the session's clock.
    """

    def start(self, source: Source) -> None:
        """Open the device and begin to pull. To be called once.

        Raises:
            DeviceError: there is no such device, or it is busy, or it doesn't answer.
        """

    def wait(self, timeout_seconds: float) -> bool:
        """Wait until all that the source gave has sounded; False if that takes longer.

        True at once when the output is closed: nothing more will sound. A device that stops
        playing is noticed here, so call it again and again, or with a long timeout.

        Raises:
            DeviceError: the device disappeared meanwhile.
            Exception: what the source raised against its promise; the sound ended there.
        """

    def close(self) -> None:
        """Silence at once, and give the device back.

        May be called twice, before `start`, and from any thread. Never hangs and never raises.
        """


OUTPUTS = {
    "miniaudio": "voicecoach.output.miniaudio",
    "simpleaudio": "voicecoach.output.simpleaudio",
}
"""Each output's module; it offers `open_output(device)` and `device_names()`."""


def open_output(name: str, device: str | None = None) -> Output:
    """The output of that name, for the device whose name contains `device`, or the default one.

    Raises:
        NotFoundError: no output or device has that name.
        MissingExtraError: the output's library isn't installed.
        DeviceError: this machine or Python can't use it.
    """
    output: Output = _module(name).open_output(device)
    return output


def device_names(name: str = "miniaudio") -> list[str]:
    """The names of the playback devices that an output can reach, at least one.

    Raises:
        NotFoundError: no output has that name.
        MissingExtraError: the output's library isn't installed.
        DeviceError: there is no device, or this machine or Python can't use the output.
    """
    names: list[str] = _module(name).device_names()
    return names


def _module(name: str) -> ModuleType:
    if name not in OUTPUTS:
        raise NotFoundError("output", name, OUTPUTS)
    return importlib.import_module(OUTPUTS[name])
