"""Export: blocks and their timeline enter, a whole file leaves, or none."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from voicecoach.errors import ExportError, nearest, quoted
from voicecoach.export.track import FORMATS, Track, write_track
from voicecoach.sound import Samples
from voicecoach.timeline import Timeline

Progress = Callable[[int], None]
"""Told how many frames have been written."""


@dataclass(frozen=True, slots=True)
class Job:
    """One file to be written."""

    path: Path
    force: bool = False
    """Replace a file that is there."""
    tags: dict[str, str] = field(default_factory=dict)
    """title, artist, date, language, copyright: what a format can carry of them is written."""

    def check(self) -> None:
        """Whether the file can be written, before any work is done for it.

        Raises:
            ExportError: its ending is unknown, its folder can't be written, or the file exists.
        """
        ending = self.path.suffix.lower()
        if ending not in FORMATS:
            near = nearest(ending, FORMATS, 0.5)
            known = ", ".join(ending.removeprefix(".") for ending in FORMATS)
            hint = (
                f"did you mean {quoted(self.path.stem + near)}?" if near else f"there are {known}"
            )
            raise ExportError(f"{self.path} has no ending of a track; {hint}")
        folder = self.path.parent
        try:
            if self.path.is_dir():
                raise ExportError(f"{self.path} is a folder; name a file in it")
            if self.path.exists() and not self.force:
                raise ExportError(f"{self.path} exists; replace it with --force")
            if not folder.is_dir():
                raise ExportError(f"there is no folder {folder}")
        except OSError as error:  # too long a name, a folder that can't be entered
            raise ExportError(f"{self.path} can't be written: {error.strerror}") from None
        if not os.access(folder, os.W_OK):
            raise ExportError(f"the folder {folder} can't be written")


def export_track(
    job: Job, timeline: Timeline, blocks: Iterable[Samples], progress: Progress | None = None
) -> None:
    """Write a session's track: beside its target, and renamed when whole.

    Raises:
        ExportError: it can't be written; nothing half-written is left.
    """
    job.check()
    if not timeline.frames:
        raise ExportError(f"{job.path} would be empty: the session has no length")
    track = Track(timeline, job.tags)
    with _whole(job.path) as part:
        write_track(part, FORMATS[job.path.suffix.lower()], track, _told(blocks, progress))


def _told(blocks: Iterable[Samples], progress: Progress | None) -> Iterator[Samples]:
    done = 0
    for block in blocks:
        yield block
        done += len(block)
        if progress:
            progress(done)


@contextlib.contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A path beside the target that becomes the target when all went well, else nothing."""
    # Its name is no longer than the target's may be, and absolute: a:b.wav would be a protocol's.
    part = path.absolute().with_name(f".{path.name[:50]}.{os.getpid()}.part")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        reason = "the disk is full" if error.errno == errno.ENOSPC else error.strerror or str(error)
        raise ExportError(f"{path} can't be written: {reason}") from None
    except UnicodeEncodeError as error:  # a half of a pair, as JSON can hold
        raise ExportError(f"{path} can't be written: a title in it is no text: {error}") from None
    finally:
        part.unlink(missing_ok=True)
