"""Scanning: a photo, screenshot, PDF or text enters as bytes; the script in its code leaves."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

from voicecoach.errors import CodeError, MissingExtraError
from voicecoach.export.handout.payload import PREFIX, unpack

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_FILE_BYTES = 64 << 20
"""A photo of 100 megapixels takes half of it."""
MOST_PAGES = 50
MOST_SIDE = 6000
"""Pixels: a larger picture is made smaller; a code in a photo needs some 5 for each module."""
DOTS = 300
"""An inch, of a PDF's page: what a printer would show."""
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "PPM")
"""What photos and screenshots come as: no picture format that runs or loads anything."""


def scan(data: bytes, name: str) -> str:
    """The script in a code's text, in a picture of the code, or in a PDF that shows it.

    Raises:
        CodeError: there is none; `name` says where it was looked for.
        MissingExtraError: pictures can't be read here.
    """
    try:
        return _scan(data)
    except CodeError as error:
        raise CodeError(f"{name}: {error}") from None


def _scan(data: bytes) -> str:
    if len(data) > MOST_FILE_BYTES:
        raise CodeError("it is larger than 64 MiB")
    if data.startswith(b"%PDF-"):
        return _scan_pictures(_pages(data))
    if (text := _text(data)) is not None:
        return unpack(text)
    return _scan_pictures(_picture(data))


def _text(data: bytes) -> str | None:
    """The data as text, if it is that: a picture never is."""
    for encoding in ("utf-8-sig", "utf-16"):  # the latter from the clipboards of Windows
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if PREFIX in text or "\0" not in text:
            return text
    return None


def _scan_pictures(pictures: Iterator[Image]) -> str:
    try:
        import zxingcpp
    except ImportError:
        raise MissingExtraError("reading a code from a picture", "scan") from None

    kinds = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    other: CodeError | None = None
    for picture in pictures:
        for code in zxingcpp.read_barcodes(picture, kinds):
            try:
                return unpack(code.text)
            except CodeError as error:
                other = error
    raise other or CodeError("no QR code is seen; take a sharp picture of it, straight from above")


def _picture(data: bytes) -> Iterator[Image]:
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError:
        raise MissingExtraError("reading a code from a picture", "scan") from None

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=_FORMATS)
            picture.draft("L", (MOST_SIDE, MOST_SIDE))
            grey = picture.convert("L")
    except UnidentifiedImageError:
        raise CodeError("it is neither text nor a picture; save it as JPEG or PNG") from None
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise CodeError("the picture has too many pixels; cut it down to the code") from None
    except (OSError, SyntaxError, ValueError, ArithmeticError, EOFError) as error:
        raise CodeError(f"the picture is damaged: {error}") from None
    grey.thumbnail((MOST_SIDE, MOST_SIDE))
    yield grey
    width, height = (side * 3 // 2 for side in grey.size)
    if max(width, height) <= MOST_SIDE:  # brings out what is a little blurred
        yield grey.resize((width, height), Image.Resampling.BICUBIC)


def _pages(data: bytes) -> Iterator[Image]:
    try:
        import pypdfium2
    except ImportError:
        raise MissingExtraError("reading a code from a PDF", "scan") from None

    try:
        with pypdfium2.PdfDocument(data) as document:
            for page in list(document)[:MOST_PAGES]:
                scale = min(DOTS / 72, MOST_SIDE / max(page.get_size()))
                yield page.render(scale=scale, grayscale=True).to_pil()
    except pypdfium2.PdfiumError as error:
        raise CodeError(f"the PDF can't be read: {error}") from None
