"""The system's voices, through pyttsx3: utterances enter, finished samples leave, from the cache or
from engines that speak ahead in processes of their own.
"""

from __future__ import annotations

import json
import os
import platform
import threading
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voicecoach.errors import NotFoundError, SpeechError
from voicecoach.library import cache_folder
from voicecoach.phrases import languages, phrases
from voicecoach.sound import Samples, loudness, resample
from voicecoach.speech import Utterance, Voice
from voicecoach.speech.cache import SpeechCache
from voicecoach.speech.engine import ENGINE, PATIENCE_SECONDS, Engine
from voicecoach.speech.espeak import load_espeak
from voicecoach.speech.finish import LOUDNESS, VERSION, finish, widen
from voicecoach.speech.voices import choose_voice, name_voices

AHEAD = 32
"""Utterances spoken before they are asked for: a few seconds of work, some MB of samples."""
AT_HAND = 64
"""Utterances kept in memory; the others wait in the cache."""
REFERENCE_WPM = 135
COUNT = "1, 2, 3, 4, 5, 6, 7, 8, 9, 10."
"""What a voice says to be measured whose language has no sample: most can count in their own."""
SPELLING = "A, E, I, O, U."
"""What it says when it can't: letters of another script are spelled."""
MOST_GAIN = 8.0
"""18 dB: a voice softer than that is broken, and would be raised with its noise."""
_UNSAFE = str.maketrans({"<": " ", ">": " ", "\\": " ", "[": " ", "]": " ", "{": " ", "}": " "})


def plain_text(text: str) -> str:
    """Text without what an engine could take for a command: SSML's <…>, NSSpeech's [[…]]."""
    return " ".join("".join(c if c.isprintable() else " " for c in text.translate(_UNSAFE)).split())


class SystemSpeaker:
    """Speaks with the voices that the system has. Close it when done."""

    def __init__(
        self,
        folder: Path | None = None,
        processes: int | None = None,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        """`folder` keeps the cache; `processes` speak at once, by default two on two cores."""
        self._patience = patience_seconds
        self._engines: list[Engine] = []
        self._own = threading.local()
        self._lock = threading.Lock()
        self._ahead = threading.Lock()
        self._gains: dict[str, float] = {}
        self._waiting: deque[Utterance] = deque()
        self._coming: dict[Utterance, Future[NDArray[np.int16]]] = {}
        self._at_hand = lru_cache(AT_HAND)(self._load)
        self._version = f"{VERSION}/{load_espeak() or platform.platform()}"
        self._cache = SpeechCache(folder or cache_folder() / "speech")
        self._voices: tuple[Voice, ...] = ()
        self._pool = ThreadPoolExecutor(processes or min(2, os.cpu_count() or 1), "speech")
        # The engine starts, if it will be needed, while the script is still being read.
        self._found = self._pool.submit(self._find_voices, fresh=False)

    def speak(self, utterance: Utterance) -> Samples:
        """As Speaker.speak."""
        self._speak_ahead()
        return self._at_hand(utterance)

    def prepare(self, utterances: Iterable[Utterance]) -> None:
        """As Speaker.prepare."""
        self._waiting.extend(utterances)
        self._speak_ahead()

    def voice(self, wanted: str, language: str) -> Voice:
        """As Speaker.voice."""
        try:
            return choose_voice(self.voices(), wanted, language)
        except NotFoundError:  # perhaps it has been installed since the list was kept
            return choose_voice(self.voices(fresh=True), wanted, language)

    def voices(self, *, fresh: bool = False) -> tuple[Voice, ...]:
        """Every voice of the system; `fresh` asks the engine even if they are known.

        Raises:
            SpeechError: the engine can't be asked.
        """
        self._found.result()
        if fresh or not self._voices:
            self._pool.submit(self._find_voices, fresh=fresh).result()
        return self._voices

    def close(self) -> None:
        """End the engines; what was being spoken is dropped."""
        self._waiting.clear()
        for engine in self._engines:
            engine.close()
        self._pool.shutdown(cancel_futures=True)
        for engine in self._engines:
            engine.close()
        self._cache.close()

    def __enter__(self) -> SystemSpeaker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _speak_ahead(self) -> None:
        with self._ahead:
            while self._waiting and len(self._coming) < AHEAD:
                utterance = self._waiting.popleft()
                if utterance not in self._coming:
                    self._coming[utterance] = self._pool.submit(self._fetch, utterance)

    def _load(self, utterance: Utterance) -> Samples:
        coming = self._coming.pop(utterance, None) or self._pool.submit(self._fetch, utterance)
        return widen(coming.result())

    def _fetch(self, utterance: Utterance) -> NDArray[np.int16]:
        text = plain_text(utterance.text)
        if not text:
            return np.zeros(0, np.int16)
        voice = self._named(utterance.voice)
        key = f"{self._version}/{voice.id}/{utterance.wpm}/{utterance.pitch}/{text}"
        kept = self._cache.get(key)
        if kept is not None and len(kept) % 2 == 0:
            return np.frombuffer(kept, np.int16)
        rate, raw = self._engine().speak(text, voice.id, utterance.wpm, utterance.pitch)
        samples = finish(raw, rate, self._gain(voice))
        self._cache.put(key, samples.tobytes())
        return samples

    def _gain(self, voice: Voice) -> float:
        """What brings a voice to the session's loudness."""
        with self._lock:
            if voice.id not in self._gains:
                key = f"{self._version}/{voice.id}/loudness"
                kept = self._cache.get(key)
                if kept is None:
                    kept = repr(self._measure(voice)).encode()
                    self._cache.put(key, kept)
                self._gains[voice.id] = min(10 ** ((LOUDNESS - float(kept)) / 20), MOST_GAIN)
            return self._gains[voice.id]

    def _measure(self, voice: Voice) -> float:
        """A voice's loudness in LUFS.

        Raises:
            SpeechError: it is mute.
        """
        language = voice.languages[0].split("-")[0] if voice.languages else ""
        known = phrases(language).texts["sample"] if language in languages() else ""
        for text in filter(None, (known, COUNT, SPELLING)):
            rate, raw = self._engine().speak(text, voice.id, REFERENCE_WPM, 0.0)
            if np.frombuffer(raw, np.int16).any():
                return loudness(resample(np.frombuffer(raw, np.int16), rate))
        raise SpeechError(ENGINE, "", f"its voice {voice.name} is mute; choose another")

    def _named(self, name: str) -> Voice:
        self._find_voices()
        for voice in self._voices:
            if voice.name == name:
                return voice
        raise NotFoundError("voice", name, [voice.name for voice in self._voices])

    def _find_voices(self, *, fresh: bool = False) -> None:
        """In one of the pool's threads, which have the engines."""
        with self._lock:
            if self._voices and not fresh:
                return
            key = f"{self._version}/voices"
            kept = None if fresh else self._cache.get(key)
            found: list[dict[str, Any]]
            if kept is None:
                found = self._engine().voices()
                self._cache.put(key, json.dumps(found).encode())
            else:
                found = json.loads(kept)
            self._voices = name_voices(found)

    def _engine(self) -> Engine:
        """The engine of the thread that asks."""
        engine: Engine | None = getattr(self._own, "engine", None)
        if engine is None:
            engine = self._own.engine = Engine(self._patience)
            self._engines.append(engine)
        return engine
