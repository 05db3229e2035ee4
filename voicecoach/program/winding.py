"""Winding down: a session's steps enter and leave, its last minutes ever slower and softer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from voicecoach.settings import Settings
from voicecoach.step import Placed, Say, SayLength, Span, Step, StepPart

RATES = (1.0, 0.97, 0.94, 0.91, 0.88, 0.85)
"""The share of the words' rate, from the wind-down's first sixth to its last. Each is slower by
less than the 5 % that are heard (Quené 2007), and they are few, so that what is said again and
again is spoken anew only a few times."""
GAP_SECONDS = 0.6
CHIME_SECONDS = 1.0
LENGTH_SECONDS = 4.0
"""What gaps, chimes and the words on the session's length take about."""


def wound_down(steps: Sequence[Step], settings: Settings) -> tuple[Step, ...]:
    """The steps, winding down over the last `wind_down_seconds`, or all of a shorter session.

    How much time is left is estimated rather than measured: so a session can begin before all of
    it has been spoken, live and export agree, and a new pace changes nothing at once. Lengths of
    spans are known; words and gaps err by some seconds in three minutes, half a dB.
    """
    if not settings.wind_down_seconds:
        return tuple(steps)
    lengths = [_step_seconds(step, settings) for step in steps]
    left = [*accumulate(reversed(lengths), initial=0.0)][::-1]
    winding = _Winding(settings, min(settings.wind_down_seconds, left[0]) or 1.0)
    sets: dict[tuple[int, int], list[float]] = {}
    for step, (begin, end) in zip(steps, pairwise(left), strict=True):
        if step.set and step.side:
            sets.setdefault((step.exercise, step.set), []).extend((begin, end))
    wound = []
    for step, (begin, end) in zip(steps, pairwise(left), strict=True):
        # Both sides get equal time: words go at one rate in all of a set with sides.
        whole = sets.get((step.exercise, step.set)) if step.side else None
        middle = (whole[0] + whole[-1]) / 2 if whole else None
        wound.append(
            replace(
                step,
                parts=winding.parts(step, begin, middle),
                wound=(1 - begin / winding.over, 1 - end / winding.over),
            )
        )
    return tuple(wound)


def about_seconds(steps: Sequence[Step], settings: Settings) -> float:
    """About how long a session takes, without speaking it."""
    return settings.fit_seconds or sum(_step_seconds(step, settings) for step in steps)


def _step_seconds(step: Step, settings: Settings) -> float:
    return sum(_seconds(part, settings) for part in step.parts)


def _seconds(part: StepPart, settings: Settings) -> float:
    """About how long a part takes."""
    match part:
        case Say():
            said = len(part.text.split()) * 60 / (settings.wpm * part.rate)
            return said * (1 + settings.trail) + GAP_SECONDS / settings.pace * settings.leeway.gaps
        case Span():
            return part.seconds * (settings.leeway.gaps if part.fits else 1)
        case SayLength():
            return LENGTH_SECONDS
        case _:
            return CHIME_SECONDS


@dataclass(frozen=True, slots=True)
class _Winding:
    settings: Settings
    over: float
    """The seconds before the end where it begins."""

    def how_far(self, left: float) -> float:
        """From 0, where it begins, to 1 at the session's end, where nothing is `left`."""
        return max(1 - left / self.over, 0.0)

    def parts(self, step: Step, left: float, middle: float | None) -> tuple[StepPart, ...]:
        """The step's parts; so much is left where it begins, or all are said as in the `middle`."""
        slower: list[StepPart] = []
        for part in step.parts:
            behind = left - _seconds(part, self.settings)
            if isinstance(part, Say):
                slower.append(self.said(part, left if middle is None else middle))
            elif isinstance(part, Span):
                cues = tuple(self.placed(cue, left, behind, middle) for cue in part.cues)
                slower.append(replace(part, cues=cues))
            else:
                slower.append(part)
            left = behind
        return tuple(slower)

    def placed(self, cue: Placed, left: float, behind: float, middle: float | None) -> Placed:
        """A cue in a span, with so much left where that begins, and behind it."""
        at = cue.at_seconds or 0.0
        there = behind + at if cue.before_end else left - at
        return replace(cue, say=self.said(cue.say, there if middle is None else middle))

    def said(self, say: Say, left: float) -> Say:
        """What is said there; numbers keep their beat."""
        if say.role:
            return say
        rate = RATES[min(int(self.how_far(left) * len(RATES)), len(RATES) - 1)]
        return replace(say, rate=say.rate * rate)
