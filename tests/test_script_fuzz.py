"""Any text is a routine, or an error whose every problem has a place in the text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.test_dose import CONFLICTS, VALID
from voicecoach.errors import Problem, ScriptError
from voicecoach.routine import (
    Breathe,
    Dose,
    Duration,
    Exercise,
    Hold,
    Part,
    Pause,
    Ring,
    Routine,
    Words,
)
from voicecoach.script import read_script
from voicecoach.script.dose import MOST_REPS
from voicecoach.settings import SETTINGS, Settings
from voicecoach.units import DAY_SECONDS


def check(data: str | bytes, folder: Path | None = None) -> None:
    """Read it; what comes must be whole, and stand within the text."""
    lines = lines_of(data)
    try:
        routine, warnings = read_script(data, "back.md", folder)
    except ScriptError as error:
        assert error.problems  # noqa: PT017  # most texts are scripts, some are not
        warnings = error.warnings
        check_problems(error.problems, lines)
    else:
        check_routine(routine, len(lines))
    check_problems(warnings, lines)


def lines_of(data: str | bytes) -> list[str]:
    """The lines as an editor shows them."""
    text = data if isinstance(data, str) else data.decode("utf-8", "backslashreplace")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return [unicodedata.normalize("NFC", line) for line in text.split("\n")]


def check_problems(problems: tuple[Problem, ...], lines: list[str]) -> None:
    assert list(problems) == sorted(problems)
    for problem in problems:
        place = problem.location
        assert place.file == "back.md"
        assert 1 <= place.line <= len(lines)
        assert 1 <= place.column <= len(lines[place.line - 1]) + 1
        assert problem.cause
        shown = str(problem)
        assert shown.startswith(f"back.md:{place.line}:{place.column}: ")
        assert len(shown) < 500
        assert "\n" not in shown


def check_routine(routine: Routine, lines: int) -> None:
    assert any(c.isalnum() for c in routine.title)
    assert routine.settings.keys() <= {s.field for s in SETTINGS.values() if s.in_script}
    Settings().under(routine.settings)
    for exercise in routine.exercises:
        assert any(c.isalnum() for c in exercise.name)
        assert 1 <= exercise.line <= lines
        assert exercise.settings.keys() <= {"chimes", "countdown", "guidance"}
        assert exercise.dose or not (exercise.movements or exercise.after)
        if exercise.dose:
            check_dose(exercise.dose)
    for part in parts_of(routine):
        check_part(part, lines)
    for words in (part for part in parts_of(routine) if isinstance(part, Words)):
        check_words(words.text)
    for text in (routine.title, routine.author, routine.license, *routine.tags):
        check_words(text, spoken=False)
    sided = [e for e in routine.exercises if e.dose and e.dose.sides]
    for exercise in routine.exercises:
        named = any("{side}" in p.text for p in parts_in(exercise) if isinstance(p, Words))
        assert not named or exercise in sided


def check_dose(dose: Dose) -> None:
    reps, sets = dose.reps_most or dose.reps, dose.sets_most or dose.sets
    assert 1 <= dose.reps * dose.sets <= reps * sets <= MOST_REPS
    for length in (dose.hold, dose.hold_most, dose.rest, dose.set_rest, dose.switch, dose.every):
        check_length(length or Duration())
    if dose.hold_most:
        assert dose.hold
        assert dose.hold.at(1) <= dose.hold_most.at(1)


def check_length(length: Duration) -> None:
    assert 0 <= length.seconds <= DAY_SECONDS
    assert 0 <= length.breaths <= MOST_REPS
    assert not (length.seconds and length.breaths)


def check_part(part: Part, lines: int) -> None:
    match part:
        case Words():
            assert any(c.isalnum() for c in part.text)
            assert 1 <= part.line <= lines
        case Pause():
            check_length(part.length)
        case Hold():
            check_length(part.length)
            assert part.length.at(1) > 0
            assert 1 <= part.line <= lines
        case Breathe():
            assert 1 <= part.count <= MOST_REPS
        case Ring():
            assert part.name == part.name.lower()


def check_words(text: str, *, spoken: bool = True) -> None:
    assert text == " ".join(text.split())
    text.encode()
    assert all(unicodedata.category(c) not in ("Cc", "Co", "Cs", "Cn", "Me") for c in text)
    if spoken and "&" not in text:
        assert not any(mark in text for mark in ("*", "`", "|", "~~", "http://x"))


def parts_of(routine: Routine) -> Iterator[Part]:
    yield from (*routine.intro, *routine.caution)
    for exercise in routine.exercises:
        yield from parts_in(exercise)


def parts_in(exercise: Exercise) -> Iterator[Part]:
    yield from (*exercise.before, *exercise.after, *exercise.caution)
    for movement in exercise.movements:
        yield from movement.parts
    for cue in (exercise.halfway, exercise.between, exercise.finish, exercise.short):
        if cue:
            yield cue


@given(st.text())
def test_any_text(text: str) -> None:
    check(text)


@given(st.text(st.characters(categories=["Cc", "Cf", "Cs", "Mn", "Zl", "Zs", "So", "Ll"])))
def test_any_text_of_what_is_seldom_in_texts(text: str) -> None:
    check(text)


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    check(data)


@given(
    st.text(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
)
def test_any_encoding(text: str, encoding: str) -> None:
    check(text.encode(encoding, "ignore"))


NUMBERS = st.integers(0, 20).map(str) | st.sampled_from(
    ["-1", "\u22121", "0.05", "1.5", ".5", "1:30", "1:60", "10000", "10001", "9" * 30, "٣", "two"]
)
LENGTHS = st.builds(
    "{}{}{}".format,
    NUMBERS,
    st.sampled_from(["", " "]),
    st.sampled_from(["s", "sec", "seconds", "m", "min", "h", "breaths", "", "x", "parsec", "m30s"]),
)
DIRECTIONS = st.builds(
    "({}{}{})".format,
    st.sampled_from(["pause", "hold", "breathe", "chime", "puase", "wait", "or", "Hold"]),
    st.sampled_from([" ", "", " for ", "\n", "\t"]),
    LENGTHS | NUMBERS | st.sampled_from(["bell", "bel", "on", "(a)", "../x"]),
)
ITEMS = st.one_of(
    st.builds("hold {}".format, LENGTHS),
    st.builds("hold {}-{}".format, NUMBERS, LENGTHS),
    st.builds("hold for {} to {}".format, LENGTHS, LENGTHS),
    st.builds("{}-{} {}".format, NUMBERS, NUMBERS, st.sampled_from(["times", "sets", "x"])),
    st.builds("{} {}".format, NUMBERS, st.sampled_from(["times", "reps", "sets", "x", "tmes", ""])),
    st.builds("rest {}{}".format, LENGTHS, st.sampled_from(["", " between sets", " between set"])),
    st.builds("{} {}".format, st.sampled_from(["switch", "every", "evry", "Rest:"]), LENGTHS),
    st.sampled_from(["once", "twice", "each side", "alternate sides", "both sides", "", "and"]),
)
DOSES = st.builds(
    "{}{}".format,
    st.lists(ITEMS, min_size=1, max_size=5).map(", ".join),
    st.sampled_from(["", "", ".", ",", ":", " daily, for a week"]),
)
TEXTS = st.one_of(
    st.sampled_from(
        [
            *("Lie down.", "Breathe in", "a", "{side}", "Step your {side} foot.", "…", "é", "🧘"),
            *(
                "*a*",
                "**b",
                "[c](http://x)",
                "![d](e)",
                "<b>",
                "`f`",
                "&amp;",
                "&#xE000;",
                "http://x",
            ),
            *("|", "~~", "\\", "<!--", "-->", "\0", "\x07", "\ud800", "\u202e", "e\u0301", "\t"),
            *("\u0958", "\ufb2a", "\u2028", "x" * 300, "[^1]", "www.x.y", "3*4", "_", "#"),
        ]
    ),
    DIRECTIONS,
    st.text(max_size=5),
)
SENTENCES = st.lists(TEXTS, max_size=5).map(" ".join)
KEYS = st.builds(
    "{}{}{}".format,
    st.sampled_from(
        [
            *(*SETTINGS, "caution", "author", "license", "tags", "progress", "halfway", "between"),
            *("times", "finish", "short", "cautoin", "Get-Ready", "hold", "Note", "sets"),
        ]
    ),
    st.sampled_from([": ", ":", " : ", ":\t"]),
    SENTENCES
    | LENGTHS
    | NUMBERS
    | st.sampled_from(
        [
            *("off", "gentle", "en", "de", "xx", "full", "ful", "bell", "bels", "rain", "3", "50%"),
            *("../x.wav", "x.wav", "/etc/passwd", "C:\\x", "add 1 set every 3 days, up to 5 sets"),
            *("add 0 s every day, up to 1", "CC0-1.0", "a, b", ""),
            *("9:00, 6 pm", "9:00, 9", "24:00 pm"),
        ]
    ),
)
HEADINGS = st.sampled_from(["# ", "## ", "## ", "### ", "#", "##"])
BULLETS = st.sampled_from(["1. ", "2) ", "- ", "* ", "> ", "- [ ] "])
MARKS = ["", "---", "===", "```", "~~~", "```x", "***", "|--|--|", "[a]: b", "<!--"]
LINES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "", "", "  ", "    ", "\t", "<!-- c -->"]),
    st.one_of(
        st.builds("{}{}".format, HEADINGS | BULLETS, SENTENCES),
        st.builds("{}{}".format, st.sampled_from(["1. ", "- ", "| ", "**"]), DOSES),
        st.builds("| {} | {} |".format, SENTENCES, SENTENCES),
        st.sampled_from(MARKS),
        *(DOSES, DOSES, KEYS, KEYS, SENTENCES),
    ),
    st.sampled_from(["", "", "", " ", "\\", "  ", " #"]),
)
FAULTLESS = st.sampled_from(
    [
        *("Lie down.", "- *A* mat.", "1. Up. (hold 5s)", "2. Down.", "a (breathe 2) b", "(chime)"),
        *("> note", "<!-- note -->", "| a | b |", "### Note", "[a](http://x)", "(as you like)"),
        *("", "", "***", "## B", "## C\nhold 2s", "## D\n{side}\neach side", "finish: Go."),
        *("twice", "rest 3s", "2 sets", "caution: Slowly.", "between: Rest.", "guidance: fading"),
    ]
)
SCRIPTS = st.builds(
    "{}{}".format,
    st.sampled_from(["", "# T\n## A\n", "# T\n## A\n", "\ufeff# T\r\n", "---\na: b\n---\n"]),
    st.tuples(
        st.lists(st.one_of(FAULTLESS, FAULTLESS, FAULTLESS, FAULTLESS, LINES), max_size=12),
        st.sampled_from(["\n", "\n", "\r\n", "\r"]),
    ).map(lambda lines: lines[1].join(lines[0])),
)


@given(SCRIPTS)
def test_any_text_of_the_languages_own_parts(text: str) -> None:
    check(text)


@given(SCRIPTS, st.integers(0, 400), st.binary(max_size=3))
def test_a_script_with_a_few_bytes_broken(text: str, at: int, broken: bytes) -> None:
    data = text.encode("utf-8", "replace")
    check(data[:at] + broken + data[at + 1 :])


MOVEMENTS = st.lists(st.builds("1. {}".format, SENTENCES), max_size=4)


@given(st.lists(DOSES | LINES | FAULTLESS, max_size=6), MOVEMENTS)
def test_any_exercise(lines: list[str], movements: list[str]) -> None:
    check("\n".join(["## A", *lines, *movements]))


@given(st.data())
def test_a_faultless_script_means_what_it_was_made_of(data: st.DataObject) -> None:
    text, expected = "# T\n", []
    for number in range(data.draw(st.integers(1, 4))):
        kinds = data.draw(st.lists(st.sampled_from(sorted(VALID)), unique=True))
        for one, other in CONFLICTS:
            if one in kinds and other in kinds:
                kinds.remove(other)
        prose = data.draw(st.lists(st.sampled_from(["Lie down.", "(chime)", "> note", ""])))
        dose = Dose(line=text.count("\n") + len(prose) + 2)
        text += "\n".join([f"## Exercise {number}", *prose, ""])
        items = []
        for kind in kinds:
            item, values = data.draw(VALID[kind])
            items.append(item)
            dose = replace(dose, **values)
        text += ", ".join(items) + "\n" + data.draw(st.sampled_from(["", "finish: Go.\n"]))
        expected.append(dose if kinds else None)
    routine, warnings = read_script(text)
    assert not warnings
    assert [exercise.dose for exercise in routine.exercises] == expected
    assert [e.name for e in routine.exercises] == [f"Exercise {n}" for n in range(len(expected))]
    check(text)


@given(st.lists(DIRECTIONS | TEXTS, max_size=12))
def test_any_paragraph(pieces: list[str]) -> None:
    check("a" + "".join(pieces))
    check("## A\neach side\n1. " + "\n   ".join(pieces))


@given(KEYS, KEYS)
def test_any_keys(one: str, other: str) -> None:
    folder = Path(__file__).parent
    check(f"a\n{one}\n{other}\n", folder)
    check(f"## A\n{one}\nonce, each side\n{other}\n", folder)


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_comment_changes_nothing_but_itself(before: str, within: str) -> None:
    text = before.replace("<", "").replace("\r", "") + "\n"
    note = within.replace("-", "").replace("\0", "").replace("\n", "").replace("\r", "")
    told = [answer(f"{text}b{gap}\n") for gap in ("", f"<!--{note}-->")]
    assert told[0] == told[1]


def answer(text: str) -> object:
    try:
        routine, warnings = read_script(text)
    except ScriptError as error:
        return error.problems, error.warnings
    return routine.title, routine.intro, routine.exercises, warnings
