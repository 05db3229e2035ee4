"""Whatever is in an article, its draft is a script without an error that invents nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.drafts import invented, letters, spoken, warnings
from tests.handouts import FILES
from voicecoach.draft import draft_script
from voicecoach.draft.escape import written
from voicecoach.errors import DraftError
from voicecoach.script import read_script

TRICKS = [
    *("hold 20x", "(hold 5s)", "(pause 2 min)", "(chime gong)", "<!-- ", "-->", "{side}", "```"),
    *(
        "caution:",
        "Finish: sit down",
        "Voice: low",
        "say: a = b",
        "times: 25:00",
        "## ",
        "# ",
        "3 times",
    ),
    *("> quoted", "| a | b |", "[x](http://example.org)", "![](y)", "&amp;", "\\", "***", "---"),
    *("rest 10s", "language: xx", "progress: add", "hold 5s, 3 times", "10.", "- ", "\x00", "\x85"),
    *("\u2028", "\ud7ff", "🙂", "\u200b", "0 reps", "100 times", "99999999999 sets", "1) 2) 3)"),
]
KEYS = ["Rest: as needed.", "Finish: sit down.", "Voice: low", "Short: a bob", "Halfway: turn"]
DOSES = ["3 times", "Hold 20 seconds", "hold 20x", "Twice.", "each side", "10 reps, slowly"]
MARKS = ["(hold 5s)", "Sit (pause 2s) down.", "2 * 3 * 4", "a <b> c", "`code`", "[x](y)", "# no"]


@st.composite
def mutated(draw: st.DrawFn) -> tuple[bytes, str]:
    """A handout with lines lost, doubled, moved, and with tricks put in."""
    file = draw(st.sampled_from(FILES))
    lines = file.read_text(encoding="utf-8").split("\n")
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(lines) - 1))
        other = draw(st.integers(0, len(lines) - 1))
        match draw(st.integers(0, 5)):
            case 0:
                lines[at] = ""
            case 1:
                lines.insert(at, lines[other])
            case 2:
                lines[at], lines[other] = lines[other], lines[at]
            case 3:
                lines.insert(at, draw(st.sampled_from(TRICKS)))
            case 4:
                cut = draw(st.integers(0, len(lines[at])))
                lines[at] = lines[at][:cut] + draw(st.sampled_from(TRICKS)) + lines[at][cut:]
            case _:
                lines[at] = draw(st.text(max_size=40))
    return "\n".join(lines).encode("utf-8", "replace"), file.name


@given(mutated())
def test_a_mutated_handout_gives_a_script_or_a_reason(given_: tuple[bytes, str]) -> None:
    data, name = given_
    try:
        draft = draft_script(data, name)
    except DraftError:
        return
    assert warnings(draft.text) == ()
    assert invented(draft.text, data, name) == []


@given(st.binary(max_size=400))
def test_any_bytes_give_a_script_or_a_reason(data: bytes) -> None:
    try:
        draft = draft_script(data, "handout")
    except DraftError:
        return
    read_script(draft.text)


@given(st.text(min_size=1, max_size=60) | st.sampled_from([*KEYS, *DOSES, *MARKS, *TRICKS]))
def test_what_is_written_is_said_as_it_stands(text: str) -> None:
    line = written(text, "said")
    if not line:
        return
    routine, found = read_script(f"# T\n\n## Name\n{line}\nhold 10s, 2 times, each side\n")
    assert found == ()
    (exercise,) = routine.exercises
    assert exercise.dose
    assert exercise.dose.reps == 2
    said = letters(" ".join(list(spoken(routine))[1:]))
    assert said
    assert said in letters(text) or "&" in text or "[" in text or "<" in text


@pytest.mark.parametrize("text", [*KEYS, *DOSES, *MARKS[:2]])
def test_what_looks_like_a_key_or_a_dose_can_be_said(text: str) -> None:
    assert written(text, "said")


@pytest.mark.parametrize(
    "piece", ["hold for ", "(1) ", "- a\n", "stretch 3 x ", "If you\n\n", "a: b\n", "1. x. \n", "9"]
)
def test_a_long_and_odd_text_gives_a_script_or_a_reason(piece: str) -> None:
    try:
        draft = draft_script((piece * 10_000)[:50_000].encode(), "handout.txt")
    except DraftError:
        return
    assert warnings(draft.text) == ()
