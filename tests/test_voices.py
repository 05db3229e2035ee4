"""Which voice is meant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.fakes import VOICES
from tests.speakers import light_speaker
from voicecoach.errors import NotFoundError
from voicecoach.speech import Voice
from voicecoach.speech.voices import choose_voice, name_voices


@pytest.fixture(scope="module")
def voices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Voice, ...]]:
    with light_speaker(tmp_path_factory.mktemp("voices")) as speaker:
        yield speaker.voices()


def found(**changes: Any) -> dict[str, Any]:
    voice = {"id": "x", "label": "X", "languages": ["x"], "gender": "", "engine": "espeak"}
    return voice | changes


# --- names


def test_every_voice_of_espeak_has_a_name_of_its_own(voices: tuple[Voice, ...]) -> None:
    assert len(voices) > 100
    assert len({voice.name for voice in voices}) == len(voices)
    assert all(voice.name.startswith("espeak:") for voice in voices)
    assert all(voice.languages and voice.label for voice in voices)
    assert {voice.gender for voice in voices} <= {"male", "female", ""}


def test_names_are_as_short_as_they_can_be() -> None:
    ids = ["gmw/en", "gmw/en-us", "a/same", "b/same", r"HKEY\Voices\TTS_EN", "com.apple.Anna"]
    names = [voice.name for voice in name_voices([found(id=name) for name in ids])]
    assert names == [
        "espeak:en",
        "espeak:en-us",
        "espeak:a/same",
        "espeak:b/same",
        "espeak:TTS_EN",
        "espeak:com.apple.Anna",
    ]


def test_an_unknown_gender_is_none() -> None:
    assert name_voices([found(gender="neuter")])[0].gender == ""
    assert name_voices([found(gender="female")])[0].gender == "female"


# --- choosing


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("espeak:de", "espeak:de"),
        ("de", "espeak:de"),
        (" DE ", "espeak:de"),
        ("gmw/en-us", "espeak:en-us"),
        ("German", "espeak:de"),
        ("english (america)", "espeak:en-us"),
        ("en-gb", "espeak:en"),
        ("fr-fr", "espeak:fr"),
        ("spain", "espeak:es"),
        ("espeak:en", "espeak:en"),
    ],
)
def test_a_voice_is_found_by_name_id_label_language_or_part(wanted: str, name: str) -> None:
    assert choose_voice(VOICES, wanted, "fr").name == name


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("en-us", "espeak:en-us"),
        ("en-US", "espeak:en-us"),
        ("de_DE", "espeak:de"),
        ("en", "espeak:en"),
        ("es-mx", "espeak:es"),
        ("fr", "espeak:fr"),
    ],
)
def test_without_a_wish_the_language_decides(language: str, name: str) -> None:
    assert choose_voice(VOICES, "", language).name == name


def test_the_real_voices_are_found(voices: tuple[Voice, ...]) -> None:
    for wanted in ("en-us", "de", "fr", "es", "espeak:pt-br", "German", "gmw/en-gb-scotland"):
        assert choose_voice(voices, wanted, "en").name.startswith("espeak:")
    for voice in voices:
        assert choose_voice(voices, voice.name, "en") == voice
        assert choose_voice(voices, voice.id, "en") == voice


def test_a_part_that_several_have_names_them() -> None:
    with pytest.raises(NotFoundError, match=r"2 are called so: espeak:en-us, espeak:en$"):
        choose_voice(VOICES, "english", "en")


def test_many_are_named_in_part(voices: tuple[Voice, ...]) -> None:
    with pytest.raises(NotFoundError, match=r"are called so: (\S+, ){4}\S+ …$"):
        choose_voice(voices, "espeak:", "en")


def test_an_unknown_voice_names_the_nearest() -> None:
    with pytest.raises(NotFoundError) as raised:
        choose_voice(VOICES, "Germann", "en")
    assert raised.value.suggestion == "German"


def test_a_voice_like_none_says_where_they_are_listed() -> None:
    with pytest.raises(NotFoundError, match="voicecoach voices"):
        choose_voice(VOICES, "xyzzy-plugh-42", "en")


def test_a_language_without_a_voice_is_named() -> None:
    with pytest.raises(NotFoundError, match='no voice for the language "tlh"'):
        choose_voice(VOICES, "", "tlh")
