"""Commands: one a module, each offering `command`. What several of them share stands here."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from voicecoach.errors import ExportError, NotFoundError, Problem, problem_lines, quoted
from voicecoach.library import config_file, find_script, installed_names, script_names
from voicecoach.routine import Routine
from voicecoach.script import MOST_BYTES, load_script, read_script
from voicecoach.settings import SETTINGS, Setting, Settings, merge_settings, read_config
from voicecoach.timeline import Timeline, read_plan
from voicecoach.whole import check_apart, check_free, whole

Function = TypeVar("Function", bound=Callable[..., Any])
PIPE = "-"
MOST_PLAN_BYTES = 256 << 20
"""A day's plan of the most reps takes a tenth of it."""
LIVE = ("ask", "output", "device", "listen", "microphone")
"""Settings that mean nothing to what is written to a file."""


class ScriptName(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on
    """A built-in script's name or a file; completes both."""

    name = "script"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Built-in scripts, and files."""
        del ctx, param
        known = (*script_names(), *installed_names())
        names = [CompletionItem(name) for name in known if name.startswith(incomplete)]
        return names or [CompletionItem(incomplete, type="file")]


class DayType(click.DateTime):
    """A day, such as 2026-01-31."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """As click does, with a sentence that says how a day is written."""
        try:
            day: datetime = super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{quoted(str(value))} is not a day; write 2026-01-31", param, ctx)
        return day


def script_argument(function: Function) -> Function:
    """The SCRIPT that a command works on."""
    return click.argument("script", type=ScriptName(), default="ease-your-back")(function)


def setting_options(*, live: bool = False, whole: bool = True) -> Callable[[Function], Function]:
    """An option for each setting; those of LIVE only for what plays, and how long a session is to
    last only for what has a whole one.
    """
    others = [*([] if live else LIVE), *([] if whole else ["fit"])]

    def add(function: Function) -> Function:
        for setting in reversed(list(SETTINGS.values())):
            if setting.name not in others:
                function = _option(setting)(function)
        return function

    return add


def _option(setting: Setting) -> Callable[[Function], Function]:
    if setting.metavar:
        return click.option(
            f"--{setting.option}", setting.field, metavar=setting.metavar, help=setting.help
        )
    return click.option(
        f"--{setting.option}/--no-{setting.option}",
        setting.field,
        default=None,
        callback=lambda _, __, given: {True: "on", False: "off"}.get(given),
        help=setting.help,
    )


def user_settings(options: dict[str, Any]) -> Settings:
    """What the user set, from the command line's options, the environment and the config.

    Raises:
        SettingError: a value can't be; says where it came from.
    """
    given = {
        setting.name: options[setting.field]
        for setting in SETTINGS.values()
        if options.get(setting.field) is not None
    }
    config = config_file()
    return merge_settings(given, os.environ, read_config(config), str(config))


def read_routine(script: str) -> Routine:
    """The script by its name, file or `-`, as it is written; its warnings are printed.

    Raises:
        NotFoundError, ScriptError: as voicecoach.script.load_script.
    """
    if script == PIPE:
        data = sys.stdin.buffer.read(MOST_BYTES + 1)
        routine, warnings = read_script(data, "stdin")
    else:
        routine, warnings = load_script(find_script(script))
    tell(warnings)
    return routine


def tell_aside(line: str) -> None:
    """Print a line where it doesn't disturb what is piped on."""
    click.echo(f"voicecoach: {line}.", err=True)


def tell(warnings: Sequence[Problem]) -> None:
    """Print warnings where they don't disturb what is piped on."""
    if warnings:
        click.echo(problem_lines((), warnings), err=True)


def script_file_options(function: Function) -> Function:
    """Where a script is to be written."""
    for option in (
        click.option("--force", is_flag=True, help="Replace a file that is there."),
        click.option(
            "-o",
            "--output-file",
            "script",
            required=True,
            type=click.Path(path_type=Path),
            help="The script's file.",
        ),
    ):
        function = option(function)
    return function


def read_file(what: str, file: Path, most_bytes: int) -> bytes:
    """What is in a file, or one byte more than `most_bytes` of it.

    Raises:
        NotFoundError: it can't be read; calls it what it should have been.
    """
    try:
        with file.open("rb") as opened:
            return opened.read(most_bytes + 1)
    except (OSError, ValueError) as error:  # a ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise NotFoundError(what, str(file), hint=f"it can't be read: {reason}") from None


def write_script(file: Path, text: str, *, force: bool, sources: Iterable[str | Path] = ()) -> Path:
    """Write a script's file, and say which: `.md` where no ending is named. `sources` are the files
    that it is made of.

    Raises:
        ExportError: it is there already and not to be replaced, or can't be written.
    """
    file = with_ending(file, ".md")
    try:
        check_free(file, force=force)
        check_apart(file, "what the script is made of", sources)
        with whole(file) as part:
            part.write_text(text, encoding="utf-8", newline="\n")
    except ValueError as error:  # a NUL in it
        raise ExportError(f"{file} can't be written: {error}") from None
    return file


def with_ending(file: Path, ending: str) -> Path:
    """A file's name, with an ending where it has none.

    Raises:
        ExportError: it is no file's name.
    """
    if not file.name:
        raise ExportError(f"{file} is no name of a file")
    return file if file.suffix else file.with_suffix(ending)


def counted(number: int, what: str) -> str:
    """So many of something: "1 exercise", "2 exercises"."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def terminal(*, aside: bool = False) -> bool:
    """Whether somebody looks at a terminal; `aside`, at what is printed on standard error."""
    file = sys.stderr if aside else sys.stdout
    return file.isatty() and os.environ.get("TERM") != "dumb"


def is_plan(script: str) -> bool:
    """Whether it is a plan's file rather than a script."""
    return Path(script).suffix.lower() == ".json"


def open_plan(path: Path) -> Timeline:
    """The timeline of a plan's file.

    Raises:
        NotFoundError: it can't be read.
        ExportError: it isn't a plan that can be played.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_PLAN_BYTES)
    except OSError as error:
        raise NotFoundError("plan", str(path), hint=error.strerror or "") from None
    return read_plan(data, str(path), path.parent)
