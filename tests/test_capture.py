"""Captures: what a microphone of a real sound server gives, sample by sample."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from tests.soundroom import Room
from tests.soundserver import RATE as ROOM_RATE
from tests.soundserver import SoundServer
from voicecoach.controls.microphone import RATE

if TYPE_CHECKING:
    from types import TracebackType

    from numpy.typing import NDArray

CAPTURE = """
import json, sys, time
import numpy as np
from voicecoach.controls.capture import Capture
from voicecoach.errors import VoicecoachError
started = time.monotonic()
capture = Capture(sys.argv[1])
pieces = []
try:
    while sum(map(len, pieces)) < 16_000 * float(sys.argv[2]):
        taken = capture.read()
        if not pieces:
            print(json.dumps({"opened": time.monotonic() - started}), flush=True)
        pieces.append(taken.samples)
except VoicecoachError as error:
    print(json.dumps({"error": str(error)}), flush=True)
capture.close()
capture.close()
np.save(sys.argv[3], np.concatenate(pieces) if pieces else np.zeros(0, np.float32))
"""


class Listener:
    """A child process that captures for some seconds."""

    def __init__(self, env: dict[str, str], folder: Path, seconds: float, device: str = "") -> None:
        self._path = folder / f"captured-{time.monotonic_ns()}.npy"
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", CAPTURE, device, str(seconds), str(self._path)],
            env=env,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.kill()
        self.process.communicate()

    def told(self) -> dict[str, float | str]:
        """The next thing it tells."""
        assert self.process.stdout is not None
        line: dict[str, float | str] = json.loads(self.process.stdout.readline())
        return line

    def samples(self) -> NDArray[np.float32]:
        """What it captured, once it has ended."""
        assert self.process.wait(30) == 0
        captured: NDArray[np.float32] = np.load(self._path)
        return captured


def first_words(env: dict[str, str], folder: Path, device: str = "") -> dict[str, float | str]:
    """What a listener tells first."""
    with Listener(env, folder, 0.5, device) as listener:
        return listener.told()


def is_whole(heard: NDArray[np.float32], rate: int) -> bool:
    """Whether a tone of 440 Hz is heard through and through."""
    loud = np.flatnonzero(np.abs(heard) > 0.02)
    tone = heard[loud[0] + rate // 50 : loud[-1] - rate // 50]
    # A lost or doubled block would turn its phase.
    ramp = np.arange(len(tone)) * 2 * np.pi * 440 / rate
    basis = np.stack([np.sin(ramp), np.cos(ramp)], axis=1)
    fit, *_ = np.linalg.lstsq(basis, tone, rcond=None)
    return (
        len(tone) > 1.5 * rate
        and bool(np.hypot(*fit) > 0.24)
        and bool(np.abs(tone - basis @ fit).max() < 0.02)
    )


def test_what_sounds_in_the_room_is_captured_without_a_gap(room: Room, tmp_path: Path) -> None:
    t = np.arange(2 * ROOM_RATE) / ROOM_RATE
    tone = (0.25 * np.sin(2 * np.pi * 440 * t)).astype(np.float32)
    for _ in range(3):
        with room.record() as recording, Listener(room.server.env, tmp_path, 3) as listener:
            assert "opened" in listener.told()
            room.say(tone)
            heard = listener.samples()
        # On a busy machine who speaks may run dry, so that there is a gap to be heard.
        if is_whole(recording.stop(), ROOM_RATE):
            break
    assert is_whole(recording.stop(), ROOM_RATE)
    assert is_whole(heard, RATE)


def test_what_plays_is_no_microphone_unless_it_is_named(
    sound_server: SoundServer, tmp_path: Path
) -> None:
    assert first_words(sound_server.env, tmp_path) == {"error": "no microphone found"}
    assert "opened" in first_words(sound_server.env, tmp_path, "monitor of")


def test_without_any_device_one_sentence_says_so(
    silent_env: dict[str, str], tmp_path: Path
) -> None:
    assert first_words(silent_env, tmp_path) == {"error": "no microphone found"}


def test_it_is_found_by_a_part_of_its_name(room: Room, tmp_path: Path) -> None:
    assert "opened" in first_words(room.server.env, tmp_path, "MICRO")
    told = first_words(room.server.env, tmp_path, "Mikrofone")
    assert told == {"error": 'no microphone "Mikrofone"; did you mean "Microphone"?'}


def test_one_that_goes_is_noticed(room: Room, tmp_path: Path) -> None:
    with Listener(room.server.env, tmp_path, 60) as listener:
        assert "opened" in listener.told()
        room.unplug()
        assert listener.told() == {"error": "no microphone found"}, "what plays is heard instead"
        listener.samples()


def test_a_sound_server_that_dies_is_noticed(room: Room, tmp_path: Path) -> None:
    with Listener(room.server.env, tmp_path, 60) as listener:
        assert "opened" in listener.told()
        room.server.kill()
        assert listener.told() == {"error": "the microphone gives no sound any more"}
        listener.samples()
