"""Readers: an article's bytes enter, its blocks leave; what it is, its first bytes tell."""

from __future__ import annotations

import re
from pathlib import Path

from voicecoach.draft.blocks import Block
from voicecoach.draft.readers.markdown import read_markdown
from voicecoach.draft.readers.page import read_page
from voicecoach.draft.readers.pdf import read_pdf
from voicecoach.draft.readers.plain import read_plain
from voicecoach.draft.readers.word import read_word
from voicecoach.errors import DraftError
from voicecoach.library import CODED, PAGE_MARK
from voicecoach.script.markup import speakable

MOST_BYTES = 32 << 20
"""The largest file: a scanned handout with pictures is smaller."""
MOST_TEXT = 200_000
"""Characters of text: some eighty pages. Who gives more means a book."""
MOST_PAGE_BYTES = 2 << 20
"""The largest text or web page."""
MOST_HEAD = 10_000
"""Bytes in which a page made of a script says so."""

_OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")
_RIFF, _WEBP = b"RIFF", b"WEBP"
"""A picture among the files that begin as sounds and films do, too."""
_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b",
    re.I | re.S,
)
_HEADING = re.compile(r"^#{1,6} \S", re.MULTILINE)


def read_article(data: bytes, name: str) -> list[Block]:
    """The blocks of an article: plain text, Markdown, HTML, .docx or PDF.

    Raises:
        DraftError: it can't be read as any of them, there is no text in it, or it is a session's
            own handout or page.
        MissingExtraError: it takes the extra `draft`.
    """
    blocks = _read(data, Path(name).suffix.lower())
    if sum(len(block.text) + len(block.title) for block in blocks) > MOST_TEXT:
        raise DraftError("it holds more than 200,000 characters; give the pages with the exercises")
    if not any(speakable(block.text) or speakable(block.title) for block in blocks):
        raise DraftError("there is no text in it")
    return blocks


def _read(data: bytes, suffix: str) -> list[Block]:
    if len(data) > MOST_BYTES:
        raise DraftError("it is larger than 32 MiB")
    if data[:1024].lstrip().startswith(b"%PDF-"):
        return read_pdf(data)
    if data.startswith(b"PK\x03\x04"):
        return read_word(data)
    if data.startswith(_OLD_WORD):
        raise DraftError("it is an old .doc or has a password; save it as .docx without one")
    if data.startswith(_PICTURES) or (data.startswith(_RIFF) and data[8:12] == _WEBP):
        raise DraftError("it is a picture; give the text, for example from a scanner's app")
    if PAGE_MARK.encode() in data[:MOST_HEAD]:
        raise DraftError(
            f"it is a page made of a script; {CODED} gets that out of its printed code"
        )
    if len(data) > MOST_PAGE_BYTES:
        raise DraftError("it is larger than 2 MiB of text; give the pages with the exercises")
    text = _decode(data)
    if suffix in (".html", ".htm", ".xhtml") or _PAGE.match(text):
        return read_page(text)
    if len(text) > 2 * MOST_TEXT:
        raise DraftError("it holds more than 200,000 characters; give the pages with the exercises")
    if suffix in (".md", ".markdown") or (suffix != ".txt" and _HEADING.search(text)):
        return read_markdown(text)
    return read_plain(text)


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # the Notepad of Windows
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")  # the other that old editors write
    controls = sum(c < " " and c not in "\t\n\r\f" for c in text[:4096])
    if "\0" in text or controls > len(text[:4096]) // 50:
        raise DraftError("it is no text, Markdown, HTML, .docx or PDF")
    return text.replace("\r\n", "\n").replace("\r", "\n")
