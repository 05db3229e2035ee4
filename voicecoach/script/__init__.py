"""Scripts: a script's text enters, a Routine leaves, or all that is wrong with it at once."""

from __future__ import annotations

import re
from pathlib import Path

from voicecoach.errors import Location, NotFoundError, Problem, ScriptError
from voicecoach.routine import Routine
from voicecoach.script.build import build_routine
from voicecoach.script.reader import Reader
from voicecoach.script.section import Report

MOST_BYTES = 1 << 20
"""The largest script: a limit of the script language."""

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


def load_script(path: Path) -> tuple[Routine, tuple[Problem, ...]]:
    """The routine in a file, and warnings about it.

    Raises:
        NotFoundError: there is no such file, or it can't be read.
        ScriptError: every error of the script.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        reason = error.strerror or str(error)
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
    text = _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text)
    report = Report(file)
    sections = Reader(report, folder).read(text)
    routine = build_routine(sections, report)
    if report.errors:
        raise ScriptError(report.errors, report.warnings)
    return routine, tuple(sorted(report.warnings))


def _decode(data: bytes | str, file: str) -> str:
    if isinstance(data, str):
        data = data.encode("utf-8", "replace")
    if len(data) > MOST_BYTES:
        raise ScriptError([Problem(Location(file, 1), "the script is larger than 1 MiB")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        where = Location(file, line, column)
        raise ScriptError([Problem(where, "this is not UTF-8 text", "save it as UTF-8")]) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ScriptError(
            [Problem(Location(file, line), "this is not a text file", "it holds NUL bytes")]
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")
