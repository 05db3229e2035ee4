"""`voicecoach show`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from voicecoach.commands import is_plan, script_argument, setting_options, terminal
from voicecoach.commands.doses import dose_options, open_program, open_timeline
from voicecoach.commands.speaking import open_speaker, speaking_shown, tell_voice
from voicecoach.figure.rows import Row, rows
from voicecoach.figure.strip import GLYPHS, SIDES, legend, strips
from voicecoach.figure.telling import clock, doses, heading, left_out, summary, told
from voicecoach.phrases import phrases
from voicecoach.rendition import Rendition
from voicecoach.timeline import Timeline

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

WIDEST, NARROWEST = 160, 20
"""Characters of the picture: in wider ones nobody finds the way from name to time."""
STYLES = {
    "hold": "cyan",
    "left": "cyan",
    "right": "blue",
    "breath": "bright_blue",
    "beat": "cyan",
    "rest": "dim",
    "pause": "dim",
    "ready": "yellow",
    "switch": "magenta",
    "rep": "dim",
    "words": "dim",
    "number": "bold",
    "crowded": "bold red",
    "left_out": "bold red",
}


@click.command("show", epilog="Example: voicecoach show ease-your-back")
@script_argument
@click.option(
    "--plain",
    is_flag=True,
    envvar="VOICECOACH_PLAIN",
    help="Tell it in sentences instead of drawing it; so does VOICECOACH_PLAIN=1.",
)
@dose_options
@setting_options()
def command(
    script: str, plain: bool, on: datetime | None, dose_of: int | None, **options: Any
) -> None:
    """Draw a session's timeline: exercises, reps, holds, rests, and how much is said.

    SCRIPT is a built-in's name, a file, - for standard input, or a plan. As a file: voicecoach
    export SCRIPT -o timeline.svg (or .png).
    """
    if is_plan(script):
        timeline = open_timeline(script, options, on, dose_of)
    else:
        with open_speaker() as speaker:
            program = open_program(script, options, on, dose_of)
            tell_voice(program, speaker)
            with speaking_shown(speaker, script) as counted:
                timeline = Rendition(program, counted).timeline()
    shown = rows(timeline)
    if plain or not terminal():
        click.echo("\n".join(told(timeline, shown, phrases("en"), why=True)))
    else:
        from rich.console import Console

        draw(timeline, shown, Console(highlight=False))


def draw(timeline: Timeline, shown: list[Row], console: Console) -> None:
    """Print the picture, in the console's width and colours."""
    from rich.text import Text

    words = phrases("en")
    width = max(min(console.width, WIDEST), NARROWEST)
    console.print(Text(timeline.title, "bold"), width=width)
    _print(console, Text(" · ".join(summary(timeline, shown, words))), width)
    for key in _legend(shown, width):
        console.print(key)
    for row, lines in zip(shown, strips(shown, width), strict=True):
        console.print()
        name, times = Text(heading(row), "bold"), Text(clock(row), "dim")
        if (space := width - name.cell_len - times.cell_len) >= 2:
            _print(console, Text.assemble(name, " " * space, times), width)
        else:
            _print(console, name, width)
            _print(console, times, width)
        _print(console, Text(" · ".join(doses(row, words))), width)
        for line in lines:
            pieces = ((text, STYLES.get(kind, "")) for text, kind in line)
            console.print(Text.assemble(*pieces), width=width, soft_wrap=True)
        if missing := left_out(row, words, why=True):
            _print(console, Text(missing, "red"), width)


def _print(console: Console, text: Text, width: int) -> None:
    console.print(text, width=width)


def _legend(shown: list[Row], width: int) -> Iterator[Text]:
    """What the characters mean, of those that occur."""
    from rich.text import Text

    texts = phrases("en").texts["figure"]
    entries = [(GLYPHS[kind], kind) for kind in legend(shown)]
    if any(rep.side for row in shown for rep in row.reps):
        entries += [(mark, side) for side, mark in SIDES.items()]
    line = Text()
    for glyph, kind in entries:
        key = Text.assemble((glyph, STYLES[kind]), f" {texts[kind]}")
        if line and len(line) + 2 + len(key) > width:
            yield line
            line = Text()
        line = Text.assemble(line, "  ", key) if line else key
    yield line
