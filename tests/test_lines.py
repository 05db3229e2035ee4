"""Commands and events over real pipes: in order, whoever is slow, gone or babbling."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach import events
from voicecoach.controls import Command, Controller
from voicecoach.controls.lines import MOST_BYTES, MOST_WAITING, SYNONYMS, Lines, find_command
from voicecoach.errors import UnavailableError
from voicecoach.events import ANSWERS, Answer
from voicecoach.step import Step
from voicecoach.units import Frames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STEP = Step("rep", (), name="Übung\n2", exercise=1, side="left")
MOMENT = events.Moment(Frames(48_000), None, STEP, None, Frames(0), None, "")
EVENTS: list[events.Event] = [
    *(
        events.Began("Rücken\u2028", ("Leg",)),
        events.StepStarted(STEP, Frames(0)),
        events.Passed(MOMENT),
        events.Paused(),
    ),
    *(events.Resumed(), events.Obeyed("skip", "keys"), events.Ignored("more", "stdin", "no hold")),
    *(events.StepEnded(STEP, 1.5, whole=False), events.Ended("done")),
]


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


class Ends:
    """Lines between two pipes, and the far ends of both."""

    def __init__(self) -> None:
        self.source, self.write = os.pipe()
        self.read, self.sink = os.pipe()
        os.set_blocking(self.read, False)
        self.sent: list[Command | Answer] = []
        self.lines = Lines(self.source, self.sink)
        self.lines.start(self.sent.append)
        self._heard = b""

    def heard(self) -> list[dict[str, Any]]:
        """All events that have arrived so far."""
        try:
            while data := os.read(self.read, 65536):
                self._heard += data
        except BlockingIOError:
            pass
        return [json.loads(line) for line in self._heard.split(b"\n")[:-1]]

    def say(self, data: bytes) -> None:
        os.write(self.write, data)

    def hang_up(self, number: int) -> None:
        """Close one of the far ends."""
        os.close(number)
        self.write, self.read = (-1 if end == number else end for end in (self.write, self.read))

    def close(self) -> None:
        self.lines.close()
        for number in (self.source, self.sink, self.write, self.read):
            if number >= 0:
                os.close(number)


@pytest.fixture
def ends() -> Iterator[Ends]:
    ends = Ends()
    yield ends
    ends.close()


def test_answers_are_lines_too(ends: Ends) -> None:
    os.write(ends.write, "".join(f"{answer}\n" for answer in ANSWERS).encode() + b"11\nwurse\n")
    until(lambda: len(ends.sent) == len(ANSWERS))
    assert ends.sent == list(ANSWERS)
    until(lambda: len(ends.heard()) == 3)
    assert [event.get("didYouMean") for event in ends.heard()[1:]] == ["1", "worse"]


def test_hello_comes_first(ends: Ends) -> None:
    controller: Controller = ends.lines
    assert controller.name == "stdin"
    until(ends.heard)
    assert ends.heard() == [
        {"event": "hello", "version": 1, "commands": [str(command) for command in Command]}
    ]


def test_every_command_and_synonym(ends: Ends) -> None:
    for command in Command:
        spellings = [command, command.upper(), command.replace(" ", "-"), f" {command}\t\r"]
        ends.say("\n".join([*spellings, command.replace(" ", "_"), "", ""]).encode())
        until(lambda: len(ends.sent) == 5)
        assert ends.sent == [command] * 5
        ends.sent.clear()
    assert {word: find_command(word) for word in SYNONYMS} == SYNONYMS


def test_a_command_torn_apart_and_one_at_the_very_end(ends: Ends) -> None:
    for part in (b"sk", b"ip\r", b"\nba", b"ck\n\xef\xbb\xbfagain\nou", b"ch"):
        ends.say(part)
        time.sleep(0.01)
    ends.hang_up(ends.write)
    until(lambda: len(ends.heard()) == 2)
    assert ends.sent == ["skip", "back", "repeat", "ouch"]


def test_what_is_no_command_is_answered_and_does_nothing_else(ends: Ends) -> None:
    long = b"skip " * MOST_BYTES
    ends.say(b"skipp\n" + "hüpf\n".encode() + b"\xff\n" + long + b"\nskip\n")
    until(lambda: len(ends.heard()) == 5 and ends.sent)
    errors = [(e["event"], e["line"], e["why"], e["didYouMean"]) for e in ends.heard()[1:]]
    assert errors == [
        ("error", "skipp", "no such command", "skip"),
        ("error", "hüpf", "no such command", None),
        ("error", "\ufffd", "no such command", None),
        ("error", long[:60].decode() + "…", "longer than 1024 bytes", None),
    ]
    assert ends.sent == ["skip"]


@given(st.lists(st.binary() | st.sampled_from([b"skip\n", b"\n", b"how long", b"q" * 2000])))
def test_no_bytes_hurt(reads: list[bytes]) -> None:
    ends = Ends()
    for data in reads:
        ends.say(data)
    ends.hang_up(ends.write)
    until(lambda: ends.heard()[-1:] == [{"event": "inputEnded"}])
    assert {event["event"] for event in ends.heard()[1:-1]} <= {"error"}
    ends.close()


def test_every_event_arrives_in_order(ends: Ends) -> None:
    for event in EVENTS:
        ends.lines.watch(event)
    until(lambda: len(ends.heard()) == 1 + len(EVENTS))
    assert ends.heard()[1:] == [events.event_json(event) for event in EVENTS]


def test_the_last_events_are_written_before_it_closes(ends: Ends) -> None:
    for event in EVENTS * 20:
        ends.lines.watch(event)
    ends.lines.close()
    assert ends.heard()[-1] == {"event": "ended", "how": "done"}
    ends.lines.watch(events.Resumed())  # too late, and no harm


def test_a_slow_reader_holds_nobody_up_and_is_told_what_it_lost(ends: Ends) -> None:
    began = time.monotonic()
    for number in range(5000):
        ends.lines.watch(events.Passed(MOMENT))
        ends.lines.watch(events.Paused(str(number)))
    assert time.monotonic() - began < 1
    assert len(ends.lines._writer._waiting) <= MOST_WAITING + 1
    until(lambda: ends.heard() and not ends.lines._writer._waiting)
    ends.lines.watch(events.Resumed())
    until(lambda: ends.heard()[-1] == {"event": "resumed"})
    number = 0
    for event in ends.heard():
        if event["event"] == "paused":
            assert event["why"] == str(number)
            number += 1
        elif event["event"] == "lost":
            number += event["count"]
    assert number == 5000
    assert "lost" in {event["event"] for event in ends.heard()}


def test_closing_does_not_wait_long_for_who_never_reads(ends: Ends) -> None:
    for number in range(5000):
        ends.lines.watch(events.Paused(str(number)))
    began = time.monotonic()
    ends.lines.close()
    assert time.monotonic() - began < 2
    until(lambda: not ends.lines._writer._thread.is_alive())


def test_the_session_goes_on_until_both_ends_are_gone(ends: Ends) -> None:
    ends.hang_up(ends.read)
    ends.lines.watch(events.Resumed())
    ends.say(b"skip\n")
    until(lambda: ends.sent == ["skip"])
    ends.hang_up(ends.write)
    until(lambda: ends.sent == ["skip", "stop"])


def test_input_that_ends_first(ends: Ends) -> None:
    ends.hang_up(ends.write)
    until(lambda: ends.heard()[-1:] == [{"event": "inputEnded"}])
    assert ends.sent == []
    ends.hang_up(ends.read)
    ends.lines.watch(events.Resumed())
    until(lambda: ends.sent == ["stop"])


def test_what_comes_after_closing_stays_unread(ends: Ends) -> None:
    ends.lines.close()
    ends.say(b"skip\n")
    time.sleep(0.3)
    assert os.read(ends.source, 100) == b"skip\n"
    assert ends.sent == []


PROGRAM = """
import os, signal, sys, threading, time
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
from voicecoach.controls.lines import Lines
from voicecoach.events import Paused
from voicecoach.events import ANSWERS, Answer
stopped = threading.Event()
lines = Lines()
lines.start(lambda command: (print(command, file=sys.stderr, flush=True), stopped.set()))
for _ in range(50):
    lines.watch(Paused())
    time.sleep(0.01)
stopped.wait(5)
lines.close()
"""


def test_a_closed_standard_output_kills_no_program() -> None:
    run = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert run.stdout
    assert b"hello" in run.stdout.readline()
    run.stdout.close()
    assert run.communicate(b"how-long\n", timeout=10)[1].split(b"\n")[0] == b"how long"
    assert run.returncode == 0


def test_standard_input_that_was_never_there() -> None:
    read, write = os.pipe()
    os.close(read)
    with pytest.raises(UnavailableError, match="the standard input is closed"):
        Lines(read, write).start(print)
    os.close(write)
