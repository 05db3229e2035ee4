"""`say:` lines: how a word is said, from script and config to the samples, and in no caption."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.fakes import ImpulseSpeaker
from tests.speakers import light_speaker
from voicecoach.errors import ScriptError, SettingError
from voicecoach.program import build_program
from voicecoach.rendition import Rendition, timeline_blocks
from voicecoach.script import read_script
from voicecoach.settings import Settings, merge_settings, read_config
from voicecoach.settings.values import LONGEST_SAID, MOST_SAID, say
from voicecoach.timeline import read_plan

SCRIPT = """\
# Yoga
say: asana = AH-suh-nuh
say: sun salute = sun sa-LOOT

Say: I am calm.

## First asana
Each ASANA takes approx. 5 s. A sun salute, no asanas.
hold 1s
"""


def says_of(text: str) -> object:
    routine, warnings = read_script(text)
    assert not warnings
    return routine.settings.get("say")


def errors_of(text: str) -> list[str]:
    with pytest.raises(ScriptError) as caught:
        read_script(text, "s.md")
    return [str(problem).removeprefix("s.md:") for problem in caught.value.problems]


# --- in scripts


def test_a_script_says_how_words_are_said() -> None:
    assert says_of(SCRIPT) == (("asana", "ah-suh-nuh"), ("sun salute", "sun sa-loot"))
    assert says_of("a") is None
    assert says_of("say: **L4** = ell four &amp; y\na") == (("L4", "ell four & y"),)
    assert says_of("say: कमर = kuh-MUR\na") == (("कमर", "kuh-mur"),)


def test_without_a_word_for_it_a_line_is_prose() -> None:
    routine, warnings = read_script("Say: I am calm.\n## A\nSay: I am strong.\n")
    assert not warnings
    assert [part.text for part in routine.intro] == ["Say: I am calm."]  # type: ignore[union-attr]


EXAMPLE = "say: asana = AH-suh-nuh"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("say: a = b\nsay: A = c\nx", '2:1: how to say "A" is said twice'),
        ("say: a =\nx", f'1:6: say can\'t be "a ="; write the word and how it is said: {EXAMPLE}'),
        ("say: = b\nx", f'1:6: say can\'t be "= b"; write the word and how it is said: {EXAMPLE}'),
        ("say: a = b = c\nx", f'1:6: say can\'t be "a = b = c"; one word a line: {EXAMPLE}'),
        ("x\n## A\nsay: a = b", '3:1: "say" is a setting; put it before the first ## heading'),
        (
            f"say: {'a' * (LONGEST_SAID + 1)} = b\nx",
            f'1:6: say can\'t be "{"a" * 59}…"; it takes up to 80 characters on each side',
        ),
    ],
)
def test_what_a_script_can_not_say(text: str, told: str) -> None:
    assert errors_of(text) == [told]


def test_a_script_says_so_many_words_and_no_more() -> None:
    lines = [f"say: word{n} = x\n" for n in range(MOST_SAID)]
    read_script("".join(lines) + "x")
    told = f"{MOST_SAID + 1}:1: the script says how to say more than 500 words"
    assert errors_of("".join(lines) + "say: one = more\nx") == [told]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("AH-suh-nuh", "ah-suh-nuh"),
        ("sah-VAH-suh-nuh pose", "sah-vah-suh-nuh pose"),
        ("T R X", "T R X"),
        ("NASA", "NASA"),
        ("SI-AC", "SI-AC"),
        ("T-spine", "T-spine"),
        ("e\u0301-DE", "é-de"),
    ],
)
def test_capitals_that_show_the_stress_are_not_spelled(written: str, said: str) -> None:
    assert say("x", written) == ("x", said)


# --- in the config


def config(text: str, tmp_path: Path) -> Settings:
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    return merge_settings(config=read_config(file), config_name="c.toml")


def test_the_users_words_come_before_the_scripts(tmp_path: Path) -> None:
    settings = config('pace = 2\n[say]\nAsana = "one"\n"L4 / L5" = "two"\n', tmp_path)
    assert settings.say == (("Asana", "one"), ("L4 / L5", "two"))
    assert settings.pinned == {"pace"}
    under = settings.under({"say": (("asana", "three"), ("mat", "four"))})
    assert dict(under.say) == {"Asana": "one", "mat": "four", "L4 / L5": "two"}
    assert under.under({"say": (("asana", "three"),)}).say[0] == ("Asana", "one")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('say = "x"', "c.toml: say takes words; below \\[say\\] stand up to 500 lines such as"),
        ("[say]\nasana = 5", 'c.toml: say can\'t be "asana"; write the word and how'),
        ('[say]\nasana = ""', 'c.toml: say can\'t be "asana"; write the word and how'),
        ('[say]\n"" = "x"', 'c.toml: say can\'t be ""; write the word and how'),
        ("[say.x]\ny = 5", 'c.toml: say can\'t be "x"; write the word and how'),
    ],
)
def test_what_a_config_can_not_say(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=f"^{told}"):
        config(text, tmp_path)


# --- to what is heard


def test_captions_keep_what_is_written() -> None:
    speaker = ImpulseSpeaker()
    program = build_program(read_script(SCRIPT)[0], Settings(language="en"))
    timeline = Rendition(program, speaker).timeline()
    said = {cue.text: cue.spoken for cue in timeline.cues if cue.kind == "speech"}
    assert said["First asana."] == "First ah-suh-nuh."
    assert said["Each ASANA takes approx. 5 s. A sun salute, no asanas."] == (
        "Each ah-suh-nuh takes approximately five seconds. A sun sa-loot, no asanas."
    )
    assert said["Say: I am calm."] == ""
    heard = {utterance.text for utterance in speaker.spoken}
    assert heard == {cue.spoken or cue.text for cue in timeline.cues if cue.kind == "speech"}
    document = json.loads(timeline.to_json())
    spoken = [cue for cue in document["cues"] if "spoken" in cue]
    assert {cue["text"] for cue in spoken} == {text for text, spoken in said.items() if spoken}


def test_a_plan_gives_the_same_samples() -> None:
    program = build_program(read_script(SCRIPT)[0], Settings())
    with light_speaker() as speaker:
        rendition = Rendition(program, speaker)
        timeline = rendition.timeline()
        blocks = np.concatenate(list(rendition.blocks()))
        read = read_plan(timeline.to_json().encode(), "plan.json", None)
        assert read == timeline
        again = np.concatenate(list(timeline_blocks(read, speaker)))
    assert blocks.tobytes() == again.tobytes()


def test_a_word_is_heard_as_its_sound_is_written() -> None:
    def heard(text: str) -> bytes:
        program = build_program(read_script(text)[0], Settings(room_tone=False, chimes=""))
        with light_speaker() as speaker:
            return np.concatenate(list(Rendition(program, speaker).blocks())).tobytes()

    same = heard("# x\nah-suh-nuh")
    assert heard("# x\nsay: asana = AH-suh-nuh\nasana") == same
    assert heard("# x\nasana") != same
