"""Timelines: where each sound stands, in frames; and the same as JSON, for other programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from voicecoach.errors import ExportError, quoted
from voicecoach.library import CHIME_EVENTS, chime_sets, sound_beside
from voicecoach.step import Step
from voicecoach.units import DAY_SECONDS, RATE, Frames, frames

VERSION = 1
LEAD_IN = frames(0.5)
"""Faint room tone before the first cue: Bluetooth devices swallow what wakes them."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A sound (`speech`, `chime`) or a span that contains sounds (`hold`, `rest` …).

    `end` is exclusive. Of a speech cue `start` is the first audible sample.
    """

    kind: str
    start: Frames
    end: Frames
    text: str = ""
    voice: str = ""
    wpm: int = 0
    pitch: float = 0.0
    event: str = ""
    sound: str = ""
    """A chime's sound: "set/event", or a file's path."""
    role: str = ""
    number: int | None = None
    line: int | None = None
    exercise: int = 0
    set: int = 0
    rep: int = 0
    side: str | None = None

    @property
    def sounds(self) -> bool:
        """Whether it is a sound rather than a span."""
        return self.kind in ("speech", "chime")

    def moved(self, by: int) -> Cue:
        """The same cue, so many frames later."""
        return replace(self, start=Frames(self.start + by), end=Frames(self.end + by))


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A cue for which there was no room."""

    text: str
    line: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Segment:
    """One step, scheduled: its cues' positions count from its own first frame."""

    step: Step
    frames: Frames
    cues: tuple[Cue, ...]
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    """An exercise: `end` is exclusive."""

    title: str
    start: Frames
    end: Frames


@dataclass(frozen=True, slots=True)
class Timeline:
    """A whole session, to the sample."""

    title: str
    language: str
    frames: Frames
    chapters: tuple[Chapter, ...]
    cues: tuple[Cue, ...]
    """In the order of their starts."""
    left_out: tuple[LeftOut, ...] = ()
    volume: float = 1.0
    room_tone: bool = True

    def to_json(self) -> str:
        """The plan, version 1."""
        document = {
            "version": VERSION,
            "title": self.title,
            "language": self.language,
            "rate": RATE,
            "frames": self.frames,
            "lead_in": LEAD_IN,
            "volume": self.volume,
            "room_tone": self.room_tone,
            "chapters": [{"title": c.title, "start": c.start, "end": c.end} for c in self.chapters],
            "cues": [_cue_json(cue) for cue in self.cues],
            "left_out": [{"text": o.text, "line": o.line, "why": o.why} for o in self.left_out],
        }
        return json.dumps(document, ensure_ascii=False, indent=1)


def assemble(
    title: str, language: str, segments: Iterable[Segment], volume: float, room_tone: bool
) -> Timeline:
    """The timeline of a session's segments, one after the other."""
    at = 0
    cues: list[Cue] = []
    chapters: list[Chapter] = []
    left_out: list[LeftOut] = []
    exercise = 0
    for segment in segments:
        step = segment.step
        if step.exercise and step.exercise != exercise:
            chapters.append(Chapter(step.name, Frames(at), Frames(at)))
            exercise = step.exercise
        cues += [cue.moved(at) for cue in segment.cues]
        left_out += segment.left_out
        at += segment.frames
        if step.exercise:
            chapters[-1] = replace(chapters[-1], end=Frames(at))
    cues.sort(key=lambda cue: cue.start)
    return Timeline(
        title,
        language,
        Frames(at),
        tuple(chapters),
        tuple(cues),
        tuple(left_out),
        volume,
        room_tone,
    )


_SPEECH_KEYS = ("text", "voice", "wpm", "pitch")
_PLACE_KEYS = ("line", "exercise", "set", "rep", "side")


def _cue_json(cue: Cue) -> dict[str, Any]:
    document: dict[str, Any] = {"kind": cue.kind, "start": cue.start, "end": cue.end}
    if cue.kind == "speech":
        document |= {key: getattr(cue, key) for key in _SPEECH_KEYS}
        if cue.role:
            document |= {"role": cue.role, "number": cue.number}
    elif cue.kind == "chime":
        document |= {"event": cue.event, "sound": cue.sound}
    return document | {key: getattr(cue, key) for key in _PLACE_KEYS}


_CUE_TYPES: dict[str, tuple[type, ...]] = {
    "kind": (str,), "text": (str,), "voice": (str,), "wpm": (int,), "pitch": (int, float),
    "event": (str,), "sound": (str,), "role": (str,), "number": (int, type(None)),
    "line": (int, type(None)), "exercise": (int,), "set": (int,), "rep": (int,),
    "side": (str, type(None)),
}  # fmt: skip


def read_plan(data: bytes, file: str, folder: Path | None) -> Timeline:
    """A timeline from a plan's JSON. Its sound files must lie in `folder` or below it.

    Raises:
        ExportError: it isn't a plan that can be played.
    """
    try:
        document = json.loads(data)
        return _read_plan(document, folder)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        reason = f"it has no {error}" if isinstance(error, KeyError) else str(error)
        raise ExportError(f"{file} is not a plan that voicecoach wrote: {reason}") from None


def _read_plan(document: dict[str, Any], folder: Path | None) -> Timeline:
    if document["version"] != VERSION or document["rate"] != RATE:
        raise ValueError(f"it is not of version {VERSION} at {RATE} Hz")
    total = _position(document["frames"], DAY_SECONDS * RATE)
    cues = tuple(_read_cue(cue, total, folder) for cue in document["cues"])
    free = 0
    for cue in cues:
        if cue.sounds:
            if cue.start < free:
                raise ValueError(f"its cues overlap at frame {cue.start}")
            free = cue.end
    chapters = tuple(
        Chapter(str(c["title"]), _position(c["start"], total), _position(c["end"], total))
        for c in document["chapters"]
    )
    volume = float(document.get("volume", 1.0))
    if not 0 <= volume <= 1:
        raise ValueError("its volume is not from 0 to 1")
    tone = bool(document.get("room_tone", True))
    title, language = str(document["title"]), str(document["language"])
    return Timeline(title, language, total, chapters, cues, (), volume, tone)


def _read_cue(document: dict[str, Any], total: Frames, folder: Path | None) -> Cue:
    values = {key: document[key] for key in _CUE_TYPES if key in document}
    for key, value in values.items():
        if not isinstance(value, _CUE_TYPES[key]) or isinstance(value, bool):
            raise TypeError(f"a cue's {key} can't be {quoted(str(value))}")
    start, end = _position(document["start"], total), _position(document["end"], total)
    if end < start:
        raise ValueError(f"a cue ends before it starts, at frame {start}")
    cue = Cue(start=start, end=end, **values)
    if cue.kind == "speech" and not (80 <= cue.wpm <= 450 and -12 <= cue.pitch <= 12):
        raise ValueError(f"no voice speaks {quoted(cue.text)} as it asks")
    if cue.kind == "chime":
        chimes, _, event = cue.sound.partition("/")
        if not (chimes in chime_sets() and event in CHIME_EVENTS):
            cue = replace(cue, sound=str(sound_beside(cue.sound, folder)))
    return cue


def _position(value: Any, most: int) -> Frames:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise ValueError(f"{value!r} is not a position in it")
    return Frames(value)
