"""Sound devices: a part of a name enters, an open miniaudio device or a DeviceError leaves.

Those that play, and microphones.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from voicecoach.errors import DeviceError, NotFoundError
from voicecoach.output.ending import device_silent
from voicecoach.units import RATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PERIOD_MILLISECONDS = 20
"""The block a device asks for. Backends hold three of them: 60 ms from the source to the ear."""

PULSE_PERIOD_MILLISECONDS = 50
"""The same under PulseAudio and PipeWire, which hold one block and are given the next meanwhile.

Measured, a change made by the source is heard 30 to 85 ms later. With 40 ms it is 35 to 70 ms, but
more than twice as many gaps on a machine where three programs want each processor core.
"""

LIST_SECONDS = 6.0
"""A sound server that takes longer to list its devices doesn't answer."""

NO_MICROPHONE = "no microphone found"

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Device:
    """A playback device or a microphone, as miniaudio lists it."""

    name: str
    backend: Any
    """The miniaudio.Backend that reaches it."""
    id: Any
    """What that backend calls it."""


def find_device(name: str) -> Device:
    """The device with that name, or else the first whose name contains it; case doesn't count.

    Raises:
        NotFoundError: no device has that name.
        DeviceError: there is no device at all.
    """
    return _named("sound device", name, list_devices())


def find_microphone(name: str) -> Device:
    """The microphone with that name, or else the first whose name contains it; also what plays,
    as other programs may hear it, where that is named.

    Raises:
        NotFoundError: no microphone has that name.
        DeviceError: there is none at all.
    """
    return _named("microphone", name, _list_recorders())


def list_microphones() -> list[Device]:
    """The microphones of the first backend that has any; never none.

    Raises:
        DeviceError: there is none, or the sound server doesn't answer.
    """
    microphones = [device for device in _list_recorders() if not _is_monitor(device)]
    if not microphones:
        raise DeviceError(NO_MICROPHONE)
    return microphones


def list_devices() -> list[Device]:
    """The playback devices of the first backend that has any; never none.

    Raises:
        DeviceError: there is none, or the sound server doesn't answer.
    """
    found = _in_time(_list_devices)
    if not found:
        raise DeviceError(
            "no sound device found; connect one, or make a track with: voicecoach export"
        )
    return found


def open_device(device: Device | None) -> Any:
    """That device or the default one as a miniaudio.PlaybackDevice, not yet started.

    Tries one backend after the other. Left to itself, miniaudio stops at the first whose library is
    there, even if it has no device, and ends with its null backend, which plays to nobody.

    Raises:
        DeviceError: there is none, or none can be opened.
    """
    miniaudio = load_miniaudio()
    for backend in [device.backend] if device else _backends():
        pulse = backend is miniaudio.Backend.PULSEAUDIO
        try:
            with _quiet_stderr():
                return miniaudio.PlaybackDevice(
                    output_format=miniaudio.SampleFormat.FLOAT32,
                    nchannels=1,
                    sample_rate=RATE,
                    buffersize_msec=PULSE_PERIOD_MILLISECONDS if pulse else PERIOD_MILLISECONDS,
                    device_id=device.id if device else None,
                    backends=[backend],
                    app_name="voicecoach",
                )
        except miniaudio.MiniaudioError:
            continue
    names = [found.name for found in list_devices()]  # raises where there is none
    raise DeviceError(
        f"the sound device {(device.name if device else names[0])!r} can't be opened; "
        "another program may be using it"
    )


def open_microphone(device: Device | None, rate: int, period_milliseconds: int) -> Any:
    """That microphone or the default one as a miniaudio.CaptureDevice of mono floats, not started.

    Raises:
        DeviceError: there is none, or none can be opened.
    """
    miniaudio = load_miniaudio()
    for backend in [device.backend] if device else _backends():
        try:
            with _quiet_stderr():
                return miniaudio.CaptureDevice(
                    input_format=miniaudio.SampleFormat.FLOAT32,
                    nchannels=1,
                    sample_rate=rate,
                    buffersize_msec=period_milliseconds,
                    device_id=device.id if device else None,
                    backends=[backend],
                    app_name="voicecoach",
                )
        except miniaudio.MiniaudioError:
            continue
    name = device.name if device else list_microphones()[0].name  # raises where there is none
    raise DeviceError(f"the microphone {name!r} can't be opened; another program may be using it")


def load_miniaudio() -> Any:
    """The library, loaded when it is first needed: that takes 150 ms, and exports do without.

    Raises:
        DeviceError: it can't be loaded here.
    """
    try:
        import miniaudio
    except (ImportError, OSError) as error:
        raise DeviceError(f"the miniaudio library can't be loaded: {error}") from error
    return miniaudio


def _backends() -> list[Any]:
    """The backends of this system, in miniaudio's order, without those that play to nobody."""
    miniaudio = load_miniaudio()
    enabled = miniaudio.get_enabled_backends()
    unheard = (miniaudio.Backend.NULL, miniaudio.Backend.CUSTOM)
    return [each for each in miniaudio.Backend if each in enabled and each not in unheard]


def _named(what: str, name: str, found: list[Device]) -> Device:
    wanted = name.casefold()
    for device in sorted(found, key=lambda device: device.name.casefold() != wanted):
        if wanted in device.name.casefold():
            return device
    names = [device.name for device in found]
    raise NotFoundError(what, name, names, hint=f"there are: {', '.join(names)}")


def _list_recorders() -> list[Device]:
    found = _in_time(partial(_list_devices, "get_captures"))
    if not found:
        raise DeviceError(NO_MICROPHONE)
    return found


def _is_monitor(device: Device) -> bool:
    """Whether it is no microphone, but what plays, which PulseAudio lists among them."""
    miniaudio = load_miniaudio()
    pulse = device.backend is miniaudio.Backend.PULSEAUDIO
    name = bytes(miniaudio.ffi.buffer(device.id)).partition(b"\0")[0]
    return pulse and name.endswith(b".monitor")


def _list_devices(kind: str = "get_playbacks") -> list[Device]:
    miniaudio = load_miniaudio()
    for backend in _backends():
        try:
            with _quiet_stderr():
                listed = getattr(miniaudio.Devices([backend]), kind)()
        except (miniaudio.MiniaudioError, UnicodeDecodeError):
            # No such server here; or names cut after 255 bytes, in the middle of a character.
            continue
        if listed:
            return [Device(entry["name"], backend, entry["id"]) for entry in listed]
    return []


def _in_time(work: Callable[[], _T]) -> _T:
    """What `work` returns or raises, unless it takes longer than LIST_SECONDS.

    Asking a sound server that hangs takes libpulse 30 s, and others for ever.
    """
    results: list[_T] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001  raised again below, in the caller's thread
            failures.append(error)

    worker = threading.Thread(target=run, name="sound devices", daemon=True)
    worker.start()
    worker.join(LIST_SECONDS)
    if failures:
        raise failures[0]
    if not results:
        raise device_silent(LIST_SECONDS)
    return results[0]


_stderr_lock = threading.Lock()


@contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Keep the C libraries from printing: ALSA writes ten lines where it finds no card.

    The reason is raised as an error anyway. It is the process's own stderr that is turned away, so
    two threads must not do this at once, or one would restore what the other has put there.
    """
    with _stderr_lock:
        try:
            kept = os.dup(2)
        except OSError:  # there is no stderr, as under pythonw
            yield
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)
