"""`voicecoach export`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from voicecoach.commands import (
    is_plan,
    open_program,
    script_argument,
    setting_options,
    terminal,
    track_tags,
)
from voicecoach.display import progress_display
from voicecoach.errors import NotFoundError
from voicecoach.export import Job, export_track
from voicecoach.program import Program
from voicecoach.rendition import Rendition, timeline_blocks
from voicecoach.sound import Samples
from voicecoach.speech import Speaker
from voicecoach.speech.system import SystemSpeaker
from voicecoach.timeline import Timeline, read_plan
from voicecoach.units import seconds, write_seconds

MOST_PLAN_BYTES = 256 << 20
"""A day's plan of the most reps takes a tenth of it."""


@click.command("export", epilog="Example: voicecoach export ease-your-back -o back.mp3")
@script_argument
@click.option(
    "-o",
    "--output-file",
    "file",
    required=True,
    type=click.Path(path_type=Path),
    help="The track; its ending says what kind: wav, flac, mp3, opus, ogg, m4b, m4a.",
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@setting_options()
def command(script: str, file: Path, force: bool, **options: Any) -> None:
    """Write a session as a sound file, with a chapter for each exercise.

    SCRIPT is a built-in's name, a file, - for standard input, or a plan that `voicecoach plan
    --json` wrote. The track is what `play` plays, sample for sample.
    """
    job = Job(file, force)
    job.check()
    with SystemSpeaker() as speaker:
        if is_plan(script):
            _export_plan(Path(script), job, speaker)
        else:
            export_program(open_program(script, options), job, speaker)


def export_program(program: Program, job: Job, speaker: Speaker) -> None:
    """Write a program's track and say where it is. Raises as voicecoach.export.export_track."""
    job.check()
    tags = track_tags(program.routine, program.settings.language)
    timeline = Rendition(program, speaker).timeline()
    _write(Job(job.path, job.force, tags), timeline, timeline_blocks(timeline, speaker))


def _export_plan(path: Path, job: Job, speaker: Speaker) -> None:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_PLAN_BYTES)
    except OSError as error:
        raise NotFoundError("plan", str(path), hint=error.strerror or "") from None
    timeline = read_plan(data, str(path), path.parent)
    tags = {"title": timeline.title, "artist": "voicecoach", "language": timeline.language}
    _write(Job(job.path, job.force, tags), timeline, timeline_blocks(timeline, speaker))


def _write(job: Job, timeline: Timeline, blocks: Iterable[Samples]) -> None:
    with progress_display(
        f"Writing {job.path.name}", timeline.frames, shown=terminal()
    ) as progress:
        export_track(job, timeline, blocks, progress)
    click.echo(f"Wrote {job.path} ({write_seconds(seconds(timeline.frames))}).")
