"""Wording: a dose, a progression, a day enter; the words a patient reads leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from voicecoach.phrases import phrases
from voicecoach.routine import Dose, Duration, Progress
from voicecoach.units import write_time

BETWEEN = " · "
"""Between the items of a dose."""
_SPACE = "\N{NO-BREAK SPACE}"


class Wording:
    """What a handout says by itself, in one language."""

    def __init__(self, language: str) -> None:
        """Raises NotFoundError: the coach has no phrases for the language."""
        self.spoken = phrases(language)
        self.texts: Mapping[str, Any] = self.spoken.texts["handout"]

    def say(self, key: str, **values: str) -> str:
        """A phrase with its blanks filled."""
        text: str = self.texts[key]
        return text.format(**values)

    def dose(self, dose: Dose) -> str:
        """How often, how long: "hold 20 s · 3 times · rest 10 s · each side"."""
        items = []
        if dose.hold:
            items.append(self.say("hold", length=self._range(dose.hold, dose.hold_most)))
        items.append(self.count("time", dose.reps, dose.reps_most))
        if dose.every:
            items.append(self.say("every", length=self.length(dose.every)))
        elif max(dose.reps, dose.reps_most or 0) > 1 and dose.rest != Duration():
            items.append(self.say("rest", length=self.length(dose.rest)))
        if max(dose.sets, dose.sets_most or 0) > 1:
            items.append(self.count("set", dose.sets, dose.sets_most))
            if dose.set_rest != Duration():
                items.append(self.say("set_rest", length=self.length(dose.set_rest)))
        if dose.sides:
            items.append(self.say(dose.sides))
        return BETWEEN.join(items)

    def progress(self, progress: Progress) -> str:
        """How a dose grows: "Add 1 set every 3 days, up to 5 sets."."""

        def amount(count: int) -> str:
            if progress.unit == "seconds":
                return self.length(Duration(count))
            return self.count(progress.unit.removesuffix("s"), count)

        return self.say(
            "progress",
            amount=amount(progress.add),
            period=self.count(progress.period.removesuffix("s"), progress.every),
            most=amount(progress.most),
        )

    def times(self, times: Iterable[time]) -> str:
        """When it is to be done: "every day at 9:00, 13:00, 18:00."."""
        return self.say("daily", times=", ".join(map(write_time, times)))

    def count(self, what: str, count: int, most: int | None = None) -> str:
        """So many of something, or up to so many: `what` is a phrase with its plural, such as time
        or set.
        """
        number = f"{count}–{most}" if most and most > count else str(count)
        text = self.say(f"one_{what}") if number == "1" else self.say(f"{what}s", n=number)
        return text.replace(" ", _SPACE)

    def length(self, length: Duration) -> str:
        """A length as it is written: 20 s, 1 min 30 s, 4 breaths."""
        if length.breaths:
            return self.count("breath", length.breaths)
        return self.spoken.written(length.seconds).replace(" ", _SPACE)

    def _range(self, least: Duration, most: Duration | None) -> str:
        if most is None or most == least:  # it has grown so far
            return self.length(least)
        low, high = self.length(least), self.length(most)
        number, _, unit = low.partition(_SPACE)
        alike = _SPACE not in unit and unit == high.partition(_SPACE)[2]
        return f"{number if alike else low}–{high}"

    def day(self, day: date) -> str:
        """A day as it is written: 22 November 2026."""
        number = self.texts["first_day"] if day.day == 1 else str(day.day)
        month = self.texts["months"][day.month - 1]
        return self.say("day", day=number, month=month, year=str(day.year))
