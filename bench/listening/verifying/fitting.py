"""Fitting: words and what they mean enter, the verifier's weights leave."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.listening.verifying.voices import Line
from voicecoach.controls.microphone import Samples
from voicecoach.controls.microphone.verifier import OTHER

DIMENSIONS = 200
RIDGE = 0.3
"""The words are first seen where they differ most from one another and least from voice to voice
(linear discriminants, a class a word); so what is learnt holds for other voices, too. With voices
of one engine left out, 2 of 100 of its words were lost where 12 were without."""
HIDDEN, PENALTY, ROUNDS = 256, 3e-2, 12
NETWORKS = 4
"""What several say is surer than what one does: with half of Kokoro's voices left out, 20 of 100
words that are none pass where 90 of 100 phrases do, and 26 by one network twice as wide."""
NOISE = 0.6
"""Each word is seen thrice, twice with so much noise."""


def fit(words: Samples, lines: Sequence[Line]) -> dict[str, NDArray[Any]]:
    """Weights of the Verifier, as it keeps them."""
    meant = np.array([line.phrase or OTHER for line in lines])
    view = _discriminants(words.astype(np.float64), np.array([line.text for line in lines]))
    view /= (words @ view).std(axis=0)
    middle = words.mean(axis=0) @ view
    seen = (words @ view - middle).astype(np.float32)
    several = [_network(seen, meant, number) for number in range(NETWORKS)]
    first = np.concatenate([each.coefs_[0] for each in several], axis=1)
    bias = np.concatenate([each.intercepts_[0] for each in several])
    return {
        "classes": several[0].classes_,
        "view": view.astype(np.float16),
        "first": first.astype(np.float16),
        "first_bias": (bias - middle @ first).astype(np.float32),
        # Side by side they are one network, whose last layer takes the mean of theirs.
        "second": (np.concatenate([e.coefs_[1] for e in several]) / NETWORKS).astype(np.float16),
        "second_bias": np.mean([e.intercepts_[1] for e in several], axis=0).astype(np.float32),
    }


def _network(seen: Samples, meant: NDArray[Any], number: int) -> Any:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    rng = np.random.default_rng(number)
    noisy = [seen, *(seen + rng.normal(0, NOISE, seen.shape).astype(np.float32) for _ in "ab")]
    network = MLPClassifier(
        (HIDDEN,), alpha=PENALTY, max_iter=ROUNDS, batch_size=128, random_state=number
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # more rounds would learn voices
        return network.fit(np.concatenate(noisy), np.tile(meant, len(noisy)))


def _discriminants(words: NDArray[np.float64], texts: NDArray[Any]) -> NDArray[np.float64]:
    """A view of words in which those of one text lie close together: shape (width, DIMENSIONS),
    to be multiplied by; one within a text is as far as another in all directions.
    """
    _, which, counts = np.unique(texts, return_inverse=True, return_counts=True)
    sums = np.zeros((len(counts), words.shape[1]))
    np.add.at(sums, which, words)
    means = sums / counts[:, None]
    within = (words - means[which])[counts[which] > 1]
    spread = within.T @ within / (len(within) - (counts > 1).sum())
    sizes, directions = np.linalg.eigh(spread)
    even = directions / np.sqrt(sizes + RIDGE * sizes.mean())
    weights = np.sqrt(np.minimum(counts, 20))[:, None]
    _, _, axes = np.linalg.svd((means - words.mean(axis=0)) @ even * weights, full_matrices=False)
    view: NDArray[np.float64] = even @ axes[:DIMENSIONS].T
    return view
