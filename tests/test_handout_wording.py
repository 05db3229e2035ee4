"""Wording: doses, progressions and days as a patient reads them, in every language."""

from __future__ import annotations

from datetime import date, time

import pytest

from voicecoach.export.handout.wording import Wording
from voicecoach.phrases import languages
from voicecoach.routine import Dose, Duration, Progress

SPACE = "\N{NO-BREAK SPACE}"
EVERY_ITEM = Dose(
    hold=Duration(15),
    hold_most=Duration(30),
    reps=3,
    sets=2,
    rest=Duration(10),
    set_rest=Duration(90),
    sides="each",
)


def dose(dose: Dose, language: str = "en") -> str:
    return Wording(language).dose(dose).replace(SPACE, " ")


@pytest.mark.parametrize(
    ("prescribed", "told"),
    [
        (Dose(hold=Duration(20), reps=3, rest=Duration(10), sides="each"),
         "hold 20 s · 3 times · rest 10 s · each side"),
        (EVERY_ITEM, "hold 15–30 s · 3 times · rest 10 s · 2 sets"
         " · rest 1 min 30 s between sets · each side"),
        (Dose(hold=Duration(15), sides="each"), "hold 15 s · once · each side"),
        (Dose(reps=8, every=Duration(3.5)), "8 times · every 3.5 s"),
        (Dose(hold=Duration(breaths=4), reps=2, rest=Duration()), "hold 4 breaths · 2 times"),
        (Dose(hold=Duration(breaths=1)), "hold 1 breath · once"),
        (Dose(hold=Duration(45), hold_most=Duration(60)), "hold 45 s–1 min · once"),
        (Dose(hold=Duration(60), hold_most=Duration(90)), "hold 1 min–1 min 30 s · once"),
        (Dose(hold=Duration(3600)), "hold 1 h · once"),
        (Dose(reps=2, reps_most=4, sets=1, sets_most=3),
         "2–4 times · rest 8 s · 1–3 sets · rest 20 s between sets"),
        (Dose(reps=1, reps_most=2), "1–2 times · rest 8 s"),
        (Dose(hold=Duration(30), hold_most=Duration(30), reps=4, reps_most=4),
         "hold 30 s · 4 times · rest 8 s"),
        (Dose(sets=3, set_rest=Duration()), "once · 3 sets"),
        (Dose(reps=2, sides="alternate"), "2 times · rest 8 s · alternate sides"),
    ],
)  # fmt: skip
def test_a_dose_in_words(prescribed: Dose, told: str) -> None:
    assert dose(prescribed) == told


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("de", "15–30 s halten · 3-mal · 10 s Pause · 2 Sätze"
         " · 1 min 30 s Pause zwischen den Sätzen · jede Seite"),
        ("es", "mantener 15–30 s · 3 veces · descanso de 10 s · 2 series"
         " · descanso de 1 min 30 s entre series · cada lado"),
        ("fr", "tenir 15–30 s · 3 fois · repos de 10 s · 2 séries"
         " · repos de 1 min 30 s entre les séries · de chaque côté"),
        ("it", "tenere 15–30 s · 3 volte · riposo di 10 s · 2 serie"
         " · riposo di 1 min 30 s tra le serie · ogni lato"),
    ],
)  # fmt: skip
def test_a_dose_in_other_languages(language: str, told: str) -> None:
    assert dose(EVERY_ITEM, language) == told


def test_a_decimal_as_the_language_writes_it() -> None:
    assert dose(Dose(hold=Duration(2.5)), "de") == "2,5 s halten · einmal"


@pytest.mark.parametrize("language", languages())
def test_every_item_is_told_in_every_language(language: str) -> None:
    items = dose(EVERY_ITEM, language).split(" · ")
    assert len(set(items)) == len(items) == 6
    for number, item in zip(("15–30", "3", "10", "2", "1", ""), items, strict=True):
        assert number in item
    swaps = dose(Dose(sides="alternate"), language).split(" · ")
    assert swaps[1] != items[-1]


def test_an_amount_stays_on_one_line() -> None:
    assert Wording("en").dose(Dose(hold=Duration(20), reps=3)).count(SPACE) == 3


@pytest.mark.parametrize(
    ("language", "growth", "told"),
    [
        ("en", Progress(1, "sets", 3, "days", 5), "add 1 set every 3 days, up to 5 sets."),
        ("en", Progress(5, "seconds", 1, "weeks", 60), "add 5 s every week, up to 1 min."),
        ("en", Progress(2, "reps", 1, "sessions", 12),
         "add 2 repetitions every session, up to 12 repetitions."),
        ("de", Progress(1, "sets", 3, "days", 5), "alle 3 Tage 1 Satz mehr, höchstens 5 Sätze."),
        ("es", Progress(1, "reps", 2, "weeks", 9),
         "cada 2 semanas, 1 repetición más, hasta 9 repeticiones."),
        ("fr", Progress(1, "sets", 1, "days", 3),
         "chaque jour, 1 série de plus, jusqu’à 3 séries."),
    ],
)  # fmt: skip
def test_how_a_dose_grows(language: str, growth: Progress, told: str) -> None:
    assert Wording(language).progress(growth).replace(SPACE, " ") == told


@pytest.mark.parametrize(
    ("language", "day", "told"),
    [
        ("en", date(2026, 11, 22), "22 November 2026"),
        ("de", date(2026, 3, 1), "1. März 2026"),
        ("es", date(2026, 1, 31), "31 de enero de 2026"),
        ("fr", date(2026, 8, 1), "1er août 2026"),
        ("it", date(2026, 12, 1), "1º dicembre 2026"),
    ],
)
def test_a_day(language: str, day: date, told: str) -> None:
    assert Wording(language).day(day) == told


@pytest.mark.parametrize("language", languages())
def test_when_to_do_it(language: str) -> None:
    told = Wording(language).times((time(9), time(18, 30)))
    assert "9:00, 18:30" in told
    assert told.endswith((".", "।"))
    assert told[:1] != told[:1].upper() or language == "hi"
