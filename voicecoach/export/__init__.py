"""Export: a session's material enters; a whole file leaves, or none. What a file's ending stands
for is the table ENDINGS.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from voicecoach.errors import ExportError, nearest, quoted
from voicecoach.export.captions.lrc import write_lrc
from voicecoach.export.captions.srt import write_srt
from voicecoach.export.captions.transcript import write_transcript
from voicecoach.export.captions.webvtt import write_webvtt
from voicecoach.export.chapters import write_chapters, write_sheet
from voicecoach.export.handout import write_handout
from voicecoach.export.material import Material, Tell, Writer
from voicecoach.export.page import write_page
from voicecoach.export.picture import write_png, write_svg
from voicecoach.export.split import earlier_tracks, write_tracks
from voicecoach.export.tracks import FORMATS, write_track
from voicecoach.whole import check_apart, check_free, whole, whole_folder

CHAPTERS: Mapping[str, Writer] = {".chapters.json": write_chapters, ".cue": write_sheet}
"""What writes the chapters of a track that lies beside it."""
SILENT: Mapping[str, Writer] = {
    ".vtt": write_webvtt,
    ".srt": write_srt,
    ".lrc": write_lrc,
    ".txt": write_transcript,
    ".pdf": write_handout,
    ".svg": write_svg,
    ".png": write_png,
    **CHAPTERS,
}
"""What writes a file that needs no sound: for it alone nothing is mixed."""
ENDINGS: Mapping[str, Writer] = {
    **dict.fromkeys(FORMATS, write_track),
    ".html": write_page,
    **SILENT,
}
"""What writes a file, by its ending."""


@dataclass(frozen=True, slots=True)
class Job:
    """One file to be written."""

    path: Path
    force: bool = False
    """Replace a file that is there."""
    split: bool = False
    """A folder of numbered tracks instead, by the file's name."""

    @property
    def target(self) -> Path:
        """What is there when it is done: the file, or the folder of tracks."""
        return self.path.with_suffix("") if self.split else self.path

    @property
    def ending(self) -> str:
        """What says which kind of file it is, such as ".mp3"."""
        name = self.path.name.lower()
        return next((e for e in CHAPTERS if name.endswith(e)), self.path.suffix.lower())

    def check(self) -> None:
        """Whether the file can be written, before any work is done for it.

        Raises:
            ExportError: its ending is unknown, its folder can't be written, or the file exists.
        """
        if self.ending not in ENDINGS:
            known = [ending.removeprefix(".") for ending in ENDINGS]
            near = nearest(self.ending.removeprefix("."), known)
            meant = quoted(f"{self.path.stem}.{near}")
            hint = f"did you mean {meant}?" if near else f"there are {', '.join(known)}"
            raise ExportError(f"{self.path} has no ending that says what to write; {hint}")
        if self.split and self.ending not in FORMATS:
            raise ExportError(f"only a track can be split, and {self.path} is none")
        target, folder = self.target, self.path.parent
        try:
            if target.is_dir() and not self.split:
                raise ExportError(f"{target} is a folder; name a file in it")
            if self.split and target.exists() and not target.is_dir():
                raise ExportError(f"{target} is a file, where a folder of tracks is to be")
            check_free(target, force=self.force)
            if not folder.is_dir():
                raise ExportError(f"there is no folder {folder}")
        except OSError as error:  # too long a name, a folder that can't be entered
            raise ExportError(f"{target} can't be written: {error.strerror}") from None
        if not os.access(folder, os.W_OK):
            raise ExportError(f"the folder {folder} can't be written")


def export_file(job: Job, material: Material, tell: Tell | None = None) -> None:
    """Write one file, or a folder of tracks: beside its target, and renamed when whole.

    Raises:
        ExportError: it can't be written; nothing half-written is left.
    """
    job.check()
    timeline = material.timeline
    sounds = {cue.sound for cue in timeline.cues} | {timeline.levels.background}
    check_apart(job.target, "a sound that the session is made of", sounds)
    if job.split:
        with whole_folder(job.target, earlier_tracks(job.target, job.path)) as folder:
            write_tracks(folder, job.path, material, tell)
    else:
        with whole(job.path) as part:
            ENDINGS[job.ending](part, material, tell)
