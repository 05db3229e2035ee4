"""What the real eSpeak NG says, through pyttsx3 in its own process."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soxr
from hypothesis import given
from hypothesis import strategies as st

from tests.speakers import light_speaker
from voicecoach.errors import NotFoundError, SpeechError
from voicecoach.sound import Samples, loudness
from voicecoach.speech import Utterance
from voicecoach.speech.finish import AUDIBLE, EDGE, LOUDNESS, PEAK, finish
from voicecoach.speech.local import LocalSpeaker, plain_text
from voicecoach.speech.process import EngineProcess
from voicecoach.units import RATE

VOICE = "espeak:en-us"
LONG = (
    "Lie on your back on the mat, bend your knees, and place your feet flat on the floor, "
    "hip width apart, arms at your sides."
)
TEXTS = (
    "Go.",
    "Rest.",
    "One.",
    "Three.",
    "Breathe in.",
    "Halfway there, keep going.",
    "Switch to the other leg.",
    "Well done!",
    LONG,
)


@pytest.fixture(scope="module")
def speaker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSpeaker]:
    with light_speaker(tmp_path_factory.mktemp("speech")) as speaker:
        yield speaker


def say(speaker: LocalSpeaker, text: str, wpm: int = 135, pitch: float = 0.0) -> Samples:
    return speaker.speak(Utterance(text, VOICE, wpm, pitch))


def fundamental(samples: Samples) -> float:
    """The median of the voiced moments' fundamentals, in Hz, by autocorrelation."""
    found = []
    for at in range(0, len(samples) - 4096, 1024):
        part = samples[at : at + 4096] * np.hanning(4096)
        if np.sqrt(np.mean(part**2)) < 0.03:
            continue
        alike = np.fft.irfft(np.abs(np.fft.rfft(part, 8192)) ** 2)
        lag = RATE // 500 + int(np.argmax(alike[RATE // 500 : RATE // 50]))
        if alike[lag] > 0.6 * alike[0]:
            found.append(RATE / lag)
    assert len(found) > 50
    return float(np.median(found))


# --- whole, and always the same


def test_utterances_are_whole_and_the_same_under_load_in_any_order(tmp_path: Path) -> None:
    wanted = [Utterance(text, VOICE, wpm) for text in TEXTS for wpm in (115, 200)]

    def speak_all(number: int) -> dict[Utterance, bytes]:
        order = random.Random(number).sample(wanted, len(wanted))  # noqa: S311 - an order
        with light_speaker(tmp_path / str(number)) as speaker:
            if number % 2:
                speaker.prepare(order)
            return {utterance: speaker.speak(utterance).tobytes() for utterance in order}

    with ThreadPoolExecutor(4) as pool:
        first, *others = pool.map(speak_all, range(4))
    assert all(other == first for other in others)
    assert len(set(first.values())) == len(wanted)


def test_a_voice_before_does_not_change_a_voice_after() -> None:
    engine = EngineProcess()
    try:
        first = engine.speak(LONG, "gmw/en-us", 135, 0.0)
        engine.speak("Eins, zwei, drei.", "gmw/de", 250, 5.0)
        assert engine.speak(LONG, "gmw/en-us", 135, 0.0) == first
    finally:
        engine.close()


def test_nothing_deadlocks_where_the_voices_are_not_yet_known(tmp_path: Path) -> None:
    with light_speaker(tmp_path, at_once=1) as speaker:
        speaker.prepare([Utterance(text, VOICE, 135) for text in TEXTS])
        assert len(say(speaker, "Go."))


# --- rate, pitch, voices


def test_rate_changes_speed_as_asked(speaker: LocalSpeaker) -> None:
    rates = (80, 115, 135, 160, 250, 450)
    lengths = [len(say(speaker, LONG, wpm)) for wpm in rates]
    for (slow, fast), (longer, shorter) in zip(pairwise(rates), pairwise(lengths), strict=True):
        assert longer / shorter == pytest.approx(fast / slow, rel=0.1)


@pytest.mark.parametrize("voice", ["espeak:en-us", "espeak:de"])
def test_pitch_changes_by_the_semitones_asked(speaker: LocalSpeaker, voice: str) -> None:
    own = fundamental(speaker.speak(Utterance(LONG, voice, 135)))
    for asked in (-6, -3, 3, 6, 8):
        got = fundamental(speaker.speak(Utterance(LONG, voice, 135, asked)))
        assert 12 * np.log2(got / own) == pytest.approx(asked, abs=1)


def test_pitch_does_not_change_speed(speaker: LocalSpeaker) -> None:
    own = len(say(speaker, LONG))
    for pitch in (-12, 12):  # more than the voice has is as much as it has
        assert len(say(speaker, LONG, pitch=pitch)) == pytest.approx(own, rel=0.01)


def test_voices_differ(speaker: LocalSpeaker) -> None:
    voices = ("espeak:en-us", "espeak:en", "espeak:de", "espeak:fr", "espeak:es")
    spoken = {
        speaker.speak(Utterance("One, two, three.", voice, 135)).tobytes() for voice in voices
    }
    assert len(spoken) == len(voices)


def test_an_unknown_voice_is_named_with_the_nearest(speaker: LocalSpeaker) -> None:
    with pytest.raises(NotFoundError, match="espeak:en-us"):
        speaker.speak(Utterance("Go.", "espeak:en-uss", 135))


class MuteEngine(EngineProcess):
    """Has a voice for which there is no dictionary, as eSpeak NG has some."""

    def speak(self, text: str, voice: str, wpm: int, pitch: float) -> tuple[int, bytes]:
        return 22_050, bytes(22_050)


def test_a_mute_voice_is_an_error_rather_than_a_silent_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voicecoach.speech.system.EngineProcess", MuteEngine)
    with (
        light_speaker(tmp_path) as speaker,
        pytest.raises(SpeechError, match="espeak:cv is mute"),
    ):
        speaker.speak(Utterance("Góðan morgun.", "espeak:cv", 135))


def test_a_voice_that_can_not_count_is_as_loud_as_others(speaker: LocalSpeaker) -> None:
    spoken = speaker.speak(Utterance("Салам тусем, мӗнле пурӑнатӑр?", "espeak:cv", 135))
    assert loudness(spoken) == pytest.approx(LOUDNESS, abs=3)


# --- form: edges, peaks, loudness


@pytest.mark.parametrize("text", TEXTS)
def test_an_utterance_begins_and_ends_softly_at_an_audible_sample(
    speaker: LocalSpeaker, text: str
) -> None:
    samples = say(speaker, text)
    edges = np.abs(samples[[0, -1]])
    assert edges.min() >= 0.98 * AUDIBLE
    assert edges.max() <= 2.01 * AUDIBLE


@pytest.mark.parametrize("text", TEXTS)
def test_peaks_stay_below_minus_1_dbtp(speaker: LocalSpeaker, text: str) -> None:
    between = soxr.resample(say(speaker, text), RATE, 4 * RATE)
    assert np.abs(between).max() < 10 ** (-1 / 20)


@pytest.mark.parametrize("text", TEXTS)
def test_utterances_are_about_as_loud_as_each_other(speaker: LocalSpeaker, text: str) -> None:
    assert loudness(say(speaker, text)) == pytest.approx(LOUDNESS, abs=2.5)


def test_go_is_not_raised_to_the_peak_of_a_sentence(speaker: LocalSpeaker) -> None:
    assert np.abs(say(speaker, "Go.")).max() < 0.8 * np.abs(say(speaker, LONG)).max()


def test_a_hard_start_is_softened_and_a_peak_held() -> None:
    hard = np.full(22_050, 20_000, np.int16)
    samples = finish(hard.tobytes(), 22_050, 1.0) / 32767
    assert abs(samples[0]) <= 2.01 * AUDIBLE
    assert np.abs(np.diff(samples[: EDGE + 1])).max() < 0.02
    loud = finish(hard.tobytes(), 22_050, 4.0) / 32767
    assert np.abs(loud).max() <= PEAK + 1e-4


def test_silence_is_trimmed_to_nothing() -> None:
    assert len(finish(bytes(4_000), 22_050, 1.0)) == 0
    assert len(finish(b"", 22_050, 1.0)) == 0


# --- texts that would be commands


@given(st.text())
def test_plain_text_carries_no_command(text: str) -> None:
    plain = plain_text(text)
    assert not set("<>[]{}\\") & set(plain)
    assert all(character.isprintable() for character in plain)
    assert plain_text(plain) == plain == plain.strip()


@pytest.mark.parametrize(
    "text",
    ["One <break time='9s'/> two", "One [[inpt PHON]] two", "One \x01 \x1b[0m two", "One\n\ntwo"],
)
def test_commands_make_no_pause_and_are_no_error(speaker: LocalSpeaker, text: str) -> None:
    heard = np.abs(say(speaker, text)) > AUDIBLE
    longest = np.diff(np.flatnonzero(heard)).max()
    assert longest < 0.8 * RATE


def test_phonemes_are_read_as_letters(speaker: LocalSpeaker) -> None:
    assert say(speaker, "[[h@l@U]]").tobytes() == say(speaker, "h@l@U").tobytes()


@pytest.mark.parametrize("text", ["", " ", "[[]]", "\x00\x07", "\u200b", "\ud800", "<>"])
def test_nothing_to_say_is_no_sound(speaker: LocalSpeaker, text: str) -> None:
    assert len(say(speaker, text)) == 0


@pytest.mark.parametrize(
    "text", ["...", "—", "?!", '"', "-", "😀", "👍🏽 ok", "こんにちは", "مرحبا", "1/2"]
)
def test_odd_texts_are_no_error(speaker: LocalSpeaker, text: str) -> None:
    samples = say(speaker, text)
    assert samples.dtype == np.float32
    assert np.abs(samples).max(initial=0) <= PEAK + 1e-4


def test_a_very_long_text_is_spoken_to_its_end(speaker: LocalSpeaker) -> None:
    one, twenty = say(speaker, LONG, 450), say(speaker, " ".join([LONG] * 20), 450)
    assert 19 < len(twenty) / len(one) < 30
