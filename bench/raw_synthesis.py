"""The least that speaking can cost: libespeak-ng alone, in one process, nothing kept."""

from __future__ import annotations

import ctypes
import json
import os
import sys

from voicecoach.speech.espeak import LIBRARY, load_espeak

AUDIO_OUTPUT_SYNCHRONOUS = 2
CHARACTERS_UTF8 = 1
ESPEAK_RATE = 1

load_espeak()
espeak = ctypes.CDLL(LIBRARY)
data = os.environ.get("ESPEAK_DATA_PATH", "").encode() or None
espeak.espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, data, 0)
callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(
    lambda _wave, _count, _events: 0
)
espeak.espeak_SetSynthCallback(callback)
espeak.espeak_SetVoiceByName(b"en-us")
with open(sys.argv[1], encoding="utf-8") as file:  # noqa: PTH123 - a bare process imports little
    utterances: list[tuple[str, int]] = json.load(file)
for text, wpm in utterances:
    espeak.espeak_SetParameter(ESPEAK_RATE, wpm, 0)
    spoken = text.encode()
    espeak.espeak_Synth(spoken, len(spoken) + 1, 0, 0, 0, CHARACTERS_UTF8, None, None)
