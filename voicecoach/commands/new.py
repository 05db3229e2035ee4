"""`voicecoach new`."""

from __future__ import annotations

from pathlib import Path

import click

from voicecoach.commands import write_script
from voicecoach.library import typed

STARTER = """\
# My session
caution: Move slowly. If you feel any sharp pain, stop at once.
pace: gentle
> Lines that begin with > are notes: never spoken. Other settings that may stand up here:
> language, voice, rate, pitch, volume, breath, get ready, wind down, fit, countdown, chimes,
> guidance, author, and times: 9:00, 18:00 (when to be reminded of it).

Whatever stands here is said at the start. Find a mat and a little room.

## Reach up
> An exercise: its heading is announced, its sentences are spoken, its dose line tells time.
Sit upright, both feet on the floor.
Reach up with both arms, and look straight ahead.
hold 15s, 3 times, rest 10s
between: Let your arms sink.
halfway: Breathe out, and let your shoulders drop.

## Side bend
> Each side: {side} becomes left or right.
Slide your {side} hand down along your {side} leg, as far as it goes easily.
hold 10s, 2 times, each side, switch 6s

## Two movements
> Numbered lines make up one rep; (hold …) says how long each position is held.
3 times, rest 8s
1. Turn your palms up, and open your chest. (hold 5s)
2. Round your back, and let your head hang. (hold 5s)

## Counted
Roll your shoulders back, once with each number.
8 times, every 3s

## Finish
> Without a dose, an exercise is simply spoken.
Close your eyes. (breathe 3) Well done. (pause 2s) Drink a glass of water.
"""


@click.command("new", epilog="Example: voicecoach new my-back.md")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def command(file: Path, force: bool) -> None:
    """Write a starter script to fill in, with notes that explain its lines."""
    file = write_script(file, STARTER, force=force)
    name = typed(file)
    click.echo(f"Wrote {file}. Edit it, then: voicecoach check {name}; voicecoach play {name}")
