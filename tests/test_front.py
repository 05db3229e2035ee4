"""The front: answers over the stream, softness while somebody speaks, taps; sample by sample."""

from __future__ import annotations

import numpy as np
import pytest

from tests.test_director import playing
from voicecoach.controls import VOICE, Command
from voicecoach.session.actions import LEVEL_STEP
from voicecoach.session.front import DOWN, DUCK_DB, PATIENCE, REGAIN, UP, Front
from voicecoach.sound import Samples, chime
from voicecoach.units import RATE

BLOCK = 960
SOFT = 10 ** (-DUCK_DB / 20)


def steady(count: int) -> Samples:
    return np.full(count, 0.5, np.float32)


def pull(front: Front, seconds: float) -> Samples:
    return np.concatenate([front.read(BLOCK) for _ in range(round(seconds * RATE / BLOCK))])


def test_untouched_the_very_samples_go_out() -> None:
    block = steady(BLOCK)
    assert Front(lambda _: block).read(BLOCK) is block


def test_it_is_softer_within_a_block_and_comes_back_without_a_step() -> None:
    front = Front(steady)
    pull(front, 0.1)
    front.duck(True)
    down = pull(front, 0.5)
    assert down[DOWN:] == pytest.approx(0.5 * SOFT)
    front.duck(False)
    up = pull(front, 1)
    assert up[: UP // 2].max() < 0.4
    assert up[UP:] == pytest.approx(0.5)
    steps = np.abs(np.diff(np.concatenate([down, up])))
    assert steps.max() < 0.5 * DUCK_DB / DOWN / 8  # a dB is an eighth, or a little less


def test_a_radio_makes_it_softer_for_a_while_only() -> None:
    front = Front(steady)
    front.duck(True)
    pull(front, PATIENCE / RATE + 1)
    assert pull(front, 20) == pytest.approx(0.5)
    front.duck(False)
    pull(front, REGAIN / 2)
    front.duck(True)
    assert pull(front, 0.3)[DOWN:] == pytest.approx(0.5 * SOFT), "never again"


def test_a_command_shows_that_it_was_worth_it() -> None:
    front = Front(steady)
    front.duck(True)
    pull(front, PATIENCE / RATE + 1)
    front.answer(np.zeros(1, np.float32), 1)
    assert pull(front, 0.3)[DOWN:] == pytest.approx(0.5 * SOFT)


def test_taps_are_told_what_goes_out_and_when() -> None:
    front = Front(steady)
    told: list[tuple[Samples, float]] = []
    front.taps.append(lambda samples, at: told.append((samples, at)))
    front.duck(True)
    front.answer(np.full(1_000, 0.25, np.float32), 1)
    out = pull(front, 0.2)
    assert np.array_equal(np.concatenate([samples for samples, _ in told]), out)
    moments = [at for _, at in told]
    assert moments == sorted(moments)
    assert front.pulled == len(out)


def test_answers_never_clip() -> None:
    front = Front(steady)
    for _ in range(5):
        front.answer(np.full(2_000, 0.4, np.float32), 1)
    out = pull(front, 0.1)
    assert out.max() == 1
    assert out[2_000:] == pytest.approx(0.5)


@pytest.mark.parametrize("source", [VOICE, "keys"])
def test_what_is_spoken_is_answered_at_once_and_shifts_nothing(source: str) -> None:
    with playing(chimes="wood") as player:
        player.pull(4 * RATE)
        player.director.hear(Command.QUIETER)
        list(player.director.obey(Command.QUIETER, source))
        list(player.director.obey(Command.UNDO, source))
        player.finish()
        exported = np.concatenate(list(player.director.rendition.blocks()))
        difference = np.concatenate(player.played) - exported
    answer = chime("wood/heard")
    both = (1 + 1 / LEVEL_STEP) * answer  # the second one, as loud as chimes are then
    heard = np.flatnonzero(np.abs(difference) > 1e-6)
    if source != VOICE:
        assert not len(heard)
        return
    assert heard[0] == 4 * RATE
    assert difference[4 * RATE : 4 * RATE + len(answer)] == pytest.approx(both, abs=1e-6)
    assert heard[-1] < 4 * RATE + len(answer)


def test_a_refused_command_is_not_answered() -> None:
    with playing() as player:
        player.pull(RATE)
        list(player.director.obey(Command.LONGER, VOICE))
        assert not player.pull(RATE // 4)[1:].any()


def test_an_answer_is_heard_in_a_pause_and_where_chimes_are_off() -> None:
    with playing(chimes="off") as player:
        player.until("hold", 1, 5)
        player.director.hear(Command.PAUSE)
        list(player.director.obey(Command.PAUSE, VOICE))
        rest = player.pull(RATE)
        answer = chime("soft/heard")
        assert rest[: len(answer)] == pytest.approx(answer, abs=1e-6)
        assert not rest[len(answer) :].any()


def test_a_phrase_is_said_in_between_once_there_is_room() -> None:
    with playing() as player:
        assert not player.director.announcements.say("halfway"), "nothing has been heard yet"
        player.until("hold", 1, 5)
        player.do(Command.PAUSE)
        assert not player.director.announcements.say("halfway")
        player.do(Command.RESUME)
        player.pull(6 * RATE)
        assert player.director.announcements.say("get_ready")
        player.finish()
        said = [c.text for h in player.heard for c in h.segment.cues if h.start <= c.start < h.end]
        assert "Get ready." in said
        assert player.held()[1] == pytest.approx(40, abs=0.1)
