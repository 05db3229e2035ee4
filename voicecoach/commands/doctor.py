"""`voicecoach doctor`."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator
from importlib import metadata

import click

from voicecoach.controls.mpris import open_media_keys
from voicecoach.errors import EXIT_DONE, EXIT_UNAVAILABLE, VoicecoachError
from voicecoach.library import cache_folder, chime_sets, config_file, script_names
from voicecoach.output import device_names, open_output
from voicecoach.program import Program
from voicecoach.rendition import Rendition
from voicecoach.routine import Routine
from voicecoach.session import Session
from voicecoach.settings import Settings, merge_settings, read_config
from voicecoach.speech.espeak import load_espeak
from voicecoach.speech.local import LocalSpeaker
from voicecoach.step import Chime, Say, Step

Finding = tuple[bool, str]


@click.command("doctor", epilog="Example: voicecoach doctor --silent")
@click.option("--silent", is_flag=True, help="Play no test chime.")
def command(silent: bool) -> int:
    """Look at what is installed, which voices and devices there are, and say what to do.

    Ends with a test chime and a spoken word. Exit code 3 if no session could be heard.
    """
    click.echo(
        f"voicecoach {metadata.version('voicecoach')}, "
        f"Python {platform.python_version()}, {platform.platform()}"
    )
    checks: list[Callable[[], Iterator[Finding]]] = [
        _files,
        _settings,
        _voices,
        _devices,
        _simpleaudio,
        _media_keys,
    ]
    if not silent:
        checks.append(_chime)
    well = True
    for check in checks:
        for good, text in check():
            click.echo(f"{'ok  ' if good else 'look'}  {text}")
            well = well and (good or check in (_simpleaudio, _media_keys, _settings))
    return EXIT_DONE if well else EXIT_UNAVAILABLE


def _files() -> Iterator[Finding]:
    yield True, f"scripts: {', '.join(script_names())}; chimes: {', '.join(chime_sets())}"
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK)
    except OSError:
        writable = False
    cure = (
        ""
        if writable
        else "; it can't be written, so words are spoken anew each time: mend its permissions"
    )
    yield writable, f"cache: {folder}{cure}"


def _settings() -> Iterator[Finding]:
    path = config_file()
    try:
        merge_settings({}, os.environ, read_config(path), str(path))
    except VoicecoachError as error:
        yield False, f"settings: {error}"
    else:
        yield True, f"config: {path}" + ("" if path.exists() else " (not there, not needed)")


def _voices() -> Iterator[Finding]:
    try:
        with LocalSpeaker() as speaker:
            voices = speaker.voices(fresh=True)
            usual = speaker.voice("", "en-us")
    except VoicecoachError as error:
        yield False, f"voices: {error}; install a speech engine, such as espeak-ng"
        return
    origin = load_espeak()
    basic = usual.engine == "espeak"
    yield (
        True,
        f"voices: {len(voices)}, usual one {usual.name}"
        + (f"; eSpeak NG {origin}" if origin else "")
        + ("; a natural one comes with the extra natural" if basic else ""),
    )


def _devices() -> Iterator[Finding]:
    try:
        yield True, f"sound devices: {', '.join(device_names())}"
    except VoicecoachError as error:
        yield False, f"sound devices: {error}"


def _simpleaudio() -> Iterator[Finding]:
    try:
        device_names("simpleaudio")
    except VoicecoachError as error:
        yield False, f"--output simpleaudio (not needed): {error}"
    else:
        yield True, "--output simpleaudio: can be used"


def _media_keys() -> Iterator[Finding]:
    keys = open_media_keys()
    try:
        keys.start(lambda _: None)
    except VoicecoachError as error:
        yield False, f"media keys (not needed): {error}"
    else:
        yield True, "media keys: the desktop passes them on"
    finally:
        keys.close()


def _chime() -> Iterator[Finding]:
    settings = Settings()
    step = Step("opening", (Chime("start"), Say("This is your coach.")), chimes=settings.chimes)
    program = Program("Test", (step,), settings, Routine("Test"))
    try:
        with LocalSpeaker() as speaker:
            Session(Rendition(program, speaker)).run(lambda: open_output("miniaudio"))
    except VoicecoachError as error:
        yield False, f"test chime: {error}"
    else:
        yield (
            True,
            "test chime: played, with a few words; "
            "if you heard none, turn up the volume or choose a --device",
        )
