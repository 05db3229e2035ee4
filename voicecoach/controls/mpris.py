"""Media keys: headset buttons, lock screens, playerctl enter; Commands leave. Linux desktops.

The session is a media player on the desktop's D-Bus, where all of these look for one.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from voicecoach.controls import Controller, Send
from voicecoach.controls.mpris_player import answer, signals
from voicecoach.controls.nowplaying import NowPlaying
from voicecoach.errors import MissingExtraError, UnavailableError
from voicecoach.events import Event

if TYPE_CHECKING:
    import asyncio

    from dbus_fast import Message
    from dbus_fast.aio import MessageBus

ADDRESS = "DBUS_SESSION_BUS_ADDRESS"
NAME = "org.mpris.MediaPlayer2.voicecoach"

OPEN_SECONDS = 2.0
"""A bus that takes longer to let us in doesn't answer."""
RELEASE_SECONDS = 0.4
"""How long a closing controller waits for the bus to take the name back; then it hangs up."""
CLOSE_SECONDS = 1.0
"""How long `close` waits at the very most."""


def open_media_keys() -> Controller:
    """The media keys of this system: so far D-Bus, wherever there is one."""
    return MprisController()


class MprisController:
    """Offers the session as a media player, in a thread of its own; ends quietly with the bus."""

    name = "media keys"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = self._told = NowPlaying()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._bus: MessageBus | None = None
        self._closed = False

    def start(self, send: Send) -> None:
        """See Controller.

        Raises:
            UnavailableError: there is no session bus, or it can't be reached.
            MissingExtraError: dbus-fast isn't installed.
        """
        if not (address := os.environ.get(ADDRESS)):
            raise UnavailableError(f"media keys need a desktop's D-Bus, and {ADDRESS} is not set")
        try:
            import dbus_fast.aio  # noqa: F401  the thread uses it
        except ImportError:
            raise MissingExtraError("media keys", "mediakeys") from None
        opened: Future[None] = Future()
        self._thread = threading.Thread(
            target=self._run, args=(address, send, opened), name=self.name, daemon=True
        )
        self._thread.start()
        try:
            opened.result(OPEN_SECONDS)
        except TimeoutError:
            self.close()
            text = f"media keys need a desktop's D-Bus, and {address} doesn't answer"
            raise UnavailableError(text) from None

    def watch(self, event: Event) -> None:
        """See Controller."""
        with self._lock:
            self._now = self._now.after(event, time.monotonic())
            loop = self._loop
        if loop:
            with contextlib.suppress(RuntimeError):  # the bus is gone, and the loop with it
                loop.call_soon_threadsafe(self._tell)

    def close(self) -> None:
        """See Controller. When it returns the name is free, if the bus is alive."""
        with self._lock:
            loop = None if self._closed else self._loop
            self._closed = True
        if loop and self._task:
            with contextlib.suppress(RuntimeError):  # as above
                loop.call_soon_threadsafe(self._task.cancel)
        if self._thread and self._thread is not threading.current_thread():
            self._thread.join(CLOSE_SECONDS)

    def _run(self, address: str, send: Send, opened: Future[None]) -> None:
        import asyncio

        # Nothing may be printed over the session's screen, not by logging's last resort either.
        logging.getLogger("dbus_fast").addHandler(logging.NullHandler())
        cause = "it was closed"
        try:
            asyncio.run(self._serve(address, send, opened))
        except asyncio.CancelledError:
            pass
        except Exception as error:  # noqa: BLE001  start tells it; or the bus died, and all goes on
            cause = getattr(error, "strerror", None) or str(error) or type(error).__name__
        if not opened.done():
            text = f"media keys need a desktop's D-Bus, and {address} can't be reached: {cause}"
            opened.set_exception(UnavailableError(text))

    async def _serve(self, address: str, send: Send, opened: Future[None]) -> None:
        import asyncio

        from dbus_fast.aio import MessageBus

        def receive(message: Message) -> Message | bool | None:
            return answer(message, self._now, send)

        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda *_: None)  # as in _run
        with self._lock:
            if self._closed:
                return
            self._loop, self._task = loop, asyncio.current_task()
        bus = await MessageBus(bus_address=address).connect()
        hung_up: Callable[[], Awaitable[None]] = bus.wait_for_disconnect
        gone = asyncio.ensure_future(hung_up())
        name = NAME
        try:
            bus.add_message_handler(receive)
            self._bus, self._told = bus, self._now
            name = await _own_name(bus)
            opened.set_result(None)
            await asyncio.wait({gone})
        finally:
            self._bus = None
            if bus.connected:
                release = asyncio.ensure_future(bus.release_name(name))
                await asyncio.wait({release}, timeout=RELEASE_SECONDS)
                bus.disconnect()
            await asyncio.wait({gone}, timeout=RELEASE_SECONDS)

    def _tell(self) -> None:
        """Tell clients what changed since they were told."""
        if self._bus and self._bus.connected:
            told, self._told = self._told, self._now
            for signal in signals(told, self._told):
                self._bus.send(signal)


async def _own_name(bus: MessageBus) -> str:
    """Our name; or, where another session has it, one with a suffix that is ours alone."""
    from dbus_fast import NameFlag, RequestNameReply

    instance = (bus.unique_name or "").removeprefix(":").replace(".", "_")
    for name in (NAME, f"{NAME}.instance{instance}"):
        reply = await bus.request_name(name, NameFlag.DO_NOT_QUEUE)
        if reply is RequestNameReply.PRIMARY_OWNER:
            return name
    raise UnavailableError(f"another program has the name {name}")
