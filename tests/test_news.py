"""News: what is said of doses that changed is what is done then, once, in every language."""

from __future__ import annotations

from string import Formatter

import pytest

from voicecoach.phrases import languages, phrases
from voicecoach.program import Program, build_program
from voicecoach.program.news import dose_news
from voicecoach.progression import at_dose
from voicecoach.script import read_script
from voicecoach.settings import Settings
from voicecoach.step import Say, Span

ALL = """# All
progress: add 1 set every 3 days, up to 5 sets
## Hip stretch
hold 5s
## Neck stretch
hold 5s, 2 times
"""
SOME = """# Some
## Hip stretch
hold 10s
progress: add 5 seconds every 3 days, up to 30 seconds
## Neck stretch
hold 10s
progress: add 5 seconds every week, up to 20 seconds
## Arms
8 times, every 3s
progress: add 2 reps every session, up to 12 reps
## Legs
hold 5s
"""


def program(text: str, number: int, **settings: str) -> Program:
    return build_program(at_dose(read_script(text)[0], number), Settings(**settings))  # type: ignore[arg-type]


def spoken(program: Program) -> list[str]:
    return [part.text for step in program.steps for part in step.parts if isinstance(part, Say)]


def news(text: str, number: int, language: str = "en") -> list[str]:
    return dose_news(at_dose(read_script(text)[0], number), phrases(language))


def test_the_first_dose_is_no_news() -> None:
    assert news(ALL, 1) == news(SOME, 1) == []
    assert not any("oday" in text for text in spoken(program(ALL, 1)))


def test_what_all_do_is_said_without_names() -> None:
    assert news(ALL, 3) == ["Today three sets."]
    assert news(ALL, 5) == ["Today five sets."]
    assert news(ALL, 6) == []  # at the bound


def test_what_some_do_is_said_of_them() -> None:
    assert news(SOME, 2) == [
        "Hip stretch and neck stretch: today hold for fifteen seconds.",
        "Arms: today ten times.",
    ]
    assert news(SOME, 4) == ["Hip stretch: today hold for twenty-five seconds."]


@pytest.mark.parametrize("guidance", ["full", "minimal"])
def test_it_is_said_once_and_before_the_first_exercise(guidance: str) -> None:
    session = program(ALL, 3, guidance=guidance)
    assert spoken(session).count("Today three sets.") == 1
    (step,) = [s for s in session.steps if Say("Today three sets.") in s.parts]
    assert step.index < next(s.index for s in session.steps if s.exercise)


@pytest.mark.parametrize("number", range(1, 7))
def test_what_is_announced_is_what_is_done(number: int) -> None:
    for exercise in (1, 2):
        done = {s.set for s in program(ALL, number).steps if s.exercise == exercise and s.set}
        assert done == set(range(1, min(number, 5) + 1))
    held = [
        part.seconds
        for step in program(SOME, number).steps
        for part in step.parts
        if isinstance(part, Span) and part.kind == "hold" and step.exercise == 1
    ]
    assert held == [min(5 + 5 * number, 30)]


def test_half_a_second_is_not_announced() -> None:
    assert news(SOME.replace("hold 10s", "hold 10.5s", 1), 2)[0].startswith("Neck stretch: ")


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_words_with_the_same_blanks(language: str) -> None:
    own, english = (
        {
            key: sorted(filter(None, (f[1] for f in Formatter().parse(text))))
            for key, text in t.items()
        }
        for t in (phrases(each).texts["today"] for each in (language, "en"))
    )
    assert own == english


@pytest.mark.parametrize(
    ("language", "sets", "holds", "times"),
    [
        ("de", "Heute drei Sätze.", "fünfzehn Sekunden lang halten.", "zehn Mal."),
        ("en", "Today three sets.", "hold for fifteen seconds.", "ten times."),
        ("es", "Hoy, tres series.", "mantén la posición quince segundos.", "diez veces."),
        ("fr", "Aujourd’hui, trois séries.", "tenez la position quinze secondes.", "dix fois."),
        ("hi", "आज तीन सेट।", "पन्द्रह सेकंड तक रुकें।", "दस बार।"),
        ("it", "Oggi, tre serie.", "mantieni la posizione per quindici secondi.", "dieci volte."),
        ("nl", "Vandaag drie sets.", "vijftien seconden vasthouden.", "tien keer."),
        ("pt", "Hoje, três séries.", "mantenha a posição durante quinze segundos.", "dez vezes."),
    ],
)
def test_what_each_language_says(language: str, sets: str, holds: str, times: str) -> None:
    assert news(ALL, 3, language) == [sets]
    hold, arms = news(SOME, 2, language)
    assert hold.endswith(holds)
    assert arms.endswith(times)
