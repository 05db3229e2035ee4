"""An Ear: listening in a process of its own; blocks enter, reports leave.

Models load and think without Python's lock being held in the coach's process: no sample of his is
late for them. And whatever they do, it ends no session.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from voicecoach.controls.microphone import (
    BLOCK,
    RATE,
    Block,
    Condition,
    Failed,
    Heard,
    Ready,
    Report,
    Speech,
    Unclear,
)
from voicecoach.controls.microphone.recognisers import known_phrases
from voicecoach.controls.microphone.wire import pack_block, read_report

MOST_WAITING = 10 * RATE // BLOCK
"""Blocks that wait for the process: ten seconds. One that is further behind is hung, ..."""
LOAD_SECONDS = 60.0
"""... but for so long it may still be loading its models: from a slow card, or beside much else."""
STEADY_SECONDS = 60.0
"""A process that ended after so long is started again; sooner, it would end again."""
TRIES = 2
"""How often it may end sooner than that, in a row."""
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
"""The coach needs the other cores, and threads that wait for each other save nothing."""


class Ear:
    """Hears what is said, until it is closed; a process of its own that hangs is started again."""

    def __init__(self, language: str, tell: Callable[[Report], None]) -> None:
        """`tell` is called from a thread of the Ear's, and had better return soon.

        Raises:
            MissingExtraError: the extra "listen" isn't installed.
            UnavailableError: there is no recogniser for the language.
        """
        known_phrases(language)
        self._language = language
        self._tell = tell
        self._waiting: deque[Block] = deque()
        self._lock = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="ear", daemon=True)
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False
        self._broken = False
        self._hung = False
        self._loading_until = 0.0
        self._taken = 0
        self._first = 0

    def start(self) -> None:
        """Start the process, which loads the models; returns at once. Ready is told a second later.

        Blocks may come at once: those of the last seconds wait.
        """
        self._thread.start()

    def hear(self, block: Block) -> None:
        """Take the next block, at once, from any one thread; never blocks and never raises."""
        with self._lock:
            if self._closed:
                return
            if len(self._waiting) >= MOST_WAITING:
                self._make_room()
            if self._broken:
                block, self._broken = replace(block, anew=True), False
            self._waiting.append(block)
            self._taken += len(block.microphone)
            self._lock.notify()

    def _make_room(self) -> None:
        """Where the process loads, for one block; else it hangs, and is ended."""
        if time.monotonic() < self._loading_until:
            self._first += len(self._waiting.popleft().microphone)
            self._waiting[0] = replace(self._waiting[0], anew=True)  # the streams have a gap there
            return
        self._waiting.clear()
        self._broken = self._hung = True
        self._kill()

    def close(self) -> None:
        """End it at once, from any thread. May be called twice; nothing is told after."""
        with self._lock:
            self._closed = True
            self._waiting.clear()
            self._kill()
            self._lock.notify()

    def _run(self) -> None:
        failures = 0
        while not self._closed:
            began = time.monotonic()
            why, itself = self._listen()
            steady = not itself and time.monotonic() - began > STEADY_SECONDS
            failures = 1 if steady else failures + 1
            if failures >= TRIES and not self._closed:
                self._tell(Failed(f"spoken commands aren't heard any more: {why}"))
                self.close()

    def _listen(self) -> tuple[str, bool]:
        """Run a process until it ends; why it did, and whether it has said so itself."""
        with self._lock:
            if self._closed:
                return "", False
            try:
                process = self._process = self._start_process()
            except OSError as error:
                return f"no process could be started ({error.strerror})", False
            self._broken, self._hung = True, False
            self._loading_until = time.monotonic() + LOAD_SECONDS
            self._first = self._taken - sum(len(block.microphone) for block in self._waiting)
        why, speaking = "", False
        with process:
            sender = threading.Thread(target=self._send, args=(process,), daemon=True)
            sender.start()
            with contextlib.suppress(OSError, ValueError):
                for line in process.stdout or ():
                    report = read_report(line)
                    if isinstance(report, Failed):
                        why = report.why
                    elif not self._closed:
                        speaking = report.began if isinstance(report, Speech) else speaking
                        if isinstance(report, Ready):
                            self._loading_until = 0.0
                        self._tell(_later(report, self._first))
            with self._lock:
                self._kill()
                self._process = None
                self._lock.notify()
            sender.join()
        if speaking and not self._closed:
            self._tell(Speech(False, self._taken))
        hangs = "the process that listens doesn't answer"
        ended = hangs if self._hung else f"the process that listens ended with {process.returncode}"
        return why or ended, bool(why)

    def _start_process(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            # -P: nothing of this folder is run.
            [sys.executable, "-P", "-m", "voicecoach.controls.microphone.worker", self._language],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **dict.fromkeys(ONE_THREAD, "1")},
            start_new_session=True,  # Ctrl-C is for the coach
        )

    def _send(self, process: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(OSError, ValueError):
            while process.stdin and (block := self._next_block(process)):
                process.stdin.write(pack_block(block))
                process.stdin.flush()
        with contextlib.suppress(OSError):  # what was still to be written
            if process.stdin:
                process.stdin.close()

    def _next_block(self, process: subprocess.Popen[bytes]) -> Block | None:
        with self._lock:
            while self._process is process and not self._closed:
                if self._waiting:
                    return self._waiting.popleft()
                self._lock.wait()
        return None

    def _kill(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()


def _later(report: Report, samples: int) -> Report:
    """A report of a process that didn't hear the beginning, in samples since the beginning."""
    if isinstance(report, Speech | Condition):
        return replace(report, at=report.at + samples)
    if isinstance(report, Heard | Unclear):
        return replace(report, start=report.start + samples, end=report.end + samples)
    return report
