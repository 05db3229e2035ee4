"""Splitting: one session's material enters; a folder of numbered tracks that play without a gap
leaves, with a playlist and a cue sheet.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from voicecoach.export.captions import plain
from voicecoach.export.chapters import SheetFile, cue_sheet
from voicecoach.export.material import Material, Tell, told
from voicecoach.export.tracks import write_track
from voicecoach.export.tracks.tags import track_chapters
from voicecoach.sound import Samples
from voicecoach.timeline import Chapter, Timeline
from voicecoach.units import Frames, seconds

LONGEST_NAME = 60
"""Characters of a track's name: with number and ending every file system takes them."""
_OURS = re.compile(r"[0-9]{2,}(?: [^/\\]+)?\.[a-z0-9]+", re.IGNORECASE)
"""A track's file, in its playlist."""


def write_tracks(folder: Path, track: Path, material: Material, tell: Tell | None = None) -> None:
    """Tracks of the kind and name of `track`: one an exercise, and the opening before them.

    The samples of the tracks, one after the other, are those of the whole session.

    Raises:
        ExportError, OSError: as voicecoach.export.tracks.write_track.
    """
    chapters = parts(material.timeline)
    blocks = _Slices(told(material.blocks(), tell))
    playlist, sheet = ["#EXTM3U"], []
    for number, chapter in enumerate(chapters, 1):
        name = track_name(chapter.title, number, len(chapters)) + track.suffix
        write_track(folder / name, _part(material, chapter, number, len(chapters), blocks))
        length = round(seconds(Frames(chapter.end - chapter.start)))
        playlist += [f"#EXTINF:{length},{plain(chapter.title)}", name]
        sheet.append(SheetFile(name, [(chapter.title, Frames(0))]))
    # By its ending a playlist is UTF-8.
    _playlist(folder, track).write_text("\n".join(playlist) + "\n", "utf-8")
    (folder / f"{track.stem}.cue").write_text(cue_sheet(material.details, sheet), "utf-8")


def earlier_tracks(folder: Path, track: Path) -> set[str]:
    """The names of the tracks that were written into that folder before, by their playlist: who
    plays the folder is to hear none between those that are to come.
    """
    try:
        lines = _playlist(folder, track).read_text("utf-8").splitlines()
    except (OSError, ValueError):  # there is none, or none of ours
        return set()
    return {line for line in lines if _OURS.fullmatch(line)}


def parts(timeline: Timeline) -> list[Chapter]:
    """The chapters of a track, each up to the next, the last up to the end.

    >>> neck = Chapter("Neck", Frames(5), Frames(8))
    >>> [(c.title, c.start, c.end) for c in parts(Timeline("A", "en", Frames(9), (neck,), ()))]
    [('A', 0, 5), ('Neck', 5, 9)]
    """
    chapters = track_chapters(timeline) or [Chapter(timeline.title, Frames(0), timeline.frames)]
    ends = [*(chapter.start for chapter in chapters[1:]), timeline.frames]
    return [replace(chapter, end=end) for chapter, end in zip(chapters, ends, strict=True)]


def track_name(title: str, number: int, numbers: int) -> str:
    """A file's name without its ending: what a title has that every file system takes.

    >>> track_name("../Neck: left/right?", 3, 12)
    '03 Neck left right'
    """
    kept = "".join(c if _keeps(c) else " " for c in title)
    name = " ".join(kept.split())[:LONGEST_NAME].strip()
    return f"{number:0{max(2, len(str(numbers)))}} {name}".strip()


def _keeps(character: str) -> bool:
    """Whether it may stand in a name; a mark is a part of its letter, as Hindi's vowels are."""
    mark = unicodedata.category(character) in ("Mn", "Mc") or character in "\u200c\u200d"
    return character.isalnum() or mark or character in "'()-_,&+"


def _playlist(folder: Path, track: Path) -> Path:
    return folder / f"{track.stem}.m3u8"


def _part(
    material: Material, chapter: Chapter, number: int, numbers: int, blocks: _Slices
) -> Material:
    """What one track is made of; its sound is what `blocks` gives next."""
    whole = material.timeline
    length = Frames(chapter.end - chapter.start)
    cues = (cue.moved(-chapter.start) for cue in whole.cues if chapter.start <= cue.start)
    timeline = replace(
        whole,
        title=chapter.title,
        frames=length,
        chapters=(),
        cues=tuple(cue for cue in cues if cue.start < length),
        left_out=(),
    )
    return replace(
        material,
        timeline=timeline,
        details=material.details.track(chapter.title, number, numbers),
        blocks=lambda: blocks.take(length),
    )


class _Slices:
    """Blocks that are cut where tracks end."""

    def __init__(self, blocks: Iterable[Samples]) -> None:
        self._blocks = iter(blocks)
        self._rest = np.zeros(0, np.float32)

    def take(self, count: int) -> Iterator[Samples]:
        """The next so many frames."""
        while count > 0:
            if not len(self._rest):
                self._rest = next(self._blocks)
            block, self._rest = self._rest[:count], self._rest[count:]
            count -= len(block)
            yield block
