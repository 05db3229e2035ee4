"""Edits of a segment: what was prescribed stays, nothing overlaps, nothing is cut."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import ImpulseSpeaker
from voicecoach.program import build_program
from voicecoach.rendition import Rendition
from voicecoach.script import read_script
from voicecoach.session.edit import (
    PRESCRIBED,
    Place,
    holding,
    interjected,
    movement_start,
    prescribed,
    resumed,
    sounding,
    spliced,
    with_hold,
)
from voicecoach.settings import Settings
from voicecoach.timeline import Cue, Segment
from voicecoach.units import RATE, Frames, frames

SCRIPT = """\
# Back
caution: Go slowly. If it hurts, stop.
chimes: {chimes}
A short routine. Find a mat.
## Leg stretch
Lie on your back.
2 times, rest 10s
1. Stretch both legs long. (hold 15s)
2. Bring your knees up. (hold 25s)
halfway: Breathe out, and let go.
## Rolls
Roll your shoulders.
4 times, every 3s
## Calm
Sit. (breathe 3) Well done.
## Hip
Step your {{side}} foot back.
hold 20s, 2 times, each side
"""


def rendition(chimes: str = "bowl", pace: float = 1.0) -> Rendition:
    routine, _ = read_script(SCRIPT.format(chimes=chimes))
    settings = Settings(pace=pace, pinned=frozenset({"pace"}))
    return Rendition(build_program(routine, settings), ImpulseSpeaker())


SEGMENTS = [list(rendition(chimes).segments()) for chimes in ("bowl", "off")]
SLOWER = [list(rendition(chimes, 0.8).segments()) for chimes in ("bowl", "off")]


@st.composite
def places(draw: st.DrawFn) -> tuple[Place, Segment]:
    which = draw(st.integers(0, 1))
    index = draw(st.integers(0, len(SEGMENTS[which]) - 1))
    segment = SEGMENTS[which][index]
    marks = [0] + [edge for cue in segment.cues for edge in (cue.start, cue.end)]
    near = st.sampled_from(marks).flatmap(lambda m: st.integers(max(0, m - 2), m + 2))
    offset = draw(near | st.integers(0, segment.frames - 1))
    return Place(segment, min(offset, segment.frames - 1)), SLOWER[which][index]


def assert_sound(segment: Segment) -> None:
    """Nothing overlaps, and everything lies within."""
    cues = sorted((cue for cue in segment.cues if cue.sounds), key=lambda cue: cue.start)
    for cue, following in pairwise(cues):
        assert cue.end <= following.start
    assert all(0 <= cue.start <= cue.end <= segment.frames for cue in segment.cues)


def clocks(segment: Segment) -> list[tuple[str, int]]:
    return [(c.kind, c.end - c.start) for c in segment.cues if c.kind in PRESCRIBED]


def texts(segment: Segment) -> list[str]:
    return sorted(cue.text or cue.event for cue in segment.cues if cue.sounds)


WORDS = Cue("speech", Frames(0), frames(1.5), text="Five minutes left.")


@given(places())
def test_words_in_between_disturb_nothing(drawn: tuple[Place, Segment]) -> None:
    place, _ = drawn
    result = interjected(place, WORDS)
    assert_sound(result.segment)
    assert result.offset == place.offset
    said = [cue for cue in result.segment.cues if cue.text == WORDS.text]
    assert len(said) == 1
    assert said[0].end - said[0].start == WORDS.end
    assert said[0].start >= place.offset
    assert clocks(result.segment) == clocks(place.segment)
    assert texts(result.segment) == sorted([*texts(place.segment), WORDS.text])
    # What has been heard stays; within a clock that runs, so does everything to its end.
    span = prescribed(place)
    until = span.end if span else place.offset
    before = [cue for cue in place.segment.cues if cue.sounds and cue.start < until]
    assert [c for c in result.segment.cues if c in before] == before


@given(places())
def test_a_new_pace_keeps_clocks_and_cuts_nothing(drawn: tuple[Place, Segment]) -> None:
    place, slower = drawn
    result = spliced(place, slower)
    assert_sound(result.segment)
    assert clocks(result.segment) == clocks(place.segment)
    assert result.offset == place.offset
    cut = sounding(place)
    heard = [c for c in place.segment.cues if c.sounds and c.start < place.offset]
    kept = heard + ([cut] if cut and cut not in heard else [])
    assert all(cue in result.segment.cues for cue in kept), "it breaks off"
    # Everything is said once, whenever the pace changes; the length alone is another then.
    if place.segment.step.kind != "length":
        assert texts(result.segment) == texts(slower)


@given(places())
def test_resuming_never_cuts_a_word_and_keeps_the_holds_clock(
    drawn: tuple[Place, Segment],
) -> None:
    place, _ = drawn
    result = resumed(place)
    assert_sound(result.segment)
    span, cut = prescribed(place), sounding(place)
    if span and span.kind == "hold":
        assert result.offset == place.offset
        assert clocks(result.segment) == clocks(place.segment)
    elif span:
        assert result.offset == span.start
    elif cut and cut.kind == "speech":
        assert result.offset == cut.start
    begun = sounding(result)
    if begun and begun.start < result.offset:
        assert begun.kind == "chime"
        assert span is None


@given(places())
def test_a_longer_hold_is_ten_seconds_longer(drawn: tuple[Place, Segment]) -> None:
    place, _ = drawn
    hold = holding(place)
    if hold is None:
        assert with_hold(place, 30) is None
        return
    source = next(
        r for r in (rendition("bowl"), rendition("off")) if place.segment in list(r.segments())
    )
    longer = with_hold(place, (hold.end - hold.start) / RATE + 10)
    assert longer is not None
    result = spliced(place, source.scheduler.segment(longer))
    assert_sound(result.segment)
    now = holding(result)
    assert now is not None
    assert now.start == hold.start
    assert now.end == hold.end + 10 * RATE
    later = [c for c in result.segment.cues if c.role == "countdown" and c.start >= place.offset]
    mine = [c for c in later if c.end <= now.end]
    assert [now.end - c.start for c in mine][-3:] == [3 * RATE, 2 * RATE, RATE]
    halfways = [c for c in result.segment.cues if c.text == "Breathe out, and let go."]
    original = [c for c in place.segment.cues if c.text == "Breathe out, and let go."]
    assert len(halfways) <= len(original)


def first(segments: list[Segment], kind: str, exercise: int, rep: int = 1) -> Segment:
    return next(
        s
        for s in segments
        if s.step.kind == kind and s.step.exercise == exercise and s.step.rep == rep
    )


@pytest.mark.parametrize(
    ("hold", "share", "expected"),
    [(0, 0.5, 0), (1, 0.5, "Bring your knees up."), (1, 0.99, "Bring your knees up.")],
)
def test_repeating_goes_back_to_the_movements_words(
    hold: int, share: float, expected: int | str
) -> None:
    segment = first(SEGMENTS[0], "rep", 1)
    span = [cue for cue in segment.cues if cue.kind == "hold"][hold]
    place = Place(segment, int(span.start + share * (span.end - span.start)))
    start = movement_start(place).offset
    if expected == 0:
        assert start == 0
    else:
        assert next(c.text for c in segment.cues if c.start == start and c.text) == expected


def test_repeating_in_a_rest_means_the_movement_before() -> None:
    segment = first(SEGMENTS[0], "rep", 1)
    rest = next(cue for cue in segment.cues if cue.kind == "rest")
    start = movement_start(Place(segment, rest.end - 10)).offset
    said = next(c.text for c in segment.cues if c.start == start and c.text)
    assert said == "Bring your knees up."


def test_a_cut_halfway_is_said_again_where_it_fits() -> None:
    segment = first(SEGMENTS[0], "rep", 1)
    halfway = [c for c in segment.cues if c.text == "Breathe out, and let go."][-1]
    result = resumed(Place(segment, halfway.start + 100))
    again = [c for c in result.segment.cues if c.text == halfway.text][-1]
    assert again.start > halfway.start
    assert_sound(replace(result.segment))
