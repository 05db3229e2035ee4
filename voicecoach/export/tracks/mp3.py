"""MP3: what every player plays. Its tag is known before its sound, and stands before it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

from voicecoach.export.material import Material, Tell, told
from voicecoach.export.tracks.coding import Coding, Format, code
from voicecoach.export.tracks.id3 import tag_bytes

# One voice: 96 kbit/s is where listening tests find no fault, and there LAME's slower searches
# gain nothing: measured against a session's mix in third octaves they come as near (20 dB).
# At such a rate it scales by 0.95, against peaks that its coding adds: half a decibel, which the
# ceiling of peaks has to spare. FFmpeg's own tag knows no lyrics with times.
CODING = Coding(
    "libmp3lame", "mp3", 96_000, {"compression_level": "7"}, {"id3v2_version": "0"}, gain=1 / 0.95
)


def write(path: Path, material: Material, tell: Tell | None = None) -> None:
    """The session as an MP3 file. Raises as voicecoach.export.tracks.coding.code."""
    tag = tag_bytes(material)
    with path.open("wb") as file:
        file.write(tag)
        code(CODING, _After(file, len(tag)), told(material.blocks(), tell), {})


class _After:
    """A file from a place on, as if it began there: FFmpeg goes back to where its sound began.

    It fails once: FFmpeg still ends a file that can't be written, and PyAV prints a second error.
    """

    def __init__(self, file: IO[bytes], begin: int) -> None:
        self._file, self._begin = file, begin
        self._failed = False

    def write(self, data: bytes) -> int:
        """As a file does."""
        return len(data) if self._failed else self._do(lambda: self._file.write(data))

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """As a file does."""
        if whence == os.SEEK_SET:
            offset += self._begin
        if self._failed:
            return max(offset - self._begin, 0)
        return self._do(lambda: self._file.seek(offset, whence)) - self._begin

    def _do(self, what: Callable[[], int]) -> int:
        try:
            return what()
        except OSError:
            self._failed = True
            raise

    def tell(self) -> int:
        """As a file does."""
        return self._file.tell() - self._begin

    def seekable(self) -> bool:
        """As a file does."""
        return True


MP3 = Format(CODING, write)
