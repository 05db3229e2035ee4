"""Scripts: a script's text enters, a Routine leaves, or all that is wrong with it at once."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

from voicecoach.errors import Location, NotFoundError, Problem, ScriptError
from voicecoach.routine import Routine
from voicecoach.script.build import build_routine
from voicecoach.script.markup import without_surrogates
from voicecoach.script.reader import Reader
from voicecoach.script.section import Report

MOST_BYTES = 1 << 20
"""The largest script: a limit of the script language."""
_JSON = re.compile(rb'(\xef\xbb\xbf)?\s*\{\s*"')
"""How a plan begins, and another program's workout; no handout does."""


def load_script(path: Path) -> tuple[Routine, tuple[Problem, ...]]:
    """The routine in a file, and warnings about it.

    Raises:
        NotFoundError: there is no such file, or it can't be read.
        ScriptError: every error of the script.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:  # a ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise NotFoundError("script", str(path), hint=f"it can't be read: {reason}") from None
    return read_script(data, str(path), path.parent)


def read_script(
    data: bytes | str, file: str = "script", folder: Path | None = None
) -> tuple[Routine, tuple[Problem, ...]]:
    """The routine in a script's text, and warnings about it.

    `file` names it in errors; sound files that it names must lie in `folder` or below it.

    Raises:
        ScriptError: every error of the script, each with file, line and column.
    """
    text = _decode(data, file)
    report = Report(file)
    sections = Reader(report, folder).read(text)
    routine = build_routine(sections, report)
    if report.errors:
        raise ScriptError(report.errors, report.warnings)
    script_hash = hashlib.sha256(text.encode()).hexdigest()
    routine = replace(routine, script_hash=script_hash, source=text)
    return routine, tuple(sorted(report.warnings))


def _decode(data: bytes | str, file: str) -> str:
    """The text, its lines divided by LF alone."""

    def wrong(before: str, cause: str, hint: str) -> ScriptError:
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        return ScriptError([Problem(Location(file, line, column), cause, hint)])

    if isinstance(data, str):
        data = without_surrogates(data).encode()
    if _JSON.match(data):
        hint = "show and export take a plan's file, convert takes a workout's"
        raise wrong("", "this is JSON, not a script", hint)
    if len(data) > MOST_BYTES:
        raise wrong("", "the script is larger than 1 MiB", "split it")
    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        raise wrong(before, "this is not UTF-8 text", "save it as UTF-8") from None
    if "\0" in text:
        before = text[: text.index("\0")]
        raise wrong(before, "this is not a text: it holds a NUL", "save it as UTF-8")
    return text
