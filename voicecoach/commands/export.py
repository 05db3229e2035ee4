"""`voicecoach export`."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import click

from voicecoach.commands import is_plan, open_program, script_argument, setting_options, terminal
from voicecoach.display import progress_display
from voicecoach.errors import NotFoundError
from voicecoach.export import SILENT, Job, export_file
from voicecoach.export.handout import handout_notes
from voicecoach.export.handout.paper import usual_paper
from voicecoach.export.loudness import LOUDEST, MONO, SOFTEST
from voicecoach.export.material import Material, Paper
from voicecoach.export.render import render_plan, render_program
from voicecoach.program import Program
from voicecoach.speech import Speaker
from voicecoach.speech.system import SystemSpeaker
from voicecoach.timeline import Timeline, read_plan
from voicecoach.units import seconds, write_seconds

MOST_PLAN_BYTES = 256 << 20
"""A day's plan of the most reps takes a tenth of it."""


class Loudness(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on
    """LUFS, or "off"."""

    name = "loudness"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float | None:
        """The number; None for "off"."""
        if value == "off" or value is None:
            return None
        try:
            lufs = float(str(value).lower().removesuffix("lufs"))
        except ValueError:
            lufs = 0
        if not SOFTEST <= lufs <= LOUDEST:
            cause = f"{value!r} is no loudness; {SOFTEST:g} to {LOUDEST:g} LUFS, or off"
            self.fail(cause, param, ctx)
        return lufs


@click.command("export", epilog="Example: voicecoach export ease-your-back -o back.mp3")
@script_argument
@click.option(
    "-o",
    "--output-file",
    "files",
    required=True,
    multiple=True,
    type=click.Path(path_type=Path),
    help="The file; its ending says what kind. May be given several times.",
)
@click.option("--force", is_flag=True, help="Replace files that are there.")
@click.option(
    "--loudness",
    type=Loudness(),
    default=MONO,
    metavar="LUFS",
    help="How loud the track is as a whole (-19), or off: as it is played live.",
)
@click.option(
    "--paper", type=click.Choice(get_args(Paper)), help="A handout's paper; usually the locale's."
)
@setting_options()
def command(
    script: str,
    files: tuple[Path, ...],
    force: bool,
    loudness: float | None,
    paper: Paper | None,
    **options: Any,
) -> None:
    """Write a session as a sound file with a chapter for each exercise, as captions, or as a
    handout (.pdf).

    SCRIPT is a built-in's name, a file, - for standard input, or a plan that `voicecoach plan
    --json` wrote.
    """
    jobs = [Job(file, force) for file in files]
    for job in jobs:
        job.check()
    if all(job.ending in SILENT for job in jobs):
        loudness = None
    with SystemSpeaker() as speaker:
        if is_plan(script):
            material = render_plan(_read_plan(Path(script)), speaker, loudness)
        else:
            material = render_program(open_program(script, options), speaker, loudness)
        material = replace(material, paper=paper or usual_paper(os.environ))
        for job in jobs:
            write(job, material)


def export_program(program: Program, job: Job, speaker: Speaker) -> None:
    """Write a program's track and say where it is. Raises as voicecoach.export.export_file."""
    job.check()
    write(job, render_program(program, speaker))


def write(job: Job, material: Material) -> None:
    """Write a file and say where it is. Raises as voicecoach.export.export_file."""
    length = material.timeline.frames
    with progress_display(f"Writing {job.path.name}", length, shown=terminal()) as progress:
        export_file(job, material, progress)
    click.echo(f"Wrote {job.path} ({write_seconds(seconds(length))}).")
    for note in handout_notes(material) if job.ending == ".pdf" else ():
        click.echo(note, err=True)


def _read_plan(path: Path) -> Timeline:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_PLAN_BYTES)
    except OSError as error:
        raise NotFoundError("plan", str(path), hint=error.strerror or "") from None
    return read_plan(data, str(path), path.parent)
