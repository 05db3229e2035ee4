"""A sound server of the tests' own: what a program plays to it can be recorded, sample by sample.

PulseAudio with a null sink, private to one temporary directory; nothing of it reaches a loudspeaker
or the tester's own sound server. A program joins it through the environment it is started with.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from numpy.typing import NDArray

RATE = 48_000
SINK = "test"
NEEDED = ("pulseaudio", "parec")
"""The programs without which there is no sound server."""

_ASOUNDRC = "pcm.!default { type pulse }\nctl.!default { type pulse }\n"
"""Programs that speak ALSA, such as simpleaudio, reach PulseAudio by its plugin."""

_ADDRESSES = ("PULSE_", "PIPEWIRE_", "XDG_", "ALSA_", "JACK_", "DBUS_")
"""How the names of variables begin that lead to the tester's own sound server and files."""


def _clean_environment(home: Path) -> dict[str, str]:
    """The tests' environment without the ways to the tester's own sound and settings."""
    env = {name: text for name, text in os.environ.items() if not name.startswith(_ADDRESSES)}
    runtime = home / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    env |= {"HOME": str(home), "XDG_RUNTIME_DIR": str(runtime)}
    # A sound server that is gone must stay gone: no client may start another one.
    env["PULSE_SERVER"] = f"unix:{runtime / 'pulse' / 'native'}"
    env |= {"JACK_NO_START_SERVER": "1", "JACK_DEFAULT_SERVER": "voicecoach-tests-none"}
    return env


def silent_environment(home: Path) -> dict[str, str]:
    """An environment in which no sound device at all is to be found, on any Linux machine."""
    # Without ALSA's own configuration not even a name like hw:0 means anything.
    return _clean_environment(home) | {"ALSA_CONFIG_PATH": os.devnull}


class Recording:
    """What a null sink plays, from the moment this exists until `stop`."""

    def __init__(self, server: SoundServer, latency_milliseconds: int, sink: str) -> None:
        self._path = server.home / f"recording-{time.monotonic_ns()}.f32"
        with self._path.open("wb") as file:
            self._recorder = subprocess.Popen(
                [
                    *("parec", f"--device={sink}.monitor", f"--rate={RATE}", "--channels=1"),
                    *("--format=float32le", "--raw", f"--latency-msec={latency_milliseconds}"),
                ],
                stdout=file,
                stderr=subprocess.DEVNULL,  # it complains when the server is killed
                env=server.env,
            )
        deadline = time.monotonic() + 10
        while not self._path.stat().st_size:
            if self._recorder.poll() is not None or time.monotonic() > deadline:
                self._recorder.kill()
                self._recorder.wait()
                raise RuntimeError("parec records nothing")
            time.sleep(0.01)

    @property
    def seconds(self) -> float:
        """How much has been recorded so far, in seconds."""
        return self._path.stat().st_size / 4 / RATE

    def samples(self) -> NDArray[np.float32]:
        """What has been recorded so far: mono, float32, shape (frames,), at 48 kHz."""
        whole = self._path.stat().st_size // 4
        return np.fromfile(self._path, dtype="<f4", count=whole)

    def stop(self, tail_seconds: float = 0.3) -> NDArray[np.float32]:
        """End the recording `tail_seconds` from now, and return it. May be called twice."""
        if self._recorder.poll() is None:
            end = self.seconds + tail_seconds
            reached, moved = self.seconds, time.monotonic()
            # The recording's own clock, not ours: a busy machine may deliver late, a frozen server
            # never.
            while self.seconds < end and time.monotonic() < moved + 1:
                if self.seconds > reached:
                    reached, moved = self.seconds, time.monotonic()
                time.sleep(0.02)
            self._recorder.send_signal(signal.SIGTERM)
            try:
                self._recorder.wait(5)
            except subprocess.TimeoutExpired:
                self._recorder.kill()
                self._recorder.wait()
        return self.samples()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


class SoundServer:
    """A running PulseAudio with one device, the null sink `test`: stereo, float32, 48 kHz.

    Programs started with `env` play to it. Use as a context manager, or call `close`.
    """

    def __init__(self) -> None:
        # Not under pytest's tmp_path: a socket's path may have 107 characters at most.
        self.home = Path(tempfile.mkdtemp(prefix="vc-sound-"))
        (self.home / ".asoundrc").write_text(_ASOUNDRC)
        self.env = _clean_environment(self.home)
        self._socket = self.home / "run" / "pulse" / "native"
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self.restart()
        except BaseException:
            self.close()
            raise

    def record(self, latency_milliseconds: int = 20, sink: str = SINK) -> Recording:
        """Start to record what is played; sound played after this returns is recorded whole.

        The latency is also how much the server mixes at once, and so how exactly it starts sounds.
        """
        return Recording(self, latency_milliseconds, sink)

    def kill(self) -> None:
        """The server's sudden death, as when a desktop's session ends."""
        if self._process is not None:
            # Also wakes it if it is frozen: SIGKILL reaches stopped processes too.
            self._process.kill()
            self._process.wait()
            self._process = None
            self._socket.unlink(missing_ok=True)

    def freeze(self) -> None:
        """Make the server deaf and mute without closing a connection, until `thaw` or `kill`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def restart(self) -> None:
        """Start the server, after killing one that still runs; returns when it can be used."""
        self.kill()
        with (self.home / "pulseaudio.log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *("pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--system=no"),
                    *("--exit-idle-time=-1", "--high-priority=no", "--realtime=no"),
                    *("--disable-shm=yes", "--load=module-native-protocol-unix"),
                    # A null sink that may rewind renders 2 s at a time before anyone listens.
                    f"--load=module-null-sink sink_name={SINK} rate={RATE} format=float32le"
                    " norewinds=1",
                ],
                stdout=log,
                stderr=log,
                env=self.env,
            )
        deadline = time.monotonic() + 10
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                log_text = (self.home / "pulseaudio.log").read_text(errors="replace")
                raise RuntimeError(f"pulseaudio did not start:\n{log_text}")
            time.sleep(0.02)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            return client.connect_ex(str(self._socket)) == 0

    def close(self) -> None:
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def require(missing: str) -> None:
    """Skip the test for a thing that is missing; or fail it, where nothing may be skipped."""
    if os.environ.get("VOICECOACH_NO_SKIP") == "1":
        pytest.fail(f"{missing}, and VOICECOACH_NO_SKIP=1 allows no skipping")
    pytest.skip(missing)


@pytest.fixture
def sound_server() -> Iterator[SoundServer]:
    """A fresh sound server, for this test alone."""
    if absent := [program for program in NEEDED if shutil.which(program) is None]:
        require(f"{' and '.join(absent)} not installed: no sound server to play to")
    with SoundServer() as server:
        yield server


@pytest.fixture
def silent_env(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine without any sound device."""
    return silent_environment(tmp_path)
