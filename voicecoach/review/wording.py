"""Wording: a review enters; its figures in words leave, in the language of the session."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from voicecoach.export.handout.wording import Wording
from voicecoach.phrases import shown_phrases
from voicecoach.review import Review

MOST_DATES = 6
"""Of the days on which an exercise hurt, the last so many."""


class Words:
    """What a review says by itself."""

    def __init__(self, language: str) -> None:
        self.spoken = shown_phrases(language)
        self.texts: Mapping[str, Any] = self.spoken.texts["review"]
        self._days = Wording(self.spoken.language)

    def day(self, day: date) -> str:
        """A day as it is written."""
        return self._days.day(day)

    def month(self, day: date) -> str:
        """The name of a day's month."""
        name: str = self._days.texts["months"][day.month - 1]
        return name

    def stretch(self, review: Review) -> str:
        """From when to when, or which day; "" where nothing was done."""
        if not review.days:
            return ""
        first, last = (self.day(review.days[n].date) for n in (0, -1))
        if first == last:
            return first
        text: str = self.texts["stretch"].format(first=first, last=last)
        return text

    def facts(self, review: Review) -> list[tuple[str, str]]:
        """What is counted: a name and its figure each."""
        texts, decimal = self.texts, self.spoken.texts["captions"]["decimal"]
        whole = texts["whole"].format(n=review.whole)
        a_day = f"{review.a_day:.1f}".removesuffix(".0").replace(".", decimal)
        planned = f" ({texts['planned'].format(n=review.planned)})" if review.planned else ""
        practised = texts["of"].format(n=review.practised, total=len(review.days))
        minutes = round(review.played_seconds / 60) * 60
        return [
            (texts["days"], practised),
            (texts["row"], str(review.row)),
            (texts["longest"], str(review.longest)),
            (texts["sessions"], f"{review.sessions} ({whole})"),
            (texts["time"], self.spoken.written(minutes) if minutes else "–"),
            (texts["a_day"], f"{a_day}{planned}"),
        ]

    def felt(self, review: Review) -> list[tuple[str, str]]:
        """How it was, counted."""
        answers = [answer for _, answer in review.answers]
        told = [
            (self.texts[feeling], str(count))
            for feeling in ("better", "same", "worse")
            if (count := sum(answer.feeling == feeling for answer in answers))
        ]
        if pains := [answer.pain for answer in answers if answer.pain is not None]:
            shown = ", ".join(map(str, pains[-MOST_DATES:]))
            told.append((self.texts["pain"], f"… {shown}" if len(pains) > MOST_DATES else shown))
        return told

    def hurt(self, review: Review) -> list[tuple[str, str]]:
        """Where it hurt, and when."""
        return [
            (name or self.texts["outside"], self._dates(days)) for name, days in review.hurt.items()
        ]

    def _dates(self, days: Iterable[date]) -> str:
        found = list(dict.fromkeys(days))
        shown = ", ".join(self.day(day) for day in found[-MOST_DATES:])
        return f"… {shown}" if len(found) > MOST_DATES else shown
