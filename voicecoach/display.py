"""Displays: moments and timelines enter, lines and screens for people leave. The only room (with
the command line) that prints.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from voicecoach.program import Program
from voicecoach.session import Moment
from voicecoach.step import Step
from voicecoach.timeline import Cue, Timeline
from voicecoach.units import RATE, seconds, write_seconds

if TYPE_CHECKING:
    from rich.console import RenderableType

Watch = Callable[[Moment], None]
SPAN_NAMES = {
    "hold": "Hold",
    "rest": "Rest",
    "pause": "Pause",
    "ready": "Get ready",
    "switch": "Switch sides",
    "breath": "Breathe",
    "beat": "Count",
}


def place(step: Step) -> str:
    """Where a step stands: "rep 2 of 3, left side"."""
    parts = []
    if step.sets > 1:
        parts.append(f"set {step.set} of {step.sets}")
    if step.rep:
        parts.append(f"rep {step.rep} of {step.reps}")
    if step.side and step.kind in ("rep", "side"):
        parts.append(f"{step.side} side")
    return ", ".join(parts)


@contextlib.contextmanager
def plain_display(program: Program) -> Iterator[Watch]:
    """A line for each thing that begins: for pipes, logs, screen readers and dumb terminals."""
    click.echo(program.title)
    last: tuple[str, Cue | None, Cue | None] = ("", None, None)

    def watch(moment: Moment) -> None:
        nonlocal last
        heading = ": ".join(filter(None, (moment.step.name, place(moment.step))))
        clock = write_seconds(seconds(moment.at))
        if heading != last[0]:
            click.echo(f"{clock} {heading}")
        if moment.speech and moment.speech != last[1]:
            click.echo(f"{clock}   {moment.speech.text}")
        span = moment.span
        if span and span != last[2] and span.kind not in ("beat", "pause"):
            click.echo(f"{clock}   {_span_name(span)}")
        last = (heading, moment.speech or last[1], span or last[2])

    yield watch


@contextlib.contextmanager
def screen_display(program: Program) -> Iterator[Watch]:
    """A moving screen: exercise, rep, side, what remains of a hold, what's next, the time left."""
    from rich.console import Console
    from rich.live import Live

    with Live(console=Console(), refresh_per_second=10, transient=True) as live:
        yield lambda moment: live.update(_screen(program, moment))
    click.echo(f"{program.title}: done.")


def _screen(program: Program, moment: Moment) -> RenderableType:
    from rich.console import Group
    from rich.panel import Panel
    from rich.progress_bar import ProgressBar
    from rich.text import Text

    lines: list[RenderableType] = [Text(moment.step.name, style="bold"), Text(place(moment.step))]
    span = moment.span
    if span:
        # A whole second shows until it is over, as a countdown is spoken.
        left = -(-(span.end - moment.at) // RATE)
        lines.append(Text(f"{SPAN_NAMES[span.kind]} {left}", style="bold cyan"))
    else:
        lines.append(Text(""))
    lines.append(Text(moment.speech.text if moment.speech else "", style="italic"))
    if moment.next_name:
        lines.append(Text(f"Next: {moment.next_name}", style="dim"))
    if moment.total:
        lines.append(ProgressBar(total=moment.total, completed=moment.at))
        left_text = write_seconds(seconds(moment.total - moment.at))
        lines.append(Text(f"{left_text} left · Ctrl-C ends", style="dim"))
    return Panel(Group(*lines), title=Text(program.title), width=72)


@contextlib.contextmanager
def progress_display(
    what: str, total: int, *, shown: bool
) -> Iterator[Callable[[int], None] | None]:
    """A progress bar on a terminal; nothing elsewhere."""
    if not shown:
        yield None
        return
    from rich.progress import Progress

    with Progress(transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


def timeline_lines(timeline: Timeline) -> list[str]:
    """A timeline as lines to read: the clock, then what is said or done."""
    lines = [f"{timeline.title}: {write_seconds(seconds(timeline.frames))}"]
    chapters = list(timeline.chapters)
    for cue in timeline.cues:
        while chapters and cue.start >= chapters[0].start:
            lines.append(f"\n{chapters.pop(0).title}")
        clock = _clock(cue.start)
        if cue.kind == "speech":
            lines.append(f"{clock}  {cue.text}")
        elif cue.kind == "chime":
            lines.append(f"{clock}  ({cue.event} chime)")
        else:
            lines.append(f"{clock}  [{_span_name(cue)}]")
    lines += [f"left out: {left.text} ({left.why})" for left in dict.fromkeys(timeline.left_out)]
    return lines


def _span_name(span: Cue) -> str:
    return f"{SPAN_NAMES[span.kind]}, {seconds(span.end - span.start):.3g} s"


def _clock(at: int) -> str:
    minutes, rest = divmod(at / RATE, 60)
    return f"{int(minutes):3}:{rest:06.3f}"
