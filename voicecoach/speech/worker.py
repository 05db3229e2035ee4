"""The engine's own process: requests enter as lines of JSON, voices and raw samples leave.

pyttsx3 can hang, prints while it saves, and its engines can take the process with them: so it
lives here alone, and whoever asks keeps the clock. Answers are a line of JSON, followed by as many
bytes as it says (16-bit mono samples).
"""

from __future__ import annotations

import gc
import io
import json
import os
import select
import signal
import sys
import tempfile
import types
import wave
from pathlib import Path
from typing import Any

from voicecoach.speech.espeak import load_espeak

ESPEAK_PITCH = 50.0
"""eSpeak's neutral pitch; its table doubles the frequency from 50 to 100 (speech.c, SetPitch2)."""


def main() -> None:
    """Answer requests on standard input until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever asks
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever the engine prints goes to standard error
    engine: _Engine | None = None
    for line in sys.stdin.buffer:
        data = b""
        try:
            engine = engine or _open_engine()
            answer, data = _answer(engine, json.loads(line))
        except Exception as error:  # noqa: BLE001 - it may raise anything; the asker tells it
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer | {"bytes": len(data)}).encode() + b"\n" + data)
        answers.flush()
        if "error" in answer:
            break  # after a failure an engine may do anything: the next one is new


def _answer(engine: _Engine, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    if request["ask"] == "voices":
        return {"voices": engine.voices(), "driver": engine.driver}, b""
    rate, data = engine.speak(request["text"], request["voice"], request["wpm"], request["pitch"])
    return {"rate": rate}, data


def _open_engine() -> _Engine:
    load_espeak()
    from pyttsx3.engine import default_engine_by_sys_platform

    driver: str = default_engine_by_sys_platform()
    return _Espeak(driver) if driver == "espeak" else _Engine(driver)


class _Engine:
    """pyttsx3, with its errors raised rather than notified."""

    def __init__(self, driver: str) -> None:
        import pyttsx3

        self.driver = driver
        self.engine = pyttsx3.init(driver)
        self.engine.connect("error", self._failed)
        self.failure: BaseException | None = None
        self.current: tuple[str, int, float] | None = None

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
        if self.current != (voice, wpm, pitch):
            self.engine.setProperty("voice", voice)
            self.engine.setProperty("rate", wpm)
            self._set_pitch(pitch)
            self._run()
            self.current = (voice, wpm, pitch)
        return self._speak(text)

    def _set_pitch(self, pitch: float) -> None:
        if pitch:
            raise ValueError(f"{self.driver} can't change a voice's pitch")

    def _speak(self, text: str) -> tuple[int, bytes]:
        with tempfile.TemporaryDirectory(prefix="voicecoach-") as folder:
            file = Path(folder) / "utterance.wav"
            self.engine.save_to_file(text, str(file))
            self._run()
            return _decode(file)

    def _run(self) -> None:
        self.engine.runAndWait()
        if self.failure is not None:
            raise RuntimeError(str(self.failure))

    def _failed(self, name: object = None, exception: BaseException | None = None) -> None:
        del name
        self.failure = exception


class _Espeak(_Engine):
    """pyttsx3's driver for eSpeak NG, mended.

    It lets eSpeak speak in a thread of its own and races with it: cancels settings that wait, takes
    an utterance for done that isn't. Here eSpeak speaks when it is called.
    """

    def __init__(self, driver: str) -> None:
        from pyttsx3.drivers import _espeak, espeak

        _espeak.AUDIO_OUTPUT_RETRIEVAL = _espeak.AUDIO_OUTPUT_SYNCHRONOUS
        _espeak.Synth = self._synthesize
        espeak.time = types.SimpleNamespace(sleep=lambda _: None)  # for nothing, 10 ms
        self.library = _espeak
        super().__init__(driver)
        gc.freeze()  # what is never collected needn't be copied for a child

    def _set_pitch(self, pitch: float) -> None:
        value = min(max(ESPEAK_PITCH + ESPEAK_PITCH * pitch / 12, 0), 99)
        self.engine.setProperty("pitch", round(value))

    def _speak(self, text: str) -> tuple[int, bytes]:
        """In a child: eSpeak takes its noise and phase from one utterance into the next, and the
        same text would never have the same samples twice.
        """
        if sys.platform == "win32":
            return self._save(text)
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                rate, data = self._save(text)
                with os.fdopen(writer, "wb") as file:
                    file.write(rate.to_bytes(4) + data)
            finally:
                os._exit(sys.exc_info()[0] is not None)
        os.close(writer)
        with os.fdopen(reader, "rb") as file:
            if sys.stdin in select.select([file, sys.stdin], [], [])[0]:
                os.kill(child, signal.SIGKILL)  # whoever asked is gone, and it may be hung
            data = file.read()
        if os.waitpid(child, 0)[1]:
            raise RuntimeError("eSpeak ended within an utterance")
        return int.from_bytes(data[:4]), data[4:]

    def _save(self, text: str) -> tuple[int, bytes]:
        file = io.BytesIO()  # the driver's `wave` takes a file as well as a name
        self.engine.save_to_file(text, file)
        self._run()
        file.seek(0)
        with wave.open(file) as sound:
            return sound.getframerate(), sound.readframes(sound.getnframes())

    def _synthesize(self, text: bytes, flags: int) -> None:
        """For the driver's Synth, by which eSpeak reads on to ten times the text's length."""
        driver = self.engine.proxy._driver  # noqa: SLF001 - there is no other way to it
        driver._data_buffer = bytearray()  # noqa: SLF001 - bytes would be copied for each second
        library = self.library
        code = library.cSynth(text, len(text) + 1, 0, library.POS_CHARACTER, 0, flags, None, None)
        if code != library.EE_OK:
            raise RuntimeError(f"eSpeak's code {code}")
        end = library.EVENT(type=library.EVENT_MSG_TERMINATED)  # speaking so, eSpeak sends none
        driver._onSynth(None, 0, [end])  # noqa: SLF001 - as above


def _decode(file: Path) -> tuple[int, bytes]:
    import av

    data = b""
    with av.open(str(file)) as container:  # macOS writes AIFF, whatever the file is called
        rate = container.streams.audio[0].rate
        resampler = av.AudioResampler("s16", "mono", rate)
        for frame in [*container.decode(audio=0), None]:
            data += b"".join(out.to_ndarray().tobytes() for out in resampler.resample(frame))
    return rate, data


if __name__ == "__main__":
    main()
