"""Nothing leaves this machine, and nothing is kept of it for others: also not by libraries."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SPEAKS = """
from voicecoach.speech import Utterance
from voicecoach.speech.local import LocalSpeaker
from voicecoach.speech.piper import PiperEngine
with LocalSpeaker(engines=[PiperEngine()]) as speaker:
    voice = speaker.voice("", "en")
    assert len(speaker.speak(Utterance("Go on.", voice.name, 135)))
"""
LISTENS = """
import numpy as np
from voicecoach.controls.microphone.recognisers import open_recogniser
open_recogniser("en").recognise(np.zeros(16_000, np.float32))
"""


def traces(program: str, home: Path) -> list[str]:
    """What a program leaves in the folders where others look for it."""
    home.mkdir()
    own = dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME"), str(home))
    subprocess.run([sys.executable, "-c", program], env=os.environ | own, check=True)
    return [str(path.relative_to(home)) for path in home.rglob("*")]


@pytest.mark.parametrize("program", [SPEAKS, LISTENS], ids=["speaks", "listens"])
def test_models_are_run_without_telling_their_runtimes_makers(program: str, tmp_path: Path) -> None:
    left = traces(program, tmp_path / "home")
    assert not [path for path in left if "icrosoft" in path or ".ses" in path]
