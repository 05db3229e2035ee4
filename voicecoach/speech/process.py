"""pyttsx3 in its own process, seen from outside: it answers within a deadline or is replaced."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from typing import Any

from voicecoach.errors import SpeechError

ENGINE = "pyttsx3"
PATIENCE_SECONDS = 15.0
"""An engine that answers at all does so within a second, also on a slow machine's first start."""
PATIENCE_PER_CHARACTER = 0.05
TRIES = 2


class EngineProcess:
    """One pyttsx3, restarted when it hangs or dies. For one thread at a time."""

    def __init__(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self.patience_seconds = patience_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def voices(self) -> list[dict[str, Any]]:
        """The engine's voices: id, label, languages, gender; and its driver under "engine".

        Raises:
            SpeechError: it can't say, also when asked again.
        """
        answer, _ = self._ask({"ask": "voices"}, "")
        return [{**voice, "engine": answer["driver"]} for voice in answer["voices"]]

    def speak(self, text: str, voice: str, wpm: int, pitch: float) -> tuple[int, bytes]:
        """An utterance's rate in Hz, and its 16-bit mono samples as they came.

        Raises:
            SpeechError: it failed, also when tried again; names the text.
        """
        request = {"ask": "speak", "text": text, "voice": voice, "wpm": wpm, "pitch": pitch}
        answer, data = self._ask(request, text)
        return answer["rate"], data

    def close(self) -> None:
        """End the process for good, from any thread."""
        self._closed = True
        self._end()

    def _ask(self, request: dict[str, Any], text: str) -> tuple[dict[str, Any], bytes]:
        cause = ""
        for _ in range(TRIES):
            try:
                answer, data = self._ask_once(request, len(text))
            except TimeoutError:
                cause = "it did not answer in time"
            except (OSError, ValueError):
                cause = "it died"
            else:
                if "error" not in answer:
                    return answer, data
                cause = answer["error"]
            self._end()
            if self._closed:
                raise SpeechError(ENGINE, text, "it was closed")
        raise SpeechError(ENGINE, text, f"{cause} (tried {TRIES} times)")

    def _ask_once(self, request: dict[str, Any], characters: int) -> tuple[dict[str, Any], bytes]:
        process = self._process = self._process or _start()
        if process.stdin is None or process.stdout is None:
            raise OSError
        late = threading.Event()

        def give_up() -> None:
            late.set()
            _kill(process)

        patience = self.patience_seconds + characters * PATIENCE_PER_CHARACTER
        watch = threading.Timer(patience, give_up)
        watch.daemon = True
        watch.start()
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            data = process.stdout.read(answer["bytes"])
        except (OSError, ValueError) as error:
            raise (TimeoutError() if late.is_set() else error) from None
        finally:
            watch.cancel()
        if len(data) < answer["bytes"]:
            raise TimeoutError if late.is_set() else OSError
        return answer, data

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            _kill(process)
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream:
                    with contextlib.suppress(OSError):  # what was still to be written
                        stream.close()


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "voicecoach.speech.worker"],  # nothing of this folder is run
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # so that it ends together with its children
    )


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.returncode is None:  # not waited for, so its number is still its own
        if sys.platform == "win32":
            process.kill()
        else:
            with contextlib.suppress(ProcessLookupError, PermissionError):  # it has ended itself
                os.killpg(process.pid, signal.SIGKILL)
