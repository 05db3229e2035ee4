"""Phrases: every language says all that the coach says, with the same blanks, and counts right."""

from __future__ import annotations

import string
from typing import Any

import pytest

from voicecoach.errors import NotFoundError
from voicecoach.phrases import Phrases, languages, phrases

NOT_SAID = {"name", "voice", "lowercase_names", "number_endings", "captions"}


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def said(words: Phrases) -> dict[str, Any]:
    return {key: text for key, text in words.texts.items() if key not in NOT_SAID}


def test_the_languages() -> None:
    assert languages() == ["de", "en", "es", "fr"]


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_phrases_with_the_same_blanks(language: str) -> None:
    words, english = phrases(language), phrases("en")
    assert set(words.texts) == set(english.texts)
    own = {key: blanks(text) for key, text in said(words).items()}
    assert own == {key: blanks(text) for key, text in said(english).items()}
    assert set(words.texts["number_endings"]) == {"seconds", "minutes", "hours"}


@pytest.mark.parametrize("language", languages())
def test_every_phrase_can_be_filled(language: str) -> None:
    words = phrases(language)
    for key, text in said(words).items():
        filled = words.say(key, **dict.fromkeys(blanks(text), "7"))
        assert filled
        assert filled[0] == filled[0].upper()
        assert "{" not in filled
        assert filled.count("7") == len(blanks(text))


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_captions_with_the_same_blanks(language: str) -> None:
    own, english = (phrases(each).texts["captions"] for each in (language, "en"))
    assert {key: blanks(text) for key, text in own.items()} == {
        key: blanks(text) for key, text in english.items()
    }


def test_what_is_shown_of_a_stretch_tells_its_length() -> None:
    shown = [phrases("en").caption("hold", length) for length in (20, 7.5, 0, 3600, 3750)]
    assert shown == ["hold, 20 s", "hold, 7.5 s", "hold, 0 s", "hold, 1 h", "hold, 1 h 2 min 30 s"]
    assert phrases("de").caption("rest", 9.97) == "Pause, 10 s"
    assert phrases("fr").caption("switch", 62.5) == "changement de côté, 1 min 2,5 s"


@pytest.mark.parametrize("language", languages())
def test_what_stands_alone_is_a_sentence(language: str) -> None:
    within = {"left", "right", "and", *(f"one_{unit}" for unit in ("second", "minute", "hour"))}
    within |= {"seconds", "minutes", "hours"}
    for key, text in said(phrases(language)).items():
        assert text.endswith(".") != (key in within), key


@pytest.mark.parametrize("language", languages())
def test_what_replaces_another_differs_from_it(language: str) -> None:
    words = phrases(language)
    for one, other in [
        ("left", "right"),
        ("left_side", "right_side"),
        ("in", "out"),
        ("breathe_in", "breathe_out"),
        ("first", "next"),
        ("rep", "last_rep"),
        ("set", "last_set"),
        ("one_minute", "one_hour"),
    ]:
        assert words.texts[one] != words.texts[other]


def test_a_region_changes_nothing() -> None:
    assert phrases("de-at").texts == phrases("de").texts


def test_a_language_without_phrases_names_those_with() -> None:
    with pytest.raises(NotFoundError, match=r"no phrases .* \"tlh\"; there are de, en, es, fr"):
        phrases("tlh")


@pytest.mark.parametrize(
    ("language", "seconds", "length"),
    [
        ("en", 1, "one second"),
        ("en", 21, "twenty-one seconds"),
        ("en", 90, "one minute and thirty seconds"),
        ("en", 3661, "one hour and one minute and one second"),
        ("en", 0, "zero seconds"),
        ("es", 21 * 60, "veintiún minutos"),
        ("es", 31 * 60, "treinta y un minutos"),
        ("es", 60, "un minuto"),
        ("es", 21 * 3600, "veintiuna horas"),
        ("es", 41, "cuarenta y un segundos"),
        ("es", 11, "once segundos"),
        ("fr", 21 * 60, "vingt et une minutes"),
        ("fr", 51, "cinquante et une secondes"),
        ("fr", 11, "onze secondes"),
        ("fr", 3600, "une heure"),
        ("de", 60, "eine Minute"),
        ("de", 21 * 60, "einundzwanzig Minuten"),
        ("de", 3601, "eine Stunde und eine Sekunde"),
    ],
)
def test_lengths_in_words(language: str, seconds: int, length: str) -> None:
    assert phrases(language).length(seconds) == length


@pytest.mark.parametrize(
    ("language", "value", "word"),
    [("en", 21, "Twenty-one"), ("es", 21, "Veintiuno"), ("fr", 1, "Un"), ("de", 1, "Eins")],
)
def test_numbers_said_alone(language: str, value: int, word: str) -> None:
    assert phrases(language).say_number(value) == word


@pytest.mark.parametrize(
    ("seconds", "about"),
    [
        (0.0, "ten seconds"),
        (14.9, "ten seconds"),
        (15.1, "twenty seconds"),
        (114.9, "one minute and fifty seconds"),
        (115.0, "two minutes"),
        (119.0, "two minutes"),
        (149.9, "two minutes"),
        (150.1, "three minutes"),
        (3600.0, "one hour"),
        (7199.0, "two hours"),
        (7349.0, "two hours"),
        (7351.0, "two hours and five minutes"),
        (86400.0, "twenty-four hours"),
    ],
)
def test_lengths_as_people_say_them(seconds: float, about: str) -> None:
    assert phrases("en").about(seconds) == about


@pytest.mark.parametrize(
    ("language", "name", "within"),
    [
        ("en", "Hip stretch", "hip stretch"),
        ("en", "TRX row", "TRX row"),
        ("en", "A frame", "A frame"),
        ("en", "", ""),
        ("de", "Hüfte dehnen", "Hüfte dehnen"),
        ("fr", "Étirement", "étirement"),
    ],
)
def test_names_within_a_sentence(language: str, name: str, within: str) -> None:
    assert phrases(language).name(name) == within
