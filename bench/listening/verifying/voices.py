"""Voices: a number enters, a speaker and what he says leave, each time the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.listening.kokoro import voices
from bench.listening.speakers import Speaker
from bench.listening.verifying.words import SAID, words
from voicecoach.controls.microphone.vocabulary import spellings

VOICES = 360
"""How many there are."""
ACCENTS = ("en-us", "en-gb", "en-029", "en-gb-x-rp", "en-gb-scotland", "en-us-nyc")
THROATS = (
    *("f2", "f4", "m2", "m3", "m6", "Alex", "Andy", "Annie", "Lee", "Mario", "Michael", "Mike"),
    *("linda", "steph", "steph2", "adam", "anika", "belinda", "boris", "caleb", "edward", "john"),
    *("paul", "quincy", "rob", "zac", "klatt2", "klatt4", "Alicia", "Andrea", "Denis", "travis"),
)
"""Of espeak; none of these is held out."""
FOREIGN = ("fr", "it", "de", "ru", "pl", "pt", "nl", "sv", "hi", "tr", "cs", "el")
"""Who says what is no phrase only."""
FESTIVAL = ("festival", "kal_diphone")
NATURAL = "kokoro"
NEAR, USUAL, RUNS = 26, 14, 6
"""How much of that each says: words like phrases, other words, and runs of some words."""
NEAREST, FREQUENT, RANKS = 40, 20, 400
"""What a natural voice says besides: words most like phrases, and some of the most frequent ones.
There are few natural voices, so that each of these words would be said by one or two of them. With
half of them left out, 16 of 100 of these words pass where 80 of 100 phrases do, and 21 without."""


@dataclass(frozen=True)
class Line:
    """What is said at once."""

    text: str
    phrase: str | None
    """Which phrase it means, if one."""


def speaker(number: int) -> Speaker:
    """Of ten, three are espeak's, four older ones', and three natural, until each of those has
    spoken; then they are espeak's, too.
    """
    rng = np.random.default_rng([99, number])
    engine, voice = _voice(number, rng)
    return Speaker(engine, voice, float(rng.uniform(0.87, 1.2)), float(rng.uniform(0.85, 1.25)))


def _voice(number: int, rng: np.random.Generator) -> tuple[str, str]:
    kind = number % 10
    natural = number // 10 * 3 + kind - 7
    if kind > 6 and natural < len(voices()):
        return NATURAL, voices()[natural]
    if kind < 3 or kind > 6:
        return "espeak", f"{rng.choice(ACCENTS)}+{rng.choice(THROATS)}"
    if kind < 6:
        return "flite", ("awb", "awb", "kal16")[kind - 3]
    return ("espeak", str(rng.choice(FOREIGN))) if number % 20 > 9 else FESTIVAL


def lines(number: int) -> list[Line]:
    """What this speaker says: every phrase, some of them in a sentence, and what is none."""
    rng = np.random.default_rng([98, number])
    who = speaker(number)
    said = [] if who.voice in FOREIGN else _phrases(rng)
    near, usual = words().near, words().usual
    said += [Line(str(word), None) for word in rng.choice(near, NEAR, replace=False)]
    said += [Line(str(word), None) for word in rng.choice(usual, USUAL, replace=False)]
    for _ in range(RUNS):
        said.append(Line(" ".join(rng.choice(usual[:800], int(rng.integers(2, 5)))), None))
    if who.engine == NATURAL:
        more = (words().nearest, NEAREST), (usual[:RANKS], FREQUENT)
        said += [Line(str(w), None) for ws, n in more for w in rng.choice(ws, n, replace=False)]
    return [said[n] for n in rng.permutation(len(said))]


def _phrases(rng: np.random.Generator) -> list[Line]:
    said = [Line(phrase, phrase) for phrase in SAID]
    for phrase in (*rng.choice(SAID, 5, replace=False), "stop", "ouch"):
        sentences = [text for text in spellings("en", str(phrase))[2:] if text[0].islower()]
        said.append(Line(str(rng.choice(sentences)), str(phrase)))
    return said
