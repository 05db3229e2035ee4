"""`voicecoach play`."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from voicecoach.commands import (
    PIPE,
    script_argument,
    setting_options,
    tell_aside,
    terminal,
    user_settings,
)
from voicecoach.commands.doses import open_routine
from voicecoach.commands.export import export_program
from voicecoach.commands.hearing import open_voice, with_listening
from voicecoach.commands.speaking import tell_voice
from voicecoach.controls import Controller
from voicecoach.controls.keyboard import Keyboard
from voicecoach.controls.lines import Lines
from voicecoach.controls.mpris import open_media_keys
from voicecoach.controls.voice import Voice
from voicecoach.display import Display, open_display
from voicecoach.errors import DeviceError, NotFoundError, VoicecoachError, as_sentence
from voicecoach.export import Job
from voicecoach.library import find_script, typed
from voicecoach.output import open_output
from voicecoach.program import Program, build_program
from voicecoach.record import Record
from voicecoach.rendition import Rendition
from voicecoach.session import Session, Watcher
from voicecoach.session.cursor import exercise_start
from voicecoach.session.question import Question
from voicecoach.speech import Speaker
from voicecoach.speech.local import LocalSpeaker
from voicecoach.units import write_seconds


@click.command("play", epilog="Example: voicecoach play my-back.md --pace gentle --background rain")
@script_argument
@click.option(
    "--resume",
    is_flag=True,
    help="Go on where it broke off last time; without SCRIPT, where any did.",
)
@click.option(
    "--control",
    type=click.Choice(["keys", "stdin", "none"]),
    default="keys",
    help="What steers it: keys in the terminal; or stdin, a command a line, with events as JSON.",
)
@click.option(
    "--plain",
    is_flag=True,
    envvar="VOICECOACH_PLAIN",
    help="Print lines instead of a moving screen; so does VOICECOACH_PLAIN=1.",
)
@click.option("--verbose", is_flag=True, help="Tell at the end whether the sound was ever late.")
@click.option(
    "--or-export",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Without a sound device, write the track here instead; a file that is there is replaced.",
)
@setting_options(live=True)
def command(
    script: str,
    resume: bool,
    control: str,
    plain: bool,
    verbose: bool,
    or_export: Path | None,
    **options: Any,
) -> None:
    """Coach a session through the speakers.

    SCRIPT is a built-in's name, a file, or - for standard input. Keys steer it without looking:
    space pauses and goes on, arrows skip and go back, ? lists all; so do media keys (extra
    mediakeys) and headset buttons, and with a microphone (extra listen) what is said: pause,
    longer, stop. Ctrl-C ends it with a fade.
    """
    if script == PIPE and control == "stdin":
        raise click.UsageError("standard input can't be both the script and the control")
    given = click.get_current_context().get_parameter_source("script")
    if resume and given is ParameterSource.DEFAULT:
        script = _broken_off(script)
    plain = plain or not terminal()
    settings = user_settings(options)
    with LocalSpeaker() as speaker:
        routine = open_routine(script)
        language = settings.under(routine.settings).language
        live = with_listening(settings, language, usual=control == "keys")
        program = build_program(routine, live)
        tell_voice(program, speaker)
        if fit := program.settings.fit_seconds:
            why = f"so that it lasts exactly {write_seconds(fit)}"
            click.echo(f"Speaking every word once beforehand, {why} …", err=True)
        try:
            with open_display(program, plain=plain, silent=control == "stdin") as display:
                late = _play(program, speaker, script, display, control, resume=resume)
        except DeviceError as error:
            if or_export is None:
                raise
            click.echo(f"No sound here ({error}); writing the track instead.", err=True)
            speaker.tell = lambda line: click.echo(f"{line}; another voice speaks.", err=True)
            job = Job(or_export, force=True)
            export_program(build_program(routine, settings), job, speaker, script)
            return
    if verbose:
        click.echo(f"Late by {late} frames.", err=True)


def _play(
    program: Program,
    speaker: Speaker,
    script: str,
    display: Display,
    control: str,
    *,
    resume: bool,
) -> int:
    """Play it, and record it; returns for how many frames the sound was late."""
    settings = program.settings
    record = Record()
    exercise = _where_to_begin(record, program, script, display, resume=resume)
    controllers = _controllers(control, display)
    question = _question(record, program, script, control, controllers)
    rendition = Rendition(program, speaker)
    session = Session(rendition, exercise_start(rendition.program, exercise), question)
    if voice := open_voice(session, settings, display.say):
        controllers.append(voice)
        if exercise and settings.listening:  # the first step says it otherwise
            session.announce("can_say")
    recorded = record.begin(program, script, program.routine.script_hash, max(exercise, 1))
    with closing(recorded):
        watchers: list[Watcher] = [display.watch, recorded.watch]
        session.run(
            lambda: open_output(settings.output, settings.device or None),
            watchers,
            controllers,
        )
    if recorded.trouble:
        click.echo(as_sentence(recorded.trouble), err=True)
    return session.late


def _question(
    record: Record, program: Program, script: str, control: str, controllers: list[Controller]
) -> Question | None:
    """Ask whoever can answer, by keys or by voice; another program only if the user wants it to be
    asked.
    """
    settings = program.settings
    program_steers = control == "stdin"
    if not settings.ask or (program_steers and "ask" not in settings.pinned):
        return None
    bad_before = record.bad_in_a_row(program.routine, script)
    return Question(bad_before, lambda: program_steers or _answerable(controllers))


def _answerable(controllers: list[Controller]) -> bool:
    """Whether somebody is at the keys, who looks at the screen, or is heard."""
    keys = any(isinstance(each, Keyboard) and each.reads for each in controllers)
    heard = any(isinstance(each, Voice) and each.hears for each in controllers)
    return heard or (keys and sys.stdout.isatty())


def _broken_off(usual: str) -> str:
    """The script whose session broke off last, of all; the usual one, if none did.

    Raises:
        NotFoundError: it can't be found from here.
        VoicecoachError: the record can't be read.
    """
    record = Record()
    left = record.interrupted()
    if record.trouble:
        raise VoicecoachError(record.trouble)
    if left is None or not left.script:
        return usual
    if left.script == PIPE:
        how = "pipe it in again: voicecoach play - --resume"
        raise click.UsageError(f"what broke off in {left.name} was read from standard input; {how}")
    try:
        find_script(left.script)
    except NotFoundError:
        hint = f"it broke off in {left.name}; say where it is: voicecoach play FILE --resume"
        raise NotFoundError("script", left.script, hint=hint) from None
    tell_aside(f"{left.script} broke off last, in {left.name}")
    return left.script


def _where_to_begin(
    record: Record, program: Program, script: str, display: Display, *, resume: bool
) -> int:
    """The exercise to begin with; 0 is the session's opening."""
    broken_off = record.interrupted(program.routine.script_hash)
    if broken_off is None:
        if resume:
            display.say([_why_from_the_start(record, script)])
        return 0
    name = program.routine.exercises[broken_off.exercise - 1].name
    if not resume:
        how = f"voicecoach play {typed(script)} --resume"
        display.say([f"Last time this broke off in {name}; to go on there: {how}"])
        return 0
    return broken_off.exercise  # this session is the newest once it has begun


def _why_from_the_start(record: Record, script: str) -> str:
    if record.trouble:
        return f"From the start: {record.trouble}."
    left = record.interrupted()
    if left is None or left.script != script:
        return "Nothing was broken off; from the start."
    record.forget(left)
    return f"{script} was changed since it broke off in {left.name}; from the start."


def _controllers(control: str, display: Display) -> list[Controller]:
    controllers: list[Controller] = [] if control == "none" else [open_media_keys()]
    if control == "stdin":
        controllers.append(Lines())
    elif control == "keys":  # of the terminal, also where the script comes from a pipe
        controllers.append(Keyboard(display.say))
    return controllers
