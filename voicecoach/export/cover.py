"""Covers that are given: a picture's file enters; its bytes leave, when they are a cover."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from voicecoach.errors import ExportError, NotFoundError

MOST_BYTES = 10 << 20
"""Ten times what players like; FLAC has room for 16 MiB."""
MOST_SIDE = 6000
"""Pixels: twice what podcast directories take."""
KINDS = {b"\x89PNG\r\n\x1a\n": "png_pipe", b"\xff\xd8\xff": "jpeg_pipe"}
"""What such files begin with, and FFmpeg's name for their format."""


def read_cover(path: Path) -> bytes:
    """A JPEG or PNG file that can be decoded.

    Raises:
        NotFoundError: it can't be read.
        ExportError: it is no such picture, damaged, or too large.
    """
    import av  # FFmpeg: 40 ms

    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise NotFoundError("cover", str(path), hint=error.strerror or "") from None
    kind = next((kind for begin, kind in KINDS.items() if data.startswith(begin)), None)
    if kind is None:
        raise ExportError(f"the cover {path} is neither a JPEG nor a PNG picture")
    if len(data) > MOST_BYTES:
        raise ExportError(
            f"the cover {path} is larger than {MOST_BYTES >> 20} MiB; make it smaller"
        )
    try:
        with av.open(BytesIO(data), "r", format=kind) as image:
            stream = image.streams.video[0]
            if max(stream.width, stream.height) > MOST_SIDE:
                size = f"{stream.width} × {stream.height}"
                raise ExportError(
                    f"the cover {path} has {size} pixels; {MOST_SIDE} a side are many"
                )
            next(image.decode(stream))
    except (av.FFmpegError, IndexError, StopIteration):
        raise ExportError(f"the cover {path} is damaged: it can't be decoded") from None
    return data
