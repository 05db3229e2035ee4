"""`voicecoach pack`."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from voicecoach.commands import ScriptName, counted, with_ending
from voicecoach.errors import ExportError, PackError
from voicecoach.library import find_script
from voicecoach.packs import gather, read_pack, write_pack
from voicecoach.packs.gather import check_content
from voicecoach.packs.install import unpack
from voicecoach.whole import check_free, whole

ENDING = ".coach"


@click.command("pack", epilog="Example: voicecoach pack my-back.md -o my-back.coach")
@click.argument("script", type=ScriptName())
@click.option(
    "-o",
    "--output-file",
    "file",
    type=click.Path(path_type=Path),
    help="The pack's file; by default the script's name with .coach.",
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def command(script: str, file: Path | None, force: bool) -> None:
    """Pack a script, its sounds and its licence into one file to share.

    Whoever gets it: voicecoach install FILE.
    """
    found = find_script(script)
    file = with_ending(file or Path(found.stem + ENDING), ENDING)
    if file.suffix.lower() != ENDING:
        raise ExportError(f"{file} is no name of a pack; call it {file.with_suffix(ENDING)}")
    check_free(file, force=force)
    pack = gather(found)
    data = write_pack(pack)
    try:
        with tempfile.TemporaryDirectory() as folder:  # what a stranger will find
            content = Path(folder) / "pack"
            unpack(read_pack(data), content)
            check_content(content, pack.manifest)
    except PackError as error:
        raise PackError(f"{found} can't be packed: {error}") from None
    except OSError as error:
        reason = f"it can't be unpacked to look at it: {error.strerror}"
        raise PackError(f"{found} can't be packed: {reason}") from None
    with whole(file) as part:
        part.write_bytes(data)
    if not pack.manifest.license:
        hint = "The script names no licence; a line such as license: CC0 says what others may do."
        click.echo(hint, err=True)
    click.echo(f"Wrote {file} ({counted(len(pack.files), 'file')}).")
