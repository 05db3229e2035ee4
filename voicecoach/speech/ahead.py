"""Ahead: utterances that will be asked for enter; each is spoken before it is, as far as it goes.

No more are spoken than at once, so that what is asked for out of turn needn't queue behind others.
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from voicecoach.errors import SpeechError
from voicecoach.speech import Utterance
from voicecoach.speech.spoken import Spoken

MOST = 32
"""Utterances spoken before they are asked for: a few seconds of work, some MB of samples."""


class Ahead:
    """Threads that speak, for whoever asks from any other."""

    def __init__(self, speak: Callable[[Utterance], Spoken], at_once: int) -> None:
        self._speak, self._at_once = speak, at_once
        self._waiting: deque[Utterance] = deque()
        self._coming: dict[Utterance, Future[Spoken]] = {}
        self._lock = threading.RLock()
        self._closed = False
        self._pool = ThreadPoolExecutor(at_once, "speech")

    def do(self, work: Callable[[], None]) -> None:
        """Do something else on one of the threads."""
        self._pool.submit(work)

    def prepare(self, utterances: Iterable[Utterance]) -> None:
        """These will be asked for, in this order."""
        wanted = list(utterances)
        with self._lock:
            self._waiting.extend(wanted)
            self._go_on()

    def get(self, utterance: Utterance) -> Spoken:
        """One that is spoken; it is next, if it isn't yet.

        Raises:
            SpeechError: as `speak`, or it was closed.
        """
        with self._lock:
            self._forget(utterance)
            try:
                coming = self._ask_for(utterance)
            except RuntimeError:  # the pool is shut down
                raise SpeechError("speech", utterance.text, "it was closed") from None
        try:
            return coming.result()
        finally:
            self.drop(utterance)

    def drop(self, utterance: Utterance) -> None:
        """It needn't be spoken for anybody, or has been."""
        with self._lock:
            self._forget(utterance)
            self._coming.pop(utterance, None)
            self._go_on()

    def drop_voices(self, names: Iterable[str]) -> None:
        """What these voices were to say isn't wanted any more."""
        lost = set(names)
        with self._lock:
            self._waiting = deque(each for each in self._waiting if each.voice not in lost)
            for utterance in [one for one in self._coming if one.voice in lost]:
                self._coming.pop(utterance, None)

    def stop(self) -> None:
        """Speak nothing more than what is being spoken."""
        with self._lock:
            self._closed = True
            self._waiting.clear()

    def close(self) -> None:
        """End the threads, once what they are doing has ended."""
        self.stop()
        self._pool.shutdown(cancel_futures=True)

    def _forget(self, utterance: Utterance) -> None:
        with contextlib.suppress(ValueError):
            self._waiting.remove(utterance)

    def _go_on(self) -> None:
        with self._lock, contextlib.suppress(RuntimeError):  # it is being closed
            while self._waiting and len(self._coming) < MOST and not self._closed:
                if sum(not future.done() for future in self._coming.values()) >= self._at_once:
                    return
                self._ask_for(self._waiting.popleft())

    def _ask_for(self, utterance: Utterance) -> Future[Spoken]:
        if utterance not in self._coming:
            future = self._coming[utterance] = self._pool.submit(self._speak, utterance)
            future.add_done_callback(lambda _: self._go_on())
        return self._coming[utterance]
