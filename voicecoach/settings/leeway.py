"""Leeway: what a session that is to fit makes of what its script leaves open."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Leeway:
    """Where a session stands within its leeway; without a fit, where the script language has it."""

    gaps: float = 1.0
    """How much longer than usual rests, pauses and gaps are."""
    holds: float = 0.0
    """How far holds with a range are in it: from the lower bound at 0 to the upper at 1."""
    grain: float = 1.0
    """The seconds by which such holds grow: whole ones, which can be announced, where they do."""
    counts: float = 0.0
    """How far reps and sets with a range are in it, as holds."""
    words: float = 1.0
    """How much faster than usual words are."""


def within(low: float, high: float, share: float, grain: float, turn: float) -> float:
    """A value so far from `low` to `high`, in steps; `turn`, 0 to below 1, is how early it steps.

    Several that step by turns come to many lengths, where all at once would come to few.

    >>> within(2, 4, 0.0, 1, 0.5), within(2, 4, 0.3, 1, 0.5), within(2, 4, 1.0, 1, 0.0)
    (2.0, 3.0, 4.0)
    """
    steps = math.floor((high - low) / grain * share + turn)
    return float(high) if share >= 1 else float(min(low + steps * grain, high))
