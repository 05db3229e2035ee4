"""Calibrations: an engine and a voice enter; how loud and how fast it speaks leaves, measured once.

Words a minute are those of a language's reference text (`reference` in its phrases), ordinary prose
that is spoken sentence by sentence: its words, divided by the minutes from each sentence's first
audible sample to its last. So pauses within sentences count; those between them don't, which are
the schedule's. Words are what blanks divide. A session's own texts differ as their words do: with
words of one syllable more of them go into a minute.
"""

from __future__ import annotations

import json
from bisect import bisect
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import pairwise
from math import exp, log

import numpy as np

from voicecoach.phrases import languages, phrases
from voicecoach.sound import loudness, resample
from voicecoach.speech import Voice
from voicecoach.speech.engine import Engine
from voicecoach.speech.finish import LOUDNESS, finish
from voicecoach.units import RATE

VERSION = 1
"""Part of the cache's key: how this room measures."""
COUNT = "1, 2, 3, 4, 5, 6, 7, 8, 9, 10."
"""What a voice says to be measured whose language has no such text: most can count in their own."""
SPELLING = "A, E, I, O, U."
"""What it says when it can't: letters of another script are spelled."""
MOST_GAIN = 8.0
"""18 dB: a voice softer than that is broken, and would be raised with its noise."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What has been measured of a voice."""

    loudness: float
    """LUFS."""
    rates: tuple[tuple[float, float], ...] = ()
    """What the engine takes for words a minute, and what is heard, slower ones first; none where
    the language has no reference: then the engine is believed."""

    @property
    def gain(self) -> float:
        """The amplitude that brings it to the session's loudness."""
        return float(min(10 ** ((LOUDNESS - self.loudness) / 20), MOST_GAIN))

    def rate(self, wpm: float) -> tuple[float, float]:
        """What the engine must be asked for, to be heard at so many words a minute; and how much
        quicker what it says must be made then, where it isn't asked for more than was measured.

        >>> measured = Calibration(-20, ((100, 125), (200, 250)))
        >>> measured.rate(150), measured.rate(100)
        ((120.0, 1.0), (100, 0.8))
        """
        if not self.rates:
            return wpm, 1.0
        heard = [wpm for _, wpm in self.rates]
        if not heard[0] <= wpm <= heard[-1]:
            rate, nearest = self.rates[0 if wpm < heard[0] else -1]
            return rate, wpm / nearest
        # Between two of them as a power: lengths are nearly rates' inverse.
        at = min(max(bisect(heard, wpm), 1), len(heard) - 1)
        (low, slow), (high, fast) = self.rates[at - 1 : at + 1]
        slope = log(high / low) / log(fast / slow)
        return round(exp(log(low) + slope * log(wpm / slow)), 3), 1.0

    def to_bytes(self) -> bytes:
        """As the cache keeps it."""
        return json.dumps(asdict(self)).encode()


def read_calibration(data: bytes) -> Calibration:
    """What `to_bytes` wrote."""
    kept = json.loads(data)
    rates = tuple((float(asked), float(heard)) for asked, heard in kept["rates"])
    return Calibration(float(kept["loudness"]), rates)


def reference(voice: Voice) -> tuple[str, ...]:
    """The reference text of a voice's language, sentence by sentence; empty where there is none."""
    language = voice.languages[0].split("-")[0] if voice.languages else ""
    if language not in languages():
        return ()
    from sentencex import segment

    parts = (part.strip() for part in segment(language, phrases(language).texts["reference"]))
    return tuple(part for part in parts if part)


def measure(engine: Engine, voice: Voice, at_once: int) -> Calibration | None:
    """A voice's calibration, from so many sentences spoken at once; None of a mute one.

    Raises:
        SpeechError: the engine failed.
    """
    sentences = reference(voice)
    asked = [(text, rate) for rate in engine.rates for text in sentences]
    with ThreadPoolExecutor(at_once) as pool:
        spoken = list(pool.map(lambda a: engine.speak(a[0], voice, a[1], 0.0), asked))
    middle = len(engine.rates) // 2 * len(sentences)
    level = _loudness(spoken[middle : middle + len(sentences)])
    for text in (COUNT, SPELLING):
        if level is None:
            level = _loudness([engine.speak(text, voice, engine.rates[len(engine.rates) // 2], 0)])
    if level is None:
        return None
    gain = Calibration(level).gain
    words = sum(len(text.split()) for text in sentences)
    rates = []
    for number, rate in enumerate(engine.rates if sentences else ()):
        part = spoken[number * len(sentences) : (number + 1) * len(sentences)]
        spoken_frames = sum(len(finish(raw, hertz, gain)) for hertz, raw in part)
        if spoken_frames:
            rates.append((float(rate), round(words / (spoken_frames / RATE / 60), 2)))
    heard = [wpm for _, wpm in rates]
    rising = len(rates) > 1 and all(a < b for a, b in pairwise(heard))
    return Calibration(round(level, 2), tuple(rates) if rising else ())


def _loudness(spoken: Sequence[tuple[float, bytes]]) -> float | None:
    """LUFS; None where nothing is heard."""
    sounds = [resample(np.frombuffer(raw, np.int16), hertz) for hertz, raw in spoken]
    if not any(sound.any() for sound in sounds):
        return None
    return loudness(np.concatenate(sounds))
