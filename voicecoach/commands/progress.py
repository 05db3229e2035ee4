"""`voicecoach progress`."""

from __future__ import annotations

import csv
import io
import json
import math
import os
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voicecoach.commands import PIPE, DayType, ScriptName, read_routine, tell_aside, terminal
from voicecoach.commands.cells import cell, shown
from voicecoach.display import SEEK_ADVICE
from voicecoach.errors import EXIT_DONE, ExportError
from voicecoach.events import FEELINGS, THRICE
from voicecoach.export.handout.paper import usual_paper
from voicecoach.figure.drawing import rasterised
from voicecoach.record import Record
from voicecoach.record.history import is_of
from voicecoach.record.progress import now
from voicecoach.review import Day, Review, look_back
from voicecoach.review.chart import WIDTH, chart
from voicecoach.review.report import report_html, report_pdf
from voicecoach.review.wording import Words
from voicecoach.routine import Routine
from voicecoach.whole import check_free, whole

if TYPE_CHECKING:
    from rich.table import Table

WEEKS = 12
"""What is looked back at where nothing else is asked for."""
MOST_WEEKS = 26
"""Of a terminal's columns."""
MARKS = " ▁▂▃▄▅▆▇█"
COLUMNS = (
    *("date", "sessions", "whole", "planned", "minutes", "held_seconds", "hurt"),
    *(*FEELINGS, "pain"),
)
WRITERS: dict[str, Callable[[Review, Words], bytes]] = {
    ".svg": lambda review, words: chart(review, words).svg.encode(),
    ".png": lambda review, words: rasterised(chart(review, words), 2 * WIDTH),
    ".html": lambda review, words: report_html(review, words).encode(),
    ".pdf": lambda review, words: report_pdf(review, words, usual_paper(os.environ)),
}
"""Files by their endings."""


@click.command("progress", epilog="Example: voicecoach progress my-back.md -o report.pdf")
@click.argument("script", type=ScriptName(), required=False)
@click.option(
    "--since",
    type=DayType(),
    metavar="DATE",
    help=f"The first day, such as 2026-01-31; else the last {WEEKS} weeks.",
)
@click.option(
    "-o",
    "--output-file",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A picture (.svg, .png), or a page for a clinician (.pdf, .html).",
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV, a row for each day.")
def command(
    script: str | None,
    since: datetime | None,
    file: Path | None,
    force: bool,
    as_json: bool,
    as_csv: bool,
) -> int:
    """Look back: on which days, how long, how it was, and where it hurt.

    Of SCRIPT, or of all sessions of this machine. Nothing leaves the machine by itself.
    """
    if sum([as_json, as_csv, file is not None]) > 1:
        raise click.UsageError("choose one of -o, --json and --csv")
    if script == PIPE:
        raise click.UsageError("give the script's name; a pipe is nobody's programme")
    write = _writer(file, force=force) if file else None
    routine = read_routine(script) if script else None
    review = _review(routine, script or "", since.date() if since else None)
    words = Words(_language(routine))
    if file and write:
        with whole(file) as part:
            part.write_bytes(write(review, words))
        click.echo(f"Wrote {file}.")
    elif as_json:
        click.echo(json.dumps(_document(review), ensure_ascii=False, indent=2))
    elif as_csv:
        click.echo(_csv(review), nl=False)
    else:
        _show(review)
    return EXIT_DONE


def _writer(file: Path, *, force: bool) -> Callable[[Review, Words], bytes]:
    write = WRITERS.get(file.suffix.lower())
    if write is None:
        raise ExportError(f"{file}: the ending says what to write: {', '.join(WRITERS)}")
    check_free(file, force=force)
    return write


def _review(routine: Routine | None, script: str, since: date | None) -> Review:
    record = Record()
    sessions = record.sessions()
    if record.trouble:
        tell_aside(record.trouble)
    if routine:
        sessions = tuple(
            s for s in sessions if is_of(routine, script, s.title, s.script, s.script_hash)
        )
    today = now().date()
    first = since or today - timedelta(weeks=WEEKS) + timedelta(days=1)
    title = routine.title if routine else ""
    return look_back(sessions, first, today, title, len(routine.times) if routine else 0)


def _language(routine: Routine | None) -> str:
    return str(routine.settings.get("language", "en")) if routine else "en"


def _show(review: Review) -> None:
    """To read: lines, and on a terminal a calendar in colours."""
    name = shown(review.title) or "All sessions"
    if not review.sessions:
        click.echo(f"{name}: nothing yet. Whenever you like: voicecoach play")
        return
    words = Words("en")
    click.echo(f"{name}, {words.stretch(review)}")
    for what, figure in words.facts(review):
        click.echo(f"  {what}: {figure}")
    if terminal():
        from rich.console import Console

        Console().print(_calendar(review))
    for line in _lines(review, words):
        click.echo(line)
    click.echo(_kind_words(review))


def _lines(review: Review, words: Words) -> Iterator[str]:
    weeks = min(len(review.weeks), MOST_WEEKS)
    held = [each for each in review.exercises if any(each.held[-weeks:])]
    if held:
        before = (
            f", week by week (the last {weeks}), and in this one" if weeks > 1 else " this week"
        )
        yield f"Held{before}:"
    most = max((max(each.held[-weeks:]) for each in held), default=1)
    wide = max((len(shown(each.name)) for each in held), default=0)
    for each in held:
        shares = (seconds / most for seconds in each.held[-weeks:])
        marks = "".join(MARKS[math.ceil(share * (len(MARKS) - 1))] for share in shares)
        figure = words.spoken.written(each.held[-1])
        yield f"  {shown(each.name):<{wide}}  {f'{marks}  ' if weeks > 1 else ''}{figure}"
    if felt := words.felt(review):
        yield f"How it was: {'; '.join(f'{what} {figure}' for what, figure in felt)}"
    for name, days in words.hurt(review):
        yield f"It hurt in {shown(name)}: {days}"


def _kind_words(review: Review) -> str:
    answers = [answer for _, answer in review.answers]
    if len(answers) >= THRICE and all(answer.bad for answer in answers[-THRICE:]):
        return SEEK_ADVICE
    last = next(day.date for day in reversed(review.days) if day.sessions)
    if last == review.days[-1].date:
        return "Well done today."
    return "Whenever you like: voicecoach play"


def _calendar(review: Review) -> Table:
    from rich.table import Table

    weeks = review.weeks[-MOST_WEEKS:]
    most = review.planned or max(day.sessions for day in review.days)
    table = Table(title="Sessions a day", box=None, padding=0, title_justify="left")
    table.add_column("")
    months = [f"{week.days[0].date:%b}" for week in weeks]
    for before, month in zip(["", *months], months, strict=False):
        table.add_column(
            "" if month == before else month, min_width=3, justify="center", no_wrap=True
        )
    for weekday, name in enumerate(Words("en").texts["weekdays"]):
        days = ({day.date.weekday(): day for day in week.days}.get(weekday) for week in weeks)
        table.add_row(f"{name} ", *(_cell(day, most) for day in days))
    return table


def _cell(day: Day | None, most: int) -> str:
    if day is None:
        return ""
    if not day.sessions:
        return "[dim]·[/]"
    style = "bold white on green" if day.sessions >= most else "black on bright_green"
    return f"[{style}] {day.sessions}{'!' if day.hurt else ' '}[/]"


def _document(review: Review) -> dict[str, Any]:
    """The review as JSON: keys may be added, and never change meaning."""
    return {
        "version": 1,
        "title": review.title or None,
        "planned": review.planned or None,
        "days_practised": review.practised,
        "days_in_a_row": review.row,
        "most_days_in_a_row": review.longest,
        "sessions": review.sessions,
        "whole": review.whole,
        "played_seconds": round(review.played_seconds, 1),
        "days": [
            {
                "date": day.date.isoformat(),
                "sessions": day.sessions,
                "whole": day.whole,
                "played_seconds": round(day.played_seconds, 1),
                "held_seconds": round(day.held_seconds, 1),
                "hurt": list(day.hurt),
                "answers": [{"feeling": a.feeling, "pain": a.pain} for a in day.answers],
            }
            for day in review.days
        ],
        "weeks": [week.monday.isoformat() for week in review.weeks],
        "exercises": [
            {"name": each.name, "held_seconds": each.held, "done": each.done}
            for each in review.exercises
        ],
    }


def _csv(review: Review) -> str:
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow(COLUMNS)
    for day in review.days:
        felt = [sum(answer.feeling == feeling for answer in day.answers) for feeling in FEELINGS]
        pains = "; ".join(str(answer.pain) for answer in day.answers if answer.pain is not None)
        minutes, held = round(day.played_seconds / 60, 1), round(day.held_seconds, 1)
        row: list[str | float] = [
            day.date.isoformat(),
            day.sessions,
            day.whole,
            review.planned or "",
            minutes,
            held,
        ]
        writer.writerow([cell(value) for value in (*row, "; ".join(day.hurt), *felt, pains)])
    return text.getvalue()
