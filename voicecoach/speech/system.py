"""The system's voices, through pyttsx3: eSpeak NG, Windows' and macOS' own."""

from __future__ import annotations

import platform
import threading
from typing import Any

from voicecoach.errors import SpeechError
from voicecoach.speech import Voice
from voicecoach.speech.espeak import load_espeak
from voicecoach.speech.process import ENGINE, PATIENCE_SECONDS, EngineProcess
from voicecoach.speech.voices import name_voices


class SystemEngine:
    """As many engine processes as are asked at once; each is kept for whoever asks next."""

    name = ENGINE
    lists_slowly = True
    rates: tuple[int, ...] = (80, 95, 110, 160, 240, 450)

    def __init__(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self.version = load_espeak() or platform.platform()
        self.processes: list[EngineProcess] = []
        """All that were started."""
        self._patience = patience_seconds
        self._idle: list[EngineProcess] = []
        self._lock = threading.Lock()
        self._closed = False

    def voices(self) -> tuple[Voice, ...]:
        """As Engine.voices."""
        return name_voices(self._ask(EngineProcess.voices))

    def voice_in(self, file: str) -> None:
        """As Engine.voice_in: none of its voices is a file."""

    def speak(self, text: str, voice: Voice, rate: float, pitch: float) -> tuple[float, bytes]:
        """As Engine.speak."""
        hertz, raw = self._ask(EngineProcess.speak, text, voice.id, round(rate), pitch)
        return hertz, raw

    def close(self) -> None:
        """As Engine.close."""
        with self._lock:
            self._closed = True
            processes = list(self.processes)
        for process in processes:
            process.close()

    def _ask(self, what: Any, *arguments: Any) -> Any:
        with self._lock:
            if self._closed:
                raise SpeechError(ENGINE, "", "it was closed")
            if self._idle:
                process = self._idle.pop()
            else:
                process = EngineProcess(self._patience)
                self.processes.append(process)
        try:
            return what(process, *arguments)
        finally:
            with self._lock:
                self._idle.append(process)
