"""`voicecoach voices`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import click

from voicecoach.commands import setting_options, user_settings
from voicecoach.commands.speaking import open_speaker
from voicecoach.controls.keyboard import Keyboard
from voicecoach.errors import SpeechError
from voicecoach.output import open_output
from voicecoach.phrases import languages, phrases
from voicecoach.program import Program
from voicecoach.rendition import Rendition
from voicecoach.routine import Routine
from voicecoach.script.markup import sentences
from voicecoach.session import Session
from voicecoach.settings import Settings
from voicecoach.speech import Speaker, Voice
from voicecoach.speech.calibration import COUNT
from voicecoach.step import Say, Step


@click.command("voices", epilog="Example: voicecoach voices --language en --audition")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for other programs.")
@click.option(
    "--audition", is_flag=True, help="Speak a few sentences with each; n is the next, q ends."
)
@setting_options(live=True)
def command(as_json: bool, audition: bool, **options: Any) -> None:
    """List the voices of this machine: name, languages, gender, quality, pitch, and for people.

    Every voice's rate and volume can be changed; of the pitch stands by how many semitones.
    `--language` lists those that speak it. Any name here can be a --voice, so can a part that only
    one has, an engine, a language, a file of Piper's (voice.onnx), and a speaker of it (name#3).
    """
    wanted = (options.get("language") or "").lower().replace("_", "-")
    with open_speaker() as speaker:
        shown = [v for v in speaker.voices(fresh=True) if not wanted or _speaks(v, wanted)]
        if as_json:
            listed = [_document(voice) for voice in shown]
            click.echo(json.dumps(listed, ensure_ascii=False, indent=1))
        elif not shown:
            click.echo(f"No voice speaks {wanted}.", err=True)
        elif audition:
            _audition(shown, speaker, user_settings(options | {"voice": None}))
        else:
            for line in _lines(shown):
                click.echo(line)


def _speaks(voice: Voice, wanted: str) -> bool:
    return any(spoken == wanted or spoken.startswith(f"{wanted}-") for spoken in voice.languages)


def _document(voice: Voice) -> dict[str, Any]:
    low, high = voice.pitch
    return {
        "name": voice.name,
        "label": voice.label,
        "languages": list(voice.languages),
        "gender": voice.gender or None,
        "engine": voice.engine,
        "quality": voice.quality or None,
        "rate": True,
        "volume": True,
        "pitch": {"from": low, "to": high, "filtered": voice.filtered},
    }


def _lines(voices: list[Voice]) -> list[str]:
    rows = [
        (
            voice.name,
            ", ".join(voice.languages),
            voice.gender,
            voice.quality,
            f"pitch {voice.pitch[0]:g} to {voice.pitch[1]:g}",
            voice.label,
        )
        for voice in voices
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    padded = (zip(row, widths, strict=True) for row in rows)
    return ["  ".join(f"{cell:{width}}" for cell, width in row).rstrip() for row in padded]


def _audition(voices: list[Voice], speaker: Speaker, settings: Settings) -> None:
    """Let each voice speak, until somebody has heard enough."""
    for voice, line in zip(voices, _lines(voices), strict=True):
        click.echo(line)
        low, high = voice.pitch
        pitch = min(max(settings.pitch, low), high)
        own = replace(settings, voice=voice.name, pitch=pitch)
        try:
            rendition = Rendition(_sample(voice, own), speaker)
            keys = Keyboard(lambda lines: click.echo("\n".join(lines)))
            ending = Session(rendition).run(
                lambda: open_output(settings.output, settings.device or None), [], [keys]
            )
        except SpeechError as error:
            click.echo(str(error), err=True)
            continue
        if ending != "done":
            return


def _sample(voice: Voice, settings: Settings) -> Program:
    """A few sentences in a voice's language, as an exercise that can be skipped."""
    language = voice.languages[0].partition("-")[0] if voice.languages else ""
    known = language in languages()
    texts = sentences(phrases(language).texts["sample"], language) if known else [COUNT]
    says = tuple(Say(text) for text in texts)
    steps = (
        Step("instructions", says, voice.label, exercise=1, index=0),
        Step("closing", (), voice.label, index=1),
    )
    return Program(voice.label, steps, settings, Routine(voice.label))
