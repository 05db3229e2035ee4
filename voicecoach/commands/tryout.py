"""Tryouts: a microphone is tried out, for `doctor`; findings leave, a line each."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from types import UnionType

import click
import numpy as np

from voicecoach.controls import Command
from voicecoach.controls.capture import Capture
from voicecoach.controls.microphone import RATE, Condition, Failed, Heard, Ready, Report, Unclear
from voicecoach.controls.microphone.ear import Ear
from voicecoach.controls.microphone.recognisers import known_phrases
from voicecoach.controls.voice import MUTE_DB, Host, Listener, Microphone, Voice
from voicecoach.errors import VoicecoachError
from voicecoach.output.devices import list_microphones
from voicecoach.settings import Settings
from voicecoach.sound import Samples

Finding = tuple[bool, str]
OpenEar = Callable[[str, Callable[[Report], None]], Listener]
OpenCapture = Callable[[str], Microphone]

LEVEL_SECONDS = 2.0
"""How long the room is listened to."""
LOUD_DB = -35.0
"""A room in which the microphone is never softer is a loud one: speech is at -30 to -20."""
LOAD_SECONDS, WORD_SECONDS = 20.0, 6.0
"""How long the models may take to load, and somebody to say a word."""
CLEAR, WELL = -4.0, -6.0
"""Log probabilities from which on a word is heard clearly, or well."""


def look_at_microphone(settings: Settings) -> Finding:
    """Whether there is a microphone, whether words can be understood, and how loud the room is."""
    try:
        known_phrases(settings.language)
        names = ", ".join(found.name for found in list_microphones())
        level = _level(settings.microphone)
    except VoicecoachError as error:
        return False, f"spoken commands (not needed): {error}"
    if level <= MUTE_DB:
        return False, f"microphones: {names}; it gives no sound at all: is it muted?"
    what = f"microphones: {names}; the room is at {level:.0f} dB"
    if level > LOUD_DB:
        return False, f"{what}, which is loud: speak near it, or let it be quieter"
    return True, what


def _level(device: str) -> float:
    """The level of a microphone, in dB of full scale: its median over tenths of a second."""
    capture = Capture(device)
    pieces: list[Samples] = []
    try:
        while sum(map(len, pieces)) < LEVEL_SECONDS * RATE:
            pieces.append(capture.read().samples)
    finally:
        capture.close()
    samples = np.concatenate(pieces)
    parts = samples[: len(samples) // (RATE // 10) * (RATE // 10)].reshape(-1, RATE // 10)
    power = float(np.median(np.mean(parts.astype(np.float64) ** 2, axis=1)))
    return 10 * float(np.log10(power + 1e-12))


class Notes:
    """What an ear reports, kept."""

    def __init__(self, open_ear: OpenEar = Ear, open_capture: OpenCapture = Capture) -> None:
        self._open_ear, self._open_capture = open_ear, open_capture
        self.reports: queue.SimpleQueue[Report] = queue.SimpleQueue()

    def open_ear(self, language: str, tell: Callable[[Report], None]) -> Listener:
        """An Ear whose reports are noted down, too. Raises as Ear."""

        def note(report: Report) -> None:
            self.reports.put(report)
            tell(report)

        return self._open_ear(language, note)

    def voice(self, host: Host, settings: Settings) -> Voice:
        """A voice whose reports are noted down. Raises as Voice."""
        devices = self.open_ear, self._open_capture
        return Voice(host, settings.language, settings.microphone, _show, *devices)

    def load(self, language: str) -> None:
        """Let the models load once: the next time they do it before the coach has said his few
        words, on a slow machine, too. Raises as Ear.
        """
        ear = self.open_ear(language, lambda _: None)
        ear.start()
        self.wait_for(Ready | Failed, LOAD_SECONDS)
        ear.close()
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        while not self.reports.empty():
            self.reports.get()

    def wait_for(self, kind: type[Report] | UnionType, seconds: float) -> Report | None:
        """The next report of a kind; None if that takes longer."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                report = self.reports.get(timeout=left)
            except queue.Empty:
                break
            if isinstance(report, kind):
                return report
        return None

    def echo(self) -> Finding:
        """How the coach came back while this was noted down."""
        conditions = []
        while not self.reports.empty():
            report = self.reports.get()
            if isinstance(report, Failed):
                return False, f"echo: {report.why}"
            if isinstance(report, Condition):
                conditions.append(report)
        known = [each for each in conditions if each.lag_seconds is not None]
        if not conditions:
            return False, "echo: nothing was heard of the microphone in time"
        if all(each.microphone <= MUTE_DB for each in conditions):
            return False, "echo: the microphone gives no sound at all: is it muted?"
        if not known:
            return True, "echo: the microphone doesn't hear the coach; fine with headphones"
        lag = known[-1].lag_seconds or 0.0
        most = max(each.cancelled for each in known)
        return True, f"echo: the coach comes back after {lag:.2f} s; {most:.0f} dB are taken away"


def try_commands(
    settings: Settings, notes: Notes, word_seconds: float = WORD_SECONDS
) -> Iterator[Finding]:
    """Ask for each command, and tell how well it was heard. Raises as Voice."""
    voice = notes.voice(_Nobody(), settings)
    voice.start(lambda _: None)
    try:
        if not isinstance(notes.wait_for(Ready | Failed, LOAD_SECONDS), Ready):
            yield False, "spoken commands: the models can't be loaded"
            return
        phrases = known_phrases(settings.language)
        first = {command: phrase for phrase, command in reversed(phrases.items())}
        for command, phrase in reversed(first.items()):
            click.echo(f'      Say "{phrase}".')
            notes.forget()
            report = notes.wait_for(Heard | Unclear | Failed, word_seconds)
            yield _judged(command, phrase, report)
            if isinstance(report, Failed):
                return
    finally:
        voice.close()


def _judged(command: Command, phrase: str, report: Report | None) -> Finding:
    match report:
        case Heard(command=heard, score=score) if heard == command:
            how = "clearly" if score >= CLEAR else "well" if score >= WELL else "just so"
            return True, f"{phrase}: heard {how}"
        case Heard(phrase=other):
            return False, f'{phrase}: taken for "{other}"'
        case Unclear(why=why):
            return False, f"{phrase}: {why}"
        case Failed(why=why):
            return False, why
    return False, f"{phrase}: nothing was heard"


def _show(lines: list[str]) -> None:
    click.echo("\n".join(lines), err=True)


class _Nobody:
    """A host that plays nothing."""

    def tap(self, tap: Callable[[Samples, float], None]) -> None:
        """Nothing goes out."""

    def duck(self, speaking: bool) -> None:
        """There is nothing to be softer."""

    def announce(self, phrase: str) -> None:
        """It is shown."""
