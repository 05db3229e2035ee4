"""`voicecoach list`."""

from __future__ import annotations

import click

from voicecoach.library import find_script, script_names
from voicecoach.script import load_script


@click.command("list", epilog="Example: voicecoach list")
def command() -> None:
    """List the built-in scripts."""
    for name in script_names():
        path = find_script(name)
        routine, _ = load_script(path)
        exercises = ", ".join(exercise.name for exercise in routine.exercises)
        click.echo(f"{name}: {routine.title} ({exercises})\n    {path}")
