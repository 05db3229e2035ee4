"""`voicecoach convert`."""

from __future__ import annotations

from pathlib import Path

import click

from voicecoach.commands import read_file, script_file_options, tell, write_script
from voicecoach.convert import MOST_BYTES, convert
from voicecoach.errors import ConvertError
from voicecoach.library import typed
from voicecoach.script import read_script


@click.command("convert", epilog="Example: voicecoach convert workout.yaml -o workout.md")
@click.argument("file", type=click.Path(path_type=Path))
@script_file_options
def command(file: Path, script: Path, force: bool) -> None:
    """Make a script of another program's workout.

    FILE is a workout of w2a (YAML, extra convert), of Feeel, or JSON of its shape: a title, and
    exercises with a name and a duration. The script is written, and then checked.
    """
    data = read_file("workout", file, MOST_BYTES)
    try:
        text, notes = convert(data, file.stem)
    except ConvertError as error:
        raise ConvertError(f"{file}: {error}") from None
    script = write_script(script, text, force=force, sources=[file])
    routine, warnings = read_script(text, str(script), script.absolute().parent)
    tell(warnings)
    for note in notes:
        click.echo(note, err=True)
    then = f"voicecoach play {typed(script)}"
    click.echo(f"Wrote {script}: {routine.title}. Look at it, then: {then}")
