"""Programs: what a coach says and does, in which order, for every kind of exercise."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from voicecoach.errors import NotFoundError, ScriptError
from voicecoach.phrases import phrases
from voicecoach.program import Program, build_program
from voicecoach.script import read_script
from voicecoach.settings import Guidance, Settings, merge_settings
from voicecoach.step import Chime, Placed, Say, SayLength, Span, Step, StepPart


def program(script: str, settings: Settings | None = None) -> Program:
    routine, _ = read_script(script)
    return build_program(routine, settings or Settings())


def line(part: StepPart) -> str:
    """A part as one line: words as they are said, (chime), [span length: its words]."""
    match part:
        case Say():
            return part.text
        case Chime():
            return f"({part.name})"
        case SayLength():
            return "<length>"
        case Span():
            said = [p.say.text for p in part.cues if p.say.role != "countdown"]
            inner = [line(part.inner)] if part.inner else []
            held = f"{part.kind} {part.seconds:g}"
            return f"[{held}: {' '.join([*said, *inner])}]" if said or inner else f"[{held}]"


def lines(steps: tuple[Step, ...] | list[Step]) -> list[str]:
    return [line(part) for step in steps for part in step.parts]


def exercise(
    text: str, guidance: Guidance = "full", number: int = 1, **values: object
) -> list[str]:
    """The lines of an exercise, from its dose and cues; without chimes' echo of the opening."""
    script = f"# T\n## Try\n{text}"
    settings = replace(Settings(guidance=guidance), **values)  # type: ignore[arg-type]
    return lines([step for step in program(script, settings).steps if step.exercise == number])


def spans(script: str, kind: str, settings: Settings | None = None) -> list[Span]:
    parts = [part for step in program(script, settings).steps for part in step.parts]
    return [part for part in parts if isinstance(part, Span) and part.kind == kind]


# The session


def test_a_session_from_beginning_to_end() -> None:
    script = """# Morning
caution: Stop when it hurts.
Find a mat.
## Reach up
caution: Mind the lamp.
Stand tall. Reach up.
hold 12s
finish: Let go.
Shake your arms.
## Twist!
Sit.
once, hold 5s
"""
    assert lines(program(script).steps) == [
        "(start)",
        "Morning.",
        "Stop when it hurts.",
        "<length>",
        "Find a mat.",
        "First, reach up.",
        "Mind the lamp.",
        "Stand tall.",
        "Reach up.",
        "[ready 5: Get ready.]",
        "Hold for twelve seconds.",
        "[hold 12]",
        "Let go.",
        "Shake your arms.",
        "Next, twist.",
        "Sit.",
        "[ready 5: Get ready.]",
        "Hold for five seconds.",
        "[hold 5]",
        "That was the last exercise. Well done.",
        "(finish)",
        "[pause 0.5]",
    ]


@pytest.mark.parametrize("language", ["en", "de", "hi"])
def test_a_session_that_listens_says_first_what_can_be_said(language: str) -> None:
    script = "# T\n## Try\nhold 5s\n"
    hint = phrases(language).say("can_say")
    quiet = Settings(language=language)
    listening = program(script, replace(quiet, listening=True))
    assert lines(listening.steps)[:2] == ["(start)", hint]
    assert [text for text in lines(listening.steps) if text != hint] == lines(
        program(script, quiet).steps
    )
    later = build_program(listening.routine, listening.settings.with_pace(0.5))
    assert lines(later.steps)[1] == hint


def test_steps_know_where_they_stand() -> None:
    script = "# T\nHello.\n## A\nUp.\n2 times, 2 sets, each side\nfinish: Down.\n## B\nBye.\n"
    steps = program(script).steps
    assert [(s.kind, s.name, s.exercise, s.set, s.rep, s.side) for s in steps if s.set != 2] == [
        ("opening", "T", 0, 0, 0, None),
        ("length", "T", 0, 0, 0, None),
        ("opening", "T", 0, 0, 0, None),
        ("instructions", "A", 1, 0, 0, "left"),
        ("side", "A", 1, 1, 0, "left"),
        ("rep", "A", 1, 1, 1, "left"),
        ("rep", "A", 1, 1, 2, "left"),
        ("side", "A", 1, 1, 0, "right"),
        ("rep", "A", 1, 1, 1, "right"),
        ("rep", "A", 1, 1, 2, "right"),
        ("finish", "A", 1, 0, 0, None),
        ("instructions", "B", 2, 0, 0, None),
        ("closing", "T", 0, 0, 0, None),
    ]
    assert {(s.sets, s.reps) for s in steps if s.kind == "rep"} == {(2, 2)}
    assert [step.index for step in steps] == list(range(len(steps)))
    assert len([s for s in steps if s.kind == "rep"]) == 8


def test_paragraphs_begin_with_their_first_sentence() -> None:
    script = "# T\n## A\nSit. Breathe.\nBe still.\n\nNow bow.\n2 times, hold 5s\n1. Bow. Wait.\n"
    says = [p for step in program(script).steps for p in step.parts if isinstance(p, Say)]
    begun = [say.text for say in says if say.group]
    assert begun == ["T.", "A.", "Sit.", "Now bow.", "Bow.", "Bow."]
    again = program("# T\n## A\nBow.\n2 times, hold 5s\n").steps[-2]
    assert [p.group for p in again.parts if isinstance(p, Say)] == [False, False]


def test_an_article_is_spoken_without_announcing_anything() -> None:
    script = "# On rest\nRest is good.\n## Why\nIt heals. (pause 2s) Truly.\n## How\n- Lie down.\n"
    assert lines(program(script).steps) == [
        "(start)",
        "On rest.",
        "Rest is good.",
        "Why.",
        "It heals.",
        "[pause 2]",
        "Truly.",
        "How.",
        "Lie down.",
        "(finish)",
        "[pause 0.5]",
    ]


def test_only_exercises_with_reps_are_counted_as_first_and_next() -> None:
    script = (
        "# T\n## Settle\nSit.\n## Reach\nonce\n## Rest\nBreathe.\n## Bend?\nonce\n## End\nBye.\n"
    )
    steps = [step for step in program(script).steps if step.kind == "instructions"]
    names = [lines([step])[0] for step in steps]
    assert names == ["Settle.", "First, reach.", "Rest.", "Next, bend.", "End."]
    said = lines(program(script).steps)
    assert "That was the last exercise. Well done." not in said, "the script's own end comes last"


def test_the_only_exercise_is_neither_first_nor_next() -> None:
    assert lines(program("# T\n## Hip stretch\nonce\n").steps)[3] == "Hip stretch."


def test_names_and_titles_keep_their_own_marks() -> None:
    said = lines(program("# Ready?\n## Why rest?\nIt heals.\n## Stop...\nBye.\n").steps)
    assert "Ready?" in said
    assert "Why rest?" in said
    assert "Stop..." in said


def test_the_language_is_the_coachs_too() -> None:
    said = lines(program("# T\nlanguage: de-at\n## Dehnen\nhold 20s, 2 times\n").steps)
    assert "Zwanzig Sekunden lang halten." in said
    with pytest.raises(NotFoundError, match="tlh"):
        program("# T\nHi.\n", Settings(language="tlh", pinned=frozenset({"language"})))


# Reps and sets


def test_reps_are_counted_and_the_last_is_announced() -> None:
    assert exercise("Bow.\nhold 5s, 3 times, rest 10s\n") == [
        "Try.",
        "Bow.",
        "[ready 5: Get ready.]",
        "One of three.",
        "Hold for five seconds.",
        "[hold 5]",
        "[rest 10: Rest.]",
        "Two of three.",
        "Bow.",
        "[hold 5]",
        "[rest 10: Rest.]",
        "Last one.",
        "Bow.",
        "[hold 5]",
    ]


def test_sets_are_counted_with_a_longer_rest_between() -> None:
    assert exercise("Bow.\nhold 5s, 2 times, 3 sets, rest 4s, rest 30s between sets\n")[3:] == [
        "Set one of three.",
        "One of two.",
        "Hold for five seconds.",
        "[hold 5]",
        "[rest 4: Rest.]",
        "Last one.",
        "Bow.",
        "[hold 5]",
        "[rest 30: Rest.]",
        *["Set two of three.", "One of two.", "Bow.", "[hold 5]", "[rest 4: Rest.]"],
        *["Last one.", "Bow.", "[hold 5]", "[rest 30: Rest.]"],
        *["Last set.", "One of two.", "Bow.", "[hold 5]", "[rest 4: Rest.]"],
        *["Last one.", "Bow.", "[hold 5]"],
    ]


def test_a_hold_is_announced_in_whole_seconds_or_not_at_all() -> None:
    assert exercise("hold 1m30s\n")[2] == "Hold for one minute and thirty seconds."
    assert exercise("hold 2.5s\n")[2] == "Hold."
    assert exercise("hold 4 breaths\n")[2] == "Hold for twenty-four seconds."


def test_defaults_are_those_of_the_language() -> None:
    said = exercise("Bow.\n2 times, 2 sets, hold 5s, each side\n")
    assert said.count("[rest 8: Rest.]") == 4
    assert said.count("[rest 20: Rest.]") == 1
    assert said.count("[switch 6]") == 2


def test_no_rest_is_no_rest() -> None:
    said = exercise("Bow.\n2 times, 2 sets, hold 5s, each side, rest 0s, switch 0s\n")
    assert [x for x in said if x.startswith(("[rest", "[switch"))] == ["[rest 20: Rest.]"]


def test_movements_make_up_a_rep() -> None:
    said = exercise("Sit.\n2 times, rest 4s\n1. Lift. (hold 5s) Lower.\n2. Bend, then rise.\n")
    assert said[3:] == [
        "One of two.",
        *["Lift.", "[hold 5]", "Lower.", "Bend, then rise.", "[pause 3]", "[rest 4: Rest.]"],
        "Last one.",
        *["Lift.", "[hold 5]", "Lower.", "Bend, then rise.", "[pause 3]"],
    ]


def test_the_doses_hold_ends_the_last_movement_without_its_own() -> None:
    said = exercise("once, hold 5s\n1. Lift.\n2. Lean.\n3. Turn. (hold 2s)\n")
    assert said[2:] == ["Lift.", "[pause 3]", "Lean.", "[hold 5]", "Turn.", "[hold 2]"]


def test_a_movement_that_ends_in_a_pause_has_its_own_timing() -> None:
    said = exercise(
        "2 times, rest 0s\n1. Breathe in. (pause 4s)\n2. Wait. (pause 1s) Breathe out.\n"
    )
    rep = ["Breathe in.", "[pause 4]", "Wait.", "[pause 1]", "Breathe out.", "[pause 3]"]
    assert said[2:] == ["One of two.", *rep, "(rep)", "Last one.", *rep]
    said = exercise("once, hold 5s\n1. Lift. (pause 1s)\n2. Lean. (pause 2s)\n")
    assert said[2:] == ["Lift.", "[pause 1]", "Lean.", "[pause 2]", "[hold 5]"]


def test_reps_without_holds_end_with_a_chime_except_the_last() -> None:
    said = exercise("3 times, rest 2s\n1. Lift.\n")[2:]
    rep = ["Lift.", "[pause 3]"]
    assert said == [
        *["One of three.", *rep, "(rep)", "[rest 2: Rest.]"],
        *["Two of three.", *rep, "(rep)", "[rest 2: Rest.]"],
        *["Last one.", *rep],
    ]


def test_an_exercise_of_nothing_but_reps() -> None:
    assert exercise("Nod.\n2 times, rest 2s\n")[3:] == [
        *["One of two.", "[pause 3]", "(rep)", "[rest 2: Rest.]"],
        *["Last one.", "Nod.", "[pause 3]"],
    ]


# Sides


def test_each_side_does_all_of_one_side_then_all_of_the_other() -> None:
    said = exercise(
        "Sit. Raise your {side} arm.\nhold 5s, 2 times, rest 4s, each side, switch 7s\n"
    )
    assert said == [
        "Try.",
        "Sit.",
        "Raise your left arm.",
        "Left side.",
        "[ready 5: Get ready.]",
        *["One of two.", "Hold for five seconds.", "[hold 5]", "[rest 4: Rest.]"],
        *["Last one.", "Raise your left arm.", "[hold 5]"],
        "(switch)",
        "Switch sides.",
        "Right side.",
        "Raise your right arm.",
        "[switch 7]",
        *["One of two.", "Hold for five seconds.", "[hold 5]", "[rest 4: Rest.]"],
        *["Last one.", "Raise your right arm.", "[hold 5]"],
    ]


def test_sides_in_words_of_their_own() -> None:
    said = exercise("Raise {your left/the other} leg.\nhold 5s, each side\n")
    assert [text for text in said if "leg" in text] == [
        "Raise your left leg.",
        "Raise the other leg.",
    ]


def test_each_side_in_every_set() -> None:
    said = exercise("Sit. Raise your {side} arm.\nhold 5s, 2 sets, each side\n")[5:]
    held = ["Hold for five seconds.", "[hold 5]"]
    switch = ["(switch)", "Switch sides.", "Right side.", "Raise your right arm.", "[switch 6]"]
    assert said == [
        *["Set one of two.", *held, *switch, *held, "[rest 20: Rest.]"],
        *["Last set.", "Left side.", "Raise your left arm.", *held, *switch, *held],
    ], "never the same sentence twice in a row"


def test_alternating_changes_sides_after_every_rep() -> None:
    said = exercise("Kneel. Raise your {side} arm.\nhold 5s, 2 times, rest 9s, alternate sides\n")
    assert said[1:] == [
        "Kneel.",
        "Raise your left arm.",
        "[ready 5: Get ready.]",
        *["Left side.", "One of two.", "Hold for five seconds.", "[hold 5]"],
        *["(switch)", "Switch sides.", "Raise your right arm.", "[switch 6]"],
        *["Right side.", "One of two.", "Hold for five seconds.", "[hold 5]", "[rest 9: Rest.]"],
        *["Left side.", "Last one.", "Raise your left arm.", "[hold 5]"],
        *["(switch)", "Switch sides.", "[switch 6]"],
        *["Right side.", "Last one.", "Raise your right arm.", "[hold 5]"],
    ]


def test_alternating_leaves_time_to_change_sides_in_the_rest_too() -> None:
    said = exercise("hold 5s, 2 times, rest 2s, alternate sides, switch 7s\n")
    assert "[rest 7: Rest.]" in said


def test_alternating_reps_without_holds_ring_once_at_a_time() -> None:
    said = exercise("2 times, alternate sides\n1. Step your {side} foot out.\n")
    for one, other in itertools.pairwise(said):
        assert not (one.startswith("(") and other.startswith("("))


def test_a_side_may_stand_in_any_text() -> None:
    said = exercise(
        "caution: Spare your {side} knee.\nMind your {side} hip.\n"
        "2 times, hold 20s, each side, rest 5s\n"
        "halfway: Breathe into your {side} hip.\nbetween: Shake your {side} leg.\n"
        "finish: Shake your {side} foot.\nRub your {side} thigh.\n"
    )
    assert not [x for x in said if "{" in x]
    assert said.count("[hold 20: Breathe into your left hip.]") == 2
    assert said.count("[hold 20: Breathe into your right hip.]") == 2
    assert said.count("[rest 5: Shake your left leg.]") == 1
    assert said.count("[rest 5: Shake your right leg.]") == 1
    assert said[1] == "Spare your left knee."
    assert said[-2:] == ["Shake your right foot.", "Rub your right thigh."], "the side done last"


def test_what_is_said_of_a_side_takes_as_long_as_for_the_other() -> None:
    script = (
        "# T\n## Try\nTurn to the {side}. Breathe.\nonce, hold 20s, each side\n"
        "halfway: Still {side}.\n1. Turn {side}.\n"
    )
    swap = {"left": "right", "right": "left", "Left": "Right", "Right": "Left"}
    sided = [say for step in program(script).steps for say in step.utterances() if say.as_long_as]
    assert len(sided) == 8, "instructions, name, movement and halfway cue, each of both sides"
    for say in sided:
        words = say.text.replace(".", " .").split()
        assert say.as_long_as == " ".join(swap.get(w, w) for w in words).replace(" .", ".")


# Guidance


def test_fading_says_less_later_and_short_instead_if_there_is_such() -> None:
    dose = "Sit. Now lean to the {side}, as far as you can.\nhold 5s, 2 times, 2 sets, each side\n"
    left = ["One of two.", "Hold.", "[hold 5]", "[rest 8: Rest.]", "Last one.", "Hold.", "[hold 5]"]
    fading = exercise(dose, "fading")
    assert fading.count("Now lean to the left, as far as you can.") == 1
    assert fading.count("Now lean to the right, as far as you can.") == 1
    assert fading[-len(left) :] == left
    short = exercise(f"{dose}short: Lean {{side}}.\n", "fading")
    assert short.count("Lean left.") == 3
    assert short.count("Lean right.") == 3
    assert "Hold." not in short
    assert "Lean left." not in exercise(f"{dose}short: Lean {{side}}.\n", "full")


def test_fading_keeps_a_movements_first_sentence_whole() -> None:
    dose = "2 times, rest 2s\n1. As you breathe out, bow. Be soft. (hold 5s) Rise.\n2. Sit. Wait.\n"
    assert exercise(dose, "fading")[2:] == [
        *["One of two.", "As you breathe out, bow.", "Be soft.", "[hold 5]", "Rise."],
        *["Sit.", "Wait.", "[pause 3]", "[rest 2: Rest.]"],
        *["Last one.", "As you breathe out, bow.", "[hold 5]", "Sit.", "[pause 3]"],
    ]
    last = ["Last one.", "Again.", "[hold 5]", "[pause 3]"]
    assert exercise(f"{dose}short: Again.\n", "fading")[-4:] == last


def test_minimal_guidance_leaves_to_the_chimes_what_they_tell() -> None:
    dose = "Sit. Lean to the {side}.\nhold 30s, 2 times, 2 sets, rest 4s, each side\n"
    side = ["[hold 30]", "[rest 4]", "Last one.", "[hold 30]"]
    switch = ["(switch)", "Switch sides.", "Right side.", "[switch 6]"]
    assert exercise(dose, "minimal") == [
        *["Try.", "Sit.", "Lean to the left.", "Left side.", "[ready 5]"],
        *side,
        *switch,
        *side,
        *["[rest 20]", "Left side."],
        *side,
        *switch,
        *side,
    ]


def test_minimal_guidance_tells_movements_once() -> None:
    dose = "2 times, rest 2s\n1. Bow. (hold 5s)\n2. Rise.\n"
    assert exercise(dose, "minimal")[2:] == [
        *["Bow.", "[hold 5]", "Rise.", "[pause 3]", "[rest 2]"],
        *["Last one.", "[hold 5]", "[pause 3]"],
    ]
    unrung = exercise(dose, "minimal", chimes="")
    assert unrung[-5:] == ["Last one.", "Bow.", "[hold 5]", "Rise.", "[pause 3]"]


def test_minimal_guidance_says_when_to_hold_where_no_chime_does() -> None:
    said = exercise("Bow.\nhold 5s, 2 times, rest 4s\n", "minimal", chimes="")
    assert said[3:] == ["Hold.", "[hold 5]", "[rest 4: Rest.]", "Last one.", "Hold.", "[hold 5]"]


def test_minimal_guidance_keeps_the_scripts_own_cues() -> None:
    dose = "2 times, hold 20s, rest 9s\nhalfway: Soften.\nbetween: Shake it out.\nfinish: Done.\n"
    said = exercise(dose, "minimal")
    assert "[hold 20: Soften.]" in said
    assert "[rest 9: Shake it out.]" in said
    assert said[-1] == "Done."


def test_minimal_guidance_does_not_announce_the_length() -> None:
    script = "# T\nguidance: minimal\n## A\nonce\n"
    assert "<length>" not in lines(program(script).steps)
    assert "<length>" in lines(program(script.replace("minimal", "fading")).steps)


# Beats


def test_beats_count_reps_and_movements_are_told_before() -> None:
    said = exercise("Stand.\n3 times, 2 sets, every 4s, hold 1s\n1. Rise. Lower.\n")
    beats = [f"[beat 4: {n} [hold 1]]" for n in ("One", "Two", "Three")]
    assert said[1:] == [
        *["Stand.", "Rise.", "Lower.", "[ready 5: Get ready.]"],
        *["Set one of two.", *beats, "[rest 20: Rest.]", "Last set.", *beats],
    ]


def test_beats_of_each_side() -> None:
    said = exercise("2 times, each side, every 4s\n1. Rise on your {side} toes. Breathe.\n")
    beats = ["[beat 4: One]", "[beat 4: Two]"]
    assert said[1:] == [
        *["Rise on your left toes.", "Breathe.", "Left side.", "[ready 5: Get ready.]", *beats],
        *["(switch)", "Switch sides.", "Right side.", "Rise on your right toes.", "[switch 6]"],
        *beats,
    ]


def test_alternating_beats_follow_each_other_without_a_stop() -> None:
    said = exercise("Lift your {side} knee.\n2 times, alternate sides, every 2s\n")
    assert said[2:] == [
        "Change sides on each count, left first.",
        "[ready 5: Get ready.]",
        *["[beat 2: One]", "[beat 2: One]", "[beat 2: Two]", "[beat 2: Two]"],
    ]


def test_a_beats_hold_says_no_countdown() -> None:
    (span,) = spans("# T\n## A\nonce, every 9s, hold 5s\n", "beat")
    assert span.inner
    assert not span.inner.cues


@pytest.mark.parametrize(
    ("dose", "breath", "fine"),
    [
        ("every 20s, hold 3 breaths", 6.0, True),
        ("every 20s, hold 3 breaths", 7.0, False),
        ("every 2 breaths, hold 10s", 5.0, True),
        ("every 2 breaths, hold 10s", 4.0, False),
    ],
)
def test_a_hold_of_breaths_must_let_go_within_its_beat(
    dose: str, breath: float, fine: bool
) -> None:
    script = f"# T\n## A\nBow.\n2 times, {dose}\n"
    settings = Settings(breath_seconds=breath)
    if fine:
        assert len(spans(script, "beat", settings)) == 2
    else:
        with pytest.raises(ScriptError, match="script:4:1: the hold is longer than each beat"):
            program(script, settings)


# Time


def test_pace_divides_rests_but_not_what_was_prescribed() -> None:
    script = (
        "# T\nbreath: 4s\nget ready: 6s\n## A\nSit. (pause 3s) (breathe 2)\n"
        "2 times, 2 sets, hold 3 breaths, each side\n"
        "rest 8s, rest 2 breaths between sets, switch 4s\n"
        "## B\n2 times, every 3s\n## C\n1. Lift.\n2. Lie. (hold 7s)\n"
    )
    for pace in (0.5, 1.0, 2.0):
        settings = Settings(pace=pace)
        lengths = {
            kind: {span.seconds for span in spans(script, kind, settings)}
            for kind in ("hold", "rest", "pause", "ready", "switch", "breath", "beat")
        }
        assert lengths == {
            "hold": {12.0, 7.0},
            "rest": {8 / pace, 8.0},
            "pause": {3 / pace, 0.5},
            "ready": {6 / pace},
            "switch": {4 / pace},
            "breath": {4.0},
            "beat": {3.0},
        }, "breaths, holds and beats keep their length"


def test_no_time_to_get_ready() -> None:
    assert not spans("# T\nget ready: 0s\n## A\nonce\n", "ready")


def countdown(span: Span) -> list[tuple[str, float | None]]:
    found = [p for p in span.cues if p.say.role == "countdown"]
    assert all(p.before_end for p in found)
    assert [p.say.number for p in found] == [p.at_seconds for p in found]
    return [(p.say.text, p.at_seconds) for p in found]


@pytest.mark.parametrize(
    ("hold", "setting", "numbers"),
    [
        ("20s", "3", ["Three", "Two", "One"]),
        ("20s", "5", ["Five", "Four", "Three", "Two", "One"]),
        ("20s", "off", []),
        ("3s", "3", ["Two", "One"]),
        ("3.5s", "5", ["Three", "Two", "One"]),
        ("0.9s", "3", []),
    ],
)
def test_a_holds_countdown(hold: str, setting: str, numbers: list[str]) -> None:
    (span,) = spans(f"# T\ncountdown: {setting}\n## A\nhold {hold}\n", "hold")
    assert [text for text, _ in countdown(span)] == numbers
    assert (span.opens, span.closes) == ("hold", "release")


@pytest.mark.parametrize("pace", [0.5, 1.0, 2.0])
def test_the_silence_before_what_is_said_in_a_hold_follows_the_pace(pace: float) -> None:
    (span,) = spans("# T\n## A\nhold 30s\n", "hold", Settings(pace=pace))
    assert len(span.cues) == 5
    assert {placed.clear_seconds for placed in span.cues} == {0.5 / pace}


def how_far(hold: str, extra: str = "", **values: object) -> list[tuple[str, float | None, bool]]:
    settings = replace(Settings(), **values)  # type: ignore[arg-type]
    (span,) = spans(f"# T\n## A\nhold {hold}\n{extra}", "hold", settings)
    told = [p for p in span.cues if p.say.role != "countdown"]
    return [(p.say.text, p.at_seconds, p.before_end) for p in told]


def test_long_holds_say_how_far() -> None:
    assert how_far("19.9s") == []
    assert how_far("20s") == [("Halfway.", 10.0, False)]
    assert how_far("29s") == [("Halfway.", 14.5, False)]
    assert how_far("30s") == [("Halfway.", 15.0, False), ("Ten seconds.", 10.0, True)]
    assert how_far("30s", countdown=10) == [("Halfway.", 15.0, False)]
    assert how_far("30s", guidance="minimal") == []


def test_an_exercises_own_halfway_cue() -> None:
    own = "halfway: Soften.\n"
    assert how_far("9.9s", own) == []
    assert how_far("10s", own) == [("Soften.", 5.0, False)]
    assert how_far("20s", own) == [("Soften.", 10.0, False)]
    assert how_far("4 breaths", own, breath_seconds=5.0) == [("Soften.", 10.0, False)]


def test_guided_breaths_say_less_after_the_first() -> None:
    script = "# T\nbreath: 5s\nguidance: {}\n## A\n(breathe 3)\n"
    full = spans(script.format("full"), "breath")
    fading = spans(script.format("fading"), "breath")

    def said(span: Span) -> list[tuple[str, float | None]]:
        return [(placed.say.text, placed.at_seconds) for placed in span.cues]

    assert [said(span) for span in full] == [[("Breathe in.", 0.0), ("Breathe out.", 2.0)]] * 3
    assert said(fading[0]) == said(full[0])
    assert [said(span) for span in fading[1:]] == [[("In.", 0.0), ("Out.", 2.0)]] * 2


# Settings


def test_an_exercises_own_settings_are_for_it_alone() -> None:
    script = (
        "# T\nchimes: bell\nguidance: full\ncountdown: 3\n"
        "## A\nhold 20s\nchimes: wood\ncountdown: 5\nguidance: minimal\n## B\nhold 20s\n"
    )
    steps = program(script).steps
    assert {s.chimes for s in steps if s.exercise == 1} == {"wood"}
    assert {s.chimes for s in steps if s.exercise != 1} == {"bell"}
    first, second = spans(script, "hold")
    assert len(first.cues) == 5
    assert [p.say.text for p in second.cues] == ["Three", "Two", "One", "Halfway."]


def test_what_the_user_set_beats_the_script_and_its_exercises() -> None:
    script = (
        "# T\nchimes: bell\ncountdown: 3\nguidance: full\npace: gentle\n"
        "## A\nhold 20s\nchimes: wood\ncountdown: 5\nguidance: minimal\n"
    )
    user = merge_settings({"chimes": "off", "countdown": "10", "guidance": "fading"})
    built = program(script, user)
    assert {s.chimes for s in built.steps} == {""}
    (hold,) = spans(script, "hold", user)
    assert len(countdown(hold)) == 10
    assert built.settings.guidance == "fading"
    assert built.settings.pace == 0.85, "what the user left alone is the script's"


def test_chimes_within_the_text() -> None:
    said = exercise("Sit. (chime) Listen. (chime wood) (chime finish)\n")
    assert said[1:] == ["Sit.", "(rep)", "Listen.", "(wood)", "(finish)"]


def test_a_cue_remembers_its_line_of_the_script() -> None:
    script = "# T\n## A\nUp.\nhold 20s, 2 times\nhalfway: Soft.\nbetween: Rest now.\n"
    placed: list[Placed] = [
        p for kind in ("hold", "rest") for s in spans(script, kind) for p in s.cues
    ]
    assert {p.say.text: p.say.line for p in placed if p.say.line} == {"Soft.": 5, "Rest now.": 6}
    assert {s.line for kind in ("hold", "rest", "ready") for s in spans(script, kind)} == {4}


def test_the_line_of_a_rest_without_a_dose_line_is_its_exercises() -> None:
    (ready,) = spans("# T\n\n## A\n1. Bow. (hold 5s)\n", "ready")
    assert ready.line == 3
