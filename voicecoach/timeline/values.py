"""Values: cues, segments, chapters, levels; and the timeline that they make, written as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from voicecoach.settings import Settings
from voicecoach.step import WOUND_DB, Step
from voicecoach.units import RATE, Frames, frames

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
    level: float = 1.0
    """Amplitude of a sound, 0–1, on top of the session's levels: a session may wind down."""
    spoken: str = ""
    """What the voice is asked to say, where that isn't the text."""
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
    start: Frames = field(default=Frames(0), compare=False)
    """Where there would have been none: the step's or span's beginning."""

    def moved(self, by: int) -> LeftOut:
        """The same, so many frames later."""
        return replace(self, start=Frames(self.start + by))


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
    softest: float = 1.0
    """The least level of a cue, for which the background steps back too."""

    @classmethod
    def of(cls, settings: Settings) -> Levels:
        """As the settings have them: `volume` scales voice and chimes together."""
        return cls(
            settings.volume * settings.voice_volume,
            settings.volume * settings.chime_volume,
            settings.background_volume,
            settings.room_tone,
            settings.background,
            10 ** (-WOUND_DB / 20) if settings.wind_down_seconds else 1.0,
        )

    def amplitude(self, cue: Cue) -> float:
        """That of a cue which sounds."""
        return cue.level * (self.voice if cue.kind == "speech" else self.chime)

    def louder(self, gain: float) -> Levels:
        """Everything by a factor, but for the room tone: that is as faint as can be heard."""
        voice, chime, bed = (level * gain for level in (self.voice, self.chime, self.bed))
        return replace(self, voice=voice, chime=chime, bed=bed)

    def scaled(self, factor: float, least: float) -> Levels:
        """Voice and chimes together louder or quieter, within 1 and `least`, or what they are."""
        factor = min(factor, 1 / max(self.voice, self.chime, least))
        now = self.voice, self.chime
        voice, chime = (max(level * factor, min(level, least)) for level in now)
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
            "left_out": [asdict(left) for left in self.left_out],
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
        left_out += [left.moved(at) for left in segment.left_out]
        at += segment.frames
        if step.exercise:
            chapters[-1] = replace(chapters[-1], end=Frames(at))
    cues.sort(key=lambda cue: cue.start)
    placed = tuple(chapters), tuple(cues), tuple(left_out)
    return Timeline(title, language, Frames(at), *placed, levels)


SPEECH_KEYS = ("text", "voice", "wpm", "pitch")
PLACE_KEYS = ("line", "exercise", "set", "rep", "side")
"""A plan's keys of how a cue is spoken, and of where in the session it stands."""


def _cue_json(cue: Cue) -> dict[str, Any]:
    document: dict[str, Any] = {"kind": cue.kind, "start": cue.start, "end": cue.end}
    if cue.kind == "speech":
        document |= {key: getattr(cue, key) for key in SPEECH_KEYS}
        if cue.spoken:
            document["spoken"] = cue.spoken
        if cue.role:
            document |= {"role": cue.role, "number": cue.number}
    elif cue.kind == "chime":
        document |= {"event": cue.event, "sound": cue.sound}
    if cue.level != 1:
        document["level"] = cue.level
    return document | {key: getattr(cue, key) for key in PLACE_KEYS}
