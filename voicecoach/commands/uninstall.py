"""`voicecoach uninstall`."""

from __future__ import annotations

import click

from voicecoach.packs import uninstall


@click.command("uninstall", epilog="Example: voicecoach uninstall my-back")
@click.argument("name")
def command(name: str) -> None:
    """Take away a script that was installed. What the record tells of its sessions stays."""
    uninstall(name)
    click.echo(f"{name} is uninstalled.")
