"""Drawings: shapes and a stranger's texts enter; an SVG document leaves, or its PNG.

SVG 1.1 without scripts, styles or anything to load: every program that shows SVG shows it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import resources

FAMILIES = "'Atkinson Hyperlegible', 'Noto Sans Devanagari', system-ui, sans-serif"
LTR, RTL = "\N{LEFT-TO-RIGHT MARK}", "\N{RIGHT-TO-LEFT MARK}"

_UNFIT = re.compile("[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")
"""White space but for the blank, controls, halves of pairs: XML has no way to write most of it."""
_PACKAGED = re.compile("[\x20-\u017f\u0900-\u097f\u200e-\u2026\u20ac\u2212]*")
"""What the fonts have that come with voicecoach."""


def shown(text: str) -> str:
    r"""A text as one line that any drawing can hold.

    >>> shown("a\n\x00 b ")
    'a b'
    """
    return " ".join(_UNFIT.sub(" ", text).split())


def text_width(text: str, size: float) -> float:
    """About how wide a text is, rather more than less: its font isn't known here."""
    return size * sum(map(_em, text))


def fitted(text: str, size: float, width: float) -> str:
    """The text, or its beginning with an ellipsis, as much as there is room for.

    >>> fitted("Neck and shoulder stretch", 10, 80)
    'Neck and shou…'
    """
    text = shown(text)
    if text_width(text, size) <= width:
        return text
    kept = ""
    for character in text:
        if text_width(f"{kept}{character}…", size) > width:
            break
        kept += character
    return f"{kept.rstrip()}…"


def wrapped(text: str, size: float, width: float, most: int) -> list[str]:
    """The text in at most so many lines; the last one takes what can't be shown as an ellipsis."""
    lines: list[str] = []
    for word in shown(text).split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and (text_width(longer, size) <= width or len(lines) == most):
            lines[-1] = longer
        else:
            lines.append(word)
    return [fitted(line, size, width) for line in lines]


def label(
    x: float,
    y: float,
    text: str,
    size: float,
    fill: str,
    *,
    bold: bool = False,
    anchor: str = "start",
) -> str:
    """A text whose baseline begins (or, by its anchor, has its middle or end) there."""
    place = "" if anchor == "start" else f' text-anchor="{anchor}"'
    look = f'font-size="{size:g}" fill="{fill}"' + (' font-weight="700"' if bold else "")
    return f'<text x="{x:.1f}" y="{y:.1f}" {look}{place}>{_directed(text)}</text>'


def labels(x: float, y: float, texts: Sequence[tuple[str, float, str, bool]]) -> str:
    """Texts one behind the other, each with its size and colour, and whether it is bold."""
    spans = ""
    for text, size, fill, bold in texts:
        look = f'font-size="{size:g}" fill="{fill}" font-weight="{700 if bold else 400}"'
        space = ' dx="14"' if spans else ""
        # Else the numbers of this text would be drawn to the other side of a Hebrew one before it.
        mark = LTR if RTL in spans else ""
        spans += f"<tspan {look}{space}>{mark}{_directed(text)}</tspan>"
    return f'<text x="{x:.1f}" y="{y:.1f}">{spans}</text>'


def path(outline: str, fill: str, stroke: str = "", width: float = 0) -> str:
    """A shape by its outline, filled or stroked; nothing where there is none."""
    if not outline:
        return ""
    line = f' stroke="{stroke}" stroke-width="{width:g}"' if stroke else ""
    return f'<path d="{outline}" fill="{fill}"{line}/>'


def box(x: float, y: float, width: float, height: float) -> str:
    """A rectangle's outline."""
    return f"M{x:.1f} {y:.1f}h{width:.1f}v{height:.1f}h{-width:.1f}z"


@dataclass(frozen=True, slots=True)
class Drawing:
    """An SVG document and its size in pixels."""

    svg: str
    width: int
    height: int


def document(
    width: int, height: int, title: str, description: str, parts: Iterable[str], ground: str
) -> Drawing:
    """A drawing of parts. Its description is what somebody hears who can't see it."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" role="img" aria-labelledby="title description"'
        f' font-family="{FAMILIES}">',
        f'<title id="title">{escape(shown(title))}</title>',
        f'<desc id="description">{escape(shown(description))}</desc>',
        f'<rect width="{width}" height="{height}" fill="{ground}"/>',
        *filter(None, parts),
        "</svg>",
    ]
    return Drawing("\n".join(lines) + "\n", width, height)


def rasterised(drawing: Drawing, width: int) -> bytes:
    """The PNG of a drawing, so many pixels wide.

    The same on every machine as long as the fonts that come with voicecoach have its letters; only
    for others the system's are looked through.

    Raises:
        ValueError: it has more parts than can be drawn.
    """
    import resvg_py  # compiled

    letters = re.sub("<[^>]*>|\n", "", drawing.svg)
    return resvg_py.svg_to_bytes(
        svg_string=drawing.svg,
        width=width,
        skip_system_fonts=_PACKAGED.fullmatch(letters) is not None,
        font_files=_fonts(),
        font_family="Atkinson Hyperlegible",
        sans_serif_family="Atkinson Hyperlegible",
    )


def _directed(text: str) -> str:
    """A text as XML; one that begins from right to left does so to its last bracket."""
    text = escape(shown(text))
    strong = (unicodedata.bidirectional(character) for character in text)
    first = next((way for way in strong if way in ("L", "R", "AL")), "L")
    return text if first == "L" else f"{RTL}{text}{RTL}"


@cache
def _fonts() -> list[str]:
    found = []
    for package in ("fontpkg_atkinson_hyperlegible", "fontpkg_noto_sans_devanagari"):
        files = resources.files(package) / "files"
        found += [str(file) for file in files.iterdir() if "Italic" not in file.name]
    return sorted(found)


@cache
def _em(character: str) -> float:
    """About how wide a character is, of its font's size."""
    if unicodedata.combining(character):
        return 0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.05
    if character in " .,:;'|!()[]·ijlft1I":
        return 0.34
    if character in "mwMW—@%":
        return 0.9
    return 0.7 if unicodedata.category(character) == "Lu" else 0.58
