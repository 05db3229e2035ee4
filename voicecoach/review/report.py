"""Reports: a review enters; a page for a clinician leaves, as PDF or as HTML. Nobody sends it."""

from __future__ import annotations

from html import escape
from importlib import resources

from voicecoach.export.handout.content import PAPERS
from voicecoach.export.handout.typeset import typeset_page
from voicecoach.export.material import Paper
from voicecoach.figure.drawing import fitted, rasterised, shown
from voicecoach.review import Review
from voicecoach.review.chart import MARGIN, WIDTH, chart
from voicecoach.review.wording import Words

MOST_ROWS = 12
"""Exercises on one page."""
NAME_SIZE, NAME_WIDTH = 11.0, 300.0
"""Points: a name takes one line."""
PAGE, ROW, HIGHEST = 238.0, 6.5, 180.0
"""Millimetres: what a picture and a table share, a row of the table, and a picture at the most."""
TEXT = 176.0
"""Millimetres of A4 between its margins; Letter has six more."""
STYLE = (
    "body{margin:0 auto;max-width:62.5rem;padding:1rem;font-family:system-ui,sans-serif;"
    "color:#1c2326;background:#fff;line-height:1.5}svg{width:100%;height:auto}"
    # On a phone the chart keeps its size and is moved sideways: its letters could not be read.
    ".chart{overflow-x:auto}.chart svg{min-width:60rem}"
    "@media print{.chart{overflow:visible}.chart svg{min-width:0}}"
    "table{border-collapse:collapse;width:100%}th,td{border-top:1px solid #d9d5cb;padding:.3rem}"
    "th{text-align:start}td+td,th+th{text-align:end}p{color:#586064}"
)


def report_pdf(review: Review, words: Words, paper: Paper) -> bytes:
    """The page to print, its fonts within.

    Raises:
        MissingExtraError: the extra "handout" isn't installed.
        UnavailableError: no font here has a character of the text.
    """
    # A picture's letters as PDF text would have to be joined by its own reader, which knows few.
    drawing = chart(review, words, MOST_ROWS)
    picture = rasterised(drawing, 2 * WIDTH)
    wide = TEXT / (1 - 2 * MARGIN / WIDTH)
    rows = _rows(review, words)
    content = {
        "paper": PAPERS[paper],
        "language": words.spoken.language,
        "title": _title(review, words),
        "picture": list(picture),
        "high": min(HIGHEST, PAGE - ROW * len(rows), wide * drawing.height / drawing.width),
        "margin": wide * MARGIN / WIDTH,
        "told": _told(review, words),
        "columns": _columns(words),
        "rows": rows,
        "note": words.texts["note"],
    }
    return typeset_page(content, resources.files(__package__) / "report.typ", 1)


def report_html(review: Review, words: Words) -> str:
    """The page for a screen: one file, which loads nothing."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in _columns(words))
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>\n"
        for row in _rows(review, words)
    )
    table = f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n"
    title = escape(_title(review, words))
    return (
        f'<!DOCTYPE html>\n<html lang="{words.spoken.language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<main>\n<h1 hidden>{title}</h1>\n"
        f'<div class="chart" role="region" aria-label="{title}" tabindex="0">\n'
        f"{chart(review, words, MOST_ROWS).svg}</div>\n"
        f"{table if rows else ''}<p>{escape(words.texts['note'])}</p>\n</main>\n</body>\n</html>\n"
    )


def _title(review: Review, words: Words) -> str:
    return shown(f"{review.title}: {words.texts['report']}".removeprefix(": "))


def _told(review: Review, words: Words) -> str:
    """The picture in words, for whoever can't see it."""
    facts = [words.facts(review), words.felt(review), words.hurt(review)]
    told = [f"{name}: {figure}" for pairs in facts for name, figure in pairs]
    return shown("; ".join(filter(None, [_title(review, words), words.stretch(review), *told])))


def _columns(words: Words) -> list[str]:
    return [words.texts[name] for name in ("exercise", "done", "held_all")]


def _rows(review: Review, words: Words) -> list[list[str]]:
    """Each exercise: how often it was done, and how long it was held in all."""
    rows = [
        [
            fitted(each.name, NAME_SIZE, NAME_WIDTH),
            str(sum(each.done)),
            words.spoken.written(round(sum(each.held))),
        ]
        for each in review.exercises[:MOST_ROWS]
    ]
    return [*rows, ["…", "", ""]] if len(review.exercises) > MOST_ROWS else rows
