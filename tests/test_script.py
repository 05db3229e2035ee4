"""Scripts: every kind of line, every direction, key and error, and every kind of file."""

from __future__ import annotations

import doctest
import importlib
import os
import tracemalloc
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from voicecoach.errors import NotFoundError, Problem, ScriptError, problem_lines
from voicecoach.library import (
    CHIME_EVENTS,
    background_file,
    background_names,
    chime_file,
    chime_sets,
    find_script,
    room_tone_file,
    script_names,
    sound_beside,
)
from voicecoach.routine import (
    Breathe,
    Dose,
    Duration,
    Exercise,
    Hold,
    Movement,
    Part,
    Pause,
    Progress,
    Ring,
    Routine,
    Words,
)
from voicecoach.script import MOST_BYTES, load_script, read_script
from voicecoach.script.section import MOST_PROBLEMS
from voicecoach.units import write_time

EXAMPLE = """\
# Ease your back
caution: Move slowly, in loose clothes. If you feel any sharp pain, stop at once.
pace: gentle
progress: add 1 set every 3 days, up to 5 sets

A short routine for a tired back. Find a mat and a little room.

## Leg stretch
Lie on your back on the mat.
3 times, rest 10s
1. Stretch both legs long and flex your toes toward you. (hold 15s)
2. Bring your knees up toward your belly. (hold 5s)

## Neck and shoulder stretch
Sit upright, shoulders loose.
Bring your head down, chin as close to your chest as is comfortable.
hold 20s, 3 times, rest 10s
halfway: Breathe out, and let the back of your neck lengthen.
between: Lift your head slowly.

## Hip stretch
Stand with your feet as far apart as your shoulders.
Step your {side} foot back and bend forward, keeping the other leg straight.
hold 20s, 2 times, rest 10s, each side, switch 8s

## Finish
Well done. (pause 2s) Roll your shoulders, and have a glass of water.
> Author's note: never spoken. Source: 000_6a83770c53f43ea2.txt
"""


def read(text: str | bytes, folder: Path | None = None) -> Routine:
    """The routine of back.md, which must give no warning."""
    routine, warnings = read_script(text, "back.md", folder)
    assert not warnings
    return routine


def warnings_of(text: str | bytes) -> list[str]:
    """The warnings of back.md, which must have no error, without the file's name."""
    _, warnings = read_script(text, "back.md")
    return [str(warning).removeprefix("back.md:") for warning in warnings]


def errors_of(text: str | bytes, folder: Path | None = None) -> list[str]:
    """The errors of back.md, without the file's name."""
    with pytest.raises(ScriptError) as caught:
        read_script(text, "back.md", folder)
    assert str(caught.value) == "\n".join(map(str, caught.value.problems))
    return [str(problem).removeprefix("back.md:") for problem in caught.value.problems]


def words(parts: tuple[Part, ...]) -> list[str]:
    return [part.text for part in parts if isinstance(part, Words)]


def test_the_specifications_example() -> None:
    routine = read(EXAMPLE)
    assert routine.source == EXAMPLE
    assert replace(routine, script_hash="", source="") == Routine(
        title="Ease your back",
        file="back.md",
        caution=(
            Words("Move slowly, in loose clothes. If you feel any sharp pain, stop at once.", 2),
        ),
        settings={"pace": 0.85},
        progress=Progress(add=1, unit="sets", every=3, period="days", most=5),
        intro=(Words("A short routine for a tired back. Find a mat and a little room.", 6),),
        exercises=(
            Exercise(
                "Leg stretch",
                8,
                before=(Words("Lie on your back on the mat.", 9),),
                dose=Dose(line=10, reps=3, rest=Duration(10)),
                movements=(
                    Movement(
                        (
                            Words("Stretch both legs long and flex your toes toward you.", 11),
                            Hold(Duration(15), 11),
                        ),
                        11,
                    ),
                    Movement(
                        (
                            Words("Bring your knees up toward your belly.", 12),
                            Hold(Duration(5), 12),
                        ),
                        12,
                    ),
                ),
            ),
            Exercise(
                "Neck and shoulder stretch",
                14,
                before=(
                    Words(
                        "Sit upright, shoulders loose. Bring your head down, chin as close to your "
                        "chest as is comfortable.",
                        15,
                    ),
                ),
                dose=Dose(line=17, hold=Duration(20), reps=3, rest=Duration(10)),
                halfway=Words("Breathe out, and let the back of your neck lengthen.", 18),
                between=Words("Lift your head slowly.", 19),
            ),
            Exercise(
                "Hip stretch",
                21,
                before=(
                    Words(
                        "Stand with your feet as far apart as your shoulders. "
                        "Step your {side} foot back and bend forward, "
                        "keeping the other leg straight.",
                        22,
                    ),
                ),
                dose=Dose(
                    line=24,
                    hold=Duration(20),
                    reps=2,
                    rest=Duration(10),
                    sides="each",
                    switch=Duration(8),
                ),
            ),
            Exercise(
                "Finish",
                26,
                before=(
                    Words("Well done.", 27),
                    Pause(Duration(2)),
                    Words("Roll your shoulders, and have a glass of water.", 27, group=False),
                ),
            ),
        ),
    )


# Lines


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# Ease your *back*\nx", "Ease your back"),
        ("#   Ease   your back   ##\nx", "Ease your back"),
        ("#\tEase\nx", "Ease"),
        ("   # Ease\nx", "Ease"),
        ("# C# and #2\nx", "C and #2"),
        ("Ease\n====\nx", "Ease"),
        ("x\n\n# Ease", "Ease"),
        ("<!-- a --># Ease\nx", "Ease"),
        ("x", "back"),
        ("## A\nx", "back"),
    ],
)
def test_a_title(text: str, title: str) -> None:
    assert read(text).title == title


@pytest.mark.parametrize(
    ("file", "title"),
    [
        ("/a/b/my-back.txt", "my-back"),
        ("stdin", "stdin"),
        ("a\udce9\x07b.md", "a  b"),
        ("🧘.md", "Session"),
        ("", "Session"),
    ],
)
def test_a_title_from_the_files_name(file: str, title: str) -> None:
    assert read_script("x", file)[0].title == title


def test_headings() -> None:
    routine = read("## *Leg* stretch ##\na\n\nNeck\n---\nb\n\n### Note\nc\n## D\n    # code\n")
    assert [e.name for e in routine.exercises] == ["Leg stretch", "Neck", "D"]
    assert [e.line for e in routine.exercises] == [1, 4, 10]
    assert [words(e.before) for e in routine.exercises] == [["a"], ["b", "Note", "c"], ["code"]]
    [_, neck, _] = routine.exercises
    assert neck.before == (Words("b", 6), Words("Note", 8), Words("c", 9))


def test_a_title_below_the_first_heading_is_an_exercise() -> None:
    text = "# A\n# B\nb\n## C\nc\n# D\nd"
    routine, _ = read_script(text)
    assert (routine.title, [e.name for e in routine.exercises]) == ("A", ["B", "C", "D"])
    told = "a title below the first heading is read as an exercise; write ## for exercises"
    assert warnings_of(text) == [f"2:1: {told}", f"6:1: {told}"]
    assert warnings_of("## C\nc\n# D\nd") == [f"3:1: {told}"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("# \nx", ["1:1: the title has no words"]),
        ("x\n# 🙂 *\n", ["2:1: the title has no words"]),
        ("x\n##\n", ["2:1: an exercise needs a name; write: ## Name"]),
        ("x\n## …\n", ["2:1: an exercise needs a name; write: ## Name"]),
        ("# A {side}\nx", ["1:5: {side} can't stand in a name"]),
        ("## A **{side}**\nx\neach side", ["1:8: {side} can't stand in a name"]),
        ("## A \\{side}\nx\neach side", ["1:7: {side} can't stand in a name"]),
        ("## A {la/lo}\nx\neach side", ["1:6: {la/lo} can't stand in a name"]),
        (
            "## A\nLift {a/b}.\n3 times",
            ['2:6: {a/b} needs an exercise with sides; add "each side" to its dose line'],
        ),
        ("## A {_side}\nx\neach side", ["1:4: {side} can't stand in a name"]),
    ],
)
def test_what_is_no_heading(text: str, told: list[str]) -> None:
    assert errors_of(text) == told


def test_headings_that_are_none() -> None:
    assert warnings_of("##Leg stretch\n\n#back #pain") == [
        "1:1: this is spoken as a sentence; a heading has a space after its #"
    ]
    assert warnings_of("## Plank (hold 30s)\nx") == [
        "1:1: a stage direction in a name is spoken; put it below"
    ]
    assert read("## Plank (on a mat)\nx").exercises[0].name == "Plank (on a mat)"


def test_prose_is_paragraphs() -> None:
    routine = read("Lie down.\nBreathe\n  in.\n\n\nGo.\n \t \nStop.\n")
    assert routine.intro == (
        Words("Lie down. Breathe in.", 1),
        Words("Go.", 6),
        Words("Stop.", 8),
    )


def test_bullets_are_sentences_of_their_own() -> None:
    routine = read(
        "Take:\n- a mat,\n  and a towel\n* a chair\n+ a wall\n• water\n\n- [ ] time\n- [x] -"
    )
    assert words(routine.intro) == [
        *("Take:", "a mat, and a towel", "a chair", "a wall", "water", "time"),
    ]
    assert [p.line for p in routine.intro if isinstance(p, Words)] == [1, 2, 4, 5, 6, 8]


def test_numbered_lines_are_one_rep() -> None:
    text = "## A\nSit.\n2 times\n1. Up\n   and out.\n2) Down.\n\n10. Rest.\nWell done.\n- Good."
    [exercise] = read(text).exercises
    assert exercise.dose == Dose(line=3, reps=2)
    assert exercise.movements == (
        Movement((Words("Up and out.", 4),), 4),
        Movement((Words("Down.", 6),), 6),
        Movement((Words("Rest.", 8),), 8),
    )
    assert words(exercise.before) == ["Sit."]
    assert words(exercise.after) == ["Well done.", "Good."]


def test_where_prose_is_spoken() -> None:
    [dosed] = read("## A\na\n\nb\nhold 5s\nc\n3 times\nd").exercises
    assert (words(dosed.before), words(dosed.after)) == (["a", "b"], ["c", "d"])
    [moved] = read("## A\na\n1. b (hold 5s)\nc\n2. d\ne").exercises
    assert (words(moved.before), words(moved.after)) == (["a"], ["c", "e"])
    assert [movement.line for movement in moved.movements] == [3, 5]
    assert moved.dose == Dose(), "movements that tell time need no dose line"
    [first] = read("## A\na\n1. b\nc\ntwice\nd").exercises
    assert (words(first.before), words(first.after)) == (["a"], ["c", "d"])
    [untimed] = read("## A\na\n1. b\nc\n2. d").exercises
    assert (untimed.dose, untimed.movements, untimed.after) == (None, (), ())
    assert words(untimed.before) == ["a", "b", "c", "d"]


def test_a_direction_alone_below_a_movement_belongs_to_it() -> None:
    [exercise] = read("## A\n1. Up\n(hold 5s)\n2. Down").exercises
    assert exercise.movements[0].parts == (Words("Up", 2), Hold(Duration(5), 3))
    assert not exercise.after


def test_notes_are_never_spoken() -> None:
    text = (
        "> note\na <!-- note --> b\n<!-- note\n\n## note\n-->\nc<!---->d\n>note\n\n"
        "***\n* * *\n___\n- - -\n[note]: https://x.org\n[^1]: note\n"
    )
    assert words(read(text).intro) == ["a b", "c d"]
    assert words(read("---\na\n\n---\nb\n---\n").intro) == ["a"]
    assert read("---\na\n\n---\nb\n---\n").exercises[0].name == "b", "no header of a web page"


def test_a_comment_moves_no_column() -> None:
    assert errors_of("## A\n<!-- a\nb --> once, <!-- c --> twice") == ["3:24: times is said twice"]


def test_what_has_no_end() -> None:
    assert errors_of("a\nb <!-- c\n\n## d\n") == ["2:3: a note that begins with <!-- has no -->"]
    assert errors_of("a\n~~~ x\n```\n## d\n") == [
        "2:1: the block of code that begins here has no end"
    ]


def test_code_is_not_spoken() -> None:
    text = (
        "a\n```python\n## b\n~~~\nhold 20x\n````\n~~~~ c\n~~~\n~~~~\nd `e`\n\n```f``` g\n\n``` h`"
    )
    assert words(read_script(text)[0].intro) == ["a", "d e", "f g", "h"]
    told = "a block of code is not spoken"
    assert warnings_of(text) == [f"2:1: {told}", f"7:1: {told}"]


def test_a_web_pages_header_is_not_spoken() -> None:
    text = "---\ntitle: x\nlayout: y\n---\na\n"
    assert words(read_script(text)[0].intro) == ["a"]
    assert warnings_of(text) == ["1:1: the lines between --- and --- are not spoken"]


def test_tables_are_read_row_by_row() -> None:
    text = "| Exercise | Time |\n|:--|--:|\n| *Bridge* | |\n\nName | Age\n--- | ---\nBob | 3\nc"
    assert words(read(text).intro) == ["Exercise, Time", "Bridge", "Name, Age", "Bob, 3 c"]


ARTICLE = """\
---
layout: post
tags: [back]
---
Three ways to ease your back
============================

*By* [Jane Doe](https://x.org/jane "Jane"), **physiotherapist** &amp; runner
![A woman on a mat](img/mat.jpg)

Most backs get better
by moving. Read more at https://x.org/backs?id=1&page=2#top, or www.x.org.[^1]
Once you feel it, stop. Twice is enough!

Before you start
----------------
Note: keep breathing.
Hold for 15 to 30 seconds. Repeat 3 times a day.
3 times a week I walk.

* a mat
* a __towel__
+ water

### Bridge #
1. Lie down.
2. Lift your hips 5 cm,
   and lower them.

> "It helped me."

| Exercise | Time |
| -------- | ---- |
| Bridge   | 20 s |

***

```
rest 20x
```
<div class="ad">An advert</div>
<!-- hold 20s -->

After that
----------
Walk. Your back (or your neck) may feel stiff; that's normal.
#backpain #health

[^1]: A footnote.
[x]: https://x.org
"""


def test_a_plain_article_is_a_script() -> None:
    routine, warnings = read_script(ARTICLE, "back.md")
    assert routine.title == "Three ways to ease your back"
    assert [e.name for e in routine.exercises] == ["Before you start", "After that"]
    assert not routine.settings
    assert not any(e.dose for e in routine.exercises)
    assert words(routine.intro) == [
        "By Jane Doe, physiotherapist & runner A woman on a mat",
        "Most backs get better by moving. Read more at, or. "
        "Once you feel it, stop. Twice is enough!",
    ]
    assert words(routine.exercises[0].before) == [
        "Note: keep breathing. Hold for 15 to 30 seconds. Repeat 3 times a day. "
        "3 times a week I walk.",
        *("a mat", "a towel", "water", "Bridge", "Lie down."),
        *("Lift your hips 5 cm, and lower them.", "Exercise, Time", "Bridge, 20 s", "An advert"),
    ]
    assert words(routine.exercises[1].before) == [
        "Walk. Your back (or your neck) may feel stiff; that's normal. backpain health"
    ]
    dose = "this reads like a dose but is spoken as a sentence"
    assert [(w.location.line, w.cause) for w in warnings] == [
        (1, "the lines between --- and --- are not spoken"),
        (18, dose),
        (19, dose),
        (38, "a block of code is not spoken"),
    ]


# Stage directions


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("(pause 2s)", Pause(Duration(2))),
        ("(Pause 2 Sec)", Pause(Duration(2))),
        ("(pause for 1 min)", Pause(Duration(60))),
        ("(pause 2 breaths)", Pause(Duration(breaths=2))),
        ("( pause\t2s )", Pause(Duration(2))),
        ("(pause\n2s)", Pause(Duration(2))),
        ("(pause 0s)", Pause(Duration(0))),
        ("(hold 15s)", Hold(Duration(15), 1)),
        ("(hold for 15 seconds)", Hold(Duration(15), 1)),
        ("(hold 0.1s)", Hold(Duration(0.1), 1)),
        ("(hold 4 breaths)", Hold(Duration(breaths=4), 1)),
        ("(breathe 3)", Breathe(3, 1)),
        ("(breathe 3 times)", Breathe(3, 1)),
        ("(breathe 1 breath)", Breathe(1, 1)),
        ("(breathe 10000)", Breathe(10_000, 1)),
        ("(chime)", Ring("")),
        ("(chime bell)", Ring("bell")),
        ("(Chime Finish)", Ring("finish")),
    ],
)
def test_every_stage_direction(text: str, part: Part) -> None:
    assert read(f"a {text} b").intro == (Words("a", 1), part, Words("b", 1, group=False))
    assert read(f"**a{text}, b**").intro == (Words("a", 1), part, Words("b", 1, group=False))
    assert read(f"{text} a").intro == (part, Words("a", 1))
    assert read(f"- [a {text}](https://x.org)").intro == (Words("a", 1), part)


@pytest.mark.parametrize("direction", ["(hold 5s)", "(hold for 5s)", "(pause for 2 breaths)"])
def test_a_direction_on_a_line_of_its_own_belongs_to_the_movement_above(direction: str) -> None:
    routine = read(f"## A\n1. Lift it.\n{direction}\n2. Lower it.\n2 times")
    first, second = routine.exercises[0].movements
    assert [type(part) for part in first.parts] == [Words, Pause if "pause" in direction else Hold]
    assert [type(part) for part in second.parts] == [Words]


def test_stage_directions_in_a_row_and_over_lines() -> None:
    routine = read("a (pause 1s)(chime) (hold 2s). B\nc (breathe 1)\nd")
    assert routine.intro == (
        Words("a", 1),
        Pause(Duration(1)),
        Ring(""),
        Hold(Duration(2), 1),
        Words("B c", 1, group=False),
        Breathe(1, 2),
        Words("d", 2, group=False),
    )
    many = read("(chime)" * 10_000 + "a").intro
    assert len(many) == 10_001, "more than there are characters of private use"


@pytest.mark.parametrize(
    "text",
    [
        *("(or as far as you can)", "(hold onto a chair)", "(pause a moment)", "(breathe in)"),
        *("(Pause, and breathe)", "(hold it for 5 seconds)", "(chime ring now)", "(chimes)"),
        *("(about 10 seconds)", "(5 s)", "()", "(pause (2s))", "(hold", "(household 3)"),
        *("(breathe three)", "pause 2s"),
    ],
)
def test_a_parenthesis_that_is_ordinary_text(text: str) -> None:
    assert words(read(f"a {text} b").intro) == [f"a {text} b"]


def test_a_direction_may_be_escaped() -> None:
    assert words(read("a \\(pause 2s\\) b").intro) == ["a (pause 2s) b"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("(pause)", "(pause 10s)"),
        ("(hold)", "(hold 10s)"),
        ("(breathe)", "(breathe 4)"),
        ("(puase 2s)", "(pause 2s)"),
        ("(holding 2s)", "(hold 2s)"),
        ("(wait 2s)", "(pause 2s)"),
        ("(rest 1 min)", "(pause 1 min)"),
        ("(breath 3)", "(breathe 3)"),
        ("(hold 5 seconds or longer)", "(hold 10s)"),
        ("(breathe 3 slow ones)", "(breathe 4)"),
    ],
)
def test_a_probable_slip_of_a_direction_is_spoken_with_a_warning(text: str, meant: str) -> None:
    assert warnings_of(f"Go.\n a {text}") == [f'2:4: "{text}" is spoken; did you mean {meant}?']


KNOWN = "start, hold, release, rep, switch, finish, bell, bowl, soft, wood"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("(pause 2)", '"2" is not a duration; a length is'),
        ("(pause .5s)", '".5s" is not a duration; a length is'),
        ("(pause -2s)", '"-2s" is not a duration; a length is'),
        ("(hold 20x)", '"20x" is not a duration; a length is'),
        ("(hold 10-20s)", '"10-20s" is not a duration; a length is'),
        ("(pause 25h)", '"25h" is longer than 24 h'),
        ("(hold 0s)", '"0s" is too short; it takes at least 0.1s'),
        ("(breathe 0)", '"0" is too few; 1 to 10,000 can be done'),
        ("(breathe 10001)", '"10001" is too many; 1 to 10,000 can be done'),
        ("(breathe 3s)", '"3s" is not a number of breaths; write (breathe 4)'),
        ("(chime bel)", 'unknown chime "bel"; did you mean (chime bell)?'),
        ("(chime ../x.wav)", f'unknown chime "../x.wav"; there are {KNOWN}'),
    ],
)
def test_a_direction_that_can_not_be_followed(text: str, told: str) -> None:
    [error] = errors_of(f"Go.\na\n  b {text} c\n")
    assert error.startswith(f"3:5: {told}")


def test_a_broken_direction_is_told_where_it_begins() -> None:
    [error] = errors_of("a\n  - b\n    c (hold 20\n    x) d")
    assert error.startswith('3:7: "20 x" is not')


# Keys


def test_settings_and_facts_of_a_session() -> None:
    routine = read(
        "# T\nLanguage: de\nPACE : 1.1\nget-ready:3s\nget_ready\ncaution: a\ncaution: **b** (c)\n"
        "author: *Jane*\nlicense: CC0-1.0\ntags: back, , neck ,hip\nchimes: wood\n\nx\n"
        "countdown: off\n"
    )
    assert routine.settings == {
        "language": "de",
        "pace": 1.1,
        "get_ready_seconds": 3.0,
        "chimes": "wood",
        "countdown": 0,
    }
    assert routine.caution == (Words("a", 6), Words("b (c)", 7))
    assert (routine.author, routine.license) == ("Jane", "CC0-1.0")
    assert routine.tags == ("back", "neck", "hip")
    assert words(routine.intro) == ["get_ready".replace("_", " "), "x"]
    assert read("x").tags == ()


@pytest.mark.parametrize(
    ("written", "times"),
    [
        ("9:00, 13:00, 18:00", ["9:00", "13:00", "18:00"]),
        ("18:00, 9:00 and 13:00.", ["9:00", "13:00", "18:00"]),
        ("9am; 1 pm, and 6:30 p.m.", ["9:00", "13:00", "18:30"]),
        ("12 am, 12:05 AM, noon, 12:30pm", ["0:00", "0:05", "12:00", "12:30"]),
        ("Midnight", ["0:00"]),
        ("**07:05**, 7.15, 7h30, 8 h, 9:00 o’clock", ["7:05", "7:15", "7:30", "8:00", "9:00"]),
        (", ".join(f"{hour}:59" for hour in range(24)), [f"{hour}:59" for hour in range(24)]),
    ],
)
def test_times_of_day(written: str, times: list[str]) -> None:
    routine = read(f"times: {written}\nx\n## A\nx")
    assert [write_time(each) for each in routine.times] == times
    assert read(f"times: {', '.join(times)}\nx").times == routine.times
    assert read("x").times == ()


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("9", '"9" is not quite a time of day; did you mean "9:00"?'),
        ("9:00, 13", '"13" is not quite a time of day; did you mean "13:00"?'),
        ("24", '"24" is not quite a time of day; did you mean "0:00"?'),
        ("24:00", '"24:00" is not a time of day; did you mean "0:00"?'),
        ("18 pm", '"18 pm" is not a time of day; did you mean "18:00"?'),
        ("0:30 am", '"0:30 am" is not a time of day; did you mean "0:30"?'),
        ("9:60", '"9:60" is not a time of day; the day\'s last is 23:59'),
        ("25:00 am", '"25:00 am" is not a time of day; the day\'s last is 23:59'),
        ("9:00,, 10:00", '"" is not a time of day; is there a comma too many?'),
        ("3 a day", '"3 a day" is not a time of day; write them as: 9:00, 13:00, 18:00, or'),
        ("9:00, 9 am", "9:00 is said twice"),
        ("9:00," * 25, "a day has room for 24 times"),
    ],
)
def test_times_that_can_not_be(written: str, told: str) -> None:
    [error] = errors_of(f"x\ntimes: {written}")
    assert error.startswith(f"2:8: {told}")


def test_times_within_an_exercise() -> None:
    [error] = errors_of("## A\ntimes: 9:00, 6 pm\nx")
    assert error == '2:1: "times" is a setting; put it before the first ## heading'
    _, [warning] = read_script("## A\ntimes: 3\nx", "back.md")
    assert warning.cause == "this reads like a dose but is spoken as a sentence"
    _, [warning] = read_script("## A\ntimes:\nx", "back.md")
    assert warning.hint == "for the session, put it before the first ## heading"
    _, [warning] = read_script("## A\ntimes: whenever you like\nx", "back.md")
    assert warning.hint == "for the session, put it before the first ## heading"


def test_an_exercises_own_cues() -> None:
    [exercise] = read(
        "## A\nhalfway: a {side}\nbetween: b\nfinish: c\nShort: *d*\ncaution: e\ncaution: f\n"
        "chimes: off\ncountdown: 10\nguidance: fading\nprogress: add 1 rep every day, up to 9\n"
        "hold 10s, twice, each side"
    ).exercises
    assert exercise.halfway == Words("a {side}", 2)
    assert exercise.between == Words("b", 3)
    assert exercise.finish == Words("c", 4)
    assert exercise.short == Words("d", 5)
    assert exercise.caution == (Words("e", 6), Words("f", 7))
    assert exercise.settings == {"chimes": "", "countdown": 10, "guidance": "fading"}
    assert exercise.progress == Progress(1, "reps", 1, "days", 9)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rate: fast", 'rate can\'t be "fast"; it takes a number from 80 to 400'),
        (
            "language: xx",
            'no phrases for the language "xx"; there are de, en, es, fr, hi, it, nl, pt',
        ),
        ("countdown: 4", 'countdown can\'t be "4"; it takes off, 3, 5 or 10'),
        (
            "progress: more",
            'can\'t read the progress "more"; write it as: add 1 set every 3 days, up to 5 sets',
        ),
        ("chimes: bels", 'a script from a pipe or a string can name no file; did you mean "bell"?'),
        ("caution: a (pause 2s)", '"caution" takes words only; no pauses, holds or chimes'),
        ("caution: (chime)", '"caution" takes words only; no pauses, holds or chimes'),
        ("caution: …", '"caution" says nothing'),
    ],
)
def test_a_value_that_can_not_be(text: str, told: str) -> None:
    assert errors_of(f"a\n {text}") == [f"2:{text.index(' ') + 3}: {told}"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("pace:", '1:1: "pace" says nothing'),
        ("author: **", '1:1: "author" says nothing'),
        ("pace: 1\nx\n  Pace: 1", '3:3: "pace" is said twice'),
        ("author: a\nx\nauthor: b", '3:1: "author" is said twice'),
        ("progress: add 1 set every day, up to 2\n" * 2, '2:1: "progress" is said twice'),
        ("halfway: a", '1:1: "halfway" belongs to an exercise; put it below a ## heading'),
        ("hold 5s", "1:1: a dose belongs to an exercise; put a heading above it: ## Name"),
        ("## A\nfinish: a\nfinish: b", '3:1: "finish" is said twice'),
        ("## A\npace: brisk", '2:1: "pace" is a setting; put it before the first ## heading'),
        ("## A\nvoice: low", '2:1: "voice" is a setting; put it before the first ## heading'),
    ],
)
def test_a_key_that_can_not_be(text: str, told: str) -> None:
    assert told in errors_of(text)


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("cautoin: a", "caution"),
        ("Go.\nvice: a", "voice"),
        ("## A\nhalfwy: a", "halfway"),
        ("## A\nSit.\nhalf-way: a", "halfway"),
    ],
)
def test_a_probable_slip_of_a_key_is_spoken_with_a_warning(text: str, near: str) -> None:
    line = text.count("\n") + 1
    key = text.splitlines()[-1].split(":")[0].replace("-", " ")
    told = f'{line}:1: "{key}:" is spoken as a sentence; did you mean "{near}:"?'
    assert warnings_of(text) == [told]


@pytest.mark.parametrize("line", ["Voice: keep it low and calm.", "pace: slow", "author: Jane"])
def test_a_setting_below_a_heading_that_may_be_prose_is_spoken_with_a_warning(line: str) -> None:
    key = line.split(":", maxsplit=1)[0].lower()
    assert warnings_of(f"## A\n{line}") == [
        f'2:1: "{key}:" is spoken as a sentence; '
        "for the session, put it before the first ## heading"
    ]


@pytest.mark.parametrize(
    "line",
    ["Note: keep breathing.", "Tip: relax", "Source: x", "10:30 is a time", "a: b", "é: x", ": x"],
)
def test_what_is_no_key(line: str) -> None:
    assert words(read(f"{line}\n\n## A\n{line}").intro) == [line]


def test_a_wrapped_line_is_no_slip_of_a_key() -> None:
    assert warnings_of("Some say that a\nvice: that of sitting, harms.") == []


@pytest.mark.parametrize("cue", ["halfway", "between", "short"])
def test_a_cue_that_is_never_said(cue: str) -> None:
    assert warnings_of(f"## A\nSit.\n{cue}: b") == [
        f'3:1: "{cue}" is never said; the exercise has no timing'
    ]
    assert warnings_of("## A\nSit.\nfinish: b\ncaution: c") == []


# What contradicts itself


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a\nb {side} c", "2:3"),
        ("caution: {side}\nx", "1:10"),
        ("## A\nb\n  {side}\nonce", "3:3"),
        ("## A\n1. b {side}\nonce", "2:6"),
        ("## A\nfinish: {side}\nonce", "2:9"),
        ("## A\n### {side}", "2:5"),
    ],
)
def test_a_side_where_there_are_none(text: str, place: str) -> None:
    told = '{side} needs an exercise with sides; add "each side" to its dose line'
    assert errors_of(text) == [f"{place}: {told}"]


@pytest.mark.parametrize(
    ("text", "place", "cause", "hint"),
    [
        (
            "## A\nonce\n\nhold 5s\n1. b (hold 5s)",
            "4:1",
            "every movement has its own hold already",
            "take the hold out of the dose",
        ),
        (
            "## A\nonce, every 4s\n1. b (hold 5s)",
            "2:7",
            '"every" counts reps by itself',
            "take the holds out of the movements",
        ),
        (
            "## A\nonce\n\n  switch 2s",
            "4:3",
            "a switch needs sides",
            'add "each side" or "alternate sides"',
        ),
    ],
)
def test_what_contradicts_itself(text: str, place: str, cause: str, hint: str) -> None:
    assert errors_of(text) == [f"{place}: {cause}; {hint}"]


def test_what_goes_together() -> None:
    read("## A\nb {side}\nc {side} {side}\nhalfway: {side}\n1. {side}\neach side")
    read("## A\nhold 5s, every 5s")
    read("## A\nhold 9s, every 2 breaths")
    read("## A\nhold 5s\n1. b (hold 5s)\n2. c")
    assert warnings_of("## A\nonce, every 4s, rest 3s") == [
        '2:17: with "every" there is no rest between reps; did you mean "between sets"?'
    ]
    assert warnings_of("## A\n2 sets, every 4s, rest 3s between sets") == []


def test_every_error_at_once_and_warnings_apart() -> None:
    text = (
        "# \npace: fast\nhold 5s\n\ncautoin: a\n## A\n{side} (hold 20x)\nonce, rset 10s\n"
        "chimes: gong\n## \n10001 times\n"
    )
    with pytest.raises(ScriptError) as caught:
        read_script(text, "back.md")
    places = [(p.location.line, p.location.column) for p in caught.value.problems]
    assert places == [(1, 1), (2, 7), (3, 1), (7, 1), (7, 8), (8, 7), (9, 9), (10, 1), (11, 1)]
    assert [str(w.location) for w in caught.value.warnings] == ["back.md:5:1"]
    shown = problem_lines(caught.value.problems, caught.value.warnings).splitlines()
    assert [int(line.split(":")[1]) for line in shown] == [1, 2, 3, 5, 7, 7, 8, 9, 10, 11]
    assert shown[3].startswith('back.md:5:1: warning: "cautoin:" is spoken')


def test_the_specifications_error() -> None:
    text = "# T\n" + "\n" * 9 + "## A\ntwice, rset 10s\n"
    with pytest.raises(ScriptError) as caught:
        read_script(text, "back.md")
    told = 'back.md:12:8: unknown dose item "rset 10s"; did you mean "rest 10s"?'
    assert str(caught.value) == told


def test_a_script_that_says_nothing() -> None:
    nothing = "1:1: the script says nothing; write a sentence, or try: voicecoach new"
    for text in ("", b"", "\n\n", "# T", "> note", "(pause 2s)", "…", "---", "pace: 1"):
        assert errors_of(text) == [nothing]
    read("a")
    read("## A")


# Limits


def test_a_script_of_1_mib_and_no_more() -> None:
    assert MOST_BYTES == 1024 * 1024
    line = "Lie down, and breathe.\n"
    whole = (line * (MOST_BYTES // len(line) + 1))[:MOST_BYTES]
    assert len(words(read(whole).intro)) == 1
    for data in (whole + "x", b"\xff" * (MOST_BYTES + 1), "é" * (MOST_BYTES // 2 + 1)):
        assert errors_of(data) == ["1:1: the script is larger than 1 MiB; split it"]


@pytest.mark.parametrize(
    "text",
    [
        "## A\nrest 0s, hold 1s, 73 times, 137 sets",
        "## A\nrest 0s, hold 1s, 5001 times, each side",
        "## A\nrest 0s, hold 1s, 9000 times\n## B\nrest 0s, hold 1s, 1001 times",
        "## A\nrest 0s, hold 1s, 9999 times\n## B\n1. b (hold 1s)\n## C\n1. c (hold 1s)",
    ],
)
def test_ten_thousand_reps_and_no_more(text: str) -> None:
    assert errors_of(text) == ["2:1: the script has more than 10,000 reps; split it"]
    ranged = "## A\n2-101 times, 2-100 sets\n"
    assert errors_of(ranged) == ["2:1: the script has more than 10,000 reps; split it"]
    one_less = text.replace("137", "136").replace("01 times", "00 times").replace("9999", "9998")
    read(one_less)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("## A\nhold 24:00:00, twice", 1),
        ("x\n\n## A\nhold 60s, 1441 times, rest 0s", 3),
        ("## A\nhold 1s, 10000 times, rest 20s", 1),
        ("## A\nevery 9s, 9601 times", 1),
        ("## A\nhold 10 breaths, 4321 times, rest 0s", 1),
        ("## A\n" + "(breathe 10000)\n" * 4 + "(breathe 9999)", 1),
        ("a (hold 23h)\n\n## B\nb (pause 4h)", 1),
        ("## A\n" + "1. b (hold 1s)\n" * 10 + "8641 times, rest 0s", 1),
        ("## A\n" + "1. b\n" * 60 + "1000 times, rest 0s", 1),
        ("## A\nb\n## C\nhold 23h\n## D\nhold 1h, 2 times", 3),
    ],
)
def test_a_day_and_no_more(text: str, line: int) -> None:
    assert errors_of(text) == [f"{line}:1: the session takes more than 24 h; split it"]


@pytest.mark.parametrize(
    "text",
    [
        "## A\nhold 60s, 1439 times, rest 0s",
        "## A\nhold 1s, 10000 times, rest 15s",  # at the fastest pace
        "## A\nevery 8s, 10000 times",
        "## A\n" + "1. b\n" * 5 + "1. c (hold 1.1s)\n10000 times, rest 0s",
        "## a\n" * 20_000,  # no dose, no reps
        "a (pause 24h)",
        "## A\nrest 24h, twice",
        "## A\nhold 24h",  # to the second; with its words it is too long, but who speaks how fast?
    ],
)
def test_less_than_a_day_may_be(text: str) -> None:
    read(text)


def test_limits_are_found_without_unrolling() -> None:
    text = "## A\n" + "1. b (hold 1s)\n" * 2_000 + "10000 times, 10000 sets\n"
    tracemalloc.start()
    try:
        assert errors_of(text) == [
            "1:1: the session takes more than 24 h; split it",
            "2002:1: the script has more than 10,000 reps; split it",
        ]
        assert tracemalloc.get_traced_memory()[1] < 10e6
    finally:
        tracemalloc.stop()


def test_so_many_errors_that_the_rest_is_not_read() -> None:
    assert len(errors_of("## A\n" + "hold 1x\n" * 5_000)) == MOST_PROBLEMS
    _, warnings = read_script("(hold)\n\n" * 5_000)
    assert len(warnings) == MOST_PROBLEMS


# Bytes and files


@pytest.mark.parametrize(
    "data",
    [
        "# Ñandú\r\n\r\n## É\r\nOhé.\r\nhold 5s\r\n",
        "# Ñandú\r\r## É\rOhé.\rhold 5s\r",
        "\ufeff# Ñandú\n\n## É\nOhé.\nhold 5s",
        "# N\u0303andu\u0301\n\n## E\u0301\nOhe\u0301.\nhold 5s",
        "# Ñandú\n\n## É \u2066\nOhé.🧘\nhold\u00a05s\u200f\n",
        "\ufeff# Ñandú\r\n\n## É\r\n\ud800Ohé.\n\thold 5s\x0c\n",
    ],
)
def test_line_ends_marks_and_forms_make_no_difference(data: str) -> None:
    for given in (data, data.encode("utf-8", "ignore")):
        routine = read(given)
        assert routine.title == "Ñandú"
        [exercise] = routine.exercises
        assert (exercise.name, exercise.line) == ("É", 3)
        assert exercise.before == (Words("Ohé.", 4),)
        assert exercise.dose == Dose(line=5, hold=Duration(5))


def test_a_script_is_told_from_another_by_its_text() -> None:
    digest = sha256(b"a\nb").hexdigest()
    assert read("a\nb").script_hash == read(b"\xef\xbb\xbfa\r\nb").script_hash == digest


def test_any_script_is_spoken() -> None:
    text = "# שלום\nשב ישר. (pause 2s) \u202eנשום\u202c.\n\n## 伸展\n坐下。\nhold 5s\n## ไทย\nx"
    routine = read(text)
    assert routine.title == "שלום"
    assert words(routine.intro) == ["שב ישר.", "נשום ."]
    assert [e.name for e in routine.exercises] == ["伸展", "ไทย"]


JSON = "this is JSON, not a script; show and export take a plan's file, convert takes a workout's"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("x".encode("utf-16"), "1:1: this is not UTF-8 text; save it as UTF-8"),
        ("x".encode("utf-16-be"), "1:1: this is not a text: it holds a NUL; save it as UTF-8"),
        ("é".encode("latin-1"), "1:1: this is not UTF-8 text; save it as UTF-8"),
        (b"a\r\n\xc3\xa9\rb\xe9", "3:2: this is not UTF-8 text; save it as UTF-8"),
        (b"\xef\xbb\xbfa\n\xc3\xa9\xc3\xa9\xc3", "2:3: this is not UTF-8 text; save it as UTF-8"),
        (b"a\n\xed\xa0\x80", "2:1: this is not UTF-8 text; save it as UTF-8"),
        (b"a\nbc\0", "2:3: this is not a text: it holds a NUL; save it as UTF-8"),
        ("a\0", "1:2: this is not a text: it holds a NUL; save it as UTF-8"),
        (b'{"version": 1}', f"1:1: {JSON}"),
        (b'\xef\xbb\xbf\n{\n "version": 1,' + b" " * MOST_BYTES, f"1:1: {JSON}"),
        ('{ "name": "Squats"}', f"1:1: {JSON}"),
        (bytes(range(1, 256)), "3:115: this is not UTF-8 text; save it as UTF-8"),
    ],
)
def test_what_is_no_text(data: bytes | str, told: str) -> None:
    assert errors_of(data) == [told]


def test_a_script_in_a_file(tmp_path: Path) -> None:
    script = tmp_path / "back.md"
    script.write_text(EXAMPLE, encoding="utf-8")
    routine, warnings = load_script(script)
    assert not warnings
    assert routine.file == str(script)
    script.write_text("## A\nhold 5x", encoding="utf-8")
    with pytest.raises(ScriptError) as caught:
        load_script(script)
    assert str(caught.value).startswith(f'{script}:2:1: "5x" is not a duration')


def test_a_file_that_is_too_large_is_not_read_whole(tmp_path: Path) -> None:
    script = tmp_path / "back.md"
    with script.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(ScriptError, match="larger than 1 MiB"):
        load_script(script)


@pytest.mark.parametrize("name", ["gone.md", "folder", "a\0b.md", "x" * 300 + ".md", "back.md/x"])
def test_a_file_that_can_not_be_read(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "back.md").touch()
    with pytest.raises(NotFoundError, match="it can't be read: "):
        load_script(tmp_path / name)


class Unreadable(type(Path())):  # type: ignore[misc]  # a path's class depends on the system
    """A file whose permissions forbid reading, also for root."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        raise PermissionError(13, "Permission denied", str(self))


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="it can't be read: Permission denied"):
        load_script(Unreadable(tmp_path / "back.md"))


def test_finding_scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "back.md").touch()
    (tmp_path / "plain").touch()
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "wind-down").mkdir()
    assert find_script("back.md") == Path("back.md")
    assert find_script("plain") == Path("plain")
    assert find_script(str(tmp_path / "back.md")) == tmp_path / "back.md"
    assert find_script("wind-down").name == "wind-down.md", "a folder hides no script"
    for name, told in [
        ("folder.md", "that is a folder"),
        ("bakc.md", 'did you mean "back.md"?'),
        ("other/back.md", "is the path right?"),
        ("wind-donw", 'did you mean "wind-down"?'),
        ("nothing like it", ", ".join(script_names())),
        ("x" * 300, "File name too long"),
        ("x" * 300 + ".md", "File name too long"),
        ("x\0y/z", "is the path right?"),
        ("", "that is a folder"),
    ]:
        with pytest.raises(NotFoundError) as caught:
            find_script(name)
        assert told in str(caught.value)


def test_built_in_sounds_are_there() -> None:
    for chimes in chime_sets():
        assert all(chime_file(chimes, event).is_file() for event in CHIME_EVENTS)
    assert chime_file("/a/gong.wav", "hold") == Path("/a/gong.wav")
    assert all(background_file(name).is_file() for name in background_names())
    assert background_file("/a/rain.wav") == Path("/a/rain.wav")
    assert room_tone_file().is_file()


# Sounds beside a script


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A script's folder, beside it sounds that must not be reached."""
    home = tmp_path / "home"
    (home / "sounds").mkdir(parents=True)
    (home / "gong.wav").touch()
    (home / "sounds" / "bell one.wav").touch()
    (tmp_path / "secret.wav").touch()
    (tmp_path / "home2").mkdir()
    (tmp_path / "home2" / "x.wav").touch()
    (home / "out.wav").symlink_to(tmp_path / "secret.wav")
    (home / "away").symlink_to(tmp_path / "home2")
    (home / "in.wav").symlink_to("sounds/bell one.wav")
    (home / "broken.wav").symlink_to("nowhere.wav")
    (home / "loop.wav").symlink_to("loop.wav")
    os.mkfifo(home / "pipe.wav")
    return home


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("gong.wav", "gong.wav"),
        ("./gong.wav", "gong.wav"),
        ("sounds/bell one.wav", "sounds/bell one.wav"),
        ("sounds\\bell one.wav", "sounds/bell one.wav"),
        ("sounds/../gong.wav", "gong.wav"),
        ("../home/gong.wav", "gong.wav"),
        ("in.wav", "sounds/bell one.wav"),
    ],
)
def test_a_sound_in_the_scripts_folder_or_below(name: str, file: str, folder: Path) -> None:
    path = folder.resolve() / file
    assert sound_beside(name, folder) == path
    assert read(f"chimes: {name}\nx", folder).settings == {"chimes": str(path)}
    [exercise] = read(f"## A\nx\nchimes: {name}", folder).exercises
    assert exercise.settings == {"chimes": str(path)}
    assert read(f"background: {name}\nx", folder).settings == {"background": str(path)}


OUTSIDE = "lies outside the script's folder"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("../secret.wav", OUTSIDE),
        ("sounds/../../secret.wav", OUTSIDE),
        ("..\\secret.wav", OUTSIDE),
        ("sounds\\..\\..\\secret.wav", OUTSIDE),
        ("../home2/x.wav", OUTSIDE),
        ("out.wav", OUTSIDE),
        ("away/x.wav", OUTSIDE),
        ("/etc/passwd", OUTSIDE),
        ("//etc/passwd", OUTSIDE),
        ("\\etc\\passwd", OUTSIDE),
        ("\\\\server\\share\\x.wav", OUTSIDE),
        ("C:\\x.wav", OUTSIDE),
        ("C:x.wav", OUTSIDE),
        ("..", OUTSIDE),
        (".", "there is no file"),
        ("sounds", "there is no file"),
        ("pipe.wav", "there is no file"),
        ("broken.wav", "there is no file"),
        ("gone.wav", "there is no file"),
        ("~/gong.wav", "there is no file"),
        ("$HOME/gong.wav", "there is no file"),
        ("loop.wav", "is not a file's name"),
        ("x" * 300, "is not a file's name"),
        ("x/" * 3_000, "is not a file's name"),
    ],
)
def test_nothing_else_is_reachable(name: str, told: str, folder: Path) -> None:
    with pytest.raises(ValueError, match=told):
        sound_beside(name, folder)
    for key, line in (("chimes", 1), ("background", 1)):
        [error] = errors_of(f"{key}: {name}\nx", folder)
        assert error.startswith(f"{line}:{len(key) + 3}: ")
        assert told in error


def test_a_nul_in_a_sounds_name(folder: Path) -> None:
    with pytest.raises(ValueError, match="is not a file's name"):
        sound_beside("gong.wav\0x", folder)


def test_an_absolute_name_is_refused_even_within(folder: Path) -> None:
    with pytest.raises(ValueError, match=OUTSIDE):
        sound_beside(str(folder / "gong.wav"), folder)


def test_a_script_from_a_pipe_names_no_file() -> None:
    told = "a script from a pipe or a string can name no file"
    for key, known in (("chimes", chime_sets()), ("background", background_names())):
        hint = f"there are {', '.join(known)}, off, or a sound file"
        assert errors_of(f"{key}: gong.wav\nx") == [f"1:{len(key) + 3}: {told}; {hint}"]
        for name in known:
            assert read(f"{key}: {name}\nx").settings == {key: name}
    assert read("chimes: off\nbackground: none\nx").settings == {"chimes": "", "background": ""}


def test_a_script_beside_its_sounds(folder: Path) -> None:
    (folder / "back.md").write_text("chimes: gong.wav\nx", encoding="utf-8")
    routine, _ = load_script(folder / "back.md")
    assert routine.settings == {"chimes": str(folder.resolve() / "gong.wav")}


# Doctests


@pytest.mark.parametrize(
    "name",
    [
        *("errors", "units", "settings", "settings.values", "library"),
        *("script", "script.build", "script.directions", "script.dose", "script.keys"),
        *("script.limits", "script.markup", "script.reader", "script.section", "script.slips"),
    ],
)
def test_doctests(name: str) -> None:
    module = importlib.import_module(f"voicecoach.{name}")
    assert doctest.testmod(module).failed == 0


def test_problems_are_in_the_order_of_their_places() -> None:
    with pytest.raises(ScriptError) as caught:
        read_script("## A\nonce\n1. {side} (hold 1x)\nhold 1x", "b.md")
    problems = caught.value.problems
    assert list(problems) == sorted(problems)
    assert all(isinstance(problem, Problem) for problem in problems)
