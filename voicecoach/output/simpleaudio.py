"""The simpleaudio output: an optional extra. A program of its own plays; this one feeds it in time.

What simpleaudio can't be trusted with is told in simpleaudio_player.py.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib.util
import os
import subprocess
import sys
import threading
from typing import IO, TYPE_CHECKING, cast

from voicecoach.errors import DeviceError, MissingExtraError, NotFoundError
from voicecoach.output import simpleaudio_player as player
from voicecoach.output.ending import Ending, device_gone, device_silent
from voicecoach.output.feed import BLOCK_FRAMES, Feed
from voicecoach.units import RATE, frames, seconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from voicecoach.output import Source

DEVICE = "default"
"""The only device simpleaudio knows: the system's default one."""

FIRST_PYTHON_REFUSED = (3, 12)

TAIL_SECONDS = 0.5
"""From the time the last sample was due until it surely has been heard."""

BUFFER_SECONDS = 30.0
"""A buffer's length. Within it the device's clock may leave ours by 3 ms (100 ppm); then the next
begins on time. It takes 2.9 MB."""

JOIN_SECONDS = 0.5
"""How long `close` waits for the source to return from its last pull."""

START_SECONDS = 6.0
"""A player that takes longer to find its device doesn't answer."""


class SimpleaudioOutput:
    """Plays to the default device, through a simpleaudio_player."""

    def __init__(self, buffer_seconds: float = BUFFER_SECONDS) -> None:
        self._length = frames(buffer_seconds)
        self._ending = Ending()
        self._ready = threading.Event()
        self._closing = threading.Event()
        self._refusal: DeviceError | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._threads: list[threading.Thread] = []

    def start(self, source: Source) -> None:
        """See Output."""
        self._process = subprocess.Popen(
            # -P: or this directory's simpleaudio.py would be taken for the library.
            [sys.executable, "-P", player.__file__, str(RATE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # ALSA's complaints; what matters comes as news
            env=os.environ | {"PYTHONMALLOC": "malloc"},
            start_new_session=True,  # no Ctrl-C from the terminal
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        atexit.register(self.close)
        news = cast("IO[bytes]", self._process.stdout)
        self._run(self._listen, news)
        answered = self._ready.wait(START_SECONDS)
        refusal = self._refusal if answered else device_silent(START_SECONDS)
        pipe = cast("IO[bytes]", self._process.stdin)
        if refusal is not None or self._closing.is_set():
            self.close()
            pipe.close()
            if refusal is not None:
                raise refusal
            return
        self._run(self._feed, source, pipe)

    def wait(self, timeout_seconds: float) -> bool:
        """See Output."""
        return self._ending.wait(timeout_seconds)

    def close(self) -> None:
        """See Output."""
        self._closing.set()
        self._ending.come()
        self._ready.set()
        atexit.unregister(self.close)
        if self._process is not None:
            # What silences at once: stopped by its own means, simpleaudio plays out its buffer.
            self._process.kill()
            self._process.wait()
        for thread in self._threads:
            if thread is not threading.current_thread():  # the source may close, too
                thread.join(JOIN_SECONDS)

    def _run(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args, name="simpleaudio", daemon=True)
        thread.start()
        self._threads.append(thread)

    def _listen(self, news: IO[bytes]) -> None:
        """Take the player's news, until its end."""
        with news:
            for line in news:
                word, _, reason = line.decode(errors="replace").strip().partition(" ")
                if word == player.READY:
                    self._ready.set()
                elif word == player.FAILED and not self._ready.is_set():
                    self._fail(reason.rpartition("MSG: ")[2])
                elif word in (player.GONE, player.FAILED):  # it played until now
                    self._ending.come(device_gone())
        self._fail("its process has ended")

    def _fail(self, reason: str) -> None:
        """The player can't go on; or, where all is over already, nothing new."""
        error = DeviceError(
            f"simpleaudio can't play to the default sound device ({reason}); "
            "check the sound server, or use --output miniaudio"
        )
        if not self._ready.is_set():
            self._refusal = error
            self._ready.set()
        self._ending.come(error)

    def _feed(self, source: Source, pipe: IO[bytes]) -> None:
        """Pull from the source as time passes, and send it to the player."""
        try:
            feed = Feed(pipe, self._length)
            while not self._closing.is_set():
                self._ending.pulled()
                if not feed.fill(source):
                    self._closing.wait(feed.seconds_left() + TAIL_SECONDS)
                    break
                self._closing.wait(seconds(BLOCK_FRAMES))
            self._ending.come()
        except BrokenPipeError:
            pass  # the player has ended: it was closed, or _listen tells why
        except BaseException as error:  # noqa: BLE001  wait raises it in the caller's thread
            self._ending.come(error)
        finally:
            # Ends the player; only now, for what it says then is no news any more.
            with contextlib.suppress(OSError):
                pipe.close()


def open_output(device: str | None = None) -> SimpleaudioOutput:
    """The output to the default device.

    Raises:
        MissingExtraError: simpleaudio isn't installed.
        DeviceError: this Python is too new for it.
        NotFoundError: another device is wanted.
    """
    names = device_names()
    if device and device.casefold() not in DEVICE:
        hint = "simpleaudio plays to the default device only"
        raise NotFoundError("sound device", device, names, hint)
    return SimpleaudioOutput()


def device_names() -> list[str]:
    """The only device it can play to; whether there is one shows when it is started.

    Raises:
        MissingExtraError: simpleaudio isn't installed.
        DeviceError: this Python is too new for it.
    """
    refuse_python(sys.version_info[:2])
    if importlib.util.find_spec("simpleaudio") is None:
        raise MissingExtraError("--output simpleaudio", "simpleaudio")
    return [DEVICE]


def refuse_python(version: tuple[int, int]) -> None:
    """Refuse the Pythons on which simpleaudio is known to end the process.

    Raises:
        DeviceError: the version is one of these.
    """
    if version >= FIRST_PYTHON_REFUSED:
        raise DeviceError(
            "simpleaudio 1.0.4 crashes on Python 3.12 and later; use --output miniaudio"
        )
