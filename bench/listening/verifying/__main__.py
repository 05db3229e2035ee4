"""Make the verifier: `make verifier`. Takes an hour on two cores."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np

import voicecoach.controls.microphone
from bench.listening.kokoro import voices
from bench.listening.verifying.fitting import fit
from bench.listening.verifying.heard import heard
from bench.listening.verifying.voices import VOICES, Line
from voicecoach.controls.microphone import Samples
from voicecoach.controls.microphone.moonshine import Moonshine

LANGUAGE = "en"
SAID_EVERY = 20
"""Voices from one line of progress to the next."""


@cache
def _recogniser() -> Moonshine:
    return Moonshine()


def learnt(number: int) -> list[tuple[Line, Samples]]:
    """What a speaker said, as the verifier sees it."""
    return [(each.line, _recogniser().seen(each.samples)) for each in heard(number)]


def main() -> None:
    """Speak, listen, fit, and write the weights."""
    said: list[tuple[Line, Samples]] = []
    voices()  # fetched once, before there are many processes
    with ProcessPoolExecutor() as pool:
        for number, words in enumerate(pool.map(learnt, range(VOICES))):
            said += words
            if number % SAID_EVERY == 0:
                print(f"voice {number} of {VOICES}: {len(said)} words", flush=True)
    weights = fit(np.array([seen for _, seen in said]), [line for line, _ in said])
    file = Path(voicecoach.controls.microphone.__file__).parent / f"verifier-{LANGUAGE}.npz"
    np.savez_compressed(file, allow_pickle=False, **weights)
    print(f"{file}: {file.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
