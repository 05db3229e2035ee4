"""AAC in MP4: audiobooks (.m4b) and tracks (.m4a), with chapters, cover and lyrics."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from voicecoach.export.captions.lrc import plain_lyrics
from voicecoach.export.material import Material, Tell, told
from voicecoach.export.tracks.coding import Coding, Format, code
from voicecoach.export.tracks.tags import common_tags, track_chapters
from voicecoach.phrases import iso639_2

# One voice: 96 kbit/s is where listening tests find no fault. The coder's slower searches gain
# nothing there: measured against a session's mix in third octaves they come less near (18 rather
# than 23 dB).
CODING = Coding("aac", "mp4", 96_000, {"aac_coder": "fast"}, {"movflags": "+faststart"})
AUDIOBOOK = "2"
"""Apple's media type of what remembers its place."""


def _branded(brand: str) -> Coding:
    return replace(CODING, container_options={**CODING.container_options, "brand": brand})


def write(coding: Coding, path: Path, material: Material, tell: Tell | None = None) -> None:
    """The session as AAC in MP4. Raises as voicecoach.export.tracks.coding.code."""
    tags = common_tags(material.details)
    if path.suffix.lower() == ".m4b":
        tags["media_type"] = AUDIOBOOK
    if lyrics := plain_lyrics(material.timeline):
        tags["lyrics"] = lyrics
    chapters, blocks = track_chapters(material.timeline), told(material.blocks(), tell)
    language = iso639_2(material.details.language)
    code(coding, str(path), blocks, tags, chapters, material.cover(), language)


M4A, M4B = (
    Format(coding, partial(write, coding)) for coding in (_branded("M4A "), _branded("M4B "))
)
