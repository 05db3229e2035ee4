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
import zlib
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from voicecoach.errors import ExportError

ABANDONED = 3600
"""Seconds for which no export leaves its file as it is."""
OLD = ".old"
"""The ending of a folder that is being replaced."""
LONGEST = 50
"""Characters of a name beside which there is room for more."""


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A path beside the target that becomes the target when all went well, else nothing.

    Raises:
        ExportError: it can't be written.
    """
    with _clear(path):
        target = _followed(path)
        if target.exists() and not target.is_file():
            raise ExportError(f"{path} can't be written: it is no file")
        part = _beside(target, path.suffix)
        _tidy(part)
        try:
            yield part
            part.replace(target)
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


def check_apart(path: Path, what: str, sources: Iterable[str | Path]) -> None:
    """Look whether a file there would replace nothing that it is made of: no force means that.

    Raises:
        ExportError: it would; says what.
    """
    for source in sources:
        with contextlib.suppress(OSError, ValueError):  # a built-in's name; no name at all
            if str(source) and path.samefile(source):
                raise ExportError(f"{path} is {what}; name another file")


@contextlib.contextmanager
def whole_folder(path: Path, outdated: Collection[str] = ()) -> Iterator[Path]:
    """A folder whose files stand in the target folder when all went well; others in it stay, but
    for those of the names that are `outdated`.

    Raises:
        ExportError: it can't be written.
    """
    with _clear(path):
        path = _followed(path)
        part = _beside(path, path.suffix)
        _restore(path)
        _tidy(part)
        try:
            part.mkdir()
            yield part
            if not path.exists():
                part.rename(path)
            elif path.is_mount():  # its name is not to be had
                new = sorted(part.iterdir())
                for file in new:
                    file.replace(path / file.name)
                for name in set(outdated) - {file.name for file in new}:
                    (path / name).unlink(missing_ok=True)
            else:
                _swap(part, path, outdated)
        finally:
            shutil.rmtree(part, ignore_errors=True)


def _swap(new: Path, path: Path, outdated: Collection[str]) -> None:
    """Let a new folder take the place of the one that is there, and that the new one's."""
    shutil.copymode(path, new)
    _keep(path, new, outdated)
    old = path.with_name(f".{_shortened(path.name)}.{os.getpid()}{OLD}")
    try:
        path.rename(old)
        new.rename(path)
    except BaseException:
        if not path.exists():
            old.rename(path)
        raise
    _keep(old, path, outdated)  # what was put there meanwhile
    with contextlib.suppress(FileNotFoundError):  # another export saw that it is done with
        old.rename(new)


def _keep(old: Path, new: Path, outdated: Collection[str]) -> None:
    """Let all that a folder holds besides stand in a new one as well, without being copied."""
    for other in old.iterdir():
        kept = new / other.name
        if kept.exists() or other.name in outdated:
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
    path = _followed(path)
    left = re.compile(rf"\.{re.escape(_shortened(path.name))}\.[0-9]+{re.escape(OLD)}")
    for old in list(path.parent.iterdir()) if path.parent.is_dir() else ():
        if left.fullmatch(old.name) and old.is_dir():
            if path.exists():
                shutil.rmtree(old, ignore_errors=True)
            else:
                old.rename(path)


def _followed(path: Path) -> Path:
    """Where a link leads, so that it stays one; the path itself where it is none.

    Raises:
        OSError: it leads in a circle.
    """
    target = Path(os.path.realpath(path))
    if target.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    return target


def _beside(path: Path, ending: str) -> Path:
    # Its name is no longer than the target's may be, and absolute: a:b.wav would be a protocol's.
    # Its ending is the one that was asked for, which says what to write.
    return path.absolute().with_name(f".{_shortened(path.stem)}.{os.getpid()}.part{ending[:20]}")


def _shortened(name: str) -> str:
    """A name of at most LONGEST characters; two that begin alike stay two: both may be written at
    once.
    """
    if len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST - 9]}-{zlib.crc32(os.fsencode(name)):08x}"


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
