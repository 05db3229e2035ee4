"""A room on a sound server: what a loudspeaker plays and a person says reach a microphone."""

from __future__ import annotations

import shutil
import subprocess
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.soundserver import RATE, SINK, Recording, SoundServer, require

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

AIR = "air"
"""The sink into which everything sounds that the microphone hears."""
MICROPHONE = "microphone"
SPOKEN_AHEAD = 200
"""Milliseconds that a speaker is ahead: with 20 he ran dry on a busy machine now and then."""
NEEDED = ("pactl", "pacat")


class Room:
    """A microphone on a server that had none. It is silent until somebody speaks, or `echo`."""

    def __init__(self, server: SoundServer) -> None:
        self.server = server
        self._speakers: list[subprocess.Popen[bytes]] = []
        # A null sink that may rewind is heard two seconds late.
        air = f"sink_name={AIR} rate={RATE} channels=1 format=float32le norewinds=1"
        self._load("module-null-sink", *air.split())
        # Not the sink's own monitor: such are no microphones.
        names = f"source_name={MICROPHONE} source_properties=device.description=Microphone"
        self._microphone = self._load(
            "module-remap-source", f"master={AIR}.monitor", *names.split()
        )
        self.pactl("set-default-sink", SINK)
        self.pactl("set-default-source", MICROPHONE)

    def echo(self) -> None:
        """From now on the microphone hears what the loudspeaker plays, 30 ms later."""
        self._load(
            *("module-loopback", f"source={SINK}.monitor", f"sink={AIR}"),
            *("latency_msec=30", "adjust_time=0"),
        )

    def record(self) -> Recording:
        """Start to record what sounds in the room."""
        return self.server.record(sink=AIR)

    def say(self, samples: NDArray[np.float32]) -> subprocess.Popen[bytes]:
        """Let mono samples at 48 kHz sound in the room; returns at once who plays them."""
        path = self.server.home / f"said-{time.monotonic_ns()}.f32"
        samples.astype("<f4").tofile(path)
        speaker = subprocess.Popen(
            [
                *("pacat", f"--device={AIR}", f"--rate={RATE}", "--channels=1", "--raw"),
                *("--format=float32le", f"--latency-msec={SPOKEN_AHEAD}", str(path)),
            ],
            env=self.server.env,
            stderr=subprocess.DEVNULL,
        )
        self._speakers.append(speaker)
        return speaker

    def unplug(self) -> None:
        """Take the microphone away."""
        self.pactl("unload-module", self._microphone)

    def pactl(self, *arguments: str) -> str:
        """Ask the server for something; returns what it answers."""
        return subprocess.run(
            ["pactl", *arguments],  # noqa: S607 - where it lies depends on the system
            env=self.server.env,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    def close(self) -> None:
        """Let nobody speak any more."""
        for speaker in self._speakers:
            speaker.kill()
            speaker.wait()

    def _load(self, *arguments: str) -> str:
        return self.pactl("load-module", *arguments)


@pytest.fixture
def room(sound_server: SoundServer) -> Iterator[Room]:
    """A room of its own for this test."""
    if absent := [program for program in NEEDED if shutil.which(program) is None]:
        require(f"{' and '.join(absent)} not installed: nobody to speak in the room")
    room = Room(sound_server)
    yield room
    room.close()
