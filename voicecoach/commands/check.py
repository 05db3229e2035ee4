"""`voicecoach check`."""

from __future__ import annotations

from typing import Any

import click

from voicecoach.advice import read_as, spelled
from voicecoach.commands import (
    ScriptName,
    counted,
    setting_options,
    tell,
    tell_aside,
    user_settings,
)
from voicecoach.commands.doses import open_routine
from voicecoach.commands.speaking import open_speaker, speaking_shown, tell_voice
from voicecoach.errors import (
    EXIT_DONE,
    EXIT_INTERRUPTED,
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
from voicecoach.settings.leeway import Leeway
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
                timeline, fit = _check(script, settings, speaker)
            except ScriptError as error:
                click.echo(problem_lines(error.problems, error.warnings))
                code = EXIT_USER
            except VoicecoachError as error:
                click.echo(f"{script}: {error}")
                code = error.exit_code
            except KeyboardInterrupt:
                tell_aside(f"interrupted; {script} wasn't checked to its end")
                return EXIT_INTERRUPTED
            else:
                length = write_seconds(seconds(timeline.frames))
                exercises = counted(len(timeline.chapters), "exercise")
                click.echo(f"{script}: good, {length}, {exercises}{fit}")
    return code


def _check(script: str, settings: Settings, speaker: Speaker) -> tuple[Timeline, str]:
    routine = open_routine(script)
    program = build_program(routine, settings)
    tell_voice(program, speaker)
    tell(read_as(routine, program.settings))
    for advice in spelled(routine, program.settings):
        click.echo(str(advice))
    with speaking_shown(speaker, script) as shown:
        rendition = Rendition(program, shown)
        timeline = rendition.timeline()
    for left in dict.fromkeys(timeline.left_out):
        where = Location(routine.file, left.line or 1)
        click.echo(str(Problem(where, f"left out: {quoted(left.text)}", left.why)))
    settings = rendition.program.settings
    return timeline, _gave_way(settings.leeway) if settings.fit_seconds else ""


def _gave_way(leeway: Leeway) -> str:
    """What makes a session last as long as it is to."""
    ways = [f"rests and gaps {leeway.gaps:.2f} times as long"]
    for share, what in ((leeway.holds, "holds"), (leeway.counts, "reps and sets")):
        if share:
            ways.append(f"{what} {share:.0%} into their ranges")
    if leeway.words > 1:
        ways.append(f"words {leeway.words:.2f} times as fast")
    return f"; {', '.join(ways)}"
