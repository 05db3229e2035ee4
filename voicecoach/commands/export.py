"""`voicecoach export`."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, get_args

import click

from voicecoach.commands import (
    ScriptName,
    is_plan,
    open_plan,
    open_program,
    open_speaker,
    setting_options,
    terminal,
)
from voicecoach.display import progress_display
from voicecoach.errors import ExportError, ManyError, VoicecoachError
from voicecoach.export import SILENT, Job
from voicecoach.export.batch import Order, fill, orders_to
from voicecoach.export.cover import read_cover
from voicecoach.export.handout.paper import usual_paper
from voicecoach.export.loudness import LOUDEST, MONO, SOFTEST
from voicecoach.export.material import Material, Paper
from voicecoach.export.render import render_plan, render_program
from voicecoach.program import Program
from voicecoach.speech import Speaker
from voicecoach.units import seconds, write_seconds


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
@click.argument("scripts", metavar="[SCRIPT]...", type=ScriptName(), nargs=-1)
@click.option(
    "-o",
    "--output-file",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    help="The file; its ending says what kind. May be given several times.",
)
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path),
    help="A folder for files of the scripts' names, of each --format.",
)
@click.option(
    "--format",
    "formats",
    metavar="ENDINGS",
    default="mp3",
    show_default=True,
    help="What to write --to a folder: such as mp3,vtt.",
)
@click.option("--split", is_flag=True, help="A folder with a numbered track for each exercise.")
@click.option("--force", is_flag=True, help="Replace files that are there.")
@click.option("--skip-existing", is_flag=True, help="Leave files as they are that are there.")
@click.option(
    "--jobs",
    type=click.IntRange(1, 32),
    default=2,
    show_default=True,
    help="How many scripts to work on at once.",
)
@click.option(
    "--loudness",
    type=Loudness(),
    default=MONO,
    metavar="LUFS",
    help="How loud the track is as a whole (-19), or off: as it is played live.",
)
@click.option(
    "--chapters",
    multiple=True,
    type=click.Choice(["json", "cue"]),
    help="Chapters in a file beside the track: as podcasts have them, or a cue sheet.",
)
@click.option(
    "--cover",
    metavar="PICTURE",
    help="A JPEG or PNG file for the cover, or off; else it is drawn from the session.",
)
@click.option(
    "--paper", type=click.Choice(get_args(Paper)), help="A handout's paper; usually the locale's."
)
@setting_options()
def command(
    scripts: tuple[str, ...],
    files: tuple[Path, ...],
    folder: Path | None,
    formats: str,
    jobs: int,
    loudness: float | None,
    cover: str | None,
    chapters: tuple[str, ...],
    paper: Paper | None,
    split: bool,
    force: bool,
    skip_existing: bool,
    **options: Any,
) -> None:
    """Write sessions as files: tracks with a chapter for each exercise, captions, handouts.

    SCRIPT is a built-in's name, a file, - for standard input, or a plan that `voicecoach plan
    --json` wrote. Give one with -o, or any number with --to.
    """
    if force and skip_existing:
        raise click.UsageError("--force replaces what --skip-existing leaves; give one of them")
    job = partial(Job, force=force, split=split)
    orders = _orders(scripts or ("ease-your-back",), files, folder, formats, job)
    if len(orders) == 1 and not skip_existing:
        orders[0].check()  # before an engine is started
    orders = [order.beside(chapters) for order in orders]
    picture = _cover(cover)
    if all(job.ending in SILENT for order in orders for job in order.jobs):
        loudness = None
    with open_speaker() as speaker:

        def render(script: str) -> Material:
            if is_plan(script):
                made = render_plan(open_plan(Path(script)), speaker, loudness, picture)
            else:
                made = render_program(open_program(script, options), speaker, loudness, picture)
            return replace(made, paper=paper or usual_paper(os.environ))

        carry_out(orders, render, jobs, skip_existing=skip_existing)


def export_program(program: Program, job: Job, speaker: Speaker) -> None:
    """Write a program's track and say where it is. Raises as voicecoach.export.export_file."""
    carry_out([Order(program.title, (job,))], lambda _: render_program(program, speaker))


def carry_out(
    orders: list[Order],
    render: Callable[[str], Material],
    workers: int = 1,
    *,
    skip_existing: bool = False,
) -> None:
    """Write files and say where they are; what failed is said at the end, the rest is done.

    Raises:
        VoicecoachError: the only order failed, or ManyError: some of several did.
    """
    failed: list[tuple[str, VoicecoachError]] = []
    with progress_display(shown=terminal()) as bars:
        if skip_existing:
            wanted = [order.missing() for order in orders]
            for order, less in zip(orders, wanted, strict=True):
                for job in order.jobs:
                    if job not in less.jobs:
                        bars.say(f"{job.target} is there.")
            orders = [order for order in wanted if order.jobs]
        advance = bars.count("scripts", len(orders))
        for done in fill(orders, render, bars.watch, workers):
            advance()
            for written in done.written:
                bars.say(f"Wrote {written.path} ({write_seconds(seconds(written.frames))}).")
                for note in written.notes:
                    click.echo(note, err=True)
            if done.error:
                failed.append((done.order.script, done.error))
    if len(orders) == len(failed) == 1:
        raise failed[0][1]
    if failed:
        raise ManyError(failed)


def _orders(
    scripts: Sequence[str],
    files: Sequence[Path],
    folder: Path | None,
    formats: str,
    job: Callable[[Path], Job],
) -> list[Order]:
    if bool(files) == bool(folder):
        raise click.UsageError("say where to write: -o FILE, or --to FOLDER")
    if folder is None:
        if len(scripts) > 1:
            raise click.UsageError("several scripts can't be one file; write them --to a folder")
        return [Order(scripts[0], tuple(map(job, files)))]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(f"{folder} can't be made: {error.strerror}") from None
    endings = [f".{name.strip().lower().removeprefix('.')}" for name in formats.split(",")]
    return orders_to(folder, endings, scripts, job)


def _cover(file: str | None) -> bytes | None:
    if file is None:
        return None
    return b"" if file == "off" else read_cover(Path(file))
