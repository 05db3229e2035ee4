"""A session's loop: commands and events, an output that fails or vanishes, and the end."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.fakes import ImpulseSpeaker
from voicecoach.controls import VOICE, Command
from voicecoach.errors import (
    DeviceError,
    NotFoundError,
    SpeechError,
    UnavailableError,
    VoicecoachError,
)
from voicecoach.events import Began, Ended, Event, Ignored, Obeyed, Passed, Paused, Resumed
from voicecoach.phrases import phrases
from voicecoach.program import build_program
from voicecoach.rendition import Rendition
from voicecoach.script import read_script
from voicecoach.session import Session
from voicecoach.session.stream import FADE
from voicecoach.settings import merge_settings
from voicecoach.sound import chime
from voicecoach.units import RATE

if TYPE_CHECKING:
    from voicecoach.controls import Send
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


class FastOutput:
    """A device that plays thirty times as fast as a real one."""

    def __init__(self, dies_after: int | None = None, session: Session | None = None) -> None:
        self.played: list[Samples] = []
        self.closed = False
        self.dies_after = dies_after
        self.session = session
        """Waited for where it mixes slower than this plays: a busy machine is none of the test."""
        self._done = threading.Event()

    def start(self, source: Source) -> None:
        threading.Thread(target=self._pull, args=(source,), daemon=True).start()

    def _pull(self, source: Source) -> None:
        while not self.closed:
            if self.dies_after is not None and len(self.samples()) >= self.dies_after:
                return
            if self.session:
                stream = self.session.director.stream
                while stream._queued < 960 and not stream._ending:
                    time.sleep(0.001)
            block = source(960)
            self.played.append(block)
            if len(block) < 960:
                self._done.set()
                return
            time.sleep(960 / RATE / 30)

    def wait(self, timeout_seconds: float) -> bool:
        if self.dies_after is not None and len(self.samples()) >= self.dies_after:
            raise DeviceError("the sound device disappeared")
        return self._done.wait(timeout_seconds)

    def close(self) -> None:
        self.closed = True

    def samples(self) -> Samples:
        return np.concatenate(self.played) if self.played else np.zeros(0, np.float32)


def make_rendition(speaker: ImpulseSpeaker | None = None, **options: str) -> Rendition:
    routine, _ = read_script(SCRIPT)
    program = build_program(routine, merge_settings(options))
    return Rendition(program, speaker or ImpulseSpeaker())


def test_an_untouched_session_plays_what_is_exported() -> None:
    rendition = make_rendition()
    session = Session(rendition)
    output = FastOutput(session=session)
    events: list[Event] = []
    assert session.run(lambda: output, [events.append]) == "done"
    exported = np.concatenate(list(rendition.blocks()))
    assert session.late == 0
    assert np.array_equal(output.samples(), exported)
    assert output.closed
    assert events[0] == Began("Short", ("Reach up",))
    assert events[-1] == Ended("done")


def test_watchers_are_told_where_it_is() -> None:
    rendition = make_rendition()
    total = rendition.timeline().frames
    events: list[Event] = []
    Session(rendition).run(FastOutput, [events.append])
    moments = [event.moment for event in events if isinstance(event, Passed)]
    holds = [m for m in moments if m.span and m.span.kind == "hold"]
    assert {(m.step.rep, m.step.side) for m in holds} == {
        (1, "left"),
        (2, "left"),
        (1, "right"),
        (2, "right"),
    }
    assert all(0 < m.span_left <= 12 * RATE for m in holds)
    assert {m.at + m.left for m in moments if m.left is not None} == {total}
    assert holds[0].next_name == ""
    assert moments[0].next_name == "Reach up"
    assert moments[-1].step.kind == "closing"
    assert moments[-1].next_name == ""


class Unhurried(ImpulseSpeaker):
    """Has the last words only when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.let = threading.Event()

    def speak(self, utterance: Utterance) -> Samples:
        if "last exercise" in utterance.text:
            assert self.let.wait(20)
        return super().speak(utterance)


def test_while_words_are_still_being_spoken_it_begins_and_later_says_its_length() -> None:
    speaker = Unhurried()
    session = Session(make_rendition(speaker))
    said: list[str] = []

    def watch(event: Event) -> None:
        if isinstance(event, Passed) and event.moment.span and event.moment.span.kind == "hold":
            speaker.let.set()
        if place := session.director.reporter.place:
            said.extend(cue.text for cue in place.segment.cues if cue.text not in said)

    output = FastOutput(session=session)
    assert session.run(lambda: output, [watch]) == "done"
    assert session.late == 0
    length = phrases("en").about(len(output.samples()) / RATE)
    assert said.index("Reach up with both arms.") < said.index(
        f"This session takes about {length}."
    )


class Asker:
    """A controller that asks for one thing when a hold begins."""

    name = "asker"

    def __init__(self, *commands: Command) -> None:
        self.commands = list(commands)
        self.closed = False
        self._send: Send | None = None

    def start(self, send: Send) -> None:
        self._send = send

    def watch(self, event: Event) -> None:
        if isinstance(event, Passed) and event.moment.span and event.moment.span.kind == "hold":
            while self.commands and self._send:
                self._send(self.commands.pop(0))

    def close(self) -> None:
        self.closed = True


def test_commands_reach_the_session_with_their_source() -> None:
    events: list[Event] = []
    asker = Asker(Command.PAUSE, Command.TOGGLE, Command.HOW_LONG, Command.STOP)
    ending = Session(make_rendition()).run(FastOutput, [events.append], [asker])
    told = [e for e in events if isinstance(e, Obeyed | Ignored | Paused | Resumed)]
    assert [e.source for e in told if isinstance(e, Obeyed)] == ["asker"] * 4
    assert [type(e) for e in told[:4]] == [Obeyed, Paused, Obeyed, Resumed]
    assert ending == "stopped"
    assert events[-1] == Ended("stopped")
    assert asker.closed


def test_a_session_that_is_spoken_to_answers_and_says_what_it_is_asked_to() -> None:
    rendition = make_rendition(chimes="off", room_tone="off")
    session = Session(rendition)
    output = FastOutput(session=session)
    told: list[Samples] = []
    session.tap(lambda samples, _: told.append(samples))
    events: list[Event] = []
    asker = Asker(Command.LONGER)
    asker.name = VOICE
    session.announce("microphone_mute")
    assert session.run(lambda: output, [events.append], [asker]) == "done"
    assert Obeyed(Command.LONGER, VOICE) in events
    assert np.array_equal(np.concatenate(told), output.samples())
    texts = {e.moment.speech.text for e in events if isinstance(e, Passed) and e.moment.speech}
    assert "I hear nothing from the microphone. The keys still work." in texts
    samples = output.samples()
    answer = chime("soft/heard")
    places = np.flatnonzero(samples == answer[100])
    assert any(
        np.array_equal(samples[at - 100 : at - 100 + len(answer)], answer) for at in places
    ), "in a hold nothing else sounds"


class Absent(Asker):
    name = "absent"

    def start(self, send: Send) -> None:
        raise UnavailableError("there is none here")


def test_a_controller_that_is_missing_stops_nothing() -> None:
    events: list[Event] = []
    assert Session(make_rendition()).run(FastOutput, [events.append], [Absent()]) == "done"
    assert Ignored("start", "absent", "there is none here") in events


class FailingSpeaker(ImpulseSpeaker):
    """Fails from a certain text on."""

    def speak(self, utterance: Utterance) -> Samples:
        if "Reach" in utterance.text:
            raise SpeechError("fake", utterance.text, "it broke")
        return super().speak(utterance)


def test_an_engine_that_fails_is_told_by_the_caller() -> None:
    events: list[Event] = []
    with pytest.raises(SpeechError, match="Reach up"):
        Session(make_rendition(FailingSpeaker())).run(FastOutput, [events.append])
    assert events[-1] == Ended("failed")


def test_no_device_at_all_is_told_by_the_caller() -> None:
    def none() -> FastOutput:
        raise DeviceError("no sound device found")

    with pytest.raises(DeviceError, match="no sound device"):
        Session(make_rendition()).run(none)


@pytest.mark.parametrize(
    "absent",
    [DeviceError("no sound device found"), NotFoundError("sound device", "Headset", ["Speakers"])],
)
def test_a_device_that_vanishes_is_waited_for_and_no_word_is_lost(absent: VoicecoachError) -> None:
    events: list[Event] = []
    outputs = [FastOutput(dies_after=6 * RATE), FastOutput()]
    tried: list[str] = []

    def open_output() -> FastOutput:
        if len(tried) == 1:  # the first try after the loss fails
            tried.append("none")
            raise absent
        tried.append("found")
        return outputs.pop(0)

    first, second = outputs
    rendition = make_rendition(chimes="off", room_tone="off")
    assert Session(rendition).run(open_output, [events.append]) == "done"
    assert Paused("the sound device disappeared") in events
    assert Resumed() in events
    assert first.closed
    words = [c.text for s in rendition.segments() for c in s.cues if c.kind == "speech"]
    heard = np.concatenate([first.samples(), second.samples()])
    assert len(words) <= np.count_nonzero(heard == 1.0) <= len(words) + 1  # one said again
    assert tried == ["found", "none", "found"]


def test_interrupting_fades_and_closes() -> None:
    output = FastOutput()

    def interrupt(event: Event) -> None:
        if isinstance(event, Passed):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Session(make_rendition()).run(lambda: output, [interrupt])
    assert output.closed
    assert not output.samples()[-FADE // 4 :].any()


def test_no_threads_are_left() -> None:
    before = set(threading.enumerate())
    Session(make_rendition()).run(FastOutput, controllers=[Asker(Command.STOP)])
    deadline = time.monotonic() + 5
    while set(threading.enumerate()) - before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not set(threading.enumerate()) - before
