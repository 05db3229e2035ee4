"""The voice: what a microphone takes and what the coach plays enter; Commands and Answers leave.

Nothing of it is kept longer than it takes to understand it, and nothing is sent anywhere.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from typing import Protocol

import numpy as np

from voicecoach.controls import VOICE, Command, Send
from voicecoach.controls.capture import Capture, Taken
from voicecoach.controls.microphone import (
    BLOCK,
    RATE,
    Block,
    Condition,
    Failed,
    Heard,
    Report,
    Samples,
    Speech,
)
from voicecoach.controls.microphone.ear import Ear
from voicecoach.controls.played import Continuity, Played, open_resampler
from voicecoach.errors import UnavailableError, as_sentence
from voicecoach.events import Answered, Asked, Event, Obeyed, Passed

MUTE_DB = -100.0
"""A microphone is mute, or muted, below this level: even a silent room is above it."""
MUTE_SECONDS = 10
"""So long it may be: ..."""
GATED_SECONDS = 180
"""... and so long after it has given sound: a system that takes noise away gives nothing at all
between two words, and who exercises says nothing for minutes."""
CUT_SECONDS = 0.5
"""So much silence follows what a microphone gave last, so that a word ends there."""
AGAIN_SECONDS = 2.0
"""How often a microphone that has gone is looked for."""
OWN_SECONDS = 2.0
"""So long after the coach's words they may come back, be understood and be taken for somebody's."""
NO_SECONDS = 4.0
"""So long after a command or an answer "no" can be meant for it."""

MISSING, MUTE, DEAF = "missing", "mute", "deaf"
PHRASES = {MISSING: "microphone_missing", MUTE: "microphone_mute", DEAF: "microphone_mute"}
"""What is wrong, each said and shown once, and in which phrase."""


class Host(Protocol):
    """What a session offers to who listens; all of it from any thread."""

    def tap(self, tap: Callable[[Samples, float], None]) -> None:
        """Tell it the very samples that go out, and when."""

    def duck(self, speaking: bool) -> None:
        """Be softer at once, or come back."""

    def announce(self, phrase: str) -> None:
        """Say one of the coach's phrases."""


class Listener(Protocol):
    """An Ear, or what does its work."""

    def start(self) -> None:
        """See Ear."""

    def hear(self, block: Block) -> None:
        """See Ear."""

    def close(self) -> None:
        """See Ear."""


class Microphone(Protocol):
    """A Capture, or what does its work."""

    def read(self) -> Taken:
        """See Capture."""

    def close(self) -> None:
        """See Capture."""


class Voice:
    """Sends what is said into the microphone; what goes wrong is said aloud once, and shown."""

    name = VOICE

    def __init__(
        self,
        host: Host,
        language: str,
        device: str,
        show: Callable[[list[str]], None],
        open_ear: Callable[[str, Callable[[Report], None]], Listener] = Ear,
        open_capture: Callable[[str], Microphone] = Capture,
    ) -> None:
        """`device` is a part of the microphone's name; "" is the default one.

        Raises:
            MissingExtraError: the extra "listen" isn't installed.
            UnavailableError: there is no recogniser for the language.
        """
        self._host, self._device, self._show = host, device, show
        self._ear = open_ear(language, self._told)
        self._open_capture = open_capture
        self._played = Played()
        self._send: Send | None = None
        self._closing = threading.Event()
        self._capture: Microphone | None = None
        self._listener = threading.Thread(target=self._listen, name="listen", daemon=True)
        self._given = False
        self._mute_seconds, self._most_mute = 0, MUTE_SECONDS
        self._converged = False
        self._obeyed = float("-inf")
        self._asked = False
        self._saying: tuple[str, float] = "", 0.0
        """What the coach said last, and until when at the least."""
        self._said: set[str] = set()
        host.tap(self._played.take)

    def start(self, send: Send) -> None:
        """Begin to load the models and to listen; returns at once."""
        self._send = send
        self._ear.start()
        self._listener.start()

    @property
    def hears(self) -> bool:
        """Whether there is a microphone that gives more than silence, and somebody who listens."""
        return self._given and self._mute_seconds < self._most_mute and not self._closing.is_set()

    def watch(self, event: Event) -> None:
        """Keep in mind what the coach is saying, whether he asks, and when he last obeyed."""
        self._asked = self._asked or isinstance(event, Asked)
        if isinstance(event, Obeyed | Answered):
            self._obeyed = time.monotonic()
        if isinstance(event, Passed) and event.moment.speech:
            self._saying = event.moment.speech.text.casefold(), time.monotonic()

    def close(self) -> None:
        """Give the microphone back, and end the models' process."""
        self._closing.set()
        self._send = None
        if capture := self._capture:
            capture.close()
        if self._listener.is_alive():
            self._listener.join(AGAIN_SECONDS)
        self._ear.close()

    def _listen(self) -> None:
        """Hear one microphone after the other, until it is over."""
        while not self._closing.is_set():
            self._capture = capture = self._open_capture(self._device)
            try:
                self._hear(capture)
            except UnavailableError as error:
                silence = round(CUT_SECONDS * RATE / BLOCK) if self._given else 0
                for _ in range(silence):
                    self._ear.hear(Block(np.zeros(BLOCK, np.float32)))
                if not self._closing.is_set():
                    self._host.duck(False)
                    self._complain(MISSING, f"{error}; keys still work")
            finally:
                self._given = False
                self._most_mute = MUTE_SECONDS
                capture.close()
            self._closing.wait(AGAIN_SECONDS)

    def _hear(self, capture: Microphone) -> None:
        """Hand on what a microphone gives, with what was played meanwhile."""
        rest = np.zeros(0, np.float32)
        given, anew = Continuity(RATE), True
        resampler = open_resampler()
        while not self._closing.is_set():
            taken = capture.read()
            self._given = True
            anew = given.interrupted(len(taken.samples), taken.at) or anew
            rest = np.concatenate([rest, taken.samples])
            while len(rest) >= BLOCK:
                reference, interrupted = self._played.give(resampler)
                block = Block(rest[:BLOCK], reference, anew or interrupted, self._asked)
                self._ear.hear(block)
                rest, anew = rest[BLOCK:], False

    def _told(self, report: Report) -> None:
        send = self._send
        if send is None:
            return
        match report:
            case Heard(command=command, phrase=phrase):
                late = command == Command.UNDO and time.monotonic() - self._obeyed > NO_SECONDS
                if not late and not self._own(phrase):
                    send(command)
            case Speech(began=began):
                self._host.duck(began)
            case Condition(microphone=level, converged=converged):
                self._converged = converged
                self._mute_seconds = self._mute_seconds + 1 if level <= MUTE_DB else 0
                self._most_mute = self._most_mute if level <= MUTE_DB else GATED_SECONDS
                if self._mute_seconds >= self._most_mute:
                    self._complain(MUTE, "the microphone is silent, or muted; keys still work")
            case Failed(why=why):
                self._closing.set()  # nobody would hear the microphone any more
                self._host.duck(False)
                self._complain(DEAF, f"{why}; keys still work")

    def _own(self, phrase: str) -> bool:
        """Whether it may be the coach who said it: he does so just now, and isn't cancelled yet."""
        text, at = self._saying
        words = re.findall(r"\w+", text)
        said = f" {phrase} " in f" {' '.join(words)} "
        return said and not self._converged and time.monotonic() - at < OWN_SECONDS

    def _complain(self, what: str, line: str) -> None:
        if what not in self._said:
            self._said.add(what)
            self._show([as_sentence(line)])
            self._host.announce(PHRASES[what])
