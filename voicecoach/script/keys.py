"""Key lines: `key: value` enters; a section's settings and cues grow, or an error is said."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from voicecoach.errors import NotFoundError, SettingError, nearest, quoted
from voicecoach.library import chime_sets, sound_beside
from voicecoach.phrases import phrases
from voicecoach.routine import Words
from voicecoach.script.dose import DoseError, read_progress
from voicecoach.script.markup import TextLine, plain
from voicecoach.script.section import Report, Section
from voicecoach.settings import SETTINGS, read_setting

FACTS = ("caution", "author", "license", "tags", "progress")
"""What a script may say of itself beside its settings."""
SPOKEN = ("halfway", "between", "finish", "short")
"""An exercise's own words."""
CUES = (*SPOKEN, "caution", "chimes", "countdown", "guidance", "progress")
"""An exercise's own lines."""
SETTING_NAMES = tuple(setting.name for setting in SETTINGS.values() if setting.in_script)
FILES = ("chimes", "background")
"""Settings that may name a sound file beside the script."""

_KEY = re.compile(r"([A-Za-z][A-Za-z _-]{1,20}?)\s*:(?:\s+(.*)|$)")


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One line of a key and its value; columns count from 1."""

    key: str
    value: str
    line: int
    column: int
    value_column: int


def find_key(text: str, line: int, column: int) -> KeyLine | None:
    """The key line that a text may be, known or not."""
    match = _KEY.fullmatch(text)
    if match is None:
        return None
    key = " ".join(match[1].lower().replace("-", " ").replace("_", " ").split())
    value_column = column + (match.start(2) if match[2] else match.end() - 1)
    return KeyLine(key, (match[2] or "").strip(), line, column, value_column)


def belongs(key: KeyLine, *, inside: bool) -> bool:
    """Whether the key has a meaning here: `inside` an exercise, or before the first."""
    return key.key in (CUES if inside else (*FACTS, *SETTING_NAMES))


def take_key(key: KeyLine, section: Section, folder: Path | None, report: Report) -> None:
    """Take a key line that belongs here; `folder` is where the sounds it names must lie."""
    if not key.value:
        report.error(key.line, key.column, f"{quoted(key.key)} says nothing")
    elif key.key == "caution":
        section.caution += _words(key, report)
    elif key.key in SPOKEN:
        if key.key in section.cues:
            report.error(key.line, key.column, f"{quoted(key.key)} is said twice")
        for words in _words(key, report):
            section.cues[key.key] = words
    elif key.key == "progress":
        try:
            section.facts[key.key] = read_progress(key.value)
        except DoseError as error:
            report.error(key.line, key.value_column, error.cause, error.hint)
    elif key.key in FACTS:
        section.facts[key.key] = plain(key.value)
    else:
        _setting(key, section, folder, report)


def misplaced(key: KeyLine, *, inside: bool, alone: bool, report: Report) -> bool:
    """Whether a key that doesn't belong here was surely meant: an error then, else it is prose.

    `alone` says that no sentence is open that the line could go on with.
    """
    if not inside and key.key in CUES:
        said = f"{quoted(key.key)} belongs to an exercise"
        report.error(key.line, key.column, said, "put it below a ## heading")
        return True
    if inside and key.key in SETTING_NAMES:
        try:
            read_setting(key.key, key.value)
        except SettingError:
            return False
        said = f"{quoted(key.key)} is a setting"
        report.error(key.line, key.column, said, "put it before the first ## heading")
        return True
    known = CUES if inside else (*FACTS, *SETTING_NAMES)
    if alone and (near := nearest(key.key, known, 0.75)):
        said = f"{quoted(key.key + ':')} is spoken as a sentence"
        report.warn(key.line, key.column, said, f"did you mean {quoted(near + ':')}?")
    return False


def _words(key: KeyLine, report: Report) -> list[Words]:
    parts = report.parts([TextLine(key.line, key.value_column, key.value)])
    words = [part for part in parts if isinstance(part, Words)]
    if len(words) < len(parts):
        said = f"{quoted(key.key)} takes words only"
        report.error(key.line, key.value_column, said, "no pauses, holds or chimes")
    if len(words) > 1:
        words = [replace(words[0], text=" ".join(part.text for part in words))]
    return words


def _setting(key: KeyLine, section: Section, folder: Path | None, report: Report) -> None:
    try:
        field, value = read_setting(key.key, key.value)
        if field in section.settings:
            report.error(key.line, key.column, f"{quoted(key.key)} is said twice")
        if key.key in FILES and value and not (key.key == "chimes" and value in chime_sets()):
            value = str(sound_beside(str(value), folder))
        if key.key == "language":
            phrases(str(value))
    except SettingError as error:
        report.error(key.line, key.value_column, error.cause, error.hint)
    except NotFoundError as error:
        report.error(key.line, key.value_column, str(error))
    except ValueError as error:  # a sound that can't be reached
        near = nearest(key.value.lower(), chime_sets()) if key.key == "chimes" else ""
        hint = f"did you mean {quoted(near)}?" if near else ""
        if key.key == "chimes" and not near:
            hint = f"there are {', '.join(chime_sets())}, off, or a sound file"
        report.error(key.line, key.value_column, str(error), hint)
    else:
        section.settings[field] = value
        if key.key == "background" and value:
            report.warn(key.line, key.column, "a background sound is not played yet")
