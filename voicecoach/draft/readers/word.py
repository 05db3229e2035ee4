"""Word: a .docx enters, its blocks leave (extra draft)."""

from __future__ import annotations

import io
import re
import zipfile
from itertools import islice
from typing import TYPE_CHECKING

from voicecoach.draft.blocks import Block, Kind, heads_doses, is_label, names, row_blocks, tidy
from voicecoach.errors import DraftError, MissingExtraError

if TYPE_CHECKING:
    from docx.table import Table
    from docx.text.paragraph import Paragraph

MOST_UNPACKED = 64 << 20
"""Bytes of all its parts: pictures are packed already, so a handout is far from it."""
MOST_XML = 8 << 20
"""Bytes of its texts, which become a tree in memory."""
MOST_PARTS = 2_000
MOST_PARAGRAPHS = 20_000
_LEVEL = re.compile(r"heading (\d)")


def read_word(data: bytes) -> list[Block]:
    """The blocks of a .docx: paragraphs by their styles, tables by their rows.

    Raises:
        DraftError: it is another kind of zip, damaged, or unpacks to too much.
        MissingExtraError: it can't be read here.
    """
    _check(data)
    try:
        import docx
        from docx.table import Table
    except ImportError:
        raise MissingExtraError("reading a .docx", "draft") from None

    blocks: list[Block] = []
    try:
        document = docx.Document(io.BytesIO(data))
        for number, content in enumerate(islice(document.iter_inner_content(), MOST_PARAGRAPHS), 1):
            place = f"paragraph {number}"
            if isinstance(content, Table):
                blocks += _table(content, place)
            else:
                blocks += _paragraph(content, place)
    except Exception as error:  # noqa: BLE001  # of three libraries, whatever damage sets off
        raise DraftError(f"the .docx can't be read: {error or type(error).__name__}") from None
    return blocks


def _check(data: bytes) -> None:
    """Look at the table of contents of the zip; zipfile reads no more than that says."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            infos = parts.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
        raise DraftError(f"the .docx is damaged: {error}") from None
    if not any(info.filename == "word/document.xml" for info in infos):
        raise DraftError("it is a zip, but no .docx; unpack it, and give the article in it")
    texts = sum(i.file_size for i in infos if i.filename.endswith((".xml", ".rels")))
    everything = sum(info.file_size for info in infos)
    if len(infos) > MOST_PARTS or texts > MOST_XML or everything > MOST_UNPACKED:
        raise DraftError("the .docx unpacks to more than a handout can be")


def _paragraph(paragraph: Paragraph, place: str) -> list[Block]:
    style = (paragraph.style.name or "").lower() if paragraph.style else ""
    kind: Kind = "text"
    level = 0
    if match := _LEVEL.match(style):
        kind, level = "heading", int(match[1])
    elif style == "title":
        kind, level = "heading", 1
    elif style.startswith("list number"):
        kind = "numbered"
    elif style.startswith("list") or _numbered(paragraph):
        kind = "bullet"
    elif _bold(paragraph):
        kind, level = "heading", 7
    blocks: list[Block] = []
    for line in paragraph.text.split("\n"):
        if said := tidy(line):
            blocks.append(Block(kind, said, place, level, gap=not blocks))
            kind = "heading" if kind == "heading" else "text"
    return blocks


def _numbered(paragraph: Paragraph) -> bool:
    properties = paragraph._p.pPr  # noqa: SLF001  # the library's own way to what it has no name for
    return properties is not None and properties.numPr is not None


def _bold(paragraph: Paragraph) -> bool:
    runs = [run for run in paragraph.runs if run.text.strip()]
    return bool(runs) and all(run.bold for run in runs) and names(paragraph.text.strip())


def _table(table: Table, place: str) -> list[Block]:
    blocks: list[Block] = []
    header: list[str] = []
    for number, row in enumerate(table.rows):
        cells = [cell.text for cell in row.cells[:20]]
        if number == 0 and heads_doses(cells):
            header = cells
        elif cells and not header and not is_label(cells[0]):  # for the layout only: texts
            for cell in dict.fromkeys(cells):
                lines = [said for line in cell.split("\n") if (said := tidy(line))]
                blocks += [Block("text", said, place, gap=not i) for i, said in enumerate(lines)]
        else:
            blocks += row_blocks(header, cells, f"{place}, row {number + 1}")
    return blocks
