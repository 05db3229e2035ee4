"""Programs that play a track through an output, and what their tests need to judge a recording."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.soundserver import RATE, require
from voicecoach.output.simpleaudio import FIRST_PYTHON_REFUSED

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROOT = Path(__file__).parent.parent
CLOSE_LATER = "timer = threading.Timer(1.0, output.close); timer.start()"
HEAR_OUT = "output.start(source); print(output.wait(60)); output.close()"
PLAYER = """
import sys, threading, time
import numpy as np
from voicecoach.errors import VoicecoachError
from voicecoach.output import device_names, open_output
from voicecoach.output.simpleaudio import SimpleaudioOutput
track = np.load(sys.argv[1])
position = 0
def source(asked):
    global position
    block = track[position : position + asked]
    position += len(block)
    return block
try:
    {lines}
except VoicecoachError as error:
    print(type(error).__name__, error)
if "output" in globals():
    output.close()
print("threads", threading.active_count())
"""


class Player:
    """A child process that plays a track through an output, and says how that went."""

    def __init__(
        self, env: dict[str, str], folder: Path, track: NDArray[np.floating], *lines: str
    ) -> None:
        path = folder / f"track-{time.monotonic_ns()}.npy"
        np.save(path, track.astype(np.float32))
        code = PLAYER.format(lines="\n    ".join(lines))
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", code, str(path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=env,
            cwd=ROOT,
        )

    def lines(self, threads: int = 1) -> list[str]:
        """What it said, after a clean end: no crash, no traceback, so many threads left."""
        said, complaints = self.process.communicate(timeout=30)
        assert (self.process.returncode, complaints) == (0, "")
        *lines, left = said.splitlines()
        assert left == f"threads {threads}"
        return lines


def sine(length_seconds: float, peak: float = 0.5) -> NDArray[np.float32]:
    places = np.arange(round(length_seconds * RATE))
    return (peak * np.sin(2 * np.pi * 440 * places / RATE)).astype(np.float32)


def heard(recording: NDArray[np.float32], above: float = 1e-5) -> NDArray[np.float32]:
    """What was recorded, from the first sound to the last."""
    (places,) = np.nonzero(np.abs(recording) > above)
    assert len(places), "nothing was heard"
    return recording[places[0] : places[-1] + 1]


def bursts(count: int, length: int) -> tuple[NDArray[np.float32], list[int]]:
    """Room tone (−62 dBFS peak) with tone bursts at irregular places, and these places."""
    random = np.random.default_rng(7)
    track = random.uniform(-8e-4, 8e-4, length).astype(np.float32)
    burst = sine(0.08, 0.6) * np.hanning(round(0.08 * RATE)).astype(np.float32)
    places = np.linspace(RATE // 3, length - RATE // 3, count) + random.uniform(-4e3, 4e3, count)
    for place in places.astype(int):
        track[place : place + len(burst)] += burst
    return track, [int(place) for place in places]


def onsets(recording: NDArray[np.float32]) -> NDArray[np.int64]:
    """Where each burst rises above a tenth of full scale."""
    (loud,) = np.nonzero(np.abs(recording) > 0.1)
    return loud[np.diff(loud, prepend=-RATE) > RATE // 20]


def require_simpleaudio(output: str = "simpleaudio") -> None:
    """Skip where an output can't be tested, and say why."""
    if output == "simpleaudio":
        if sys.version_info >= FIRST_PYTHON_REFUSED:
            pytest.skip("voicecoach refuses simpleaudio on this Python")
        if importlib.util.find_spec("simpleaudio") is None:
            require("simpleaudio is not installed")
