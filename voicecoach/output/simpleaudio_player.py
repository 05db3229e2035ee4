"""The simpleaudio player, a program of its own: samples enter at stdin, news leaves at stdout.

It keeps simpleaudio 1.0.4, the last there is, at a distance, because that can end the process it
runs in (https://github.com/hamiltron/py-simple-audio/issues/ 72, 74 and 79). What is done about it:

- Its playing threads free Python's memory without holding Python's lock: that ends the process on
  Python 3.12, and is a data race on older ones. The parent starts this program with
  PYTHONMALLOC=malloc: then the memory comes from the C library, which does its own locking.
- An empty buffer ends the process: none is played.
- `is_playing`, `stop` and `stop_all` look at a list that a playing thread may be shortening: only
  `stop` is called, once a buffer, when no other has been ending for long. Should a crash slip
  through all the same, it ends this program, and the coach says in a sentence what happened.
- A thread that still plays when the interpreter ends, ends the process: this one leaves by _exit.
- Opening a device that hangs holds Python's lock: that stops this program, but not the coach.

simpleaudio plays whole buffers, and starts each of them within a sound server's period, some 20 ms.
But it reads a buffer only as it plays it, a tenth of a second at a time, on every system. So half
a minute of silence is given to it as one buffer, and filled shortly before it sounds: spacing exact
to the sample, no joins between words, and less than a second of delay instead of a whole buffer's.
"""

from __future__ import annotations

import os
import signal
import struct
import sys
import threading
import time
import weakref
from array import array
from typing import Any

HEADER = struct.Struct("<cdI")
"""A message: its kind; a due time on the monotonic clock, in seconds; a length in frames.

BEGIN: a buffer of that length begins to play at that time. DATA: so many int16 samples follow,
which continue the buffer begun last. The end of stdin, as when the coach has died, ends all sound.
"""
BEGIN = b"B"
DATA = b"D"

READY = "ready"
GONE = "gone"
FAILED = "failed"
"""Followed by a space and simpleaudio's reason."""

BUSY_SECONDS = 1.0
"""How long a device may stay busy with the buffer before: some hold one sound at a time."""

RAMP_FRAMES = 240
"""How softly a sound begins in its middle: 5 ms."""


class _Buffer:
    """Mono int16 samples, silent at first, filled while they are played."""

    def __init__(self, due: float, length: int) -> None:
        self.due = due
        self.samples = array("h", bytes(2 * length))
        self.filled = 0
        self.followed = False
        self.playing: Any = None

    def append(self, data: bytes) -> None:
        """Put int16 samples after those that are there already."""
        with memoryview(self.samples) as view, view.cast("B") as places:
            places[self.filled : self.filled + len(data)] = data
        self.filled += len(data)

    def rest(self, late: int) -> memoryview:
        """All but the `late` first frames, so that the others sound in time; never empty."""
        start = min(max(0, late), len(self.samples) - 1)
        # What begins in the middle of a sound begins softly.
        for place in range(min(RAMP_FRAMES, len(self.samples) - start)):
            self.samples[start + place] = self.samples[start + place] * place // RAMP_FRAMES
        return memoryview(self.samples)[start:]


class _Player:
    """Plays one buffer after the other, each at its time."""

    def __init__(self, rate: int) -> None:
        import simpleaudio

        self._library = simpleaudio
        self._rate = rate
        self.buffer: _Buffer | None = None

    def begin(self, due: float, length: int) -> None:
        """Open the next buffer now, to be filled, and let it sound when it is due."""
        before, self.buffer = self.buffer, _Buffer(due, length)
        threading.Thread(target=self._play, args=(before, self.buffer), daemon=True).start()

    def _play(self, before: _Buffer | None, buffer: _Buffer) -> None:
        while (left := buffer.due - time.monotonic()) > 0:
            time.sleep(left)
        if before is not None and before.playing is not None:
            # Or a device that holds one sound at a time would stay busy with its silent end. What
            # was read of it is still played: the first tenth of a second from here.
            before.followed = True
            before.playing.stop()
        try:
            self.sound(buffer, BUSY_SECONDS)
        except Exception as error:  # noqa: BLE001  told to the coach, which raises it
            tell(f"{FAILED} {error}")

    def sound(self, buffer: _Buffer, patience_seconds: float = 0.0) -> None:
        """Start to play a buffer, and try again while the device is busy.

        Raises:
            Exception: simpleaudio's own; there is no device, or it stayed busy.
        """
        give_up = time.monotonic() + patience_seconds
        while True:
            view = buffer.rest(round((time.monotonic() - buffer.due) * self._rate))
            # simpleaudio lets go of the view when it has done with it, and tells nobody else.
            weakref.finalize(view, self._ended, buffer).atexit = False
            try:
                buffer.playing = self._library.play_buffer(view, 1, 2, self._rate)
                return
            except Exception:
                if time.monotonic() >= give_up:
                    raise
                time.sleep(0.05)

    def _ended(self, buffer: _Buffer) -> None:
        """Called when simpleaudio has finished a buffer, or given up with it without a word."""
        planned_end = buffer.due + len(buffer.samples) / self._rate
        early = time.monotonic() < planned_end - 0.05
        if early and buffer.playing is not None and not buffer.followed:
            tell(GONE)


def tell(news: str) -> None:
    """One line for the coach."""
    print(" ".join(news.split()), flush=True)  # noqa: T201  stdout is the way to the coach


def main() -> None:
    """Play what stdin brings, until it ends."""
    # Ctrl-C goes to the whole terminal; when to stop is the coach's decision.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    rate = int(sys.argv[1])
    try:
        player = _Player(rate)
        # A moment of silence shows whether there is a device.
        player.sound(_Buffer(time.monotonic(), rate // 20))
    except Exception as error:  # noqa: BLE001  told to the coach, which raises it
        tell(f"{FAILED} {error}")
        os._exit(1)
    tell(READY)
    stdin = sys.stdin.buffer
    while len(header := stdin.read(HEADER.size)) == HEADER.size:
        kind, due, length = HEADER.unpack(header)
        if kind == BEGIN:
            player.begin(due, length)
        elif player.buffer is not None:
            player.buffer.append(stdin.read(2 * length))
    os._exit(0)


if __name__ == "__main__":
    main()
