"""`voicecoach play`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from voicecoach.commands import open_program, script_argument, setting_options, terminal
from voicecoach.commands.export import export_program
from voicecoach.display import plain_display, screen_display
from voicecoach.errors import DeviceError
from voicecoach.export import Job
from voicecoach.output import open_output
from voicecoach.program import Program
from voicecoach.rendition import Rendition
from voicecoach.session import Session
from voicecoach.speech.system import SystemSpeaker


@click.command("play", epilog="Example: voicecoach play my-back.md --pace gentle --chimes bell")
@script_argument
@setting_options(live=True)
@click.option("--plain", is_flag=True, help="Print lines instead of a moving screen.")
@click.option("--verbose", is_flag=True, help="Tell at the end whether the sound was ever late.")
@click.option(
    "--or-export",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Without a sound device, write the track here instead.",
)
def command(
    script: str, plain: bool, verbose: bool, or_export: Path | None, **options: Any
) -> None:
    """Coach a session through the speakers.

    SCRIPT is a built-in's name, a file, or - for standard input. Ctrl-C ends it with a fade.
    """
    program = open_program(script, options)
    try:
        _play(program, plain=plain or not terminal(), verbose=verbose)
    except DeviceError as error:
        if or_export is None:
            raise
        click.echo(f"No sound here ({error}); writing the track instead.", err=True)
        export_program(program, Job(or_export, force=True))


def _play(program: Program, *, plain: bool, verbose: bool) -> None:
    settings = program.settings
    output = open_output(settings.output, settings.device or None)
    with SystemSpeaker() as speaker:
        session = Session(Rendition(program, speaker))
        with (plain_display if plain else screen_display)(program) as watch:
            session.run(output, watch)
    if verbose:
        click.echo(f"Late by {session.late} frames.", err=True)
