"""Opus in Ogg: the smallest files; all that is said about it as Vorbis comments."""

from __future__ import annotations

import base64
from pathlib import Path

from voicecoach.export.captions.lrc import lrc_lyrics
from voicecoach.export.material import Material, Tell, told
from voicecoach.export.tracks.coding import Coding, Format, code
from voicecoach.export.tracks.tags import (
    chapter_comments,
    common_tags,
    picture_type,
    track_chapters,
)

# One voice: 48 kbit/s is where listening tests find no fault.
CODING = Coding("libopus", "ogg", 48_000)
FRONT_COVER = 3
"""The kind of picture, as ID3 and FLAC number it."""


def write(path: Path, material: Material, tell: Tell | None = None) -> None:
    """The session as Opus in Ogg. Raises as voicecoach.export.tracks.coding.code."""
    tags = comments(material) | picture_comment(material.cover())
    code(CODING, str(path), told(material.blocks(), tell), tags)


def comments(material: Material) -> dict[str, str]:
    """A track's Vorbis comments: tags, chapters, lyrics with their times."""
    tags = common_tags(material.details) | chapter_comments(track_chapters(material.timeline))
    if lyrics := lrc_lyrics(material.timeline):
        tags["LYRICS"] = lyrics
    return tags


def picture_comment(picture: bytes) -> dict[str, str]:
    """A picture as a comment, as Xiph has it for Ogg: a FLAC picture block, in base 64."""
    from mutagen.flac import Picture

    if not picture:
        return {}
    block = Picture()
    block.type, block.data = FRONT_COVER, picture
    block.mime = picture_type(picture)
    return {"METADATA_BLOCK_PICTURE": base64.b64encode(block.write()).decode()}


OPUS = Format(CODING, write)
