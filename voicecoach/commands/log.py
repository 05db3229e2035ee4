"""`voicecoach log`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click

from voicecoach.commands import DayType, counted, tell_aside
from voicecoach.commands.cells import cell, shown
from voicecoach.controls import VOICE
from voicecoach.errors import EXIT_DONE
from voicecoach.events import MOST_PAIN, Answer
from voicecoach.record import Record, RecordedExercise, RecordedSession

USUAL_LIMIT = 10
COLUMNS = (
    "session",
    "began",
    "ended",
    "ending",
    "minutes",
    "title",
    "script",
    "exercise",
    "name",
    "state",
    "held_seconds",
    "feeling",
    "pain",
)


@click.command("log", epilog="Example: voicecoach log --since 2026-01-31 --csv > sessions.csv")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="The last N sessions.")
@click.option("--all", "everything", is_flag=True, help="All sessions.")
@click.option(
    "--since",
    type=DayType(),
    metavar="DATE",
    help="Only sessions since a day, such as 2026-01-31.",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON, with every command.")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV, a row for each exercise.")
def command(
    limit: int | None, everything: bool, since: datetime | None, as_json: bool, as_csv: bool
) -> int:
    """Show the sessions of this machine, newest last.

    To read, it shows the last 10, or all since DATE; as JSON or CSV all, unless --limit is given.
    """
    if as_json and as_csv:
        raise click.UsageError("--json and --csv can't both be had; choose one")
    if everything and limit:
        raise click.UsageError("--all and --limit can't both be had; choose one")
    usual = not (everything or limit or since or as_json or as_csv)
    most = USUAL_LIMIT if usual else limit
    # One more than is shown tells whether there are more.
    record = Record()
    found = record.sessions(most and most + 1, _midnight(since) if since else None)
    if record.trouble:
        tell_aside(record.trouble)
    last = found[-most:] if most else found
    if as_json:
        click.echo(json.dumps(_document(last), ensure_ascii=False, indent=2))
    elif as_csv:
        click.echo(_table(last), nl=False)
    elif not last:
        when = f" since {since.date()}" if since else " yet"
        click.echo(f"No session{when}. Whenever you like: voicecoach play")
    else:
        if len(found) > len(last):
            click.echo("(Earlier ones: voicecoach log --all)")
        click.echo("\n".join(_line(session) for session in last))
    return EXIT_DONE


def _midnight(day: datetime) -> datetime:
    """When a day begins here."""
    try:
        return day.astimezone()
    except (ValueError, OverflowError, OSError):  # no system knows that of every year
        return day.replace(tzinfo=UTC)


def _line(session: RecordedSession) -> str:
    """A session to read: when, what, how it ended, and what was done."""
    parts = [f"{_ending(session)} {_length(session)}"]
    if session.exercises:
        total = len(session.exercises)
        done = f"{session.count('done')} of {counted(total, 'exercise')} done"
        skipped = session.count("skipped")
        parts.append(done + (f", {skipped} skipped" if skipped else ""))
    if held := round(session.held_seconds):
        parts.append(f"held {held} s")
    if spoken := sum(command.source == VOICE for command in session.commands):
        parts.append(f"{spoken} {'command' if spoken == 1 else 'commands'} by voice")
    if session.answer:
        parts.append(felt(session.answer))
    title = shown(session.title) or "Session"
    return f"{session.began.astimezone():%a %Y-%m-%d %H:%M}  {title}: {'; '.join(parts)}"


def felt(answer: Answer) -> str:
    """How it was, to read."""
    return answer.feeling or f"pain {answer.pain} of {MOST_PAIN}"


def _ending(session: RecordedSession) -> str:
    place = _place(session)
    within = f" in {place}" if place else ""
    match session.ending:
        case "done":
            return "done"
        case "stopped":
            return f"stopped{within}"
        case "hurt":
            return f"stopped because it hurt{within}"
        case "failed":
            return f"the sound failed{within}"
    return f"going on now{within}," if session.running else f"broke off{within}"


def _place(session: RecordedSession) -> str:
    """The exercise in which it ended, by its name."""
    for exercise in session.exercises:
        if exercise.number == session.exercise and exercise.state in ("begun", "hurt"):
            return shown(exercise.name)
    return ""


def _length(session: RecordedSession) -> str:
    minutes = round(session.played_seconds / 60)
    length = f"{minutes} min" if minutes else "less than a minute"
    if session.ending == "done":
        return f"in {length}"
    return f"{length} so far" if session.running else f"after {length}"


def _document(sessions: Sequence[RecordedSession]) -> dict[str, Any]:
    """The sessions as JSON: keys may be added, and never change meaning."""
    return {
        "version": 1,
        "sessions": [
            {
                "session": session.number,
                "began": session.began.isoformat(),
                "ended": session.ended.isoformat() if session.ended else None,
                "ending": session.ending,
                "running": session.running,
                "played_seconds": session.played_seconds,
                "title": session.title,
                "script": session.script,
                "script_hash": session.script_hash,
                "settings": session.settings,
                "exercise": session.exercise,
                "feeling": session.answer.feeling if session.answer else None,
                "pain": session.answer.pain if session.answer else None,
                "answered_by": session.answer_source or None,
                "exercises": [
                    {
                        "exercise": exercise.number,
                        "name": exercise.name,
                        "state": exercise.state,
                        "held_seconds": exercise.held_seconds,
                    }
                    for exercise in session.exercises
                ],
                "commands": [
                    {
                        "at": each.at.isoformat(),
                        "command": each.command,
                        "source": each.source,
                        "exercise": each.exercise,
                    }
                    for each in session.commands
                ],
            }
            for session in sessions
        ],
    }


def _table(sessions: Sequence[RecordedSession]) -> str:
    """A row for each exercise; a session without any has one row, too."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow(COLUMNS)
    for session in sessions:
        for exercise in session.exercises or (None,):
            writer.writerow([cell(value) for value in _row(session, exercise)])
    return text.getvalue()


def _row(session: RecordedSession, exercise: RecordedExercise | None) -> list[str | float | None]:
    return [
        session.number,
        session.began.isoformat(timespec="seconds"),
        session.ended.isoformat(timespec="seconds") if session.ended else "",
        session.ending or ("running" if session.running else "broken off"),
        round(session.played_seconds / 60, 1),
        session.title,
        session.script,
        exercise.number if exercise else "",
        exercise.name if exercise else "",
        (exercise.state or "") if exercise else "",
        exercise.held_seconds if exercise else "",
        (session.answer.feeling or "") if session.answer else "",
        session.answer.pain if session.answer and session.answer.pain is not None else "",
    ]
