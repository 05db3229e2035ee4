"""Undo, and `longer` in a countdown: what is heard, frame by frame, with a speaker of impulses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.test_director import Player, playing, spoken
from voicecoach.controls import Command
from voicecoach.events import Ignored, Obeyed
from voicecoach.session.actions import LATE
from voicecoach.session.edit import holding
from voicecoach.session.stream import FADE
from voicecoach.session.undo import UNDO_FRAMES
from voicecoach.units import RATE

SHORT = """\
# Back
get ready: 0s
guidance: minimal
## Leg stretch
Lie down.
hold 6s, 2 times, rest 3s
## Neck
Lift it. (hold 5s)
## Finish
Well done.
"""
NOTHING = Ignored("undo", "test", "nothing was asked for just now that can be undone")
MOVES = (Command.SKIP, Command.BACK, Command.REPEAT, Command.ENOUGH, Command.PAUSE)


def held(player: Player, exercise: int) -> float:
    return player.held()[exercise]


@pytest.mark.parametrize("command", MOVES)
def test_what_moved_is_undone_by_going_back_to_the_very_place(command: Command) -> None:
    with playing() as player:
        player.until("hold", 1, 6, number=0)
        before = player.place()
        assert isinstance(player.do(command), Obeyed)
        player.pull(RATE)
        assert isinstance(player.do(Command.UNDO), Obeyed)
        assert not player.director.paused
        player.pull(FADE + 480)
        after = player.place()
        assert after.segment.step.index == before.segment.step.index
        assert abs(after.offset - before.offset) <= 4 * FADE
        player.finish()
        # Every hold is as long as prescribed: the fades' frames are heard twice, once softly.
        again = 1 if command in (Command.BACK, Command.REPEAT) else 0
        assert held(player, 1) == pytest.approx(40, abs=0.1 + again)
        assert held(player, 2) == 17


def test_a_resume_is_undone_by_the_same_pause() -> None:
    with playing() as player:
        player.until("hold", 1, 6)
        player.do(Command.PAUSE)
        player.pull(RATE)
        before = player.director.here()
        player.do(Command.RESUME)
        player.pull(2 * RATE)
        player.do(Command.UNDO)
        assert player.director.paused
        assert not player.pull(3 * RATE)[FADE:].any()
        assert player.director.here() == before
        player.do(Command.RESUME)
        player.finish()
        assert held(player, 1) == pytest.approx(40, abs=0.1)


def test_a_skip_in_a_pause_is_undone_into_the_pause() -> None:
    with playing() as player:
        player.until("hold", 1, 6)
        player.do(Command.PAUSE)
        player.pull(RATE)
        player.do(Command.SKIP)
        player.pull(RATE)
        assert player.place().segment.step.exercise == 2
        player.do(Command.UNDO)
        assert player.director.paused
        assert not player.pull(RATE)[FADE:].any()
        player.do(Command.RESUME)
        player.pull(5 * RATE)
        assert player.place().segment.step.exercise == 1


def test_longer_undone_leaves_the_hold_as_prescribed() -> None:
    with playing() as player:
        player.until("hold", 1, 12)
        player.do(Command.LONGER)
        player.pull(2 * RATE)
        player.do(Command.UNDO)
        player.finish()
        assert held(player, 1) == 40
        assert spoken(player, 1, 1) == ["Three", "Two", "One"]


def test_longer_undone_after_the_old_end_ends_the_hold_now() -> None:
    with playing() as player:
        player.until("hold", 1, 19)
        player.do(Command.LONGER)
        player.pull(3 * RATE)
        assert holding(player.place())
        player.do(Command.UNDO)
        player.pull(RATE // 4)
        assert holding(player.place()) is None
        player.finish()
        assert held(player, 1) == pytest.approx(42.05, abs=0.1)


@pytest.mark.parametrize("command", [Command.SLOWER, Command.FASTER])
def test_a_pace_is_undone_without_a_word(command: Command) -> None:
    with playing() as player:
        player.until("hold", 1, 4)
        player.do(command)
        player.do(Command.UNDO)
        player.finish()
        assert player.held() == {1: 40, 2: 17}
        later = [h.segment for h in player.heard if h.segment.step.exercise == 2]
        assert {c.wpm for s in later for c in s.cues if c.kind == "speech"} == {135}
        words = [c.text for h in player.heard for c in h.segment.cues if h.start <= c.start < h.end]
        assert not {"Slower now.", "Faster now."} & set(words)


@pytest.mark.parametrize("command", [Command.QUIETER, Command.LOUDER])
def test_a_level_is_undone(command: Command) -> None:
    with playing(volume="50") as player:
        player.until("hold", 1, 1)
        player.do(command)
        player.pull(RATE)
        player.do(Command.UNDO)
        player.finish()
        assert {round(float(v), 3) for v in np.concatenate(player.played) if v} == {0.5}


def test_nothing_is_undone_twice_too_late_or_after_the_end() -> None:
    with playing() as player:
        assert player.do(Command.UNDO) == NOTHING
        player.until("hold", 1, 2)
        player.do(Command.QUIETER)
        assert isinstance(player.do(Command.UNDO), Obeyed)
        assert player.do(Command.UNDO) == NOTHING
        player.do(Command.SKIP)
        player.pull(UNDO_FRAMES + 1)
        assert player.do(Command.UNDO) == NOTHING
        player.do(Command.HOW_LONG)
        assert player.do(Command.UNDO) == NOTHING
        player.do(Command.OUCH)
        assert player.do(Command.UNDO) == Ignored("undo", "test", "it is ending")


@pytest.mark.parametrize("pause", [False, True])
def test_a_stop_is_undone_while_its_words_are_said(pause: bool) -> None:
    with playing() as player:
        player.until("hold", 1, 2)
        levels = player.director.levels
        if pause:
            player.do(Command.PAUSE)
        place = player.place()
        player.do(Command.STOP)
        player.pull(RATE)
        assert isinstance(player.do(Command.UNDO), Obeyed)
        assert player.director.ending == "done"
        if pause:
            assert not player.pull(RATE)[FADE:].any()
            player.do(Command.RESUME)
        player.pull(RATE)
        assert player.place().segment.step == place.segment.step
        assert player.director.levels == levels
        player.finish()
        assert held(player, 1) == pytest.approx(40, abs=0.1)
        assert held(player, 2) == 17


def test_after_a_stop_nothing_but_that_is_undone() -> None:
    with playing() as player:
        player.until("hold", 1, 2)
        player.do(Command.STOP)
        player.do(Command.UNDO)
        assert player.do(Command.UNDO) == NOTHING
        player.do(Command.STOP)
        for command in (Command.SKIP, Command.PAUSE, Command.STOP):
            assert player.do(command) == Ignored(command, "test", "it is ending")
        player.finish()
        assert player.director.ending == "stopped"


def test_undone_at_the_last_moment() -> None:
    with playing() as player:
        player.until("hold", 1, 2)
        player.do(Command.PAUSE)
        player.pull(UNDO_FRAMES)
        assert isinstance(player.do(Command.UNDO), Obeyed)


UNDOABLE = (
    *(Command.PAUSE, Command.REPEAT, Command.SKIP, Command.BACK, Command.LONGER, Command.ENOUGH),
    *(Command.SLOWER, Command.FASTER, Command.QUIETER, Command.LOUDER),
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(1, 25 * RATE), st.sampled_from(UNDOABLE), st.integers(0, UNDO_FRAMES))
def test_any_command_undone_at_any_time_costs_no_word_and_no_hold(
    at: int, command: Command, later: int
) -> None:
    with playing(SHORT) as player:
        player.pull(at)
        told = player.do(command)
        player.pull(later)
        undone = player.do(Command.UNDO)
        assert isinstance(undone, Obeyed) == isinstance(told, Obeyed)
        assert player.director.stream.error is None
        player.finish()
        heard: list[str] = []
        for h in player.heard:
            heard += [c.text for c in h.segment.cues if h.start <= c.start < h.end]
        assert {"Lie down.", "Lift it.", "Well done."} <= set(heard)
        for exercise, seconds in ((1, 12), (2, 5)):
            # What was begun is gone on with; only `repeat` and `back` may begin a hold twice,
            # and a `longer` that is undone after the hold's end has lasted until then.
            assert held(player, exercise) >= seconds - 0.1
            assert held(player, exercise) <= seconds + 0.1 + later / RATE


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 3 * RATE + RATE // 2))
def test_longer_in_a_countdown_clips_no_number_and_none_is_late(into: int) -> None:
    with playing(SHORT) as player:
        player.until("hold", 1, 2.5)
        player.pull(into)
        told = player.do(Command.LONGER)
        player.finish()
        assert isinstance(told, Obeyed)
        assert held(player, 1) == pytest.approx(22, abs=0.1)
        # A speaker of impulses: a number that is clipped at its start has a softer one.
        levels = {round(float(v), 4) for v in np.concatenate(player.played) if v}
        assert levels == {1.0}
        numbers = []
        for h in player.heard:
            step = h.segment.step
            if (step.exercise, step.rep) != (1, 1):
                continue
            hold = next(c for c in h.segment.cues if c.kind == "hold")
            numbers += [
                (c.number, hold.end - c.start)
                for c in h.segment.cues
                if c.role == "countdown" and h.start <= c.start < h.end
            ]
        assert [n for n, _ in numbers[-3:]] == [3, 2, 1]
        assert [left for _, left in numbers[-3:]] == [3 * RATE, 2 * RATE, RATE]


def test_longer_just_after_the_end_brings_the_hold_back() -> None:
    with playing() as player:
        player.until("hold", 1, 19.9)
        player.pull(RATE)
        assert holding(player.place()) is None
        assert isinstance(player.do(Command.LONGER), Obeyed)
        player.pull(RATE)
        assert holding(player.place())
        player.finish()
        assert held(player, 1) == pytest.approx(50, abs=0.1)
        assert spoken(player, 1, 1)[-3:] == ["Three", "Two", "One"]


def test_longer_long_after_the_end_is_too_late() -> None:
    with playing() as player:
        player.until("rest", 1)
        player.pull(LATE + 480)
        assert player.do(Command.LONGER) == Ignored("longer", "test", "no hold goes on")
