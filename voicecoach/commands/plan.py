"""`voicecoach plan`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from voicecoach.commands import script_argument, setting_options
from voicecoach.commands.doses import dose_options, open_program
from voicecoach.commands.speaking import open_speaker, speaking_shown, tell_voice
from voicecoach.display import dose_lines, timeline_lines
from voicecoach.rendition import Rendition


@click.command("plan", epilog="Example: voicecoach plan ease-your-back --pace brisk")
@script_argument
@click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs and for export.")
@dose_options
@setting_options()
def command(
    script: str, as_json: bool, on: datetime | None, dose_of: int | None, **options: Any
) -> None:
    """Show what is said and done when, to the sample."""
    program = open_program(script, options, on, dose_of)
    with open_speaker() as speaker:
        tell_voice(program, speaker)
        with speaking_shown(speaker, script) as shown:
            timeline = Rendition(program, shown).timeline()
    if as_json:
        click.echo(timeline.to_json())
    else:
        click.echo("\n".join([*timeline_lines(timeline), *dose_lines(program.routine)]))
