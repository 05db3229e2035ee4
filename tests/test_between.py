"""What is said or asked between a program's words: none of these is lost, and none comes late."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import ImpulseSpeaker
from tests.test_director import Player, UnfinishedSpeaker, playing
from voicecoach.controls import Command
from voicecoach.errors import SpeechError
from voicecoach.events import Obeyed
from voicecoach.session.actions import LEVEL_STEP, SOFTEST
from voicecoach.session.edit import CLEAR
from voicecoach.session.stream import AHEAD, FADE, HEADROOM
from voicecoach.sound import Samples
from voicecoach.speech import Utterance
from voicecoach.timeline import Levels
from voicecoach.units import RATE

SCRIPT = """\
# Back
caution: If you feel any sharp pain, stop at once.
get ready: 5s
## Leg stretch
Lie on your back. Pull your knee to your chest.
hold 20s, 2 times, rest 6s
## Neck
Bring your head down.
hold 15s
"""


def texts(player: Player) -> list[str]:
    """The words that were heard from their beginning on."""
    return [
        cue.text
        for heard in player.heard
        for cue in heard.segment.cues
        if cue.kind == "speech" and heard.start <= cue.start < heard.end
    ]


def left(player: Player) -> list[str]:
    """How often and how it was said how long it still takes."""
    return [text for text in texts(player) if "left" in text]


@pytest.mark.parametrize("exercise", [0, 1])
@pytest.mark.parametrize("command", [None, Command.HOW_LONG])
def test_words_within_the_first_sentence_cost_no_other(
    exercise: int, command: Command | None
) -> None:
    with playing(SCRIPT, exercise=exercise) as player:
        player.finish()
        untouched = texts(player)
    with playing(SCRIPT, exercise=exercise) as player:
        player.pull(RATE // 8)
        assert player.director.rendition.measured(20)
        if command:
            player.do(command)
        else:
            assert player.director.announcements.say("can_say")
        player.finish()
        between = [text for text in texts(player) if text not in untouched]
        assert [("left" if command else "You can say") in text for text in between] == [True]
        assert [text for text in texts(player) if text not in between] == untouched


@contextmanager
def being_spoken(player: Player, command: Command, speaker: UnfinishedSpeaker) -> Iterator[None]:
    """Meanwhile the words that answer a command are being spoken; in the end they are, and said."""
    obeying = threading.Thread(target=lambda: list(player.director.obey(command, "test")))
    obeying.start()
    try:
        yield
    finally:
        speaker.let.set()
        obeying.join(20)


@pytest.mark.parametrize(
    ("command", "words"), [(Command.HOW_LONG, "left"), (Command.SLOWER, "Slower")]
)
def test_a_pause_while_an_answer_is_being_spoken_is_one(command: Command, words: str) -> None:
    speaker = UnfinishedSpeaker(words)
    with playing(SCRIPT, speaker) as player:
        player.until("hold", 1, 5)
        assert player.director.rendition.measured(20)
        with being_spoken(player, command, speaker):
            player.director.hear(Command.PAUSE)
            assert not player.pull(RATE)[FADE:].any()
        player.obey(Command.PAUSE)
        assert not player.pull(10 * RATE).any()
        player.do(Command.RESUME)
        player.finish()
        assert [text for text in texts(player) if words in text][0:2]
        assert player.held()[1] == pytest.approx(40, abs=0.1)


def test_a_pause_while_a_skip_is_being_spoken_is_one() -> None:
    speaker = UnfinishedSpeaker("Bring your head")
    with playing(SCRIPT, speaker) as player:
        player.until("hold", 1, 5)
        with being_spoken(player, Command.SKIP, speaker):
            player.director.hear(Command.PAUSE)
            assert not player.pull(RATE)[FADE:].any()
        assert not player.pull(RATE).any(), "the skip is done, and the pause has its turn next"
        player.obey(Command.PAUSE)
        assert not player.pull(10 * RATE).any()
        player.do(Command.RESUME)
        player.finish()
        assert [text for text in texts(player) if "head" in text] == ["Bring your head down."]


@pytest.mark.parametrize("command", [Command.ENOUGH, Command.REPEAT, Command.BACK, Command.LONGER])
@pytest.mark.parametrize("urgent", [Command.PAUSE, Command.TOGGLE])
def test_what_is_done_before_a_pause_that_waits_is_not_heard(
    command: Command, urgent: Command
) -> None:
    with playing(SCRIPT) as player:
        player.until("hold", 1, 5)
        player.director.hear(urgent)
        player.pull(FADE)
        player.obey(command)
        assert not player.pull(RATE).any()
        player.obey(urgent)
        assert not player.pull(RATE).any()
        player.do(Command.RESUME)
        player.finish()
        assert any("head" in text for text in texts(player))


@pytest.mark.parametrize(
    "commands",
    [
        [Command.SKIP],
        [Command.BACK],
        [Command.REPEAT],
        [Command.REPEAT, Command.REPEAT],
        [Command.SKIP, Command.UNDO],
        [Command.PAUSE, Command.RESUME],
        [Command.PAUSE, Command.SKIP],
        [Command.PAUSE, Command.RESUME, Command.SKIP],
        [Command.LONGER],
        [Command.ENOUGH],
        [Command.SLOWER],
    ],
    ids=" ".join,
)
def test_what_is_announced_is_said_once_whatever_is_asked_for(commands: list[Command]) -> None:
    with playing(SCRIPT) as player:
        player.until("hold", 1, 15)
        assert player.director.rendition.measured(20)
        assert player.director.announcements.say("microphone_mute")
        for command in commands:
            player.pull(RATE // 10)
            player.do(command)
        player.finish()
        assert sum("hear nothing" in text for text in texts(player)) == 1


def test_what_is_announced_after_a_hold_that_goes_on_all_the_same_is_said_once() -> None:
    with playing(SCRIPT) as player:
        player.until("hold", 1, 19.9)
        player.pull(RATE // 2)
        assert player.director.rendition.measured(20)
        assert player.director.announcements.say("microphone_mute")
        player.pull(10)
        assert isinstance(player.do(Command.LONGER), Obeyed)
        player.finish()
        assert sum("hear nothing" in text for text in texts(player)) == 1
        assert player.held()[1] > 45


def at_the_end(player: Player) -> None:
    """Pull until all is mixed, and is still to be heard."""
    stream = player.director.stream
    player.until_so(lambda: stream._ending)
    assert stream.queued > RATE


def test_a_pause_in_the_last_second_ends_nothing() -> None:
    with playing(SCRIPT) as player:
        at_the_end(player)
        last = texts(player)[-1]
        player.do(Command.PAUSE)
        assert not player.pull(10 * RATE)[FADE:].any()
        assert not player.ended
        player.do(Command.RESUME)
        player.finish()
        assert texts(player)[-2:] == ["Resuming.", last], "said again from its start, to its end"


@pytest.mark.parametrize("command", [Command.STOP, Command.OUCH])
def test_a_stop_in_the_last_second_is_answered_however_long_that_takes(command: Command) -> None:
    with playing(SCRIPT) as player:
        at_the_end(player)
        player.director.hear(command)
        assert not player.pull(RATE)[FADE:].any()
        player.obey(command)
        silent = len(player.played)
        player.finish()
        answer = "Stop now." if command is Command.OUCH else "We stop here."
        assert texts(player)[-1].startswith(answer)
        assert np.concatenate(player.played[silent:]).any()


def test_a_change_in_the_last_moments_ends_with_the_rest() -> None:
    with playing(SCRIPT) as player:
        at_the_end(player)
        player.pull(player.director.stream.queued - 480)
        player.do(Command.QUIETER)
        player.finish()
        assert player.ended


@pytest.mark.parametrize("command", [Command.SKIP, Command.BACK])
def test_a_pause_before_the_new_place_sounds_goes_on_there(command: Command) -> None:
    with playing(SCRIPT) as player:
        player.until("hold", 2 if command is Command.BACK else 1, 5)
        player.do(command)
        player.do(Command.PAUSE)
        player.pull(RATE)
        player.do(Command.RESUME)
        player.pull(6 * RATE)
        assert player.place().segment.step.exercise == (1 if command is Command.BACK else 2)


def test_two_skips_at_once_skip_two() -> None:
    with playing(SCRIPT) as player:
        player.until("ready", 1)
        player.do(Command.SKIP)
        player.do(Command.SKIP)
        player.pull(RATE)
        assert player.place().segment.step.kind == "closing"


@pytest.mark.parametrize("seconds", [0.02, 0.3, 2.0])
def test_longer_while_the_coach_resumes_makes_the_hold_longer(seconds: float) -> None:
    with playing(SCRIPT) as player:
        player.until("hold", 1, 6)
        player.do(Command.PAUSE)
        player.pull(RATE)
        player.do(Command.RESUME)
        player.pull(round(seconds * RATE))
        player.do(Command.LONGER)
        player.do(Command.PAUSE)  # also what it goes on with later is longer
        player.pull(RATE)
        player.do(Command.RESUME)
        player.finish()
        assert player.held()[1] == pytest.approx(50, abs=0.1)


def test_slower_while_the_coach_resumes_is_slower_from_there_on() -> None:
    with playing(SCRIPT) as player:
        player.until("hold", 1, 6)
        player.do(Command.PAUSE)
        player.do(Command.RESUME)
        player.pull(RATE // 2)
        player.do(Command.SLOWER)
        player.pull(4 * RATE)
        begun = player.place()
        later = [c for c in begun.segment.cues if c.kind == "speech" and c.start > begun.offset]
        assert max(cue.wpm for cue in later) == 134, "not 141"


@given(
    st.floats(0, 1),
    st.floats(0, 1),
    st.lists(st.sampled_from([LEVEL_STEP, 1 / LEVEL_STEP]), max_size=30),
)
def test_no_louder_or_quieter_makes_what_is_muted_sound(
    voice: float, chime: float, factors: list[float]
) -> None:
    levels = Levels(voice, chime)
    for factor in factors:
        scaled = levels.scaled(factor, SOFTEST)
        for before, after in ((levels.voice, scaled.voice), (levels.chime, scaled.chime)):
            assert 0 <= after <= 1 + 1e-9
            assert (after > before) <= (factor > 1), "quieter is never louder"
            assert (after > 0) == (before > 0)
        levels = scaled


@pytest.mark.parametrize("command", [Command.LONGER, Command.SLOWER, Command.ENOUGH])
def test_an_answer_that_waits_for_room_outlives_the_next_command(command: Command) -> None:
    with playing(SCRIPT) as player:
        player.until("hold", 1, 15)
        assert player.director.rendition.measured(20)
        player.do(Command.HOW_LONG)
        player.pull(4800)
        player.do(command)
        player.finish()
        assert len(left(player)) == 1
        counted = 3 - (command is Command.ENOUGH)
        assert texts(player).count("Three") == counted, "no countdown is lost for it"


@pytest.mark.parametrize("command", [Command.SLOWER, Command.FASTER])
def test_a_new_pace_within_the_first_moments_costs_no_word(command: Command) -> None:
    with playing(SCRIPT) as player:
        player.pull(RATE // 8)
        player.do(command)
        player.finish()
        assert set(texts(player)[:2]) == {"Back.", f"{command.title()} now."}


class Asked(UnfinishedSpeaker):
    """Tells when it is asked for what it takes so long for."""

    def __init__(self) -> None:
        super().__init__("nothing so far")
        self.asked = threading.Event()

    def speak(self, utterance: Utterance) -> Samples:
        if self.slow in utterance.text:
            self.asked.set()
        return super().speak(utterance)


def test_no_device_waits_for_the_words_of_a_new_pace() -> None:
    script = "# Back\n## Roll\nRoll your shoulders.\n4 times, every 2s\n## Lie\nLie down.\nhold 5s"
    speaker = Asked()
    with playing(script, speaker) as player:
        rendition = player.director.rendition
        assert rendition.measured(20)
        last = next(step.index for step in rendition.program.steps if step.exercise == 2)
        player.pull(sum(rendition.segment(index).frames for index in range(last)) - HEADROOM // 2)
        speaker.slow = "Lie down."
        with being_spoken(player, Command.SLOWER, speaker):
            assert speaker.asked.wait(20)
            reading = threading.Thread(target=player.director.front.read, args=(480,))
            reading.start()
            reading.join(10)
            assert not reading.is_alive()
            assert player.director.stream.late == 0
        player.finish()
        assert player.held() == {2: 5}


BETWEEN = {Command.HOW_LONG: "left", Command.SLOWER: "Slower now.", "can_say": "You can say"}


def ask(player: Player, what: Command | str) -> None:
    if isinstance(what, Command):
        player.do(what)
    else:
        assert player.director.announcements.say(what)


@pytest.mark.parametrize("what", BETWEEN)
@pytest.mark.parametrize("frames", [0, 960, 1920, 2400])
def test_a_pause_just_after_it_loses_nothing(what: Command | str, frames: int) -> None:
    with playing(SCRIPT) as player:
        player.until("hold", 1, 5)
        assert player.director.rendition.measured(20)
        ask(player, what)
        player.pull(frames)
        player.do(Command.PAUSE)
        player.pull(RATE)
        player.do(Command.RESUME)
        player.finish()
        assert [BETWEEN[what] in text for text in texts(player)].count(True) == 1
        assert player.held()[1] == pytest.approx(40, abs=0.1)


@pytest.mark.parametrize("what", BETWEEN)
@pytest.mark.parametrize("seconds", [0.02, 0.5, 3.52])
def test_nor_does_one_that_follows_while_the_coach_resumes(
    what: Command | str, seconds: float
) -> None:
    with playing(SCRIPT) as player:
        player.until("hold", 1, 5)
        assert player.director.rendition.measured(20)
        player.do(Command.PAUSE)
        player.pull(RATE)
        player.do(Command.RESUME)
        player.pull(round(seconds * RATE))
        ask(player, what)
        player.pull(RATE // 5)
        player.do(Command.PAUSE)
        player.pull(RATE)
        player.do(Command.RESUME)
        player.finish()
        assert [BETWEEN[what] in text for text in texts(player)].count(True) == 1


@pytest.mark.parametrize("again", [Command.REPEAT, Command.PAUSE])
@pytest.mark.parametrize("kind", ["hold", "breath", "beat"])
def test_what_was_said_in_between_is_not_said_again(again: Command, kind: str) -> None:
    script = "# Any\n## A\nLie.\nhold 20s\n## B\nClose. (breathe 3) Open.\n## C\n3 times, every 8s"
    with playing(script) as player:
        player.until(kind, {"hold": 1, "breath": 2, "beat": 3}[kind], 1)
        player.do(Command.SLOWER)
        while texts(player).count("Slower now.") == 0:
            player.pull(480)
        player.pull(RATE * 3 // 2)
        player.do(again)
        if again is Command.PAUSE:
            player.pull(RATE)
            player.do(Command.RESUME)
        player.finish()
        assert texts(player).count("Slower now.") == 1


def test_longer_just_after_a_hold_says_nothing_again() -> None:
    with playing(SCRIPT) as player:
        player.until("hold", 1, 18)
        player.do(Command.SLOWER)
        player.until("hold", 1, 21.35)
        assert texts(player)[-1] == "Slower now."
        player.do(Command.LONGER)
        player.finish()
        assert texts(player).count("Slower now.") == 1
        assert player.held()[1] == pytest.approx(50, abs=0.1)


def test_no_word_begins_twice_around_what_is_put_before_it() -> None:
    with playing(SCRIPT) as player:
        rendition = player.director.rendition
        assert rendition.measured(20)
        end = rendition.segment(0).frames + rendition.segment(1).frames
        player.pull(end - HEADROOM - FADE // 5)  # its first frames lie in what crosses over
        player.do(Command.HOW_LONG)
        asked = len(np.concatenate(player.played))
        player.pull(RATE)
        sounds = np.flatnonzero(np.concatenate(player.played)[asked:])
        assert sounds[0] >= HEADROOM + CLEAR


@pytest.mark.parametrize("command", [Command.STOP, Command.OUCH, Command.SKIP])
def test_before_the_first_sound_a_command_needn_t_wait_for_it(command: Command) -> None:
    with playing(SCRIPT) as player:
        assert player.director.rendition.measured(20)
        while player.director.stream.queued < AHEAD:
            time.sleep(0.001)
        player.do(command)
        player.pull(3 * RATE)
        assert "Back." not in texts(player)
        assert np.flatnonzero(np.concatenate(player.played))[0] < RATE


def test_a_length_that_is_owed_is_said_once_though_it_was_paused() -> None:
    speaker = UnfinishedSpeaker("Well done")
    with playing(speaker=speaker) as player:
        try:
            player.until_so(lambda: player.director.announcements._owing)
            player.do(Command.PAUSE)
            player.pull(RATE)
            player.do(Command.RESUME)
            player.pull(4800)
        finally:
            speaker.let.set()
        assert player.director.rendition.measured(20)
        player.director.announcements.say_length()
        player.finish()
        assert len([text for text in texts(player) if "This session takes" in text]) == 1


class FailsOnce(ImpulseSpeaker):
    """Can't say that it is slower, at first."""

    failed = False

    def speak(self, utterance: Utterance) -> Samples:
        if utterance.text == "Slower now." and not self.failed:
            self.failed = True
            raise SpeechError("espeak", utterance.text, "it broke")
        return super().speak(utterance)


def test_a_pace_that_could_not_be_told_is_not_one_yet() -> None:
    with playing(SCRIPT, FailsOnce()) as player:
        player.until("hold", 1, 5)
        before = player.director.rendition
        with pytest.raises(SpeechError):
            player.do(Command.SLOWER)
        assert player.director.rendition is before
        player.do(Command.SLOWER)
        assert player.director.rendition.program.settings.pace == pytest.approx(1 / 1.1)
        player.finish()
        assert player.held()[1] == 40
