"""Speaking ahead: in order, no more than at once, and out of turn whatever is asked for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

from voicecoach.errors import SpeechError
from voicecoach.speech import Utterance
from voicecoach.speech.ahead import MOST, Ahead
from voicecoach.speech.spoken import Spoken, spoken

WORDS = [Utterance(f"Move {n}.", "espeak:en-us", 135) for n in range(60)]
STOP = Utterance("We stop here.", "espeak:en-us", 135)


class Engine:
    """Speaks one utterance each time that it is let."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.let = threading.Semaphore(0)
        self.begun = threading.Semaphore(0)

    def speak(self, utterance: Utterance) -> Spoken:
        self.said.append(utterance.text)
        self.begun.release()
        self.let.acquire()
        return spoken(np.full(utterance.wpm, 9, np.int16))


def test_what_is_asked_for_out_of_turn_is_next() -> None:
    engine = Engine()
    ahead = Ahead(engine.speak, 2)
    ahead.prepare(WORDS)
    for _ in range(2):
        assert engine.begun.acquire(timeout=10)
    asked = threading.Thread(target=ahead.get, args=(STOP,))
    asked.start()
    while STOP not in ahead._coming:
        time.sleep(0.01)
    engine.let.release(3)
    asked.join(10)
    assert not asked.is_alive()
    assert STOP.text in engine.said[:3]
    engine.let.release(len(WORDS) + 1)
    ahead.close()


def test_all_are_spoken_once_in_their_order_and_not_too_far_ahead() -> None:
    engine = Engine()
    engine.let.release(len(WORDS))
    ahead = Ahead(engine.speak, 1)
    ahead.prepare(WORDS)
    for _ in range(MOST):
        assert engine.begun.acquire(timeout=10)
    assert not engine.begun.acquire(timeout=0.2)
    for utterance in WORDS:
        assert len(ahead.get(utterance).samples) == 135
    assert engine.said == [utterance.text for utterance in WORDS]
    ahead.close()


def test_who_asks_after_the_end_is_told() -> None:
    ahead = Ahead(Engine().speak, 1)
    ahead.close()
    with pytest.raises(SpeechError, match="closed"):
        ahead.get(STOP)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda ahead: ahead.prepare([STOP]), [0, 1, 3, STOP]),
        (lambda ahead: ahead.stop(), [0]),
        (lambda ahead: ahead.drop_voices(["espeak:de"]), [0, 1, 3]),
    ],
    ids=["prepare", "stop", "drop_voices"],
)
def test_what_waits_changes_only_when_nobody_looks_through_it(
    change: Callable[[Ahead], None], said: list[int | Utterance]
) -> None:
    engine = Engine()
    ahead = Ahead(engine.speak, 1)
    elsewhere = threading.Thread(target=change, args=(ahead,), daemon=True)

    class Looked(Utterance):
        """As it is compared, another thread changes what waits, or has to wait itself."""

        def __eq__(self, other: object) -> bool:
            if not elsewhere.ident:
                elsewhere.start()
                elsewhere.join(0.3)
            return self is other

        __hash__ = Utterance.__hash__

    ahead.prepare([WORDS[0], Looked(WORDS[1].text, WORDS[1].voice, 135), *WORDS[2:4]])
    assert engine.begun.acquire(timeout=10)
    ahead.drop(WORDS[2])
    elsewhere.join(10)
    assert not elsewhere.is_alive()
    engine.let.release(len(said))
    for _ in said[1:]:
        assert engine.begun.acquire(timeout=10)
    ahead.close()
    expected = [WORDS[one] if isinstance(one, int) else one for one in said]
    assert engine.said == [utterance.text for utterance in expected]
