"""`voicecoach remind`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from types import ModuleType
from typing import Any

import click

from voicecoach.commands import PIPE, script_argument
from voicecoach.commands.doses import open_program
from voicecoach.errors import EXIT_DONE, ExportError, UnavailableError, VoicecoachError
from voicecoach.library import typed
from voicecoach.phrases import phrases
from voicecoach.program.winding import about_seconds
from voicecoach.remind import Reminder, cron, launchd, reminder_name, script_key, systemd, windows
from voicecoach.remind.calendar import local_zone, write_calendar
from voicecoach.remind.notify import check_notifier, notify
from voicecoach.remind.steps import Step, perform
from voicecoach.script.dose import DoseError
from voicecoach.script.times import read_times
from voicecoach.units import write_time
from voicecoach.whole import check_free, whole

TIMERS: dict[str, ModuleType] = {
    "systemd": systemd,
    "launchd": launchd,
    "windows": windows,
    "cron": cron,
}
"""By their names on the command line; the first that is available is the usual one."""


class Times(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on
    """Times of day, as a script has them."""

    name = "times"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[time, ...]:
        """In the day's order."""
        try:
            return read_times(str(value))
        except DoseError as error:
            self.fail(f"{error.cause}" + (f"; {error.hint}" if error.hint else ""), param, ctx)


@click.command("remind", epilog="Example: voicecoach remind my-back.md -o my-back.ics")
@script_argument
@click.option(
    "-o",
    "--output-file",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a calendar's file: NAME.ics.",
)
@click.option("--track", metavar="LINK", help="A link to a track, or its file name, for the file.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option("--install", is_flag=True, help="Install a timer on this machine.")
@click.option("--remove", is_flag=True, help="Remove the script's timer again.")
@click.option("--start", is_flag=True, help="The timer starts the session instead of reminding.")
@click.option("--with", "timer", type=click.Choice(list(TIMERS)), help="What keeps the timer.")
@click.option(
    "--times", type=Times(), metavar="TIMES", help='Instead of the script\'s: "9:00, 6 pm".'
)
@click.option("--dry-run", is_flag=True, help="Only show what would be done.")
@click.option("--show", is_flag=True, hidden=True)
def command(
    script: str,
    file: Path | None,
    track: str | None,
    force: bool,
    install: bool,
    remove: bool,
    start: bool,
    timer: str | None,
    times: tuple[time, ...] | None,
    dry_run: bool,
    show: bool,
) -> int:
    """Remind of a session at its times of day.

    The times are the script's (times: 9:00, 13:00, 18:00). A calendar's file reminds on any phone;
    a timer shows a notification on this machine, or starts the session there.
    """
    if script == PIPE:
        raise click.UsageError("a reminder needs a script that stays where it is, not a pipe")
    if sum([file is not None, install, remove, show]) != 1:
        raise click.UsageError("choose one: -o FILE.ics, --install, or --remove")
    for given, name, needs, of in [
        (track, "--track", file, "-o"),
        (start, "--start", install, "--install"),
        (timer, "--with", install or remove, "--install or --remove"),
        (dry_run, "--dry-run", install or remove, "--install or --remove"),
    ]:
        if given and not needs:
            raise click.UsageError(f"{name} goes with {of}")
    if remove:
        _remove(script, timer, dry_run=dry_run)
        return EXIT_DONE
    reminder = _reminder(script, times, track or "", start=start)
    if show:
        notify(reminder.title, reminder.words)
    elif file:
        _write(reminder, file, force=force)
    else:
        _install(reminder, timer, dry_run=dry_run)
    return EXIT_DONE


def _reminder(script: str, times: tuple[time, ...] | None, track: str, *, start: bool) -> Reminder:
    program = open_program(script, {})
    return Reminder(
        " ".join(program.title.split()),
        script_key(script),
        times or program.routine.times,
        phrases(program.settings.language).say("time_for"),
        about_seconds(program.steps, program.settings),
        track,
        start,
    )


def _check_times(reminder: Reminder) -> None:
    if not reminder.times:
        raise VoicecoachError(
            "the script doesn't say when; before its first exercise write a line such as "
            "times: 9:00, 13:00, 18:00, or add --times"
        )


def _write(reminder: Reminder, file: Path, *, force: bool) -> None:
    _check_times(reminder)
    if file.suffix.lower() != ".ics":
        raise ExportError(f"{file}: a calendar's file ends in .ics")
    check_free(file, force=force)
    data = write_calendar(reminder, datetime.now(UTC).astimezone(), local_zone())
    with whole(file) as part:
        part.write_bytes(data)
    click.echo(f"Wrote {file}: {_when(reminder)}. Open it with your calendar.")


def _install(reminder: Reminder, timer: str | None, *, dry_run: bool) -> None:
    _check_times(reminder)
    module = TIMERS[timer] if timer else _usual()
    if not reminder.starts and not dry_run:
        check_notifier()
    # One that another keeper has would remind twice.
    others = [m for m in TIMERS.values() if m is not module and m.available()]
    steps = [step for m in others for step in m.remove(reminder.name)]
    steps += module.install(reminder)
    if not _done(steps, dry_run=dry_run):
        return
    does = "starts" if reminder.starts else "reminds of"
    click.echo(f"A timer {does} {reminder.title} {_when(reminder)}.")
    click.echo(f"To remove it: voicecoach remind {typed(reminder.script)} --remove")


def _remove(script: str, timer: str | None, *, dry_run: bool) -> None:
    name = reminder_name(script_key(script))
    modules = [TIMERS[timer]] if timer else [m for m in TIMERS.values() if m.available()]
    steps = [step for module in modules for step in module.remove(name)]
    if not steps:
        click.echo("No timer was installed for this script.")
    elif _done(steps, dry_run=dry_run):
        click.echo("The timer is removed.")


def _done(steps: Sequence[Step], *, dry_run: bool) -> bool:
    """Whether it is done, rather than shown."""
    if dry_run:
        click.echo("\n".join(map(str, steps)))
        return False
    perform(steps)
    return True


def _usual() -> ModuleType:
    for module in TIMERS.values():
        if module.available():
            return module
    raise UnavailableError(
        "nothing on this system keeps timers (systemd, launchd, Windows or cron); "
        "a calendar's file reminds too: -o FILE.ics"
    )


def _when(reminder: Reminder) -> str:
    *before, last = [write_time(each) for each in reminder.times]
    return "every day at " + (f"{', '.join(before)} and {last}" if before else last)
