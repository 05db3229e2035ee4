"""Strips: rows enter; lines of characters leave, each piece with what it stands for, as a terminal
of any width shows them: above what is done, below it how much is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from voicecoach.figure.rows import Row, line_count, line_frames
from voicecoach.units import Frames

GLYPHS = {
    "hold": "█",
    "breath": "≈",
    "beat": "│",
    "rest": "░",
    "ready": "/",
    "switch": "X",
    "pause": "·",
    "rep": "-",
    "crowded": "!",
    "left_out": "x",
    "words": "▄",
}
"""A character for each kind, so that nobody needs colours; of several in one place the first."""
SIDES = {"left": "<", "right": ">"}
"""Before a rep's number."""
HEIGHTS = " ▁▂▃▄▅▆▇█"

Piece = tuple[str, str]
"""A text, and what it stands for: one of GLYPHS, "left", "right", or "" for what is bare."""
Line = list[Piece]


def strips(rows: Sequence[Row], width: int) -> list[list[Line]]:
    """The lines of each row, at most so many characters wide."""
    line = line_frames(rows)
    return [list(_strip(row, line, width)) for row in rows]


def legend(rows: Iterable[Row]) -> list[str]:
    """The kinds that occur, in the order of GLYPHS."""
    kinds = {"words"}
    for row in rows:
        kinds |= {block.kind for block in row.blocks}
        kinds |= {"rep"} if row.reps else set()
        kinds |= {"crowded"} if row.crowded else set()
        kinds |= {"left_out"} if row.left_out else set()
    return [kind for kind in GLYPHS if kind in kinds]


def _strip(row: Row, line: Frames, width: int) -> Iterator[Line]:
    cell = line / width
    for number in range(line_count(row, line)):
        begin = row.start + number * line
        count = max(round((min(begin + line, row.end) - begin) / cell), 1)
        edges = [begin + n * cell for n in range(count + 1)]
        yield _joined(_done(row, edges))
        yield _joined(
            (HEIGHTS[round(row.words.share(a, b) * (len(HEIGHTS) - 1))], "words")
            for a, b in pairwise(edges)
        )


def _done(row: Row, edges: Sequence[float]) -> Line:
    """What is done in each cell; each rep's side and number where it begins."""
    cells: Line = [(" ", "")] * (len(edges) - 1)
    first, cell = edges[0], edges[1] - edges[0]

    def paint(start: float, end: float, glyph: str, kind: str) -> None:
        # A cell is what its middle is; what is shorter than one has the cell that it begins in.
        left = max(round((start - first) / cell), 0)
        for n in range(left, min(max(round((end - first) / cell), left + 1), len(cells))):
            cells[n] = (glyph, kind)

    def begins(start: float) -> int:
        return int((start - first) / cell) if first <= start < edges[-1] else -1

    near = [rep for rep in row.reps if rep.start < edges[-1] and rep.end > first]
    for rep in near:
        paint(rep.start, rep.end, GLYPHS["rep"], "rep")
    order = list(GLYPHS)
    seen = [block for block in row.blocks if block.start < edges[-1] and block.end > first]
    for block in sorted(seen, key=lambda block: -order.index(block.kind)):
        side = block.side if block.kind in ("hold", "beat") else None
        end = block.start + 1 if block.kind == "beat" else block.end
        paint(block.start, end, GLYPHS[block.kind], side or block.kind)
        if block.crowded and (at := begins(block.start)) >= 0:
            cells[at] = (GLYPHS["crowded"], "crowded")
    free = 0
    for rep in near:
        text = f"{SIDES.get(rep.side or '', '')}{rep.rep}"
        at = begins(rep.start)
        if free <= at <= len(cells) - len(text):
            cells[at : at + len(text)] = [(c, rep.side or "number") for c in text]
            free = at + len(text) + 1
    for left in row.left_out:
        if (at := begins(left.start)) >= 0:
            cells[at] = (GLYPHS["left_out"], "left_out")
    return cells


def _joined(cells: Iterable[Piece]) -> Line:
    runs = groupby(cells, key=lambda cell: cell[1])
    return [("".join(text for text, _ in run), kind) for kind, run in runs]
