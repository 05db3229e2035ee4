"""`voicecoach import-qr`."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import click

from voicecoach.commands import PIPE, read_file, script_file_options, tell, write_script
from voicecoach.errors import CodeError
from voicecoach.export.handout.scan import MOST_FILE_BYTES, scan
from voicecoach.library import typed
from voicecoach.script import read_script


@click.command("import-qr", epilog="Example: voicecoach import-qr photo.jpg -o back.md")
@click.argument("files", metavar="[FILE...]", nargs=-1)
@script_file_options
def command(files: tuple[str, ...], script: Path, force: bool) -> None:
    """Get a script back from the QR code on a handout.

    FILE is a photo, a screenshot, a PDF, or the text that a phone's scanner shows; several may
    show the same code. Without one, or with -, paste that text. The script is written as it is,
    and then checked.
    """
    text = _the_one(files or (PIPE,))
    script = write_script(script, text, force=force, sources=files)
    routine, warnings = read_script(text, str(script), script.absolute().parent)
    tell(warnings)
    then = f"voicecoach play {typed(script)}"
    click.echo(f"Wrote {script}: {routine.title}. Look at it, then: {then}")


def _the_one(files: tuple[str, ...]) -> str:
    """The script that the files show; a file without a code may stand beside one with it."""
    scripts: set[str] = set()
    failures: list[CodeError] = []
    for file in files:
        try:
            scripts.add(scan(_read(file), "stdin" if file == PIPE else file))
        except CodeError as error:
            failures.append(error)
    if len(scripts) > 1:
        raise CodeError("the files show different scripts; name those of one")
    if not scripts:
        raise CodeError("\n".join(str(error) for error in failures))
    return scripts.pop()


def _read(file: str) -> bytes:
    if file == PIPE and sys.stdin.isatty():
        with contextlib.suppress(ImportError):  # not on Windows
            import readline  # noqa: F401  # a terminal's own line ends at 1,024 bytes on a Mac

        pasted: str = click.prompt("Paste the code's text, and press Enter", err=True)
        return pasted.encode(errors="replace")
    if file == PIPE:
        return sys.stdin.buffer.read(MOST_FILE_BYTES + 1)
    return read_file("picture or text", Path(file), MOST_FILE_BYTES)
