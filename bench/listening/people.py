"""People: recordings of real voices that packages carry; a folder enters, samples leave.

They are prompts of a telephone exchange, of Debian's asterisk-core-sounds-*-g722, spoken by one
person each: words, letters, numbers, and sentences of up to a minute. Music is of
asterisk-moh-opsound-g722.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.listening.streams import LEVEL, active
from voicecoach.controls.microphone import RATE, Samples

FOLDER = Path("/usr/share/asterisk")
TUNE_PEOPLE = ("fr_CA_f_June", "it_IT_m_Carlo", "ru_RU_f_IvrvoiceRU")
"""Thresholds are chosen with these, and with what TUNE says."""
PEOPLE = ("en_US_f_Allison", "es_MX_f_Allison")
"""The table is measured with these."""
MUSIC = "moh"
ARE_COMMANDS = ("pause",)
"""Prompts that are commands, word for word."""


def prompts(person: str) -> list[Path]:
    """The recordings of a person, or MUSIC; none if the package isn't installed."""
    folder = FOLDER / (person if person == MUSIC else f"sounds/{person}")
    files = sorted(folder.rglob("*.g722"))
    return [file for file in files if file.stem not in ARE_COMMANDS]


def recorded(files: Sequence[Path], gaps: tuple[float, float], seed: int) -> Samples:
    """Recordings one after the other, each as loud as a person is; `gaps` in seconds."""
    rng = np.random.default_rng([13, seed])
    pieces: list[Samples] = []
    for file in files:
        samples = _decode(file)
        if len(samples) > RATE / 10 and np.abs(samples).max() > 0.01:
            samples *= np.float32(LEVEL / active(samples))
            pieces += [samples, np.zeros(int(rng.uniform(*gaps) * RATE), np.float32)]
    return np.concatenate(pieces)


def _decode(file: Path) -> Samples:
    import av

    with av.open(str(file), format="g722") as container:
        frames = [frame.to_ndarray().ravel() for frame in container.decode(audio=0)]
    samples: Samples = np.concatenate(frames).astype(np.float32) / np.float32(32768)
    return samples
