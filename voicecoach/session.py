"""The live session: a Rendition enters; blocks go to an output, moments to whoever watches."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from voicecoach.output import Output
from voicecoach.rendition import Rendition
from voicecoach.sound import Samples
from voicecoach.step import Step
from voicecoach.timeline import Cue, Segment
from voicecoach.units import Frames, frames

FADE = frames(0.03)
"""A stop fades out over so many frames: too short to wait for, long enough not to click."""
AHEAD_BLOCKS = 20
"""Blocks mixed before they are needed: ten seconds, so that a busy machine is never late."""
WATCH_SECONDS = 0.1
"""How often watchers are told where the session is; the sound doesn't depend on it."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Where a session is."""

    at: Frames
    """Frames played."""
    total: Frames | None
    """Frames in all; None until everything is measured."""
    step: Step
    span: Cue | None
    """The hold, rest, … that goes on, if any; its positions count from the session's start."""
    speech: Cue | None
    """What is being said, if anything."""
    next_name: str
    """The next exercise's name; "" in the last one."""


class Session:
    """Plays a rendition once. The frames that the output pulls are its clock."""

    def __init__(self, rendition: Rendition) -> None:
        self.rendition = rendition
        self.late = 0
        """Frames for which the output had to wait: 0 unless the machine is overloaded."""
        self._segments: list[tuple[int, Segment]] = []
        self._total: Frames | None = None
        self._blocks: deque[Samples] = deque()
        self._room = threading.Semaphore(AHEAD_BLOCKS)
        self._planned = threading.Condition()
        self._rest: Samples = np.zeros(0, np.float32)
        self._at = 0
        self._mixed = False
        self._stopping = False
        self._fade_left = int(FADE)
        self._closed = False
        self._error: BaseException | None = None

    def run(self, output: Output, watch: Callable[[Moment], None]) -> None:
        """Play to the end, or until `stop`; `watch` is told every WATCH_SECONDS, on this thread.

        Raises:
            DeviceError: the device can't play, or disappeared.
            ScriptError, SpeechError: as Rendition.segments.
        """
        threads = [
            threading.Thread(target=self._guard, args=(work,), daemon=True)
            for work in (self._plan, self._mix)
        ]
        for thread in threads:
            thread.start()
        try:
            self._await_first_block()
            output.start(self.read)
            while not output.wait(WATCH_SECONDS):
                if moment := self.moment():
                    watch(moment)
            if self._error:
                raise self._error
        except KeyboardInterrupt:
            self.stop()
            output.wait(0.15)  # let the fade be heard
            raise
        finally:
            self._closed = True
            self._room.release(AHEAD_BLOCKS)
            output.close()

    def stop(self) -> None:
        """Fade out now and end."""
        self._stopping = True

    def read(self, wanted: int) -> Samples:
        """The next frames for the device; as voicecoach.output.Source."""
        if not self._stopping:
            return self._take(wanted)
        block = self._take(min(wanted, self._fade_left))
        levels = np.arange(self._fade_left - 1, self._fade_left - 1 - len(block), -1)
        self._fade_left -= len(block)
        return block * (levels / np.float32(FADE)).astype(np.float32)

    def moment(self) -> Moment | None:
        """Where the session is; None before its first step is known."""
        at = self._at
        segments = self._segments
        if not segments:
            return None
        index = next((i for i in range(len(segments) - 1, -1, -1) if segments[i][0] <= at), 0)
        start, segment = segments[index]
        now = [cue.moved(start) for cue in segment.cues if cue.start <= at - start < cue.end]
        spans = [cue for cue in now if not cue.sounds]
        speech = [cue for cue in now if cue.kind == "speech"]
        steps = self.rendition.program.steps
        names = (s.name for s in steps if s.exercise == segment.step.exercise + 1)
        return Moment(
            Frames(at),
            self._total,
            segment.step,
            spans[-1] if spans else None,
            speech[-1] if speech else None,
            next(names, ""),
        )

    def _take(self, wanted: int) -> Samples:
        pieces = []
        missing = wanted
        while missing:
            if not len(self._rest):
                if not self._blocks:
                    break
                self._rest = self._blocks.popleft()
                self._room.release()
            piece, self._rest = self._rest[:missing], self._rest[missing:]
            pieces.append(piece)
            missing -= len(piece)
        self._at += wanted - missing
        if missing and not self._mixed:  # the voice is still being prepared: wait in silence
            self.late += missing
            pieces.append(np.zeros(missing, np.float32))
        return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)

    def _await_first_block(self) -> None:
        with self._planned:
            self._planned.wait_for(lambda: self._blocks or self._mixed or self._error)
        if self._error and not self._blocks:
            raise self._error

    def _guard(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - told by `run`, on the caller's thread
            self._error = self._error or error
            self._mixed = True
        finally:
            with self._planned:
                self._planned.notify_all()

    def _plan(self) -> None:
        at = 0
        for segment in self.rendition.segments():
            with self._planned:
                self._segments.append((at, segment))
                self._planned.notify_all()
            at += segment.frames
            if self._closed:
                return
        self._total = Frames(at)

    def _mix(self) -> None:
        for block in self.rendition.mix(self._planned_segments()):
            self._room.acquire()
            if self._closed:
                return
            with self._planned:
                self._blocks.append(block)
                self._planned.notify_all()
        self._mixed = True

    def _planned_segments(self) -> Iterator[Segment]:
        index = 0
        while True:
            with self._planned:
                while len(self._segments) <= index:
                    if self._total is not None or self._error:
                        return
                    self._planned.wait()
                segment = self._segments[index][1]
            yield segment
            index += 1
