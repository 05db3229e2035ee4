"""Fits: a session lasts as long as it is to, to the sample, and nothing prescribed is broken."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import av
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.fakes import ImpulseSpeaker
from tests.routines import programs
from tests.test_director import playing
from tests.test_rendition import announced
from tests.test_session import FastOutput
from voicecoach.cli import run
from voicecoach.controls import Command
from voicecoach.errors import FitError, SettingError
from voicecoach.export import Job, export_file
from voicecoach.export.render import render_program
from voicecoach.fit import FASTEST_WORDS, LONGEST_GAPS, MOST_SILENCE, NEAR, SHORTEST_GAPS
from voicecoach.phrases import phrases
from voicecoach.program import Program, build_program
from voicecoach.program.ranges import settled
from voicecoach.program.winding import about_seconds
from voicecoach.rendition import Rendition
from voicecoach.routine import Duration, Grown, Progress
from voicecoach.script import read_script
from voicecoach.session import Session
from voicecoach.settings import merge_settings
from voicecoach.settings.leeway import Leeway
from voicecoach.sound import Samples
from voicecoach.speech import Utterance
from voicecoach.timeline import Timeline
from voicecoach.units import RATE, frames, seconds

SCRIPT = """# Short
get ready: 1s
## Bow
Bow with both arms.
hold 15-30s, 2-4 times, rest 10s
## Reach
Reach up with your {side} arm.
hold 20s, 2 times, rest 5 breaths, each side, switch 6s
## Roll
Roll your shoulders.
4 times, every 3s
## End
Close your eyes. (breathe 2) (hold 7s) Well done.
"""


class AnySpeaker(ImpulseSpeaker):
    """Each text has a length of its own, which nothing but chance gave it."""

    def speak(self, utterance: Utterance) -> Samples:
        chance = crc32(f"{self.frames_per_character}{utterance.text}".encode())
        samples = np.zeros((1 + chance % 150_000) * 135 // utterance.wpm, np.float32)
        samples[:1] = 1.0
        return samples


def program(script: str = SCRIPT, **options: str) -> Program:
    return build_program(read_script(script)[0], merge_settings(options))


def fitting(made: Program, fit_seconds: float) -> Program:
    own = replace(made.settings, fit_seconds=fit_seconds, pinned=frozenset({"fit_seconds"}))
    return build_program(made.routine, own)


def rendition(script: str = SCRIPT, **options: str) -> Rendition:
    return Rendition(program(script, **options), ImpulseSpeaker(RATE // 12))


def ends(made: Program, speaker: ImpulseSpeaker) -> tuple[int, int]:
    """What it can last, in seconds, as a wish that can't be is answered."""
    with pytest.raises(FitError) as refused:
        Rendition(fitting(made, 86_400), speaker)
    return refused.value.shortest, refused.value.longest


def tried(made: Program, target: float, speaker: ImpulseSpeaker) -> Rendition | FitError:
    try:
        return Rendition(fitting(made, target), speaker)
    except FitError as error:
        return error


def spans(timeline: Timeline, *kinds: str) -> list[int]:
    return [cue.end - cue.start for cue in timeline.cues if cue.kind in kinds]


speakers = st.builds(ImpulseSpeaker, st.sampled_from([40, 700, 3_000])) | st.builds(
    AnySpeaker, st.integers(0, 9)
)


LEAPS = """# Leaps
get ready: 0s
guidance: minimal
breath: 8s
chimes: off
countdown: off
## A
hold 1-3 breaths, 2-5 times, 2 sets, rest 0s, rest 1s between sets
"""


@given(programs(), speakers, st.floats(0, 1))
@example(program(LEAPS), ImpulseSpeaker(700), 0.05)
@example(program(LEAPS), ImpulseSpeaker(700), 0.21)
@example(program(LEAPS), ImpulseSpeaker(700), 0.48)
def test_a_fit_lasts_so_long_to_the_sample(
    made: Program, speaker: ImpulseSpeaker, share: float
) -> None:
    shortest, longest = ends(made, speaker)
    target = round(shortest + share * (longest - shortest), 3)
    fit = tried(made, target, speaker)
    if isinstance(fit, FitError):
        assert fit.between, "it lies between the shortest and the longest"
        below, above = fit.between
        assert below < target < above
        for reachable in fit.between:
            assert Rendition(fitting(made, reachable), speaker).program.spare <= MOST_SILENCE
        return
    timeline = fit.timeline()
    assert timeline.frames == frames(target)
    assert sum(segment.frames for segment in fit.segments()) == frames(target)
    leeway = fit.program.settings.leeway
    assert SHORTEST_GAPS <= leeway.gaps <= LONGEST_GAPS
    longest_gaps = leeway.gaps == LONGEST_GAPS
    assert 0 <= fit.program.spare <= (MOST_SILENCE if longest_gaps else NEAR)

    words = phrases(made.settings.language)
    if any(step.kind == "length" for step in fit.program.steps):
        assert announced(timeline, made.settings.language) == words.about(target)
    usual: dict[str, list[int]] = {}  # one text may be an instruction, and a cue in a hold
    for cue in Rendition(made, speaker).timeline().cues:
        usual.setdefault(cue.text, []).append(cue.wpm)
    if not made.settings.wind_down_seconds:
        for cue in timeline.cues:
            rates = usual.get(cue.text, [cue.wpm])
            assert min(rates) <= cue.wpm <= max(rates) * FASTEST_WORDS
    for was, dose in zip(
        (e.dose for e in made.routine.exercises),
        (e.dose for e in settled(made.routine.exercises, leeway)),
        strict=True,
    ):
        if was is None or dose is None:
            continue
        assert was.reps <= dose.reps <= (was.reps_most or was.reps)
        assert was.sets <= dose.sets <= (was.sets_most or was.sets)
        if was.hold and dose.hold:
            assert was.hold.at(1) <= dose.hold.at(1) <= (was.hold_most or was.hold).at(1)
        assert replace(dose, hold=was.hold, reps=was.reps, sets=was.sets) == was, (
            "nothing else of a dose changes"
        )
    for exercise, inside in itertools.groupby(fit.program.steps, lambda step: step.exercise):
        sides: Counter[str | None] = Counter()
        for step in inside:
            if step.set and exercise and step.side and step.kind == "rep":
                sides[step.side] += 1
        assert len(set(sides.values())) <= 1


@given(programs(exercise_count=1), speakers)
@settings(max_examples=40)
def test_a_refusal_tells_the_true_shortest_and_longest(
    made: Program, speaker: ImpulseSpeaker
) -> None:
    shortest, longest = ends(made, speaker)
    for reachable in (shortest, longest):
        assert Rendition(fitting(made, reachable), speaker).timeline().frames == reachable * RATE
    for beyond in (shortest - 1, longest + 1):
        if beyond:
            with pytest.raises(FitError) as refused:
                Rendition(fitting(made, beyond), speaker)
            assert (refused.value.shortest, refused.value.longest) == (shortest, longest)
            assert refused.value.between is None


# What gives way, in which order


def test_rests_and_gaps_give_way_first() -> None:
    usual = rendition().timeline()
    for change in (-8, 9):
        fit = rendition(fit=str(round(seconds(usual.frames)) + change))
        leeway = fit.program.settings.leeway
        assert leeway == Leeway(gaps=leeway.gaps), "nothing but gaps"
        assert (leeway.gaps > 1) == (change > 0)
        assert spans(fit.timeline(), "hold", "beat", "breath") == spans(
            usual, "hold", "beat", "breath"
        )
        was, now = (
            spans(timeline, "rest", "ready", "switch") for timeline in (usual, fit.timeline())
        )
        ratios = {round(b / a, 3) for a, b in zip(was, now, strict=True)}
        assert ratios == {1.0, round(leeway.gaps, 3)}, "all alike, but for a rest of breaths"


def test_then_holds_grow_within_their_ranges_and_then_reps_within_theirs() -> None:
    _, longest = ends(program(), ImpulseSpeaker(RATE // 12))
    held: list[float] = []
    counted: list[int] = []
    for target in range(round(longest * 0.6), longest, 8):
        fit = rendition(fit=str(target))
        leeway = fit.program.settings.leeway
        assert leeway.gaps > 1.5 or (leeway.holds, leeway.counts) == (0, 0)
        bows = {
            seconds(cue.end - cue.start)
            for cue in fit.timeline().cues
            if cue.kind == "hold" and cue.exercise == 1
        }
        (hold,) = bows
        assert hold == int(hold)
        held.append(hold)
        counted.append(max(step.reps for step in fit.program.steps if step.exercise == 1))
        assert f"of {['two', 'three', 'four'][counted[-1] - 2]}." in " ".join(
            cue.text for cue in fit.timeline().cues if cue.exercise == 1
        )
        if hold != 15 and hold != 30:
            told = phrases("en").say("hold_for", length=phrases("en").length(int(hold)))
            assert told in [cue.text for cue in fit.timeline().cues]
    assert counted == sorted(counted)
    assert set(counted) == {2, 3, 4}
    assert {15, 30} <= set(held)
    assert held[counted.index(3) - 1] >= 28, "reps come after holds"


def test_words_grow_faster_last_and_never_by_more_than_a_tenth() -> None:
    shortest, _ = ends(program(), ImpulseSpeaker(RATE // 12))
    usual = {cue.text: cue.wpm for cue in rendition().timeline().cues if cue.text}
    fit = rendition(fit=str(shortest))
    leeway = fit.program.settings.leeway
    assert leeway.words > 1
    assert leeway.gaps < 0.52
    factors = [cue.wpm / usual[cue.text] for cue in fit.timeline().cues if cue.text in usual]
    assert len(factors) > 20
    assert all(1 < factor <= 1.1 for factor in factors)


def test_a_hold_in_a_beat_stays_as_it_is() -> None:
    script = "# T\n## A\nhold 1-3s, every 4s, 6 times\nLift.\n"
    _, longest = ends(program(script), ImpulseSpeaker())
    timeline = rendition(script, fit=str(longest)).timeline()
    assert set(spans(timeline, "hold")) == {RATE}


def test_both_sides_have_equal_time() -> None:
    for target in range(265, 330, 7):
        fit = rendition(fit=f"{target}.{target % 7}")
        held: Counter[str | None] = Counter()
        for index, step in enumerate(fit.program.steps):
            if step.kind == "rep" and step.side and step.rep == 1:
                held[step.side] += fit.segment(index).frames
        assert held["left"] == held["right"] > 0


def test_more_of_one_rep_may_be_more_than_gaps_make_up_for() -> None:
    script = "# T\nget ready: 0s\n## A\nhold 2m, 1-3 times, rest 5s\nBend.\n"
    with pytest.raises(FitError, match="but not between 2:26 and 4:22, as reps") as refused:
        rendition(script, fit="3m30s")
    assert refused.value.between
    below, above = refused.value.between
    assert 120 < below < 210 < above < 300
    for reachable in refused.value.between:
        assert rendition(script, fit=str(reachable)).timeline().frames == reachable * RATE


def test_a_refusal_tells_the_nearest_lengths_that_can_be() -> None:
    made = program(LEAPS)
    speaker = ImpulseSpeaker(700)
    shortest, longest = ends(made, speaker)
    can, cannot = set[int](), set[tuple[int, int]]()
    for target in range(shortest, longest + 1):
        fit = tried(made, target, speaker)
        if isinstance(fit, FitError):
            assert fit.between
            cannot.add(fit.between)
        else:
            can.add(target)
            assert fit.program.spare < frames(1.0)
    assert len(cannot) > 3
    for below, above in cannot:
        assert can.isdisjoint(range(below + 1, above))
        assert {below, above} <= can


def test_rests_of_breaths_and_all_that_is_prescribed_stay() -> None:
    for target in ("4m40s", "5m30s"):
        timeline = rendition(fit=target).timeline()
        rests = {cue.end - cue.start for cue in timeline.cues if cue.kind == "rest" and cue.side}
        assert rests == {30 * RATE}
        assert set(spans(timeline, "beat")) == {3 * RATE}
        assert set(spans(timeline, "breath")) == {6 * RATE}


# Live, written, and in a script


def test_live_it_is_the_export() -> None:
    script = "# Short\nfit: 50s\nget ready: 1s\n## A\nBow.\nhold 8s, 2 times\n"
    made = rendition(script)
    exported = np.concatenate(list(made.blocks()))
    assert len(exported) == 50 * RATE
    session = Session(rendition(script))
    output = FastOutput(session=session)
    assert session.run(lambda: output) == "done"
    assert np.array_equal(output.samples(), exported)


def test_another_pace_breaks_the_fit_but_keeps_what_was_fitted() -> None:
    with playing(SCRIPT, fit="7m") as player:
        before = player.director.rendition.program
        assert before.settings.leeway.counts > 0
        player.until("hold", 1, 3)
        player.do(Command.FASTER)
        after = player.director.rendition.program
        assert after.settings.fit_seconds == 0
        assert after.settings.leeway == before.settings.leeway
        assert [s.kind for s in after.steps] == [s.kind for s in before.steps]
        player.finish()
        assert seconds(sum(len(block) for block in player.played)) < 420


def test_the_track_is_as_long(tmp_path: Path) -> None:
    path = tmp_path / "class.flac"
    made = program(fit="280.5")
    export_file(Job(path), render_program(made, ImpulseSpeaker(RATE // 12), loudness=None))
    with av.open(str(path)) as track:
        assert sum(block.samples for block in track.decode(audio=0)) == frames(280.5)


def test_a_script_says_how_long_and_the_user_wins() -> None:
    script = SCRIPT.replace("get ready: 1s", "get ready: 1s\nfit: 5 min")
    assert rendition(script).timeline().frames == 300 * RATE
    shorter = rendition(script, fit="4:45")
    assert shorter.timeline().frames == 285 * RATE
    assert shorter.program.spare <= NEAR
    usual = rendition(SCRIPT).timeline().frames
    assert rendition(script, fit="off").timeline().frames == usual


@pytest.mark.parametrize("fit", ["0", "25h", "-3m", "soon", "10 breaths"])
def test_what_no_session_can_last_is_no_setting(fit: str) -> None:
    with pytest.raises(SettingError, match="it takes seconds from 1 to 86400, such as 10m"):
        program(fit=fit)


def test_a_winding_session_fits_too() -> None:
    for target in range(270, 340, 9):
        fit = rendition(fit=str(target), **{"wind down": "60s"})
        assert fit.timeline().frames == target * RATE
        assert fit.program.spare < frames(0.05)
        levels = [cue.level for cue in fit.timeline().cues if cue.sounds]
        assert levels[-1] < 0.6
        assert levels == sorted(levels, reverse=True)


def test_what_can_not_be_is_said_in_one_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "a.md"
    script.write_text("# T\n## A\nBow.\nhold 15s\n")
    assert run(["plan", str(script), "--fit", "10s"]) == 2
    _, error = capfd.readouterr()
    assert re.fullmatch(
        r"voicecoach: this session can't last 0:10; it can last from \d:\d\d to \d:\d\d\n", error
    )


def test_check_tells_what_gave_way(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "a.md"
    script.write_text("# T\n## A\nBow.\nhold 5-30s, 2-4 times, rest 4s\n")
    assert run(["check", str(script), "--fit", "2:10"]) == 0
    assert re.search(
        r"good, 2:10, 1 exercise; rests and gaps [12]\.\d\d times as long, "
        r"holds \d+% into their ranges, reps and sets \d+% into their ranges\n",
        capfd.readouterr().out,
    )


def test_a_text_alone_is_as_long_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever wants sessions of ten minutes tries a voice all the same."""
    monkeypatch.setenv("VOICECOACH_FIT", "10m")
    track = tmp_path / "a.wav"
    assert run(["say", "Sit down.", "-o", str(track)]) == 0
    with av.open(str(track)) as file:
        assert sum(block.samples for block in file.decode(audio=0)) < 10 * RATE


def test_a_reminder_that_speaks_nothing_knows_how_long_it_lasts() -> None:
    made = program(fit="5m")
    assert about_seconds(made.steps, made.settings) == 300


def test_what_has_grown_is_prescribed() -> None:
    """It is said at the start: "Today three times."."""
    routine, _ = read_script("# T\n## A\nBow.\nhold 5-30s, 2-9 times\n")
    (exercise,) = routine.exercises
    grown = Grown(Progress(1, "reps", 1, "days", 9), "", own=2, most=9, now=2)
    leeway = Leeway(holds=1.0, counts=1.0)
    for known, reps in ((None, 9), (grown, 2)):
        (made,) = settled([replace(exercise, grown=known)], leeway)
        assert made.dose
        assert made.dose.hold == Duration(30)
        assert made.dose.reps == reps
