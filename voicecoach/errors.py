"""Errors: what went wrong, as facts; each writes its own one clear sentence. Knows units only.

VoicecoachError            exit 2: the user's input
├── ScriptError            a script's problems, all at once, each with its Location
├── SettingError           a setting's value, from the command line, environment, config or script
├── FitError               a session that can't last as long as it is to
├── NotFoundError          a script, sound or voice that isn't there, with the nearest that is
├── ExportError            a file that can't be written
├── ManyError              what failed of many things, each with its error
├── CodeError              a QR code that gives no script back
├── DraftError             an article that gives no script
├── PackError              a pack that can't be made, or is not to be installed
├── ConvertError           another program's workout that can't be converted
└── UnavailableError       exit 3: no device or engine
    ├── SpeechError        an engine that can't speak a text
    ├── DeviceError        a sound device that is missing, busy or gone
    └── MissingExtraError  an optional part that isn't installed
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from voicecoach.units import write_seconds

EXIT_DONE = 0
EXIT_USER = 2
EXIT_UNAVAILABLE = 3
EXIT_INTERRUPTED = 130


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a script. Lines and columns count from 1, columns in characters."""

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong (or probably wrong) with a script."""

    location: Location
    cause: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.location}: {self.cause}" + (f"; {self.hint}" if self.hint else "")


def problem_lines(problems: Iterable[Problem], warnings: Iterable[Problem]) -> str:
    """Errors and warnings in the order of their lines, one a line, warnings marked."""
    marked = [(p, str(p)) for p in problems]
    marked += [(w, str(replace(w, cause=f"warning: {w.cause}"))) for w in warnings]
    return "\n".join(text for _, text in sorted(marked))


class VoicecoachError(Exception):
    """Whatever voicecoach raises on purpose."""

    exit_code = EXIT_USER


class ScriptError(VoicecoachError):
    """A script that can't be coached; `problems` holds every reason, in the order of the lines."""

    def __init__(self, problems: Sequence[Problem], warnings: Sequence[Problem] = ()) -> None:
        self.problems = tuple(sorted(problems))
        self.warnings = tuple(sorted(warnings))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class SettingError(VoicecoachError):
    """A setting that has no such value; `source` says where it came from."""

    def __init__(self, name: str, cause: str, source: str = "", hint: str = "") -> None:
        self.name, self.cause, self.source, self.hint = name, cause, source, hint
        where = f"{source}: " if source else ""
        super().__init__(f"{where}{cause}" + (f"; {hint}" if hint else ""))


class FitError(VoicecoachError):
    """A session that can't last so long; `shortest` and `longest` are what it can, in seconds.

    `between` are the two between which it can't, where that is the reason: what it lasts with some
    number of reps and breaths, and with one more.
    """

    def __init__(
        self, seconds: float, ends: tuple[int, int], between: tuple[int, int] | None = None
    ) -> None:
        self.seconds, self.between = seconds, between
        self.shortest, self.longest = ends
        low, high = map(write_seconds, ends)
        can = f"it can last from {low} to {high}"
        if between:
            below, above = map(write_seconds, between)
            can += f", but not between {below} and {above}, as reps, sets and breaths stay whole"
        super().__init__(f"this session can't last {write_seconds(seconds)}; {can}")


class NotFoundError(VoicecoachError):
    """A name that leads nowhere; `suggestion` is the nearest that leads somewhere."""

    def __init__(self, what: str, name: str, known: Iterable[str] = (), hint: str = "") -> None:
        self.what, self.name = what, name
        self.suggestion = nearest(name, known)
        if self.suggestion:
            hint = f"did you mean {quoted(self.suggestion)}?"
        super().__init__(f"no {what} {quoted(name)}" + (f"; {hint}" if hint else ""))


class CodeError(VoicecoachError):
    """A QR code, or a copy of its text, that gives no script back."""


class DraftError(VoicecoachError):
    """An article that can't be read, or that no script can be made of."""


class PackError(VoicecoachError):
    """A pack that can't be made, or one that is not to be installed."""


class ConvertError(VoicecoachError):
    """Another program's workout that can't be converted."""


class ExportError(VoicecoachError):
    """A file that can't be written as asked; nothing half-written is left."""


class ManyError(VoicecoachError):
    """Several things were asked for, and some of them failed; the others are done."""

    def __init__(self, errors: Sequence[tuple[str, VoicecoachError]]) -> None:
        self.errors = tuple(errors)
        self.exit_code = max(error.exit_code for _, error in self.errors)
        lines = [f"{name}: {error}" for name, error in self.errors]
        super().__init__("\n".join([f"{len(lines)} failed, the others are done:", *lines]))


class UnavailableError(VoicecoachError):
    """Something this machine lacks: a device, an engine, an optional part."""

    exit_code = EXIT_UNAVAILABLE


class SpeechError(UnavailableError):
    """An engine that failed; names the engine and the text it was asked to speak."""

    def __init__(self, engine: str, text: str, cause: str) -> None:
        self.engine, self.text, self.cause = engine, text, cause
        spoken = f" on {quoted(text)}" if text else ""
        super().__init__(f"the speech engine {engine} failed{spoken}: {cause}")


class DeviceError(UnavailableError):
    """A sound device that can't play."""


class MissingExtraError(UnavailableError):
    """An optional part of voicecoach that isn't installed."""

    def __init__(self, purpose: str, extra: str) -> None:
        self.purpose, self.extra = purpose, extra
        super().__init__(
            f"{purpose} needs the extra {quoted(extra)}; "
            f"install it with: pip install 'voicecoach[{extra}]'"
        )


def quoted(text: str) -> str:
    """A user's text within a message, on one line and not too long of it."""
    line = " ".join(text.split())
    return f'"{line}"' if len(line) <= 60 else f'"{line[:59]}…"'


def as_sentence(text: str) -> str:
    """The words of an error, or of what is wrong, as a sentence of their own."""
    return f"{text[:1].upper()}{text[1:]}."


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """The one of `known` most like `word`, or "" where none is alike.

    >>> nearest("rset", ["rest", "hold"])
    'rest'
    """
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=cutoff)
    return found[0] if found else ""
