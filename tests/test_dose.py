"""Doses: every item in every spelling, what it defaults to, and what a slip is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.errors import Problem, ScriptError
from voicecoach.routine import Dose, Duration, Exercise, Progress, Words
from voicecoach.script import read_script
from voicecoach.script.dose import DoseError, read_length, read_progress
from voicecoach.script.slips import looks_like_dose, reads_like_dose, suggest


def exercise(*lines: str) -> tuple[Exercise, tuple[Problem, ...]]:
    """The exercise that begins at line 1 of back.md, and warnings."""
    routine, warnings = read_script("\n".join(["## E", *lines]), "back.md")
    return routine.exercises[0], warnings


def dose(*lines: str) -> Dose:
    """The dose on these lines; the first stands on line 2."""
    read, warnings = exercise(*lines)
    assert not warnings
    assert read.dose
    assert read.dose.line == 2
    return replace(read.dose, line=0)


def errors(*lines: str) -> list[str]:
    """The errors of an exercise with these lines; the first stands on line 2."""
    with pytest.raises(ScriptError) as caught:
        exercise(*lines)
    return str(caught.value).splitlines()


def test_defaults() -> None:
    assert dose("3 times") == Dose(reps=3)
    assert dose("each side") == Dose(sides="each")
    assert Dose() == Dose(
        hold=None,
        hold_most=None,
        reps=1,
        sets=1,
        rest=Duration(8),
        set_rest=Duration(20),
        sides=None,
        switch=Duration(6),
        every=None,
    )


TWENTY = Duration(20)
ITEMS: list[tuple[str, dict[str, Any]]] = [
    ("hold 20s", {"hold": TWENTY}),
    ("hold 20 seconds", {"hold": TWENTY}),
    ("Hold for 20 sec", {"hold": TWENTY}),
    ("HOLD 0:20", {"hold": TWENTY}),
    ("hold 1m30s", {"hold": Duration(90)}),
    ("hold 0.1s", {"hold": Duration(0.1)}),
    ("hold 4 breaths", {"hold": Duration(breaths=4)}),
    ("hold 1 breath", {"hold": Duration(breaths=1)}),
    ("hold 20s-30s", {"hold": TWENTY, "hold_most": Duration(30)}),
    ("hold 20-30s", {"hold": TWENTY, "hold_most": Duration(30)}),
    ("hold 20–30 s", {"hold": TWENTY, "hold_most": Duration(30)}),
    ("hold 20 to 30 seconds", {"hold": TWENTY, "hold_most": Duration(30)}),
    ("hold 20s - 1 min", {"hold": TWENTY, "hold_most": Duration(60)}),
    ("hold 20s-20s", {"hold": TWENTY, "hold_most": TWENTY}),
    ("hold 1-2 min", {"hold": Duration(60), "hold_most": Duration(120)}),
    ("hold 1.5-2.5 min", {"hold": Duration(90), "hold_most": Duration(150)}),
    ("hold 0:20-1:30", {"hold": TWENTY, "hold_most": Duration(90)}),
    ("hold 20s-1m30s", {"hold": TWENTY, "hold_most": Duration(90)}),
    ("hold 2-4 breaths", {"hold": Duration(breaths=2), "hold_most": Duration(breaths=4)}),
    ("1 time", {"reps": 1}),
    ("3 times", {"reps": 3}),
    ("3times", {"reps": 3}),
    ("12 reps", {"reps": 12}),
    ("1 rep", {"reps": 1}),
    ("5 repetitions", {"reps": 5}),
    ("10000 times", {"reps": 10_000, "sets": 1}),
    ("once", {"reps": 1}),
    ("Twice", {"reps": 2}),
    ("2-4 times", {"reps": 2, "reps_most": 4}),
    ("2 – 4 reps", {"reps": 2, "reps_most": 4}),
    ("8 to 12 repetitions", {"reps": 8, "reps_most": 12}),
    ("2-2 times", {"reps": 2, "reps_most": 2}),
    ("2-3 sets", {"sets": 2, "sets_most": 3}),
    ("2 sets", {"sets": 2}),
    ("1 set", {"sets": 1}),
    ("rest 10s", {"rest": Duration(10)}),
    ("rest for 10s", {"rest": Duration(10)}),
    ("rest 0s", {"rest": Duration(0)}),
    ("rest 2 breaths", {"rest": Duration(breaths=2)}),
    ("rest 10s between reps", {"rest": Duration(10)}),
    ("rest 1 min between sets", {"set_rest": Duration(60)}),
    ("each side", {"sides": "each"}),
    ("Each  Side", {"sides": "each"}),
    ("alternate sides", {"sides": "alternate"}),
    ("every 4s", {"every": Duration(4)}),
    ("every 0.5s", {"every": Duration(0.5)}),
    ("every 1 breath", {"every": Duration(breaths=1)}),
    ("each side, switch 8s", {"sides": "each", "switch": Duration(8)}),
    ("alternate sides, switch 0s", {"sides": "alternate", "switch": Duration(0)}),
]


@pytest.mark.parametrize(("line", "values"), ITEMS)
def test_every_item_in_every_spelling(line: str, values: dict[str, Any]) -> None:
    assert dose(line) == replace(Dose(), **values)
    assert dose(f"  {line} .".replace(" .", ".")) == replace(Dose(), **values)


def test_items_in_one_line_and_over_lines() -> None:
    whole = Dose(
        hold=Duration(2),
        reps=3,
        sets=2,
        rest=Duration(10),
        set_rest=Duration(30),
        sides="alternate",
        switch=Duration(4),
    )
    items = "hold 2s, 3 times, 2 sets, rest 10s, rest 30s between sets, alternate sides, switch 4s"
    assert dose(items) == whole
    assert dose(*items.split(", ")) == whole
    assert dose(*reversed(items.split(", "))) == whole
    assert dose(items.replace(", ", ",")) == dose(items.replace(", ", "\t,  ")) == whole
    assert dose("2 sets", "", "> note", "3 times") == Dose(sets=2, reps=3)


VALID: dict[str, st.SearchStrategy[tuple[str, dict[str, Any]]]] = {
    "hold": st.integers(1, 99).map(lambda n: (f"hold {n}s", {"hold": Duration(n)})),
    "range": st.tuples(st.integers(1, 99), st.integers(0, 99)).map(
        lambda n: (
            f"hold {n[0]}-{n[0] + n[1]}s",
            {"hold": Duration(n[0]), "hold_most": Duration(n[0] + n[1])},
        )
    ),
    "times": st.integers(1, 9).flatmap(
        lambda n: st.sampled_from(["times", "reps", "rep"]).map(
            lambda word: (f"{n} {word}", {"reps": n})
        )
    ),
    "sets": st.integers(1, 9).map(lambda n: (f"{n} sets", {"sets": n})),
    "rest": st.integers(0, 99).map(lambda n: (f"rest {n} sec", {"rest": Duration(n)})),
    "set rest": st.integers(0, 9).map(
        lambda n: (f"rest {n}:05 between sets", {"set_rest": Duration(n * 60 + 5)})
    ),
    "sides": st.sampled_from(["each", "alternate"]).map(
        lambda how: ("each side" if how == "each" else "alternate sides", {"sides": how})
    ),
    "switch": st.integers(1, 9).map(
        lambda n: (f"each side,switch {n} breaths", {"sides": "each", "switch": Duration(0, n)})
    ),
    "every": st.integers(5, 99).map(
        lambda n: (f"every {n / 10:.1f}s", {"every": Duration(n / 10)})
    ),
}


CONFLICTS = [
    ("hold", "range"),
    ("sides", "switch"),
    *(("every", k) for k in ("hold", "range", "rest")),
]


@given(st.data())
def test_items_in_any_order_over_any_lines_say_what_they_say(data: st.DataObject) -> None:
    kinds = data.draw(st.lists(st.sampled_from(sorted(VALID)), min_size=1, unique=True))
    for one, other in CONFLICTS:
        if one in kinds and other in kinds:
            kinds.remove(other)
    text, expected = "", Dose()
    for kind in kinds:
        item, values = data.draw(VALID[kind])
        text += item + data.draw(st.sampled_from([", ", ",", " ,  ", "\n", "\n\n"]))
        expected = replace(expected, **values)
    text = data.draw(st.sampled_from([text, text.upper(), text.title()]))
    assert dose(*text.rstrip(", \n").split("\n")) == expected


MEANT: list[tuple[str, int, str, str]] = [
    ("rset 10s", 1, 'unknown dose item "rset 10s"', "rest 10s"),
    ("twice, rset 10s", 8, 'unknown dose item "rset 10s"', "rest 10s"),
    ("hold 20s,   evry 9 sec", 13, 'unknown dose item "evry 9 sec"', "every 9 sec"),
    ("holds 20s", 1, 'unknown dose item "holds 20s"', "hold 20s"),
    ("3 tmes", 1, 'unknown dose item "3 tmes"', "3 times"),
    ("3x", 1, 'unknown dose item "3x"', "3 times"),
    ("3 x, 2 sets", 1, 'unknown dose item "3 x"', "3 times"),
    ("three times", 1, 'unknown dose item "three times"', "3 times"),
    ("3 x 10", 1, 'unknown dose item "3 x 10"', "3 sets, 10 times"),
    ("3x10", 1, 'unknown dose item "3x10"', "3 sets, 10 times"),
    ("3×10 reps", 1, 'unknown dose item "3×10 reps"', "3 sets, 10 reps"),
    (
        "3 × 10-12 each side",
        1,
        'unknown dose item "3 × 10-12 each side"',
        "3 sets, 10-12 times, each side",
    ),
    ("3x30s, rest 9s", 1, 'unknown dose item "3x30s"', "hold 30s, 3 times"),
    ("10 x 3 sets", 1, 'unknown dose item "10 x 3 sets"', "10 times, 3 sets"),
    ("2-3 tmes", 1, 'unknown dose item "2-3 tmes"', "2-3 times"),
    ("5 rpes", 1, 'unknown dose item "5 rpes"', "5 reps"),
    ("once, alternate side", 7, 'unknown dose item "alternate side"', "alternate sides"),
    ("hold 5 secnds", 1, '"5 secnds" is not a duration', "hold 5 seconds"),
    ("3 times each side", 1, 'unknown dose item "3 times each side"', "3 times, each side"),
    ("hold 20s; 3 times", 1, '"20s; 3 times" is not a duration', "hold 20s, 3 times"),
    ("hold 20s and once", 1, '"20s and once" is not a duration', "hold 20s, once"),
    ("hold 20", 1, '"20" is not a duration', "hold 20s"),
    ("3 times per side", 1, 'unknown dose item "3 times per side"', "3 times, each side"),
    ("3 sets of 10", 1, 'unknown dose item "3 sets of 10"', "3 sets, 10 times"),
    ("3 sets of 10 reps", 1, 'unknown dose item "3 sets of 10 reps"', "3 sets, 10 times"),
    ("10 reps x 3 sets", 1, 'unknown dose item "10 reps x 3 sets"', "10 times, 3 sets"),
    ("hold 20s x 3", 1, '"20s x 3" is not a duration', "hold 20s, 3 times"),
    ("3x30 sec hold", 1, 'unknown dose item "3x30 sec hold"', "hold 30 sec, 3 times"),
    ("rest 9s between set", 1, '"9s between set" is not a duration', "rest 9s between sets"),
]
WRONG: list[tuple[str, int, str]] = [
    ("0 times", 1, '"0" is too few; 1 to 10,000 can be done'),
    ("4-2 times", 1, '"4-2 times" goes from more to less'),
    ("2-0 sets", 1, '"0" is too few; 1 to 10,000 can be done'),
    ("10001 times", 1, '"10001" is too many; 1 to 10,000 can be done'),
    ("hold 20001 breaths", 1, '"20001" is too many; 1 to 10,000 can be done'),
    ("hold 0s", 1, '"0s" is too short; it takes at least 0.1s'),
    ("hold 0.05s", 1, '"0.05s" is too short; it takes at least 0.1s'),
    ("every 0.4s", 1, '"0.4s" is too short; it takes at least 0.5s'),
    ("hold 25h", 1, '"25h" is longer than 24 h'),
    ("hold 20-10s", 1, 'the hold "20-10s" goes from more to less'),
    ("hold 4 breaths-9s", 1, 'the hold "4 breaths-9s" goes from breaths to seconds, or back'),
    ("hold 9s, hold 8s", 10, "hold is said twice"),
    ("3 times, 4 reps", 10, "times is said twice"),
    ("once, twice", 7, "times is said twice"),
    ("each side, alternate sides", 12, "sides is said twice"),
    ("2 sets,", 8, 'unknown dose item ""; is there a comma too many?'),
    ("2 sets,,once", 8, 'unknown dose item ""; is there a comma too many?'),
    ("once, switch 8s", 7, 'a switch needs sides; add "each side" or "alternate sides"'),
    ("every 4s, hold 5s", 11, 'the hold is longer than each beat; make "every" longer'),
    ("hold 2 breaths, every 1 breath", 1, 'the hold is longer than each beat; make "every" longer'),
    (
        "3 times heavily",
        1,
        'unknown dose item "3 times heavily"; a dose is made of: '
        "hold 20s, 3 times, 2 sets, rest 10s, each side, switch 8s, every 4s",
    ),
    *((line, at, f'{cause}; did you mean "{meant}"?') for line, at, cause, meant in MEANT),
]


@pytest.mark.parametrize(("line", "column", "told"), WRONG)
def test_what_a_slip_is_told(line: str, column: int, told: str) -> None:
    assert errors(line) == [f"back.md:2:{column}: {told}"]
    assert errors("Sit.", f"  {line}") == [f"back.md:3:{column + 2}: {told}"]


LENGTHS = "a length is written 20s, 1 min, 1m30s, 1:30 or 4 breaths"


@pytest.mark.parametrize(
    ("line", "length"),
    [
        ("hold 20x", "20x"),
        ("rest 20x", "20x"),
        ("every 20x", "20x"),
        ("hold -5s", "-5s"),
        ("hold \u22125s", "\u22125s"),
        ("hold .5s", ".5s"),
        ("hold 1:60", "1:60"),
        ("hold 1:5", "1:5"),
        ("hold 30-1:30", "30"),
        ("hold 10 — 20 s", "10 — 20 s"),
        ("rest 5s-10s", "5s-10s"),
        ("hold 1e3s", "1e3s"),
        ("hold 5 kg", "5 kg"),
    ],
)
def test_a_line_that_starts_like_a_dose_is_one(line: str, length: str) -> None:
    assert errors(line) == [f'back.md:2:1: "{length}" is not a duration; {LENGTHS}']


def test_all_that_is_wrong_with_a_dose_is_told_at_once() -> None:
    assert errors("hold 20x, 0 times, once", "rest 5, evry 9s") == [
        f'back.md:2:1: "20x" is not a duration; {LENGTHS}',
        'back.md:2:11: "0" is too few; 1 to 10,000 can be done',
        'back.md:3:1: "5" is not a duration; did you mean "rest 5s"?',
        'back.md:3:9: unknown dose item "evry 9s"; did you mean "every 9s"?',
    ]


def test_too_many_items_are_not_told_one_by_one() -> None:
    told = errors("once, " * 50_000 + "twice")
    assert len(told) == 9
    assert told[-1].startswith('back.md:2:55: unknown dose item "once, once, ')
    assert len(told[-1]) < 250


@pytest.mark.parametrize(
    "line",
    [
        "Hold for 15 to 30 seconds. Repeat 3 times a day.",
        "3 times a week I walk.",
        "3 times a week I walk",
        "Hold 20 seconds, then let go.",
        "Rest 10 seconds. Repeat!",
        "Every 3 days I walk for an hour",
        "every 2 hours, get up and walk about.",
        "rest 10s, and drink",
        "Once, I fell down the stairs",
        "Twice. Or more often.",
        "3x10 slow turns of the wrist",
        "hold ½ min",
        "Hold for twenty-five seconds.",
        "rest a minute",
        "3-5 times a day",
        "hold 20x.",
    ],
)
def test_prose_that_reads_like_a_dose_is_spoken_with_a_warning(line: str) -> None:
    read, warnings = exercise("Sit.", line, "Go.")
    assert read.dose is None
    [words] = read.before
    assert isinstance(words, Words)
    assert words.text == f"Sit. {line} Go.".replace("*", "")
    assert [str(warning) for warning in warnings] == [
        "back.md:3:1: this reads like a dose but is spoken as a sentence; "
        "a dose stands on its own line, such as: hold 20s, 3 times, rest 10s"
    ]


@pytest.mark.parametrize(
    "line",
    [
        "halten 20s, 3 mal, Pause 10s",
        "20 Sekunden halten, 3x",
        "3 fois",
        "mantener 20s, 3 veces, descanso 10s",
        "riposo 10 secondi",
        "3 vezes cada lado",
        "20 seconden vasthouden, 3 keer",
        "3 बार",
        "hold at least 20 s",
        "hold about 20 seconds, 3 times",
        "20s on, 10s off, 8 rounds",
        "Dose: 3 sets of 10",
        "Time: 30 s",
    ],
)
def test_a_dose_in_other_words_is_spoken_with_a_warning(line: str) -> None:
    read, [warning] = exercise("Sit.", line)
    assert read.dose is None
    assert warning.cause == "this reads like a dose but is spoken as a sentence"


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("hold 10s, 3 times:", "hold 10s, 3 times"),
        ("repeat 3 times", "3 times"),
        ("3 x 10.", "3 sets, 10 times"),
        ("repeat ten times", "10 times"),
        ("hold: 20s", "hold 20s"),
        ("Sets: 3", "3 sets"),
        ("Rest: 30 seconds", "Rest 30 seconds"),
        ("20s hold", "hold 20s"),
        ("**hold 20s**", "hold 20s"),
        ("20 secs each leg", "hold 20 secs, each side"),
        ("hold 20s | 3 times", "hold 20s, 3 times"),
        ("- hold 20s, 3 times", "hold 20s, 3 times"),
    ],
)
def test_what_a_dose_would_be_is_told(line: str, meant: str) -> None:
    read, [warning] = exercise("Sit.", line)
    assert read.dose is None
    assert warning.hint == f"on its own line and as a dose it is: {meant}"
    assert exercise(meant)[0].dose, "and that is one"


def test_commas_of_decimals() -> None:
    assert dose("hold 1,5 min,3 times, rest 2,5s") == dose("hold 1.5 min, 3 times, rest 2.5s")
    assert dose("hold 2,5-3,5s") == dose("hold 2.5-3.5s")
    assert dose("hold 1:30,3 times") == dose("hold 1:30, 3 times")


def test_a_beat_of_hours_is_meant_for_the_day() -> None:
    read, [warning] = exercise("10 times, every 2 hours")
    assert read.dose
    assert "for times of day write: times: 9:00" in warning.hint
    assert not exercise("10 times, every 59s")[1]


@pytest.mark.parametrize("line", ["- hold 20s", "* 3 times", "1. hold 20s, once"])
def test_a_dose_in_a_list_is_spoken_with_a_warning(line: str) -> None:
    read, [warning] = exercise(line)
    assert read.dose is None
    assert warning.cause == "this reads like a dose but is spoken as a sentence"
    assert warning.location.column == line.index(" ") + 2


@pytest.mark.parametrize(
    "line",
    [
        "Once you feel it, stop.",
        "Twice as far as before.",
        "Hold the chair.",
        "Hold a cushion to your chest.",
        "Rest a moment, then go on.",
        "Half a minute.",
        "A 3xl shirt.",
        "hold",
        "Rest",
        "Each side has its own.",
        "Every day.",
        "Switch the lamp on.",
        "Step 1",
        "Test 1",
        "Week 4",
        "20",
        "2024",
        "Hold on to one chair, or two.",
        "One knee, then the other.",
    ],
)
def test_prose_is_prose(line: str) -> None:
    read, warnings = exercise(line)
    assert not warnings
    assert read.dose is None
    assert [part.text for part in read.before if isinstance(part, Words)] == [line]


def test_a_wrapped_sentence_may_end_like_a_dose() -> None:
    read, _ = exercise("Bend as far as you can, and come up,", "3 times.")
    assert read.dose is None
    read, _ = exercise("Bend as far as you can.", "3 times.")
    assert read.dose == Dose(line=3, reps=3)
    read, _ = exercise("Bend as far as you can", "3 times")
    assert read.dose == Dose(line=3, reps=3), "who forgets a full stop is understood"


def test_slips_one_by_one() -> None:
    assert looks_like_dose("hold 20s, 3 times")
    assert looks_like_dose("hold 20s, 3 times.")
    assert not looks_like_dose("hold 20s, 3 timse.")
    assert looks_like_dose("hlod 11s")
    assert not looks_like_dose("hlod " + "1" * 90 + "s"), "so long a line is no slip"
    assert reads_like_dose("Repeat 3 times")
    assert not reads_like_dose("Repeat it")
    words = "one two three four five six seven eight nine ten".split()  # noqa: SIM905
    for number, word in enumerate(words, 1):
        assert suggest(f"{word} sets") == f'did you mean "{number} sets"?'
    assert suggest("rset " + "1" * 90 + "s") == ""
    assert suggest("xyz 20q") == ""
    assert suggest("and and") == ""


def test_lengths() -> None:
    assert read_length("20s") == Duration(20)
    assert read_length(" 3 breaths ") == Duration(breaths=3)
    assert Duration(2, breaths=3).at(4) == 14
    with pytest.raises(DoseError) as caught:
        read_length("1s", 2)
    assert (caught.value.cause, caught.value.hint) == ('"1s" is too short', "it takes at least 2s")


@pytest.mark.parametrize(
    ("text", "progress"),
    [
        ("add 1 set every 3 days, up to 5 sets", Progress(1, "sets", 3, "days", 5)),
        ("Add 2 reps every week up to 12", Progress(2, "reps", 1, "weeks", 12)),
        ("add 1 time every 2 sessions, up to 9 times.", Progress(1, "reps", 2, "sessions", 9)),
        ("add 5s every day, up to 60s", Progress(5, "seconds", 1, "days", 60)),
        (
            "add 5 seconds every 1 session done, up to 60 sec",
            Progress(5, "seconds", 1, "sessions", 60),
        ),
        ("add 3 secs every 2 weeks,  up to 90 s", Progress(3, "seconds", 2, "weeks", 90)),
    ],
)
def test_progress(text: str, progress: Progress) -> None:
    assert read_progress(text) == progress


@pytest.mark.parametrize(
    "text",
    [
        *("more", "", "add 1 set", "add 1 set every 3 days", "add sets every day, up to 5"),
        *("add 1 set every 3 days, up to 60 seconds", "add 1 min every day, up to 5"),
        *("add -1 sets every day, up to 5", "add 1.5 sets every day, up to 5"),
    ],
)
def test_what_is_no_progress(text: str) -> None:
    with pytest.raises(DoseError) as caught:
        read_progress(text)
    assert caught.value.hint == "write it as: add 1 set every 3 days, up to 5 sets"


@pytest.mark.parametrize(
    "text",
    [
        "add 0 sets every day, up to 5",
        "add 1 set every 0 days, up to 5",
        "add 1 set every day, up to 0",
        "add 1 set every day, up to 10001",
        "add 123456789 sets every day, up to 5",
    ],
)
def test_progress_that_can_not_be_made(text: str) -> None:
    with pytest.raises(DoseError, match=r"is too (few|many)"):
        read_progress(text)
