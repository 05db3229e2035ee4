"""What a terminal shows while words are being spoken, and what Ctrl-C leaves there."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from voicecoach.errors import EXIT_INTERRUPTED

SCRIPT = "# Morning\n" + "".join(
    f"## Step {number}\nLift your arms as high as shelf {number}, and look up.\nhold 5s\n"
    for number in range(1, 61)
)


class Checked:
    """A `voicecoach` whose standard error is a terminal."""

    def __init__(self, *arguments: str) -> None:
        self.shown = ""
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "voicecoach", *arguments],
            env=os.environ | {"TERM": "xterm"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=slave,
            text=True,
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                self.shown += os.read(self._master, 65536).decode("utf-8", "replace")
            except OSError:  # nobody writes to it any more
                return

    def until_shown(self, pattern: str) -> None:
        deadline = time.monotonic() + 60
        while not re.search(pattern, self.shown):
            assert time.monotonic() < deadline, self.shown
            assert self.process.poll() is None, self.shown
            time.sleep(0.02)

    def ended(self) -> tuple[int, str]:
        """Its exit status and what it wrote to the pipe."""
        out, _ = self.process.communicate(timeout=90)
        self._reader.join(10)
        os.close(self._master)
        assert "Traceback" not in self.shown
        return self.process.returncode, out


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of words that nobody has spoken yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    script = tmp_path / "morning.md"
    script.write_text(SCRIPT)
    return script


@pytest.mark.parametrize("command", ["check", "plan", "show"])
def test_how_much_is_spoken_is_shown_beside_what_is_piped(command: str, script: Path) -> None:
    checked = Checked(command, str(script), "--voice", "espeak:en-us")
    status, out = checked.ended()
    assert status == 0
    assert "Speaking morning.md" in checked.shown
    assert re.search(r"[1-9]\d?%", checked.shown)
    assert "Speaking" not in out
    assert "Morning" in out or out.startswith(f"{script}: good, ")
    piped = subprocess.run(
        [sys.executable, "-m", "voicecoach", command, str(script), "--voice", "espeak:en-us"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert (piped.stdout, piped.stderr) == (out, "")


def test_ctrl_c_ends_a_check_with_one_sentence(script: Path) -> None:
    checked = Checked("check", str(script))
    checked.until_shown(r"[1-9]%")
    checked.process.send_signal(signal.SIGINT)
    asked = time.monotonic()
    status, out = checked.ended()
    assert time.monotonic() - asked < 5
    assert (status, out) == (EXIT_INTERRUPTED, "")
    said = checked.shown.rsplit("\x1b[2K", 1)[-1]  # the bar is gone
    assert said.split("\r\n") == [
        f"voicecoach: interrupted; {script} wasn't checked to its end.",
        "",
    ]
