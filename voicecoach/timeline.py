"""Timelines: where each sound stands, in frames; and the same as JSON, for other programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from voicecoach.errors import ExportError, quoted
from voicecoach.library import CHIME_EVENTS, background_names, chime_sets, sound_beside
from voicecoach.settings import Settings
from voicecoach.step import Step
from voicecoach.units import DAY_SECONDS, RATE, Frames, frames

VERSION = 1
SOUNDS = ("speech", "chime")
SPANS = ("hold", "rest", "pause", "ready", "switch", "breath", "beat")
"""The kinds of cues: those that sound, and the spans that contain them."""
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
        return self.kind in SOUNDS

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
class Levels:
    """Amplitudes of what is mixed, 0–1, and what lies under it."""

    voice: float = 1.0
    chime: float = 1.0
    bed: float = 1.0
    """The background's."""
    room_tone: bool = True
    background: str = ""
    """A built-in background's name, a sound file's path, or ""."""

    @classmethod
    def of(cls, settings: Settings) -> Levels:
        """As the settings have them: `volume` scales voice and chimes together."""
        return cls(
            settings.volume * settings.voice_volume,
            settings.volume * settings.chime_volume,
            settings.background_volume,
            settings.room_tone,
            settings.background,
        )

    def scaled(self, factor: float, least: float) -> Levels:
        """Voice and chimes together louder or quieter, within `least` and 1."""
        factor = min(factor, 1 / max(self.voice, self.chime, least))
        voice, chime = (max(level * factor, least) for level in (self.voice, self.chime))
        return replace(self, voice=voice, chime=chime)


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
    levels: Levels = Levels()

    def to_json(self) -> str:
        """The plan, version 1."""
        document = {
            "version": VERSION,
            "title": self.title,
            "language": self.language,
            "rate": RATE,
            "frames": self.frames,
            "lead_in": LEAD_IN,
            "levels": asdict(self.levels),
            "chapters": [{"title": c.title, "start": c.start, "end": c.end} for c in self.chapters],
            "cues": [_cue_json(cue) for cue in self.cues],
            "left_out": [{"text": o.text, "line": o.line, "why": o.why} for o in self.left_out],
        }
        return json.dumps(document, ensure_ascii=False, indent=1)


def assemble(title: str, language: str, segments: Iterable[Segment], levels: Levels) -> Timeline:
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
    placed = tuple(chapters), tuple(cues), tuple(left_out)
    return Timeline(title, language, Frames(at), *placed, levels)


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


_CUE_KEYS = (*_SPEECH_KEYS, "event", "sound", "role", "number", *_PLACE_KEYS)
_TYPES: dict[str, tuple[type, ...]] = {
    "title": (str,), "language": (str,), "why": (str,), "levels": (dict,),
    "kind": (str,), "text": (str,), "voice": (str,), "wpm": (int,), "pitch": (int, float),
    "event": (str,), "sound": (str,), "role": (str,), "number": (int, type(None)),
    "line": (int, type(None)), "exercise": (int,), "set": (int,), "rep": (int,),
    "side": (str, type(None)),
}  # fmt: skip
_LEVEL_TYPES: dict[str, tuple[type, ...]] = {
    "voice": (int, float), "chime": (int, float), "bed": (int, float),
    "room_tone": (bool,), "background": (str,),
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
        LeftOut(_typed("text", o), _typed("line", o), _typed("why", o))
        for o in document.get("left_out", ())
    )
    title, language = _typed("title", document), _typed("language", document)
    levels = _read_levels(_typed("levels", {"levels": {}} | document), folder)
    return Timeline(title, language, total, chapters, cues, left_out, levels)


def _read_levels(document: dict[str, Any], folder: Path | None) -> Levels:
    given = {key: _typed(key, document, _LEVEL_TYPES) for key in _LEVEL_TYPES if key in document}
    levels = Levels(**given)
    if not all(0 <= level <= 1 for level in (levels.voice, levels.chime, levels.bed)):
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
    if cue.kind == "speech" and not (80 <= cue.wpm <= 450 and -12 <= cue.pitch <= 12):
        raise ValueError(f"no voice speaks {quoted(cue.text)} as it asks")
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
