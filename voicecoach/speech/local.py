"""Every voice of this machine behind one door: utterances enter, finished samples leave, from the
cache or from engines that speak ahead. An engine that fails is replaced by the next one.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from voicecoach.errors import NotFoundError, SpeechError
from voicecoach.library import cache_folder
from voicecoach.sound import Metered, Samples
from voicecoach.speech import Utterance, Voice, calibration
from voicecoach.speech.ahead import Ahead
from voicecoach.speech.cache import SpeechCache
from voicecoach.speech.calibration import Calibration, measure, read_calibration
from voicecoach.speech.engine import Engine
from voicecoach.speech.finish import VERSION, finish
from voicecoach.speech.known import known_calibration
from voicecoach.speech.piper import PiperEngine
from voicecoach.speech.spoken import Spoken, read_spoken, spoken
from voicecoach.speech.system import SystemEngine
from voicecoach.speech.voices import choose_voice, usual_voice

AT_HAND = 64
"""Utterances kept in memory; the others wait in the cache."""
_UNSAFE = str.maketrans({"<": " ", ">": " ", "\\": " ", "[": " ", "]": " ", "{": " ", "}": " "})


def plain_text(text: str) -> str:
    """Text without what an engine could take for a command: SSML's <…>, NSSpeech's [[…]]."""
    return " ".join("".join(c if c.isprintable() else " " for c in text.translate(_UNSAFE)).split())


def usual_engines() -> tuple[Engine, ...]:
    """All engines, the preferred ones first."""
    return PiperEngine(), SystemEngine()


class _MuteError(SpeechError):
    """A voice that makes no sound."""


class LocalSpeaker:
    """Speaks with the voices that this machine has. Close it when done."""

    def __init__(
        self,
        folder: Path | None = None,
        engines: Sequence[Engine] | None = None,
        at_once: int | None = None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`folder` keeps the cache; `at_once` utterances are spoken, by default two on two cores.

        `tell` is given a line, from any thread, when an engine fails.
        """
        self.engines = tuple(usual_engines() if engines is None else engines)
        self.lost: dict[str, SpeechError] = {}
        """Engines that have failed, by their names."""
        self.tell = tell
        self._measuring = threading.Lock()
        self._losing = threading.Lock()
        self._listing = {engine.name: threading.Lock() for engine in self.engines}
        self._closed = False
        self._chosen: dict[tuple[str, str], Voice] = {}
        self._calibrations: dict[str, Calibration] = {}
        self._at_hand = lru_cache(AT_HAND)(self._load)
        self._cache = SpeechCache(folder or cache_folder() / "speech")
        self._voices: dict[str, tuple[Voice, ...]] = {}
        self._at_once = at_once or min(2, os.cpu_count() or 1)
        self._ahead = Ahead(self._fetch, self._at_once)
        # The engine starts, if it will be needed, while the script is still being read.
        self._ahead.do(self._first_voices)

    def speak(self, utterance: Utterance) -> Samples:
        """As Speaker.speak."""
        return self._at_hand(utterance).samples

    def metered(self, utterance: Utterance) -> Metered:
        """As Speaker.metered."""
        return self._at_hand(utterance).metered

    def prepare(self, utterances: Iterable[Utterance]) -> None:
        """As Speaker.prepare."""
        self._ahead.prepare(utterances)

    def voice(self, wanted: str, language: str) -> Voice:
        """As Speaker.voice."""
        voice = self._chosen.get((wanted, language))
        if voice is None:
            try:
                voice = self._choose(wanted, language, fresh=False)
            except NotFoundError:  # perhaps it has been installed since the list was kept
                voice = self._choose(wanted, language, fresh=True)
            self._chosen[wanted, language] = voice  # its file may be gone when it has failed
        failure = self.lost.get(self._found(voice.name)[0].name)
        if failure is None:
            return voice
        if other := self._usual(voice.languages[0] if voice.languages else language):
            return other
        raise failure

    def voices(self, *, fresh: bool = False) -> tuple[Voice, ...]:
        """Every voice of this machine; `fresh` asks the engines even if they are known.

        Raises:
            SpeechError: no engine can be asked.
        """
        found: list[Voice] = []
        failure: SpeechError | None = None
        for engine in self.engines:
            try:
                found += self._voices_of(engine, fresh=fresh)
            except SpeechError as error:
                failure = error
        if failure and not found:
            raise failure
        return tuple(found)

    def close(self) -> None:
        """End the engines; what was being spoken is dropped."""
        self._closed = True
        self._ahead.stop()
        for engine in self.engines:
            engine.close()
        self._ahead.close()
        for engine in self.engines:  # it may have started something meanwhile
            engine.close()
        self._cache.close()

    def __enter__(self) -> LocalSpeaker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _choose(self, wanted: str, language: str, *, fresh: bool) -> Voice:
        for engine in self.engines:
            if voice := engine.voice_in(wanted):
                self._voices.pop(engine.name, None)  # it has one more
                return voice
        # The next engine needn't be asked for what this one has.
        usual = None if wanted.strip() else self._usual(language, fresh=fresh)
        return usual or choose_voice(self.voices(fresh=fresh), wanted, language)

    def _usual(self, language: str, *, fresh: bool = False) -> Voice | None:
        """The usual voice of a language, of the first engine that has one and hasn't failed."""
        for engine in self.engines:
            if engine.name not in self.lost:
                with contextlib.suppress(SpeechError):
                    if voice := usual_voice(self._voices_of(engine, fresh=fresh), language):
                        return voice
        return None

    def _load(self, utterance: Utterance) -> Spoken:
        # What is kept is read here: all threads may be waiting for an engine to start.
        kept = self._kept(utterance)
        if kept is None:
            return self._ahead.get(utterance)
        self._ahead.drop(utterance)
        return kept

    def _fetch(self, utterance: Utterance) -> Spoken:
        kept = self._kept(utterance)
        if kept is not None:
            return kept
        engine, voice = self._found(utterance.voice)
        if failure := self.lost.get(engine.name):
            raise failure
        text = plain_text(utterance.text)
        try:
            measured = self._calibration(engine, voice)
            rate, tempo = measured.rate(utterance.wpm)
            # Without a pitch of its own: spoken slower, and played quicker.
            higher = 2 ** (utterance.pitch / 12) if voice.filtered else 1.0
            pitch = 0.0 if voice.filtered else utterance.pitch
            hertz, raw = engine.speak(text, voice, rate / higher, pitch)
        except _MuteError:  # its other voices may not be
            raise
        except SpeechError as error:
            self._lose(engine, error)
            raise
        said = spoken(finish(raw, hertz * higher, measured.gain, tempo))
        self._cache.put(_key(engine, voice, utterance, text), said.to_bytes())
        return said

    def _kept(self, utterance: Utterance) -> Spoken | None:
        """What the cache has of an utterance."""
        text = plain_text(utterance.text)
        if not text:
            return spoken(np.zeros(0, np.int16))
        kept = self._cache.get(_key(*self._found(utterance.voice), utterance, text))
        return None if kept is None else read_spoken(kept)

    def _lose(self, engine: Engine, error: SpeechError) -> None:
        with self._losing:
            if engine.name in self.lost or self._closed:
                return
            self.lost[engine.name] = error
            self._ahead.drop_voices(voice.name for voice in self._voices_of(engine))
        self.tell(str(error))

    def _calibration(self, engine: Engine, voice: Voice) -> Calibration:
        with self._measuring:
            if voice.name not in self._calibrations:
                known = known_calibration(engine, voice)
                self._calibrations[voice.name] = known or self._measured(engine, voice)
            return self._calibrations[voice.name]

    def _measured(self, engine: Engine, voice: Voice) -> Calibration:
        key = f"{calibration.VERSION}/{_voice_key(engine, voice)}/calibration"
        kept = self._cache.get(key)
        if kept is None:
            measured = measure(engine, voice, self._at_once)
            if measured is None:
                cause = f"its voice {voice.name} is mute; choose another"
                raise _MuteError(engine.name, "", cause)
            kept = measured.to_bytes()
            self._cache.put(key, kept)
        return read_calibration(kept)

    def _found(self, name: str) -> tuple[Engine, Voice]:
        """A voice by its full name, and its engine."""
        for engine in self.engines:
            with contextlib.suppress(SpeechError):
                for voice in self._voices_of(engine):
                    if voice.name == name:
                        return engine, voice
        raise NotFoundError("voice", name, [voice.name for voice in self.voices()])

    def _first_voices(self) -> None:
        """Ask the engines until one has voices: the others may not be needed."""
        for engine in self.engines:
            with contextlib.suppress(SpeechError):
                if self._voices_of(engine):
                    return

    def _voices_of(self, engine: Engine, *, fresh: bool = False) -> tuple[Voice, ...]:
        known = self._voices.get(engine.name)
        if known is not None and not fresh:
            return known
        with self._listing[engine.name]:
            if engine.name in self._voices and not fresh:
                return self._voices[engine.name]
            key = f"{VERSION}/{engine.name}/{engine.version}/voices"
            kept = self._cache.get(key) if engine.lists_slowly and not fresh else None
            if kept is not None:
                voices = tuple(_read_voice(voice) for voice in json.loads(kept))
            else:
                voices = tuple(engine.voices())
                if engine.lists_slowly:
                    listed = [asdict(voice) for voice in voices]
                    self._cache.put(key, json.dumps(listed).encode())
            self._voices[engine.name] = voices
            return voices


def _voice_key(engine: Engine, voice: Voice) -> str:
    return f"{VERSION}/{engine.version}/{voice.key or voice.id}"


def _key(engine: Engine, voice: Voice, utterance: Utterance, text: str) -> str:
    how = f"{calibration.VERSION}/{utterance.wpm}/{utterance.pitch}"
    return f"{_voice_key(engine, voice)}/{how}/{text}"


def _read_voice(kept: dict[str, Any]) -> Voice:
    """As `asdict` wrote it."""
    lists = {name: tuple(value) for name, value in kept.items() if isinstance(value, list)}
    return Voice(**(kept | lists))
