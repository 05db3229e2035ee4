"""Shapes: a kind of span, a side, a mark enters; its outline and colour leave.

Every kind has a shape and a height of its own, for whoever prints in grey or sees few colours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from voicecoach.figure.drawing import box, label, path
from voicecoach.figure.rows import Block
from voicecoach.program.writer import INHALE

BAR = 26.0
INK, GREY, LINE = "#1c2326", "#586064", "#d9d5cb"
TROUBLE = CROWDED = "#b3261e"
COLOURS = {
    "hold": "#0b6b63",
    "left": "#0b6b63",
    "right": "#3f4fa3",
    "rest": "#c3b59b",
    "pause": "#c3b59b",
    "ready": "#e3a93c",
    "switch": "#a8601b",
    "breath": "#6ba6cf",
    "beat": "#0b6b63",
    "words": "#4f565b",
    "rep": "#dceeeb",
}
Place = Callable[[float], float]
"""Where a position in frames is, in pixels."""


def colour(block: Block) -> str:
    """What a span is filled with."""
    if block.kind in ("hold", "beat") and block.side:
        return COLOURS[block.side]
    return COLOURS[block.kind]


def shapes(blocks: Iterable[Block], x: Place, top: float) -> Iterator[str]:
    """The spans of a line, all of a colour as one shape; then a frame around what is crowded."""
    outlines: dict[str, list[str]] = {}
    crowded = ""
    for block in blocks:
        left, width = x(block.start), x(block.end) - x(block.start)
        outline = block_shape(block.kind, block.side, left, top, width, BAR)
        outlines.setdefault(colour(block), []).append(outline)
        if block.crowded:
            crowded += box(left, top - 2, max(width, 1), BAR + 4)
    for fill, found in outlines.items():
        yield path("".join(dict.fromkeys(found)), fill)
    yield path(crowded, "none", CROWDED, 2)


def block_shape(
    kind: str, side: str | None, x: float, y: float, width: float, height: float
) -> str:
    """A span's outline within a bar's height."""
    gap = 0.6 if width > 3 else 0.0  # so that two in a row are two
    x, width = x + gap / 2, width - gap
    middle, bottom = y + height / 2, y + height
    match kind:
        case "hold" if side and width > 12:
            tip = 6.0
            if side == "left":
                return (
                    f"M{x:.1f} {middle:.1f}l{tip} {-height / 2}h{width - tip:.1f}v{height}"
                    f"h{tip - width:.1f}z"
                )
            return (
                f"M{x:.1f} {y:.1f}h{width - tip:.1f}l{tip} {height / 2}l{-tip} {height / 2}"
                f"h{tip - width:.1f}z"
            )
        case "breath":  # in, and out
            peak = width * INHALE
            return f"M{x:.1f} {bottom:.1f}l{peak:.1f} {-height}l{width - peak:.1f} {height}z"
        case "switch":
            return (
                f"M{x:.1f} {y + 4:.1f}L{x + width:.1f} {bottom - 4:.1f}V{y + 4:.1f}"
                f"L{x:.1f} {bottom - 4:.1f}z"
            )
        case "beat":
            return box(x, y, max(min(width, 3), 0.3), height)
        case "rest":
            return box(x, middle - 0.22 * height, width, 0.44 * height)
        case "pause":
            return box(x, middle - 1.5, width, 3)
        case "ready":
            return f"M{x:.1f} {bottom - 4:.1f}h{width:.1f}V{y + 4:.1f}z"
    return box(x, y, width, height)


def side_mark(side: str, x: float, y: float) -> str:
    """A triangle that points to a side, 7 wide, its middle at that height."""
    if side == "left":
        return f"M{x:.1f} {y:.1f}l7 -5v10z"
    return f"M{x + 7:.1f} {y:.1f}l-7 -5v10z"


def missing_mark(x: float, y: float) -> str:
    """A cross of 8 as lines, its corner there: something isn't."""
    return f"M{x:.1f} {y:.1f}l8 8m0 -8l-8 8"


def badge(x: float, y: float, text: str) -> str:
    """A number in a disc around a point."""
    disc = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7.5" fill="{INK}"/>'
    return disc + label(x, y + 4, text, 11, "#ffffff", bold=True, anchor="middle")
