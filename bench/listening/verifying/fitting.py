"""Fitting: words and what they mean enter, the verifier's weights leave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.listening.verifying.voices import Line
from voicecoach.controls.microphone import Samples
from voicecoach.controls.microphone.verifier import OTHER, log_odds

DIMENSIONS = 200
RIDGE = 0.3
"""The words are first seen where they differ most from one another and least from voice to voice
(linear discriminants, a class a word); so what is learnt holds for other voices, too. With voices
of one engine left out, 2 of 100 of its words were lost where 12 were without."""
HIDDEN, PENALTY, ROUNDS = 64, 1e-2, 25
NOISE = 0.4
"""Each word is seen thrice, twice with so much noise."""
ALIKE, ALIKE_SAID, TAKEN = 0.4, 4, 1.0
"""What such a share of so many voices says so that it has less than such log odds of being none
can't be told from a phrase."""


def fit(words: Samples, lines: Sequence[Line]) -> dict[str, NDArray[Any]]:
    """Weights of the Verifier, as it keeps them."""
    alike = _alike(_weights(words, lines), words, lines)
    print(f"as good as a phrase: {sorted(alike)}", flush=True)
    kept = [n for n, line in enumerate(lines) if line.phrase or line.text not in alike]
    return _weights(words[kept], [lines[n] for n in kept])


def _weights(words: Samples, lines: Sequence[Line]) -> dict[str, NDArray[Any]]:
    meant = np.array([line.phrase or OTHER for line in lines])
    view = _discriminants(words.astype(np.float64), np.array([line.text for line in lines]))
    view /= (words @ view).std(axis=0)
    middle = words.mean(axis=0) @ view
    network = _network((words @ view - middle).astype(np.float32), meant)
    layers, biases = network.coefs_, network.intercepts_
    return {
        "classes": network.classes_,
        "first": (view @ layers[0]).astype(np.float16),
        "first_bias": (biases[0] - middle @ layers[0]).astype(np.float32),
        "second": layers[1].astype(np.float16),
        "second_bias": biases[1].astype(np.float32),
    }


def _network(seen: Samples, meant: NDArray[Any]) -> Any:
    from sklearn.neural_network import MLPClassifier

    rng = np.random.default_rng(0)
    noisy = [seen, *(seen + rng.normal(0, NOISE, seen.shape).astype(np.float32) for _ in "ab")]
    network = MLPClassifier(
        (HIDDEN,), alpha=PENALTY, max_iter=ROUNDS, batch_size=128, random_state=0
    )
    return network.fit(np.concatenate(noisy), np.tile(meant, len(noisy)))


def _alike(weights: Mapping[str, Samples], words: Samples, lines: Sequence[Line]) -> list[str]:
    """The words that are no phrase and can't be told from one."""
    taken = log_odds(weights, words, [OTHER]) < TAKEN
    said: dict[str, list[bool]] = defaultdict(list)
    for line, wrong in zip(lines, taken, strict=True):
        if line.phrase is None:
            said[line.text].append(bool(wrong))
    return [w for w, each in said.items() if len(each) >= ALIKE_SAID and np.mean(each) >= ALIKE]


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
