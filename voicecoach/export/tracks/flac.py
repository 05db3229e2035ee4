"""FLAC: nothing is lost; tags and chapters as Vorbis comments, the cover as a picture block."""

from __future__ import annotations

from pathlib import Path

from voicecoach.export.material import Material, Tell, told
from voicecoach.export.tracks.coding import Coding, Format, code
from voicecoach.export.tracks.ogg import comments

CODING = Coding("flac", "flac")


def write(path: Path, material: Material, tell: Tell | None = None) -> None:
    """The session as a FLAC file. Raises as voicecoach.export.tracks.coding.code."""
    blocks = told(material.blocks(), tell)
    code(CODING, str(path), blocks, comments(material), picture=material.cover())


FLAC = Format(CODING, write)
