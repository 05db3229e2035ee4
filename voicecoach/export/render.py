"""Rendering: a Rendition or a plan enters; the Material of its exports leaves, levelled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial

from voicecoach.errors import SpeechError
from voicecoach.export.details import plan_details, routine_details
from voicecoach.export.loudness import CEILING, MONO, SessionMeter, gain_to, limited, measured
from voicecoach.export.material import Material
from voicecoach.figure.cover import cover_png
from voicecoach.program import Program
from voicecoach.rendition import Rendition, cue_metered, timeline_blocks
from voicecoach.sound import Samples
from voicecoach.speech import Speaker
from voicecoach.timeline import Levels, Segment, Timeline, assemble

NEAR = 0.2
"""LU: near enough to the loudness that was asked for."""
TRIES = 4
"""Where peaks must be held, how loud that leaves the rest is only known when it is heard."""
Blocks = Callable[[Levels], Iterator[Samples]]
"""A session's samples at some levels."""


def render_program(
    program: Program, speaker: Speaker, loudness: float | None = MONO, cover: bytes | None = None
) -> Material:
    """What a program's exports are made of, at a loudness in LUFS; None: as it is played live.

    The cover is a picture, JPEG or PNG, or b"" for none; by default it is drawn from the session.
    Where an engine fails, all is made anew with another's voice, if the speaker has one.

    Raises:
        NotFoundError, SpeechError, ScriptError, ExportError: as voicecoach.rendition.Rendition.
    """
    voice, same = "", False
    for last in (False, False, True):
        try:
            rendition = Rendition(program, speaker)
            same, voice = rendition.voice.name == voice, rendition.voice.name
            return _material(rendition, loudness, cover)
        except SpeechError:
            if last or same:
                raise
    raise AssertionError


def _material(rendition: Rendition, loudness: float | None, cover: bytes | None) -> Material:
    program, speaker = rendition.program, rendition.speaker
    levels = Levels.of(program.settings)
    meter = _meter(levels, speaker)
    timeline = assemble(
        program.title,
        program.settings.language,
        _heard(rendition.segments(), meter) if loudness is not None else rendition.segments(),
        levels,
    )
    details = routine_details(program.routine, program.settings.language)
    blocks = _levelled(levels, rendition.blocks, meter, loudness)
    return Material(timeline, details, blocks, program.routine, _cover(timeline, cover))


def render_plan(
    timeline: Timeline,
    speaker: Speaker,
    loudness: float | None = MONO,
    cover: bytes | None = None,
) -> Material:
    """What a plan's exports are made of. Raises as voicecoach.rendition.timeline_blocks."""
    meter = _meter(timeline.levels, speaker)
    if loudness is not None:
        meter.hear(timeline.cues)
    plain = partial(timeline_blocks, timeline, speaker)
    blocks = _levelled(timeline.levels, plain, meter, loudness)
    return Material(timeline, plan_details(timeline), blocks, None, _cover(timeline, cover))


def _cover(timeline: Timeline, given: bytes | None) -> Callable[[], bytes]:
    """The given picture, or one that is drawn when it is first asked for, and only then."""
    return cache(partial(cover_png, timeline)) if given is None else lambda: given


def _meter(levels: Levels, speaker: Speaker) -> SessionMeter:
    return SessionMeter(levels, partial(cue_metered, speaker))


def _heard(segments: Iterable[Segment], meter: SessionMeter) -> Iterator[Segment]:
    """The same segments; each is metered while those after it are still being spoken."""
    at = 0
    for segment in segments:
        meter.hear(segment.cues, at)
        at += segment.frames
        yield segment


def _levelled(
    levels: Levels, blocks: Blocks, meter: SessionMeter, loudness: float | None
) -> Callable[[], Iterator[Samples]]:
    if loudness is None:
        return partial(blocks, levels)

    def louder() -> Iterator[Samples]:
        if levels.background:  # what lies under the words is no cue: all is heard once
            integrated, peak = measured(blocks(levels))
        else:
            integrated, peak = meter.integrated, meter.peak
        gain = gain_to(loudness, integrated)

        def mixed() -> Iterator[Samples]:
            return limited(blocks(levels.louder(gain)), peak * gain)

        tries = TRIES if peak * gain > CEILING else 0
        while tries and abs(missing := loudness - measured(mixed())[0]) > NEAR:
            gain, tries = gain_to(missing, 0, gain), tries - 1
        return mixed()

    return louder
