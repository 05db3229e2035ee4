"""`voicecoach export`."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, get_args

import click

from voicecoach.bars import Bars, progress_display
from voicecoach.commands import (
    ScriptName,
    is_plan,
    read_routine,
    setting_options,
    terminal,
    user_settings,
)
from voicecoach.commands.doses import (
    check_near,
    dose_options,
    open_program,
    open_timeline,
    practices,
)
from voicecoach.commands.parameters import Days, Loudness
from voicecoach.commands.speaking import open_speaker, spoken_on, tell_voice
from voicecoach.errors import ExportError, ManyError, VoicecoachError
from voicecoach.export import SILENT, Job
from voicecoach.export.batch import Order, fill, orders_to
from voicecoach.export.cover import read_cover
from voicecoach.export.handout.paper import usual_paper
from voicecoach.export.loudness import MONO
from voicecoach.export.material import Material, Paper
from voicecoach.export.programme import Programme, make_programme, programme_orders
from voicecoach.export.render import render_plan, render_program
from voicecoach.export.tracks import FORMATS
from voicecoach.program import Program, build_program
from voicecoach.progression import grows
from voicecoach.progression import programme as days_of
from voicecoach.record.progress import now
from voicecoach.speech import Speaker
from voicecoach.units import Frames, seconds, write_seconds
from voicecoach.whole import check_apart


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
@click.option(
    "--programme",
    "days",
    type=Days(),
    metavar="TIME",
    help="A track for each different day of a script that grows, such as 4w or 10d, --to a folder.",
)
@dose_options
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
    days: int | None,
    on: datetime | None,
    dose_of: int | None,
    **options: Any,
) -> None:
    """Write sessions as files: tracks with a chapter for each exercise, captions, handouts.

    SCRIPT is a built-in's name, a file, - for standard input, or a plan that `voicecoach plan
    --json` wrote. Give one with -o, or any number with --to.

    A script whose doses grow is written with today's. With --programme each day is taken as done,
    from today's dose on (--dose-of 1: as if nothing had been done), and each week has a playlist;
    --on DATE names the files by date, from that day on.
    """
    if force and skip_existing:
        raise click.UsageError("--force replaces what --skip-existing leaves; give one of them")
    scripts = scripts or ("ease-your-back",)
    job = partial(Job, force=force, split=split)
    programmes: list[Programme] = []
    if days is None:
        orders = _orders(scripts, files, folder, formats, job)
    else:
        if folder is None or split or files or (dose_of or 1) > 1:
            taken = "--programme goes --to FOLDER, without -o, --split and any --dose-of but 1"
            raise click.UsageError(taken)
        start = on.date() if on else None
        check_near(start or now().date())
        programmes = [_programme(each, days, start, anew=bool(dose_of)) for each in scripts]
        _make(folder)
        orders = programme_orders(programmes, folder, _endings(formats), job)
        for programme in programmes:
            programme.check_playlists(folder, replacing=force or skip_existing)
    stages = {
        programme.track(s): (programme, s) for programme in programmes for s in programme.stages
    }
    if len(orders) == 1 and not skip_existing:
        orders[0].check()  # before an engine is started
    orders = [order.beside(chapters) for order in orders]
    for target in (each.target for order in orders for each in order.jobs if force):
        check_apart(target, "the cover itself", [cover or ""])
    picture = _cover(cover)
    if all(job.ending in SILENT for order in orders for job in order.jobs):
        loudness = None
    with open_speaker() as speaker:

        def render(script: str, bars: Bars) -> Material:
            spoken = spoken_on(bars, speaker, script)
            if script in stages:
                programme, stage = stages[script]
                program = build_program(stage.routine, user_settings(options))
                made = programme.tagged(stage, render_program(program, spoken, loudness, picture))
            elif is_plan(script):
                plan = open_timeline(script, options, on, dose_of)
                made = render_plan(plan, spoken, loudness, picture)
            else:
                program = open_program(script, options, on, dose_of)
                tell_voice(program, speaker)
                made = render_program(program, spoken, loudness, picture)
            return replace(made, paper=paper or usual_paper(os.environ))

        lengths = carry_out(orders, render, jobs, skip_existing=skip_existing)
    for programme in programmes:
        track = next((ending for ending in _endings(formats) if ending in FORMATS), None)
        if track and folder:
            for path in programme.write_playlists(folder, track, lengths, keep=skip_existing):
                click.echo(f"Wrote {path}.")


def export_program(program: Program, job: Job, speaker: Speaker, script: str = "") -> None:
    """Write a program's track and say where it is; `script` is what it was made of, if a script.

    Raises as voicecoach.export.export_file.
    """
    carry_out([Order(script, (job,))], lambda _, __: render_program(program, speaker))


def carry_out(
    orders: list[Order],
    render: Callable[[str, Bars], Material],
    workers: int = 1,
    *,
    skip_existing: bool = False,
) -> dict[Path, Frames]:
    """Write files and say where they are; what failed is said at the end, the rest is done.

    Returns how long the session is in each.

    Raises:
        VoicecoachError: the only order failed, or ManyError: some of several did.
    """
    failed: list[tuple[str, VoicecoachError]] = []
    lengths: dict[Path, Frames] = {}
    with progress_display(shown=terminal()) as bars:
        if skip_existing:
            wanted = [order.missing() for order in orders]
            for order, less in zip(orders, wanted, strict=True):
                for job in order.jobs:
                    if job not in less.jobs:
                        bars.say(f"{job.target} is there.")
            orders = [order for order in wanted if order.jobs]
        advance = bars.count("scripts", len(orders))
        filled = fill(orders, lambda script: render(script, bars), bars.watch, workers)
        with closing(filled):
            for done in filled:
                advance()
                for written in done.written:
                    lengths[written.path] = written.frames
                    bars.say(f"Wrote {written.path} ({write_seconds(seconds(written.frames))}).")
                    for note in written.notes:
                        click.echo(note, err=True)
                if done.error:
                    failed.append((done.order.script, done.error))
    if len(orders) == len(failed) == 1:
        raise failed[0][1]
    if failed:
        raise ManyError(failed)
    return lengths


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
    _make(folder)
    return orders_to(folder, _endings(formats), scripts, job)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(f"{folder} can't be made: {error.strerror}") from None


def _endings(formats: str) -> list[str]:
    return [f".{name.strip().lower().removeprefix('.')}" for name in formats.split(",")]


def _programme(script: str, days: int, start: date | None, *, anew: bool) -> Programme:
    """A script for so many days, from today's dose on, or `anew` from its own."""
    if is_plan(script):
        raise ExportError("a plan has its doses already; give its script")
    routine = read_routine(script)
    done = {} if anew or not grows(routine) else practices(routine, script)
    return make_programme(Path(script).stem, days_of(routine, done, now().date(), days), start)


def _cover(file: str | None) -> bytes | None:
    if file is None:
        return None
    return b"" if file == "off" else read_cover(Path(file))
