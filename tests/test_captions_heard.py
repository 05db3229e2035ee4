"""Captions beside the track that they belong to: what is heard when they say so."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import numpy as np
import pytest
import webvtt as vtt
from numpy.typing import NDArray

from voicecoach.cli import run
from voicecoach.export.loudness import SessionMeter
from voicecoach.units import RATE

SCRIPT = """\
# Short
get ready: 0s
Sit down.
## Reach up
Reach up.
hold 12s, 2 times, rest 4s
halfway: Breathe out.
## Well done
Rest now. (breathe 1)
"""
LOUD = 0.0016
"""Above the room tone."""


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("captions") / "short.md"
    path.write_text(SCRIPT)
    return path


def samples(path: Path) -> NDArray[np.float64]:
    with wave.open(str(path)) as file:
        return np.abs(np.frombuffer(file.readframes(file.getnframes()), np.int16) / 32768)


def frame(stamp: str) -> int:
    hours, minutes, rest = stamp.split(":")
    return round(((int(hours) * 60 + int(minutes)) * 60 + float(rest)) * RATE)


def test_words_are_heard_from_their_caption_on(script: Path) -> None:
    track, captions = script.with_suffix(".wav"), script.with_suffix(".vtt")
    assert run(["export", str(script), "-o", str(track), "-o", str(captions)]) == 0
    heard = samples(track)
    found = vtt.read(str(captions), strict=True).captions
    spoken = [caption for caption in found if not caption.text.startswith("(")]
    assert len(spoken) > 15
    millisecond = RATE // 1000
    for caption in spoken:
        start, end = frame(caption.start), frame(caption.end)
        before = start - 20 * millisecond
        onset = before + int(np.flatnonzero(heard[before:end] > LOUD)[0])
        assert abs(onset - start) <= millisecond
        last = start + int(np.flatnonzero(heard[start:end] > LOUD)[-1])
        assert end - last <= millisecond


def test_captions_alone_need_no_sound(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("it is to be heard by nobody")

    monkeypatch.setattr(SessionMeter, "hear", refuse)
    monkeypatch.setattr("voicecoach.rendition.mix", refuse)
    files = [script.with_suffix(ending) for ending in (".srt", ".lrc", ".txt")]
    options = [option for file in files for option in ("-o", str(file))]
    assert run(["export", str(script), *options]) == 0
    for file in files:
        assert "(hold, 12 s)" in file.read_text(encoding="utf-8")


def test_a_plan_has_the_captions_of_its_script(
    script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["plan", str(script), "--json"]) == 0
    plan = script.with_name("plan.json")
    plan.write_text(capsys.readouterr().out, encoding="utf-8")
    assert json.loads(plan.read_text())["title"] == "Short"
    files = [script.with_name(name) for name in ("script.srt", "plan.srt")]
    for source, file in zip((script, plan), files, strict=True):
        assert run(["export", str(source), "-o", str(file)]) == 0
    assert files[0].read_text() == files[1].read_text()
