"""Converting: other programs' workouts become scripts that take the time they took there."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import ImpulseSpeaker
from tests.routines import FEWER
from voicecoach.cli import run
from voicecoach.convert import MOST_BYTES, convert
from voicecoach.errors import ConvertError, MissingExtraError, VoicecoachError
from voicecoach.program import build_program
from voicecoach.rendition import Rendition
from voicecoach.script import read_script
from voicecoach.settings import Settings
from voicecoach.timeline import Timeline
from voicecoach.units import seconds

W2A = """\
tts:
  espeak_ng_voice: 'de'
audio_format: 'mp3'
i18n:
  and: 'and'
  minute: {singular: 'minute', plural: 'minutes'}
  second: {singular: 'second', plural: 'seconds'}
before_workout_announce: 'Hello. This will take {{ .WorkoutDuration }}. Let us go!'
after_workout_announce: 'You trained for {{ .WorkoutDuration }}! You have done well.'
pause:
  text: 'Prepare for {{ .ExerciseName }}'
  duration: '10s'
half_time:
  text: 'Change side'
  duration: '4s'
exercise_beginning: '{{ .ExerciseName }} for {{ .ExerciseDuration }}'
squats_ex: &squats
  name: Squats
  duration: '1m30s'
exercises:
  - name: 'Warm Up'
    duration: '30s'
    texts:
      - 'Neck Roll'
      - 'Shoulder Roll'
  - <<: *squats
  - name: 'Side Plank'
    duration: '30s'
    half_time: true
    pause_duration: 15s
  - <<: *squats
    duration: '2500ms'
"""
FEEEL = {
    "feeelMetadataVersion": 300,
    "exerciseDbImport": "2023-02-17T20:00:00.000",
    "fullWorkout": {
        "workout": {
            "id": 9,
            "type": 1,
            "title": "Neck",
            "translationJson": None,
            "category": 1,
            "countdownDuration": 5,
            "exerciseDuration": 20,
            "breakDuration": 8,
            "cachedLastUse": None,
        },
        "workoutExercises": [
            {"workoutId": 9, "orderPosition": 1, "exercise": 345, "exerciseDuration": None,
             "breakDuration": 6},
            {"workoutId": 9, "orderPosition": 0, "exercise": 12, "exerciseDuration": 15,
             "breakDuration": None},
            {"workoutId": 9, "orderPosition": 2, "exercise": 345, "exerciseDuration": None,
             "breakDuration": None},
        ],
    },
}  # fmt: skip
NAMED = {
    "title": "Legs",
    "exercises": [
        {"name": "Wall sit", "duration": 30, "description": "Back to the wall. 3 times"},
        {"name": "Lunges", "duration": 20.5, "break": 12},
    ],
}


def converted(document: object, name: str = "my_workout") -> tuple[str, Timeline]:
    data = document if isinstance(document, str) else json.dumps(document)
    text, _ = convert(data.encode(), name)
    routine, warnings = read_script(text)
    assert not warnings
    return text, Rendition(build_program(routine, Settings()), ImpulseSpeaker()).timeline()


def spans(timeline: Timeline, kind: str) -> list[tuple[str, float, str | None]]:
    names = [chapter.title for chapter in timeline.chapters]
    return [
        (names[(cue.exercise or 1) - 1], seconds(cue.end - cue.start), cue.side)
        for cue in timeline.cues
        if cue.kind == kind
    ]


def test_w2a_takes_the_time_it_took_there() -> None:
    text, timeline = converted(W2A)
    assert timeline.title == "My workout"
    assert timeline.language == "de"
    assert spans(timeline, "hold") == [
        ("Warm Up", 15, None),
        ("Warm Up", 15, None),
        ("Squats", 90, None),
        ("Side Plank", 15, "left"),
        ("Side Plank", 15, "right"),
        ("Squats", 2.5, None),
    ]
    assert {length for _, length, _ in spans(timeline, "ready")} == {10}
    assert [span[:2] for span in spans(timeline, "pause")][:1] == [("Side Plank", 5)]
    assert [span[1] for span in spans(timeline, "switch")] == [4]
    said = [cue.text for cue in timeline.cues if cue.kind == "speech"]
    for words in ("Hello.", "Let us go!", "Neck Roll.", "Shoulder Roll.", "You have done well."):
        assert words in said
    assert "{{" not in text


def test_feeel_takes_the_time_it_took_there() -> None:
    text, notes = convert(json.dumps(FEEEL).encode(), "x")
    assert "numbers instead of names" in notes[0]
    assert f"> {notes[0]}" in text
    _, timeline = converted(FEEEL)
    assert timeline.title == "Neck"
    assert spans(timeline, "hold") == [
        ("Exercise 12", 15, None),
        ("Exercise 345", 20, None),
        ("Exercise 345", 20, None),
    ]
    assert [length for _, length, _ in spans(timeline, "ready")] == [5, 5, 5]
    assert [length for _, length, _ in spans(timeline, "pause")][:2] == [1, 3]  # 6 and 8 in all


def test_json_with_names_is_read_the_same_way() -> None:
    text, timeline = converted(NAMED)
    assert "numbers instead of names" not in text
    assert spans(timeline, "hold") == [("Wall sit", 30, None), ("Lunges", 20.5, None)]
    assert "Back to the wall." in [cue.text for cue in timeline.cues]  # and no dose was read
    _, from_yaml = converted(yaml.safe_dump(NAMED))
    assert from_yaml == timeline


def test_the_command_writes_and_checks_the_script(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "morning-work.yaml"
    file.write_text(W2A)
    script = tmp_path / "morning.md"
    assert run(["convert", str(file), "-o", str(script)]) == 0
    printed = capsys.readouterr()
    assert f"Wrote {script}: Morning work." in printed.out
    assert "the coach says the length by itself" in printed.err
    assert run(["convert", str(file), "-o", str(script)]) == 2
    assert "replace it with --force" in capsys.readouterr().err
    assert run(["convert", str(file), "-o", str(file), "--force"]) == 2
    assert f"{file} is what the script is made of" in capsys.readouterr().err
    assert file.read_text() == W2A


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", "no workout that is known here"),
        ("{}", "no workout that is known here"),
        ("Dear all, this is a letter.", "no workout that is known here"),
        ("[1, 2]", "no workout that is known here"),
        ('{"exercises": []}', "1 to 500 exercises"),
        ('{"exercises": ["Squats"]}', "an exercise of it holds no keys"),
        ('{"exercises": [{"name": "A", "duration": "long"}]}', "no number of seconds"),
        ('{"exercises": [{"name": "A", "duration": -1}]}', "no length: 0 s to 24 h"),
        ('{"exercises": [{"name": "A", "duration": NaN}]}', "no length: 0 s to 24 h"),
        ('{"exercises": [{"name": [], "duration": 1}]}', "the name of exercise 1 is no text"),
        ('{"exercises": [{"name": "%s"}]}' % ("x" * 501), "more than 500 characters"),
        ('{"exercises": [', "this is not JSON"),
        ("pause: {duration: 5x}\nexercises: [{name: A, duration: 5s}]", "such as 30s or 1m30s"),
        ("pause: {}\nexercises: [{name: A}]", "exercise 1 has no name and duration"),
        ("pause: {}\nexercises: {}", "its exercises are no list"),
        ("pause: 10s\nexercises: [{name: A, duration: 5s}]", "its pause holds no keys"),
        (f"exercises: [{{name: 0x{'f' * 5_000}, duration: 5}}]", "more than 500 characters"),
        (f"exercises: [{{exercise: 0x{'f' * 5_000}}}]", "more than 500 characters"),
        ("a: b: c", "this is not YAML"),
        ("a: !!python/object/apply:os.system [ls]", "this is not YAML: could not determine"),
        ("pause: 2026-99-99", "value that can't be read"),
        ("a: \x07", "characters that no text has"),
        ("[" * 10_000, "the file is too deep"),
        ("- " * 5_000, "too deep"),
        ("a: &a [*a]", "says too much, or is too deep"),
        (f"a: {'x' * MOST_BYTES}", "larger than 1 MiB"),
    ],
    ids=lambda text: str(text)[:24],
)
def test_what_cant_be_converted_is_told(written: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(ConvertError) as refused:
        convert(written.encode(), "x")
    assert told in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_deep_json_is_told() -> None:
    with pytest.raises(ConvertError, match="too deep"):
        convert(b'{"a":' * 100_000, "x")
    with pytest.raises(ConvertError, match="not UTF-8"):
        convert(b"\xff\xfe", "x")


def laughs(levels: int, merged: bool) -> str:
    """A few lines that stand for 9 to the power of `levels` nodes."""
    key = "<<: " if merged else "list: "
    lines = ["a0: &a0 {name: A, duration: 5s}"]
    lines += [
        f"a{n}: &a{n} {{{key}[{', '.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, levels + 1)
    ]
    return "\n".join([*lines, f"exercises: [*a{levels}]", "pause: {}"])


@pytest.mark.parametrize("merged", [True, False])
def test_a_billion_laughs_is_refused_at_once(merged: bool) -> None:
    begun = time.process_time()
    with pytest.raises(ConvertError, match="says too much"):
        convert(laughs(9, merged).encode(), "x")
    flat = "a: &a {" + ", ".join(f"k{n}: 1" for n in range(5_000)) + "}\n"
    with pytest.raises(ConvertError, match="says too much"):
        convert((flat + "b:\n" + "- <<: *a\n" * 5_000).encode(), "x")
    assert time.process_time() - begun < 5


def test_without_the_extra_it_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(MissingExtraError, match=r"voicecoach\[convert\]"):
        convert(W2A.encode(), "x")
    assert converted(NAMED)[1].chapters  # JSON needs none


TEXTS = st.text(max_size=60) | st.sampled_from(
    [
        *("# Title", "## A", "> note", "- a", "1. a", "3 times", "hold 20x", "progress: add 1 set"),
        *("voice: x", "(pause 1h)", "(hold 9h) now", "{side}", "<!--", "```", "| a | b |", "---"),
        *("each side, switch 5s", "caution: stop", "halfway: go", "===", "[a]: b", "\u202e", "..."),
        *("https://example.org", "&lt;!--"),
    ]
)


@FEWER
@given(
    st.lists(
        st.fixed_dictionaries(
            {"name": TEXTS, "duration": st.integers(0, 300) | st.floats(0, 300)},
            optional={"description": TEXTS, "break": st.integers(0, 300)},
        ),
        min_size=1,
        max_size=5,
    ),
    TEXTS,
)
def test_any_texts_are_spoken_and_mean_nothing(exercises: list[dict[str, Any]], title: str) -> None:
    text, _ = convert(json.dumps({"title": title, "exercises": exercises}).encode(), "x")
    routine, _ = read_script(text)  # has no error
    assert len(routine.exercises) == len(exercises)
    assert set(routine.settings) == {"get_ready_seconds"}
    for exercise, document in zip(routine.exercises, exercises, strict=True):
        assert exercise.dose
        assert (exercise.dose.reps, exercise.dose.sets, exercise.dose.sides) == (1, 1, None)
        (movement,) = exercise.movements
        held = [part.length.seconds for part in movement.parts if hasattr(part, "length")]
        assert held == pytest.approx([max(document["duration"], 0.1)], abs=0.00051)


def check(data: str) -> None:
    """It gives a script without errors, or is refused in one sentence."""
    try:
        text, _ = convert(data.encode("utf-8", "surrogatepass"), "x")
    except VoicecoachError as error:
        told = str(error)
    else:
        told = read_script(text)[0].title
    assert len(told.splitlines()) == 1


def values() -> st.SearchStrategy[Any]:
    plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
    keys = st.sampled_from(
        [
            *("exercises", "name", "duration", "pause", "half_time", "texts", "tts", "fullWorkout"),
            *("workout", "workoutExercises", "espeak_ng_voice", "pause_duration", "orderPosition"),
        ]
    )
    return st.recursive(
        plain,
        lambda v: st.lists(v, max_size=3) | st.dictionaries(keys, v, max_size=4),
        max_leaves=9,
    )


@FEWER
@given(st.dictionaries(st.sampled_from(["exercises", "pause", "fullWorkout"]), values()))
def test_any_document_is_converted_or_told(document: dict[str, Any]) -> None:
    for data in (json.dumps(document), yaml.safe_dump(document)):
        check(data)


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda b: b.decode("latin-1")))
def test_any_text_is_converted_or_told(text: str) -> None:
    check(text)
    check(W2A[: len(W2A) // 2] + text + W2A[len(W2A) // 2 :])
