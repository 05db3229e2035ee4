"""Steps: what is to be done on this system to install or remove a timer; done, or only shown."""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from voicecoach.errors import UnavailableError, quoted
from voicecoach.whole import whole

PATIENCE_SECONDS = 30.0
"""How long a program of the system may take."""


@dataclass(frozen=True, slots=True)
class Write:
    """A file is written, or replaced."""

    path: Path
    content: bytes
    encoding: str = "utf-8"

    def __str__(self) -> str:
        return f"Write {self.path}:\n{self.content.decode(self.encoding)}"


@dataclass(frozen=True, slots=True)
class Delete:
    """A file is deleted."""

    path: Path

    def __str__(self) -> str:
        return f"Delete {self.path}"


@dataclass(frozen=True, slots=True)
class Run:
    """A program of the system is run."""

    command: tuple[str, ...]
    given: bytes = b""
    """Its standard input."""
    may_fail: bool = False
    """Whether it doesn't matter if there was nothing to do for it."""

    def __str__(self) -> str:
        given = f", given:\n{self.given.decode('utf-8', 'replace')}" if self.given else ""
        return f"Run {shlex.join(self.command)}{given}"


Step = Write | Delete | Run


def perform(steps: Iterable[Step]) -> None:
    """Do all of it, or leave nothing new behind.

    Raises:
        ExportError: a file can't be written.
        UnavailableError: a program isn't there, or failed.
    """
    written: list[Path] = []
    try:
        for step in steps:
            match step:
                case Write():
                    existed = step.path.exists()
                    with contextlib.suppress(OSError):
                        step.path.parent.mkdir(parents=True, exist_ok=True)
                    with whole(step.path) as part:
                        part.write_bytes(step.content)
                    written += [] if existed else [step.path]
                case Delete():
                    step.path.unlink(missing_ok=True)
                case Run():
                    run(step)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise


def run(step: Run) -> str:
    """What a program prints. Raises UnavailableError: it isn't there, or failed."""
    program = step.command[0]
    try:
        done = subprocess.run(
            step.command,
            input=step.given,
            env=os.environ | {"LC_ALL": "C"},  # what it says is looked at
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            check=not step.may_fail,
        )
    except FileNotFoundError:
        raise UnavailableError(f"there is no {program} on this system") from None
    except subprocess.CalledProcessError as error:
        said = (error.stderr or error.stdout).decode("utf-8", "replace").strip()
        why = quoted(said) if said else f"exit code {error.returncode}"
        raise UnavailableError(f"{program} could not do it: {why}") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnavailableError(f"{program} could not do it: {error}") from None
    return done.stdout.decode("utf-8", "surrogateescape")
