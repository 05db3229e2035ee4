"""`voicecoach say`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from voicecoach.commands import setting_options, user_settings
from voicecoach.commands.export import export_program
from voicecoach.commands.speaking import open_speaker
from voicecoach.errors import VoicecoachError
from voicecoach.export import Job
from voicecoach.output import open_output
from voicecoach.program import Program
from voicecoach.rendition import Rendition
from voicecoach.routine import Routine
from voicecoach.script.markup import clean, sentences, speakable
from voicecoach.session import Session
from voicecoach.settings import Settings
from voicecoach.step import Say, Step


@click.command("say", epilog='Example: voicecoach say "Breathe in." --voice en-us --rate 120')
@click.argument("text")
@click.option(
    "-o", "--output-file", "file", type=click.Path(path_type=Path), help="Write a track instead."
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@setting_options(live=True, whole=False)
def command(text: str, file: Path | None, force: bool, **options: Any) -> None:
    """Speak a text, to try a voice and its settings."""
    program = _program(text, replace(user_settings(options), fit_seconds=0.0))
    settings = program.settings
    with open_speaker() as speaker:
        if file is not None:
            export_program(program, Job(file, force), speaker)
        else:
            session = Session(Rendition(program, speaker))
            session.run(lambda: open_output(settings.output, settings.device or None))


def _program(text: str, settings: Settings) -> Program:
    words = clean(text)
    if not speakable(words):
        raise VoicecoachError("there is nothing to say in that text")
    says = tuple(Say(sentence) for sentence in sentences(words, settings.language.split("-")[0]))
    return Program(words[:60], (Step("opening", says, words[:60]),), settings, Routine(words[:60]))
