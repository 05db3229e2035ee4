"""The verifier: a word as Moonshine's encoder hears it enters, how likely it is a phrase leaves.

A model that transcribes takes "star" for "stop" once nothing but phrases is to choose from. This
one was taught the difference: a small network over the encoder's states, made by `make verifier`
out of synthetic voices (`bench/listening/verifying`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import numpy as np

from voicecoach.controls.microphone import RATE, Samples
from voicecoach.controls.microphone.segments import BEFORE_CHUNKS, CHUNK, OFF_CHUNKS

BINS = 8
"""A word is divided into so many parts of the same length; of each the mean state counts."""
LEAD = BEFORE_CHUNKS * CHUNK - RATE // 20
TAIL = OFF_CHUNKS * CHUNK - RATE // 10
"""What stands before and after the word in a segment that is over, in samples."""
WITHIN = 15.0
"""No log odds count for more, for or against."""
OTHER = ""
"""What isn't any phrase, among the classes."""


def pooled(states: Samples, start: float, end: float) -> Samples:
    """The mean states of BINS parts of what lies between two places, in states; shape (BINS ×
    width,). States: shape (any, width).
    """
    edges = np.linspace(start, end, BINS + 1)
    first = np.clip(np.round(edges[:-1]).astype(int), 0, len(states) - 1)
    last = np.clip(np.round(edges[1:]).astype(int), first + 1, len(states))
    means = [states[low:high].mean(axis=0) for low, high in zip(first, last, strict=True)]
    joined: Samples = np.concatenate(means).astype(np.float32)
    return joined


class Verifier:
    """Tells a language's phrases from what only sounds like them."""

    def __init__(self, language: str) -> None:
        self._weights = weights(language)

    def odds(self, words: Samples, phrases: Sequence[str]) -> float:
        """The log odds that one of the phrases was said, and not anything else; the mean of those
        of each row. Words: shape (rows, BINS × width), as `pooled` makes them.
        """
        return float(log_odds(self._weights, words, phrases).mean())


def log_odds(kept: Mapping[str, Samples], words: Samples, phrases: Sequence[str]) -> Samples:
    """The log odds that one of the phrases was said, and not anything else: shape (rows,)."""
    hidden = np.maximum(words @ kept["view"] @ kept["first"] + kept["first_bias"], 0.0)
    logits = hidden @ kept["second"] + kept["second_bias"]
    logits -= logits.max(axis=1, keepdims=True)
    likely = np.exp(logits)
    meant = np.isin(kept["classes"], phrases)
    tiny = np.finfo(np.float32).tiny
    odds: Samples = np.log(likely[:, meant].sum(axis=1) + tiny)
    odds -= np.log(likely[:, ~meant].sum(axis=1) + tiny)
    return np.clip(odds, -WITHIN, WITHIN)


@cache
def weights(language: str) -> dict[str, Samples]:
    """The network of a language: `view`, `first`, `second` and their biases; its `classes`."""
    file = files("voicecoach.controls.microphone").joinpath(f"verifier-{language}.npz")
    with file.open("rb") as opened, np.load(opened) as kept:
        return {
            name: kept[name] if name == "classes" else kept[name].astype(np.float32)
            for name in kept.files
        }
