"""A D-Bus of the tests' own, private to one temporary folder: what a desktop's session bus is.

Programs join it through the environment they are started with.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

NEEDED = ("dbus-daemon", "dbus-send", "dbus-monitor", "playerctl")
"""The programs without which there is no bus, or nobody on it."""


class DBusServer:
    """A running dbus-daemon. Use as a context manager, or call `close`."""

    def __init__(self) -> None:
        # Not under pytest's tmp_path: a socket's path may have 107 characters at most.
        self.home = Path(tempfile.mkdtemp(prefix="vc-dbus-"))
        ours = {name: text for name, text in os.environ.items() if not name.startswith("DBUS_")}
        self._process = subprocess.Popen(
            [
                *("dbus-daemon", "--session", "--print-address", "--nofork", "--nopidfile"),
                f"--address=unix:path={self.home / 'bus'}",
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            # None of the tester's own services may be started.
            env=ours | {"HOME": str(self.home), "XDG_DATA_DIRS": str(self.home)},
        )
        assert self._process.stdout
        self.address = self._process.stdout.readline().strip()
        self.env = ours | {"DBUS_SESSION_BUS_ADDRESS": self.address}
        self._overheard = self.home / "overheard"
        self._monitors: list[subprocess.Popen[bytes]] = []
        if not self.address:
            self.close()
            raise RuntimeError("dbus-daemon did not start")

    def run(self, *command: str) -> str:
        """What a program on this bus prints, to stdout and stderr."""
        done = subprocess.run(
            command,
            check=False,  # what it prints says why
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=10,
        )
        return done.stdout.strip()

    def call(self, name: str, path: str, method: str, *arguments: str) -> str:
        """What a method answers, as dbus-send prints it; arguments have their type before them."""
        asked = ["dbus-send", "--session", "--print-reply=literal", f"--dest={name}"]
        return self.run(*asked, path, method, *arguments)

    def overhear(self, name: str) -> None:
        """Begin to write down what `name` sends to everybody."""
        command = ["dbus-monitor", "--session", f"type=signal,sender={name}", "path=/marker"]
        with self._overheard.open("wb") as file:
            self._monitors.append(subprocess.Popen(command, stdout=file, env=self.env))
        self.overheard(name)

    def overheard(self, name: str) -> str:
        """What it sent or had to send until now, as dbus-monitor prints it."""
        # The answer comes after whatever was to be told before; and the monitor prints in order.
        self.call(name, "/", "org.freedesktop.DBus.Peer.Ping")
        mark = f"mark{time.monotonic_ns()}"
        deadline = time.monotonic() + 10
        while mark not in (text := self._overheard.read_text()):
            if time.monotonic() > deadline:
                raise RuntimeError("dbus-monitor hears nothing")
            self.run("dbus-send", "--session", "/marker", f"tests.Marker.{mark}")
        return text

    def kill(self) -> None:
        """The bus's sudden death, as when a desktop crashes; it may be frozen."""
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        """Make the bus deaf and mute, without closing a connection."""
        self._process.send_signal(signal.SIGSTOP)

    def close(self) -> None:
        for process in self._monitors:
            process.kill()
            process.wait()
        self.kill()
        if self._process.stdout:
            self._process.stdout.close()
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
