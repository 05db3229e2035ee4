"""`voicecoach breath`."""

from __future__ import annotations

import math
import os
from contextlib import closing
from dataclasses import replace
from typing import Any

import click

from voicecoach.commands import setting_options, tell_aside, user_settings
from voicecoach.controls import Command, Send
from voicecoach.controls.keyboard import Keyboard
from voicecoach.controls.taps import Taps, breath_seconds
from voicecoach.errors import UnavailableError, VoicecoachError
from voicecoach.library import config_file
from voicecoach.output import open_output
from voicecoach.phrases import phrases
from voicecoach.program import Program
from voicecoach.rendition import Rendition
from voicecoach.routine import Routine
from voicecoach.script.markup import sentences
from voicecoach.session import Session
from voicecoach.settings import SETTINGS, Settings
from voicecoach.settings.keep import keep_setting
from voicecoach.settings.values import length
from voicecoach.speech import Speaker
from voicecoach.speech.local import LocalSpeaker
from voicecoach.step import Chime, Say, Step, StepPart


class Listening(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on
    """How long to listen, in seconds."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The seconds."""
        try:
            return length(5, 300, "1m")(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command("breath", epilog="Example: voicecoach breath --for 1m")
@click.option(
    "--for",
    "listen_seconds",
    type=Listening(),
    default="30s",
    show_default=True,
    help="How long to listen.",
)
@setting_options(live=True, whole=False)
def command(listen_seconds: float, **options: Any) -> None:
    """Set how long your breath is: tap a key each time you breathe in, for half a minute.

    You are told when to begin and when it is enough, so that your eyes may be closed. The breath
    is kept in the config; Escape or q leaves it as it was.
    """
    settings = user_settings(options)
    with closing(_taps()):  # before anything is said to somebody who can't tap
        pass
    with LocalSpeaker(tell=tell_aside) as speaker:
        coach = _Coach(settings, speaker)
        coach.say(coach.words.say("breath_ask"), Chime("start"))
        with closing(_taps()) as taps:
            tapped = taps.listen(listen_seconds, lambda: click.echo(".", nl=False, err=True))
        click.echo(err=True)
        if tapped is None:
            raise click.Abort
        try:
            breath = breath_seconds(tapped)
        except VoicecoachError:
            coach.say(coach.words.say("breath_unclear"))
            raise
        try:
            keep_setting(config_file(), "breath", f"{breath:g}s")
        except VoicecoachError:  # what was tapped is not lost
            click.echo(f"breath = {breath:g}s is what you tapped, but it isn't kept.", err=True)
            raise
        told = coach.words.say("breath_set", length=coach.words.length(whole_seconds(breath)))
        coach.say(told, Chime("finish"), first=True)
    click.echo(f"breath = {breath:g}s is kept in {config_file()}")
    variable = SETTINGS["breath"].variable
    if os.environ.get(variable):
        click.echo(f"but {variable}={os.environ[variable]} wins over it", err=True)


def whole_seconds(length: float) -> int:
    """A length as it is told; a half is rounded up, not to the even number.

    >>> whole_seconds(2.5), whole_seconds(3.5), whole_seconds(4.4)
    (3, 4, 4)
    """
    return math.floor(length + 0.5)


def _taps() -> Taps:
    try:
        return Taps()
    except UnavailableError:
        how = f'write it into {config_file()} instead, such as: breath = "6s"'
        cause = f"there is no terminal to tap in; {how}"
        raise UnavailableError(cause) from None


class _Stop(Keyboard):
    """Sends nothing but a stop: who taps before the time pauses nothing."""

    def __init__(self) -> None:
        super().__init__(lambda _: None)

    def start(self, send: Send) -> None:
        """As Keyboard.start."""
        super().start(lambda command: send(command) if command is Command.STOP else None)


class _Coach:
    """Tells somebody with closed eyes; where nothing sounds, it stands on the screen at least."""

    def __init__(self, settings: Settings, speaker: Speaker) -> None:
        self.settings, self.speaker = replace(settings, fit_seconds=0.0), speaker
        self.words = phrases(settings.language)

    def say(self, text: str, chime: Chime | None = None, *, first: bool = False) -> None:
        """A text, and a chime behind it or before it.

        Raises:
            click.Abort: it was stopped by a key.
        """
        click.echo(text)
        parts: list[StepPart] = [Say(s) for s in sentences(text, self.words.language)]
        if chime:
            parts.insert(0 if first else len(parts), chime)
        settings = self.settings
        chimes = settings.chimes or Settings().chimes  # without one nobody knows when to tap
        step = Step("opening", tuple(parts), chimes=chimes)
        program = Program("", (step,), settings, Routine(""))
        try:
            session = Session(Rendition(program, self.speaker))
            ending = session.run(
                lambda: open_output(settings.output, settings.device or None), controllers=[_Stop()]
            )
        except UnavailableError as error:
            click.echo(f"(No sound here: {error})", err=True)
        else:
            if ending != "done":
                raise click.Abort
