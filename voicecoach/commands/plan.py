"""`voicecoach plan`."""

from __future__ import annotations

from typing import Any

import click

from voicecoach.commands import open_program, open_speaker, script_argument, setting_options
from voicecoach.display import timeline_lines
from voicecoach.rendition import Rendition


@click.command("plan", epilog="Example: voicecoach plan ease-your-back --pace brisk")
@script_argument
@click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs and for export.")
@setting_options()
def command(script: str, as_json: bool, **options: Any) -> None:
    """Show what is said and done when, to the sample."""
    with open_speaker() as speaker:
        timeline = Rendition(open_program(script, options), speaker).timeline()
    if as_json:
        click.echo(timeline.to_json())
    else:
        click.echo("\n".join(timeline_lines(timeline)))
