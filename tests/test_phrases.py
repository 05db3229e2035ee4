"""Phrases: every language says all that the coach says, with the same blanks, and counts right."""

from __future__ import annotations

import re
import string
import unicodedata
from typing import Any

import pytest
from babel.units import format_unit

from voicecoach.errors import NotFoundError
from voicecoach.phrases import Phrases, languages, phrases

NOT_SAID = {
    "name",
    "iso639_2",
    "review",
    "voice",
    "lowercase_names",
    "units",
    "one",
    "gender",
    "spoken",
    "today",
    "captions",
    "handout",
    "figure",
    "page",
}
ENDS = (".", "?", "।")


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def said(words: Phrases) -> dict[str, Any]:
    return {key: text for key, text in words.texts.items() if key not in NOT_SAID}


def test_the_languages() -> None:
    assert languages() == ["de", "en", "es", "fr", "hi", "it", "nl", "pt"]


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_phrases_with_the_same_blanks(language: str) -> None:
    words, english = phrases(language), phrases("en")
    assert set(words.texts) == set(english.texts)
    own = {key: blanks(text) for key, text in said(words).items()}
    assert own == {key: blanks(text) for key, text in said(english).items()}
    assert set(words.texts["units"]) == set(english.texts["units"]) == {*CLDR_UNITS, "times"}
    assert set(words.texts["one"]) <= set(words.texts["units"])
    assert set(words.texts["gender"]) == {"masculine", "feminine"}


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


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_words_for_handouts_with_the_same_blanks(
    language: str,
) -> None:
    own, english = (dict(phrases(each).texts["handout"]) for each in (language, "en"))
    assert len(set(own.pop("months"))) == len(english.pop("months")) == 12
    assert {key: blanks(text) for key, text in own.items()} == {
        key: blanks(text) for key, text in english.items()
    }


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_words_to_look_back(language: str) -> None:
    own, english = (dict(phrases(each).texts["review"]) for each in (language, "en"))
    assert len(set(own.pop("weekdays"))) == len(english.pop("weekdays")) == 7
    assert {key: blanks(text) for key, text in own.items()} == {
        key: blanks(text) for key, text in english.items()
    }


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_words_for_pages(language: str) -> None:
    own, english = (phrases(each).texts["page"] for each in (language, "en"))
    assert list(own) == list(english)
    assert all(own.values())
    assert own["play"] != own["pause"]
    assert own["back"] != own["skip"]


def test_what_is_shown_of_a_stretch_tells_its_length() -> None:
    shown = [phrases("en").caption("hold", length) for length in (20, 7.5, 0, 3600, 3750)]
    assert shown == ["hold, 20 s", "hold, 7.5 s", "hold, 0 s", "hold, 1 h", "hold, 1 h 2 min 30 s"]
    assert phrases("de").caption("rest", 9.97) == "Pause, 10 s"
    assert phrases("fr").caption("switch", 62.5) == "changement de côté, 1 min 2,5 s"


@pytest.mark.parametrize("language", languages())
def test_what_stands_alone_is_a_sentence(language: str) -> None:
    within = {"left", "right", "and"}
    for key, text in said(phrases(language)).items():
        assert text.endswith(ENDS) != (key in within), key
        assert text == unicodedata.normalize("NFC", text)


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
    ]:
        assert words.texts[one] != words.texts[other]


def test_a_region_changes_numbers_only() -> None:
    for region in ("de-at", "fr-ch", "pt-pt", "es-419", "en-us", "hi-in"):
        assert phrases(region).texts == phrases(region[:2]).texts
        assert phrases(region).number(1) == phrases(region[:2]).number(1)
    assert [phrases(code).number(71) for code in ("fr", "fr-ch")] == [
        "soixante-et-onze",
        "septante-et-un",
    ]
    assert [phrases(code).number(16) for code in ("pt", "pt-br", "pt-pt")] == [
        "dezesseis",
        "dezesseis",
        "dezasseis",
    ]


def test_a_language_without_phrases_names_those_with() -> None:
    with pytest.raises(
        NotFoundError, match=r"no phrases .* \"tlh\"; there are de, en, es, fr, hi, it, nl, pt$"
    ):
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
        ("fr", 21 * 60, "vingt-et-une minutes"),
        ("fr", 51, "cinquante-et-une secondes"),
        ("fr", 11, "onze secondes"),
        ("fr", 3600, "une heure"),
        ("de", 60, "eine Minute"),
        ("de", 21 * 60, "einundzwanzig Minuten"),
        ("de", 3601, "eine Stunde und eine Sekunde"),
        ("it", 1, "un secondo"),
        ("it", 90, "un minuto e trenta secondi"),
        ("it", 21 * 60, "ventun minuti"),
        ("it", 3660, "un'ora e un minuto"),
        ("pt", 90, "um minuto e trinta segundos"),
        ("pt", 22 * 60, "vinte e dois minutos"),
        ("pt", 2 * 3600, "duas horas"),
        ("pt", 21 * 3600, "vinte e uma horas"),
        ("nl", 90, "één minuut en dertig seconden"),
        ("nl", 22 * 60, "tweeëntwintig minuten"),
        ("nl", 2 * 3600, "twee uur"),
        ("hi", 90, "एक मिनट और तीस सेकंड"),
        ("hi", 31, "इकतीस सेकंड"),
        ("hi", 3600, "एक घंटा"),
        ("hi", 2 * 3600, "दो घंटे"),
    ],
)
def test_lengths_in_words(language: str, seconds: int, length: str) -> None:
    assert phrases(language).length(seconds) == length


@pytest.mark.parametrize(
    ("language", "value", "word"),
    [
        ("en", 21, "Twenty-one"),
        ("es", 21, "Veintiuno"),
        ("fr", 1, "Un"),
        ("de", 1, "Eins"),
        ("it", 1, "Uno"),
        ("pt", 2, "Dois"),
        ("nl", 1, "Een"),  # eSpeak reads "Eén" as e-één
        ("hi", 49, "उनचास"),
    ],
)
def test_numbers_said_alone(language: str, value: int, word: str) -> None:
    assert phrases(language).say_number(value) == word


@pytest.mark.parametrize("language", [*languages(), "pt-pt", "fr-ch", "fr-be", "de-ch", "en-in"])
def test_numbers_are_words_of_which_no_two_are_alike(language: str) -> None:
    words = phrases(language)
    numbers = [words.number(n) for n in range(10_001)]
    assert len(set(numbers)) == len(numbers)
    assert not any(re.search(r"[0-9\xad]", number) for number in numbers)
    letters = {character for number in numbers for character in number if character.isalpha()}
    script = "DEVANAGARI" if language == "hi" else "LATIN"
    assert all(unicodedata.name(letter).startswith(script) for letter in letters)


@pytest.mark.parametrize(
    ("language", "value", "form", "word"),
    [
        ("en", 21, "", "twenty-first"),
        ("de", 3, "", "dritte"),
        ("de", 3, "n", "dritten"),
        ("es", 1, "masculine-adjective", "primer"),
        ("es", 2, "feminine", "segunda"),
        ("fr", 1, "feminine", "première"),
        ("fr", 2, "masculine", "deuxième"),
        ("it", 3, "masculine", "terzo"),
        ("pt", 3, "feminine", "terceira"),
        ("nl", 8, "", "achtste"),
        ("hi", 5, "masculine", "पाँचवाँ"),
    ],
)
def test_ordinals(language: str, value: int, form: str, word: str) -> None:
    assert phrases(language).ordinal(value, form) == word


CLDR_UNITS = {
    **dict.fromkeys(("second", "minute", "hour"), "duration"),
    **dict.fromkeys(("gram", "kilogram", "pound"), "mass"),
    **dict.fromkeys(("millimeter", "centimeter", "meter", "kilometer", "foot"), "length"),
    **dict.fromkeys(("liter", "milliliter"), "volume"),
    **dict.fromkeys(("celsius", "fahrenheit"), "temperature"),
    "degree": "angle",
    "kilometer-per-hour": "speed",
}
BABEL_KNOWS_OTHERWISE = {("nl", "hour"), ("nl", "pound"), ("nl", "degree"), ("hi", "pound")}
BABEL_KNOWS_OTHERWISE |= {("hi", "degree")}
"""Units that CLDR leaves to English, or names as only geometers do."""


@pytest.mark.parametrize("language", languages())
def test_units_are_named_as_in_cldr(language: str) -> None:
    for unit, (_, one, several) in phrases(language).texts["units"].items():
        if unit != "times" and (language, unit) not in BABEL_KNOWS_OTHERWISE:
            for n, name in ((1, one), (2, several)):
                known = format_unit(n, f"{CLDR_UNITS[unit]}-{unit}", "long", locale=language)
                assert " ".join(known.split()) == f"{n} {name}"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["once", "two times", "one kilogram", "twenty-one kilograms"]),
        ("de", ["einmal", "zwei Mal", "ein Kilogramm", "einundzwanzig Kilogramm"]),
        ("es", ["una vez", "dos veces", "un kilogramo", "veintiún kilogramos"]),
        ("fr", ["une fois", "deux fois", "un kilogramme", "vingt-et-un kilogrammes"]),
        ("it", ["una volta", "due volte", "un chilogrammo", "ventun chilogrammi"]),
        ("pt", ["uma vez", "duas vezes", "um quilograma", "vinte e um quilogramas"]),
        ("nl", ["één keer", "twee keer", "een kilogram", "eenentwintig kilogram"]),
        ("hi", ["एक बार", "दो बार", "एक किलोग्राम", "इक्कीस किलोग्राम"]),
    ],
)
def test_amounts_agree_with_what_is_counted(language: str, said: list[str]) -> None:
    amount = phrases(language).amount
    amounts = [("times", 1), ("times", 2), ("kilogram", 1), ("kilogram", 21)]
    assert [amount(unit, n) for unit, n in amounts] == said


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
        ("en", "Bird Dog", "Bird Dog"),
        ("en", "Thomas Stretch", "Thomas Stretch"),
        ("es", "Gato y vaca", "gato y vaca"),
        ("en", "", ""),
        ("de", "Hüfte dehnen", "Hüfte dehnen"),
        ("fr", "Étirement", "étirement"),
    ],
)
def test_names_within_a_sentence(language: str, name: str, within: str) -> None:
    assert phrases(language).name(name) == within
