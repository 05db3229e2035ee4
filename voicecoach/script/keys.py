"""Key lines: `key: value` enters; a section's settings and cues grow, or an error is said."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from voicecoach.errors import NotFoundError, SettingError, nearest, quoted
from voicecoach.library import background_names, chime_sets, is_voice_file, sound_beside
from voicecoach.phrases import phrases
from voicecoach.routine import Words
from voicecoach.script.directions import TextLine, read_parts
from voicecoach.script.dose import DoseError, read_progress
from voicecoach.script.markup import plain
from voicecoach.script.section import Report, Section
from voicecoach.script.times import read_times
from voicecoach.settings import SETTINGS, read_setting
from voicecoach.settings.values import MOST_SAID, key_name, say_line

FACTS = ("caution", "author", "license", "tags", "progress", "times")
"""What a script may say of itself beside its settings."""
SPOKEN = ("halfway", "between", "finish", "short")
"""An exercise's own words."""
CUES = (*SPOKEN, "caution", "chimes", "countdown", "guidance", "progress")
"""An exercise's own lines."""
SAY = "say"
"""How a word is said: a setting that may be repeated."""
READ: Mapping[str, Callable[[str], object]] = {"progress": read_progress, "times": read_times}
"""Facts that are more than text."""
SETTING_NAMES = tuple(setting.name for setting in SETTINGS.values() if setting.in_script)
BUILT_IN = {"chimes": chime_sets, "background": background_names}
"""Settings that may name a sound file beside the script, and what is built in."""

_KEY = re.compile(r"([A-Za-z][A-Za-z _-]{1,20}?)\s*:\s*(.*)")


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
    return KeyLine(key_name(match[1]), match[2].strip(), line, column, column + match.start(2))


def belongs(key: KeyLine, *, inside: bool) -> bool:
    """Whether the key has a meaning here: `inside` an exercise, or before the first."""
    if key.key == SAY:  # else it is prose: "Say: I am calm"
        return not inside and "=" in key.value
    return key.key in (CUES if inside else (*FACTS, *SETTING_NAMES))


def take_key(key: KeyLine, section: Section, folder: Path | None, report: Report) -> None:
    """Take a key line that belongs here; `folder` is where the sounds it names must lie."""
    if not plain(key.value):
        report.error(key.line, key.column, f"{quoted(key.key)} says nothing")
    elif key.key in section.cues or key.key in section.facts:
        report.error(key.line, key.column, f"{quoted(key.key)} is said twice")
    elif key.key == SAY:
        _say(key, section, report)
    elif key.key == "caution":
        section.caution += _words(key, section, report)
    elif key.key in SPOKEN:
        for words in _words(key, section, report):
            section.cues[key.key] = words
    elif key.key in READ:
        try:
            section.facts[key.key] = READ[key.key](plain(key.value))
        except DoseError as error:
            report.error(key.line, key.value_column, error.cause, error.hint)
    elif key.key in FACTS:
        section.facts[key.key] = plain(key.value)
    else:
        _setting(key, section, folder, report)


def misplaced(key: KeyLine, *, inside: bool, anew: bool, report: Report) -> bool:
    """Whether a key that doesn't belong here was surely meant: an error then, else it is prose.

    `anew` says that no sentence is open that the line could go on with.
    """
    said = f"{quoted(key.key + ':')} is spoken as a sentence"
    if not inside and key.key in CUES:
        cause = f"{quoted(key.key)} belongs to an exercise"
        report.error(key.line, key.column, cause, "put it below a ## heading")
        return True
    hint = "put it before the first ## heading"
    if inside and key.key == SAY and "=" in key.value:
        report.error(key.line, key.column, f"{quoted(key.key)} is a setting", hint)
        return True
    if inside and key.key in (*SETTING_NAMES, *FACTS):
        if _means_setting(key):
            report.error(key.line, key.column, f"{quoted(key.key)} is a setting", hint)
            return True
        if anew and not (key.key == "times" and key.value[:1].isdecimal()):  # a dose, and told so
            report.warn(key.line, key.column, said, f"for the session, {hint}")
    elif anew and (near := nearest(key.key, CUES if inside else (*FACTS, *SETTING_NAMES), 0.75)):
        report.warn(key.line, key.column, said, f"did you mean {quoted(near + ':')}?")
    return False


def _means_setting(key: KeyLine) -> bool:
    """Whether a line below a heading can hardly be prose: "Voice: keep it low and calm"."""
    try:
        if key.key == "times":
            return bool(read_times(plain(key.value)))
        read_setting(key.key, key.value)
    except (DoseError, SettingError):
        return False
    return key.key not in FACTS and 1 <= len(key.value.split()) <= 2


def _say(key: KeyLine, section: Section, report: Report) -> None:
    try:
        word, said = say_line(plain(key.value))
    except ValueError as error:
        report.error(key.line, key.value_column, f"say can't be {quoted(key.value)}", str(error))
        return
    if word.casefold() in section.says:
        report.error(key.line, key.column, f"how to say {quoted(word)} is said twice")
    elif len(section.says) == MOST_SAID:
        cause = f"the script says how to say more than {MOST_SAID} words"
        report.error(key.line, key.column, cause)
    else:
        section.says[word.casefold()] = (word, said)


def _words(key: KeyLine, section: Section, report: Report) -> list[Words]:
    line = TextLine(key.line, key.value_column, key.value)
    parts = read_parts([line], section, report)
    words = [part for part in parts if isinstance(part, Words)]
    if len(words) < len(parts):
        said = f"{quoted(key.key)} takes words only"
        report.error(key.line, key.value_column, said, "no pauses, holds or chimes")
    elif not words:
        report.error(key.line, key.value_column, f"{quoted(key.key)} says nothing")
    return words[:1]


def _setting(key: KeyLine, section: Section, folder: Path | None, report: Report) -> None:
    built_in = BUILT_IN[key.key]() if key.key in BUILT_IN else ()
    try:
        field, value = read_setting(key.key, key.value)
        if field in section.settings:
            report.error(key.line, key.column, f"{quoted(key.key)} is said twice")
        if key.key in BUILT_IN and value and value not in built_in:
            value = str(sound_beside(str(value), folder))
        if key.key == "language":
            phrases(str(value))
    except SettingError as error:
        report.error(key.line, key.value_column, error.cause, error.hint)
    except NotFoundError as error:
        report.error(key.line, key.value_column, str(error))
    except ValueError as error:  # a sound that can't be reached
        near = nearest(key.value.lower(), built_in)
        hint = f"there are {', '.join(built_in)}, off, or a sound file"
        hint = f"did you mean {quoted(near)}?" if near else hint
        report.error(key.line, key.value_column, str(error), hint)
    else:
        if key.key == "voice" and is_voice_file(key.value):  # a stranger's model: never loaded
            hint = "set it with --voice, or in the config"
            report.error(key.line, key.value_column, "a script can't choose a voice's file", hint)
        section.settings[field] = value
