"""Walks: what was done of one exercise enters, session by session; what the next asks for leaves.

From one session to the next the dose goes one step up, one back, or stays:

- Up, when as many days, weeks (seven days done) or sessions are done as it asks for. A day counts
  once, and from the next day on; days missed don't count.
- Back, after a week without; or when it hurt: then it stays there until two sessions without.

It never passes its bound, nor falls below the script's own dose.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from voicecoach.progression.amounts import amount, own_amount, rule, top
from voicecoach.routine import Dose, Grown, Progress

PAUSE_DAYS = 7
"""So many whole days without are a pause; once a week is none."""
HELD_SESSIONS = 2
"""So many sessions in which it didn't hurt, until it may grow again."""
DAYS = {"days": 1, "weeks": 7}
"""Periods that count days done."""

Outcome = Literal["done", "hurt", "other"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a session asked of an exercise that grows."""

    own: float
    now: float
    rule: str
    """The progress in force, as text."""

    @classmethod
    def of(cls, grown: Grown) -> Asked:
        """What it asks for now."""
        return cls(grown.own, grown.now, grown.rule)

    @classmethod
    def read(cls, text: str) -> Asked | None:
        """What `str` wrote; None where it isn't that."""
        try:
            own, now, rule = text.split(" ", 2)
            return cls(float(own), float(now), rule)
        except ValueError:
            return None

    @property
    def unit(self) -> str:
        """What grew: sets, reps or seconds."""
        return "".join(self.rule.split()[2:3])

    def __str__(self) -> str:
        return f"{self.own!r} {self.now!r} {self.rule}"


@dataclass(frozen=True, slots=True)
class Practice:
    """One exercise in one session."""

    began: datetime
    """When the session began, aware of the offset of the place where it was held."""
    outcome: Outcome
    """done: the whole of it; hurt: it was stopped because it hurt."""
    asked: Asked | None = None
    """None: what the progress in force would have asked."""

    @property
    def day(self) -> date:
        """The day, where it was held."""
        return self.began.date()


def in_order(practices: Iterable[Practice]) -> list[Practice]:
    """By the moment, whatever order they were kept in."""
    return sorted(practices, key=lambda p: (p.began, p.day, p.outcome, str(p.asked)))


class Walk:
    """How one exercise's dose goes from session to session."""

    def __init__(self, progress: Progress, dose: Dose) -> None:
        self.progress, self.dose = progress, dose
        self.own = own_amount(progress, dose) or 0.0
        self.top, self.rule = top(progress, dose), rule(progress, dose)
        self.before: float | None = None
        """What the last session asked for."""
        self.step = 0
        self._earned = self._held = 0
        """Days or sessions done towards the next step; sessions until it may grow again."""
        self._counted: date | None = None
        """The last day that was earned."""
        self._last: date | None = None
        """The last day on which it was practised."""
        self._done: date | None = None
        """The last day on which it was done."""
        self._hurt = self._rested = False
        """Whether it hurt last time, and whether the pause since has had its effect."""

    def at(self, number: int) -> Grown:
        """The Nth dose: 1 is the script's own, each after it is a step more."""
        before = self._amount(number - 2) if number > 1 else None
        return self._grown(self._amount(number - 1), before)

    def begin(self, day: date) -> Grown:
        """What a session on that day asks for; its beginning is what moves the step."""
        paused = self._last is not None and (day - self._last).days > PAUSE_DAYS
        if self._hurt or (paused and not self._rested):
            self.step = max(self.step - 1, 0)
            self._earned, self._hurt, self._rested = 0, False, paused
        elif not self._held and self._earned >= self._needed and self._is_over(day):
            self.step = min(self.step + 1, self.top)
            self._earned = 0
        before, self.before = self.before, self._amount(self.step)
        return self._grown(self.before, before)

    def end(self, practice: Practice) -> None:
        """How the session that began last went."""
        if practice.outcome == "other":
            return
        self._last, self._rested = practice.day, False
        if practice.outcome == "hurt":
            self._hurt, self._held, self._earned = True, HELD_SESSIONS, 0
            return
        self._done = practice.day
        self._held = max(self._held - 1, 0)
        if self._is_over(practice.day):
            self._counted = practice.day
            self._earned += 1

    def done_on(self, day: date) -> bool:
        """Whether it was done on that day, or on a later one."""
        return self._done is not None and self._done >= day

    def follow(self, practices: Iterable[Practice]) -> None:
        """Walk through what was done.

        Where the script's own dose was changed since, or something else is to grow, it begins anew
        with that; where only the rule was, it goes on from what was asked last.
        """
        for practice in in_order(practices):
            asked = practice.asked
            if asked is None or (asked.rule == self.rule and asked.own == self.own):
                self.begin(practice.day)
                self.end(practice)
            elif asked.unit == self.progress.unit and asked.own == self.own:
                steps = math.floor((asked.now - self.own) / self.progress.add)
                self.step = max(min(steps, self.top), 0)
                self._earned, self._hurt = 0, False
                self.end(practice)
            else:  # what hurt then may hurt now, but nothing is earned
                self.step = 0
                self.end(practice)
                self._earned = 0
            if asked:
                self.before = asked.now if asked.unit == self.progress.unit else None

    def _grown(self, now: float, before: float | None) -> Grown:
        most = self._amount(self.top)
        return Grown(self.progress, self.rule, self.own, most, now, before)

    def _amount(self, step: int) -> float:
        return amount(self.progress, self.dose, step)

    @property
    def _needed(self) -> int:
        return self.progress.every * DAYS.get(self.progress.period, 1)

    def _is_over(self, day: date) -> bool:
        """Whether the day that counted last is over by that day; sessions count at once."""
        sessions = self.progress.period not in DAYS
        return sessions or self._counted is None or day > self._counted
