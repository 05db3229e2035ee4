"""The mix: every sound on its sample, the same in blocks of any size, in little memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import ImpulseSpeaker
from tests.routines import FEWER, programs
from voicecoach.mix import BLOCK, Bed, Piece, Stretch, mix
from voicecoach.program import Program
from voicecoach.rendition import Rendition
from voicecoach.sound import Samples
from voicecoach.step import Step
from voicecoach.timeline import Cue, Levels, Segment
from voicecoach.units import RATE, Frames

STEP = Step("rep", ())
LEVELS = Levels()


def segment(frames: int, *cues: Cue) -> Segment:
    return Segment(STEP, Frames(frames), cues)


def noise(length: int, seed: int = 0) -> Samples:
    made: Samples = np.random.default_rng(seed).uniform(-0.5, 0.5, length).astype(np.float32)
    return made


def sound(cue: Cue, _: int) -> Samples:
    """Each cue its own noise, named by its text."""
    return noise(cue.end - cue.start, int(cue.text))


def mixed(*segments: Segment, levels: Levels = LEVELS, tone: Samples | None = None) -> Samples:
    stretches = (Stretch(segment) for segment in segments)
    return joined(mix(stretches, sound, levels, Bed(tone)))


def joined(pieces: Iterable[Piece]) -> Samples:
    return np.concatenate([np.zeros(0, np.float32), *(piece.samples for piece in pieces)])


@st.composite
def layouts(draw: st.DrawFn) -> list[Segment]:
    """Segments of sounds that don't overlap, with spans that make no sound among them."""
    made = []
    for _ in range(draw(st.integers(1, 4))):
        at, cues = 0, []
        for _ in range(draw(st.integers(0, 5))):
            start = at + draw(st.integers(0, 60))
            at = start + draw(st.integers(0, 90))
            kind = draw(st.sampled_from(["speech", "chime", "hold"]))
            text = str(draw(st.integers(0, 99)))
            cues.append(Cue(kind, Frames(start), Frames(at), text))
        made.append(segment(at + draw(st.integers(0, 100)), *cues))
    return made


def placed(segments: list[Segment], levels: Levels) -> Samples:
    """What the mix must be: each sound added where its cue says."""
    whole = np.zeros(sum(s.frames for s in segments), np.float32)
    at = 0
    for each in segments:
        for cue in each.cues:
            if cue.sounds:
                level = np.float32(levels.voice if cue.kind == "speech" else levels.chime)
                whole[at + cue.start : at + cue.end] += level * sound(cue, 0)
        at += each.frames
    return whole


LEVEL = st.sampled_from([0.0, 0.3, 1.0])


@given(layouts(), st.integers(1, 200), LEVEL, LEVEL, st.integers(0, 70), st.integers(0, 1000))
def test_blocks_of_any_size_join_to_the_same_session(
    segments: list[Segment], block: int, voice: float, chime: float, loop: int, at: int
) -> None:
    tone = noise(loop) if loop else None
    levels = Levels(voice, chime)
    stretches = (Stretch(segment) for segment in segments)
    pieces = list(mix(stretches, sound, levels, Bed(tone), at, block=block))
    assert all(0 < len(piece.samples) <= block for piece in pieces)
    assert all(piece.samples.dtype == np.float32 for piece in pieces)
    expected = placed(segments, levels)
    if tone is not None:
        expected = expected + np.resize(np.roll(tone, -at), len(expected))
    assert np.array_equal(joined(pieces), expected)
    place = iter((s, frame) for s in segments for frame in range(s.frames))
    for piece in pieces:
        whole = [next(place) for _ in piece.samples]
        assert whole == [(piece.segment, piece.start + n) for n in range(len(whole))]


@given(layouts(), st.integers(1, 200), st.data())
def test_a_segment_may_be_mixed_from_any_frame_on(
    segments: list[Segment], block: int, data: st.DataObject
) -> None:
    (segment, *_) = segments
    start = data.draw(st.integers(0, segment.frames))
    whole = placed([segment], LEVELS)
    again = mix([Stretch(segment, start)], sound, LEVELS, Bed(), block=block)
    assert np.array_equal(joined(again), whole[start:])
    begun = [cue for cue in segment.cues if cue.sounds and cue.start < start < cue.end]
    for cue in begun:
        whole[cue.start : cue.end] = 0
    fresh = mix([Stretch(segment, start, fresh=True)], sound, LEVELS, Bed(), block=block)
    assert np.array_equal(joined(fresh), whole[start:])


def test_a_block_is_half_a_second() -> None:
    stretches = [Stretch(segment(60_000)), Stretch(segment(10))]
    lengths = [len(piece.samples) for piece in mix(stretches, sound, LEVELS, Bed())]
    assert lengths == [BLOCK, BLOCK, 12_000, 10]
    assert BLOCK == RATE // 2


def test_each_sound_is_asked_for_once_and_only_when_its_block_comes() -> None:
    asked: list[str] = []

    def told(cue: Cue, room: int) -> Samples:
        asked.append(f"{cue.text} of {room}")
        return sound(cue, room)

    cues = (
        Cue("speech", Frames(100), Frames(60_000), "1"),
        Cue("hold", Frames(60_000), Frames(70_000)),
        Cue("speech", Frames(80_000), Frames(80_010), "2"),
    )
    pieces = mix([Stretch(segment(90_000, *cues))], told, LEVELS, Bed())
    assert asked == []
    for _ in range(3):
        next(pieces)
        assert asked == ["1 of 79900"]
    next(pieces)
    assert asked == ["1 of 79900", "2 of 10000"], "the room ends with the next sound or the segment"


def test_segments_are_asked_for_one_at_a_time() -> None:
    asked: list[int] = []

    def stretches() -> Iterator[Stretch]:
        for number in range(100):
            asked.append(number)
            yield Stretch(segment(BLOCK))

    pieces = mix(stretches(), sound, LEVELS, Bed())
    for number in range(3):
        next(pieces)
        assert asked[-1] <= number


@pytest.mark.parametrize("length", [90, 100, 120])
def test_a_sound_may_be_a_little_longer_or_shorter_than_its_cue(length: int) -> None:
    cues = (Cue("speech", Frames(0), Frames(100), "1"), Cue("speech", Frames(120), Frames(150)))

    def spoken(cue: Cue, _: int) -> Samples:
        return noise(length if cue.text else 10)

    whole = joined(mix([Stretch(segment(200, *cues))], spoken, LEVELS, Bed(), block=33))
    assert np.array_equal(whole[:length], noise(length))
    assert not whole[length:120].any()
    assert np.array_equal(whole[120:130], noise(10))


def test_the_tone_goes_on_through_blocks_and_segments() -> None:
    loop = noise(37)
    whole = mixed(*(segment(n) for n in (5, 100, 1, 36, 60_000)), levels=Levels(0, 0), tone=loop)
    assert np.array_equal(whole, np.resize(loop, 5 + 100 + 1 + 36 + 60_000))


@FEWER
@given(programs(most=2_000, exercise_count=1), st.sampled_from([40, 900]))
def test_the_samples_that_sound_are_the_starts_of_the_cues(
    program: Program, per_character: int
) -> None:
    quiet = replace(program.settings, room_tone=False, chimes="")
    steps = tuple(replace(step, chimes="") for step in program.steps)
    rendition = Rendition(
        replace(program, settings=quiet, steps=steps), ImpulseSpeaker(per_character)
    )
    at, heard = 0, []
    for block in rendition.blocks():
        (found,) = np.nonzero(block)
        heard += [(at + int(n), float(block[n])) for n in found]
        at += len(block)
    timeline = rendition.timeline()
    said = [cue for cue in timeline.cues if cue.kind == "speech"]
    assert heard == [(cue.start, float(np.float32(cue.level))) for cue in said]
    assert at == timeline.frames
    assert heard[0][0] == RATE // 2, "the lead-in"


def peak_bytes(segments: Callable[[], Iterator[Segment]]) -> int:
    tone = noise(8 * RATE)
    tracemalloc.start()
    try:
        stretches = (Stretch(segment) for segment in segments())
        for piece in mix(stretches, sound, LEVELS, Bed(tone)):
            assert len(piece.samples) <= BLOCK
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_stays_the_same_over_hours_of_speech() -> None:
    """Three hours with words every 30 s against ten minutes: a whole day takes too long to mix."""

    def session(seconds: int) -> Iterator[Segment]:
        for number in range(seconds // 30):
            cue = Cue("speech", Frames(100), Frames(100 + 2 * RATE), str(number % 5))
            yield segment(30 * RATE, cue)

    short = peak_bytes(lambda: session(600))
    assert short < 4 << 20, "ten minutes themselves are 115 MB"
    assert peak_bytes(lambda: session(3 * 3600)) <= 1.2 * short


def test_memory_stays_the_same_over_one_long_hold() -> None:
    """Three hours in one segment, as a plan's export mixes them."""

    def session(seconds: int) -> Iterator[Segment]:
        yield segment(seconds * RATE, Cue("hold", Frames(0), Frames(seconds * RATE)))

    short = peak_bytes(lambda: session(600))
    assert peak_bytes(lambda: session(3 * 3600)) <= 1.2 * short
