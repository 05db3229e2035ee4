"""Doses as people write them, and sentences that only look like doses."""

from __future__ import annotations

from typing import Any

import pytest

from voicecoach.draft.doses import Found, Growth, Length
from voicecoach.draft.roles import role
from voicecoach.draft.rules import find_doses

S = Length


def B(low: float, high: float) -> Length:  # noqa: N802  # as S: a length, for short
    return Length(low, high, "breaths")


READ: list[tuple[str, dict[str, Any]]] = [
    ("Hold for 15 to 30 seconds.", {"hold": S(15, 30)}),
    ("Repeat 2 to 4 times to each side", {"reps": (2, 4), "sides": "each"}),
    ("Hold for a slow count of five.", {"hold": S(5, 5)}),
    ("Hold for half a minute.", {"hold": S(30, 30)}),
    ("Hold for one minute.", {"hold": S(60, 60)}),
    ("Hold between 5 and 10 secs", {"hold": S(5, 10)}),
    ("Hold 20–30 s. x 3", {"hold": S(20, 30), "reps": (3, 3)}),
    ('Hold 30" x 3', {"hold": S(30, 30), "reps": (3, 3)}),
    ("Hold for a few seconds.", {"hold": S(3, 5)}),
    ("hold 5 breaths", {"hold": B(5, 5)}),
    ("Stay for five slow, deep breaths.", {"hold": B(5, 5)}),
    ("Hold: 5", {"hold": S(5, 5)}),
    ("Press into the wall for five seconds.", {"hold": S(5, 5)}),
    ("10-second holds", {"hold": S(10, 10)}),
    ("two or three times", {"reps": (2, 3)}),
    ("Repeat twice.", {"reps": (2, 2)}),
    ("3 x 10", {"sets": (3, 3), "reps": (10, 10)}),
    ("3×10 reps", {"sets": (3, 3), "reps": (10, 10)}),
    ("2 sets of 8", {"sets": (2, 2), "reps": (8, 8)}),
    ("3 x 30 seconds", {"hold": S(30, 30), "reps": (3, 3)}),
    ("12-15 reps x 2-3 sets.", {"reps": (12, 15), "sets": (2, 3)}),
    ("10 repetitions × 3", {"reps": (10, 10), "sets": (3, 3)}),
    ("10 reps x 3 sets, 1x/day", {"reps": (10, 10), "sets": (3, 3), "a_day": 1}),
    ("Hold 1/2 minute.", {"hold": S(30, 30)}),
    ("Hold for 1/2 a minute.", {"hold": S(30, 30)}),
    ("Hold for 1 1/2 minutes", {"hold": S(90, 90)}),
    ("Hold 3/4 of a minute", {"hold": S(45, 45)}),
    ("Repeat with the other hand.", {"sides": "each"}),
    ("x10", {"reps": (10, 10)}),
    ("10x", {"reps": (10, 10)}),
    ("5-10 reps", {"reps": (5, 10)}),
    ("do 5 sets a day", {"sets": (5, 5)}),
    ("Rest for 30 seconds.", {"rest": S(30, 30)}),
    ("Rest: 60 sec between sets", {"set_rest": S(60, 60)}),
    ("Keep the other leg straight.", {"sides": "each"}),
    ("Now swap sides.", {"sides": "each"}),
    ("Repeat 10 times, alternating legs.", {"reps": (10, 10), "sides": "alternate"}),
    ("Do this twice daily.", {"a_day": 2}),
    ("a few times a day", {"a_day": 3}),
    ("Do it 3 times, twice a day.", {"reps": (3, 3), "a_day": 2}),
    ("Every 4 hours", {"a_day": 4}),
    ("morning and evening", {"a_day": 2}),
    ("Gradually increase the number of sets.", {"growth": Growth("sets")}),
    ("Build up to 15 reps.", {"growth": Growth("reps", 15)}),
    ("Slowly increase to 30 seconds.", {"growth": Growth("seconds", 30)}),
    (
        "Repetitions: 10 Sets: 3 Hold: 5 secs Frequency: 2x daily",
        {"reps": (10, 10), "sets": (3, 3), "hold": S(5, 5), "a_day": 2},
    ),
]


@pytest.mark.parametrize(("sentence", "says"), READ, ids=[sentence for sentence, _ in READ])
def test_a_dose_is_read(sentence: str, says: dict[str, Any]) -> None:
    found = find_doses(sentence)
    if found.lasts and not found.hold:
        says = {"lasts" if name == "hold" else name: value for name, value in says.items()}
    assert found == Found(**says)


@pytest.mark.parametrize(
    "sentence",
    [
        "Then bend it again at once.",
        "Turn your head 45 degrees.",
        "Lift the leg 15 cm off the bed.",
        "Strength for over 65s",
        "Put one foot in front of the other.",
        "Repeat 5000 times.",
        "Hold for 0 seconds.",
        "Hold the chair with both hands.",
        "Press 1 for English.",
        "",
    ],
)
def test_what_is_no_dose_is_none(sentence: str) -> None:
    assert find_doses(sentence) == Found()


def test_a_dose_with_more_to_hear_is_spoken() -> None:
    assert find_doses("Hold for 5 seconds and relax.").only
    assert not find_doses("Press into the wall for five seconds.").only


@pytest.mark.parametrize(
    ("sentence", "inside", "is_role"),
    [
        ("If you feel pain, stop.", True, "caution"),
        ("Stop if it hurts.", True, "caution"),
        ("Never bounce.", False, "caution"),
        ("Don't lift your hips.", True, "instruction"),
        ("Ask your physiotherapist first.", False, "caution"),
        ("You should feel a stretch in your calf.", True, "feel"),
        ("Slowly return to the start.", True, "return"),
        ("Lying on your back, bend your knees.", True, "instruction"),
        ("You can lie down.", True, "instruction"),
        ("Back straight, shoulders loose.", True, "instruction"),
        ("This strengthens your back.", True, "inform"),
        ("Muscle soreness is normal.", False, "inform"),
    ],
)
def test_what_a_sentence_does(sentence: str, inside: bool, is_role: str) -> None:
    assert role(sentence, inside=inside) == is_role
