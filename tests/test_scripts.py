"""The built-in scripts: without a fault, of the length they claim, and saying what they must."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.speakers import light_speaker
from voicecoach.library import find_script, script_names, share
from voicecoach.program import build_program
from voicecoach.rendition import Rendition
from voicecoach.routine import Routine, Words
from voicecoach.script import load_script
from voicecoach.settings import Settings
from voicecoach.units import seconds

MINUTES = {"ease-your-back": (6.5, 8.5), "desk-break": (4.5, 6.5), "wind-down": (8, 10.5)}


def routine(name: str) -> Routine:
    read, warnings = load_script(find_script(name))
    assert not warnings
    return read


def spoken(read: Routine) -> str:
    parts = [*read.intro, *read.caution]
    for exercise in read.exercises:
        parts += [*exercise.before, *exercise.after, *exercise.caution]
        parts += [part for movement in exercise.movements for part in movement.parts]
        cues = (exercise.halfway, exercise.between, exercise.finish, exercise.short)
        parts += [cue for cue in cues if cue]
    return " ".join(part.text for part in parts if isinstance(part, Words))


def test_these_are_built_in() -> None:
    assert script_names() == sorted(MINUTES)


@pytest.mark.parametrize("name", sorted(MINUTES))
def test_a_built_in_fits_and_lasts_as_long_as_meant(name: str) -> None:
    with light_speaker() as speaker:
        timeline = Rendition(build_program(routine(name), Settings()), speaker).timeline()
    assert not timeline.left_out
    shortest, longest = MINUTES[name]
    assert shortest * 60 <= seconds(timeline.frames) <= longest * 60


@pytest.mark.parametrize("name", sorted(MINUTES))
def test_a_built_in_cautions_and_can_be_spoken(name: str) -> None:
    read = routine(name)
    text = spoken(read)
    assert read.caution
    assert "pain" in text
    assert read.license == "CC0-1.0"
    assert not re.search(r"[0-9*_#<>]|\betc\b|\be\.g", text), "written for the eye"


def test_the_articles_three_stretches_and_cautions() -> None:
    read = routine("ease-your-back")
    names = [exercise.name.lower() for exercise in read.exercises if exercise.dose]
    assert names == ["leg stretch", "neck and shoulder stretch", "hip stretch"]
    text = spoken(read).lower()
    for told in ("slowly", "sharp pain", "stop at once", "comfortable clothes", "breathe"):
        assert told in text
    growing = [read.progress, *(exercise.progress for exercise in read.exercises)]
    assert any(growing), "the article lets the sets grow"


def test_doses_name_their_source() -> None:
    for name in script_names():
        notes = [n for n in find_script(name).read_text().splitlines() if n.startswith(">")]
        assert any(word in " ".join(notes) for word in ("ACSM", "NHS"))


def test_sounds_and_scripts_are_found() -> None:
    assert (share() / "audio" / "chimes" / "bowl" / "hold.flac").is_file()
    assert all(isinstance(find_script(name), Path) for name in script_names())
