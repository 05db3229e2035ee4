"""`voicecoach check`."""

from __future__ import annotations

from typing import Any

import click

from voicecoach.commands import (
    ScriptName,
    open_routine,
    open_speaker,
    setting_options,
    user_settings,
)
from voicecoach.errors import (
    EXIT_DONE,
    EXIT_USER,
    Location,
    Problem,
    ScriptError,
    VoicecoachError,
    problem_lines,
    quoted,
)
from voicecoach.program import build_program
from voicecoach.rendition import Rendition
from voicecoach.settings import Settings
from voicecoach.speech import Speaker
from voicecoach.timeline import Timeline
from voicecoach.units import seconds, write_seconds


@click.command("check", epilog="Example: voicecoach check my-back.md my-neck.md")
@click.argument("scripts", metavar="FILE...", nargs=-1, required=True, type=ScriptName())
@setting_options()
def command(scripts: tuple[str, ...], **options: Any) -> int:
    """Check scripts: errors, warnings, and the cues for which there is no room."""
    settings = user_settings(options)
    code = EXIT_DONE
    with open_speaker() as speaker:
        for script in scripts:
            try:
                timeline = _check(script, settings, speaker)
            except ScriptError as error:
                click.echo(problem_lines(error.problems, error.warnings))
                code = EXIT_USER
            except VoicecoachError as error:
                click.echo(f"{script}: {error}")
                code = error.exit_code
            else:
                length = write_seconds(seconds(timeline.frames))
                click.echo(f"{script}: good, {length}, {len(timeline.chapters)} exercises")
    return code


def _check(script: str, settings: Settings, speaker: Speaker) -> Timeline:
    routine = open_routine(script)
    timeline = Rendition(build_program(routine, settings), speaker).timeline()
    for left in dict.fromkeys(timeline.left_out):
        where = Location(routine.file, left.line or 1)
        click.echo(str(Problem(where, f"left out: {quoted(left.text)}", left.why)))
    return timeline
