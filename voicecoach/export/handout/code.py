"""Codes: a payload's text enters, its QR code as a drawing leaves."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from voicecoach.errors import MissingExtraError

MODULE_MM = 0.45
"""The side of a code's dot: some five pixels of a phone's photo of the whole page."""


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code to be printed."""

    svg: str
    side: float
    """Millimetres, with the quiet zone around it."""


def draw_code(text: str) -> Code:
    """The QR code of a payload, at error correction level M or, where that is free, better."""
    try:
        import segno
    except ImportError:
        raise MissingExtraError("a handout", "handout") from None

    code = segno.make_qr(text, error="m")
    drawing = BytesIO()
    code.save(drawing, kind="svg", xmldecl=False, border=4, omitsize=True)
    return Code(drawing.getvalue().decode(), code.symbol_size(border=4)[0] * MODULE_MM)
