"""Plain text: its lines enter, its blocks leave: list items, table rows, titles, paragraphs."""

from __future__ import annotations

import re

from voicecoach.draft.blocks import Block, Kind, heads_doses, is_label, row_blocks, tidy

SOFT_HYPHEN = "\u00ad"
"""At a line's end: the word goes on."""
_NUMBERED = re.compile(r"(?:\(?[0-9]{1,2}[.)]|[0-9]{1,2}\s[-–—]|[a-h]\))\s+(\S.*)")
_BULLET = re.compile(r"(?:[-*+•‣◦·▪●○–—>]|o(?=\s{2}))\s+(\S.*)")
_HEADING = re.compile(r"(#{1,6})\s+(\S.*)")
_RULE = re.compile(r"[-=_*~. ]{3,}")
_LEADERS = re.compile(r"(\S.{1,60}?)\s*(?:\.{3,}|…{2,}|(?: \.){3,})\s*(\S.{0,80})")
_COLUMNS = re.compile(r"\s*\|\s*|\t+|\s{2,}")
_PAGE = re.compile(r"\s*\bpage [0-9]{1,3}(?: (?:of|/) [0-9]{1,3})?\s*$", re.IGNORECASE)
_ENDS = ".!?:;"
_LABELLED = re.compile(r"[A-Z][A-Za-z /]{1,24}:\s")
_LONGEST = 2_000
"""Characters of a paragraph that goes on."""
_WIDE = 55
"""Characters from which a line without a full stop may have been wrapped."""


def read_plain(text: str, where: str = "line") -> list[Block]:
    """The blocks of a text; `where` stands before the number of a line."""
    blocks: list[Block] = []
    header: list[str] = []
    gap, wrapped = True, False
    for number, raw in enumerate(text.replace("\f", "\n\n").split("\n"), 1):
        line = _PAGE.sub("", tidy(raw))
        place = f"{where} {number}"
        if not line:
            gap, wrapped = True, False
            continue
        cells = [cell for cell in _COLUMNS.split(raw.strip()) if cell]
        if heads_doses(cells):
            header, gap, wrapped = cells, True, False
            continue
        labelled = len(cells) == 2 and is_label(cells[0])
        if (header or labelled) and len(cells) > 1 and len(cells[0]) <= 60:
            blocks += row_blocks(header, cells, place)
            wrapped = False
            continue
        header = []
        if _RULE.fullmatch(line):
            if len(blocks) and not gap and set(line) <= set("=-") and blocks[-1].kind == "text":
                last = blocks[-1]
                level = 1 if line[0] == "=" else 2
                blocks[-1] = Block("heading", last.text, last.place, level, last.gap)
            gap, wrapped = True, False
            continue
        if wrapped and not gap and _goes_on(blocks[-1].text, line):
            last = blocks[-1]
            soft = last.text.endswith(SOFT_HYPHEN)
            joined = f"{last.text[:-1]}{line}" if soft else f"{last.text} {line}"
            blocks[-1] = Block(last.kind, joined, last.place, last.level, last.gap, last.title)
            continue
        blocks.append(_block(line, place, gap))
        gap, wrapped = False, blocks[-1].kind in ("text", "numbered", "bullet")
    return blocks


def _block(line: str, place: str, gap: bool) -> Block:
    kind: Kind = "text"
    if heading := _HEADING.fullmatch(line):
        return Block("heading", heading[2].rstrip("# "), place, len(heading[1]), gap)
    if leaders := _LEADERS.fullmatch(line):
        return Block("row", leaders[2], place, gap=gap, title=leaders[1])
    if numbered := _NUMBERED.fullmatch(line):
        kind, line = "numbered", numbered[1]
    elif bullet := _BULLET.fullmatch(line):
        kind, line = "bullet", bullet[1]
    return Block(kind, line, place, gap=gap)


def _goes_on(before: str, line: str) -> bool:
    """Whether a line goes on with the sentence of the line before it."""
    if _NUMBERED.fullmatch(line) or _BULLET.fullmatch(line) or _LABELLED.match(line):
        return False
    if before[-1] in _ENDS or len(before) > _LONGEST:
        return False
    return before[-1] == SOFT_HYPHEN or line[0].islower() or len(before) >= _WIDE
