"""Commands: what is heard after each, frame by frame, with a speaker of impulses."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes import ImpulseSpeaker
from voicecoach.controls import Command
from voicecoach.events import Event, Ignored, Obeyed, StepEnded, StepStarted
from voicecoach.phrases import phrases
from voicecoach.program import build_program
from voicecoach.rendition import Rendition
from voicecoach.script import read_script
from voicecoach.session.cursor import exercise_start
from voicecoach.session.director import Director
from voicecoach.session.edit import Place, holding
from voicecoach.session.stream import AHEAD, FADE, HEADROOM, Heard
from voicecoach.settings import merge_settings
from voicecoach.sound import Samples
from voicecoach.speech import Utterance
from voicecoach.units import RATE

SCRIPT = """\
# Back
get ready: 1s
## Leg stretch
Lie on your back.
hold 20s, 2 times, rest 6s
## Neck
1. Bring your head down. (hold 12s)
2. Lift it. (hold 5s)
## Finish
Well done.
"""


class Player:
    """Pulls as a device would, but only when asked to, and keeps what it got."""

    def __init__(self, director: Director) -> None:
        self.director = director
        self.played: list[Samples] = []
        self.heard: list[Heard] = []
        self.events: list[Event] = []
        self.ended = False

    def pull(self, count: int) -> Samples:
        """The next frames; waits for the mixer, as no device would, so that nothing is late."""
        pieces = []
        while count and not self.ended:
            wanted = min(count, 480)
            self._await(wanted)
            block = self.director.front.read(wanted)
            self.ended = len(block) < wanted
            count -= wanted
            pieces.append(block)
        self._report()
        samples = np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
        self.played.append(samples)
        return samples

    def until(self, kind: str, exercise: int, seconds: float = 0.0, number: int = 0) -> None:
        """Pull to so many seconds into a span of an exercise."""
        for _ in range(100_000):
            self.pull(480)
            place = self.director.reporter.place
            if self.ended or place is None:
                continue
            spans = [c for c in place.segment.cues if c.kind == kind]
            if place.segment.step.exercise != exercise or len(spans) <= number:
                continue
            if place.offset >= spans[number].start + seconds * RATE:
                return
        raise AssertionError("it never comes")

    def until_so(self, is_so: Callable[[], bool]) -> None:
        """Pull as a device would, which takes its time, until something is so."""
        while not is_so():
            if self.director.stream.queued < AHEAD:
                time.sleep(0.0005)
            else:
                self.pull(480)

    def do(self, command: Command) -> Event:
        self.director.hear(command)
        return self.obey(command)

    def obey(self, command: Command) -> Event:
        """A command that was heard has its turn."""
        self.director.take(command)
        self._report()
        told = list(self.director.obey(command, "test"))
        self.events += told
        return told[0]

    def finish(self) -> None:
        while not self.ended:
            self.pull(RATE)
        self._report()
        self.events += self.director.reporter.end()

    def held(self) -> dict[int, float]:
        """Seconds held by exercise."""
        held: dict[int, float] = {}
        for event in self.events:
            if isinstance(event, StepEnded):
                key = event.step.exercise
                held[key] = held.get(key, 0) + event.held_seconds
        return {key: round(value, 6) for key, value in held.items() if value}

    def place(self) -> Place:
        place = self.director.reporter.place
        assert place is not None
        return place

    def _await(self, count: int) -> None:
        stream = self.director.stream
        deadline = time.monotonic() + 20
        while stream._queued < count and not stream._ending and not stream._silent:
            assert time.monotonic() < deadline, "the mixer hangs"
            time.sleep(0.0005)

    def _report(self) -> None:
        self.heard += self.director.stream.heard
        self.events += self.director.reporter.events()


class UnfinishedSpeaker(ImpulseSpeaker):
    """Some words take it as long as they are let."""

    def __init__(self, slow: str) -> None:
        super().__init__()
        self.slow, self.let = slow, threading.Event()

    def speak(self, utterance: Utterance) -> Samples:
        if self.slow in utterance.text:
            assert self.let.wait(20)
        return super().speak(utterance)


@contextmanager
def playing(
    script: str = SCRIPT, speaker: ImpulseSpeaker | None = None, exercise: int = 0, **options: str
) -> Iterator[Player]:
    routine, _ = read_script(script)
    own = merge_settings({"chimes": "off", "room tone": "off", **options})
    speaker = speaker or ImpulseSpeaker()
    director = Director(Rendition(build_program(routine, own), speaker))
    director.begin(exercise_start(director.rendition.program, exercise))
    try:
        yield Player(director)
    finally:
        director.close()


class Watched(deque[Heard]):
    """What was heard, which somebody else takes from just when the device adds to it."""

    def __init__(self, take: Callable[[], object]) -> None:
        super().__init__()
        self.take = take

    def __getitem__(self, index: Any) -> Any:
        last = super().__getitem__(index)
        self.taker = threading.Thread(target=self.take)
        self.taker.start()
        self.taker.join(0.05)
        return last


def test_what_was_heard_is_taken_while_the_device_adds_to_it() -> None:
    with playing() as player:
        stream = player.director.stream
        taken: list[Heard | None] = []
        stream.heard = watched = Watched(lambda: taken.append(stream.next_heard()))
        for _ in range(10):
            player._await(480)
            assert len(player.director.front.read(480)) == 480
        watched.taker.join()
        taken += [stream.next_heard(), stream.next_heard()]
        assert sum(heard.end - heard.start for heard in taken if heard) == stream.at


def test_untouched_it_is_the_export() -> None:
    with playing() as player:
        player.finish()
        exported = np.concatenate(list(player.director.rendition.blocks()))
        assert np.array_equal(np.concatenate(player.played), exported)
        assert player.held() == {1: 40, 2: 17}
        assert all(e.whole for e in player.events if isinstance(e, StepEnded))


def test_a_pause_fades_within_30_ms_and_the_hold_goes_on_where_it_was() -> None:
    with playing() as player:
        player.until("hold", 1, 6)
        offset = player.place().offset
        assert isinstance(player.do(Command.PAUSE), Obeyed)
        rest = player.pull(5 * RATE)
        assert not rest[FADE:].any()
        assert player.place().offset <= offset + FADE + HEADROOM
        player.do(Command.RESUME)
        player.finish()
        # The fade's frames are heard twice, once softly.
        assert player.held()[1] == pytest.approx(40, abs=2 * FADE / RATE)


def test_a_cut_sentence_is_said_again_from_its_start() -> None:
    with playing() as player:
        player.until("ready", 1, 0)
        while not (speech := sounding_text(player)):
            player.pull(480)
        player.pull(2400)
        player.do(Command.PAUSE)
        player.pull(RATE)
        player.do(Command.RESUME)
        place = player.director._then
        assert place is not None
        starts = [c.start for c in place.segment.cues if c.text == speech]
        assert place.offset in starts


def sounding_text(player: Player) -> str:
    place = player.place()
    for cue in place.segment.cues:
        if cue.kind == "speech" and cue.start <= place.offset < cue.end:
            return cue.text
    return ""


def test_skip_and_back_go_by_exercise() -> None:
    with playing() as player:
        player.until("hold", 1, 3)
        player.do(Command.SKIP)
        player.pull(RATE)
        assert (player.place().segment.step.exercise, player.place().segment.step.kind) == (
            2,
            "instructions",
        )
        player.do(Command.BACK)
        player.pull(RATE)
        assert player.place().segment.step.exercise == 1
        player.do(Command.SKIP)
        player.do(Command.SKIP)
        player.pull(RATE)
        assert player.place().segment.step.exercise in (2, 3)
        player.finish()
        ends = [e for e in player.events if isinstance(e, StepEnded) and not e.whole]
        assert any(e.step.exercise == 1 for e in ends)


def test_repeat_goes_back_to_the_movement_and_twice_to_the_exercise() -> None:
    with playing() as player:
        player.until("hold", 2, 2, number=1)
        player.do(Command.REPEAT)
        player.pull(FADE + 480)
        place = player.place()
        assert place.segment.step.exercise == 2
        assert sounding_text(player) == "Lift it."
        player.do(Command.REPEAT)
        player.pull(FADE + 480)
        assert player.place().segment.step.kind == "instructions"
        assert player.place().segment.step.exercise == 2


def test_longer_adds_ten_seconds_and_a_countdown() -> None:
    with playing() as player:
        player.until("hold", 1, 18.2)  # the countdown has begun
        assert isinstance(player.do(Command.LONGER), Obeyed)
        player.finish()
        assert player.held()[1] == 50
        texts = spoken(player, exercise=1, rep=1)
        assert texts[-5:] == ["Three", "Two", "Three", "Two", "One"] or texts[-4:] == [
            "Three",
            "Three",
            "Two",
            "One",
        ]


def spoken(player: Player, exercise: int, rep: int) -> list[str]:
    """The countdown numbers whose start was heard."""
    said = []
    for heard in player.heard:
        step = heard.segment.step
        if step.exercise == exercise and step.rep == rep:
            said += [
                c.text
                for c in heard.segment.cues
                if c.role == "countdown" and heard.start <= c.start < heard.end
            ]
    return said


def test_enough_ends_the_hold_now() -> None:
    with playing() as player:
        player.until("hold", 1, 7)
        assert isinstance(player.do(Command.ENOUGH), Obeyed)
        player.pull(RATE)
        assert holding(player.place()) is None
        player.finish()
        assert player.held()[1] == pytest.approx(27, abs=0.1)


@pytest.mark.parametrize(("command", "wpm"), [(Command.SLOWER, 134), (Command.FASTER, 148)])
def test_a_new_pace_holds_for_the_rest_and_keeps_the_holds(command: Command, wpm: int) -> None:
    with playing() as player:
        player.until("hold", 1, 4)
        assert isinstance(player.do(command), Obeyed)
        player.finish()
        assert player.held() == {1: 40, 2: 17}
        later = [h.segment for h in player.heard if h.segment.step.exercise == 2]
        assert {c.wpm for s in later for c in s.cues if c.kind == "speech"} == {wpm}
        said = [c.text for h in player.heard for c in h.segment.cues if c.kind == "speech"]
        assert ("Slower now." if command is Command.SLOWER else "Faster now.") in said


def test_longer_outlives_a_new_pace() -> None:
    with playing() as player:
        player.until("hold", 1, 4)
        player.do(Command.LONGER)
        player.do(Command.SLOWER)
        player.finish()
        assert player.held()[1] == 50


def test_how_long_leaves_the_holds_clock_and_countdown_alone() -> None:
    with playing() as player:
        player.until("hold", 1, 16.5)
        start = player.place()
        hold = holding(start)
        assert hold is not None
        assert isinstance(player.do(Command.HOW_LONG), Obeyed)
        player.finish()
        assert player.held() == {1: 40, 2: 17}
        assert spoken(player, 1, 1) == ["Three", "Two", "One"]
        said = [c.text for h in player.heard for c in h.segment.cues if "left." in c.text]
        assert any("One of two." in text for text in said)


def test_quieter_scales_voice_and_chimes() -> None:
    with playing() as player:
        player.until("hold", 1, 1)
        player.do(Command.QUIETER)
        player.finish()
        levels = {round(float(v), 3) for v in np.concatenate(player.played) if v > 0.2}
        assert levels == {1.0, round(10 ** (-3 / 20), 3)}


@pytest.mark.parametrize(
    ("command", "ending", "words"),
    [(Command.STOP, "stopped", "We stop here."), (Command.OUCH, "hurt", "Stop now.")],
)
def test_stopping_silences_at_once_says_so_and_ends(
    command: Command, ending: str, words: str
) -> None:
    with playing() as player:
        player.until("hold", 1, 5)
        assert isinstance(player.do(command), Obeyed)
        silence = player.pull(RATE // 2)
        assert not silence[FADE:].any()
        player.finish()
        assert player.director.ending == ending
        assert player.heard[-1].segment.step.kind == "aside"
        said = next(c.text for c in player.heard[-1].segment.cues if c.kind == "speech")
        assert said.startswith(words)
        assert sum(map(len, player.played[-30:])) < 60 * RATE


@pytest.mark.parametrize(("command", "words"), [(Command.STOP, "We stop"), (Command.OUCH, "Stop")])
def test_stopping_does_not_wait_for_words_that_are_still_to_be_spoken(
    command: Command, words: str
) -> None:
    speaker = UnfinishedSpeaker("Lie on")
    with playing(speaker=speaker) as player:
        try:
            until = time.monotonic() + 0.5
            while time.monotonic() < until:  # to where it can't go on
                if ready := player.director.stream._queued:
                    until = time.monotonic() + 0.5
                    player.pull(min(ready, 480))
            assert isinstance(player.do(command), Obeyed)
            player.finish()
            said = [c.text for c in player.heard[-1].segment.cues if c.kind == "speech"]
            assert said[0].startswith(words)
            assert not any("Lie on" in utterance.text for utterance in speaker.spoken)
        finally:
            speaker.let.set()


def lengths_heard(player: Player) -> list[str]:
    """What was said of the session's length, where its start was heard."""
    return [
        cue.text
        for heard in player.heard
        for cue in heard.segment.cues
        if "takes about" in cue.text and heard.start <= cue.start < heard.end
    ]


def length_of(player: Player) -> str:
    """What there is to be said of all that was played."""
    length = phrases("en").about(sum(map(len, player.played)) / RATE)
    return f"This session takes about {length}."


def test_nobody_waits_for_the_length_and_it_is_said_once_it_is_known() -> None:
    speaker = UnfinishedSpeaker("Well done")
    with playing(speaker=speaker) as player:
        try:
            player.until("hold", 1, 2)
            player.director.announcements.say_length()
            assert lengths_heard(player) == []
        finally:
            speaker.let.set()
        assert player.director.rendition.measured(20)
        player.director.announcements.say_length()
        player.finish()
        assert lengths_heard(player) == [length_of(player)]
        assert player.held() == {1: 40, 2: 17}
        assert player.director.stream.late == 0


def test_a_length_that_is_known_before_its_turn_is_said_in_its_turn() -> None:
    speaker = UnfinishedSpeaker("Well done")
    with playing(speaker=speaker) as player:
        try:
            player.until_so(lambda: player.director.announcements._owing)
            assert player.place().segment.step.index == 0
        finally:
            speaker.let.set()
        assert player.director.rendition.measured(20)
        player.director.announcements.say_length()
        player.finish()
        assert lengths_heard(player) == [length_of(player)]
        exported = np.concatenate(list(player.director.rendition.blocks()))
        assert np.allclose(np.concatenate(player.played), exported, atol=1e-6)


def test_what_has_nothing_to_act_on_is_ignored_with_a_reason() -> None:
    with playing() as player:
        player.pull(RATE)
        assert player.do(Command.LONGER) == Ignored("longer", "test", "no hold goes on")
        assert player.do(Command.RESUME) == Ignored("resume", "test", "it isn't paused")
        player.do(Command.PAUSE)
        assert isinstance(player.do(Command.SLOWER), Ignored)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(1, 12 * RATE), st.sampled_from(list(Command))), max_size=25))
def test_any_commands_at_any_time_leave_it_consistent(
    moves: list[tuple[int, Command]],
) -> None:
    with playing() as player:
        for frames, command in moves:
            player.pull(frames)
            player.do(command)
            assert player.director.stream.error is None
        if player.director.paused:
            player.do(Command.RESUME)
        player.finish()
        assert player.director.stream.late == 0
        for heard in player.heard:
            cues = sorted((c for c in heard.segment.cues if c.sounds), key=lambda c: c.start)
            for cue, following in pairwise(cues):
                assert cue.end <= following.start
        samples = np.concatenate(player.played)
        assert np.abs(samples).max() <= 1.001
        # Steps begin and end in turns.
        marks = [e for e in player.events if isinstance(e, StepStarted | StepEnded)]
        for first, second in zip(marks[::2], marks[1::2], strict=True):
            assert isinstance(first, StepStarted)
            assert isinstance(second, StepEnded)
            assert first.step.index == second.step.index
