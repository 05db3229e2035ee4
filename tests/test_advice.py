"""Advice to a script's author: what a voice may spell, and what is of another language than it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import VOICES
from voicecoach.advice import read_as, spelled, spoken_as, unspeakable
from voicecoach.cli import run
from voicecoach.errors import Problem, ScriptError
from voicecoach.phrases import languages, phrases
from voicecoach.program import build_program
from voicecoach.script import load_script, read_script
from voicecoach.settings import Settings, merge_settings
from voicecoach.speech import Voice

SCRIPTS = sorted((Path(__file__).parent.parent / "scripts").glob("*.md"))


def advice(script: str, **options: str) -> list[Problem]:
    routine, _ = read_script(script, "a.md")
    return spelled(routine, build_program(routine, merge_settings(options)).settings)


def found(script: str, **options: str) -> list[tuple[int, int, str]]:
    quoted = re.compile('"(.+)"')
    problems = advice(script, **options)
    words = [match[1] for problem in problems if (match := quoted.search(problem.cause))]
    places = [(problem.location.line, problem.location.column) for problem in problems]
    return [(*place, word) for place, word in zip(places, words, strict=True)]


# What a voice may spell


def test_each_word_is_named_once_where_it_stands_first() -> None:
    script = """# Warrior II
caution: Ask your PT, and no other.

A **TRX** band. Turn it out: ext.
rot., then the TRX
again, 10RM.
## LWS
Do 5x30s, approx. on L4/L5.
1. Lift the R. arm (hold 5s)
halfway: Mind the ACL.
"""
    assert found(script) == [
        (1, 11, "II"),
        (2, 19, "PT"),
        (4, 5, "TRX"),
        (4, 30, "ext."),
        (5, 1, "rot."),
        (6, 8, "10RM"),
        (7, 4, "LWS"),
        (9, 13, "R."),
        (10, 19, "ACL"),
    ]


@pytest.mark.parametrize(
    ("text", "word", "language"),
    [
        ("Turn it ext. and hold.", "ext.", "en"),
        ("Bend (lat. side), then rest.", "lat.", "en"),
        ("With the bdg. 3 you go on.", "bdg.", "en"),
        ("Walk 5m and back.", "5m", "en"),
        ("Hold the TRX.", "TRX", "en"),
        ("Use the kbd softly.", "kbd", "en"),
        ("Den re. und den anderen Arm.", "re.", "de"),
        ("Drück die BWS in die Matte.", "BWS", "de"),
        ("Serre les ABD. doucement.", "ABD", "fr"),
        ("घुटने को TRX से बाँधें।", "TRX", "hi"),
        ("Подними РФ руку.", "РФ", "en"),
    ],
)
def test_words_that_are_short(text: str, word: str, language: str) -> None:
    assert [said for _, _, said in found(f"# T\n{text}\n", language=language)] == [word]


@pytest.mark.parametrize(
    "text",
    [
        "Do 5x30s, approx. on L4/L5, e.g. at 90°, i.e. 2-3 times, w/o shoes, max. 5 kg, etc.",
        "DO NOT push. STOP AT ONCE. SLOWLY. NOTHING more.",
        "Dr. Smith and Mrs. Jones say OK. Hmm, shh.",
        "Let go. 10 more. Sit up. Lie down.",
        "My rhythm is dry: fly, try, by.",
        "Push-up, T-spine, I'm, don't. C7 and L4. I do. A twist. Go on...",
        "Rest and REST.",
        "Half past 7, 1:30, 24/7, 1st, 2nd.",
        "Mr. A. B. Smith",
        "שב על הכיסא. اجلس على الكرسي. कुर्सी पर बैठें। 坐在椅子上。",
    ],
)
def test_words_that_are_not(text: str) -> None:
    assert found(f"# T\n{text}\n") == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_the_built_in_scripts_need_no_advice(path: Path) -> None:
    routine, _ = load_script(path)
    settings = build_program(routine, Settings()).settings
    assert spelled(routine, settings) == []
    assert read_as(routine, settings) == []


@pytest.mark.parametrize("language", languages())
def test_the_coachs_own_sentences_need_none(language: str) -> None:
    texts = phrases(language).texts
    sentences = [text for text in texts.values() if type(text) is str and text.endswith((".", "।"))]
    script = "# T\n" + re.sub(r"\{\w+\}", "Sieben", "\n".join(sentences))
    assert found(script, language=language) == []


@pytest.mark.parametrize(
    "text", ["Turn it ext. and hold.", "Walk 5m on.", "Hold the TRX.", "Do cf. this, and kbd."]
)
def test_the_line_that_is_suggested_is_enough(text: str) -> None:
    problems = advice(f"# T\n{text}\n")
    lines = [problem.hint.partition("heading: ")[2] for problem in problems]
    assert all(line.startswith("say: ") for line in lines)
    says = "\n".join(line.replace("…", "in full") for line in lines)
    assert advice(f"# T\n{says}\n{text}\n") == []


def test_what_the_user_says_how_to_say_needs_no_advice(tmp_path: Path) -> None:
    routine, _ = read_script("# T\nHold the TRX.")
    settings = merge_settings(config={"say": {"TRX": "T R X"}})
    assert spelled(routine, build_program(routine, settings).settings) == []


@given(st.text(max_size=200), st.sampled_from(languages()))
def test_any_text_gives_places_that_are_in_it(text: str, language: str) -> None:
    script = f"# T\nSit.\n\n{text}\n"
    try:
        routine, _ = read_script(script)
    except ScriptError:
        return
    lines = routine.source.split("\n")
    own = Settings(language=language)
    for problem in [*spelled(routine, own), *unspeakable(routine, own, VOICES[0])]:
        assert 1 <= problem.location.line <= len(lines)
        assert 1 <= problem.location.column <= len(lines[problem.location.line - 1]) + 1
        assert "\n" not in str(problem)
    read_as(routine, Settings(language=language))


# What is of another language


@pytest.mark.parametrize("language", languages())
def test_a_script_that_says_another_language_is_noticed(language: str) -> None:
    sample = phrases(language).texts["sample"]
    routine, _ = read_script(f"# T\n\n{sample}\n", "a.md")
    assert read_as(routine, Settings(language=language)) == []
    other = "es" if language == "en" else "en"
    (problem,) = read_as(routine, Settings(language=other))
    name = phrases(language).texts["name"]
    assert f"the script reads like {language} ({name}), and is spoken in {other}" in problem.cause
    assert problem.hint == f"add: language: {language}"


def test_of_a_language_that_the_coach_does_not_speak() -> None:
    text = "Andas in lugnt och låt axlarna sjunka ner mot golvet, och håll kvar ställningen."
    routine, _ = read_script(f"# T\n\n{text}\n", "a.md")
    (problem,) = read_as(routine, Settings())
    assert problem.cause.startswith("the script reads like sv, and")
    assert problem.hint == f"the coach speaks {', '.join(languages())}"


@pytest.mark.parametrize(
    "text",
    [
        "Hola.",
        "Breathe in. Tadasana. Adho mukha svanasana. Urdhva hastasana, and Uttanasana. Come down.",
        "TRX row. Plank. Squat. Lunge. Burpee. Push up. Sit up. Pull up. Kettlebell swing.",
        "Sit on your chair, as חנה and فاطمة do, and say नमस्ते. Then let your shoulders sink.",
    ],
)
def test_names_and_foreign_words_make_no_other_language(text: str) -> None:
    routine, _ = read_script(f"# T\n\n{text}\n")
    assert read_as(routine, Settings()) == []


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.name)
@pytest.mark.parametrize("language", ["en", "en-gb", "de", "pt-br"])
def test_a_voice_of_another_language(voice: Voice, language: str) -> None:
    routine, _ = read_script(f"# T\nlanguage: {language}\nHello.\n", "a.md")
    problems = spoken_as(routine, Settings(language=language), voice)
    own = language[:2]
    same = any(spoken[:2] == own for spoken in voice.languages)
    assert len(problems) == (not same)
    for problem in problems:
        assert (problem.location.line, problem.location.column) == (2, 1)
        assert problem.cause.startswith(f"the voice {voice.name} speaks ")


FOREIGN = {
    "ru": ("Дыши.", "Cyrillic"),
    "he": ("נשום.", "Hebrew"),
    "ja": ("息を吸って。", "Japanese"),
    "zh": ("吸。", "Chinese"),
    "ko": ("숨을 쉬세요.", "Korean"),
    "el": ("Ανάπνευσε.", "Greek"),
    "ar": ("تنفس.", "Arabic"),
    "hi": ("साँस लें।", "Devanagari"),
}
"""A few words of a language, and what its letters are called."""


@pytest.mark.parametrize("language", FOREIGN)
def test_a_few_words_in_letters_that_the_voice_does_not_know(language: str) -> None:
    text, writing = FOREIGN[language]
    routine, _ = read_script(f"# T\n\nSit. {text} Stand.\n", "a.md")
    (problem,) = unspeakable(routine, Settings(), VOICES[0])
    assert (problem.location.line, problem.location.column) == (3, 6)
    word = text.split()[0].rstrip(".。")
    assert problem.cause == (
        f'the voice espeak:en-us speaks en (English), and can\'t say "{word}" in {writing} letters'
    )
    assert f"say: {word} = …" in problem.hint
    own = replace(VOICES[0], languages=(language,))
    assert unspeakable(routine, Settings(), own) == []
    assert unspeakable(routine, Settings(), replace(own, languages=())) == []
    said, _ = read_script(f"# T\nsay: {word} = so\n\nSit. {word}. Stand.\n", "a.md")
    assert unspeakable(said, build_program(said, Settings()).settings, VOICES[0]) == []


@pytest.mark.parametrize("text", ["α waves, and 5 µm.", "Naïve café, Łódź, Ünal.", "90° – 2 × 3 €"])
def test_letters_that_any_voice_says(text: str) -> None:
    routine, _ = read_script(f"# T\n\n{text}\n", "a.md")
    assert [unspeakable(routine, Settings(), voice) for voice in VOICES] == [[]] * len(VOICES)


# At the command line


@pytest.mark.parametrize("command", ["check", "export"])
def test_a_voice_that_can_not_say_a_word_is_told_of(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], command: str
) -> None:
    script = tmp_path / "a.md"
    script.write_text("# Утро\n\nДыши.\n", encoding="utf-8")
    options = ["-o", str(tmp_path / "a.wav")] if command == "export" else []
    assert run([command, str(script), "--voice", "espeak:en-us", *options]) == 0
    assert capfd.readouterr().err == (
        f"{script}:1:3: warning: the voice espeak:en-us speaks en (English), and can't say "
        '"Утро" in Cyrillic letters; choose another, see voicecoach voices; or say how: '
        "say: Утро = …\n"
    )


@pytest.mark.parametrize("command", ["check", "export", "plan"])
def test_it_is_told_once_beside_what_is_asked_for(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], command: str
) -> None:
    script = tmp_path / "a.md"
    script.write_text("# Short\n\nSit down, and hold the TRX.\n")
    options = ["-o", str(tmp_path / "a.wav")] if command == "export" else []
    assert run([command, str(script), "--voice", "espeak:de", *options]) == 0
    out, err = capfd.readouterr()
    assert err == (
        f"{script}:1:1: warning: the voice espeak:de speaks de (Deutsch), and the session is in "
        "en (English); choose another; see: voicecoach voices --language en\n"
    )
    if command == "check":
        assert out.startswith(
            f'{script}:3:24: a voice spells "TRX" out; say how, before the first heading: '
            "say: TRX = T R X\n"
        )


def test_check_tells_of_a_language_that_was_forgotten(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "a.md"
    script.write_text("# Atmen\n\nAtme ruhig ein und aus, und lass die Schultern sinken.\n")
    assert run(["check", str(script)]) == 0
    assert "reads like de (Deutsch), and is spoken in en (English); add: language: de" in (
        capfd.readouterr().err
    )
    assert run(["check", str(script), "--language", "de"]) == 0
    assert capfd.readouterr().err == ""
