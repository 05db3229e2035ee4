"""The stream: places of segments enter, frames for the device leave, and can be changed any moment.

A second or so is mixed ahead, so that a busy machine is never late; a change drops what was mixed
but not yet heard. Everything that has a device's deadline happens under one lock, in microseconds.
"""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from voicecoach.mix import Piece, shaped
from voicecoach.session.edit import Place
from voicecoach.sound import Samples
from voicecoach.step import Step
from voicecoach.timeline import Segment
from voicecoach.units import frames

FADE = frames(0.01)
"""A stop fades out over so many frames: a device takes up to 85 ms by itself, and all of it must be
over within 100 ms. Long enough not to click."""
HEADROOM = frames(0.04)
"""How far before a seamless change is heard it is made: what was mixed sounds meanwhile."""
AHEAD = frames(1.5)
"""Frames mixed before they are needed."""

LEAD = Segment(Step("aside", ()), frames(0.005), ())
"""Stands before what begins anew: a background fades in, and no word loses its beginning."""

Mixer = Callable[[Iterator[Place], int], Iterator[Piece]]
"""Mixes places, one after the other, the first of them at a frame of the stream."""
After = Callable[[Segment], Iterator[Place]]
"""What follows a segment, when nothing is changed."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A stretch of a segment that has sounded."""

    segment: Segment
    start: int
    end: int


class Stream:
    """What the device pulls. Its position is what has been pulled."""

    def __init__(self, mixer: Mixer, after: After) -> None:
        self.late = 0
        """Frames for which the device had to wait: 0 unless the machine is overloaded."""
        self.heard: deque[Heard] = deque()
        """What has sounded and wasn't told yet; taken by `next_heard`."""
        self.error: BaseException | None = None
        """What went wrong while it was mixed: there is silence until something is changed."""
        self._mixer, self._after = mixer, after
        self._lock = threading.Condition()
        self._queue: deque[Piece] = deque()
        self._queued = 0
        self._source: Iterator[Piece] | None = None
        self._places: list[Place] = []
        """What was asked for; `after` says what follows the last of it."""
        self._at = 0
        self._seam = 0
        """Where what is mixed now began, in frames of the stream."""
        self._place: Place | None = None
        self._begun = 0  # the frame from which on it is where it is heard
        self._silent = True
        self._ending = False
        self._closed = False
        self._thread: threading.Thread | None = None

    def read(self, wanted: int) -> Samples:
        """The next frames for the device; as voicecoach.output.Source."""
        with self._lock:
            pieces = []
            missing = wanted
            while missing and self._queue:
                piece = self._queue.popleft()
                if len(piece.samples) > missing:
                    self._queue.appendleft(piece.after(missing))
                    piece = piece.before(missing)
                missing -= len(piece.samples)
                self._took(piece)
                pieces.append(piece.samples)
            if missing and not self._ending:
                if not self._silent and self.error is None:
                    self.late += missing
                pieces.append(np.zeros(missing, np.float32))
            self._lock.notify_all()
        return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)

    def next_heard(self) -> Heard | None:
        """What has sounded and wasn't told yet, first things first; None: nothing."""
        with self._lock:  # the device's thread may be adding to it
            return self.heard.popleft() if self.heard else None

    def place(self) -> Place | None:
        """What has been heard up to: None before the first sound."""
        with self._lock:
            return self._place

    @property
    def at(self) -> int:
        """Frames of content that have been pulled."""
        return self._at

    @property
    def queued(self) -> int:
        """Frames that are mixed and haven't been pulled."""
        return self._queued

    def silence(self) -> Place | None:
        """Fade out now; returns the place where it began to. Nothing sounds until `go`."""
        with self._lock:
            place = self._place
            self._source = None
            self._silent = True
            self._ending = self._closed
            faded = self._take(FADE)
            self._drop()
            for piece in shaped(faded, np.linspace(1, 0, FADE, dtype=np.float32)):
                self._push(piece)
            self._lock.notify_all()
            return place

    def go(self, *places: Place) -> None:
        """Let these sound now, one after the other, once what still fades out has ended."""
        with self._lock:
            again = self._place is not None  # the session's own beginning has its fade already
            if not again:
                self._drop()  # nobody has heard what was to begin
            fresh = [replace(place, fresh=True) for place in places]
            self._start([Place(LEAD), *fresh] if again else fresh)
            self._silent = False
            if again:  # it is there from now on, though what fades out is still heard
                self._place, self._begun = places[0], self._seam + LEAD.frames
            silence = Piece(np.zeros(LEAD.frames, np.float32), LEAD, 0)
            self._fill_now([silence] if again else [])

    def change(self, edit: Callable[[list[Place]], list[Place]]) -> None:
        """Change what is to come without a seam: where that begins, and what was asked for then."""
        with self._lock:
            # Past the seam of a change that isn't heard yet: this one changes what that one made.
            kept = self._take(max(HEADROOM, self._seam + 1 - self._at))
            old = self._take(FADE)
            self._drop()
            for piece in kept:
                self._push(piece)
            last = kept[-1] if kept else None
            seam = Place(last.segment, last.start + len(last.samples)) if last else self._place
            if seam is None:
                return
            # Out of the first frames of what follows nothing crosses: they may come later now.
            old = [piece for piece in old if piece.segment is seam.segment]
            left = [n for n, place in enumerate(self._places) if place.segment is seam.segment]
            later = self._places[left[-1] + 1 :] if left else []
            places = edit([seam, *later])
            self._start(places)
            self._edited(seam, places[0])
            self._fill_now(old)

    def _edited(self, seam: Place, place: Place) -> None:
        """Be at the edited place already: a silence before it is heard keeps what was changed."""
        if self._place is None:
            return
        if self._place.segment is seam.segment and place.offset == seam.offset:
            self._place = replace(place, offset=self._place.offset)
            self._queue = deque(
                Piece(p.samples, place.segment, p.start) if p.segment is seam.segment else p
                for p in self._queue
            )
        elif self._place.segment.step.index >= 0:
            self._place, self._begun = place, self._seam

    def tail(self) -> Place | None:
        """The place at the end of what is mixed; None where nothing has been."""
        with self._lock:
            if not self._queue:
                return self._place
            last = self._queue[-1]
            return Place(last.segment, last.start + len(last.samples))

    def follow(self, place: Place) -> None:
        """Let this sound behind what is mixed, instead of what went wrong."""
        with self._lock:
            self._start([replace(place, fresh=True)])
            self._lock.notify_all()

    def end(self) -> None:
        """Let the device have no more than what is mixed: the source's end."""
        with self._lock:
            self._ending = True
            self._lock.notify_all()

    def close(self) -> None:
        """End the thread that mixes."""
        with self._lock:
            self._closed = self._ending = True
            self._lock.notify_all()
        if self._thread:
            self._thread.join(5)

    def _start(self, places: list[Place]) -> None:
        self.error = None
        self._ending = self._closed
        self._places = places
        self._seam = self._at + self._queued
        following = itertools.chain(places, self._after(places[-1].segment))
        self._source = self._mixer(following, self._seam)
        # Each on a thread of its own: the one before may be waiting for words to be spoken.
        self._thread = threading.Thread(
            target=self._mix_ahead, args=(self._source,), name="mix", daemon=True
        )
        self._thread.start()

    def _fill_now(self, old: list[Piece] | None = None) -> None:
        """Mix the first stretch here and now, out of `old` by a crossfade."""
        fresh: list[Piece] = []
        count = 0
        source = self._source
        while source is not None and count < 2 * FADE:
            piece = next(source, None)
            if piece is None:
                self._source, self._ending = None, True
                break
            fresh.append(piece)
            count += len(piece.samples)
        length = min(FADE, count, sum(len(piece.samples) for piece in old or ()))
        if length:
            level = np.linspace(0, 1, length, dtype=np.float32)
            leaving = np.concatenate([piece.samples for piece in old or ()])[:length] * (1 - level)
            fresh = shaped(fresh, level, leaving)
        for piece in fresh:
            self._push(piece)
        self._lock.notify_all()

    def _took(self, piece: Piece) -> None:
        length = len(piece.samples)
        self._queued -= length
        self._at += length
        end = piece.start + length
        if self._at > self._begun:
            self._place = Place(piece.segment, end)
        last = self.heard[-1] if self.heard else None
        if last and last.segment is piece.segment and last.end == piece.start:
            self.heard[-1] = Heard(last.segment, last.start, end)
        else:
            self.heard.append(Heard(piece.segment, piece.start, end))

    def _take(self, count: int) -> list[Piece]:
        """Up to so many frames out of the queue, unheard."""
        taken = []
        while count and self._queue:
            piece = self._queue.popleft()
            if len(piece.samples) > count:
                self._queue.appendleft(piece.after(count))
                piece = piece.before(count)
            count -= len(piece.samples)
            self._queued -= len(piece.samples)
            taken.append(piece)
        return taken

    def _drop(self) -> None:
        self._queue.clear()
        self._queued = 0

    def _push(self, piece: Piece) -> None:
        if len(piece.samples):
            self._queue.append(piece)
            self._queued += len(piece.samples)

    def _mix_ahead(self, source: Iterator[Piece]) -> None:
        """Mix one source, until it ends or another takes its place."""
        while True:
            with self._lock:
                while self._source is source and self._queued >= AHEAD and not self._closed:
                    self._lock.wait()
                if self._source is not source or self._closed:
                    return
            piece, error = None, None
            try:
                piece = next(source, None)
            except Exception as failure:  # noqa: BLE001 - told by the session, on its own thread
                error = failure
            with self._lock:
                if self._source is not source:
                    return  # changed meanwhile: this piece, or failure, is of what was dropped
                if piece is not None:
                    self._push(piece)
                    continue
                self._source = None
                self.error = error
                if error is None:
                    self._ending = True
                return
