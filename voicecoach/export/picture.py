"""Pictures: Material enters; the drawing of its timeline leaves, as SVG or as PNG."""

from __future__ import annotations

from pathlib import Path

from voicecoach.errors import ExportError
from voicecoach.export.material import Material, Tell
from voicecoach.figure.drawing import rasterised
from voicecoach.figure.picture import picture

MOST_PIXELS = 40_000_000
"""Of a PNG: they take 160 MB while it is drawn, and few programs show more."""


def write_svg(path: Path, material: Material, tell: Tell | None = None) -> None:
    """The picture of a session as SVG.

    Raises:
        OSError: the file can't be written.
    """
    path.write_text(picture(material.timeline).svg, "utf-8", newline="\n")
    if tell:
        tell(material.timeline.frames)


def write_png(path: Path, material: Material, tell: Tell | None = None) -> None:
    """The same as PNG, twice as large where that isn't too much.

    Raises:
        ExportError: it would be too large.
        OSError: the file can't be written.
    """
    drawing = picture(material.timeline)
    pixels = drawing.width * drawing.height
    if pixels > MOST_PIXELS:
        raise ExportError(
            f"the picture would be {drawing.height:,} pixels high; write it as .svg instead"
        )
    scale = 2 if 4 * pixels <= MOST_PIXELS else 1
    path.write_bytes(rasterised(drawing, scale * drawing.width))
    if tell:
        tell(material.timeline.frames)
