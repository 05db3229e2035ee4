"""`voicecoach doctor`."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import metadata

import click

from voicecoach.commands import terminal, user_settings
from voicecoach.commands.hearing import with_listening
from voicecoach.commands.tryout import Finding, Notes, look_at_microphone, try_commands
from voicecoach.controls.mpris import open_media_keys
from voicecoach.errors import EXIT_DONE, EXIT_UNAVAILABLE, NotFoundError, VoicecoachError
from voicecoach.library import cache_folder, chime_sets, config_file, script_names
from voicecoach.output import device_names, open_output
from voicecoach.program import Program
from voicecoach.rendition import Rendition
from voicecoach.routine import Routine
from voicecoach.session import Session
from voicecoach.settings import Settings, merge_settings, read_config
from voicecoach.speech.espeak import load_espeak
from voicecoach.speech.local import LocalSpeaker
from voicecoach.step import Chime, Say, Span, Step, StepPart

BREATHE = "Breathe in slowly through your nose, and let your shoulders sink."


@click.command("doctor", epilog="Example: voicecoach doctor --silent")
@click.option("--silent", is_flag=True, help="Play no test chime.")
def command(silent: bool) -> int:
    """Look at what is installed, which voices and devices there are, and say what to do.

    Ends with a test chime and a few spoken words, by which it measures how the microphone hears
    the coach; in a terminal you may then try the spoken commands. Exit code 3 if no session could
    be heard.
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
        _microphone,
    ]
    if not silent:
        checks.append(_chime)
    found = {check: [_tell(finding) for finding in check()] for check in checks}
    asks = not silent and sys.stdin.isatty() and terminal() and _listening().listening
    if asks and click.confirm("Try the spoken commands, one after the other?"):
        for finding in try_commands(_user_settings(), Notes()):
            _tell(finding)
    # What a check finds first is what it is called by; the chime's next is of the microphone.
    needed = (good[0] for check, good in found.items() if check not in OPTIONAL)
    return EXIT_DONE if all(needed) else EXIT_UNAVAILABLE


def _tell(finding: Finding) -> bool:
    good, text = finding
    click.echo(f"{'ok  ' if good else 'look'}  {text}")
    return good


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
    own = _user_settings()
    try:
        with LocalSpeaker() as speaker:
            voices = speaker.voices(fresh=True)
            usual = speaker.voice(own.voice, own.language)
    except NotFoundError as error:
        yield False, f"voices: {error}"
        return
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


def _microphone() -> Iterator[Finding]:
    own = _user_settings()
    if own.listen == "off":  # a headset would sound like a telephone while it is looked at
        yield True, "spoken commands: off, as you set it"
    else:
        yield look_at_microphone(own)


def _chime() -> Iterator[Finding]:
    own = _listening()
    words: list[StepPart] = [Say("This is your coach.")]
    notes = Notes()
    if own.listening:  # some seconds of words tell how they come back
        words += [Say("I listen to my own voice now, to tell it from yours."), Say(BREATHE)]
        words.append(Span("pause", 2.0))
        notes.load(own.language)
    # As a session sounds, but for what only a long one has; the words are English.
    settings = replace(own, language="en", background="", fit_seconds=0.0, wind_down_seconds=0.0)
    step = Step("opening", (Chime("start"), *words), chimes=settings.chimes)
    program = Program("Test", (step,), settings, Routine("Test"))
    try:
        with LocalSpeaker() as speaker:
            session = Session(Rendition(program, speaker))
            voices = [notes.voice(session, own)] if own.listening else []
            session.run(lambda: open_output(own.output, own.device or None), controllers=voices)
    except VoicecoachError as error:
        yield False, f"test chime: {error}"
        return
    yield (
        True,
        "test chime: played, with a few words; "
        "if you heard none, turn up the volume or choose another device: play --device NAME",
    )
    if own.listening:
        yield notes.echo()


def _listening() -> Settings:
    """What the user set, and whether a session would listen."""
    own = _user_settings()
    return with_listening(own, own.language, usual=True)


def _user_settings() -> Settings:
    """What the user set, or the defaults where that can't be read: `_settings` tells why."""
    try:
        return user_settings({})
    except VoicecoachError:
        return Settings()


OPTIONAL = (_files, _simpleaudio, _media_keys, _settings, _microphone)
"""Checks without which a session can be heard."""
