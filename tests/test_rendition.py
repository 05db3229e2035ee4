"""Renditions: what one voice makes of a program, from its measures to the plan and the samples."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import ImpulseSpeaker
from tests.routines import programs
from voicecoach.errors import ExportError, NotFoundError, ScriptError
from voicecoach.library import chime_file
from voicecoach.mix import Stretch
from voicecoach.phrases import phrases
from voicecoach.program import Program, build_program
from voicecoach.rendition import TOLERANCE, Rendition, cue_sound, timeline_blocks
from voicecoach.script import load_script, read_script
from voicecoach.settings import Settings
from voicecoach.sound import Samples, chime
from voicecoach.speech import Utterance
from voicecoach.timeline import LEAD_IN, Cue, Timeline, read_plan
from voicecoach.units import RATE, Frames, frames, seconds

SCRIPT = """# Short
caution: Slowly.
Find a mat.
## Reach up
Reach up with your {side} arm.
2 times, hold 11s, rest 3s, each side, switch 2s
halfway: Soften.
## Finish
Well done. (pause 1s) Breathe. (breathe 1)
"""


def rendition(
    script: str = SCRIPT, speaker: ImpulseSpeaker | None = None, settings: Settings | None = None
) -> Rendition:
    routine, _ = read_script(script)
    return Rendition(build_program(routine, settings or Settings()), speaker or ImpulseSpeaker())


def samples(blocks: Iterable[Samples]) -> Samples:
    return np.concatenate(list(blocks))


def announced(timeline: Timeline, language: str = "en") -> str:
    before, after = phrases(language).say("length", length="|").split("|")
    (said,) = (
        cue.text
        for cue in timeline.cues
        if cue.text.startswith(before) and cue.text.endswith(after)
    )
    return said.removeprefix(before).removesuffix(after)


# The length


@given(programs(), st.sampled_from([40, 700, 3_000, 9_000]))
def test_the_announced_length_is_what_is_heard(program: Program, per_character: int) -> None:
    made = Rendition(program, ImpulseSpeaker(per_character))
    timeline = made.timeline()
    if any(step.kind == "length" for step in program.steps):
        words = phrases(program.settings.language)
        length = words.about(seconds(timeline.frames))
        assert announced(timeline, program.settings.language) == length
    assert timeline.frames == sum(segment.frames for segment in made.segments())


@pytest.mark.parametrize("per_character", [3_000, 9_000])
def test_the_announced_length_is_true_wherever_the_rounding_turns(per_character: int) -> None:
    """Around 115 s "one minute and fifty seconds" takes longer to say than "two minutes"."""
    script = "# T\nget ready: 0s\n## A\nonce, hold {}s\n"
    usual = seconds(rendition(script.format(50), ImpulseSpeaker(per_character)).timeline().frames)
    seen = set()
    for tenth in range(-60, 60):
        hold = 115 - usual + 50 + tenth / 10
        timeline = rendition(script.format(f"{hold:.1f}"), ImpulseSpeaker(per_character)).timeline()
        assert announced(timeline) == phrases("en").about(seconds(timeline.frames))
        seen.add(announced(timeline))
    assert seen == {"one minute and fifty seconds", "two minutes"}


def test_a_session_longer_than_a_day_is_an_error() -> None:
    script = "# T\n## A\n2800 times, hold 20s, rest 10s\n"
    with pytest.raises(
        ScriptError, match=r"script:1:1: the session takes more than 24 h; split it"
    ):
        rendition(script, settings=Settings(pace=0.5)).timeline()


# The voice


@pytest.mark.parametrize(
    ("language", "voice", "name"),
    [
        ("en", "", "espeak:en-us"),
        ("en-gb", "", "espeak:en"),
        ("de", "", "espeak:de"),
        ("fr", "", "espeak:fr"),
        ("es", "german", "espeak:de"),
    ],
)
def test_the_voice_speaks_the_sessions_language(language: str, voice: str, name: str) -> None:
    made = rendition(settings=Settings(language=language, voice=voice))
    assert made.voice.name == name
    assert {cue.voice for cue in made.timeline().cues if cue.kind == "speech"} == {name}


def test_a_voice_that_is_not_there() -> None:
    with pytest.raises(NotFoundError, match="no voice"):
        rendition(settings=Settings(voice="nobody"))


def test_rate_and_pitch_reach_the_speaker() -> None:
    speaker = ImpulseSpeaker()
    made = rendition(speaker=speaker, settings=Settings(rate_wpm=150, pace=1.2, pitch=-2.0))
    cues = [cue for cue in made.timeline().cues if cue.kind == "speech"]
    assert {(cue.wpm, cue.pitch) for cue in cues} == {(180, -2.0), (162, -2.0)}
    assert {(u.wpm, u.pitch) for u in speaker.spoken} == {(180, -2.0), (162, -2.0)}


def test_what_is_said_within_holds_and_breaths_is_a_little_slower_but_numbers_keep_their_beat() -> (
    None
):
    script = """# T
## Neck
hold 40s
halfway: Breathe out.
Sit. (breathe 1)
## Rolls
3 times, every 4s
"""
    cues = [cue for cue in rendition(script).timeline().cues if cue.kind == "speech"]
    slower = {cue.text for cue in cues if cue.wpm == 122}  # nine tenths of 135
    assert slower == {"Breathe out.", "Ten seconds.", "Breathe in."}
    assert {cue.wpm for cue in cues if cue.text not in slower} == {135}


# Lazily, from the beginning, the same each time


class PreparedSpeaker(ImpulseSpeaker):
    """Remembers what it was told to prepare."""

    def __init__(self) -> None:
        super().__init__(500)
        self.prepared: list[Utterance] = []

    def prepare(self, utterances: Iterable[Utterance]) -> None:
        self.prepared += utterances


def test_the_first_step_is_known_before_the_others_are_spoken() -> None:
    speaker = PreparedSpeaker()
    made = rendition(speaker=speaker)
    assert speaker.spoken == []
    segments = made.segments()
    next(segments)
    assert [utterance.text for utterance in speaker.spoken] == ["Short.", "Slowly."]
    assert len(list(segments)) == len(made.program.steps) - 1


def test_all_that_will_be_measured_is_prepared_once_and_in_order() -> None:
    speaker = PreparedSpeaker()
    list(rendition(speaker=speaker).segments())
    asked = [u for u in speaker.spoken if not u.text.startswith("This session")]
    assert speaker.prepared == asked, "each once, in the order in which they are measured"
    texts = [utterance.text for utterance in asked]
    left = texts.index("Reach up with your left arm.")
    assert texts[left + 1] == "Reach up with your right arm.", "so that both take equal time"


def test_every_call_starts_from_the_beginning_with_the_same_samples() -> None:
    made = rendition(speaker=ImpulseSpeaker(500))
    first = samples(made.blocks())
    assert np.array_equal(first, samples(made.blocks()))
    pieces = made.pieces(Stretch(segment) for segment in made.segments())
    assert np.array_equal(first, samples(piece.samples for piece in pieces))
    timeline = made.timeline()
    assert timeline == made.timeline()
    assert len(first) == timeline.frames
    assert np.array_equal(first, samples(timeline_blocks(timeline, ImpulseSpeaker(500))))


def test_it_begins_with_the_lead_in_of_room_tone() -> None:
    made = rendition()
    assert made.timeline().cues[0].start == LEAD_IN == RATE // 2
    (first, *_) = made.blocks()
    assert 0 < np.abs(first).max() < 0.01
    quiet = rendition(settings=Settings(room_tone=False))
    assert not next(quiet.blocks()).any()


def test_volume_scales_voice_and_chimes_but_not_the_room() -> None:
    def made(volume: float, *, tone: bool, **levels: float) -> Samples:
        settings = Settings(volume=volume, room_tone=tone, **levels)  # type: ignore[arg-type]
        return samples(rendition(SCRIPT, ImpulseSpeaker(300), settings).blocks())

    loud, soft = made(1.0, tone=False), made(0.25, tone=False)
    assert np.array_equal(soft, 0.25 * loud)
    voice, chimes = (made(0.5, tone=False, **{f"{one}_volume": 0.0}) for one in ("chime", "voice"))
    assert voice.any()
    assert chimes.any()
    assert np.allclose(voice + chimes, 0.5 * loud)
    assert np.allclose(made(0.25, tone=True) - soft, made(1.0, tone=True) - loud, atol=1e-6)


# Chapters and cues of a whole session


def test_chapters_begin_with_their_name_and_follow_each_other() -> None:
    timeline = rendition().timeline()
    assert [chapter.title for chapter in timeline.chapters] == ["Reach up", "Finish"]
    names = {cue.text: cue.start for cue in timeline.cues}
    first, second = timeline.chapters
    assert first.start == names["Reach up."]
    assert second.start == first.end == names["Finish."]
    last = [cue for cue in timeline.cues if cue.exercise == 2][-1]
    assert last.end <= second.end < timeline.frames


@given(programs())
def test_cues_and_chapters_of_any_session(program: Program) -> None:
    timeline = Rendition(program, ImpulseSpeaker(700)).timeline()
    sounding = [cue for cue in timeline.cues if cue.sounds]
    for one, other in itertools.pairwise(sounding):
        assert one.end <= other.start
    assert timeline.cues[-1].end <= timeline.frames
    names = [exercise.name for exercise in program.routine.exercises]
    assert [chapter.title for chapter in timeline.chapters] == names
    for number, chapter in enumerate(timeline.chapters, 1):
        own = [cue for cue in timeline.cues if cue.exercise == number]
        assert chapter.start == own[0].start
        assert own[-1].end <= chapter.end
    for before, after in itertools.pairwise(timeline.chapters):
        assert before.end == after.start


# From a plan


def plan_of(made: Rendition, folder: Path | None = None) -> Timeline:
    return read_plan(made.timeline().to_json().encode(), "plan.json", folder)


def test_a_plan_gives_the_same_samples_as_its_script() -> None:
    other = Settings(volume=0.5, chime_volume=0.5, room_tone=False, pitch=1.5, chimes="wood")
    for settings in (Settings(), other, Settings(background="rain", background_volume=0.3)):
        made = rendition(SCRIPT, ImpulseSpeaker(500), settings)
        plan = plan_of(made)
        assert plan == made.timeline()
        again = samples(timeline_blocks(plan, ImpulseSpeaker(500)))
        assert np.array_equal(again, samples(made.blocks()))


def test_a_plan_of_a_script_with_its_own_chime(tmp_path: Path) -> None:
    (tmp_path / "gong.flac").write_bytes(chime_file("bell", "rep").read_bytes())
    script = tmp_path / "own.md"
    script.write_text(f"{SCRIPT}(chime)\n".replace("caution:", "chimes: gong.flac\ncaution:"))
    made = Rendition(build_program(load_script(script)[0], Settings()), ImpulseSpeaker(300))
    plan = plan_of(made, tmp_path)
    assert plan == made.timeline()
    again = samples(timeline_blocks(plan, ImpulseSpeaker(300)))
    assert np.array_equal(again, samples(made.blocks()))
    for elsewhere in (tmp_path / "sub", None):
        with pytest.raises(ExportError, match=r"plan\.json is not a plan"):
            plan_of(made, elsewhere)


class OtherSpeaker(ImpulseSpeaker):
    """Speaks one text so many frames longer than before."""

    def __init__(self, text: str, longer: int) -> None:
        super().__init__(500)
        self.text, self.longer = text, longer

    def speak(self, utterance: Utterance) -> Samples:
        spoken = super().speak(utterance)
        if utterance.text != self.text:
            return spoken
        length = len(spoken) + self.longer
        return np.linspace(1, 0.5, length, dtype=np.float32)


@pytest.mark.parametrize("longer", [0, 1, -1, TOLERANCE, -TOLERANCE])
def test_words_spoken_anew_may_differ_by_a_few_milliseconds(longer: int) -> None:
    made = rendition(SCRIPT, ImpulseSpeaker(500), Settings(room_tone=False))
    speaker = OtherSpeaker("Soften.", longer)
    plan = plan_of(made)
    whole = samples(timeline_blocks(plan, speaker))
    assert len(whole) == plan.frames
    for cue in plan.cues:
        if cue.text == "Soften.":
            length = cue.end - cue.start + longer
            said = np.linspace(1, 0.5, length, dtype=np.float32)
            assert np.array_equal(whole[cue.start : cue.start + length], said), "never clipped"
            assert not whole[cue.start + length : cue.start + length + 100].any()


@pytest.mark.parametrize("longer", [TOLERANCE + 1, -TOLERANCE - 1, RATE])
def test_words_of_quite_another_length_are_refused(longer: int) -> None:
    blocks = timeline_blocks(
        plan_of(rendition(speaker=ImpulseSpeaker(500))), OtherSpeaker("Soften.", longer)
    )
    with pytest.raises(ExportError, match='other sounds: "Soften\\." is of another length here'):
        samples(blocks)


def test_longer_words_are_refused_where_the_next_sound_begins() -> None:
    cue = Cue("speech", Frames(0), Frames(3_500), "Soften.", "espeak:en-us", 135)
    speaker = OtherSpeaker("Soften.", 10)
    assert len(cue_sound(speaker, cue, 3_510)) == 3_510
    with pytest.raises(ExportError, match="of another length"):
        cue_sound(speaker, cue, 3_509)


def test_a_chime_of_another_length_is_refused() -> None:
    length = len(chime("bell/rep"))
    cue = Cue("chime", Frames(0), Frames(length), event="rep", sound="bell/rep")
    assert len(cue_sound(ImpulseSpeaker(), cue, RATE)) == length
    with pytest.raises(ExportError, match='"rep" is of another length'):
        cue_sound(ImpulseSpeaker(), cue.moved(0), length - 1)


def test_positions_are_whole_frames() -> None:
    assert frames(0.03) == TOLERANCE
    for cue in rendition(settings=Settings(pace=0.97)).timeline().cues:
        assert isinstance(cue.start, int)
        assert isinstance(cue.end, int)
