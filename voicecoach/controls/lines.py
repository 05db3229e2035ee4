"""Lines: Commands enter one a line, Events leave as JSON one a line, for other programs.

    hold                        → {"event": "error", "line": "hold", "why": "no such command", …}
    how-long                    → {"event": "obeyed", "command": "how long", "source": "stdin"}

The first line out is {"event": "hello", "version": 1, "commands": […]}. After {"event": "asked"} a
line may answer: better, same, worse, or 0 to 10, how much it hurts. When no more can come in,
{"event": "inputEnded"} is written and the session goes on: an unplugged pedal is no reason to stop.
When nobody listens any more it goes on too. Only when both ends are gone it is stopped: the program
that ran it has died, and nobody else could.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from voicecoach.controls import Command, Send
from voicecoach.errors import UnavailableError, nearest
from voicecoach.events import ANSWERS, Event, Passed, event_json

VERSION = 1
"""Of the lines; they may get more keys, events and commands without a new one."""
SYNONYMS = {
    "continue": Command.RESUME,
    "next": Command.SKIP,
    "previous": Command.BACK,
    "again": Command.REPEAT,
    "no": Command.UNDO,
}
MOST_BYTES = 1024
"""A longer line is no command."""
MOST_WAITING = 1000
"""Events kept for a slow reader; then they are counted, and it is told {"event": "lost"}."""
MOST_WAITING_PASSED = 10
"""Of those that only tell the time: they come 20 times a second, and the next one tells it
better."""
PATIENCE_SECONDS = 1.0
"""How long `close` waits for the last lines to be read."""

_PIPE_ROOM = 512
"""A pipe that can be written to takes so many bytes without blocking (POSIX)."""
_COMMANDS = {**{str(command): command for command in Command}, **SYNONYMS}
_ANSWERS = {str(answer): answer for answer in ANSWERS}
_KNOWN = (*_COMMANDS, *_ANSWERS)


def find_command(line: str) -> Command | None:
    """The command that a line means.

    >>> find_command("How-Long"), find_command("next"), find_command("hold")
    (<Command.HOW_LONG: 'how long'>, <Command.SKIP: 'skip'>, None)
    """
    return _COMMANDS.get(_plain(line))


def _plain(line: str) -> str:
    return " ".join(re.split(r"[\s_-]+", line.casefold())).strip()


class Lines:
    """Reads commands from the file descriptor `source` and writes events to `sink`."""

    name = "stdin"

    def __init__(self, source: int = 0, sink: int = 1) -> None:
        self._source = source
        self._send: Send
        self._closed = False
        self._gone: set[str] = set()
        self._writer = _Writer(sink, lambda: self._lose("output"))
        commands = [str(command) for command in Command]
        self._writer.put({"event": "hello", "version": VERSION, "commands": commands})

    def start(self, send: Send) -> None:
        """Begin to read and to write, in two threads.

        Raises:
            UnavailableError: the program was started with one of the ends closed.
        """
        for what, number in (("input", self._source), ("output", self._writer.sink)):
            try:
                os.fstat(number)
            except OSError as error:
                raise UnavailableError(f"the standard {what} is closed") from error
        self._send = send
        self._writer.start()
        threading.Thread(target=self._read, daemon=True).start()

    def watch(self, event: Event) -> None:
        """Write it as soon as it can be."""
        self._writer.put(event)

    def close(self) -> None:
        """Read no more; wait a moment until all is written."""
        self._closed = True
        self._writer.close()

    def _read(self) -> None:
        rest = b""
        while data := self._data():
            *lines, rest = re.split(rb"[\r\n]", rest + data)
            for line in lines:
                self._obey(line)
            rest = rest[: MOST_BYTES + 1]
        if not self._closed:
            self._obey(rest)
            self._writer.put({"event": "inputEnded"})
            self._lose("input")

    def _data(self) -> bytes:
        """What comes next; nothing when that's all, or it was closed."""
        try:
            while not self._closed:
                # Windows can't wait for pipes: there, one more line may be read after `close`.
                if sys.platform == "win32" or select.select([self._source], [], [], 0.2)[0]:
                    return b"" if self._closed else os.read(self._source, 4096)
        except OSError:
            pass
        return b""

    def _obey(self, line: bytes) -> None:
        text = line.decode("utf-8", "replace").strip("\ufeff \t\0")
        if self._closed or not text:
            return
        said = find_command(text) or _ANSWERS.get(_plain(text))
        if len(line) <= MOST_BYTES and said:
            self._send(said)
            return
        long = len(line) > MOST_BYTES
        document = {
            "event": "error",
            "line": text[:60] + "…" if long else text,
            "why": f"longer than {MOST_BYTES} bytes" if long else "no such command",
            "didYouMean": None if long else nearest(_plain(text), _KNOWN) or None,
        }
        self._writer.put(document)

    def _lose(self, end: str) -> None:
        self._gone.add(end)
        if len(self._gone) == 2 and not self._closed:
            self._send(Command.STOP)


class _Writer:
    """Writes in a thread of its own, so that nobody waits for who reads it."""

    def __init__(self, sink: int, lose: Callable[[], None]) -> None:
        self.sink = sink
        self._lose = lose
        self._waiting: deque[Event | dict[str, Any]] = deque()
        self._changed = threading.Condition()
        self._lost = 0
        self._open = self._patient = True
        self._thread = threading.Thread(target=self._write_all, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def put(self, event: Event | dict[str, Any]) -> None:
        with self._changed:
            if not self._open or (
                isinstance(event, Passed) and len(self._waiting) >= MOST_WAITING_PASSED
            ):
                return
            if len(self._waiting) >= MOST_WAITING:
                self._lost += 1
                return
            if self._lost:
                self._waiting.append({"event": "lost", "count": self._lost})
                self._lost = 0
            self._waiting.append(event)
            self._changed.notify()

    def close(self) -> None:
        with self._changed:
            self._open = False
            self._changed.notify()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(PATIENCE_SECONDS)
        self._patient = False
        with self._changed:
            self._waiting.clear()

    def _write_all(self) -> None:
        if sys.platform != "win32":  # a broken pipe is an error to us, whatever it is to others
            signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGPIPE,))
        try:
            while (event := self._next()) is not None:
                document = event if isinstance(event, dict) else event_json(event)
                self._write(json.dumps(document).encode() + b"\n")
        except OSError:
            with self._changed:
                self._open = False
                self._waiting.clear()
            self._lose()

    def _next(self) -> Event | dict[str, Any] | None:
        with self._changed:
            while self._open and not self._waiting:
                self._changed.wait()
            return self._waiting.popleft() if self._waiting else None

    def _write(self, line: bytes) -> None:
        while line and self._patient:
            if sys.platform == "win32":
                line = line[os.write(self.sink, line) :]
            elif select.select([], [self.sink], [], 0.2)[1]:
                with contextlib.suppress(BlockingIOError):  # a socket may have less room
                    line = line[os.write(self.sink, line[:_PIPE_ROOM]) :]
