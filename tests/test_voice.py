"""The voice: what a listener is handed, and what becomes of what he reports."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import pytest
import soxr

from voicecoach.controls import Command
from voicecoach.controls.capture import Taken
from voicecoach.controls.microphone import (
    BLOCK,
    RATE,
    Block,
    Condition,
    Failed,
    Heard,
    Ready,
    Report,
    Samples,
    Speech,
)
from voicecoach.controls.played import Played, open_resampler
from voicecoach.controls.voice import (
    AGAIN_SECONDS,
    CUT_SECONDS,
    DEAF,
    GATED_SECONDS,
    MISSING,
    MUTE,
    MUTE_SECONDS,
    PHRASES,
    Voice,
)
from voicecoach.errors import UnavailableError
from voicecoach.events import Answer, Answered, Asked, Moment, Obeyed, Passed
from voicecoach.step import Step
from voicecoach.timeline import Cue
from voicecoach.units import RATE as SESSION_RATE
from voicecoach.units import Frames

SECOND = np.random.default_rng(1).uniform(-0.5, 0.5, RATE).astype(np.float32)


@dataclass
class RecordingHost:
    """A session that keeps what it is asked for."""

    taps: list[Callable[[Samples, float], None]] = field(default_factory=list)
    ducked: list[bool] = field(default_factory=list)
    announced: list[str] = field(default_factory=list)

    def tap(self, tap: Callable[[Samples, float], None]) -> None:
        self.taps.append(tap)

    def duck(self, speaking: bool) -> None:
        self.ducked.append(speaking)

    def announce(self, phrase: str) -> None:
        self.announced.append(phrase)


class RecordingEar:
    """Hears blocks, and reports what the test says."""

    def __init__(self, language: str, tell: Callable[[Report], None]) -> None:
        self.language, self.tell = language, tell
        self.blocks: list[Block] = []
        self.started = self.closed = False

    def start(self) -> None:
        self.started = True

    def hear(self, block: Block) -> None:
        self.blocks.append(block)

    def close(self) -> None:
        self.closed = True


class HandMicrophone:
    """Gives what the test puts in, or is refused."""

    def __init__(self, refusals: int) -> None:
        self.given: queue.SimpleQueue[Taken | str] = queue.SimpleQueue()
        self.opened: list[str] = []
        self.closed = 0
        self._refusals = refusals

    def open(self, device: str) -> HandMicrophone:
        self.given = queue.SimpleQueue()
        if len(self.opened) < self._refusals:
            self.given.put("no microphone found")
        self.opened.append(device)
        return self

    def read(self) -> Taken:
        taken = self.given.get()
        if isinstance(taken, str):
            raise UnavailableError(taken)
        return taken

    def close(self) -> None:
        self.closed += 1
        self.given.put("closed")


@dataclass
class Scene:
    """A voice among fakes."""

    host: RecordingHost
    ear: RecordingEar
    microphone: HandMicrophone
    sent: list[Command | Answer]
    shown: list[str]
    voice: Voice

    def wait_for(self, reached: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 10
        while not reached():
            assert time.monotonic() < deadline, "it never comes"
            time.sleep(0.002)


@contextmanager
def listening(refusals: int = 0) -> Iterator[Scene]:
    host, microphone, ears = RecordingHost(), HandMicrophone(refusals), list[RecordingEar]()
    sent: list[Command | Answer] = []
    shown: list[str] = []

    def open_ear(language: str, tell: Callable[[Report], None]) -> RecordingEar:
        ears.append(RecordingEar(language, tell))
        return ears[0]

    voice = Voice(host, "en", "usb", shown.extend, open_ear, microphone.open)
    voice.start(sent.append)
    scene = Scene(host, ears[0], microphone, sent, shown, voice)
    try:
        scene.wait_for(lambda: len(microphone.opened) > refusals)
        yield scene
    finally:
        voice.close()


def test_it_hears_while_a_microphone_gives_more_than_silence() -> None:
    with listening() as scene:
        assert not scene.voice.hears
        scene.microphone.given.put(Taken(SECOND, 1.0))
        scene.wait_for(lambda: scene.voice.hears)
        for _ in range(MUTE_SECONDS):
            assert scene.voice.hears
            scene.ear.tell(condition(-120.0))
        assert not scene.voice.hears
        scene.ear.tell(condition(-50.0))
        assert scene.voice.hears
        scene.microphone.given.put("it has gone")
        scene.wait_for(lambda: not scene.voice.hears)
        scene.wait_for(lambda: len(scene.microphone.opened) == 2)
        scene.microphone.given.put(Taken(SECOND, 9.0))
        scene.wait_for(lambda: scene.voice.hears)
        scene.ear.tell(Failed("it has ended"))
        assert not scene.voice.hears


def test_every_sample_is_handed_on_in_blocks_whatever_comes_at_once() -> None:
    with listening() as scene:
        assert scene.ear.started
        at, now = 0, 100.0
        for count in (1, 319, 320, 700, 20, 5_000, 640):
            scene.microphone.given.put(Taken(SECOND[at : at + count], now))
            at, now = at + count, now + count / RATE
        scene.wait_for(lambda: len(scene.ear.blocks) == at // BLOCK)
        heard = np.concatenate([block.microphone for block in scene.ear.blocks])
        assert np.array_equal(heard, SECOND[: len(heard)])
        assert {len(block.microphone) for block in scene.ear.blocks} == {BLOCK}
        assert [block.anew for block in scene.ear.blocks] == [True] + [False] * (at // BLOCK - 1)
        assert scene.microphone.opened == ["usb"]
    assert scene.ear.closed
    assert scene.microphone.closed


def test_what_is_played_comes_along_sample_by_sample() -> None:
    played = np.random.default_rng(2).uniform(-0.5, 0.5, 2 * SESSION_RATE).astype(np.float32)
    with listening() as scene:
        at, now = 0, 100.0
        for count in (2_400, 2_399, 1, 960, 0, 48_000, 960):
            scene.host.taps[0](played[at : at + count], now)
            at, now = at + count, now + count / SESSION_RATE
            scene.microphone.given.put(Taken(SECOND[:BLOCK], now))
            scene.wait_for(scene.microphone.given.empty)
        scene.wait_for(lambda: len(scene.ear.blocks) == 7)
        given = np.concatenate([block.reference for block in scene.ear.blocks])
    expected = soxr.resample(played[:at], SESSION_RATE, RATE)
    assert 0 <= len(expected) - len(given) < 0.04 * RATE, "a resampler may hold back 40 ms"
    assert np.abs(given - expected[: len(given)]).max() < 1e-3


def test_an_interruption_of_either_is_told_once() -> None:
    with listening() as scene:
        for now in (100.0, 100.02, 105.0, 105.02):
            scene.microphone.given.put(Taken(SECOND[:BLOCK], now))
        scene.wait_for(lambda: len(scene.ear.blocks) == 4)
        assert [block.anew for block in scene.ear.blocks] == [True, False, True, False]
    played, resampler, found = Played(), open_resampler(), []
    for now in (100.0, 100.05, 100.1, 107.0, 107.05):
        played.take(np.zeros(2_400, np.float32), now)
        found.append(played.give(resampler)[1])
    assert found == [False, False, False, True, False]


def test_a_microphone_that_is_long_away_costs_no_memory() -> None:
    played = Played()
    for count in range(10_000):
        played.take(np.zeros(2_400, np.float32), count * 0.05)
    assert sum(len(samples) for samples, _ in played._taken) < 60 * SESSION_RATE


def test_what_is_said_is_sent_and_no_takes_it_back() -> None:
    with listening() as scene:
        scene.ear.tell(Ready())
        scene.ear.tell(Heard(Command.UNDO, "no", -1, 0, 1))
        assert not scene.sent, "there is nothing that could be meant"
        scene.ear.tell(Heard(Command.LONGER, "longer", -1, 0, 1))
        scene.voice.watch(Obeyed("longer", "voice"))
        scene.ear.tell(Heard(Command.UNDO, "no", -1, 0, 1))
        scene.ear.tell(Speech(True, 0))
        scene.ear.tell(Speech(False, 1))
        assert scene.sent == [Command.LONGER, Command.UNDO]
        assert scene.host.ducked == [True, False]
    scene.ear.tell(Heard(Command.STOP, "stop", -1, 0, 1))
    assert len(scene.sent) == 2, "it is over"


def test_once_the_coach_has_asked_answers_are_listened_for_and_no_takes_one_back() -> None:
    worse = Answer("worse")
    with listening() as scene:
        for count in (1, 2):
            scene.microphone.given.put(Taken(SECOND[:BLOCK], 100.0))
            scene.wait_for(lambda count=count: len(scene.ear.blocks) == count)  # type: ignore[misc]
            scene.voice.watch(Asked())
        assert [block.asked for block in scene.ear.blocks] == [False, True]
        scene.ear.tell(Heard(worse, "worse", -1, 0, 1))
        scene.voice.watch(Answered(worse, "voice"))
        scene.ear.tell(Heard(Command.UNDO, "no", -1, 0, 1))
        assert scene.sent == [worse, Command.UNDO]


def saying(text: str) -> Passed:
    cue = Cue("speech", Frames(0), Frames(1), text=text)
    return Passed(Moment(Frames(0), None, Step("opening", ()), None, Frames(0), cue, ""))


def test_the_coachs_own_words_count_for_nothing_until_he_is_cancelled() -> None:
    stop, ouch = Heard(Command.STOP, "stop", -1, 0, 1), Heard(Command.OUCH, "ouch", -1, 0, 1)
    with listening() as scene:
        scene.voice.watch(saying("You can say pause, longer, or stop."))
        scene.ear.tell(stop)
        assert not scene.sent
        scene.ear.tell(ouch)
        assert scene.sent == [Command.OUCH], "he doesn't say that"
        scene.voice.watch(saying("Go on without stopping."))
        scene.ear.tell(stop)
        assert scene.sent[1:] == [Command.STOP], "nor that"
        scene.voice.watch(saying("You can say pause, longer, or stop."))
        scene.ear.tell(condition(-30))
        scene.ear.tell(stop)
        assert scene.sent[2:] == [Command.STOP], "he is cancelled"


def condition(level: float) -> Condition:
    return Condition(0, level, -30.0, None, 0.0, converged=True)


def test_a_muted_microphone_is_said_aloud_once() -> None:
    with listening() as scene:
        for _ in range(MUTE_SECONDS - 1):
            scene.ear.tell(condition(-120))
        assert not scene.host.announced
        for _ in range(3 * MUTE_SECONDS):
            scene.ear.tell(condition(-120))
        assert scene.host.announced == [PHRASES[MUTE]]
        assert scene.shown == ["The microphone is silent, or muted; keys still work."]


def test_one_that_gives_nothing_between_two_words_is_not_muted() -> None:
    with listening() as scene:
        scene.microphone.given.put(Taken(SECOND, 1.0))
        scene.wait_for(lambda: scene.voice.hears)
        for _ in range(2):
            scene.ear.tell(condition(-50))
            for _ in range(GATED_SECONDS - 1):
                scene.ear.tell(condition(-120))
        assert not scene.host.announced
        assert scene.voice.hears
        scene.ear.tell(condition(-120))
        assert scene.host.announced == [PHRASES[MUTE]]
        assert not scene.voice.hears


def test_a_word_ends_where_the_microphone_goes() -> None:
    with listening() as scene:
        scene.microphone.given.put(Taken(SECOND, 1.0))
        scene.microphone.given.put("it has gone")
        scene.wait_for(lambda: len(scene.microphone.opened) == 2)
        assert sum(len(b.microphone) for b in scene.ear.blocks) == RATE * (1 + CUT_SECONDS)
        assert not any(block.microphone.any() for block in scene.ear.blocks[RATE // BLOCK :])


def test_a_missing_microphone_is_said_once_and_looked_for_until_it_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("voicecoach.controls.voice.AGAIN_SECONDS", 0.05)
    with listening(refusals=2) as scene:
        assert scene.host.announced == [PHRASES[MISSING]]
        assert scene.shown == ["No microphone found; keys still work."]
        scene.microphone.given.put(Taken(SECOND[:BLOCK], 100.0))
        scene.wait_for(lambda: len(scene.ear.blocks) == 1)
        assert scene.ear.blocks[0].anew
        scene.microphone.given.put("the microphone gives no sound any more")
        scene.wait_for(lambda: len(scene.microphone.opened) == 4)
        assert scene.host.announced == [PHRASES[MISSING]], "once"
        assert scene.host.ducked[-1] is False
        scene.ear.tell(Failed("it has ended"))
        assert scene.host.announced == [PHRASES[MISSING], PHRASES[DEAF]], "another trouble"
        assert scene.shown[1:] == ["It has ended; keys still work."]


def test_models_that_fail_are_told_and_the_microphone_is_given_back() -> None:
    with listening() as scene:
        scene.ear.tell(Failed("the recogniser has stopped"))
        assert scene.host.announced == [PHRASES[DEAF]]
        assert scene.shown == ["The recogniser has stopped; keys still work."]
        scene.microphone.given.put(Taken(SECOND[:BLOCK], 100.0))
        scene.wait_for(lambda: scene.microphone.closed > 0)


def test_no_threads_are_left() -> None:
    before = set(threading.enumerate())
    with listening() as scene:
        scene.microphone.given.put(Taken(SECOND[:BLOCK], 100.0))
        scene.wait_for(lambda: len(scene.ear.blocks) == 1)
        started = time.monotonic()
    assert time.monotonic() - started < AGAIN_SECONDS
    assert not set(threading.enumerate()) - before
