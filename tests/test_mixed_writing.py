"""Names in Hebrew, Arabic and Devanagari within an English script: shown, written and located."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
import srt as subrip
import webvtt as vtt

from tests.fakes import ImpulseSpeaker
from tests.test_session import FastOutput
from voicecoach.cli import run
from voicecoach.display import PlainDisplay, open_display
from voicecoach.errors import ScriptError
from voicecoach.export import Job, export_file
from voicecoach.export.render import render_program
from voicecoach.program import Program, build_program
from voicecoach.rendition import Rendition
from voicecoach.script import read_script
from voicecoach.session import Session
from voicecoach.settings import merge_settings

HEBREW, ARABIC, HINDI = "מתיחת צוואר", "تمدد الرقبة", "ताड़ासन"
SCRIPT = f"""# Yoga with {HEBREW}
get ready: 0s
## {ARABIC} (ab)
Sit as חנה does, at 90°, and say {HINDI} (or "नमस्ते").
hold 4s, 2 times, rest 2s
## {HINDI}
Stand, 2 feet apart: {HEBREW}.
"""


def program() -> Program:
    return build_program(read_script(SCRIPT, "a.md")[0], merge_settings())


@pytest.mark.parametrize("plain", [True, False])
def test_a_session_shows_every_name_as_it_is_written(
    plain: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    made = program()
    session = Session(Rendition(made, ImpulseSpeaker()))
    with open_display(made, plain=plain) as display:
        assert session.run(FastOutput, [display.watch]) == "done"
        if plain:
            assert isinstance(display, PlainDisplay)
    shown = capsys.readouterr().out
    assert HEBREW in shown
    if plain:
        assert f"{ARABIC} (ab): rep 2 of 2" in shown
        assert HINDI in shown
        assert "חנה" in shown


def test_captions_have_every_text_as_it_is_written(tmp_path: Path) -> None:
    material = render_program(program(), ImpulseSpeaker(), loudness=None)
    said = [cue.text for cue in material.timeline.cues if cue.kind == "speech"]
    assert any(HEBREW in text for text in said)
    assert any(HINDI in text and "חנה" in text for text in said)
    files = [tmp_path / f"{HEBREW}{ending}" for ending in (".vtt", ".srt", ".lrc", ".txt")]
    for file in files:
        export_file(Job(file), material)
    read = [file.read_text(encoding="utf-8") for file in files]
    read[0] = " ".join(caption.text for caption in vtt.read(str(files[0])).captions)
    read[1] = " ".join(caption.content for caption in subrip.parse(read[1]))
    for written in read:
        flat = " ".join(written.split())
        for text in said:
            assert text in flat


def test_columns_count_characters_whatever_the_direction() -> None:
    script = f"# T\n## {ARABIC}\nSit.\nhold 4s, {HEBREW[:5]}, rest 2s\n{HINDI} {{side}}\n"
    with pytest.raises(ScriptError) as refused:
        read_script(script, "a.md")
    places = {(p.location.line, p.location.column): p.cause for p in refused.value.problems}
    assert places[4, 10] == f'unknown dose item "{HEBREW[:5]}"'
    assert (5, len(HINDI) + 2) in places


def test_errors_and_advice_are_printed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / f"{HEBREW}.md"
    script.write_text(f"# {ARABIC}\n\n{HINDI} and {HEBREW} TRX.\n", encoding="utf-8")
    assert run(["check", str(script)]) == 0
    column = len(f"{HINDI} and {HEBREW} ") + 1
    assert f'{script}:3:{column}: a voice spells "TRX" out' in capfd.readouterr().out
    assert run(["plan", str(script)]) == 0
    assert HINDI in capfd.readouterr().out


def test_no_name_turns_the_rest_of_a_line_round() -> None:
    """A stranger's script could: `U+202E` shows what follows it backwards."""
    turning = [c for c in map(chr, range(0x2000, 0x2070)) if unicodedata.bidirectional(c) in TURNS]
    assert len(turning) == 9
    routine, _ = read_script(f"# A{''.join(turning)}b\n## C{turning[4]}d\nE{turning[3]}f.\n")
    shown = Rendition(build_program(routine, merge_settings()), ImpulseSpeaker()).timeline()
    texts = [shown.title, *(c.title for c in shown.chapters), *(cue.text for cue in shown.cues)]
    assert not set(turning) & set("".join(texts))


TURNS = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
