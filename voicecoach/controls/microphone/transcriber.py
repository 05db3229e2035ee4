"""The transcriber: a sound enters, how likely it is to be transcribed by which tokens leaves.

Moonshine tiny, of an encoder that hears a sound once and a decoder that rates what follows what.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from voicecoach.controls.microphone import RATE, Samples
from voicecoach.errors import MissingExtraError
from voicecoach.offline import load_onnxruntime

PEAK = 0.5
"""The level at which the model hears every segment."""
HISS = 0.002 * np.random.default_rng(1).standard_normal(4 * RATE).astype(np.float32)
"""A faint noise, 48 dB below PEAK, under all that it hears: in digital silence it doubts words. Of
91 words like "stop" that TUNE of bench/listening said in quiet 86 were understood so, not 74."""
BEFORE, AFTER = RATE // 4, RATE // 2
"""Samples of silence around every segment: the model makes nothing of a snippet, and "stop" with
nothing after it might go on."""
BEGIN, END = 1, 2
HEADS, WIDTH = 8, 36
CACHE = [f"{layer}.decoder.{kind}" for layer in range(6) for kind in ("key", "value")]
SOUND = [name.replace("decoder", "encoder") for name in CACHE]
"""What the decoder remembers of words and of the sound, layer by layer, of HEADS of WIDTH."""
ROWS = 8
"""Spellings that are rated at once: each takes a megabyte."""


@dataclass(slots=True)
class Rated:
    """What the decoder says of some beginnings of spellings."""

    heard: Samples
    """The encoder's states: shape (1, any, width)."""
    logs: Samples
    """How likely each token comes next: log probabilities, a row a beginning."""
    cache: dict[str, Samples]
    """What is remembered of those beginnings, a row each."""
    sound: dict[str, Samples]
    """What is remembered of the sound, in one row."""


class Transcriber:
    """The model."""

    def __init__(self) -> None:
        self._encoder, self._decoder = _sessions()

    def begin(self, samples: Samples) -> Rated:
        """Hear the samples; what may come first."""
        none = np.zeros((1, HEADS, 0, WIDTH), np.float32)
        nothing = dict.fromkeys(CACHE, none), dict.fromkeys(SOUND, none)
        return self._rate(self.hear(samples), [BEGIN], *nothing)

    def hear(self, samples: Samples) -> Samples:
        """The encoder's states: shape (1, any, width)."""
        peak = float(np.abs(samples).max(initial=0.0))
        padded = np.resize(HISS, (1, BEFORE + len(samples) + AFTER))
        padded[0, BEFORE : BEFORE + len(samples)] += samples * (PEAK / max(peak, 1e-6))
        mask = np.ones(padded.shape, np.int64)
        sound = {"input_values": padded, "attention_mask": mask}
        heard: Samples = self._encoder.run(None, sound)[0]
        return heard

    def go_on(self, rated: Rated, rows: list[int], tokens: list[int]) -> Rated:
        """What may come after those tokens, each of which follows one of the rows."""
        pieces = []
        for at in range(0, len(rows), ROWS):
            piece = rows[at : at + ROWS]
            cache = {name: kept[piece] for name, kept in rated.cache.items()}
            pieces.append(self._rate(rated.heard, tokens[at : at + ROWS], cache, rated.sound))
        logs = np.concatenate([piece.logs for piece in pieces])
        joined = {name: np.concatenate([piece.cache[name] for piece in pieces]) for name in CACHE}
        return Rated(rated.heard, logs, joined, rated.sound)

    def _rate(
        self,
        heard: Samples,
        tokens: list[int],
        cache: dict[str, Samples],
        sound: dict[str, Samples],
    ) -> Rated:
        rows, begun = len(tokens), sound[SOUND[0]].shape[2] > 0
        wide = {name: kept.repeat(rows, 0) for name, kept in sound.items()}
        feed: dict[str, Any] = {
            "input_ids": np.array(tokens, np.int64)[:, None],
            "encoder_hidden_states": heard.repeat(rows, 0),
            "encoder_attention_mask": np.ones((rows, heard.shape[1]), np.int64),
            "use_cache_branch": np.array([begun]),
            **{f"past_key_values.{name}": kept for name, kept in (cache | wide).items()},
        }
        made = CACHE if begun else CACHE + SOUND  # what it makes of the sound it makes once
        logits, *present = self._decoder.run(["logits", *(f"present.{n}" for n in made)], feed)
        logs = logits[:, -1] - logits[:, -1].max(axis=-1, keepdims=True)
        logs -= np.log(np.exp(logs).sum(axis=-1, keepdims=True))
        kept = sound | dict(zip(made, present, strict=True))
        return Rated(
            heard, logs, {name: kept[name] for name in CACHE}, {name: kept[name] for name in SOUND}
        )


def folder() -> Path:
    """The package's, with the tokenizer and both models.

    Raises:
        MissingExtraError: the extra "listen" isn't installed.
    """
    found = find_spec("moonshine_voice")
    if found is None or found.origin is None:
        raise MissingExtraError("listening to spoken commands", "listen")
    return Path(found.origin).parent / "assets" / "tiny-en"


@cache
def _sessions() -> tuple[Any, Any]:
    """The encoder and the decoder, of one thread each.

    Raises:
        MissingExtraError: the extra "listen" isn't installed.
    """
    assets = folder()
    try:
        onnxruntime = load_onnxruntime()
    except ImportError:
        raise MissingExtraError("listening to spoken commands", "listen") from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    encoder, decoder = (
        onnxruntime.InferenceSession(str(assets / name), options, ["CPUExecutionProvider"])
        for name in ("encoder_model.ort", "decoder_model_merged.ort")
    )
    return encoder, decoder
