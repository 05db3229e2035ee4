"""Fits: a Program that is to last so long enters, and a way to measure one; the Program that lasts
exactly so long leaves, or an error that says how long it can last at all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from functools import cache, partial

from voicecoach.errors import FitError
from voicecoach.phrases import phrases
from voicecoach.program import Program, build_program
from voicecoach.program.ranges import settled
from voicecoach.settings.leeway import Leeway
from voicecoach.units import DAY_SECONDS, RATE, frames

SHORTEST_GAPS, LONGEST_GAPS = 0.5, 2.0
"""What a fit makes of rests, pauses and gaps: no more than the setting `pace` may, so that it stays
the same session: a rest is still one, and sentences neither run together nor fall apart."""
FASTEST_WORDS = 1.1
"""How much faster words may be: by twice the least difference in tempo that is heard (Quené 2007).
Slower they never are: listeners dislike it."""
WORD_STEPS = 10
GRAINS = (1.0, 0.1, 0.001)
"""Seconds by which holds grow: in whole ones wherever rests and gaps make up for what is left."""
HALVINGS = 16
"""How often what ranges leave open is halved: scripts have fewer steps that matter."""
NEAR = frames(0.01)
"""What may be left for the silence after all else, though gaps could be nearer still."""
MOST_SILENCE = frames(1.0)
"""So much less than this may be left where gaps are at their longest already: lengths are asked for
and told in whole seconds, and nobody waits for a track to end."""
COUNT_STEPS = 20
"""How finely reps and sets are tried where holds leap over the length."""
MOST_TRIES = 40
ROUND = 30
"""Seconds within which announcing another length changes the length itself."""

Measure = Callable[[Program], int]
"""How many frames a program takes."""


def fitted(program: Program, measure: Measure) -> Program:
    """The program under the leeway with which it lasts exactly as long as its settings say.

    Rests, pauses and gaps give way first; then holds within their ranges, then reps and sets within
    theirs; words grow faster only where nothing else makes it short enough. What is prescribed
    (holds without a range, beats, breaths) keeps its length. Gaps meet the length but for some
    frames, which a silence at the end takes: so both sides have equal time. Where one breath or rep
    more is too much, and one less leaves MOST_SILENCE, it can't be.

    Raises:
        FitError: it can't be; says how long it can last.
    """
    return _Fit(program, measure).found()


@dataclass(frozen=True, slots=True)
class _Fit:
    program: Program
    measure: Measure
    lengths: dict[Hashable, int] = field(default_factory=dict)
    """What was measured: far fewer doses differ than shares of their ranges."""

    @property
    def target(self) -> int:
        return frames(self.program.settings.fit_seconds)

    def made(self, leeway: Leeway, seconds: float = 0) -> Program:
        """The program under a leeway, announced as lasting so long or as it is to."""
        settings = self.program.settings
        fit_seconds = seconds or settings.fit_seconds
        pinned = settings.pinned | {"fit_seconds"}
        settings = replace(settings, leeway=leeway, fit_seconds=fit_seconds, pinned=pinned)
        return build_program(self.program.routine, settings)

    def length(self, leeway: Leeway) -> int:
        doses = tuple(e.dose for e in settled(self.program.routine.exercises, leeway))
        key = leeway.gaps, leeway.words, doses
        if key not in self.lengths:
            self.lengths[key] = self.measure(self.made(leeway))
        return self.lengths[key]

    def found(self) -> Program:
        fewer, counts = self.least(lambda share: self.length(_longest(share)))
        if fewer == 1:
            raise self.error()
        words = self.words(counts)
        if not words and not counts:
            raise self.error()
        below = [_longest(fewer)] if counts else []
        above = [] if words else [_shortest(counts, FASTEST_WORDS)]
        steps = (step / COUNT_STEPS for step in range(1, COUNT_STEPS + 1))
        for more in (counts, *(step for step in steps if step > counts)):
            # Words are made faster, and so spoken anew, for the fewest reps only.
            shortest = _shortest(more, words or 1.0)
            if self.length(shortest) > self.target:
                above.append(shortest)
                break
            less, leeway = self.filled(shortest)
            if self.length(leeway) <= self.target:
                return self.stretched(leeway)
            below.append(less)
            above.append(leeway)
        nearest = max(below, key=self.length)
        if self.target - self.length(nearest) < MOST_SILENCE:
            return self.stretched(nearest)
        raise self.error((nearest, min(above, key=self.length)))

    def filled(self, shortest: Leeway) -> tuple[Leeway, Leeway]:
        """With longer holds and gaps: first what is too short however long the gaps are, then what
        is not; that may be too long even with short gaps, where holds grow by breaths.
        """
        for grain in GRAINS:
            leeway = replace(shortest, grain=grain)
            less, holds = self.least(partial(self.held, replace(leeway, gaps=LONGEST_GAPS)))
            if self.held(leeway, holds) <= self.target:
                break
        return replace(leeway, gaps=LONGEST_GAPS, holds=less), replace(leeway, holds=holds)

    def held(self, leeway: Leeway, holds: float) -> int:
        """Its length with holds that are so far in their ranges."""
        return self.length(replace(leeway, holds=holds))

    def least(self, length: Callable[[float], int]) -> tuple[float, float]:
        """Two shares next to each other: with the first it is too short, not with the second.

        Both are 0 where 0 is enough, both 1 where 1 is too short.
        """
        if length(0.0) >= self.target:
            return 0.0, 0.0
        if length(1.0) < self.target:
            return 1.0, 1.0
        short, enough = 0.0, 1.0
        for _ in range(HALVINGS):
            middle = (short + enough) / 2
            if length(middle) < self.target:
                short = middle
            else:
                enough = middle
        return short, enough

    def words(self, counts: float) -> float:
        """How fast words must be, with so many reps; 0 where they can't be as fast as that.

        Each rate is spoken for it, so few are tried: a line through the slowest and the fastest
        finds one that is fast enough, and faster than it must be by a hundredth at the most.
        """

        def length(step: int) -> int:
            return self.length(_shortest(counts, _faster(step)))

        slow = length(0)
        if slow <= self.target:
            return 1.0
        fast = length(WORD_STEPS)
        if fast > self.target:
            return 0.0
        step = math.ceil((slow - self.target) / (slow - fast) * WORD_STEPS)
        while length(step) > self.target:
            step += 1
        return _faster(step)

    def stretched(self, leeway: Leeway) -> Program:
        """The program with the gaps that fit, and the rest of the frames as silence at its end."""
        if self.program.settings.wind_down_seconds:
            # Where it winds down moves with the gaps, and with it how fast words are: so first
            # about, then with these words.
            gaps = self.gaps(lambda gaps: self.length(replace(leeway, gaps=gaps)), leeway.gaps)
            leeway = replace(leeway, gaps=gaps)
        program = self.made(leeway)

        def under(gaps: float) -> Program:
            settings = replace(program.settings, leeway=replace(leeway, gaps=gaps))
            return replace(program, settings=settings)

        made = under(self.gaps(lambda gaps: self.measure(under(gaps)), leeway.gaps))
        return replace(made, spare=self.target - self.measure(made))

    def gaps(self, length: Callable[[float], int], low: float) -> float:
        """The greatest gaps found with which it is not too long; with the low ones it isn't."""
        high = LONGEST_GAPS
        least, most = length(low), length(high)
        if most <= self.target:
            return high
        for turn in range(MOST_TRIES):
            missing = self.target - least
            if missing <= NEAR:
                break
            # Lengths grow evenly but for single frames, so that a line finds it at once.
            share = 0.5 if turn % 3 == 2 else (missing - NEAR / 2) / (most - least)
            middle = low + (high - low) * share
            found = length(middle)
            if found <= self.target:
                low, least = middle, found
            else:
                high, most = middle, found
        return low

    def error(self, between: tuple[Leeway, Leeway] | None = None) -> FitError:
        """Why not; `between` are the nearest ones, with which it is too short and too long."""
        ends = (
            self.bound(_shortest(0.0, FASTEST_WORDS), 1),
            self.bound(_longest(1.0), -1),
        )
        gap = (self.bound(between[0], 1), self.bound(between[1], 1)) if between else None
        return FitError(self.program.settings.fit_seconds, ends, gap)

    def bound(self, leeway: Leeway, step: int) -> int:
        """The shortest (by steps of 1) or longest (of −1) time in seconds under a leeway.

        The announced length is a part of it, and takes longer or shorter by what it is.
        """
        words = phrases(self.program.settings.language)

        @cache
        def announced(about: str) -> int:
            del about
            return self.measure(self.made(leeway, seconds))

        seconds = math.ceil(self.length(leeway) / RATE) - step * ROUND
        seconds = min(max(seconds, 1), DAY_SECONDS)
        while (announced(words.about(seconds)) - seconds * RATE) * step > 0:
            seconds += step
        return seconds


def _longest(counts: float) -> Leeway:
    return Leeway(LONGEST_GAPS, 1.0, counts=counts)


def _shortest(counts: float, words: float) -> Leeway:
    return Leeway(SHORTEST_GAPS, counts=counts, words=words)


def _faster(step: int) -> float:
    return 1 + (FASTEST_WORDS - 1) * step / WORD_STEPS
