"""PDF: its bytes enter, the blocks of its pages' text leave (extra draft)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from voicecoach.draft.blocks import Block
from voicecoach.draft.readers.plain import SOFT_HYPHEN, read_plain
from voicecoach.errors import DraftError, MissingExtraError
from voicecoach.library import CODED

MOST_PAGES = 60
MOST_PAGE_TEXT = 50_000
"""Characters of one page: far more than can be printed on it."""
_HYPHENS = "\x02\ufffe"
"""What pdfium gives for the hyphen of a word that goes on in the next line."""
_COLUMN = 0.7
"""A gap in a line, in heights of its letters, that parts columns; a space is a quarter."""
_APART = 1.6
"""From one line down to the next, in heights of letters, where a paragraph ends."""


def read_pdf(data: bytes) -> list[Block]:
    """The blocks of a PDF's text, page by page.

    Raises:
        DraftError: it has a password, no text (a scan), too many pages, is damaged, or holds its
            script already.
        MissingExtraError: it can't be read here.
    """
    try:
        import pypdfium2
        from pypdfium2 import raw
    except ImportError:
        raise MissingExtraError("reading a PDF", "draft") from None

    texts = []
    try:
        with pypdfium2.PdfDocument(data) as document:
            if CODED in document.get_metadata_value("Keywords"):
                raise DraftError(
                    f"it is a handout made of a script; {CODED} gets that out of its code"
                )
            if len(document) > MOST_PAGES:
                raise DraftError(f"the PDF has more than {MOST_PAGES} pages; give those you need")
            for number in range(len(document)):
                page = document[number]
                texts.append(_laid_out(page.get_textpage(), raw.FPDFText_GetUnicode))
                page.close()
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
            raise DraftError("the PDF has a password; save a copy without one") from None
        raise DraftError(f"the PDF can't be read: {error}") from None
    if not any(text.strip() for text in texts):
        raise DraftError("the PDF is a scan: pictures without text; have its text recognised first")
    blocks: list[Block] = []
    for number, text in enumerate(texts, 1):
        blocks += read_plain(text, f"page {number}, line")
    return blocks


def _laid_out(page: Any, character: Callable[[Any, int], int]) -> str:
    """A page's text in lines: three spaces between columns, an empty line between paragraphs."""
    text: list[str] = []
    gap = ""
    last: tuple[float, float, float, float] | None = None  # left, bottom, right, top of a letter
    for number in range(min(page.count_chars(), MOST_PAGE_TEXT)):
        letter = chr(character(page, number))
        letter = SOFT_HYPHEN if letter in _HYPHENS else letter
        if letter in "\r\n":
            gap = "\n"
        elif letter.isspace():
            gap = gap or " "
        elif letter != "\0":
            box = page.get_charbox(number, loose=True)
            if last and gap:
                height = max(box[3] - box[1], last[3] - last[1], 4.0)
                if gap == "\n":
                    gap += "\n" if last[1] - box[1] > _APART * height or box[1] > last[3] else ""
                elif box[0] - last[2] > _COLUMN * height:
                    gap = "   "
            text += [gap if text else "", letter]
            gap, last = "", box
    return "".join(text)
