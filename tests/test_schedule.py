"""Schedules: every sound on its frame or left out, for routines, paces and voices of any kind."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.routines import programs, schedulers
from voicecoach.program import Program, build_program
from voicecoach.routine import Breathe, Duration, Exercise, Hold, Pause
from voicecoach.schedule import Scheduler
from voicecoach.script import read_script
from voicecoach.settings import Settings
from voicecoach.speech import Utterance
from voicecoach.step import Chime, Placed, Say, SayLength, Span, Step
from voicecoach.timeline import Cue, Segment
from voicecoach.units import RATE, Frames, frames

SENTENCE_GAP, PARAGRAPH_GAP = 0.6, 1.2
"""As the script language has them."""
CHIME_GAP = 0.25


@dataclass(frozen=True)
class Case:
    """A program as one voice would speak it."""

    program: Program
    scheduler: Scheduler
    segments: list[Segment]

    @property
    def pace(self) -> float:
        return self.program.settings.pace

    def length(self, say: Say) -> int:
        return self.scheduler.measure(self.scheduler.utterance(say))

    def slot(self, say: Say) -> int:
        """The time that it takes: as long as for the other side."""
        other = replace(say, text=say.as_long_as) if say.as_long_as else say
        return max(self.length(say), self.length(other))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    program = draw(programs())
    scheduler = draw(schedulers(program.settings))
    return Case(program, scheduler, [scheduler.segment(step) for step in program.steps])


def sounds(segment: Segment) -> list[Cue]:
    return [cue for cue in segment.cues if cue.sounds]


def marked(segment: Segment) -> list[tuple[Span, Cue]]:
    """Each span of the step, also those within others, with where it was placed."""
    asked = [part for part in segment.step.parts if isinstance(part, Span)]
    asked = [span for outer in asked for span in (outer, outer.inner) if span]
    placed = [cue for cue in segment.cues if not cue.sounds]
    assert [span.kind for span in asked] == [cue.kind for cue in placed]
    return list(zip(asked, placed, strict=True))


def within(segment: Segment, cue: Cue) -> list[Cue]:
    """What is said in a span, and rung where a hold begins; it ends there too."""
    found = [sound for sound in sounds(segment) if cue.start <= sound.start < cue.end]
    # Only the chime of what came before may ring on.
    found = [sound for sound in found if sound.kind == "speech" or cue.kind == "hold"]
    assert all(sound.end <= cue.end for sound in found)
    return found


# What is never so


def sounds_never_overlap_and_every_cue_lies_inside_its_segment(case: Case) -> None:
    for segment in case.segments:
        assert list(segment.cues) == sorted(segment.cues, key=lambda cue: cue.start)
        for cue in segment.cues:
            assert 0 <= cue.start <= cue.end <= segment.frames
        for one, other in itertools.pairwise(sounds(segment)):
            assert one.start < one.end <= other.start


def nothing_is_lost_or_clipped(case: Case) -> None:
    for segment in case.segments:
        step, chimes = segment.step, segment.step.chimes
        asked = [part for part in step.parts if isinstance(part, Say)]
        spans = [span for span, _ in marked(segment)]
        asked += [placed.say for span in spans for placed in span.cues]
        events = [part.name for part in step.parts if isinstance(part, Chime) and chimes]
        events += [e for span in spans for e in (span.opens, span.closes) if e and chimes]
        heard = [cue for cue in segment.cues if cue.kind == "speech"]
        rung = [cue for cue in segment.cues if cue.kind == "chime"]
        for cue in heard:
            spoken = Utterance(cue.text, cue.voice, cue.wpm, cue.pitch)
            assert cue.end - cue.start == case.scheduler.measure(spoken)
        for cue in rung:
            assert cue.end - cue.start == case.scheduler.measure_chime(cue.sound)
        texts = [cue.text for cue in heard] + [cue.event for cue in rung]
        left = [left.text for left in segment.left_out]
        assert Counter(texts + left) == Counter([say.text for say in asked] + events)
        assert all(left.why for left in segment.left_out)


def what_is_left_out_names_the_line_that_asked_for_it(case: Case) -> None:
    for segment in case.segments:
        lines = {say.text: say.line for say in segment.step.utterances() if say.line}
        spans = {span.line for span, _ in marked(segment)}
        own = {part.text for part in segment.step.parts if isinstance(part, Say)}
        for left in segment.left_out:
            if left.text in lines:
                assert left.line
            elif left.text not in own:  # the coach's own words, within a span
                assert left.line in spans


def the_same_step_gives_the_same_segment(case: Case) -> None:
    for step, segment in reversed(list(zip(case.program.steps, case.segments, strict=True))):
        assert case.scheduler.segment(step) == segment


# Lengths


def prescribed(exercise: Exercise, kind: str, settings: Settings) -> set[int]:
    """The lengths in frames that spans of a kind may have: what the script says, and no other."""
    dose, pace, breath = exercise.dose, settings.pace, settings.breath_seconds
    moved = [part for movement in exercise.movements for part in movement.parts]
    parts = [*exercise.before, *moved, *exercise.after]
    holds = [part.length for part in parts if isinstance(part, Hold)]
    if dose and dose.hold:
        holds.append(dose.hold)

    def paced(*lengths: Duration) -> set[int]:
        return {frames(x.at(breath) / (1 if x.breaths else pace)) for x in lengths}

    lengths: dict[str, set[int]] = {
        "hold": {frames(length.at(breath)) for length in holds},
        "breath": {frames(breath)} if any(isinstance(p, Breathe) for p in parts) else set(),
        "pause": paced(*(part.length for part in parts if isinstance(part, Pause))),
    }
    if dose:
        lengths["pause"] |= {frames(3 / pace)}
        lengths["rest"] = paced(dose.rest, dose.set_rest, *([dose.switch] if dose.sides else []))
        lengths["switch"] = paced(dose.switch) if dose.sides else set()
        lengths["ready"] = {frames(settings.get_ready_seconds / pace)}
        lengths["beat"] = {frames(dose.every.at(breath))} if dose.every else set()
    return lengths.get(kind, set())


def every_span_lasts_exactly_as_long_as_the_script_says(case: Case) -> None:
    for segment in case.segments:
        number = segment.step.exercise
        for span, cue in marked(segment):
            assert cue.end - cue.start == frames(span.seconds)
            if number:
                exercise = case.program.routine.exercises[number - 1]
                assert cue.end - cue.start in prescribed(exercise, cue.kind, case.program.settings)


def both_sides_get_exactly_equal_time(case: Case) -> None:
    runs: dict[tuple[int, int, str], list[int]] = {}
    reps: dict[tuple[int, int, int], dict[str, int]] = {}
    at = 0
    for segment in case.segments:
        step = segment.step
        if step.kind == "rep" and step.side:
            held = [c.end for s, c in marked(segment) if s.kind not in ("rest", "switch")]
            end = max(held)
            run = runs.setdefault((step.exercise, step.set, step.side), [at, at])
            run[1] = at + end
            reps.setdefault((step.exercise, step.set, step.rep), {})[step.side] = end
        at += segment.frames
    assert all(rep["left"] == rep["right"] for rep in reps.values())
    for (number, a_set, side), (first, last) in runs.items():
        dose = case.program.routine.exercises[number - 1].dose
        if dose and dose.sides == "each":
            other = runs[number, a_set, "right"]
            assert side == "right" or last - first == other[1] - other[0]


# Places


def words_within_spans_stand_exactly_where_they_were_placed(case: Case) -> None:
    for segment in case.segments:
        left = Counter(out.text for out in segment.left_out)
        for span, cue in marked(segment):
            heard = {(sound.text, sound.start) for sound in within(segment, cue)}
            for placed in span.cues:
                if placed.at_seconds is None:
                    continue
                offset = frames(placed.at_seconds)
                at = cue.end - offset if placed.before_end else cue.start + offset
                if (placed.say.text, at) not in heard:
                    assert left[placed.say.text] > 0, placed
                    left[placed.say.text] -= 1


def countdowns_stand_on_whole_seconds_with_silence_before(case: Case) -> None:
    clear = frames(0.5 / case.pace)
    for segment in case.segments:
        every = sounds(segment)
        for span, cue in marked(segment):
            found = within(segment, cue)
            numbers = [sound for sound in found if sound.role == "countdown"]
            for sound in numbers:
                assert sound.number
                assert cue.end - sound.start == sound.number * RATE
            said = [sound.number for sound in numbers]
            assert said == sorted(said, key=lambda n: -(n or 0))
            if numbers:
                before = [sound.end for sound in every if sound.start < numbers[0].start]
                assert numbers[0].start - max(before, default=-RATE) >= clear
            for sound in found:
                if sound.text in ("Halfway.", "Ten seconds.") and span.kind == "hold":
                    before = [other.end for other in found if other.start < sound.start]
                    assert sound.start - max(before, default=-RATE) >= clear


def halfway_is_exactly_half(case: Case) -> None:
    for segment in case.segments:
        number = segment.step.exercise
        own = case.program.routine.exercises[number - 1].halfway if number else None
        for span, cue in marked(segment):
            for sound in within(segment, cue):
                if span.kind == "hold" and own and sound.line == own.line and not sound.role:
                    assert sound.start - cue.start == frames(span.seconds / 2)
                    assert span.seconds >= 10


def gaps_between_sentences_and_paragraphs(case: Case) -> None:
    pace, settings = case.pace, case.program.settings
    for segment in case.segments:
        spans = [cue for cue in segment.cues if not cue.sounds]
        free = [
            cue
            for cue in segment.cues
            if cue.kind == "speech" and not any(s.start <= cue.start < s.end for s in spans)
        ]
        waiting = iter(free)
        ended: int | None = None
        trail = 0
        for part in segment.step.parts:
            if not isinstance(part, Say):
                ended = None
                continue
            length = case.slot(part)
            start = ended
            if ended is not None and length:
                gap = frames((PARAGRAPH_GAP if part.group else SENTENCE_GAP) / pace)
                start = ended + gap + trail
            if case.length(part):
                cue = next(waiting)
                assert cue.text == part.text
                assert start is None or cue.start == start
                start = cue.start
            if start is not None and length:
                ended, trail = start + length, frames(length / RATE * settings.trail)
        assert next(waiting, None) is None
        if ended is not None:  # what follows begins with words, or with a chime
            assert segment.frames == ended + frames(PARAGRAPH_GAP / pace) + trail


def words_never_follow_words_or_chimes_too_closely(case: Case) -> None:
    """Whatever step they stand in; countdowns, beats and breaths have a rhythm of their own."""
    at = 0
    last: Cue | None = None
    spans: list[Cue] = []  # silence that the script asks for, however short
    for segment in case.segments:
        spans += [cue.moved(at) for cue in segment.cues if not cue.sounds]
        breaths = [cue for cue in segment.cues if cue.kind == "breath"]
        for cue in sounds(segment):
            sound = cue.moved(at)
            goes_on = {b.start for b in breaths} & {b.end for b in breaths}
            breathing = any(b.start < cue.start < b.end for b in breaths) or cue.start in goes_on
            rhythm = sound.role or breathing
            if last and sound.kind == "speech" and not rhythm:
                gap = CHIME_GAP if last.kind == "chime" else 0.5
                least = frames(gap / case.pace)
                if not any(last.end <= p.start and p.end <= sound.start for p in spans):
                    assert sound.start - last.end >= least, (last, sound)
            last = sound
        at += segment.frames


def a_hold_starts_where_the_words_that_ask_for_it_end(case: Case) -> None:
    for segment in case.segments:
        step = segment.step
        places = {id(span): cue for span, cue in marked(segment)}
        for part, following in itertools.pairwise(step.parts):
            if isinstance(part, Say) and isinstance(following, Span) and following.kind == "hold":
                hold = places[id(following)]
                end = hold.start - case.slot(part) + case.length(part)
                heard = [c.end for c in sounds(segment) if c.start < hold.start]
                if case.length(part):
                    assert end == heard[-1]


def holds_ring_at_their_very_beginning_and_end(case: Case) -> None:
    for segment in case.segments:
        rung = {(cue.event, cue.start) for cue in segment.cues if cue.kind == "chime"}
        left = Counter(out.text for out in segment.left_out)
        for span, cue in marked(segment):
            if span.kind == "hold" and segment.step.chimes:
                for event, at in (("hold", cue.start), ("release", cue.end)):
                    if (event, at) not in rung:
                        assert left[event] > 0
                        left[event] -= 1


CHECKS = (
    sounds_never_overlap_and_every_cue_lies_inside_its_segment,
    nothing_is_lost_or_clipped,
    what_is_left_out_names_the_line_that_asked_for_it,
    the_same_step_gives_the_same_segment,
    every_span_lasts_exactly_as_long_as_the_script_says,
    both_sides_get_exactly_equal_time,
    words_within_spans_stand_exactly_where_they_were_placed,
    countdowns_stand_on_whole_seconds_with_silence_before,
    halfway_is_exactly_half,
    gaps_between_sentences_and_paragraphs,
    words_never_follow_words_or_chimes_too_closely,
    a_hold_starts_where_the_words_that_ask_for_it_end,
    holds_ring_at_their_very_beginning_and_end,
)


@given(cases())
def test_every_schedule(case: Case) -> None:
    for check in CHECKS:
        check(case)


# One case at a time


def measure_by(lengths: dict[str, float], usual: float = 0.3, pace: float = 1.0) -> Scheduler:
    return Scheduler(
        Settings(chimes="", rate_wpm=200, pace=pace),
        "espeak:en-us",
        lambda utterance: frames(lengths.get(utterance.text, usual)),
        lambda sound: frames(0.9),
    )


def hold(seconds: float, *cues: Placed) -> Span:
    return Span("hold", seconds, 7, "hold", "release", cues)


def numbers(*wanted: int) -> tuple[Placed, ...]:
    return tuple(
        Placed(Say(str(n), role="countdown", number=n), float(n), True, 0.5) for n in wanted
    )


def test_silence_before_a_countdown_counts_from_the_last_sound() -> None:
    for seconds, said in ((3.5, 3), (3.49, 2)):
        step = Step("rep", (Say("Hold."), hold(seconds, *numbers(3, 2, 1))))
        segment = measure_by({}).segment(step)
        first = next(cue for cue in segment.cues if cue.role)
        assert first.number == said
        assert [left.text for left in segment.left_out] == ["3"] * (3 - said)


def test_a_pause_does_not_hide_the_words_before_it() -> None:
    step = Step("rep", (Say("Hold."), Span("pause", 0.1), hold(3.3, *numbers(3, 2, 1))))
    segment = measure_by({}).segment(step)
    assert [cue.number for cue in segment.cues if cue.role] == [2, 1]


def test_the_countdown_comes_before_all_else_and_then_the_halfway_cue() -> None:
    cues = (*numbers(3, 2, 1), Placed(Say("Halfway."), 5.0), Placed(Say("Far."), 5.2))
    segment = measure_by({"Halfway.": 1.0}).segment(Step("rep", (hold(10.0, *cues),)))
    assert [cue.text for cue in sounds(segment)] == ["Halfway.", "3", "2", "1"]
    long = measure_by({"Halfway.": 1.6}).segment(Step("rep", (hold(10.0, *cues),)))
    assert [cue.text for cue in sounds(long)] == ["Far.", "3", "2", "1"]
    (left,) = long.left_out
    assert (left.text, left.line, left.why) == ("Halfway.", 7, "another cue sounds there")


def test_nothing_is_said_between_the_numbers_of_a_countdown() -> None:
    step = Step(
        "rep", (hold(11.0, *numbers(*range(10, 0, -1)), Placed(Say("Half."), 5.5, False, 0.5)),)
    )
    segment = measure_by({}).segment(step)
    assert [cue.text for cue in sounds(segment)] == [str(n) for n in range(10, 0, -1)]
    assert [left.text for left in segment.left_out] == ["Half."]


def test_numbers_that_leave_little_silence_between_them_are_all_said() -> None:
    segment = measure_by({}, 0.9).segment(Step("rep", (hold(5.0, *numbers(3, 2, 1)),)))
    assert [cue.number for cue in sounds(segment)] == [3, 2, 1]


def test_every_hold_counts_anew() -> None:
    again = hold(3.2, *numbers(3, 2, 1))
    segment = measure_by({}).segment(Step("rep", (hold(5.0, *numbers(1)), Say("And."), again)))
    assert [cue.number for cue in sounds(segment) if cue.role] == [1, 2, 1]


def test_what_was_heard_last_is_what_ended_last() -> None:
    """The halfway cue is placed after the numbers, though it is heard before them."""
    first = hold(10.0, *numbers(1), Placed(Say("Halfway."), 5.0))
    step = Step("rep", (first, hold(1.3, *numbers(1))))
    segment = measure_by({"1": 1.0}).segment(step)
    assert [cue.text for cue in sounds(segment)] == ["Halfway.", "1"]


def test_a_chime_before_a_hold_keeps_its_silence_too() -> None:
    step = Step("rep", (), chimes="bowl")
    short = replace(hold(1.2, *numbers(1)), opens="")
    for part, said in ((short, []), (replace(short, seconds=1.5), [1])):
        segment = measure_by({}).segment(replace(step, parts=(Chime("rep"), part)))
        assert [cue.number for cue in sounds(segment) if cue.role] == said


def test_what_would_begin_before_its_span_is_left_out() -> None:
    segment = measure_by({}).segment(Step("rep", (Say("Now."), hold(2.0, *numbers(3, 2, 1)))))
    assert [left.text for left in segment.left_out] == ["3", "2"]


@given(st.floats(0.5, 2), st.integers(80, 400), st.sampled_from([20_000, 150_000, 400_000]))
def test_a_sentence_with_its_gap_goes_with_the_pace(pace: float, rate: int, length: int) -> None:
    """As the language says: pace multiplies the speaking rate, of words and silence together."""

    def spoken(pace: float) -> tuple[int, int]:
        settings = Settings(rate_wpm=rate, pace=pace, chimes="")
        scheduler = Scheduler(
            settings,
            "espeak:en-us",
            lambda u: Frames(round(length * rate / u.wpm)),
            lambda _: frames(1),
        )
        segment = scheduler.segment(Step("instructions", (Say("Sit."), Say("Now bow."))))
        first, second = sounds(segment)
        return second.start - first.start, second.start - first.end

    whole, gap = spoken(pace)
    usual, usual_gap = spoken(1.0)
    if rate * pace <= 450:
        # A word's rate is whole, and so is a frame; from pace 1 on nothing makes up for that.
        assert whole == pytest.approx(usual / pace, abs=2 if pace < 1 else length / rate)
    if pace < 1:
        assert gap / usual_gap >= 1 / pace - 1e-4
        words = (whole - gap) / (usual - usual_gap)
        assert words <= 1 / pace + 0.5 / (rate * pace), "the gap takes the larger part"


def test_slower_is_never_quicker_and_pace_1_is_as_it_was() -> None:
    paces = [n / 200 for n in range(100, 401)]
    settings = [Settings(pace=pace) for pace in paces]
    words = [each.wpm for each in settings]
    assert words == sorted(words)
    assert max(b - a for a, b in itertools.pairwise(words)) <= 2, "no jump"
    assert (Settings().wpm, Settings().trail) == (135, 0)
    assert all(each.trail == 0 for each in settings if each.pace >= 1)
    assert [Settings(pace=pace).wpm for pace in (0.95, 0.85, 0.5)] == [135, 132, 101]


def test_a_pause_takes_the_place_of_the_gap() -> None:
    step = Step("instructions", (Say("Wait."), Span("pause", 0.2), Say("Go.")))
    first, second = sounds(measure_by({}).segment(step))
    assert second.start == first.end + frames(0.2)


def test_words_longer_than_their_rest_are_left_out_whole() -> None:
    rest = Span("rest", 3.0, 9, cues=(Placed(Say("Shake it out.", 12), None),))
    for length, fits in ((2.4, True), (2.41, False)):
        segment = measure_by({"Shake it out.": length}).segment(Step("rep", (rest,)))
        assert segment.frames == frames(3)
        assert len(sounds(segment)) == fits
        assert [(left.text, left.line) for left in segment.left_out] == (
            [] if fits else [("Shake it out.", 12)]
        )


def test_at_a_slow_pace_words_in_a_rest_leave_room_for_the_longer_gap_behind_them() -> None:
    rest = Span("rest", 3.0, cues=(Placed(Say("Shake it out."), None),))
    for length, fits in ((1.2, True), (1.21, False)):  # 1.2 s behind every sentence, and a half
        segment = measure_by({"Shake it out.": length}, pace=0.5).segment(Step("rep", (rest,)))
        assert segment.frames == frames(3)
        assert len(sounds(segment)) == fits


def test_a_side_whose_words_are_longer_leaves_out_the_same_cues() -> None:
    scheduler = measure_by({"Left knee.": 1.0, "Right knee.": 3.0})
    for own, other in (("Left knee.", "Right knee."), ("Right knee.", "Left knee.")):
        cue = Placed(Say(own, as_long_as=other), 5.0)
        for seconds, fits in ((8.0, True), (7.9, False)):
            segment = scheduler.segment(Step("rep", (hold(seconds, cue),)))
            assert len(sounds(segment)) == fits


def test_a_side_for_which_there_is_no_sound_takes_its_time_all_the_same() -> None:
    scheduler = measure_by({"Left.": 0.0, "Right.": 2.0})
    left, right = (
        scheduler.segment(Step("rep", (Say(own, 3, as_long_as=other), hold(5.0))))
        for own, other in (("Left.", "Right."), ("Right.", "Left."))
    )
    assert left.frames == right.frames
    assert [(out.text, out.line) for out in left.left_out] == [("Left.", 3)]
    assert not right.left_out


def test_a_breath_goes_on_from_words_with_a_gap_and_from_a_breath_with_none() -> None:
    cues = (Placed(Say("In."), 0.0), Placed(Say("Out."), 1.0))
    breath = Span("breath", 2.0, cues=cues)
    step = Step("instructions", (Say("Breathe."), breath, breath, hold(4.0), breath))
    segment = measure_by({"Out.": 1.0}).segment(step)
    breaths = [cue.start for cue in segment.cues if cue.kind == "breath"]
    assert breaths == [frames(0.9), frames(2.9), frames(8.9)]
    rung = measure_by({})
    segment = rung.segment(replace(step, chimes="bowl"))
    assert not segment.left_out
    breaths = [cue.start for cue in segment.cues if cue.kind == "breath"]
    assert breaths[2] == breaths[1] + frames(2 + 4) + frames(0.9) + frames(CHIME_GAP)


def test_a_rep_that_ends_with_words_leaves_a_gap_before_those_of_the_next_step() -> None:
    segment = measure_by({}).segment(Step("rep", (hold(5.0), Say("Let go."))))
    assert segment.frames == frames(5 + 0.3 + PARAGRAPH_GAP)


def test_words_that_end_with_a_hold_leave_a_sentences_gap() -> None:
    step = Step("rep", (hold(5.0, *numbers(1)),))
    assert measure_by({"1": 0.4}).segment(step).frames == frames(5)
    assert measure_by({"1": 0.9}).segment(step).frames == frames(4 + 0.9 + SENTENCE_GAP)


def test_a_beats_hold_starts_when_its_number_has_been_said() -> None:
    beat = Span("beat", 4.0, 8, cues=(Placed(Say("One", role="beat"), 0.0),), inner=hold(3.0))
    for length, start, left in ((1.0, 1.0, []), (1.1, 0.0, ["One"])):
        scheduler = measure_by({"One": length})
        segment = scheduler.segment(Step("rep", (beat,)))
        inner = next(cue for cue in segment.cues if cue.kind == "hold")
        assert (inner.start, inner.end) == (frames(start), frames(start + 3))
        assert segment.frames == frames(4)
        assert [out.text for out in segment.left_out] == left
    rung = measure_by({"One": 1.0}).segment(Step("rep", (beat,), chimes="bowl"))
    assert [cue.event for cue in sounds(rung)] == ["", "hold"]
    assert [out.text for out in rung.left_out] == ["release"], "it would ring into the next beat"


def test_chimes_of_another_set_and_of_a_file() -> None:
    step = Step("opening", (Chime("wood"), Chime("start"), Say("Go.")))
    scheduler = measure_by({})
    assert not sounds(scheduler.segment(step))[0].sound
    own = [c.sound for c in sounds(scheduler.segment(replace(step, chimes="bell")))]
    assert own == ["wood/start", "bell/start", ""]
    file = [c.sound for c in sounds(scheduler.segment(replace(step, chimes="/my/gong.wav")))]
    assert file == ["/my/gong.wav", "/my/gong.wav", ""]


# Long sessions


def lazily(script: str, settings: Settings, per_character: int = 200) -> Iterator[Segment]:
    routine, _ = read_script(script)
    scheduler = Scheduler(
        settings,
        "espeak:en-us",
        lambda utterance: Frames(len(utterance.text) * per_character),
        lambda sound: Frames(len(sound) * 1000),
    )
    for step in build_program(routine, settings).steps:
        if not any(isinstance(part, SayLength) for part in step.parts):
            yield scheduler.segment(step)


@pytest.mark.parametrize("every", [0.5, 0.7, 1.234567, 3.3])
def test_beats_do_not_drift(every: float) -> None:
    script = f"# T\n## A\n5000 times, every {every}s\n"
    at, beats = 0, []
    for segment in lazily(script, Settings(pace=1.2)):
        beats += [at + cue.start for cue in segment.cues if cue.role == "beat"]
        at += segment.frames
    assert len(beats) == 5000
    assert {b - a for a, b in itertools.pairwise(beats)} == {frames(every)}


def test_positions_add_up_over_a_day() -> None:
    script = "# T\n## A\n2870 times, hold 20s, rest 10s\n"
    holds, rests, reps, at = [], [], set(), 0
    for segment in lazily(script, Settings(chimes="", countdown=0, pace=1.0), 1):
        for cue in segment.cues:
            place = (at + cue.start, at + cue.end)
            if cue.kind == "hold":
                holds.append(place)
            elif cue.kind == "rest":
                rests.append(place)
        at += segment.frames
        if 2 < segment.step.rep < 2870:
            reps.add(segment.frames - len(segment.cues[0].text))
    assert at > frames(86_000)
    assert len(holds) == 2870
    assert {end - start for start, end in holds} == {20 * RATE}
    assert {end - start for start, end in rests} == {10 * RATE}
    for (_, end), (start, _) in zip(holds, rests, strict=False):
        assert end == start
