"""The engine's own process: requests enter as lines of JSON, voices and raw samples leave.

pyttsx3 can hang, prints while it saves, and its engines can take the process with them: so it
lives here alone, and whoever asks keeps the clock. Answers are a line of JSON, followed by as many
bytes as it says (16-bit mono samples).
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import types
import wave
from pathlib import Path
from typing import Any, BinaryIO

from voicecoach.speech.espeak import load_espeak

ESPEAK_PITCH = 50.0
"""eSpeak's neutral pitch; its table doubles the frequency from 50 to 100 (speech.c, SetPitch2)."""


def main() -> None:
    """Answer requests on standard input until it ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever the engine prints goes to standard error
    load_espeak()
    with tempfile.TemporaryDirectory(prefix="voicecoach-") as folder:
        engine = _Engine(Path(folder) / "utterance.wav")
        for line in sys.stdin.buffer:
            if not _answer(engine, json.loads(line), answers):
                break  # after a failure an engine may do anything: the next one is new


def _answer(engine: _Engine, request: dict[str, Any], answers: BinaryIO) -> bool:
    """Whether the engine did what it was asked."""
    data = b""
    try:
        if request["ask"] == "voices":
            answer: dict[str, Any] = {"voices": engine.voices(), "driver": engine.driver}
        else:
            rate, data = engine.speak(
                request["text"], request["voice"], request["wpm"], request["pitch"]
            )
            answer = {"rate": rate}
    except Exception as error:  # noqa: BLE001 - an engine may raise anything; the asker tells it
        answer = {"error": f"{type(error).__name__}: {error}"}
    answer["bytes"] = len(data)
    answers.write(json.dumps(answer).encode() + b"\n" + data)
    answers.flush()
    return "error" not in answer


class _Engine:
    """pyttsx3, with its errors raised rather than notified."""

    def __init__(self, file: Path) -> None:
        import pyttsx3

        self.file = file
        self.engine = pyttsx3.init()
        self.driver: str = self.engine.driver_name
        self.current: tuple[str, int, float] | None = None
        self.failure: BaseException | None = None
        self.finished = threading.Event()
        self.engine.connect("error", self._failed)
        self.engine.connect("finished-utterance", self._finished)
        if self.driver == "espeak":
            from pyttsx3.drivers import _espeak, espeak

            # It looks every 10 ms whether a synthesis has ended that takes 3.
            espeak.time = types.SimpleNamespace(sleep=self.finished.wait)
            # Settings wait in eSpeak's queue. To the driver that looks like speech, which it
            # cancels before the next: now and then an utterance lost its rate, or its end.
            _espeak.IsPlaying = lambda: 0

    def voices(self) -> list[dict[str, Any]]:
        """All voices of the engine."""
        found = []
        for voice in self.engine.getProperty("voices") or ():
            languages = []
            for language in voice.languages or ():
                text = language.decode(errors="ignore") if isinstance(language, bytes) else language
                languages.append(text.strip("\x05").replace("_", "-").lower())
            gender = str(voice.gender or "").lower().replace("voicegender", "")
            found.append(
                {"id": voice.id, "label": voice.name, "languages": languages, "gender": gender}
            )
        return found

    def speak(self, text: str, voice: str, wpm: int, pitch: float) -> tuple[int, bytes]:
        """An utterance's rate in Hz and its 16-bit mono samples."""
        self._set(voice, wpm, pitch)
        self.file.unlink(missing_ok=True)
        self.finished.clear()
        self.engine.save_to_file(text, str(self.file))
        self.engine.runAndWait()
        self._raise()
        if self.driver == "espeak":
            self._synchronize()
            self._raise()
        self.current = (voice, wpm, pitch)
        return _read(self.file)

    def _set(self, voice: str, wpm: int, pitch: float) -> None:
        if self.current == (voice, wpm, pitch):
            return
        self.current = None
        self.engine.setProperty("voice", voice)
        self.engine.setProperty("rate", wpm)
        if self.driver == "espeak":
            value = min(max(ESPEAK_PITCH + ESPEAK_PITCH * pitch / 12, 0), 99)
            self.engine.setProperty("pitch", round(value))
        elif pitch:
            raise ValueError(f"{self.driver} can't change a voice's pitch")

    def _synchronize(self) -> None:
        """Wait until eSpeak is idle: its driver may return while it still speaks."""
        from pyttsx3.drivers import _espeak

        self.finished.wait()  # the deadline is the asker's
        _espeak.Synchronize()

    def _finished(self, name: object = None, completed: bool = True) -> None:
        del name
        if not completed:
            self.failure = RuntimeError("the engine was interrupted")
        self.finished.set()

    def _failed(self, name: object = None, exception: BaseException | None = None) -> None:
        del name
        self.failure = exception

    def _raise(self) -> None:
        failure, self.failure = self.failure, None
        if failure is not None:
            raise RuntimeError(str(failure))


def _read(file: Path) -> tuple[int, bytes]:
    with file.open("rb") as start:
        is_wave = start.read(4) == b"RIFF"
    if is_wave:
        with wave.open(str(file)) as sound:
            if sound.getsampwidth() == 2 and sound.getnchannels() == 1:
                return sound.getframerate(), sound.readframes(sound.getnframes())
    return _decode(file)  # macOS writes AIFF, whatever the file is called


def _decode(file: Path) -> tuple[int, bytes]:
    import av

    data = b""
    with av.open(str(file)) as container:
        rate = container.streams.audio[0].rate
        resampler = av.AudioResampler("s16", "mono", rate)
        for frame in [*container.decode(audio=0), None]:
            data += b"".join(out.to_ndarray().tobytes() for out in resampler.resample(frame))
    return rate, data


if __name__ == "__main__":
    main()
