"""Moonshine: a segment of sound enters, how likely each phrase is leaves. The English recogniser.

Moonshine tiny transcribes; here it is only asked how likely it finds each of our phrases. The
encoder hears the segment once; the decoder rates all spellings that are still in the running.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voicecoach.controls import Command
from voicecoach.controls.microphone import RATE, Guess, Samples
from voicecoach.controls.microphone.vocabulary import PHRASES
from voicecoach.errors import MissingExtraError

PEAK = 0.5
"""The level at which the model hears every segment."""
BEFORE, AFTER = RATE // 4, RATE // 2
"""Samples of silence around every segment: the model makes nothing of a snippet, and "stop" with
nothing after it might go on."""
BEHIND = 9.0
"""A spelling whose first token is less likely than the likeliest by that much isn't looked at."""
NEVER = -60.0
"""The score of what isn't looked at."""
AHEAD = 2.0
"""How far a command must be ahead of the next one."""
LEAST: dict[str, float] = {}
LEAST_OF_OTHERS = -8.0
EARLY = {"stop": -3.0, "ouch": -3.0}
BEGIN, END = 1, 2
MARKS = (".", "!", "?", ",", "...", "-", ";", ":")
"""What may follow a phrase that is all that was said."""
SPACE = "▁"
LAYERS, HEADS, WIDTH = 6, 8, 36
"""Of the decoder, whose cache of them is empty here."""

Logits = NDArray[np.float32]


class Moonshine:
    """The Recogniser for English."""

    language = "en"

    def __init__(self, phrases: Mapping[str, Command | None] = PHRASES["en"]) -> None:
        self.phrases = phrases
        self._encoder, self._decoder = _sessions()
        self._tokens = _read_tokens(_folder() / "tokenizer.bin")
        self._ids = {token: number for number, token in reversed(list(enumerate(self._tokens)))}
        self._ends = [END, *(self._ids[mark] for mark in MARKS)]
        self._spellings = [
            (phrase, self._split(spelling)) for phrase in phrases for spelling in _spellings(phrase)
        ]

    def recognise(self, samples: Samples) -> Guess:
        """See Recogniser."""
        return self._guess(self.scores(samples))

    def glimpse(self, samples: Samples) -> Guess | None:
        """See Recogniser."""
        state = self._hear(samples)
        first = self._rate(state, [[BEGIN]])[0, 0]
        if all(first[t[0]] <= EARLY[p] for p, t in self._spellings if p in EARLY):
            return None
        guess = self._guess(self._scores(state, first))
        early = guess.phrase in EARLY and guess.score > EARLY[guess.phrase]
        return guess if early else None

    def scores(self, samples: Samples) -> dict[str, float]:
        """The log probability of each phrase, to be all that was said."""
        state = self._hear(samples)
        return self._scores(state, self._rate(state, [[BEGIN]])[0, 0])

    def _scores(self, state: Samples, first: Logits) -> dict[str, float]:
        likely = max(first[tokens[0]] for _, tokens in self._spellings) - BEHIND
        running = [(p, t) for p, t in self._spellings if first[t[0]] > likely]
        scores: dict[str, float] = dict.fromkeys(self.phrases, NEVER)
        rated = self._rate(state, [[BEGIN, *tokens] for _, tokens in running])
        for (phrase, tokens), row in zip(running, rated, strict=True):
            steps = row[np.arange(len(tokens)), tokens]
            ending = np.logaddexp.reduce(row[len(tokens), self._ends])
            scores[phrase] = float(np.logaddexp(scores[phrase], steps.sum() + ending))
        return scores

    def _guess(self, scores: Mapping[str, float]) -> Guess:
        phrase = max(scores, key=scores.__getitem__)
        command = self.phrases[phrase]
        others = (s for p, s in scores.items() if self.phrases[p] != command)
        ahead = scores[phrase] - max(others, default=NEVER)
        sure = scores[phrase] > LEAST.get(phrase, LEAST_OF_OTHERS) and ahead > AHEAD
        return Guess(phrase, scores[phrase], sure)

    def _hear(self, samples: Samples) -> Samples:
        peak = float(np.abs(samples).max(initial=0.0))
        padded = np.zeros((1, BEFORE + len(samples) + AFTER), np.float32)
        padded[0, BEFORE : BEFORE + len(samples)] = samples * (PEAK / max(peak, 1e-6))
        mask = np.ones(padded.shape, np.int64)
        state: Samples = self._encoder.run(None, {"input_values": padded, "attention_mask": mask})[0]
        return state

    def _rate(self, state: Samples, rows: Sequence[Sequence[int]]) -> Logits:
        """Log probabilities: shape (rows, longest row, tokens)."""
        ids = np.full((len(rows), max(map(len, rows))), END, np.int64)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = row
        states = np.repeat(state, len(rows), axis=0)
        feed: dict[str, Any] = {
            "input_ids": ids,
            "encoder_hidden_states": states,
            "encoder_attention_mask": np.ones(states.shape[:2], np.int64),
            "use_cache_branch": np.zeros(1, bool),
        }
        nothing = np.zeros((len(rows), HEADS, 0, WIDTH), np.float32)
        for layer in range(LAYERS):
            for side in ("decoder", "encoder"):
                for kind in ("key", "value"):
                    feed[f"past_key_values.{layer}.{side}.{kind}"] = nothing
        logits: Logits = self._decoder.run(["logits"], feed)[0]
        logits -= logits.max(axis=-1, keepdims=True)
        logits -= np.log(np.exp(logits).sum(axis=-1, keepdims=True))
        return logits

    def _split(self, text: str) -> list[int]:
        """A text's tokens by byte pair encoding: the pair that makes the lowest number joins first.

        So are the numbers of this tokenizer given.
        """
        parts = list(text.replace(" ", SPACE))
        while True:
            joined = [self._ids.get(a + b, len(self._ids)) for a, b in zip(parts, parts[1:])]
            if not joined or min(joined) == len(self._ids):
                return [self._ids[part] for part in parts]
            at = joined.index(min(joined))
            parts[at : at + 2] = [parts[at] + parts[at + 1]]


def _spellings(phrase: str) -> list[str]:
    return [" " + phrase.capitalize(), " " + phrase]


def _folder() -> Path:
    found = find_spec("moonshine_voice")
    if found is None or found.origin is None:
        raise MissingExtraError("listening to spoken commands", "listen")
    return Path(found.origin).parent / "assets" / "tiny-en"


def _sessions() -> tuple[Any, Any]:
    folder = _folder()
    try:
        import onnxruntime
    except ImportError:
        raise MissingExtraError("listening to spoken commands", "listen") from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    encoder, decoder = (
        onnxruntime.InferenceSession(str(folder / name), options, ["CPUExecutionProvider"])
        for name in ("encoder_model.ort", "decoder_model_merged.ort")
    )
    return encoder, decoder


def _read_tokens(path: Path) -> list[str]:
    """The tokens by number: each stands behind its length, in one byte or two; 0 is none."""
    data, at, tokens = path.read_bytes(), 0, []
    while at < len(data):
        length, at = data[at], at + 1
        if length >= 128:
            length, at = data[at] * 128 + length - 128, at + 1
        tokens.append(data[at : at + length].decode(errors="replace"))
        at += length
    return tokens
