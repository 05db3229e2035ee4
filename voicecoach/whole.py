"""Whole files: a file's name enters, a path beside it to write to; the file is there when whole."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from voicecoach.errors import ExportError

ABANDONED = 3600
"""Seconds for which no export leaves its file as it is."""


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A path beside the target that becomes the target when all went well, else nothing.

    Raises:
        ExportError: it can't be written.
    """
    part = _beside(path)
    with _clear(path):
        _tidy(part)
        try:
            yield part
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def check_free(path: Path, *, force: bool) -> None:
    """Look whether a file may be written there.

    Raises:
        ExportError: there is one, and it is not to be replaced.
    """
    if path.exists() and not force:
        raise ExportError(f"{path} exists; replace it with --force")


@contextlib.contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A folder whose files stand in the target folder when all went well; others in it stay.

    Raises:
        ExportError: it can't be written.
    """
    part = _beside(path)
    with _clear(path):
        _tidy(part)
        try:
            part.mkdir()
            yield part
            if path.exists():
                for file in sorted(part.iterdir()):
                    file.replace(path / file.name)
            else:
                part.rename(path)
        finally:
            shutil.rmtree(part, ignore_errors=True)


def _beside(path: Path) -> Path:
    # Its name is no longer than the target's may be, and absolute: a:b.wav would be a protocol's.
    # Its ending is the target's, which says what to write.
    return path.absolute().with_name(f".{path.stem[:50]}.{os.getpid()}.part{path.suffix[:20]}")


def _tidy(part: Path) -> None:
    """Remove what exports of the same file left that were killed: a day's track is gigabytes."""
    begin, _, end = part.name.rpartition(f".{os.getpid()}.")
    left = re.compile(rf"{re.escape(begin)}\.[0-9]+\.{re.escape(end)}(\..*)?")
    for other in part.parent.iterdir():
        if left.fullmatch(other.name):
            with contextlib.suppress(OSError):  # somebody else's, or gone by now
                files = [other, *(other.iterdir() if other.is_dir() else ())]
                if time.time() - max(file.stat().st_mtime for file in files) > ABANDONED:
                    shutil.rmtree(other) if other.is_dir() else other.unlink()


@contextlib.contextmanager
def _clear(path: Path) -> Iterator[None]:
    """Whatever the system says, in one sentence."""
    try:
        yield
    except OSError as error:
        reason = "the disk is full" if error.errno == errno.ENOSPC else error.strerror or str(error)
        raise ExportError(f"{path} can't be written: {reason}") from None
    except UnicodeEncodeError as error:  # a half of a pair, as JSON can hold
        raise ExportError(f"{path} can't be written: a title in it is no text: {error}") from None
