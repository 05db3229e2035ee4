"""Pronunciation: what is written short is said in full, and no other word is touched."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.library import find_script, script_names
from voicecoach.phrases import languages, phrases
from voicecoach.pronunciation import MOST_CHARACTERS, pronunciation
from voicecoach.script.markup import sentences

TABLES = {"words", "numbered", "signs", "fractions", "half", "ordinals", "ordinals_after"}
KEYS = {"elides", "to", "and_half", "singular_after", "stays", *TABLES}


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_tables(language: str) -> None:
    texts, english = (phrases(code).texts["spoken"] for code in (language, "en"))
    assert set(texts) == KEYS
    for table in ("signs", "half"):
        assert set(texts[table]) == set(english[table])
    assert {key for key in texts["fractions"] if " " not in key} == set(english["fractions"])
    assert {"{first}", "{second}"} <= set(texts["to"].split())
    for table in ("words", "numbered", "signs", "fractions", "half"):
        assert all(re.fullmatch(r"[^\W\d_](.*[^.])?", said) for said in texts[table].values())


SPOKEN = [
    ("en", "Do 5x30s, approx. 10 min.", "Do five times thirty seconds, approximately ten minutes."),
    ("en", "e.g. L4/L5, i.e. L4/5, etc.", "for example L4, L5, that is L4, 5, et cetera."),
    ("en", "E.g. this. Approx. that", "For example this. Approximately that"),
    ("en", "2–3 times, 8-10 reps, 1 - 2 m", "2 to 3 times, 8 to 10 reps, one to two meters"),
    ("en", "½ turn, 1½ turns, 1 1/2 min", "half turn, one and a half turns, "
        "one and a half minutes"),
    ("en", "1/2 turn, ½ h, 2¼ h", "half turn, half an hour, 2.25 hours"),
    ("en", "90°, 20 °C, −5 °C, 1°", "ninety degrees, twenty degrees Celsius, "
        "minus five degrees Celsius, one degree"),
    ("en", "5 kg, 1 kg, 1.5 kg, 20 cm", "five kilograms, one kilogram, 1.5 kilograms, "
        "twenty centimeters"),
    ("en", "a 5 kg weight, a 10-min walk", "a five kilogram weight, a ten minute walk"),
    ("en", "1m30s, 1 h 30 min", "one minute and thirty seconds, one hour and thirty minutes"),
    ("en", "No. 3, #4, 21st, ≥ 3, ~10", "Number 3, number 4, twenty-first, at least 3, about 10"),
    ("en", "3x, 1x30s, 3 × 10", "three times, once thirty seconds, three times 10"),
    ("en", "left/right, w/o shoes", "left, right, without shoes"),
    ("en", "10 Min. Rest", "ten minutes. Rest"),
    ("en", "15°-20°, 15° – 20°, -5°, -5° to 5°", "fifteen to twenty degrees, "
        "fifteen to twenty degrees, minus five degrees, minus five degrees to five degrees"),
    ("en", "Repeat the 30s hold", "Repeat the thirty seconds hold"),
    ("de", "ca. 10 Min. Pause, z.B. L4/L5, usw.", "circa zehn Minuten Pause, "
        "zum Beispiel L4, L5, und so weiter."),
    ("de", "Im 3. Satz, die 2. Übung", "Im dritten Satz, die zweite Übung"),
    ("de", "1 Minute, 1 Satz, 21 Minuten", "eine Minute, ein Satz, einundzwanzig Minuten"),
    ("de", "1½ Min, 2½ Std, 3x, 1x", "eineinhalb Minuten, zweieinhalb Stunden, drei Mal, einmal"),
    ("es", "aprox. 1 kg, 21 kg, p. ej. 5x30s", "aproximadamente un kilogramo, "
        "veintiún kilogramos, por ejemplo cinco veces treinta segundos"),
    ("es", "1 hora, 21 horas, 1-2 horas", "una hora, veintiuna horas, una a dos horas"),
    ("es", "1.er día, 2.ª serie, n.º 1, ½ vuelta", "primer día, segunda serie, número 1, "
        "media vuelta"),
    ("es", "≥ 3, −5, tú & yo, 1½ min", "al menos 3, menos 5, tú y yo, 1,5 minutos"),
    ("fr", "env. 21 minutes, c.-à-d. 1 fois", "environ vingt-et-une minutes, "
        "c'est-à-dire une fois"),
    ("fr", "1er, 1re, 2e, 3ème, n° 1, 1,5 kg", "premier, première, deuxième, troisième, "
        "numéro 1, 1,5 kilogrammes"),
    ("it", "ca. 1 ora, 21 minuti, ad es. 90° a destra", "circa un'ora, ventun minuti, "
        "ad esempio novanta gradi a destra"),
    ("it", "1° esercizio, 2ª, ½ libbra", "primo esercizio, seconda, mezza libbra"),
    ("pt", "aprox. 2 horas, 22 horas, 2x", "aproximadamente duas horas, "
        "vinte e duas horas, duas vezes"),
    ("pt", "1.º, 2ª, n.º 1, 1 kg", "primeiro, segunda, número 1, um quilograma"),
    ("nl", "ca. 10 min, bijv. 1x, 3x, d.w.z. 2de", "circa tien minuten, "
        "bijvoorbeeld één keer, drie keer, dat wil zeggen tweede"),
    ("hi", "5x30s, 10 मि. करें, 2–3 बार", "पाँच बार तीस सेकंड, दस मिनट करें, 2 से 3 बार"),
    ("hi", "90°, २० cm, 1ला, दाएँ/बाएँ", "नब्बे डिग्री, बीस सेंटीमीटर, पहला, दाएँ, बाएँ"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "written", "said"), SPOKEN)
def test_what_is_written_short_is_said_in_full(language: str, written: str, said: str) -> None:
    words = pronunciation(language)
    assert words.spoken(written) == said
    assert words.spoken(said) == said, "nothing short is left of it"


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "in your 30s, the 1990s, her late 40s"),
        ("en", "No. It is fine. Sit. Lie in. Am I? Max says so."),
        ("en", "4-7-8 breathing, 1-2-3, 3-1, 1/2/2024, 24/7, 120/80, 10:30, 2024-05-01"),
        ("en", "5m, 30's, 5 s's, A5 s, B12, x5, jane@x.org, 1.2.3 kg, 5 Ms"),
        ("en", "push-up, T-spine, I'm, don't, well-known (or so)."),
        ("de", "Zähle bis 3. Atme aus. Halte 30. Dann."),
        ("fr", "3 l'une, 3 s'il, 5 m's, aujourd'hui"),
        ("it", "3 l'una, 5 l'altra"),
        ("hi", "10 से 15, दीवार से. फिर"),
    ],
)
def test_what_is_not_short_stays(language: str, written: str) -> None:
    assert pronunciation(language).spoken(written) == written


@pytest.mark.parametrize("language", languages())
def test_the_coachs_own_words_stay(language: str) -> None:
    words = phrases(language)
    own = [text for text in words.texts.values() if isinstance(text, str)]
    own += [words.say(key) for key in ("ouch", "sample", "finished")]
    own += [words.amount(unit, n) for unit in words.texts["units"] for n in (1, 2, 21, 1001)]
    own += [words.length(seconds) for seconds in (1, 90, 3661)]
    assert [pronunciation(language).spoken(text) for text in own] == own


def test_the_built_in_scripts_stay() -> None:
    for name in script_names():
        for line in find_script(name).read_text().splitlines():
            if line[:1].isalpha() and ":" not in line and not re.search(r"\d", line):
                assert pronunciation("en").spoken(line) == line


@pytest.mark.parametrize("language", languages())
def test_units_in_every_language(language: str) -> None:
    words = phrases(language)
    for unit, (shorts, _, _) in words.texts["units"].items():
        for short, n in itertools.product(shorts.split(), (1, 3, 21)):
            assert pronunciation(language).spoken(f"A {n} {short}") in (
                f"A {words.amount(unit, n)}",
                f"A {words.number(n)} {words.texts['units'][unit][1]}",  # "a 3 kg weight"
            )


@given(st.sampled_from(languages()), st.text(max_size=80))
def test_any_text_can_be_said(language: str, text: str) -> None:
    words = pronunciation(language)
    said = words.spoken(text)
    assert len(said) <= max(len(text), MOST_CHARACTERS)
    assert sum(map(len, words.as_written(text))) <= len(text)
    if words.as_written(text) == [text]:
        assert said == text


SHORT = st.sampled_from(
    ["5", "1", "10", "x", "×", "30", "s", "min", "min.", "kg", "°", "C", "½", "–", "-", "/", ".",
     ",", " ", " ", " ", "a", "e.g.", "No.", "#", "≥", "−", "1.5", "am 3.", "th", "ª", "\u0301"]
)  # fmt: skip


@given(st.sampled_from(languages()), st.lists(SHORT, max_size=12).map("".join))
def test_letters_that_stand_for_themselves_are_kept(language: str, text: str) -> None:
    words = pronunciation(language)
    said = words.spoken(text)
    kept = words.as_written(text)
    at = 0
    for stretch in kept:  # in order, none of them changed
        at = said.index(stretch, at) + len(stretch)


# --- somebody's own words


WORDS = ("asana", "Asana", "ASANA", "asanas", "masana", "कमर", "कमरे", "क\u200dमर", "cafe\u0301",
         "cafe", "été", "ß", "straße", "L4", "SI joint", "joint", "a", "İ", "e.g.")  # fmt: skip
GAPS = (" ", ", ", ". ", "-", "/", " (", ") ", "\u00a0", "’ ", "\n", "… ", "।")


@st.composite
def spaced(draw: st.DrawFn) -> list[str]:
    """Words and what stands between them, in turn."""
    words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8))
    return [part for word in words for part in (word, draw(st.sampled_from(GAPS)))]


@given(spaced(), st.sampled_from([word for word in WORDS if word.isalpha()]))
def test_a_word_is_said_differently_and_no_other(parts: list[str], word: str) -> None:
    text = "".join(parts)
    words = pronunciation("en", ((word, "\u2603"),))
    said = words.spoken(text)
    whole = [each.lower() for part in parts for each in part.split(" ")]
    assert said.count("\u2603") == whole.count(word.lower())


LETTERS = st.text(st.sampled_from("aAsßéद\u0947\u093fक\u0301\u200dשъ"), max_size=3)


@given(LETTERS, st.sampled_from([word for word in WORDS if word[-1].isalpha()]), LETTERS)
def test_never_within_a_word(before: str, word: str, after: str) -> None:
    whole = before + word + after
    words = pronunciation("en", ((word, "\u2603"),))
    assert words.spoken(whole) == (whole if before or after else "\u2603")


@pytest.mark.parametrize(
    ("language", "word", "text", "said"),
    [
        ("en", "asana", "Asana, ASANAS: an asana's end.", "X, ASANAS: an X's end."),
        ("en", "t", "don't t", "don't X"),
        ("en", "can", "can't can", "can't X"),
        ("en", "SI joint", "the si  joint", "the X"),
        ("en", "L4", "L4/L5, L4-L5, L45, AL4", "X, L5, X-L5, L45, AL4"),
        ("en", "min", "10 min", "ten minutes"),
        ("en", "kg", "kg", "X"),
        ("en", "e.g.", "e.g. this", "X this"),
        ("en", "½", "½ turn", "X turn"),
        ("fr", "asana", "l'asana, d’asana", "l'X, d’X"),
        ("it", "asana", "dell'asana", "dell'X"),
        ("es", "asana", "x'asana", "x'asana"),
        ("hi", "कमर", "कमर, कमरे, कमर।", "X, कमरे, X।"),
        ("hi", "कमरे", "कमर, कमरे", "कमर, X"),
        ("en", "शवासन", "Now शवासन.", "Now X."),
        ("en", "שלום", "שלום, שלומי", "X, שלומי"),
        ("en", "mi", "mi\u200dx mi", "mi\u200dx X"),
        ("en", "cafe", "cafe\u0301 cafe", "cafe\u0301 X"),
    ],
)
def test_whole_words(language: str, word: str, text: str, said: str) -> None:
    assert pronunciation(language, ((word, "X"),)).spoken(text) == said


def test_the_longest_word_first_and_none_twice() -> None:
    words = pronunciation("en", (("sun", "moon"), ("sun salute", "sun"), ("moon", "star")))
    assert words.spoken("sun, sun salute, moon") == "moon, sun, star"


def test_what_would_grow_too_long_is_said_as_written() -> None:
    words = pronunciation("en", (("a", "b" * 80),))
    assert words.spoken("a " * 10) == f"{'b' * 80} " * 10
    assert words.spoken("a " * 100) == "a " * 100
    assert words.spoken("5 kg " * 300) == "5 kg " * 300


# --- sentences


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", "Do approx. 30 reps. Then rest.", ["Do approx. 30 reps.", "Then rest."]),
        ("en", "Max. 3 sets. Min. 2.", ["Max. 3 sets.", "Min. 2."]),
        ("en", "Hold 10 min. Then rest.", ["Hold 10 min.", "Then rest."]),
        ("en", "Use weights, etc. Then go.", ["Use weights, etc.", "Then go."]),
        ("en", "5 ft. back. No. 3. No. Three.", ["5 ft. back.", "No. 3.", "No.", "Three."]),
        ("de", "Im 3. Satz ruhen. Zähle bis 3. Atme.",
         ["Im 3. Satz ruhen.", "Zähle bis 3.", "Atme."]),
        ("de", "Ca. 30 Sek. halten, z. B. so. Los.", ["Ca. 30 Sek. halten, z. B. so.", "Los."]),
        ("es", "Aprox. 30 veces. El n.º 3.", ["Aprox. 30 veces.", "El n.º 3."]),
        ("fr", "C.-à-d. max. 3 fois. Puis.", ["C.-à-d. max. 3 fois.", "Puis."]),
        ("pt", "p. ex. aqui, n.º 3. Depois.", ["p. ex. aqui, n.º 3.", "Depois."]),
        ("nl", "d.w.z. daar. Dan.", ["d.w.z. daar.", "Dan."]),
        ("hi", "10 मि. करें। फिर आराम।", ["10 मि. करें।", "फिर आराम।"]),
    ],
)  # fmt: skip
def test_no_sentence_ends_at_an_abbreviation(language: str, text: str, said: list[str]) -> None:
    assert sentences(text, language) == said
