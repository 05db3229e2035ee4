"""Timelines: chapters to the frame, the plan's documented keys, and hostile plans refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes import ImpulseSpeaker
from voicecoach.display import timeline_lines
from voicecoach.errors import ExportError, VoicecoachError
from voicecoach.library import chime_file
from voicecoach.program import build_program
from voicecoach.rendition import Rendition, timeline_blocks
from voicecoach.script import read_script
from voicecoach.settings import Settings
from voicecoach.step import Step
from voicecoach.timeline import (
    SOUNDS,
    SPANS,
    Chapter,
    Cue,
    LeftOut,
    Levels,
    Segment,
    Timeline,
    assemble,
    read_plan,
)
from voicecoach.units import DAY_SECONDS, RATE, Frames

SCRIPT = """# Alle Übungen
get ready: 1s
## Arms
Lift your {side} arm. (pause 1s)
once, hold 4s, each side, switch 1s
between: Rest now.
## Beats
2 times, every 1s, 2 sets, rest 1s between sets
## Breath
(breathe 1)
"""


def made_plan() -> dict[str, Any]:
    routine, _ = read_script(SCRIPT)
    timeline = Rendition(build_program(routine, Settings()), ImpulseSpeaker(200)).timeline()
    document: dict[str, Any] = json.loads(timeline.to_json())
    return document


PLAN = made_plan()


def read(document: object, folder: Path | None = None) -> Timeline:
    return read_plan(json.dumps(document).encode(), "plan.json", folder)


# Assembling


def step(exercise: int, name: str) -> Step:
    return Step("rep", (), name, exercise)


def test_segments_follow_each_other_and_chapters_are_their_exercises() -> None:
    cue = Cue("speech", Frames(10), Frames(20), "Hi.")
    left = LeftOut("Rest.", 3, "no room")
    segments = [
        Segment(step(0, "T"), Frames(100), (cue,)),
        Segment(step(1, "A"), Frames(1_000), (cue, cue.moved(500))),
        Segment(step(1, "A"), Frames(1), (), (left,)),
        Segment(step(2, "A"), Frames(50), (cue,), (left,)),
        Segment(step(0, "T"), Frames(7), ()),
    ]
    timeline = assemble("T", "en", iter(segments), Levels(0.5))
    assert timeline.frames == 1_158
    assert [cue.start for cue in timeline.cues] == [10, 110, 610, 1_111]
    assert [cue.end for cue in timeline.cues] == [20, 120, 620, 1_121]
    assert timeline.chapters == (
        Chapter("A", Frames(100), Frames(1_101)),
        Chapter("A", Frames(1_101), Frames(1_151)),
    ), "two exercises of one name are two chapters"
    assert timeline.left_out == (left, left)
    assert timeline.levels == Levels(0.5)


def test_positions_of_a_day_add_up_without_drift() -> None:
    odd = 12_344_321
    count = DAY_SECONDS * RATE // odd
    cue = Cue("hold", Frames(1), Frames(odd))
    segments = (Segment(step(n, str(n)), Frames(odd), (cue,)) for n in range(1, count + 1))
    timeline = assemble("T", "en", segments, Levels())
    assert timeline.frames == count * odd
    assert [c.start for c in timeline.cues] == [1 + n * odd for n in range(count)]
    assert [c.start for c in timeline.chapters] == [n * odd for n in range(count)]


# The documented JSON


def test_a_plan_has_exactly_the_documented_keys() -> None:
    assert list(PLAN) == [
        "version",
        "title",
        "language",
        "rate",
        "frames",
        "lead_in",
        "levels",
        "chapters",
        "cues",
        "left_out",
    ]
    assert (PLAN["version"], PLAN["rate"], PLAN["lead_in"]) == (1, 48_000, 24_000)
    assert list(PLAN["levels"]) == [
        *("voice", "chime", "bed", "room_tone", "background", "softest"),
    ]
    assert {tuple(chapter) for chapter in PLAN["chapters"]} == {("title", "start", "end")}
    assert {tuple(left) for left in PLAN["left_out"]} == {("text", "line", "why", "start")}
    place = ("line", "exercise", "set", "rep", "side")
    speech = ("kind", "start", "end", "text", "voice", "wpm", "pitch")
    assert {cue["kind"] for cue in PLAN["cues"]} == {*SOUNDS, *SPANS}
    for cue in PLAN["cues"]:
        if cue["kind"] == "speech":
            role = ("role", "number") if "role" in cue else ()
            assert tuple(cue) == (*speech, *role, *place)
            assert cue.get("role", "beat") in ("countdown", "beat")
        elif cue["kind"] == "chime":
            assert tuple(cue) == ("kind", "start", "end", "event", "sound", *place)
        else:
            assert tuple(cue) == ("kind", "start", "end", *place)
    counted = [(cue["text"], cue["number"]) for cue in PLAN["cues"] if cue.get("role") == "beat"]
    assert counted == [("One", 1), ("Two", 2)] * 2


def test_a_plan_is_text_that_people_can_read() -> None:
    routine, _ = read_script(SCRIPT)
    text = Rendition(build_program(routine, Settings()), ImpulseSpeaker()).timeline().to_json()
    assert "Alle Übungen" in text


def test_a_plan_read_again_is_the_same() -> None:
    timeline = read(PLAN)
    assert timeline.left_out
    assert json.loads(timeline.to_json()) == PLAN
    assert read_plan(timeline.to_json().encode(), "plan.json", None) == timeline


def test_what_a_plan_may_leave_out() -> None:
    timeline = read({key: PLAN[key] for key in PLAN if key not in ("levels", "left_out")})
    assert (timeline.levels, timeline.left_out) == (Levels(), ())
    assert read(changed(levels={"voice": 0.5})).levels == Levels(voice=0.5)


# Hostile plans


def changed(**values: Any) -> dict[str, Any]:
    return {**copy.deepcopy(PLAN), **values}


def with_cue(**values: Any) -> dict[str, Any]:
    """The plan with its first speech cue changed."""
    document = copy.deepcopy(PLAN)
    speech = next(cue for cue in document["cues"] if cue["kind"] == "speech")
    speech.update(values)
    return document


def with_chime(sound: str) -> dict[str, Any]:
    document = copy.deepcopy(PLAN)
    next(cue for cue in document["cues"] if cue["kind"] == "chime")["sound"] = sound
    return document


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ([], "it is of another shape"),
        (None, "it is of another shape"),
        ({}, "it has no 'version'"),
        (changed(version=2), "not of version 1 at 48000 Hz"),
        (changed(rate=44_100), "not of version 1 at 48000 Hz"),
        (changed(frames=-1), '"-1" is not a position'),
        (changed(frames=DAY_SECONDS * RATE + 1), "is not a position"),
        (changed(frames=1.5), "is not a position"),
        (changed(frames=True), "is not a position"),
        (changed(frames=1_000), "is not a position"),
        (changed(title=None), 'its title can\'t be "None"'),
        (changed(title="\ud800"), "surrogates not allowed"),
        (changed(language=3), "its language"),
        (changed(levels=None), "its levels"),
        (changed(levels={"voice": "1"}), 'its voice can\'t be "1"'),
        (changed(levels={"chime": 1.1}), "its levels are not from 0 to 1"),
        (changed(levels={"bed": float("nan")}), "its levels are not from 0 to 1"),
        (changed(levels={"voice": 10**400}), "its levels are not from 0 to 1"),
        (changed(levels={"room_tone": 1}), "its room_tone"),
        (changed(levels={"background": "/etc/passwd"}), "lies outside|can name no file"),
        (changed(cues={"a": 1}), "it is of another shape"),
        (changed(cues=[["kind", "start"]]), "it is of another shape"),
        (changed(cues=["speech"]), "it is of another shape"),
        (changed(left_out=[{"text": "Hi.", "line": "3", "why": ""}]), 'its line can\'t be "3"'),
        (changed(chapters=[{"title": "A", "start": 5, "end": 4}]), "chapters overlap"),
        (
            changed(
                chapters=[
                    {"title": "A", "start": 0, "end": 9},
                    {"title": "B", "start": 8, "end": 9},
                ]
            ),
            "its chapters overlap at frame 8",
        ),
        (with_cue(kind="shout"), 'no cue "shout"'),
        (with_cue(kind=None), "its kind"),
        (with_cue(start=-1), "is not a position"),
        (with_cue(end=0), "no cue"),
        (with_cue(start=0, end=500_000), "its cues overlap"),
        (with_cue(text=5), "its text"),
        (with_cue(text="\udfff"), "surrogates not allowed"),
        (with_cue(wpm=79), "no voice speaks"),
        (with_cue(wpm=10**30), "no voice speaks"),
        (with_cue(wpm=True), "its wpm"),
        (with_cue(level=-0.1), "is not from 0 to 1"),
        (with_cue(level=1.5), "is not from 0 to 1"),
        (with_cue(level=float("nan")), "is not from 0 to 1"),
        (changed(levels={"softest": 2}), "its levels are not from 0 to 1"),
        (with_cue(pitch=float("nan")), "no voice speaks"),
        (with_cue(pitch=-13), "no voice speaks"),
        (with_cue(number=[]), "its number"),
        (with_chime("gong.wav"), "there is no file|a string can name no file"),
        (with_chime("/etc/passwd"), "lies outside|can name no file"),
        (with_chime("../secret.flac"), "lies outside|can name no file"),
        (with_chime("bell/../../../secret.flac"), "lies outside|can name no file"),
        (with_chime("bell/none"), "no file"),
        (with_chime(""), "no file"),
        (with_chime("\0"), "not a file's name|can name no file"),
    ],
)
def test_what_is_no_plan_is_refused_with_its_reason(
    document: object, reason: str, tmp_path: Path
) -> None:
    (tmp_path.parent / "secret.flac").write_bytes(b"")
    for folder in (None, tmp_path):
        with pytest.raises(ExportError, match=f"plan.json is not a plan .*({reason})"):
            read(document, folder)


def test_a_sound_beside_the_plan_may_be_named_in_full_or_from_there(tmp_path: Path) -> None:
    file = tmp_path / "sub" / "gong.flac"
    file.parent.mkdir()
    file.write_bytes(chime_file("bell", "rep").read_bytes())
    for name in ("sub/gong.flac", str(file)):
        timeline = read(with_chime(name), tmp_path)
        assert timeline.cues[0].sound == str(file.resolve())
        timeline = read(changed(levels={"background": name}), tmp_path)
        assert timeline.levels.background == str(file.resolve())
    assert read(changed(levels={"background": "rain"})).levels.background == "rain"
    for name in (str(file), str(tmp_path / "other" / ".." / "sub" / "gong.flac")):
        with pytest.raises(ExportError, match="lies outside"):
            read(with_chime(name), tmp_path / "other")


def test_a_link_does_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "secret.flac").write_bytes(b"")
    (home / "link.flac").symlink_to(tmp_path / "secret.flac")
    with pytest.raises(ExportError, match="lies outside"):
        read(with_chime("link.flac"), home)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00",
        b"{",
        b"[" * 200_000,
        b'{"version": ' * 50_000,
        b'{"version": 1' + b"0" * 5_000 + b"}",
        json.dumps(PLAN).encode()[:-1],
    ],
)
def test_what_is_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(ExportError, match="is not a plan"):
        read_plan(data, "plan.json", None)


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -1, 0, 24_000, 450, 2**63])
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["speech", "chime", "hold", "\ud800", "../x", "bell/rep", "left"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


def places(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*path, key))
    elif isinstance(value, list):
        for index in range(len(value)):
            yield from places(value[index], (*path, index))


PLACES = [path for path in places(PLAN) if path]


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_changed_plan_is_played_or_refused(data: st.DataObject, tmp_path: Path) -> None:
    document = copy.deepcopy(PLAN)
    for path in data.draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=3)):
        holder: Any = document
        try:
            for key in path[:-1]:
                holder = holder[key]
            if data.draw(st.booleans()):
                del holder[path[-1]]
            else:
                holder[path[-1]] = data.draw(JSON_VALUES)
        except (KeyError, IndexError, TypeError):  # an earlier change took the place away
            continue
    try:
        timeline = read(document, tmp_path)
    except ExportError:
        return
    json.dumps(json.loads(timeline.to_json()), allow_nan=False)
    heard = 0
    try:
        for block in timeline_blocks(timeline, ImpulseSpeaker(200)):
            heard += len(block)
            assert np.isfinite(block).all()
            if heard > 200 * RATE:
                return
    except VoicecoachError:
        return
    assert heard == timeline.frames


@given(st.binary(max_size=200) | st.text().map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ExportError):
        read_plan(data, "plan.json", None)


def test_a_long_span_is_told_in_whole_seconds() -> None:
    ends = [Frames(round(seconds * RATE)) for seconds in (1200, 1000.4, 2.5)]
    cues = tuple(Cue("hold", Frames(0), end) for end in ends)
    lines = timeline_lines(Timeline("Sit", "en", ends[0], (), cues))
    assert [line.split("  ")[-1] for line in lines[1:]] == [
        "[Hold, 1200 s]",
        "[Hold, 1000.4 s]",
        "[Hold, 2.5 s]",
    ]
