"""Chapter files: Material enters; JSON chapters and cue sheets leave, which lie beside a track."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from voicecoach.errors import ExportError, quoted
from voicecoach.export.captions import plain
from voicecoach.export.details import Details
from voicecoach.export.material import Material, Tell
from voicecoach.export.tracks.tags import track_chapters
from voicecoach.units import RATE, Frames

SHEET_RATE = 75
"""Sectors of a CD in a second: what a cue sheet counts in."""


def write_chapters(path: Path, material: Material, tell: Tell | None = None) -> None:
    """JSON chapters of the material's track, where it has one."""
    del tell  # it takes no time
    path.write_text(podcast_chapters(material, material.track), "utf-8")


def write_sheet(path: Path, material: Material, tell: Tell | None = None) -> None:
    """A cue sheet of the material's track.

    Raises:
        ExportError: there is no track, or its name can't stand in a cue sheet.
    """
    del tell
    if not material.track:
        raise ExportError("a cue sheet belongs to a track; name that with -o, too")
    path.write_text(track_sheet(material, material.track), "utf-8")


def podcast_chapters(material: Material, file_name: str = "") -> str:
    """JSON chapters 1.2.0 as the podcast namespace has them; times in seconds, to the microsecond.

    `file_name` is the track's that they belong to.
    """
    details = material.details
    document: dict[str, Any] = {"version": "1.2.0", "title": plain(details.title)}
    if details.artist:
        document["author"] = plain(details.artist)
    if file_name:
        document["fileName"] = file_name
    document["chapters"] = [
        {
            "startTime": round(chapter.start / RATE, 6),
            "endTime": round(chapter.end / RATE, 6),
            "title": plain(chapter.title),
            "toc": True,
        }
        for chapter in track_chapters(material.timeline)
    ]
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


@dataclass(frozen=True, slots=True)
class SheetFile:
    """A track file that a cue sheet names."""

    name: str
    """As it lies beside the sheet."""
    tracks: Sequence[tuple[str, Frames]]
    """What begins in it, in order: its title, and where in the file."""


def track_sheet(material: Material, file_name: str) -> str:
    """The cue sheet of a whole track. Raises as `cue_sheet`."""
    timeline = material.timeline
    begins = [(chapter.title, chapter.start) for chapter in track_chapters(timeline)]
    whole = [(timeline.title, Frames(0))]
    return cue_sheet(material.details, [SheetFile(file_name, begins or whole)])


def cue_sheet(details: Details, files: Sequence[SheetFile]) -> str:
    """A cue sheet: one file with many tracks in it, or many files of a track each.

    A track begins in the last CD frame (1/75 s) that starts no later than it does: so no first word
    loses its beginning. Minutes and tracks go on behind 99, which players can follow and CDs can't.

    Raises:
        ExportError: a file's name can't stand in a cue sheet.
    """
    return "".join(f"{line}\n" for line in _sheet_lines(details, files))


def _sheet_lines(details: Details, files: Sequence[SheetFile]) -> Iterator[str]:
    if details.genre:
        yield f"REM GENRE {_quoted(details.genre)}"
    if details.date:
        yield f"REM DATE {_quoted(details.date)}"
    if details.artist:
        yield f"PERFORMER {_quoted(details.artist)}"
    yield f"TITLE {_quoted(details.album or details.title)}"
    number = 0
    for file in files:
        yield f"FILE {_file_name(file.name)} {_file_type(file.name)}"
        for title, start in file.tracks:
            number += 1
            minutes, rest = divmod(start * SHEET_RATE // RATE, 60 * SHEET_RATE)
            index = f"{minutes:02}:{rest // SHEET_RATE:02}:{rest % SHEET_RATE:02}"
            yield f"  TRACK {number:02} AUDIO"
            yield f"    TITLE {_quoted(title)}"
            yield f"    INDEX 01 {index}"


def _quoted(text: str) -> str:
    """A text in quotes, of which the format has no way to write one within."""
    return '"' + plain(text).replace('"', "'") + '"'


def _file_name(name: str) -> str:
    if re.search('["\x00-\x1f\x7f]', name):
        raise ExportError(f"no cue sheet can name the file {quoted(plain(name))}; rename it")
    return f'"{name}"'


def _file_type(name: str) -> str:
    """MP3, or WAVE: what players read for all that they decode themselves, FLAC and Opus too."""
    return "MP3" if PurePath(name).suffix.lower() == ".mp3" else "WAVE"
