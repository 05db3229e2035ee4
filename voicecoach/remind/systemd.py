"""systemd: a reminder enters, the steps for a timer of the user's own service manager leave."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from voicecoach.remind import Reminder
from voicecoach.remind.steps import Delete, Run, Step, Write

TIMER = """\
[Unit]
Description={title}

[Timer]
{times}
AccuracySec=1s

[Install]
WantedBy=timers.target
"""
SERVICE = """\
[Unit]
Description={title}

[Service]
Type=exec
ExecStart={command}
"""


def available() -> bool:
    """Whether this user has a service manager that runs."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    return bool(runtime) and Path(runtime, "systemd", "private").exists()


def install(reminder: Reminder) -> list[Step]:
    """What makes, or replaces, the timer."""
    times = "\n".join(f"OnCalendar=*-*-* {t.hour:02}:{t.minute:02}:00" for t in reminder.times)
    title = _plain(reminder.title)
    service, timer = _files(reminder.name)
    command = _command(reminder.command)
    return [
        Write(service, SERVICE.format(title=title, command=command).encode()),
        Write(timer, TIMER.format(title=title, times=times).encode()),
        _systemctl("daemon-reload"),
        _systemctl("enable", timer.name),
        _systemctl("restart", timer.name),  # one that runs already learns its new times
    ]


def remove(name: str) -> list[Step]:
    """What takes it away; nothing where there is none."""
    files = _files(name)
    if not any(path.exists() for path in files):
        return []
    return [
        _systemctl("disable", "--now", files[1].name, may_fail=True),
        *(Delete(path) for path in files),
        _systemctl("daemon-reload", may_fail=True),
    ]


def _systemctl(*words: str, may_fail: bool = False) -> Run:
    return Run(("systemctl", "--user", *words), may_fail=may_fail)


def _files(name: str) -> tuple[Path, Path]:
    from platformdirs import user_config_path  # 20 ms, and only who installs needs it

    folder = user_config_path("systemd", appauthor=False) / "user"
    return folder / f"{name}.service", folder / f"{name}.timer"


def _command(words: Sequence[str]) -> str:
    r"""A command line as systemd reads it (systemd.service, "Command lines").

    >>> print(_command(["/bin/a b", 'say "100% $"']))
    "/bin/a b" "say \"100%% $$\""
    """
    program, *arguments = (_quoted(word) for word in words)
    # In the program's own name a $ stands for itself.
    return " ".join([program, *(argument.replace("$", "$$") for argument in arguments)])


def _quoted(word: str) -> str:
    marked = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    marked = re.sub(r"[\x00-\x1f\x7f]", lambda c: f"\\x{ord(c[0]):02x}", marked)
    # A file's name may be no text: its bytes as they are.
    marked = re.sub(r"[\udc80-\udcff]", lambda c: f"\\x{ord(c[0]) - 0xDC00:02x}", marked)
    return f'"{marked}"'


def _plain(title: str) -> str:
    """A text on one line in which nothing stands for anything else."""
    return " ".join(title.split()).replace("%", "%%").rstrip("\\")
