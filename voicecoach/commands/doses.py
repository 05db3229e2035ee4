"""Doses: a script's name and a day enter; its routine or program with the doses of that day leaves.

For the commands that take today's dose, which the record gives.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from voicecoach.commands import (
    DayType,
    Function,
    open_plan,
    read_routine,
    tell_aside,
    user_settings,
)
from voicecoach.errors import ExportError
from voicecoach.program import Program, build_program
from voicecoach.progression import MOST_DOSES, Practices, at_dose, grows, on_day
from voicecoach.record import Record
from voicecoach.record.progress import now
from voicecoach.routine import Routine
from voicecoach.timeline import Timeline

MOST_DAYS = 3_660
"""As far as doses are looked ahead: ten years."""


def dose_options(function: Function) -> Function:
    """Options that look ahead: which day's dose is meant."""
    for option in (
        click.option(
            "--dose-of",
            type=click.IntRange(1, MOST_DOSES),
            metavar="N",
            help="The Nth dose of a script that grows: 1 is its own, each after it a step more.",
        ),
        click.option(
            "--on",
            type=DayType(),
            metavar="DATE",
            help="The dose of a day, such as 2026-01-31, if each day until then is done.",
        ),
    ):
        function = option(function)
    return function


def open_routine(script: str, on: datetime | None = None, dose_of: int | None = None) -> Routine:
    """The script by its name, file or `-`, with today's doses or those of `dose_options`.

    Its warnings are printed.

    Raises:
        NotFoundError, ScriptError: as voicecoach.script.load_script.
    """
    routine = read_routine(script)
    if not grows(routine):
        if on or dose_of:
            tell_aside(f"{script} has no dose that grows: it is the same each day")
        return routine
    if dose_of:
        return at_dose(routine, dose_of)
    today = now().date()
    day = on.date() if on else today
    check_near(day)
    return on_day(routine, practices(routine, script), today, day)


def check_near(day: date) -> None:
    """Refuse a day too far to look ahead to."""
    if abs((day - now().date()).days) > MOST_DAYS:
        raise click.UsageError(f"--on takes a day within {MOST_DAYS} days from today")


def practices(routine: Routine, script: str) -> Practices:
    """What was done of a script that grows; where the record can't be used, that is said."""
    record = Record()
    done = record.practices(routine, script)
    if record.trouble:
        tell_aside(f"{record.trouble}; so the doses are the script's own")
    return done


def open_program(
    script: str,
    options: dict[str, Any],
    on: datetime | None = None,
    dose_of: int | None = None,
) -> Program:
    """The program of a script under the user's settings, with the doses of `dose_options`.

    Raises as the rooms it passes.
    """
    if on and dose_of:
        raise click.UsageError("--on and --dose-of can't both be had; choose one")
    settings = user_settings(options)
    return build_program(open_routine(script, on, dose_of), settings)


def open_timeline(
    script: str, options: dict[str, Any], on: datetime | None, dose_of: int | None
) -> Timeline:
    """The timeline of a plan's file, where nothing else was asked for than stands in it.

    Raises:
        ExportError: something was; or as voicecoach.commands.open_plan.
    """
    if on or dose_of or any(value is not None for value in options.values()):
        raise ExportError("a plan has its doses and settings already; give its script")
    return open_plan(Path(script))
