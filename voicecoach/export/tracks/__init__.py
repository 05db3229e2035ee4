"""Tracks: the table of sound formats; a session's samples enter, a coded file with its chapters,
tags, lyrics and cover leaves. One file a kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from voicecoach.errors import ExportError
from voicecoach.export.material import Material, Tell
from voicecoach.export.tracks.coding import Format
from voicecoach.export.tracks.flac import FLAC
from voicecoach.export.tracks.mp3 import MP3
from voicecoach.export.tracks.mp4 import M4A, M4B
from voicecoach.export.tracks.ogg import OPUS
from voicecoach.export.tracks.wav import WAV

FORMATS: Mapping[str, Format] = {
    ".wav": WAV,
    ".flac": FLAC,
    ".mp3": MP3,
    ".opus": OPUS,
    ".ogg": OPUS,
    ".m4b": M4B,
    ".m4a": M4A,
}
"""By the file's ending."""


def write_track(path: Path, material: Material, tell: Tell | None = None) -> None:
    """A session's sound in the format of the path's ending.

    Raises:
        ExportError: the session has no length.
        OSError: the file can't be written.
    """
    if not material.timeline.frames:
        raise ExportError(f"{path} would be empty: the session has no length")
    FORMATS[path.suffix.lower()].write(path, material, tell)
