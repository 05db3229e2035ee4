"""Winding down: the last minutes slower and softer, live as exported, both sides alike."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import ImpulseSpeaker
from tests.routines import FEWER, programs
from tests.test_session import FastOutput
from voicecoach.controls import Command
from voicecoach.export import Job, export_file
from voicecoach.export.loudness import measured
from voicecoach.export.render import render_program
from voicecoach.program import Program, build_program
from voicecoach.rendition import Rendition, timeline_blocks
from voicecoach.script import load_script, read_script
from voicecoach.session import Session
from voicecoach.session.aside import aside
from voicecoach.session.director import Director
from voicecoach.session.edit import Place
from voicecoach.settings import merge_settings
from voicecoach.sound import Samples
from voicecoach.speech import Utterance
from voicecoach.step import WOUND_DB
from voicecoach.timeline import Cue, Timeline, read_plan
from voicecoach.units import RATE, frames, seconds

SOFTEST = 10 ** (-WOUND_DB / 20)
SCRIPTS = Path(__file__).parent.parent / "scripts"
SCRIPT = """# Short
get ready: 1s
wind down: 20s
## Bow
Bow with both arms.
hold 6s, 2 times, rest 4s, each side
## End
Sit. Breathe. Well done.
"""


class ToneSpeaker(ImpulseSpeaker):
    """Hums: how loud it is can be measured in what a lossy coder made of it."""

    def speak(self, utterance: Utterance) -> Samples:
        length = len(super().speak(utterance))
        hum: Samples = (0.5 * np.sin(np.arange(length) * 440 * 2 * np.pi / RATE)).astype(np.float32)
        return hum


def program(script: str = SCRIPT, **options: str) -> Program:
    routine, _ = read_script(script)
    return build_program(routine, merge_settings(options))


def built_in(name: str, **options: str) -> Timeline:
    routine, _ = load_script(SCRIPTS / f"{name}.md")
    # As quick as people speak: 15 characters a second, and a little more for each word.
    speaker = ImpulseSpeaker(RATE // 12)
    return Rendition(build_program(routine, merge_settings(options)), speaker).timeline()


def sounds(timeline: Timeline) -> list[Cue]:
    return [cue for cue in timeline.cues if cue.sounds]


@pytest.mark.parametrize("name", ["ease-your-back", "desk-break", "wind-down"])
@pytest.mark.parametrize("minutes", [1, 3])
def test_over_the_last_minutes_words_grow_slower_and_all_grows_softer(
    name: str, minutes: int
) -> None:
    usual = built_in(name, pace="1")
    wound = built_in(name, pace="1", **{"wind down": f"{minutes}m"})
    levels = [cue.level for cue in sounds(wound)]
    assert levels == sorted(levels, reverse=True)
    assert levels[-1] == pytest.approx(SOFTEST, abs=0.02)
    began = next(cue for cue in sounds(wound) if cue.level < 1)
    left = seconds(wound.frames - began.start)
    assert left <= 1.15 * 60 * minutes
    for cue in sounds(wound):
        away = seconds(wound.frames - cue.start) / (60 * minutes)
        decibels = -20 * np.log10(cue.level)
        assert decibels == pytest.approx(WOUND_DB * max(1 - away, 0), abs=1.0)
    spoken = [cue for cue in wound.cues if cue.kind == "speech" and not cue.role]
    instructions = [cue.wpm for cue in spoken if cue.wpm not in (122, 118, 114, 111, 107, 103)]
    assert instructions == sorted(instructions, reverse=True)
    assert (instructions[0], min(instructions)) == (135, 115)
    assert {cue.wpm for cue in wound.cues if cue.role} <= {135}, "numbers keep their beat"
    assert wound.frames > usual.frames
    assert {cue.level for cue in usual.cues} == {1.0}


def test_what_was_prescribed_stays() -> None:
    def held(timeline: Timeline) -> list[tuple[str, int]]:
        spans = [cue for cue in timeline.cues if cue.kind in ("hold", "beat", "breath", "rest")]
        return [(cue.kind, cue.end - cue.start) for cue in spans]

    for name in ("ease-your-back", "desk-break", "wind-down"):
        assert held(built_in(name)) == held(built_in(name, **{"wind down": "2m"}))


def test_both_sides_take_the_same_time_also_where_the_session_winds_down_between_them() -> None:
    timeline = Rendition(program(wind_down="40s"), ImpulseSpeaker()).timeline()
    bow = [cue for cue in timeline.cues if cue.exercise == 1 and cue.rep]
    runs = [
        [(cue.kind, cue.text, cue.start, cue.wpm) for cue in bow if cue.side == side]
        for side in ("left", "right")
    ]
    left, right = ([(k, t, at - run[0][2], w) for k, t, at, w in run] for run in runs)
    assert left == right
    levels = [[cue.level for cue in bow if cue.side == s and cue.sounds] for s in ("left", "right")]
    assert min(levels[0]) > max(levels[1]) > min(levels[1]), "though it grows softer"


@FEWER
@given(programs(most=2_000))
def test_levels_never_rise_whatever_the_script(program: Program) -> None:
    timeline = Rendition(program, ImpulseSpeaker(500)).timeline()
    levels = [cue.level for cue in sounds(timeline)]
    assert levels == sorted(levels, reverse=True)
    assert all(SOFTEST - 1e-4 <= level <= 1 for level in levels)
    assert timeline.levels.softest <= min(levels, default=1) + 1e-4
    if not program.settings.wind_down_seconds:
        assert set(levels) <= {1.0}


def test_a_wind_down_longer_than_the_session_begins_with_its_first_word() -> None:
    timeline = Rendition(program(wind_down="1h"), ImpulseSpeaker()).timeline()
    first, *later = sounds(timeline)
    assert first.level > 0.97
    assert later[-1].level < 0.55


def test_off_overrides_a_script() -> None:
    assert program(wind_down="off").settings.wind_down_seconds == 0
    assert program().settings.wind_down_seconds == 20


def test_the_first_sound_needs_nothing_of_what_comes_later() -> None:
    speaker = ImpulseSpeaker()
    rendition = Rendition(program(), speaker)
    rendition.segment(0)
    assert {said.text for said in speaker.spoken} == {"Short."}
    rendition.segment(len(rendition.program.steps) - 1)
    assert len({said.text for said in speaker.spoken}) <= 2


@pytest.mark.parametrize("ending", [".flac", ".opus", ".mp3"])
def test_what_is_decoded_grows_softer(ending: str, tmp_path: Path) -> None:
    material = render_program(program(chimes="off"), ToneSpeaker())
    timeline = material.timeline
    path = tmp_path / f"track{ending}"
    export_file(Job(path), material)
    with av.open(str(path)) as container:
        resampler = av.AudioResampler("flt", "mono", RATE)
        decoded = [*container.decode(audio=0), None]
        heard = np.concatenate(
            [out.to_ndarray().reshape(-1) for f in decoded for out in resampler.resample(f)]
        )
    loud = []
    for cue in sounds(timeline):
        piece = heard[cue.start : cue.end]
        middle = piece[len(piece) // 4 : len(piece) * 3 // 4]
        loud.append(20 * np.log10(np.sqrt(np.mean(middle**2))))
    assert all(later <= earlier + 0.2 for earlier, later in itertools.pairwise(loud))
    for one, cue in zip(loud, sounds(timeline), strict=True):
        assert one - loud[0] == pytest.approx(20 * np.log10(cue.level), abs=0.3)
    assert loud[0] - loud[-1] > 5


def test_live_it_is_what_is_exported_and_so_is_its_plan() -> None:
    options = {"background": "rain", "volume": "80"}
    rendition = Rendition(program(**options), ImpulseSpeaker())
    session = Session(rendition)
    output = FastOutput(session=session)
    assert session.run(lambda: output) == "done"
    timeline = rendition.timeline()
    read = read_plan(timeline.to_json().encode(), "plan.json", None)
    assert read == timeline
    exported = np.concatenate(list(timeline_blocks(read, ImpulseSpeaker())))
    assert np.array_equal(output.samples(), exported)
    assert min(cue.level for cue in sounds(timeline)) < 0.55


def test_a_plan_says_the_level_of_what_is_softer_and_only_of_that() -> None:
    plan = json.loads(Rendition(program(), ImpulseSpeaker()).timeline().to_json())
    softer = [cue for cue in plan["cues"] if "level" in cue]
    assert softer
    assert len(softer) < len(plan["cues"])
    assert all(cue["kind"] in ("speech", "chime") and 0.5 < cue["level"] < 1 for cue in softer)


def test_the_background_steps_back_for_the_softest_word_too() -> None:
    def under(**options: str) -> float:
        """The amplitude that lies under the first word, relative to what lies there otherwise."""
        made = program(background="rain", chimes="off", room_tone="off", **options)
        word = next(cue for cue in Rendition(made, ImpulseSpeaker()).timeline().cues if cue.text)
        samples = np.concatenate(list(Rendition(made, ImpulseSpeaker()).blocks()))
        ducked = samples[word.start + 10 : word.end]
        return float(np.sqrt(np.mean(ducked**2)))

    ratio = under(wind_down="20s") / under(wind_down="off")
    assert 20 * np.log10(ratio) == pytest.approx(-WOUND_DB, abs=0.01)


@given(st.floats(0, 1))
def test_what_is_said_in_between_is_as_soft_as_what_it_interrupts(share: float) -> None:
    rendition = Rendition(program(), ImpulseSpeaker())
    segment = rendition.segment(len(rendition.program.steps) - 2)
    place = Place(segment, round(segment.frames * share))
    (cue,) = [c for c in aside(rendition, "Resuming.", at=place).cues if c.sounds]
    first, last = segment.step.wound
    wound = max(first + (last - first) * share, 0)
    assert cue.level == pytest.approx(10 ** (-WOUND_DB / 20 * wound), abs=1e-3)


def test_a_new_pace_leaves_the_wind_down_in_force() -> None:
    rendition = Rendition(program(), ImpulseSpeaker())
    director = Director(rendition)
    try:
        director.begin(len(rendition.program.steps) - 2)
        director.stream.read(frames(0.2))
        list(director.reporter.events())
        list(director.obey(Command.SLOWER, "test"))
        slower = director.rendition
        assert slower.program.settings.pace < 1
        (closing,) = [c for c in slower.segment(len(slower.program.steps) - 1).cues if c.event]
        assert closing.level == pytest.approx(SOFTEST, abs=0.05)
    finally:
        director.close()


def test_an_export_is_as_loud_as_asked_though_it_winds_down() -> None:
    material = render_program(program(chimes="off"), ToneSpeaker(), -19.0)
    integrated, _ = measured(material.blocks())
    assert integrated == pytest.approx(-19, abs=0.3)
