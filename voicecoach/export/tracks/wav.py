"""WAV: 16-bit samples as they are; tags as RIFF INFO and, with chapters, in an ID3 chunk."""

from __future__ import annotations

from pathlib import Path

from voicecoach.export.material import Material, Tell, told
from voicecoach.export.tracks.coding import Coding, Format, code
from voicecoach.export.tracks.id3 import add_frames
from voicecoach.export.tracks.tags import common_tags

# A WAV file's lengths have 32 bits: more than twelve hours make it RF64.
CODING = Coding("pcm_s16le", "wav", container_options={"rf64": "auto"})


def write(path: Path, material: Material, tell: Tell | None = None) -> None:
    """The session as a WAV file. Raises as voicecoach.export.tracks.coding.code."""
    from mutagen.wave import WAVE, error

    code(CODING, str(path), told(material.blocks(), tell), common_tags(material.details))
    try:
        wave = WAVE(path)
    except error:  # it can't read RF64
        return
    wave.add_tags()
    add_frames(wave.tags, material)
    wave.save(v2_version=3)


WAV = Format(CODING, write)
