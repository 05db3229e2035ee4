"""A Piper model in memory: a text enters, samples leave; the same ones, whatever was spoken before.

Piper draws its noise inside the network, from a generator that goes on from one utterance to the
next. Here the noise is an input: it is drawn anew for each utterance, from a seed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voicecoach.offline import load_onnxruntime
from voicecoach.phrases import languages, phrases

SEEDS = (0, 1, 2)
"""The first is used, unless what it gives is too short or too long for its text."""
SHORT = 6
"""Sounds. So short a text is spoken behind a carrier ("Now, two."), and cut off it: alone, many are
said as another word, with any noise ("Two" as "ten", "Go" as "no", "Switch" as "twish")."""
SHORT_SCALE = 1.25
"""The largest length scale of a short text: drawn out, a lone word falls apart ("lef…t")."""
LEAST_SECONDS, MOST_SECONDS = 0.03, 0.3
"""How long a sound may take on average at length scale 1, audibly; usual ones take 0.05 to 0.12."""
LONGEST = 400
"""Phonemes spoken at once, half a minute: memory grows with them."""
FRAMES_EACH = 8
"""The model's frames for which noise is drawn, for each phoneme at length scale 1: they take two;
where this wasn't enough, more is drawn."""
_PLAIN = set(" ,.;:!?-—…\"'()ˈˌːˑ|‿^$_¡¿«»“”\u0303\u0329\u032f\u0361")
"""Phonemes that are no sounds of their own."""
_PAUSE = (",", " ")


class PiperModel:
    """One model, loaded. May be used by several threads at once."""

    def __init__(self, file: Path) -> None:
        """Load it; raises whatever onnxruntime and piper raise."""
        onnxruntime = load_onnxruntime()
        from piper import PiperVoice
        from piper.config import PiperConfig

        config = PiperConfig.from_dict(json.loads(Path(f"{file}.json").read_text("utf-8")))
        model, self._noises, self.aligned = _opened_up(file)
        options = onnxruntime.SessionOptions()
        # Two utterances at once on a core each are quicker than one on two; and a sum that isn't
        # shared out among threads is always the same.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        # Further optimization makes loading longer by half a second, and nothing quicker.
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.log_severity_level = 4
        providers = ["CPUExecutionProvider"]
        session = onnxruntime.InferenceSession(model, options, providers=providers)
        self.stop = onnxruntime.RunOptions()
        """Its `terminate` ends what is being spoken, and whatever would be."""
        self.stop.log_severity_level = 4
        self._voice = PiperVoice(session=session, config=config)
        self.rate: int = config.sample_rate

    def speak(self, text: str, length_scale: float, speaker: int, language: str) -> bytes:
        """16-bit mono samples at `rate`."""
        sentences = [part for s in self._voice.phonemize(text) for part in _parts(s)]
        if len(sentences) == 1 and _sounds(sentences[0]) <= SHORT:
            length_scale = min(length_scale, SHORT_SCALE)
        carrier = self._carrier(sentences, language) if self.aligned else []
        pieces = []
        for sentence in sentences:
            piece = np.zeros(0, np.float32)
            for seed in SEEDS:
                piece = self._speak(sentence, carrier, length_scale, speaker, seed)
                if _fits(sentence, piece, self.rate * length_scale):
                    break
            pieces.append(piece)
        samples = np.concatenate([np.zeros(0, np.float32), *pieces])
        spoken: bytes = (np.clip(samples, -1, 1) * 32767).astype(np.int16).tobytes()
        return spoken

    def _carrier(self, sentences: Sequence[Sequence[str]], language: str) -> list[str]:
        """The phonemes to be spoken before a very short text; none before others."""
        if len(sentences) != 1 or not 0 < _sounds(sentences[0]) <= SHORT:
            return []
        if language not in languages():
            return []
        (words,) = self._voice.phonemize(phrases(language).texts["carrier"])
        while words and words[-1] in _PLAIN:
            words = words[:-1]
        return [*words, *_PAUSE]

    def _speak(
        self, phonemes: list[str], carrier: list[str], scale: float, speaker: int, seed: int
    ) -> NDArray[np.float32]:
        ids = self._voice.phonemes_to_ids([*carrier, *phonemes])
        samples, ends = self._run(ids, scale, speaker, seed)
        if not carrier:
            return samples
        # Cut where it is quietest, from the comma's start to the text's.
        before = len(self._voice.phonemes_to_ids(carrier)) - 1
        comma = len(self._voice.phonemes_to_ids(carrier[: -len(_PAUSE)])) - 1
        first, last = int(ends[comma - 1]), int(ends[before - 1])
        window = max(self.rate // 100, 1)
        level = np.convolve(np.abs(samples[first:last]), np.ones(window), "same")
        return samples[first + int(np.argmin(level)) :] if len(level) else samples[last:]

    def _run(
        self, ids: list[int], scale: float, speaker: int, seed: int
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """The samples, and where each id ends in them, if the model says so."""
        config = self._voice.config
        given: dict[str, Any] = {
            "input": np.array([ids], np.int64),
            "input_lengths": np.array([len(ids)], np.int64),
            "scales": np.array([config.noise_scale, scale, config.noise_w_scale], np.float32),
        }
        if config.num_speakers > 1:
            given["sid"] = np.array([speaker], np.int64)
        length = int(len(ids) * FRAMES_EACH * max(scale, 1))
        for last in (False, False, True):
            try:
                noise = {
                    name: _noise([seed, number], channels, length)
                    for number, (name, channels) in enumerate(self._noises)
                }
                results = self._voice.session.run(None, given | noise, self.stop)
                break
            except Exception:  # onnxruntime has no error of its own for too little noise
                if last or self.stop.terminate:
                    raise
                length *= 4
        widths = results[1].reshape(-1) * config.hop_length if self.aligned else np.zeros(0)
        return results[0].reshape(-1), np.cumsum(widths).astype(np.int64)


def _opened_up(file: Path) -> tuple[bytes, list[tuple[str, int]], bool]:
    """A model with its noise as inputs (their names and channels), and with the length of each
    phoneme as an output, if that could be found.
    """
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    from piper.patch_voice_with_alignment import add_alignment_output

    model = onnx.load(str(file))
    graph = model.graph
    try:
        add_alignment_output(model)
        aligned = True
    except ValueError:
        aligned = False
    for name, value in (("noise_start", 0), ("noise_axis", 2), ("noise_rank", 3)):
        graph.initializer.append(numpy_helper.from_array(np.array([value], np.int64), name))
    noises: list[tuple[str, int]] = []
    nodes = []
    for node in graph.node:
        if node.op_type != "RandomNormalLike":
            nodes.append(node)
            continue
        # Drawn for the lengths of phonemes first, with two channels; then for the sound.
        name, channels = f"noise_{len(noises)}", 2 if not noises else 192
        noises.append((name, channels))
        shape, end = f"{name}_shape", f"{name}_end"
        nodes += [
            helper.make_node("Shape", [node.input[0]], [shape]),
            helper.make_node("Slice", [shape, "noise_axis", "noise_rank"], [end]),
            helper.make_node("Slice", [name, "noise_start", end, "noise_axis"], [node.output[0]]),
        ]
        graph.input.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, None, None]))
    del graph.node[:]
    graph.node.extend(nodes)
    return model.SerializeToString(), noises, aligned


def _noise(seed: list[int], channels: int, length: int) -> NDArray[np.float32]:
    """The same beginning for any length."""
    drawn = np.random.default_rng(seed).standard_normal((length, channels), np.float32)
    return np.ascontiguousarray(drawn.T[None])


def _sounds(phonemes: Sequence[str]) -> int:
    return sum(phoneme not in _PLAIN for phoneme in phonemes)


def _fits(phonemes: Sequence[str], samples: NDArray[np.float32], rate: float) -> bool:
    """Whether samples are about as long as their phonemes need."""
    heard = np.flatnonzero(np.abs(samples) > 0.005)
    count = _sounds(phonemes)
    if not count:
        return True
    length = (heard[-1] - heard[0]) / rate / count if len(heard) else 0.0
    return LEAST_SECONDS <= length <= MOST_SECONDS


def _parts(phonemes: list[str]) -> list[list[str]]:
    """A sentence in parts of at most LONGEST phonemes, divided where a word ends if one does."""
    parts = []
    while len(phonemes) > LONGEST:
        blanks = [at for at in range(LONGEST // 2, LONGEST) if phonemes[at] == " "]
        at = blanks[-1] if blanks else LONGEST
        parts.append(phonemes[:at])
        phonemes = phonemes[at:]
    return [*parts, phonemes] if phonemes else parts
