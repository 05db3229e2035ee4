"""`voicecoach draft`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from voicecoach.commands import PIPE, counted, read_file, write_script
from voicecoach.draft import Draft, draft_script
from voicecoach.draft.readers import MOST_BYTES
from voicecoach.library import typed


@click.command("draft", epilog="Example: voicecoach draft handout.pdf -o back.md")
@click.argument("article", default=PIPE)
@click.option(
    "-o",
    "--output-file",
    "script",
    type=click.Path(path_type=Path),
    help="The script's file; without it, the script is printed.",
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def command(article: str, script: Path | None, force: bool) -> None:
    """Make a script from an article or a handout, to look over and to change.

    ARTICLE is plain text, Markdown, HTML, .docx or PDF (the last two: extra draft); without one,
    or with -, paste the text. Only what the article says is spoken. Doses that it gives stand with
    the line they come from, those it doesn't are usual ones, marked as assumed.
    """
    shown = "standard input" if article == PIPE else Path(article).name
    draft = draft_script(_read(article), shown)
    if script is None:
        click.echo(draft.text, nl=False)
    else:
        script = write_script(script, draft.text, force=force, sources=[article])
        click.echo(f"Wrote {script}.", err=True)
    _tell(draft, script)


def _tell(draft: Draft, script: Path | None) -> None:
    click.echo(
        f"{counted(draft.exercises, 'exercise')}, {counted(draft.cautions, 'caution')};"
        f" of the doses, {draft.read} read and {draft.assumed} assumed.",
        err=True,
    )
    for what in draft.look_at:
        click.echo(f"Look at this: {what}.", err=True)
    if script:
        name = typed(script)
        click.echo(f"Look it over, then: voicecoach check {name}; voicecoach play {name}", err=True)


def _read(article: str) -> bytes:
    if article == PIPE:
        if sys.stdin.isatty():
            end = "Ctrl-Z and Enter" if sys.platform == "win32" else "Ctrl-D"
            click.echo(f"Paste the article, then press {end} on a line of its own.", err=True)
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    return read_file("article", Path(article), MOST_BYTES)
