"""`voicecoach list`."""

from __future__ import annotations

import click

from voicecoach.errors import VoicecoachError
from voicecoach.library import find_script, installed_names, script_names
from voicecoach.script import load_script


@click.command("list", epilog="Example: voicecoach list")
def command() -> None:
    """List the scripts that are built in, and those that were installed."""
    for name in script_names():
        _show(name)
    installed = installed_names()
    if installed:
        click.echo("\nInstalled:")
    for name in installed:
        _show(name)


def _show(name: str) -> None:
    path = find_script(name)
    try:
        routine, _ = load_script(path)
    except VoicecoachError as error:  # somebody changed what was installed
        click.echo(f"{name}: {str(error).splitlines()[0]}")
        return
    exercises = ", ".join(exercise.name for exercise in routine.exercises)
    click.echo(f"{name}: {routine.title} ({exercises})\n    {path}")
