"""An Ear listens in a process of its own, and outlives that."""

from __future__ import annotations

import io
import queue
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_microphone import alone, said
from voicecoach.controls import Command
from voicecoach.controls.microphone import (
    BLOCK,
    Block,
    Condition,
    Failed,
    Heard,
    Ready,
    Report,
    Speech,
    Unclear,
)
from voicecoach.controls.microphone.ear import Ear
from voicecoach.controls.microphone.wire import (
    pack_block,
    pack_report,
    read_blocks,
    read_report,
)
from voicecoach.errors import UnavailableError
from voicecoach.events import ANSWERS, Answer

Kind = TypeVar("Kind")


class Told:
    """What an Ear told, to be awaited."""

    def __init__(self) -> None:
        self.reports: queue.Queue[Report] = queue.Queue()

    def next(self, kind: type[Kind]) -> Kind:
        while True:
            report = self.reports.get(timeout=60)
            if isinstance(report, kind):
                return report


def test_an_ear_hears_and_survives_the_end_of_its_process() -> None:
    told = Told()
    ear = Ear("en", told.reports.put)
    ear.start()
    try:
        spoken = list(alone(said("pause")))
        for block in spoken:  # some of them before it is ready
            ear.hear(block)
        told.next(Ready)
        assert told.next(Heard).command == Command.PAUSE
        assert ear._process
        ear._process.kill()
        told.next(Ready)
        for block in alone(said("next", "better")):
            ear.hear(replace(block, asked=True))
        heard = told.next(Heard)
        assert heard.command == Command.SKIP
        assert told.next(Heard).command == Answer("better")
        assert heard.start > len(spoken) * BLOCK
        assert ear._process
        ear._process.kill()
        assert told.next(Failed).why.startswith("spoken commands aren't heard any more: ")
    finally:
        ear.close()
        ear.close()
    ear.hear(spoken[0])
    assert told.reports.empty()


SLOW = """
import os, sys, time
from pathlib import Path
from voicecoach.controls.microphone import worker
seconds = float(Path("seconds").read_text())
load = worker.open_recogniser
worker.open_recogniser = lambda *a, **b: (time.sleep(seconds), load(*a, **b))[1]
worker.main()
"""


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[float], Told]:
    """An Ear's process takes so long to load; what the Ear tells."""

    def start(seconds: float) -> Told:
        (tmp_path / "seconds").write_text(str(seconds))
        started = subprocess.Popen

        def popen(command: list[str], **options: object) -> subprocess.Popen[bytes]:
            slowly = [sys.executable, "-P", "-c", SLOW, command[-1]]
            return started(slowly, cwd=tmp_path, **options)  # type: ignore[call-overload, no-any-return]

        monkeypatch.setattr("voicecoach.controls.microphone.ear.subprocess.Popen", popen)
        return Told()

    return start


def test_blocks_of_the_last_seconds_wait_until_the_models_are_loaded(
    slow: Callable[[float], Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken = list(alone(said("pause", "next")))
    monkeypatch.setattr("voicecoach.controls.microphone.ear.MOST_WAITING", len(spoken))
    told = slow(1.0)
    ear = Ear("en", told.reports.put)
    ear.start()
    try:
        silence = Block(np.zeros(BLOCK, np.float32))
        for block in [silence] * 400 + spoken:
            ear.hear(block)
        told.next(Ready)
        first, second = told.next(Heard), told.next(Heard)
        assert (first.command, second.command) == (Command.PAUSE, Command.SKIP)
        assert first.start > 400 * BLOCK, "counted from the beginning"
    finally:
        ear.close()


def test_a_process_that_never_loads_is_ended_and_that_is_told(
    slow: Callable[[float], Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voicecoach.controls.microphone.ear.MOST_WAITING", 50)
    monkeypatch.setattr("voicecoach.controls.microphone.ear.LOAD_SECONDS", 0.5)
    told = slow(600)
    ear = Ear("en", told.reports.put)
    ear.start()
    try:
        while ear._thread.is_alive():
            ear.hear(Block(np.zeros(BLOCK, np.float32)))
            time.sleep(0.002)
        assert told.next(Failed).why.endswith("the process that listens doesn't answer")
    finally:
        ear.close()


def test_somebody_who_spoke_when_the_process_ended_has_ended() -> None:
    told = Told()
    ear = Ear("en", told.reports.put)
    ear.start()
    try:
        told.next(Ready)
        words = list(alone(said("breathe in slowly and let go")))
        for block in words[: len(words) // 2]:
            ear.hear(block)
        assert told.next(Speech).began
        assert ear._process
        ear._process.kill()
        assert not told.next(Speech).began
        told.next(Ready)
    finally:
        ear.close()


def test_nothing_of_the_users_folder_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("numpy", "soxr", "secrets", "voicecoach", "json"):
        (tmp_path / f"{name}.py").write_text("open('run', 'w').close(); raise SystemExit(1)")
    monkeypatch.chdir(tmp_path)
    told = Told()
    ear = Ear("en", told.reports.put)
    ear.start()
    try:
        told.next(Ready)
    finally:
        ear.close()
    assert not (tmp_path / "run").exists()


def test_an_ear_that_was_closed_tells_nothing() -> None:
    told = Told()
    ear = Ear("en", told.reports.put)
    ear.start()
    told.next(Ready)
    process = ear._process
    ear.close()
    assert process
    assert process.wait(10) is not None
    with pytest.raises(queue.Empty):
        told.reports.get(timeout=0.2)


def test_an_ear_for_another_language_says_so() -> None:
    with pytest.raises(UnavailableError, match="not yet in"):
        Ear("nl", print)


flags = st.booleans()
samples = st.integers(0, 900).map(lambda n: np.linspace(-1, 1, n, dtype=np.float32))


@given(st.lists(st.builds(Block, samples, samples, flags, flags), max_size=5), st.integers(0, 50))
def test_blocks_cross_the_wire(blocks: list[Block], cut: int) -> None:
    data = b"".join(map(pack_block, blocks))
    for want, got in zip(blocks, read_blocks(io.BytesIO(data)), strict=True):
        np.testing.assert_array_equal(want.microphone, got.microphone)
        np.testing.assert_array_equal(want.reference, got.reference)
        assert (want.anew, want.asked) == (got.anew, got.asked)
    if blocks and cut:
        assert len(list(read_blocks(io.BytesIO(data[:-cut])))) < len(blocks) or not data[-cut:]


numbers = st.integers(0, 10**9)
levels = st.floats(-200, 200)
reports = st.one_of(
    st.builds(Ready),
    st.builds(Speech, st.booleans(), numbers),
    st.builds(Heard, st.sampled_from([*Command, *ANSWERS]), st.text(), levels, numbers, numbers),
    st.builds(Unclear, st.text(), levels, st.text(), numbers, numbers),
    st.builds(Condition, numbers, levels, levels, st.none() | levels, levels, st.booleans()),
    st.builds(Failed, st.text()),
)


@given(reports)
def test_reports_cross_the_wire(report: Report) -> None:
    assert read_report(pack_report(report)) == report


@pytest.mark.parametrize("line", [b"", b"[]", b"{}", b'{"report": "Heard"}', b"\xff", b"x"])
def test_what_is_no_report_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of several kinds
        read_report(line)
