"""Escaping: an article's sentence enters; a script's line leaves that says it, and nothing else.

A sentence may look like a key, a dose or a direction of the script language: "Rest: as needed",
"(hold 5s)". Whether a way to write it is read as words, the language's own reader tells.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from voicecoach.errors import ScriptError
from voicecoach.routine import Part, Routine, Words
from voicecoach.script import read_script
from voicecoach.script.markup import plain

Where = Literal["title", "name", "intro", "caution", "said", "cue"]

_FRAMES: dict[Where, tuple[str, str]] = {
    "title": ("# ", "\n\n## Name\nSit."),
    "name": ("# Title\n\n## ", "\nSit."),
    "intro": ("# Title\n\n", "\n\n## Name\nSit."),
    "caution": ("# Title\ncaution: ", "\n\n## Name\nSit."),
    "said": ("# Title\n\n## Name\n", "\nhold 10s, each side"),
    "cue": ("# Title\n\n## Name\nbetween: ", "\nSit.\nhold 10s, 2 times, each side"),
}
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~^])")


@lru_cache(4096)
def written(text: str, where: Where) -> str:
    """How a script writes a text so that it is spoken as it stands, or "" where it can't be.

    >>> written("Rest: as you need it.", "said"), written("Finish: sit down.", "said")
    ('Rest: as you need it.', '`Finish`: sit down.')
    """
    if not _skeleton(text):
        return ""
    for way in _ways(text):
        if _says(way, where, text):
            return way
    return ""


def _ways(text: str) -> list[str]:
    marked = _MARKS.sub(r"\\\1", text.replace("(", r"\("))
    code = re.sub(r"^(\W*)(\w+)", r"\1`\2`", text)
    return [text, text.replace("(", r"\("), code, code.replace("(", r"\("), marked, f"- {text}"]


def _says(way: str, where: Where, text: str) -> bool:
    """Whether a script with this line has no error and no warning, and says the text."""
    before, after = _FRAMES[where]
    try:
        routine, warnings = read_script(f"{before}{way}{after}", "draft")
    except ScriptError:
        return False
    if warnings or len(routine.exercises) != 1:
        return False
    said = _skeleton(_said(routine, where))
    return said in (_skeleton(text), _skeleton(plain(text))) and said != ""


def _said(routine: Routine, where: Where) -> str:
    exercise = routine.exercises[0]
    parts: tuple[Part, ...]
    match where:
        case "title":
            return routine.title
        case "name":
            return exercise.name
        case "intro":
            parts = routine.intro
        case "caution":
            parts = routine.caution
        case "said":
            parts = exercise.before
        case "cue":
            parts = (exercise.between,) if exercise.between else ()
    words = [part.text for part in parts if isinstance(part, Words)]
    return " ".join(words) if len(words) == len(parts) else ""


def _skeleton(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def note(text: str) -> str:
    """A text as a note, which is never read, on one line."""
    line = " ".join(text.replace("<!--", "<!- -").split())
    return f"> {line}"
