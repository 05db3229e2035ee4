"""Words said at a microphone become Commands: voices that packages carry, and the real models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from bench.listening.speakers import Speaker
from bench.listening.streams import LEVEL, active, joined
from tests.test_microphone_echo import blocks, echo, late
from voicecoach.controls import Command
from voicecoach.controls.microphone import (
    RATE,
    Block,
    Condition,
    Guess,
    Heard,
    Recogniser,
    Report,
    Samples,
    Speech,
    Unclear,
)
from voicecoach.controls.microphone.listening import listen
from voicecoach.controls.microphone.recognisers import known_phrases, open_recogniser
from voicecoach.errors import MissingExtraError, UnavailableError
from voicecoach.events import Answer

SPEAKERS = (Speaker("flite", "rms"), Speaker("flite", "slt"), Speaker("espeak", "en-gb"))


@pytest.fixture(scope="module")
def english() -> Recogniser:
    return open_recogniser("en-us")


def said(*texts: str, speaker: Speaker = SPEAKERS[0], gap_seconds: float = 1.0) -> Samples:
    gap = np.zeros(int(gap_seconds * RATE), np.float32)
    pieces = [gap]
    for text in texts:
        words = speaker.say(text)
        pieces += [words * np.float32(LEVEL / active(words)), gap]
    rng = np.random.default_rng(1)
    whole = np.concatenate(pieces)
    return (whole + rng.normal(0, 1e-4, len(whole))).astype(np.float32)


def alone(samples: Samples) -> Iterator[Block]:
    return blocks(samples, np.zeros_like(samples))


def heard(reports: Iterator[Report]) -> list[Command | Answer]:
    return [report.command for report in reports if isinstance(report, Heard)]


def test_every_command_has_a_phrase() -> None:
    meant = set(known_phrases("en").values())
    assert meant == {*Command} - {Command.TOGGLE}


@pytest.mark.parametrize("language", ["de", "fr-fr", "xx"])
def test_a_language_that_nobody_understands_says_so(language: str) -> None:
    with pytest.raises(UnavailableError, match=f'in "en" only, not yet in "{language}"'):
        open_recogniser(language)


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voicecoach.controls.microphone.recognisers.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"voicecoach\[listen\]"):
        known_phrases("en")


def test_each_phrase_is_understood_and_none_mistaken(english: Recogniser) -> None:
    hits: list[str] = []
    for phrase, command in english.phrases.items():
        for speaker in SPEAKERS:
            guess = english.recognise(said(phrase, speaker=speaker, gap_seconds=0.2))
            if guess.sure:
                assert english.phrases[guess.phrase] == command, (phrase, speaker, guess)
                hits.append(phrase)
    assert len(hits) >= 0.75 * 3 * len(english.phrases)
    commands = {english.phrases[phrase] for phrase in hits}
    assert commands == set(english.phrases.values())


def test_words_are_told_where_they_were_said(english: Recogniser) -> None:
    samples = said("pause", "next", "again", "no")
    reports = list(listen(alone(samples), english))
    told = [report for report in reports if isinstance(report, Heard)]
    wanted = [Command.PAUSE, Command.SKIP, Command.REPEAT, Command.UNDO]
    assert [report.command for report in told] == wanted
    at = RATE
    for report, text in zip(told, ("pause", "next", "again", "no"), strict=True):
        end = at + len(SPEAKERS[0].say(text))
        assert at - 0.1 * RATE < report.start < at + 0.2 * RATE
        assert at < report.end < end + 0.1 * RATE
        at = end + RATE
    speech = [report.began for report in reports if isinstance(report, Speech)]
    assert speech == [True, False] * 4
    conditions = [report for report in reports if isinstance(report, Condition)]
    assert len(conditions) == len(samples) // RATE
    assert all(-90 < each.microphone < -20 for each in conditions)
    assert all(each.reference == -120 for each in conditions)


def test_a_word_is_as_clear_in_digital_silence_as_in_a_faint_noise(english: Recogniser) -> None:
    for speaker in SPEAKERS:
        word = np.pad(speaker.say("ouch"), RATE // 4)
        hiss = np.random.default_rng(7).normal(0, 0.004, len(word)).astype(np.float32)
        silent = english.recognise(word)
        noisy = english.recognise(word + hiss * np.abs(word).max())
        assert silent.phrase == noisy.phrase == "ouch"
        assert silent.score > noisy.score - 1


@pytest.mark.parametrize("text", ["Stop! Stop! Stop!", "please stop", "I want to stop"])
def test_stop_is_understood_however_it_is_said(english: Recogniser, text: str) -> None:
    for speaker in SPEAKERS[:2]:
        commands = heard(listen(alone(said(text, speaker=speaker)), english))
        assert Command.STOP in commands
        assert set(commands) == {Command.STOP}


def test_answers_are_understood_once_the_coach_has_asked(english: Recogniser) -> None:
    asked = open_recogniser("en", asked=True)
    for speaker in SPEAKERS[:2]:
        texts = ("continue", "stop", "better", "the same", "it was worse")
        samples = said(*texts, speaker=speaker)
        told = [replace(block, asked=True) for block in alone(samples)]
        feelings = [Answer("better"), Answer("same"), Answer("worse")]
        commands: list[Command | Answer] = [Command.RESUME, Command.STOP]
        assert heard(listen(iter(told), english, asked)) == [*commands, *feelings]
        assert heard(listen(alone(samples), english, asked)) == commands


def test_stop_is_obeyed_before_others_would_be(english: Recogniser) -> None:
    samples = said("stop")
    end = RATE + len(SPEAKERS[0].say("stop"))
    now = 0

    def live() -> Iterator[Block]:
        nonlocal now
        for block in alone(samples):
            now += len(block.microphone)
            yield block

    for report in listen(live(), english):
        if isinstance(report, Heard):
            assert report.command == Command.STOP
            assert (now - end) / RATE < 0.2
            return
    pytest.fail("not heard")


def test_other_talk_is_no_command(english: Recogniser) -> None:
    talk = said(
        "Could you bring me a glass of water when you come back?",
        "The price of coffee has gone up again since summer.",
        "He has never been very good at saying sorry.",
        "That is what I said.",
        "Where are you?",
        speaker=SPEAKERS[1],
    )
    assert heard(listen(alone(talk), english)) == []


class Hesitant:
    """A recogniser that finds "next" as clear as it is told to, one time after the other; as it
    was the last time from then on.
    """

    language = "en"
    phrases: Mapping[str, Command | Answer] = known_phrases("en")

    def __init__(self, *scores: float) -> None:
        self._scores = list(scores)

    def recognise(self, samples: Samples, *others: Samples) -> Guess:
        score = self._scores.pop(0) if len(self._scores) > 1 else self._scores[0]
        return Guess("next", score, sure=score > ALMOST)

    def recognise_coach(self, samples: Samples) -> Guess:
        raise AssertionError("there is no coach")

    def glimpse(self, samples: Samples, settled: bool) -> Guess | None:
        return None


class Hasty(Hesitant):
    """One that finds "stop" in the last thing before it is over."""

    def glimpse(self, samples: Samples, settled: bool) -> Guess | None:
        return None if len(self._scores) > 1 else Guess("stop", self._scores[0], sure=True)


TALK = ("Bring me that glass of water.", "Not that one.")
LITTLE = ("hm", "hm")
NOTHING, ALMOST = -9.0, -8.0
"""The scores of what is no command, and of what may have been one."""


def after_talk(
    recogniser: Recogniser, texts: Sequence[str], words: int = 1, gap_seconds: float = 1.2
) -> list[Command | Answer]:
    """What is heard of words that are said so long after something else."""
    talk = np.concatenate([said(texts[0]), said(texts[1], gap_seconds=gap_seconds)])
    after = said(*["next"] * words, gap_seconds=1.2)[round(1.2 * RATE) :]
    return heard(listen(alone(np.concatenate([talk, after])), recogniser))


@pytest.mark.parametrize(
    ("texts", "gap_seconds", "score", "commands"),
    [
        (TALK, 0.5, -4.0, []),
        (TALK, 0.5, -2.5, []),
        (TALK, 0.5, -1.5, [Command.SKIP]),
        (TALK, 10.0, -4.0, []),
        (TALK, 31.0, -4.0, [Command.SKIP]),
        (LITTLE, 0.5, -4.0, [Command.SKIP]),
    ],
)
def test_who_talks_to_somebody_must_be_clear(
    texts: Sequence[str], gap_seconds: float, score: float, commands: list[Command]
) -> None:
    recogniser = Hesitant(NOTHING, NOTHING, score)
    assert after_talk(recogniser, texts, gap_seconds=gap_seconds) == commands


@pytest.mark.parametrize(("words", "commands"), [(2, [Command.SKIP]), (4, [])])
def test_who_talks_and_talks_must_be_clear(words: int, commands: list[Command]) -> None:
    talk = said(*["pass it"] * words, "next", gap_seconds=0.8)
    recogniser = Hesitant(*[NOTHING] * words, -4.0)
    assert heard(listen(alone(talk), recogniser)) == commands


def test_who_says_stop_again_and_again_is_not_held_for_who_talks() -> None:
    tries = said(*["pass it"] * 4, "next", gap_seconds=0.8)
    assert heard(listen(alone(tries), Hesitant(*[ALMOST] * 4, -4.0))) == [Command.SKIP]


@pytest.mark.parametrize(
    ("texts", "score", "commands"),
    [(LITTLE, -4.0, [Command.STOP]), (TALK, -4.0, []), (TALK, -1.0, [Command.SKIP])],
)
def test_who_talks_is_heard_out(
    texts: Sequence[str], score: float, commands: list[Command]
) -> None:
    assert after_talk(Hasty(NOTHING, NOTHING, score), texts) == commands


@pytest.mark.parametrize(
    ("scores", "count"),
    [((-4.0, -4.0), 1), ((-4.0, -6.0), 0), ((-6.0, -4.0), 0), ((-4.0, -6.0, -4.0), 1)],
)
def test_who_talks_and_is_not_understood_says_it_again(
    scores: tuple[float, ...], count: int
) -> None:
    recogniser = Hesitant(NOTHING, NOTHING, *scores)
    assert after_talk(recogniser, TALK, len(scores)) == [Command.SKIP] * count


class Talked(Hesitant):
    """One that finds it far likelier that something else was said, but for the last time."""

    def recognise(self, samples: Samples, *others: Samples) -> Guess:
        return replace(super().recognise(samples, *others), talk=len(self._scores) > 1)


def test_what_is_far_likelier_something_else_is_talk() -> None:
    tries = said(*["pass it"] * 4, "next", gap_seconds=0.8)
    assert heard(listen(alone(tries), Talked(*[ALMOST] * 4, -4.0, -4.0))) == []


class Uncertain(Hesitant):
    """One that knows that there may be others."""

    def recognise(self, samples: Samples, *others: Samples) -> Guess:
        return replace(super().recognise(samples, *others), certain=False)


def test_what_is_clear_and_uncertain_is_not_obeyed_beside_talk() -> None:
    tries = said(*["pass it"] * 4, "next", gap_seconds=0.8)
    scores = [NOTHING] * 4 + [-1.0]
    assert heard(listen(alone(tries), Hesitant(*scores))) == [Command.SKIP]
    assert heard(listen(alone(tries), Uncertain(*scores))) == []
    assert heard(listen(alone(said("next")), Uncertain(-4.0))) == [Command.SKIP]


class Phrases(Hesitant):
    """One that knows each time that some phrase was said."""

    def recognise(self, samples: Samples, *others: Samples) -> Guess:
        return replace(super().recognise(samples, *others), talk=False)


def test_what_is_some_phrase_is_no_talk_however_unclear() -> None:
    tries = said(*["pass it"] * 4, "next", gap_seconds=0.8)
    scores = [ALMOST - 1] * 4 + [-4.0]
    assert heard(listen(alone(tries), Phrases(*scores))) == [Command.SKIP]
    assert heard(listen(alone(tries), Hesitant(*scores))) == []


class Doubting(Hesitant):
    """One that finds something else as likely."""

    def recognise(self, samples: Samples, *others: Samples) -> Guess:
        return replace(super().recognise(samples, *others), likely=False)


def test_beside_talk_what_is_not_likely_does_not_count_even_if_it_is_said_twice() -> None:
    talk = NOTHING, NOTHING
    for recogniser, count in ((Hesitant(*talk, -4.0), 1), (Doubting(*talk, -4.0), 0)):
        assert after_talk(recogniser, TALK, words=2) == [Command.SKIP] * count
    assert heard(listen(alone(said("next")), Doubting(-4.0))) == [Command.SKIP]


def cut_short(seconds: float) -> Samples:
    """As much of a word as a detector hears of it in noise."""
    word = said("no")
    onset = np.flatnonzero(np.abs(word) > 0.02 * np.abs(word).max())[0]
    word[onset + round(seconds * RATE) :] = 0
    return word


@pytest.mark.parametrize(("seconds", "commands"), [(0.1, []), (0.18, [Command.SKIP])])
def test_of_a_word_a_little_is_enough_where_no_coach_speaks(
    seconds: float, commands: list[Command]
) -> None:
    sure = Hesitant(-1.0)
    assert heard(listen(alone(cut_short(seconds)), sure)) == commands


def test_over_a_coach_so_little_is_what_is_left_of_him() -> None:
    for seconds, commands in ((0.18, []), (0.4, [Command.SKIP])):
        played = joined(Speaker("espeak", "en-us"), ["Lie on your back, and breathe slowly."] * 8)
        microphone = late(echo(played), 2222)
        word = cut_short(seconds)
        at = len(played) - 3 * RATE
        microphone[at : at + len(word)] += 3 * word
        sure = Hesitant(-1.0)
        assert heard(listen(blocks(microphone, played), sure)) == commands, seconds


COACH = ["Breathe in, and out again.", "Pause.", "Stop.", "Hold on a little longer.", "Repeat."]


def test_the_coach_commands_nothing_and_is_talked_over(english: Recogniser) -> None:
    lead = ["Lie on your back on the mat, and breathe.", "Pull your left knee to your chest."] * 2
    played = joined(Speaker("espeak", "en-us"), [*lead, *COACH, *COACH, *lead])
    microphone = late(echo(played), 2222)
    silent = list(blocks(microphone, np.zeros_like(played)))
    assert len(heard(listen(iter(silent), english))) >= 4, "else this shows nothing"
    assert heard(listen(blocks(microphone, played), english)) == []
    word = SPEAKERS[0].say("continue")
    at = len(played) - 5 * RATE
    microphone[at : at + len(word)] += word * np.float32(LEVEL / active(word))
    assert heard(listen(blocks(microphone, played), english)) == [Command.RESUME]


def test_who_says_what_the_coach_says_is_obeyed_where_he_is_louder(english: Recogniser) -> None:
    lead = ["Lie on your back on the mat, and breathe.", "Pull your left knee to your chest."] * 2
    coach = Speaker("espeak", "en-us")
    at = len(joined(coach, lead)) + 2222
    played = joined(coach, [*lead, "Pause.", *lead])
    microphone = late(echo(played), 2222)
    assert heard(listen(blocks(microphone, played), english)) == []
    word = SPEAKERS[0].say("pause")
    microphone[at : at + len(word)] += word * np.float32(3 * LEVEL / active(word))
    assert heard(listen(blocks(microphone, played), english)) == [Command.PAUSE]


def test_until_the_coach_is_cancelled_only_what_is_urgent_counts(english: Recogniser) -> None:
    played = joined(Speaker("espeak", "en-us"), ["Lie on your back on the mat, and breathe."])
    for text, commands in (("continue", []), ("stop", [Command.STOP])):
        samples = said(text)[: 2 * RATE + 4000]
        reports = list(listen(blocks(samples, np.resize(played, len(samples))), english))
        assert heard(iter(reports)) == commands
        why = [report.why for report in reports if isinstance(report, Unclear)]
        assert why == [] if commands else ["still getting to know the room"]


def test_the_very_first_word_of_the_coach_commands_nothing(english: Recogniser) -> None:
    said_first = ["Stop.", "Lie on your back on the mat, and breathe."]
    for voice in ("en-us", "en-gb", "en-gb-x-rp"):
        played = joined(Speaker("espeak", voice), said_first)
        microphone = late(echo(played), 2222)
        silent = list(blocks(microphone, np.zeros_like(played)))
        assert heard(listen(iter(silent), english)) == [Command.STOP], "else this shows nothing"
        assert heard(listen(blocks(microphone, played), english)) == []


class Urgent(Hesitant):
    """A recogniser that takes whatever is over for "stop"."""

    def recognise(self, samples: Samples, *others: Samples) -> Guess:
        return replace(super().recognise(samples), phrase="stop")

    def recognise_coach(self, samples: Samples) -> Guess:
        return Guess("pause", NOTHING, sure=False)


@pytest.mark.parametrize(("score", "commands"), [(-5.0, []), (-2.5, [Command.STOP])])
def test_until_then_that_must_be_clear(score: float, commands: list[Command]) -> None:
    played = joined(Speaker("espeak", "en-us"), ["Lie on your back on the mat, and breathe."])
    samples = said("continue")[: 2 * RATE + 4000]
    stream = blocks(samples, np.resize(played, len(samples)))
    assert heard(listen(stream, Urgent(score))) == commands


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30])
def test_what_no_sound_is_makes_nobody_deaf(value: float, english: Recogniser) -> None:
    words = said("pause", "next")
    words[100] = value
    assert heard(listen(alone(words), english)) == [Command.PAUSE, Command.SKIP]


def test_long_noise_makes_nobody_deaf(english: Recogniser) -> None:
    word = said("stop", "continue", speaker=SPEAKERS[1])
    rng = np.random.default_rng(4)
    length = 60 * RATE + len(word)
    noise = rng.normal(0, LEVEL * 10 ** (-15 / 20), length).astype(np.float32)
    noise[60 * RATE :] += word
    assert heard(listen(alone(noise), english)) == [Command.STOP, Command.RESUME]
