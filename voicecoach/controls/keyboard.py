"""The keyboard: a terminal's keys enter, Commands leave. Knows nothing of what they do.

The terminal gives each key at once and shows none. It is as found after the end, an error, a caught
signal, and while stopped or in the background; after `kill -9` it must be told: `stty sane`, Enter.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from typing import Any

from voicecoach.controls import MEANINGS, Command, Send
from voicecoach.errors import UnavailableError
from voicecoach.events import Answer, Asked, Event

if sys.platform == "win32":
    import msvcrt
else:
    import select
    import signal
    import termios

KEYS: dict[Command, tuple[str, ...]] = {
    Command.TOGGLE: ("space",),
    Command.SKIP: ("right", "n"),
    Command.BACK: ("left", "b"),
    Command.REPEAT: ("r",),
    Command.LONGER: ("l",),
    Command.ENOUGH: ("e",),
    Command.LOUDER: ("up", "+", "="),
    Command.QUIETER: ("down", "-"),
    Command.SLOWER: ("s",),
    Command.FASTER: ("f",),
    Command.HOW_LONG: ("t",),
    Command.UNDO: ("u",),
    Command.OUCH: ("!", "1"),
    Command.STOP: ("q", "escape", "ctrl-d"),
}
"""What ends a session lies top left, away from the rest; `=` and `1` are `+` and `!` unshifted."""
ANSWER_KEYS: dict[Answer, tuple[str, ...]] = {
    Answer("better"): ("b", "left"),
    Answer("same"): ("s", "down", "up"),
    Answer("worse"): ("w", "right"),
    **{Answer(pain=digit): (str(digit),) for digit in range(10)},
}
"""What keys say while the coach asks how it was: the arrows lie as the words are said. All others
say that there is no answer."""
TEN_SECONDS = 1.5
"""A 0 that follows a 1 within this makes a ten of it."""

LONE_ESCAPE_SECONDS, UNFINISHED_SECONDS = 0.3, 1.0
"""How long to wait for more. An Escape that nothing follows was the key; the bytes of an arrow key
begin with one too, can be torn apart on a slow line, and must not end a session."""

_ANSWERS = {key: answer for answer, keys in ANSWER_KEYS.items() for key in keys}
COMMANDS = {key: command for command, keys in KEYS.items() for key in keys}
_NAMES = {b" ": "space", b"\x1b": "escape", b"\x04": "ctrl-d"}
for _letter, _arrow in ((b"A", "up"), (b"B", "down"), (b"C", "right"), (b"D", "left")):
    _NAMES |= {b"\x1b[" + _letter: _arrow, b"\x1bO" + _letter: _arrow}
_NO_TERMINAL = "there is no terminal to read keys from; commands may come from --control stdin"
_TOKEN = re.compile(rb"""(?xs)
    \x1b\[200~ .*? \x1b\[201~                               # a paste
    | \x1b\x1b? \[ (?!200~) (?: \[. | [ -?]* [@-Z\\-~])     # CSI; with [[ a Linux console's F keys
    | \x1b\x1b? \[ [ -?]* (?=[^ -~])                        # CSI, broken off
    | \x1b\x1b? O [0-9;]* (?: [@-~] | (?=[^0-9;@-~]))       # SS3: arrows in application mode
    | \x1b[\]PX^_] .*? (?: \x07 | \x1b\\)                   # what a terminal says about itself
    | \x1b [^\x1b\[O\]PX^_]                                 # Alt and a key
    | \x1b (?=\x1b[^\[O])                                   # Escape, and then something else
    | [^\x1b]                                               # a key
""")


def help_lines() -> list[str]:
    """Every key and what it does, a command a line."""
    lines = [f"{', '.join(keys):<19}{MEANINGS[command]}" for command, keys in KEYS.items()]
    return [*lines, f"{'?':<19}these keys"]


class Decoder:
    """Makes names of keys out of the bytes that a terminal sends, however they are torn apart."""

    def __init__(self) -> None:
        self._unfinished = b""

    @property
    def wait_seconds(self) -> float:
        """How long to wait for more before `flush`."""
        return UNFINISHED_SECONDS if self._unfinished.strip(b"\x1b") else LONE_ESCAPE_SECONDS

    def feed(self, data: bytes) -> Iterator[str]:
        """The keys that `data` completes: their names in KEYS, or what they sent."""
        if self._unfinished == b"\x1b" and data[:1] not in b"\x1b[O]PX^_":
            yield from self.flush()  # the bytes of Alt and a key come together: this was Escape
        data, at = self._unfinished + data, 0
        while token := _TOKEN.match(data, at):
            at = token.end()
            yield _NAMES.get(token[0]) or token[0].decode("ascii", "ignore").lower()
        self._unfinished = data[at:][:4096]  # of a long paste only the beginning and end matter

    def flush(self) -> Iterator[str]:
        """The keys in what stays unfinished: Escape, or none."""
        unfinished, self._unfinished = self._unfinished, b""
        if unfinished and not unfinished.strip(b"\x1b"):
            yield "escape"


class Keyboard:
    """Sends what its KEYS say; `show_help` is called with `help_lines()` from the keys' thread."""

    name = "keys"

    def __init__(self, show_help: Callable[[list[str]], None]) -> None:
        self._show_help = show_help
        self._asked = False
        self._terminal: Terminal | None = None

    def start(self, send: Send) -> None:
        """Take the terminal and begin to send; signals are caught if this is the main thread."""
        self._terminal = terminal = Terminal()
        atexit.register(self.close)
        threading.Thread(target=self._read, args=(terminal, send), daemon=True).start()

    @property
    def reads(self) -> bool:
        """Whether there is a terminal whose keys are read."""
        return self._terminal is not None

    def watch(self, event: Event) -> None:
        """Keys show nothing; but once the coach asks, they are answers."""
        self._asked = self._asked or isinstance(event, Asked)

    def close(self) -> None:
        """Give the terminal back, at once."""
        if self._terminal:
            self._terminal.close()
            atexit.unregister(self.close)

    def _read(self, terminal: Terminal, send: Send) -> None:
        one_at = float("-inf")
        with contextlib.closing(terminal.keys()) as keys:
            for key in keys:
                if self._asked:
                    ten = key == "0" and time.monotonic() - one_at < TEN_SECONDS
                    one_at = time.monotonic() if key == "1" else float("-inf")
                    send(Answer(pain=10) if ten else _answer(key))
                elif key == "?":
                    self._show_help(help_lines())
                elif key in COMMANDS and not terminal.closed:
                    send(COMMANDS[key])


def _answer(key: str) -> Answer | Command:
    return _ANSWERS.get(key) or (Command.OUCH if key == "!" else Command.STOP)


if sys.platform == "win32":

    class Terminal:
        """A Windows console."""

        def __init__(self) -> None:
            if not os.isatty(0):
                raise UnavailableError(_NO_TERMINAL)
            self.closed = False

        def close(self) -> None:
            """End `keys`."""
            self.closed = True

        def keys(self) -> Generator[str]:
            """The names of keys, as they are pressed."""
            arrows = {"H": "up", "P": "down", "M": "right", "K": "left"}
            while not self.closed:
                time.sleep(0.03)  # keys can be asked for, not awaited
                while msvcrt.kbhit():
                    key = msvcrt.getwch().lower()
                    if key in ("\0", "\xe0") and msvcrt.kbhit():
                        key = arrows.get(msvcrt.getwch(), key)
                    yield _NAMES.get(key.encode(), key)

else:

    class Terminal:
        """A Unix terminal: it gives each key at once while we are in its foreground."""

        def __init__(self) -> None:
            try:
                self._tty = os.dup(0) if os.isatty(0) else os.open("/dev/tty", os.O_RDWR)
            except OSError as error:
                raise UnavailableError(_NO_TERMINAL) from error
            self._found: list[Any] = []  # how it was, while it is ours
            self._lock = threading.RLock()  # a signal's handler may interrupt who holds it
            self.closed = False
            os.register_at_fork(after_in_child=self._forget)
            self._handlers: dict[int, Any] = {}
            if threading.current_thread() is threading.main_thread():
                for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGTSTP):
                    if signal.getsignal(number) not in (signal.SIG_IGN, None):  # nohup ignores
                        self._handlers[number] = signal.signal(number, self._on_signal)
            self._take()

        def keys(self) -> Generator[str]:
            """The names of keys, as they are pressed."""
            decoder = Decoder()
            # In the background, reading fails instead of stopping the whole process.
            signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTTIN, signal.SIGTTOU))
            try:
                while not self.closed:
                    data = self._data(decoder.wait_seconds) if self._take() else b""
                    if data is None:
                        yield from decoder.flush()
                    elif data:
                        yield from decoder.feed(data)
                    else:
                        time.sleep(0.2)  # hung up, or in the background: look for the end of it
            finally:
                self.close()  # then nobody uses it any more
                os.close(self._tty)

        def close(self) -> None:
            """Give the terminal back, and end `keys`."""
            with self._lock:
                self.closed = True
                self._give_back()
            if threading.current_thread() is threading.main_thread():
                while self._handlers:
                    number, handler = self._handlers.popitem()
                    if signal.getsignal(number) == self._on_signal:
                        signal.signal(number, handler)

        def _forget(self) -> None:  # in a forked child
            self._lock, self._found, self.closed = threading.RLock(), [], True

        def _data(self, wait_seconds: float) -> bytes | None:
            if not self._readable(wait_seconds):
                return None
            with self._lock, contextlib.suppress(OSError):
                # Once the terminal is given back, what comes is for somebody else, though a signal
                # may yet have to stop us.
                if self._found and self._readable(0):
                    return os.read(self._tty, 1024)
            return b""

        def _readable(self, wait_seconds: float) -> bool:
            return bool(select.select([self._tty], [], [], wait_seconds)[0])

        def _in_front(self) -> bool:
            with contextlib.suppress(OSError):
                return os.tcgetpgrp(self._tty) == os.getpgrp()
            return True  # a terminal that controls no jobs

        def _take(self) -> bool:
            with self._lock, contextlib.suppress(termios.error):
                if not self.closed and self._in_front():
                    mode = termios.tcgetattr(self._tty)
                    if not self._found or mode[3] & termios.ICANON:  # a shell's doing
                        self._found = [*mode[:6], [*mode[6]]]
                        mode[0] &= ~termios.IXON  # Ctrl-S would freeze the screen
                        mode[3] &= ~(termios.ICANON | termios.ECHO | termios.IEXTEN)  # not ISIG
                        mode[6][termios.VMIN], mode[6][termios.VTIME] = 1, 0
                        termios.tcsetattr(self._tty, termios.TCSANOW, mode)
                    return True
            return False

        def _give_back(self) -> None:
            found, self._found = self._found, []
            if found and self._in_front():
                with contextlib.suppress(termios.error):
                    termios.tcflush(self._tty, termios.TCIFLUSH)  # keys for us are not a shell's,
                    termios.tcsetattr(self._tty, termios.TCSANOW, found)  # its keys not for us

        def _on_signal(self, number: int, _frame: object) -> None:
            """Give the terminal back, and let the signal do what it did without us."""
            with self._lock:
                self._give_back()
                signal.signal(number, self._handlers.get(number, signal.SIG_DFL))
                signal.pthread_kill(threading.get_ident(), number)
                if number in self._handlers:  # we were stopped and go on, or a handler let us live
                    signal.signal(number, self._on_signal)
                    self._take()
