"""Pictures: a Timeline enters; its drawing leaves, to be read from top to bottom as a lesson plan:
an exercise's name and dose, and below it its time, from left to right, in lines of equal length.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from voicecoach.figure.drawing import (
    Drawing,
    box,
    document,
    fitted,
    label,
    labels,
    path,
    text_width,
    wrapped,
)
from voicecoach.figure.rows import LENGTHS, Block, Row, line_count, line_frames, rows
from voicecoach.figure.shapes import (
    BAR,
    COLOURS,
    CROWDED,
    GREY,
    INK,
    LINE,
    TROUBLE,
    Place,
    badge,
    block_shape,
    missing_mark,
    shapes,
    side_mark,
)
from voicecoach.figure.telling import clock, doses, heading, left_out, summary, told
from voicecoach.phrases import shown_phrases
from voicecoach.timeline import SPANS, Timeline
from voicecoach.units import RATE, seconds, write_seconds

WIDTH, MARGIN = 1200, 40
INNER = WIDTH - 2 * MARGIN
LANE, DENSITY = 15, 14
"""Heights above a bar, for the reps' numbers, and below it, for the words."""
HEADING, FOOT, NOTE = 24, 14, 20
OVERVIEW = 28
BOLD = 1.2
"""How much wider bold letters may be: a browser draws an SVG in the fonts of its system."""
STEP = 2.5
"""How finely words are drawn, in pixels."""
GROUND = "#ffffff"
_SAID = ((0, 4, 8), (5, 8, 14), (14, 3, 5), (18, 7, 11))
"""Words as the legend shows them: where, how wide, how high."""


def picture(timeline: Timeline) -> Drawing:
    """The drawing of a session, its words in the session's language."""
    return _Picture(timeline).drawing()


class _Picture:
    """One drawing; every part is put below the last one."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline, self.words = timeline, shown_phrases(timeline.language)
        self.texts: dict[str, str] = self.words.texts["figure"]
        self.rows = rows(timeline)
        self.line = line_frames(self.rows)
        self.scale = INNER / self.line
        self.y = float(MARGIN)

    def drawing(self) -> Drawing:
        parts = [
            *self._header(),
            *self._overview(),
            *self._legend(),
            *(part for row in self.rows for part in self._row(row)),
            # A span that goes on in the next line is drawn whole in both: its ends are covered.
            path("".join(box(x, 0, MARGIN, self.y) for x in (0, WIDTH - MARGIN)), GROUND),
        ]
        description = told(self.timeline, self.rows, self.words)
        height = round(self.y) + MARGIN - FOOT
        title = self.timeline.title
        return document(WIDTH, height, title, " ".join(description), parts, GROUND)

    def _header(self) -> Iterator[str]:
        for line in wrapped(self.timeline.title, 32 * BOLD, INNER, 2):
            self.y += 34
            yield label(MARGIN, self.y - 6, line, 32, INK, bold=True)
        self.y += 24
        about = " · ".join(summary(self.timeline, self.rows, self.words))
        yield label(MARGIN, self.y - 4, about, 17, GREY)
        self.y += 14

    def _overview(self) -> Iterator[str]:
        """The whole session in one bar, on which each exercise has its number."""
        scale = INNER / max(self.timeline.frames, 1)
        room = INNER / len(self.rows) / (text_width("8" * len(str(len(self.rows))), 15) + 4)
        every = next((n for n in (1, 2, 5, 10, 20, 50, 100) if n * room >= 1), 1000)
        for row in self.rows:
            x, width = MARGIN + row.start * scale, row.frames * scale
            fill = "#e7e2d6" if not row.number else ("#cde5e1", "#a5cfc8")[row.number % 2]
            yield path(box(x, self.y, width, OVERVIEW), fill)
            number = str(row.number or "")
            wide = width if every == 1 else INNER
            if number and row.number % every == 0 and text_width(number, 15) + 4 <= wide:
                middle = x + width / 2
                yield label(middle, self.y + 19, number, 15, INK, bold=True, anchor="middle")
        self.y += OVERVIEW + 16
        step = _tick(self.timeline.frames, 12)
        for at in range(0, self.timeline.frames + 1, step):
            x, clock = MARGIN + at * scale, write_seconds(seconds(at))
            if x + text_width(clock, 13) > WIDTH - MARGIN / 2:
                break
            yield path(box(x, self.y - 16, 1, 5), GREY)
            yield label(x + 4, self.y, clock, 13, GREY)
        self.y += 20

    def _legend(self) -> Iterator[str]:
        """What the shapes mean, of those that occur."""
        blocks = [block for row in self.rows for block in row.blocks]
        reps = [rep for row in self.rows for rep in row.reps]
        kinds = {block.kind for block in blocks}
        x = float(MARGIN)
        entries = [(kind, self.texts[kind]) for kind in SPANS if kind in kinds]
        entries += [("words", self.texts["words"])]
        entries += [("rep", self.texts["rep"])] if reps else []
        entries += [("set", self.texts["set"])] if any(rep.set > 1 for rep in reps) else []
        if any(rep.side for rep in reps):
            entries += [(side, self.texts[side]) for side in ("left", "right")]
        entries += [("crowded", self.texts["crowded"])] if any(b.crowded for b in blocks) else []
        entries += [("left_out", self.texts["left_out"])] if self.timeline.left_out else []
        self.y += 16
        for kind, name in entries:
            width = 34 + text_width(name, 14) + 18
            if x + width > WIDTH - MARGIN + 18:
                x, self.y = float(MARGIN), self.y + 24
            yield from self._key(kind, x, self.y - 11)
            yield label(x + 34, self.y, name, 14, INK)
            x += width
        self.y += 26

    def _key(self, kind: str, x: float, y: float) -> Iterator[str]:
        """A shape of the legend, 26 wide and 14 high."""
        match kind:
            case "words":
                outline = "".join(box(x + at, y + 14 - h, w, h) for at, w, h in _SAID)
                yield path(outline, COLOURS["words"])
            case "rep":
                yield label(x + 13, y + 12, "1", 13, INK, anchor="middle")
            case "set":
                yield badge(x + 13, y + 7, "1")
            case "left" | "right":
                yield path(side_mark(kind, x + 9, y + 7), COLOURS[kind])
            case "crowded":
                yield path(box(x + 1, y, 24, 14), GROUND, CROWDED, 2)
            case "left_out":
                yield path(missing_mark(x + 9, y + 3), "none", TROUBLE, 2)
            case _:
                outline = block_shape(kind, None, x, y, 26, 14)
                yield path(outline, COLOURS[kind])

    def _row(self, row: Row) -> Iterator[str]:
        begun = self.y
        times = clock(row)
        room = INNER - text_width(times, 14) - 24
        name = fitted(heading(row), 19 * BOLD, room)
        self.y += HEADING
        yield path(box(MARGIN, begun, INNER, 1), LINE)
        asked = " · ".join(doses(row, self.words))
        beside = text_width(name, 19 * BOLD) + 14 + text_width(asked, 14) <= room
        more = [(asked, 14, GREY, False)] if beside else []
        yield labels(MARGIN, self.y, [(name, 19, INK, True), *more])
        yield label(WIDTH - MARGIN, self.y, times, 14, GREY, anchor="end")
        if not beside:
            self.y += NOTE
            yield label(MARGIN, self.y, fitted(asked, 14, INNER), 14, GREY)
        self.y += 4
        for number in range(line_count(row, self.line)):
            yield from self._line(row, row.start + number * self.line)
        if missing := left_out(row, self.words):
            self.y += NOTE - 4
            yield path(missing_mark(MARGIN + 1, self.y - 9), "none", TROUBLE, 2)
            yield label(MARGIN + 16, self.y, fitted(missing, 14, INNER - 16), 14, TROUBLE)
        self.y += FOOT

    def _line(self, row: Row, begin: int) -> Iterator[str]:
        """One line of a row: numbers above, spans, words below."""
        end = min(begin + self.line, row.end)
        top = self.y + LANE

        def x(at: float) -> float:
            return MARGIN + (at - begin) * self.scale

        yield path(box(MARGIN, top, x(end) - MARGIN, BAR), "#f5f3ee")
        reps = [rep for rep in row.reps if rep.start < end and rep.end > begin]
        outline = "".join(box(x(r.start), top, x(r.end) - x(r.start), BAR) for r in reps)
        yield path(outline, COLOURS["rep"])
        step = _tick(self.line, 12)
        ticks = range(begin + step - (begin - row.start) % step, end, step)
        yield path("".join(box(x(at), top + BAR, 1, DENSITY + 2) for at in ticks), LINE)
        blocks = [b for b in row.blocks if b.start < end and b.end > begin]
        yield from shapes(blocks, x, top)
        yield from self._lengths(blocks, x, top)
        yield from self._numbers(row, begin, end, x, top)
        yield path(self._density(row, begin, end, top + BAR + 2), COLOURS["words"])
        self.y = top + BAR + DENSITY + 4

    def _lengths(self, blocks: Sequence[Block], x: Place, top: float) -> Iterator[str]:
        """How long holds are, written on them where there is room."""
        for block in blocks:
            if block.kind == "hold":
                text = self.words.written(round(seconds(block.end - block.start), 1))
                start, end = max(x(block.start), MARGIN), min(x(block.end), WIDTH - MARGIN)
                # One that goes on in the next line has it where more of it is seen.
                most = (x(block.end) - x(block.start)) / 2
                if end - start >= max(text_width(text, 13) + 20, most):
                    yield label((start + end) / 2, top + 17, text, 13, GROUND, anchor="middle")

    def _numbers(self, row: Row, begin: int, end: int, x: Place, top: float) -> Iterator[str]:
        """Sets, reps and sides, each where it begins; none that would lie on the last one."""
        free, last_set = 0.0, 0
        several = any(rep.set > 1 for rep in row.reps)
        for rep in row.reps:
            new_set, last_set = several and rep.set != last_set, rep.set
            if not begin <= rep.start < end:
                continue
            at = x(rep.start)
            needed = text_width(str(rep.rep), 13) + (10 if rep.side else 0) + (18 if new_set else 0)
            if at < free or at + needed > WIDTH - MARGIN + 10:
                continue
            free = at + needed + 4
            if new_set:
                yield badge(at + 7, top - 8, str(rep.set))
                at += 18
            if rep.side:
                yield path(side_mark(rep.side, at, top - 8), COLOURS[rep.side])
                at += 10
            yield label(at, top - 3, str(rep.rep), 13, INK)
        marks = sorted({x(o.start) for o in row.left_out if begin <= o.start < end})
        outline = "".join(missing_mark(at + 1, top + BAR + 4) for at in marks)
        yield path(outline, "none", TROUBLE, 2)

    def _density(self, row: Row, begin: int, end: int, top: float) -> str:
        """How much is said, as the outline of a hill."""
        step = STEP / self.scale
        count = max(round((end - begin) / step), 1)
        shares = [
            row.words.share(begin + n * step, min(begin + (n + 1) * step, end))
            for n in range(count)
        ]
        fine = step < RATE / 2  # each sentence is seen by itself
        highs = [round(DENSITY * (round(share) if fine else share)) for share in shares]
        outline, first = "", 0
        for n in range(1, count + 1):
            if n == count or highs[n] != highs[first]:
                if high := highs[first]:
                    left, width = MARGIN + first * STEP, (n - first) * STEP
                    outline += box(left, top + DENSITY - high, width, high)
                first = n
        return outline


def _tick(length: int, most: int) -> int:
    """The frames between two marks, at most so many of them in a length."""
    steps = (2, 5, 10, *LENGTHS)
    return next((s for s in steps if s * RATE * most >= length), steps[-1]) * RATE
