"""Whole files: a file's name enters, a path beside it to write to; the file is there when whole.

A folder's files, too, are all the old ones or all the new ones: the new folder is made beside the
old one and takes its name. No system renames two at once, so for that moment the old one stands
beside; who is killed just then has it back with the next export of that name.
"""

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
OLD = ".old"
"""The ending of a folder that is being replaced."""


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
    with _clear(path):
        _restore(path)
    if path.exists() and not force:
        raise ExportError(f"{path} exists; replace it with --force")


@contextlib.contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A folder whose files stand in the target folder when all went well; others in it stay.

    Raises:
        ExportError: it can't be written.
    """
    with _clear(path):
        path = _real(path)  # a link stays one
        part = _beside(path)
        _restore(path)
        _tidy(part)
        try:
            part.mkdir()
            yield part
            if not path.exists():
                part.rename(path)
            elif path.is_mount():  # its name is not to be had
                for file in sorted(part.iterdir()):
                    file.replace(path / file.name)
            else:
                _swap(part, path)
        finally:
            shutil.rmtree(part, ignore_errors=True)


def _swap(new: Path, path: Path) -> None:
    """Let a new folder take the place of the one that is there, and that the new one's."""
    shutil.copymode(path, new)
    _keep(path, new)
    old = path.with_name(f".{path.name[:50]}.{os.getpid()}{OLD}")
    try:
        path.rename(old)
        new.rename(path)
    except BaseException:
        if not path.exists():
            old.rename(path)
        raise
    _keep(old, path)  # what was put there meanwhile
    with contextlib.suppress(FileNotFoundError):  # another export saw that it is done with
        old.rename(new)


def _keep(old: Path, new: Path) -> None:
    """Let all that a folder holds besides stand in a new one as well, without being copied."""
    for other in old.iterdir():
        kept = new / other.name
        if kept.exists():
            continue
        if other.is_dir() and not other.is_symlink():
            shutil.copytree(other, kept, symlinks=True, copy_function=_link)
        else:
            _link(other, kept)


def _link(file: str | os.PathLike[str], to: str | os.PathLike[str]) -> None:
    try:
        os.link(file, to, follow_symlinks=False)
    except (OSError, NotImplementedError):  # a stick's file system has no links
        shutil.copy2(file, to, follow_symlinks=False)


def _restore(path: Path) -> None:
    """Give a folder its name back that somebody took away who was killed before the new one came;
    and remove one whose new one did come.
    """
    path = _real(path)
    left = re.compile(rf"\.{re.escape(path.name[:50])}\.[0-9]+{re.escape(OLD)}")
    for old in list(path.parent.iterdir()) if path.parent.is_dir() else ():
        if left.fullmatch(old.name) and old.is_dir():
            if path.exists():
                shutil.rmtree(old, ignore_errors=True)
            else:
                old.rename(path)


def _real(path: Path) -> Path:
    """Where a link leads; of links that lead to each other, one of them: it leads nowhere."""
    return Path(os.path.realpath(path))


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
