"""`voicecoach install`."""

from __future__ import annotations

from pathlib import Path

import click

from voicecoach.commands import read_file
from voicecoach.commands.cells import shown
from voicecoach.errors import PackError
from voicecoach.library import typed
from voicecoach.packs import install, read_pack
from voicecoach.packs.archive import MOST_PACK_BYTES


@click.command("install", epilog="Example: voicecoach install my-back.coach")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "name", default="", metavar="NAME", help="Install it under another name.")
@click.option("--force", is_flag=True, help="Replace what is installed under its name.")
def command(file: Path, name: str, force: bool) -> None:
    """Install a script that somebody packed.

    It is checked, and nothing in it is run. `voicecoach list` shows it, and `voicecoach
    uninstall` takes it away.
    """
    data = read_file("pack", file, MOST_PACK_BYTES)
    try:
        pack = read_pack(data)
        installed = install(pack, name, force=force)
    except PackError as error:
        raise PackError(f"{file} isn't installed: {error}") from None
    name = installed.parent.parent.name
    manifest = pack.manifest
    by = f" by {manifest.author}" if manifest.author else ""
    under = f", {manifest.license}" if manifest.license else ""
    click.echo(shown(f"Installed {name}: {manifest.title}{by}{under}."))
    click.echo(f"To hear it: voicecoach play {typed(name)}")
