"""Markdown: its text enters, its blocks leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicecoach.draft.blocks import Block, Kind, led, names, row_blocks, tidy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token


def read_markdown(text: str) -> list[Block]:
    """The blocks of a Markdown text."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(text)
    blocks: list[Block] = []
    lists: list[Kind] = []
    header: list[str] = []
    row: list[str] = []
    first = False
    for number, token in enumerate(tokens):
        if token.type in ("ordered_list_open", "bullet_list_open"):
            lists.append("numbered" if token.type.startswith("ordered") else "bullet")
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            lists.pop()
        elif token.type == "list_item_open":
            first = True
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            if tokens[number + 1].type == "thead_close":
                header = row
            else:
                blocks += row_blocks(header, row, _place(token, tokens, number))
        elif token.type == "inline":
            if tokens[number - 1].type in ("td_open", "th_open"):
                row.append(" ".join(_lines(token)))
                continue
            opening = tokens[number - 1]
            kind: Kind = lists[-1] if lists and first else "text"
            level = 0
            if opening.type == "heading_open":
                kind, level = "heading", int(opening.tag[1])
            elif kind == "text" and _bold(token):
                kind, level = "heading", 7
            start = (token.map or [0])[0] + 1
            for offset, line in enumerate(_lines(token)):
                if tidied := tidy(line):
                    place = f"line {start + offset}"
                    gap = offset == 0 and not (lists and not first)
                    blocks.append(Block(kind, tidied, place, level, gap))
                    kind = "heading" if kind == "heading" else "text"
            first = False
    return blocks


def _place(token: Token, tokens: Sequence[Token], number: int) -> str:
    while token.map is None and number:
        number -= 1
        token = tokens[number]
    return f"line {(token.map or [0])[0] + 1}"


def _bold(token: Token) -> bool:
    """Whether a paragraph is one short bold line: a heading of those who use no #."""
    children = [child for child in token.children or [] if child.type != "text" or child.content]
    if len(children) < 3 or children[0].type != "strong_open":
        return False
    closed = [i for i, child in enumerate(children) if child.type == "strong_close"]
    return closed == [len(children) - 1] and names(token.content.strip("*_ "))


def _lines(token: Token) -> list[str]:
    """Its text, without marks, in the lines of the source."""
    said = bold = ""
    begins = False
    for child in token.children or []:
        if child.type == "strong_open":
            begins = not said.strip() and not bold
        elif child.type == "strong_close" and begins:
            said, bold, begins = "", said, False
        elif child.type in ("softbreak", "hardbreak"):
            said += "\n"
        elif child.type in ("text", "code_inline"):
            said += child.content
        elif child.type == "image":
            said += " "
    lines: list[str] = []
    for line in (led(bold, said) if bold else said).split("\n"):
        # A wrapped line goes on with the sentence before it.
        if lines and line[:1].islower() and lines[-1][-1:] not in ".!?:;":
            lines[-1] += f" {line}"
        else:
            lines.append(line)
    return lines
