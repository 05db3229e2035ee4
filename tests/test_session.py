"""The live session: what the output pulls is the export, and a stop is a fade."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.fakes import ImpulseSpeaker
from voicecoach.errors import DeviceError, SpeechError
from voicecoach.program import build_program
from voicecoach.rendition import Rendition
from voicecoach.script import read_script
from voicecoach.session import FADE, Moment, Session
from voicecoach.settings import Settings
from voicecoach.units import RATE

if TYPE_CHECKING:
    from voicecoach.output import Source
    from voicecoach.sound import Samples
    from voicecoach.speech import Utterance

SCRIPT = """\
# Short
caution: Go slowly.
get ready: 1s
## Reach up
Reach up with both arms.
hold 12s, 2 times, rest 4s, each side
"""


class PullingOutput:
    """Pulls as fast as it can, in blocks of odd sizes, from a thread of its own."""

    def __init__(self, stop_after: int | None = None, session: Session | None = None) -> None:
        self.pulled: list[Samples] = []
        self.stop_after, self.session = stop_after, session
        self.closed = False
        self._done = threading.Event()

    def start(self, source: Source) -> None:
        threading.Thread(target=self._pull, args=(source,), daemon=True).start()

    def _pull(self, source: Source) -> None:
        sizes = np.random.default_rng(1).integers(1, 9_000, 1_000_000)
        total = 0
        for wanted in sizes:
            block = source(int(wanted))
            self.pulled.append(block)
            total += len(block)
            if self.session and self.stop_after is not None and total >= self.stop_after:
                self.session.stop()
                self.stop_after = None
            if len(block) < wanted:
                break
            time.sleep(0)
        self._done.set()

    def wait(self, timeout_seconds: float) -> bool:
        return self._done.wait(timeout_seconds)

    def close(self) -> None:
        self.closed = True

    def samples(self) -> Samples:
        return np.concatenate(self.pulled)


def make_rendition(speaker: ImpulseSpeaker | None = None, script: str = SCRIPT) -> Rendition:
    routine, _ = read_script(script)
    return Rendition(build_program(routine, Settings()), speaker or ImpulseSpeaker())


def without_waiting(samples: Samples, late: int) -> int:
    return len(samples) - late


def test_an_untouched_session_plays_what_is_exported() -> None:
    rendition = make_rendition()
    session, output = Session(rendition), PullingOutput()
    session.run(output, lambda _: None)
    exported = np.concatenate(list(rendition.blocks()))
    played = output.samples()
    if session.late:  # this output is faster than any device: silence may stand between blocks
        assert without_waiting(played, session.late) == len(exported)
        played, exported = played[played != 0], exported[exported != 0]
    assert np.array_equal(played, exported)
    assert output.closed


def test_watchers_are_told_where_it_is() -> None:
    seen: list[Moment] = []
    rendition = make_rendition()
    session = Session(rendition)
    total = rendition.timeline().frames

    class SlowOutput(PullingOutput):
        def _pull(self, source: Source) -> None:
            while len(block := source(RATE // 4)) == RATE // 4:
                self.pulled.append(block)
                if moment := session.moment():
                    seen.append(moment)
                time.sleep(0.001)
            self._done.set()

    session.run(SlowOutput(), lambda _: None)
    holds = [m for m in seen if m.span and m.span.kind == "hold"]
    assert {(m.step.rep, m.step.side) for m in holds} == {
        (1, "left"),
        (2, "left"),
        (1, "right"),
        (2, "right"),
    }
    for moment in seen:
        if moment.span:
            assert moment.span.start <= moment.at < moment.span.end
        if moment.speech:
            assert moment.speech.start <= moment.at < moment.speech.end
    assert seen[-1].total == total
    assert seen[0].next_name == "Reach up"
    assert holds[0].next_name == ""


def test_a_stop_fades_out_at_once() -> None:
    session = Session(make_rendition())
    output = PullingOutput(stop_after=3 * RATE, session=session)
    session.run(output, lambda _: None)
    played = output.samples()
    assert len(played) <= 3 * RATE + 9_000 + FADE
    fade = played[-FADE:]
    exported = np.concatenate(list(session.rendition.blocks()))[len(played) - FADE : len(played)]
    assert fade[-1] == 0
    assert np.allclose(fade, exported * np.linspace(1, 0, FADE + 1)[1:], atol=1e-6)


class FailingSpeaker(ImpulseSpeaker):
    """Fails from a certain text on."""

    def speak(self, utterance: Utterance) -> Samples:
        if "Reach" in utterance.text:
            raise SpeechError("fake", utterance.text, "it broke")
        return super().speak(utterance)


def test_an_engine_that_fails_is_told_by_the_caller() -> None:
    with pytest.raises(SpeechError, match="Reach up"):
        Session(make_rendition(FailingSpeaker())).run(PullingOutput(), lambda _: None)


def test_a_device_that_fails_is_told_and_closed() -> None:
    class GoneOutput(PullingOutput):
        def wait(self, timeout_seconds: float) -> bool:
            raise DeviceError("the sound device disappeared")

    output = GoneOutput()
    with pytest.raises(DeviceError):
        Session(make_rendition()).run(output, lambda _: None)
    assert output.closed


def test_no_threads_are_left() -> None:
    before = set(threading.enumerate())
    session = Session(make_rendition())
    session.run(PullingOutput(stop_after=RATE, session=session), lambda _: None)
    deadline = time.monotonic() + 5
    while set(threading.enumerate()) - before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not set(threading.enumerate()) - before


def test_interrupting_fades_and_closes() -> None:
    session = Session(make_rendition())
    output = PullingOutput()

    def interrupt(_: Moment) -> None:
        raise KeyboardInterrupt

    class WaitingOutput(PullingOutput):
        """Never done by itself: pulls slowly until closed."""

        def _pull(self, source: Source) -> None:
            while len(block := source(480)) == 480:
                self.pulled.append(block)
                time.sleep(0.001)
            self.pulled.append(block)
            self._done.set()

    output = WaitingOutput()
    with pytest.raises(KeyboardInterrupt):
        session.run(output, interrupt)
    assert output.closed
    assert output._done.is_set()
    assert output.samples()[-1] == 0
