"""What only sounds like a command is none: the verifier beside the transcribing model."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.listening.speakers import Speaker
from bench.listening.verifying.heard import segments
from bench.listening.verifying.words import distance
from tests.test_microphone import said
from voicecoach.controls.microphone import Samples, moonshine
from voicecoach.controls.microphone.moonshine import Moonshine
from voicecoach.controls.microphone.verifier import BINS, OTHER, WITHIN, Verifier, pooled, weights
from voicecoach.controls.microphone.vocabulary import ANSWERS, PHRASES

SPEAKERS = (Speaker("espeak", "en-us+f1"), Speaker("flite", "rms"), Speaker("flite", "slt"))
"""None of them taught it."""
OTHERS = ("star", "start", "second", "neck", "park", "skin", "power", "faint")


@pytest.fixture(scope="module")
def model() -> Moonshine:
    return Moonshine()


def seen(model: Moonshine, text: str, speaker: Speaker) -> Samples:
    """A word as it is cut out of a stream."""
    (segment,) = segments(said(text, speaker=speaker, gap_seconds=0.6))
    return model.seen(segment.samples)[None]


def test_it_knows_all_that_can_be_said_and_nothing_else() -> None:
    known = set(weights("en")["classes"])
    assert known == {OTHER, *PHRASES["en"], *ANSWERS["en"]}, "make verifier"


def test_it_is_loaded_before_the_first_word() -> None:
    """Loaded at the first word it would answer that one late."""
    weights.cache_clear()
    verifier = Verifier("en")
    assert weights.cache_info().misses == 1
    verifier.odds(np.zeros((1, weights("en")["view"].shape[0]), np.float32), ["stop"])
    assert weights.cache_info().misses == 1


def test_phrases_are_likelier_than_what_sounds_like_one(model: Moonshine) -> None:
    verifier = Verifier("en")
    for speaker in SPEAKERS:
        phrases = [verifier.odds(seen(model, p, speaker), [p]) for p in ("stop", "repeat", "next")]
        heard = [seen(model, word, speaker) for word in OTHERS]
        others = [max(verifier.odds(word, [phrase]) for phrase in PHRASES["en"]) for word in heard]
        assert np.mean(phrases) > 0 > np.mean(others), (speaker, phrases, others)


@pytest.mark.parametrize(("odds", "likely"), [(-4.0, False), (14.0, True)])
def test_what_is_not_clear_is_asked_about_unless_it_is_a_sentence_or_over_a_coach(
    model: Moonshine, monkeypatch: pytest.MonkeyPatch, odds: float, likely: bool
) -> None:
    monkeypatch.setattr(moonshine, "PLAIN", np.inf)
    monkeypatch.setattr(moonshine, "ODDS_FOR_SCORE", 0.0)
    monkeypatch.setattr(Verifier, "odds", lambda *_: odds)
    (word,) = segments(said("next", gap_seconds=0.6))
    (sentence,) = segments(said("I want to stop", gap_seconds=0.6))
    guess = model.recognise(word.samples)
    assert guess.sure == guess.likely == likely
    assert guess.talk != likely
    assert model.recognise(word.samples, word.close).sure
    assert model.recognise(sentence.samples).sure


@pytest.mark.parametrize(("odds", "sure"), [(-3.0, False), (-1.0, True)])
def test_over_a_coach_what_is_hardly_clear_counts_if_it_is_likely(
    model: Moonshine, monkeypatch: pytest.MonkeyPatch, odds: float, sure: bool
) -> None:
    monkeypatch.setattr(moonshine, "LEAST", np.inf)
    monkeypatch.setattr(Verifier, "odds", lambda *_: odds)
    (word,) = segments(said("next", gap_seconds=0.6))
    assert model.recognise(word.samples, word.close).sure == sure
    assert not model.recognise(word.samples).sure


@pytest.mark.parametrize(("odds", "sure"), [(0.0, False), (14.0, True)])
def test_what_is_hardly_clear_counts_if_it_is_certain(
    model: Moonshine, monkeypatch: pytest.MonkeyPatch, odds: float, sure: bool
) -> None:
    monkeypatch.setattr(moonshine, "PLAIN", np.inf)
    monkeypatch.setattr(moonshine, "LEAST", np.inf)
    monkeypatch.setattr(Verifier, "odds", lambda *_: odds)
    (word,) = segments(said("next", gap_seconds=0.6))
    assert model.recognise(word.samples).sure == sure


@given(
    states=st.integers(1, 90),
    start=st.floats(-10, 100),
    length=st.floats(-5, 100),
    value=st.floats(-3, 3, width=32),
)
def test_the_mean_states_are_of_the_states_wherever_a_word_stands(
    states: int, start: float, length: float, value: float
) -> None:
    all_the_same = np.full((states, 5), value, np.float32)
    words = pooled(all_the_same, start, start + length)
    assert words.shape == (BINS * 5,)
    assert np.allclose(words, value, atol=1e-5)


def test_each_part_of_a_word_is_seen_apart() -> None:
    states = np.repeat(np.arange(BINS, dtype=np.float32), 3)[:, None]
    assert pooled(states, 0, len(states)).tolist() == list(range(BINS))


@given(seed=st.integers(0, 1000), loud=st.floats(0, 1e4))
def test_odds_are_bounded_whatever_is_heard(seed: int, loud: float) -> None:
    width = weights("en")["view"].shape[0]
    words = loud * np.random.default_rng(seed).standard_normal((2, width)).astype(np.float32)
    assert -WITHIN <= Verifier("en").odds(words, ["stop"]) <= WITHIN


def test_phones_are_as_far_as_their_swaps() -> None:
    stop = ["S", "T", "AA", "P"]
    assert distance(stop, stop) == 0
    assert distance(stop, ["S", "T", "EH", "P"]) == 0.6
    assert distance(stop, ["S", "T", "AA"]) == 1
    assert distance(stop, []) == distance([], stop) == 4
