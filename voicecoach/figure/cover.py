"""Covers: a Timeline enters; a square picture leaves: the title, and around it, as on a clock, the
session. Its rays are longest where something is held; on their inside is what is said.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from voicecoach.figure.drawing import Drawing, document, label, path, rasterised, wrapped
from voicecoach.figure.rows import Row, Shares, rows
from voicecoach.timeline import Timeline
from voicecoach.units import seconds, write_seconds

SIDE = 1400
PIXELS = 800
"""The side of the drawing, and of its PNG. Podcast directories ask for 1400, but for a picture of
their own; within a track, players show it smaller, and it takes a third of the time and bytes.
"""
MIDDLE = SIDE / 2
GROUND, TITLE, QUIET = "#0b4f4a", "#ffffff", "#b5ddd7"
INSIDE = 520.0
"""The radius from which the rays go outward …"""
RAYS = {"hold": (105.0, "#ffd166"), "breath": (80.0, "#8ecae6"), "rep": (58.0, "#6fbdb2")}
OTHERWISE = (26.0, "#4b938b")
"""… how far, and in which colour: the first of what is done there."""
WORDS = (484.0, 500.0)
"""The radii between which words are shown."""
PARTS = 720
"""Of the circle: nobody sees it finer."""
LONGEST = PARTS // 3
"""An arc's parts: a circle that ends where it begins is none."""
GAP, MOST_GAPS = 9.0, 120
"""Pixels between two exercises, as long as there are no more of them."""
SIZES = (150, 136, 122, 110, 98, 88, 78, 70, 62, 54)
MOST_LINES = 5
LEADING = 1.16
TITLE_RADIUS = 440.0
"""Of the circle that the title stays within."""
LENGTH_SIZE = 56


def cover(timeline: Timeline) -> Drawing:
    """The cover of a session."""
    length = write_seconds(seconds(timeline.frames))
    parts = [*_ring(timeline, rows(timeline)), *_title(timeline.title, length)]
    title = f"{timeline.title} ({length})"
    return document(SIDE, SIDE, title, title, parts, GROUND)


def cover_png(timeline: Timeline) -> bytes:
    """The same as a PNG."""
    return rasterised(cover(timeline), PIXELS)


def _ring(timeline: Timeline, shown: Sequence[Row]) -> Iterator[str]:
    reps = [(rep.start, rep.end) for row in shown for rep in row.reps]
    done = {kind: Shares.of(timeline.cues, kind) for kind in ("hold", "breath")}
    done["rep"] = Shares(reps)
    words = Shares.of(timeline.cues, "speech")
    edges = [timeline.frames * n / PARTS for n in range(PARTS + 1)]
    kinds, said = [], []
    for start, end in pairwise(edges):
        found = (kind for kind, shares in done.items() if shares.share(start, end) >= 0.5)
        kinds.append(next(found, ""))
        said.append(words.share(start, end) >= 0.5)
    for kind in ("", *RAYS):
        reach, colour = RAYS.get(kind, OTHERWISE)
        yield path(_sectors([k == kind for k in kinds], INSIDE, INSIDE + reach), colour)
    yield path(_sectors(said, *WORDS), QUIET)
    if len(shown) <= MOST_GAPS:
        turns = (row.start / max(timeline.frames, 1) for row in shown)
        outline = "".join(_radius(turn) for turn in turns)
        yield path(outline, "none", GROUND, GAP)


def _sectors(parts: Sequence[bool], inner: float, outer: float) -> str:
    """The outline of the parts of a ring that are to be seen."""
    outline, at = "", 0
    for (seen, _), run in groupby(enumerate(parts), lambda p: (p[1], p[0] // LONGEST)):
        count = len(list(run))
        if seen:
            begin, end = at / PARTS, (at + count) / PARTS
            outline += (
                f"M{_point(outer, begin)}A{outer:g} {outer:g} 0 0 1 {_point(outer, end)}"
                f"L{_point(inner, end)}A{inner:g} {inner:g} 0 0 0 {_point(inner, begin)}z"
            )
        at += count
    return outline


def _radius(turn: float) -> str:
    """A line across the ring."""
    return f"M{_point(WORDS[0] - 10, turn)}L{_point(MIDDLE, turn)}"


def _point(radius: float, turn: float) -> str:
    """A place on a circle, clockwise from the top."""
    angle = 2 * math.pi * turn
    return f"{MIDDLE + radius * math.sin(angle):.1f} {MIDDLE - radius * math.cos(angle):.1f}"


def _title(title: str, length: str) -> Iterator[str]:
    size, lines = _fitting(title)
    step = LEADING * size
    high = len(lines) * step + LENGTH_SIZE * LEADING
    y = MIDDLE - high / 2 + 0.82 * size
    for number, line in enumerate(lines):
        yield label(MIDDLE, y + number * step, line, size, TITLE, bold=True, anchor="middle")
    y += len(lines) * step - 0.82 * size + 0.95 * LENGTH_SIZE
    yield label(MIDDLE, y, length, LENGTH_SIZE, QUIET, anchor="middle")


def _fitting(title: str) -> tuple[float, list[str]]:
    """The largest size at which the title lies in its circle, and its lines."""
    lines: list[str] = []
    for size in SIZES:
        for count in range(1, MOST_LINES + 1):
            high = count * LEADING * size + LENGTH_SIZE * LEADING
            if high >= 1.7 * TITLE_RADIUS:
                break
            width = 2 * math.sqrt(TITLE_RADIUS**2 - (high / 2) ** 2)
            lines = wrapped(title, size, width, count)
            if not any(line.endswith("…") for line in lines):
                return size, lines
    return SIZES[-1], lines
