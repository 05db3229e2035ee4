"""The engine's own process: requests enter as lines of JSON, voices and raw samples leave.

pyttsx3 can hang, prints while it saves, and its engines can take the process with them: so it
lives here alone, and whoever asks keeps the clock. Answers are a line of JSON, followed by as many
bytes as it says (16-bit mono samples).
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import math
import os
import select
import signal
import sys
import tempfile
import types
import wave
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from voicecoach.speech.espeak import load_espeak

ESPEAK_RANGE = 0.6
"""eSpeak's pitch moves a voice's base by an octave for 50 (SetPitch2 in its speech.c), but not the
rise above it that intonation adds; half the time that is at least this share of the base. Measured
with eight voices: so reckoned, −6 to 8 semitones come out within one. It reaches no further.
"""


def main() -> None:
    """Answer requests on standard input until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever asks
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever the engine prints goes to standard error
    with contextlib.suppress(Exception):  # the answer will tell
        _engine()
    gc.freeze()  # what isn't collected needn't be copied for a child
    if sys.platform in ("win32", "darwin"):
        while _answer_next(answers):
            pass
    else:
        while _answer_apart(answers):
            pass


def _answer_apart(answers: BinaryIO) -> bool:
    """As _answer_next, in a copy of this process, which waits for the request already.

    eSpeak takes settings, noise and phase along from one utterance to the next, also when it is
    initialised again: the same text would hardly ever have the same samples twice.
    """
    ended, ends = os.pipe()
    child = os.fork()
    if child == 0:
        well = False
        try:
            well = _answer_next(answers)
        finally:
            os._exit(not well)
    os.close(ends)
    watch = select.poll()  # for what hangs up
    for end in (ended, sys.stdin.fileno()):
        watch.register(end, 0)
    if ended not in dict(watch.poll()):
        os.kill(child, signal.SIGKILL)  # whoever asked is gone, and it may be hung
    os.close(ended)
    return os.waitpid(child, 0)[1] == 0


def _answer_next(answers: BinaryIO) -> bool:
    """Whether there was another request, and the engine did what it was asked.

    After a failure it may do anything: the next one is to be new.
    """
    line = sys.stdin.buffer.readline()
    return line != b"" and _answer(line, answers)


def _answer(line: bytes, answers: BinaryIO) -> bool:
    """Whether the engine did what it was asked."""
    data = b""
    try:
        answer, data = _do(**json.loads(line))
    except Exception as error:  # noqa: BLE001 - an engine may raise anything; the asker tells it
        answer = {"error": f"{type(error).__name__}: {error}"}
    answers.write(json.dumps(answer | {"bytes": len(data)}).encode() + b"\n")
    answers.write(data)
    answers.flush()
    return "error" not in answer


def _do(ask: str, **utterance: Any) -> tuple[dict[str, Any], bytes]:
    engine = _engine()
    if ask == "voices":
        return {"voices": engine.voices(), "driver": engine.driver}, b""
    rate, data = engine.speak(**utterance)
    return {"rate": rate}, data


@cache
def _engine() -> _Engine:
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
        self.engine.setProperty("voice", voice)
        self.engine.setProperty("rate", wpm)
        self._set_pitch(pitch)
        return self._speak(text)

    def _set_pitch(self, pitch: float) -> None:
        if pitch:
            raise ValueError(f"{self.driver} can't change a voice's pitch")

    def _speak(self, text: str) -> tuple[int, bytes]:
        with tempfile.TemporaryDirectory(prefix="voicecoach-") as folder:
            file = Path(folder) / "utterance.wav"
            self._save(text, str(file))
            return _decode(file)

    def _save(self, text: str, file: str | io.BytesIO) -> None:
        self.engine.save_to_file(text, file)
        self.engine.runAndWait()
        if self.failure is not None:
            raise RuntimeError(str(self.failure))

    def _failed(self, name: object = None, exception: BaseException | None = None) -> None:
        del name
        self.failure = exception


class _Espeak(_Engine):
    """pyttsx3's driver for eSpeak NG, mended.

    It lets eSpeak speak in a thread of its own and races with it: it cancels settings that wait,
    and takes for done what isn't. Here eSpeak speaks while it is called.
    """

    def __init__(self, driver: str) -> None:
        from pyttsx3.drivers import _espeak, espeak

        _espeak.AUDIO_OUTPUT_RETRIEVAL = _espeak.AUDIO_OUTPUT_SYNCHRONOUS
        _espeak.Synth = self._synthesize
        espeak.time = types.SimpleNamespace(sleep=lambda _: None)  # there is nothing to wait for
        self.library = _espeak
        super().__init__(driver)
        self.engine.getProperty("voices")  # eSpeak reads 141 files: once, rather than in each child

    def _set_pitch(self, pitch: float) -> None:
        base = (1 + ESPEAK_RANGE) * 2 ** (pitch / 12) - ESPEAK_RANGE
        value = 50 + 50 * math.log2(base)
        self.engine.setProperty("pitch", round(min(max(value, 0), 99)))

    def _speak(self, text: str) -> tuple[int, bytes]:
        file = io.BytesIO()  # the driver's module `wave` takes a file as well as a name
        self._save(text, file)
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
        end = library.EVENT(type=library.EVENT_MSG_TERMINATED)  # in this mode eSpeak sends none
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
