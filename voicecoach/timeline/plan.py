"""Plans: the JSON that a timeline wrote, or that claims it, enters; a timeline leaves."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from voicecoach.errors import ExportError, quoted
from voicecoach.library import CHIME_EVENTS, background_names, chime_sets, sound_beside
from voicecoach.timeline.values import (
    PLACE_KEYS,
    SOUNDS,
    SPANS,
    SPEECH_KEYS,
    VERSION,
    Chapter,
    Cue,
    LeftOut,
    Levels,
    Timeline,
)
from voicecoach.units import DAY_SECONDS, RATE, Frames

_CUE_KEYS = (*SPEECH_KEYS, "spoken", "event", "sound", "level", "role", "number", *PLACE_KEYS)
_TYPES: dict[str, tuple[type, ...]] = {
    "title": (str,), "language": (str,), "why": (str,), "levels": (dict,),
    "kind": (str,), "text": (str,), "voice": (str,), "wpm": (int,), "pitch": (int, float),
    "level": (int, float),
    "spoken": (str,), "event": (str,), "sound": (str,), "role": (str,), "number": (int, type(None)),
    "line": (int, type(None)), "exercise": (int,), "set": (int,), "rep": (int,),
    "side": (str, type(None)),
}  # fmt: skip
_LEVEL_TYPES: dict[str, tuple[type, ...]] = {
    "voice": (int, float), "chime": (int, float), "bed": (int, float),
    "room_tone": (bool,), "background": (str,), "softest": (int, float),
}  # fmt: skip


def read_plan(data: bytes, file: str, folder: Path | None) -> Timeline:
    """A timeline from a plan's JSON. Its sound files must lie in `folder` or below it.

    Raises:
        ExportError: it isn't a plan that can be played.
    """
    try:
        return _read_plan(json.loads(data), folder)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        reason = f"it has no {error}" if isinstance(error, KeyError) else str(error)
        if isinstance(error, TypeError):  # a list, say, where its JSON has an object
            reason = "it is of another shape"
        raise ExportError(f"{file} is not a plan that voicecoach wrote: {reason}") from None


def _read_plan(document: dict[str, Any], folder: Path | None) -> Timeline:
    if document["version"] != VERSION or document["rate"] != RATE:
        raise ValueError(f"it is not of version {VERSION} at {RATE} Hz")
    total = _position(document["frames"], DAY_SECONDS * RATE)
    cues = tuple(_read_cue(cue, total, folder) for cue in document["cues"])
    _check_order((cue for cue in cues if cue.sounds), "cues")
    chapters = tuple(
        Chapter(_typed("title", c), _position(c["start"], total), _position(c["end"], total))
        for c in document["chapters"]
    )
    _check_order(chapters, "chapters")
    left_out = tuple(
        LeftOut(
            _typed("text", o),
            _typed("line", o),
            _typed("why", o),
            _position(o.get("start", 0), total),
        )
        for o in document.get("left_out", ())
    )
    title, language = _typed("title", document), _typed("language", document)
    levels = _read_levels(_typed("levels", {"levels": {}} | document), folder)
    return Timeline(title, language, total, chapters, cues, left_out, levels)


def _read_levels(document: dict[str, Any], folder: Path | None) -> Levels:
    given = {key: _typed(key, document, _LEVEL_TYPES) for key in _LEVEL_TYPES if key in document}
    levels = Levels(**given)
    if not all(
        0 <= level <= 1 for level in (levels.voice, levels.chime, levels.bed, levels.softest)
    ):
        raise ValueError("its levels are not from 0 to 1")
    if levels.background and levels.background not in background_names():
        return replace(levels, background=str(_sound_within(levels.background, folder)))
    return levels


def _read_cue(document: dict[str, Any], total: Frames, folder: Path | None) -> Cue:
    values = {key: _typed(key, document) for key in _CUE_KEYS if key in document}
    start, end = _position(document["start"], total), _position(document["end"], total)
    cue = Cue(_typed("kind", document), start, end, **values)
    if cue.kind not in SOUNDS + SPANS or end < start:
        raise ValueError(f"there is no cue {quoted(cue.kind)} from {start} to {end}")
    if cue.kind == "speech" and not (80 <= cue.wpm <= 450 and -6 <= cue.pitch <= 8):
        raise ValueError(f"no voice speaks {quoted(cue.text)} as it asks")
    if not 0 <= cue.level <= 1:
        raise ValueError(f"the level of {quoted(cue.text or cue.event)} is not from 0 to 1")
    if cue.kind == "chime":
        chimes, _, event = cue.sound.partition("/")
        if not (chimes in chime_sets() and event in CHIME_EVENTS):
            cue = replace(cue, sound=str(_sound_within(cue.sound, folder)))
    return cue


def _sound_within(sound: str, folder: Path | None) -> Path:
    """A script's own sound: its plan names the file in full, and it must still lie beside it."""
    if folder and Path(sound).is_relative_to(folder.resolve()):
        sound = str(Path(sound).relative_to(folder.resolve()))
    return sound_beside(sound, folder)


def _check_order(stretches: Iterable[Cue | Chapter], what: str) -> None:
    free = 0
    for stretch in stretches:
        if not free <= stretch.start <= stretch.end:
            raise ValueError(f"its {what} overlap at frame {stretch.start}")
        free = stretch.end


def _typed(key: str, document: dict[str, Any], known: dict[str, tuple[type, ...]] = _TYPES) -> Any:
    value, types = document[key], known[key]
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        raise ValueError(f"its {key} can't be {quoted(str(value))}")
    if isinstance(value, str):
        value.encode()  # half a character (a lone surrogate) can be neither spoken nor printed
    return value


def _position(value: Any, most: int) -> Frames:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise ValueError(f"{quoted(str(value))} is not a position in it")
    return Frames(value)
