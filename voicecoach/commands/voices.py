"""`voicecoach voices`."""

from __future__ import annotations

import click

from voicecoach.speech.local import LocalSpeaker


@click.command("voices", epilog="Example: voicecoach voices --language en")
@click.option("--language", default="", metavar="CODE", help="Only those that speak it.")
def command(language: str) -> None:
    """List the voices of this machine: name, languages, gender, and what they are called."""
    with LocalSpeaker() as speaker:
        voices = speaker.voices(fresh=True)
    wanted = language.lower().replace("_", "-")
    shown = [
        voice
        for voice in voices
        if any(spoken == wanted or spoken.startswith(f"{wanted}-") for spoken in voice.languages)
        or not wanted
    ]
    width = max((len(voice.name) for voice in shown), default=0)
    for voice in shown:
        languages = ", ".join(voice.languages)
        click.echo(f"{voice.name:{width}}  {languages:14}  {voice.gender:6}  {voice.label}")
    if not shown:
        click.echo(f"No voice speaks {language}.", err=True)
