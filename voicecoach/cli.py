"""The command line: arguments enter, a command runs; the one place where errors are printed.

Commands live in `voicecoach.commands`, one a module, imported only when called: a help page
needs none of them.
"""

from __future__ import annotations

import codecs
import contextlib
import errno
import gc
import importlib
import io
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any, NoReturn, TextIO

import click

from voicecoach.errors import (
    EXIT_DONE,
    EXIT_INTERRUPTED,
    EXIT_USER,
    ScriptError,
    VoicecoachError,
    problem_lines,
)

COMMANDS = {
    "play": "Coach a session through the speakers.",
    "export": "Write sessions as tracks, captions, pages, handouts, pictures.",
    "import-qr": "Get a script back from a handout's QR code.",
    "show": "Draw a session's timeline.",
    "plan": "Show what is said and done when.",
    "remind": "Remind of a session, by calendar or a timer.",
    "log": "Show the sessions of this machine.",
    "progress": "Look back at what was done, and how it was.",
    "check": "Check scripts, and name what doesn't fit.",
    "list": "List the built-in scripts, and those installed.",
    "pack": "Pack a script and its sounds into one file to share.",
    "install": "Install a script that somebody packed.",
    "uninstall": "Take away a script that was installed.",
    "convert": "Make a script of another program's workout.",
    "voices": "List the voices of this machine.",
    "say": "Speak a text, to try a voice.",
    "breath": "Set how long your breath is, by tapping.",
    "doctor": "Look at what is installed, and say what to do.",
    "new": "Write a starter script to fill in.",
    "draft": "Make a script from an article or a handout.",
}
"""Each command and its one line of help."""
MODULES = {"list": "listing", "import-qr": "import_qr"}
"""Commands whose module has another name: `list` would hide Python's own from its neighbours."""

EXIT_BUG = 1
FULL = (errno.ENOSPC, errno.EDQUOT)
"""What the system says of a full disk, behind what is printed or beneath a temporary file."""


class Commands(click.Group):
    """Knows its commands by name, and imports one only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which somebody new needs them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, with its module imported."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"voicecoach.commands.{MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = module.command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; click itself would call it a failure that nobody reads on."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            return _unheard()

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table of commands, from COMMANDS alone."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Try: voicecoach play ease-your-back",
)
@click.version_option(package_name="voicecoach")
def voicecoach() -> None:
    """A voice coach: a script becomes timed spoken cues and chimes, live or as a track.

    Exit codes: 0 done, 2 something to correct, 3 no sound device or voice, 130 interrupted.
    """


def main() -> None:
    """Run the command that was typed, and leave with its exit code."""
    gc.set_threshold(50_000)  # most of a start-up's objects stay; to look through them takes longer
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy would start threads that wait busily
    _open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        _print_all_languages(stream)
    sys.exit(run())


@contextlib.contextmanager
def _ended_in_order() -> Iterator[None]:
    """Meanwhile a kill, or a terminal that is closed, ends us as Ctrl-C does: nothing half-written
    is left.
    """
    names = ("SIGTERM", "SIGHUP")  # Windows has no SIGHUP
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    ours = []
    if threading.current_thread() is threading.main_thread():
        ours = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]

    def end(number: int, _frame: object) -> NoReturn:
        for each in ours:  # a shell says it once more, and what was begun is to be tidied up
            signal.signal(each, signal.SIG_IGN)
        sys.exit(128 + number)

    for number in ours:  # nohup ignores
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in ours:
            if signal.getsignal(number) is end:
                signal.signal(number, signal.SIG_DFL)


def run(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit code; whatever goes wrong is printed here, in one place."""
    try:
        with _ended_in_order():
            code = voicecoach.main(arguments, prog_name="voicecoach", standalone_mode=False)
            sys.stdout.flush()
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (KeyboardInterrupt, click.Abort):
        return EXIT_INTERRUPTED
    except click.ClickException as error:
        with contextlib.suppress(OSError):  # as in _tell
            error.show()
        return EXIT_USER
    except ScriptError as error:
        _tell(problem_lines(error.problems, error.warnings))
        return error.exit_code
    except VoicecoachError as error:
        _tell(f"voicecoach: {error}")
        return error.exit_code
    except BrokenPipeError:
        return _unheard()
    except Exception as error:
        if isinstance(error, OSError) and error.errno in FULL:
            _unheard()
            _tell("voicecoach: this can't be written to its end: the disk is full")
            return EXIT_USER
        if os.environ.get("VOICECOACH_TRACEBACK"):
            raise
        _tell(
            f"voicecoach: this should not have happened: {type(error).__name__}: {error}; "
            "please report it, with what VOICECOACH_TRACEBACK=1 shows"
        )
        return EXIT_BUG
    return code if isinstance(code, int) else EXIT_DONE


def _open_what_is_closed() -> None:
    """Where a standard stream is closed, Python has None: nothing is read there, all is dropped."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode))


def _print_all_languages(stream: TextIO) -> None:
    """A session has letters that many an encoding lacks. Files and pipes get UTF-8 instead; on a
    terminal, which would show no other, a question mark stands for them, as for half a letter in
    a file's name.
    """
    if isinstance(stream, io.TextIOWrapper):
        kept = stream.isatty() or codecs.lookup(stream.encoding).name.startswith("utf")
        stream.reconfigure(encoding=None if kept else "utf-8", errors="replace")


def _unheard() -> int:
    """Whoever read our output has had enough, or has no room for it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return EXIT_DONE


def _tell(message: str) -> None:
    with contextlib.suppress(OSError):  # nor can that be written
        click.echo(message, err=True)


if __name__ == "__main__":
    main()
