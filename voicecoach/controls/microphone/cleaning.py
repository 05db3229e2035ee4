"""Cleaning: blocks enter; the microphone without the coach leaves, a STEP at a time."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

import numpy as np

from voicecoach.controls.microphone import LAG_SECONDS, RATE, Block, Samples
from voicecoach.controls.microphone.echo import PARTITIONS, STEP, Echo
from voicecoach.controls.microphone.lag import AUDIBLE, EVERY, GLANCE, NEARBY, WINDOW, Lag

EARLY = 80
"""Samples by which the reference runs ahead of its echo: 5 ms, for what is measured inexactly."""
TAPS = 16
"""Samples that make one between two of them."""
NEAR = np.arange(TAPS) - (TAPS // 2 - 1)
SIGNS = np.where(NEAR % 2 == 0, -1.0, 1.0)
COSINES, SINES = np.cos(2 * np.pi / (TAPS + 1) * NEAR), np.sin(2 * np.pi / (TAPS + 1) * NEAR)
"""What is the same in all of them."""
KEPT = WINDOW + round((LAG_SECONDS + 1) * RATE)
"""Samples of either stream that are kept: what a measurement needs, and a second for drift."""
PRACTICE = 4
"""How often the canceller goes through what was heard, when it gets to know the lag, and once more
when it has heard a WINDOW of it: at first there may be hardly a word."""
UNHEARD_SECONDS = 5
"""After so many seconds of the coach without any echo there is none: headphones."""
SEEN_SECONDS = 4
"""After so many seconds of a coach whose lag is known he counts as cancelled, in any noise."""
STEADY = 50e-6
"""By how much two clocks may differ in a room that changes slowly."""
GOOD = 10.0
"""A power ratio: with that much taken away at any time (10 dB), he counts as cancelled at once, but
not before all practice is done: of 13 coaches whom TUNE of bench/listening talked over, 2 were
taken for somebody else in their first three seconds."""
LOST = 4.0
"""A power ratio: while less is taken away (6 dB), somebody speaks, or the lag has jumped; that is
looked at every GLANCE_EVERY."""
GLANCE_EVERY = RATE // 5


@dataclass(frozen=True, slots=True)
class Step:
    """STEP samples without the coach."""

    samples: Samples
    rest: float
    """The power of what is left in them."""
    coach: Samples
    """The coach's echo in them, as estimated."""
    echo: float
    """The power of that."""
    playing: bool
    """Whether the coach may be in them."""
    end: int
    """Where they end, in samples of the microphone's stream."""


class History:
    """The last KEPT samples of a stream, read by their number in it."""

    def __init__(self) -> None:
        self._kept = np.zeros(2 * KEPT, np.float32)
        self._length = KEPT
        self.end = 0
        """The number of the next sample."""

    def add(self, samples: Samples) -> None:
        """Put samples behind."""
        self.end += len(samples)
        samples = samples[-KEPT:]
        if self._length + len(samples) > len(self._kept):
            self._kept[:KEPT] = self._kept[self._length - KEPT : self._length]
            self._length = KEPT
        self._kept[self._length : self._length + len(samples)] = samples
        self._length += len(samples)

    def forget(self) -> None:
        """What was until now is silence; numbers go on."""
        self._kept[:] = 0

    def read(self, start: int, end: int) -> Samples:
        """Samples by number; zeros where there are none, or none any more."""
        first = self.end - self._length
        out = np.zeros(end - start, np.float32)
        low, high = max(start, first), min(end, self.end)
        if low < high:
            out[low - start : high - start] = self._kept[low - first : high - first]
        return out

    def read_between(self, start: float, step: float, count: int) -> Samples:
        """`count` samples from a place between two of them on, `step` apart, by a windowed sinc."""
        places = start + step * np.arange(count)
        whole = np.floor(places).astype(int)
        first = whole[0] - TAPS // 2 + 1
        around = self.read(first, whole[-1] + TAPS // 2 + 1)
        beyond = (places - whole)[:, None]
        away = NEAR - beyond
        # As sinc(away) × cos²(π away / (TAPS + 1)), with a sine or two a sample and none a tap.
        ones = np.ones(away.shape)
        sinc = np.divide(SIGNS * np.sin(np.pi * beyond), np.pi * away, out=ones, where=away != 0)
        angle = 2 * np.pi / (TAPS + 1) * beyond
        taps = sinc * (0.5 + 0.5 * (COSINES * np.cos(angle) + SINES * np.sin(angle)))
        pieces = around[(whole - whole[0])[:, None] + np.arange(TAPS)]
        between: Samples = (pieces * taps).sum(axis=1).astype(np.float32)
        return between


class Cleaner:
    """Takes the coach out of the microphone's stream, having found out how he gets into it."""

    def __init__(self) -> None:
        self.heard = History()
        self.played = History()
        self.done = 0
        """How many samples of the microphone's stream are cleaned."""
        self.doubted = -KEPT
        """Until where more may be left of him than usual, as he isn't cancelled or wasn't."""
        self._audible = -KEPT
        self._start()

    @property
    def converged(self) -> bool:
        """Whether what is left of the coach, if he is heard at all, can be taken for nobody."""
        if self._lag.known:
            return self._good or self._seen >= SEEN_SECONDS * RATE
        return self._unheard >= UNHEARD_SECONDS * RATE

    @property
    def delay_seconds(self) -> float | None:
        """How long after he was handed to the device the coach comes back, where that is known."""
        return self._lag.delay / RATE if self._lag.known else None

    def clean(self, block: Block) -> Iterator[Step]:
        """The steps that the block completes."""
        if block.anew:
            self.heard.forget()
            self.played.forget()
            self._start()
        self.heard.add(block.microphone)
        self.played.add(block.reference)
        if len(block.reference) and np.abs(block.reference).max() > AUDIBLE:
            self._audible = self.played.end
        if self.heard.end >= self._next:
            self._measure()
        if self._lost and self.heard.end >= self._next_glance:
            self._glance()
        while self.done + STEP <= self.heard.end:
            step = self._step()
            if step.playing and not self.converged:
                self.doubted = step.end
            yield step

    def played_with(self, count: int) -> Samples | None:
        """What the coach said in the last so many samples that were cleaned; None: nothing.

        Of one whose lag isn't known yet it is all that may be in them.
        """
        if self._lag.known:
            played = self._reference(self.done - count, count)
        elif self.converged:  # nothing comes back of him
            return None
        else:
            end = self.played.end
            played = self.played.read(end - count - round(LAG_SECONDS * RATE), end)
        return played if _power(played) > AUDIBLE**2 else None

    def _start(self) -> None:
        self._lag = Lag()
        self._echo = Echo()
        self._begun = self.heard.end
        self._next = self._next_glance = self.heard.end + EVERY
        self._learnt: Echo | None = None
        """The canceller as it was when it last took much away."""
        self._seen = self._unheard = 0
        self._good = self._again = False
        self._powers = np.zeros(2)

    def _measure(self) -> None:
        now = self.heard.end
        playing = self._playing_of_late
        self._next = now + (EVERY if self._lag.known else EVERY // 2)
        if not playing:
            return
        if self._takes_much:
            self._learnt = deepcopy(self._echo)
        microphone = self.heard.read(now - WINDOW, now)
        first = self.played.end - WINDOW - round(LAG_SECONDS * RATE)
        reference = self.played.read(first, self.played.end)
        if self._lag.measure(microphone, now, reference, self.played.end):
            self._practise()
            self._again = True
        elif not self._lag.known:
            self._unheard += EVERY // 2
        elif self._again and self._seen >= WINDOW:
            self._practise()
            self._again = False

    def _glance(self) -> None:
        """Follow the lag where it has jumped: the room is the same, and what was learnt of it."""
        now = self.heard.end
        self._next_glance = now + GLANCE_EVERY
        expected = now - round(self._lag.at(now)) + NEARBY
        microphone = self.heard.read(now - GLANCE, now)
        reference = self.played.read(expected - GLANCE - 2 * NEARBY, expected)
        if not self._lag.glance(microphone, now, reference, expected):
            return
        self._next = now + WINDOW  # what was before says nothing any more
        self.doubted = self.done
        if self._learnt is None:
            self._practise()
            return
        self._echo = deepcopy(self._learnt)
        for at in range(self.done - PARTITIONS * STEP, self.done, STEP):
            self._cancel(at)

    def _practise(self) -> None:
        """Learn the room from what was heard lately."""
        steps = range(max(self.done - WINDOW, self._begun), self.done - STEP + 1, STEP)
        if not steps:
            return
        heard = self.heard.read(steps[0], self.done)
        played = self._reference(steps[0], len(heard))
        self._echo = Echo(_power(heard) / (_power(played) + AUDIBLE**2))
        for _ in range(PRACTICE):
            for at in steps:
                self._cancel(at)
        self._seen, self._good = 0, False  # what it was practised with is no proof
        self._powers = np.zeros(2)

    def _step(self) -> Step:
        at = self.done
        self.done += STEP
        if not self._lag.known:
            samples = self.heard.read(at, at + STEP)
            none = np.zeros_like(samples)
            return Step(samples, _power(samples), none, 0.0, self._playing_of_late, self.done)
        return self._cancel(at)

    def _cancel(self, at: int) -> Step:
        microphone = self.heard.read(at, at + STEP)
        reference = self._reference(at, STEP)
        steady = abs(self._lag.slope) < STEADY
        settled = steady and self._seen >= SEEN_SECONDS * RATE
        samples, echo = self._echo.cancel(microphone, reference, settled)
        rest, playing = _power(samples), _power(reference) > AUDIBLE**2
        if playing:
            self._seen += STEP
            self._powers = 0.9 * self._powers + 0.1 * np.array([_power(microphone), rest])
            if not self._again and self._seen > RATE // 2:
                self._good |= self._takes_much
        return Step(samples, rest, echo, _power(echo), playing, at + STEP)

    def _reference(self, at: int, count: int) -> Samples:
        first = at - self._lag.at(at) + EARLY
        return self.played.read_between(first, 1 - self._lag.slope, count)

    @property
    def _takes_much(self) -> bool:
        before, after = self._powers
        return bool(before > GOOD * after)

    @property
    def _lost(self) -> bool:
        before, after = self._powers
        return bool(before < LOST * after)

    @property
    def _playing_of_late(self) -> bool:
        return self.played.end - self._audible < LAG_SECONDS * RATE


def _power(samples: Samples) -> float:
    return float(np.dot(samples, samples)) / max(len(samples), 1)
