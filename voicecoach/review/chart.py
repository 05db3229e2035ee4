"""Charts: a review enters; its drawing leaves: each day of a calendar, what was held each week, how
it was, and where it hurt. A column is a week.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from voicecoach.events import MOST_PAIN, Answer
from voicecoach.figure.drawing import (
    Drawing,
    box,
    document,
    fitted,
    label,
    labels,
    path,
    text_width,
    wrapped,
)
from voicecoach.figure.shapes import GREY, INK, LINE, TROUBLE, missing_mark
from voicecoach.review import Practised, Review, Week
from voicecoach.review.wording import Words

WIDTH, MARGIN = 1000, 40
INNER = WIDTH - 2 * MARGIN
LABELS, VALUES = 190, 90
"""Left and right of the columns: names, and the last week's figures."""
COLUMNS = INNER - LABELS - VALUES
MOST_WEEKS = 53
"""The last so many; more can't be told apart."""
WIDEST, CELL, BARS, LANE = 48.0, 22, 30, 56
MOST_EXERCISES = 24
GROUND, NOTHING = "#ffffff", "#f1efe9"
SHADES = (("#cfe6e2", INK), ("#8cc4bd", INK), ("#3b8f86", "#ffffff"), ("#0b5f57", "#ffffff"))
"""Of a day, from few sessions to all that were planned, and what is written on each."""
FELT = {"better": "#0b6b63", "same": "#8a6d1d", "worse": TROUBLE}


def chart(review: Review, words: Words, most_exercises: int = MOST_EXERCISES) -> Drawing:
    """The drawing, its words in the review's language."""
    return _Chart(review, words, most_exercises).drawing()


class _Chart:
    """One drawing; every part is put below the last one."""

    def __init__(self, review: Review, words: Words, most_exercises: int) -> None:
        self.most_exercises = most_exercises
        self.review, self.words, self.texts = review, words, words.texts
        self.weeks: Sequence[Week] = review.weeks[-MOST_WEEKS:]
        self.pitch = min(WIDEST, COLUMNS / max(len(self.weeks), 1))
        self.y = float(MARGIN)

    def drawing(self) -> Drawing:
        parts = [*self._header(), *self._facts()]
        if self.weeks:
            parts += [*self._calendar(), *self._held(), *self._felt(), *self._hurt()]
        told = "; ".join(f"{name}: {figure}" for name, figure in self.words.facts(self.review))
        title = f"{self.review.title}: {self.texts['report']}".removeprefix(": ")
        return document(WIDTH, round(self.y) + MARGIN, title, told, parts, GROUND)

    def _x(self, column: float) -> float:
        return MARGIN + LABELS + column * self.pitch

    def _header(self) -> Iterator[str]:
        for line in wrapped(self.review.title or self.texts["report"], 32, INNER, 2):
            self.y += 34
            yield label(MARGIN, self.y - 6, line, 32, INK, bold=True)
        self.y += 24
        about = self.words.stretch(self.review) or self.texts["nothing"]
        yield label(MARGIN, self.y - 4, about, 17, GREY)
        self.y += 12

    def _facts(self) -> Iterator[str]:
        for number, (name, figure) in enumerate(self.words.facts(self.review)):
            self.y += 0 if number % 2 else 26
            pieces = [(name, 16.0, GREY, False), (figure, 16.0, INK, True)]
            yield labels(MARGIN + number % 2 * INNER * 0.42, self.y, pieces)

    def _heading(self, text: str) -> str:
        self.y += 46
        rule = path(box(MARGIN, self.y - 27, INNER, 1), LINE)
        return rule + label(MARGIN, self.y, text, 19, INK, bold=True)

    def _calendar(self) -> Iterator[str]:
        yield self._heading(self.texts["calendar"])
        self.y += 22
        free, before = 0.0, ""
        for column, week in enumerate(self.weeks):
            x, name = self._x(column), self.words.month(week.days[0].date)
            if name != before and x >= free:
                yield label(x, self.y, name, 13, GREY)
                free, before = x + text_width(name, 13) + 6, name
        top = self.y + 8
        for row, name in enumerate(self.texts["weekdays"]):
            y = top + row * CELL + 15
            yield label(MARGIN + LABELS - 10, y, name, 13, GREY, anchor="end")
        most = self.review.planned or max((day.sessions for day in self.review.days), default=1)
        crosses = ""
        for column, week in enumerate(self.weeks):
            for day in week.days:
                x, y = self._x(column), top + day.date.weekday() * CELL
                fill, ink = NOTHING, INK
                if day.sessions:
                    share = min(day.sessions / max(most, 1), 1)
                    fill, ink = SHADES[round(share * (len(SHADES) - 1))]
                yield path(box(x + 1, y + 1, self.pitch - 2, CELL - 2), fill)
                number = str(day.sessions or "")
                if number and text_width(number, 13) + 4 <= self.pitch:
                    yield label(x + self.pitch / 2, y + 16, number, 13, ink, anchor="middle")
                if day.hurt:
                    crosses += missing_mark(x + self.pitch - 10, y + 2)
        yield path(crosses, "none", TROUBLE, 2.5)
        self.y = top + 7 * CELL

    def _held(self) -> Iterator[str]:
        shown = [e for e in self.review.exercises if any(e.held)][: self.most_exercises]
        if not shown:
            return
        yield self._heading(self.texts["held"])
        self.y += 4
        # One measure for all: who compares two exercises sees which was held longer.
        most = max(max(exercise.held) for exercise in shown)
        for exercise in shown:
            yield from self._bars(exercise, most)

    def _bars(self, exercise: Practised, most: float) -> Iterator[str]:
        self.y += BARS + 10
        name = fitted(exercise.name, 15, LABELS - 14)
        yield label(MARGIN, self.y - 4, name, 15, INK)
        held = exercise.held[-len(self.weeks) :]
        width = max(min(self.pitch - 4, 30), 1)
        outline = "".join(
            box(self._x(n) + (self.pitch - width) / 2, self.y - high, width, high)
            for n, seconds in enumerate(held)
            if (high := max(BARS * seconds / most, 1.5) if seconds else 0)
        )
        yield path(box(self._x(0), self.y, len(held) * self.pitch, 1), LINE)
        yield path(outline, "#0b6b63")
        last = self.words.spoken.written(round(held[-1]))
        yield label(self._x(len(held)) + 10, self.y - 4, last, 14, GREY)

    def _felt(self) -> Iterator[str]:
        told = self.words.felt(self.review)
        if not told:
            return
        yield self._heading(self.texts["felt"])
        self.y += 26
        summary = [(f"{name}: {figure}", 15.0, GREY, False) for name, figure in told]
        yield labels(MARGIN, self.y, summary)
        first = self.weeks[0].monday
        answers = [(day, answer) for day, answer in self.review.answers if day >= first]
        words = [(day, answer) for day, answer in answers if answer.feeling]
        pains = [(day, answer) for day, answer in answers if answer.pain is not None]
        if words:
            yield from self._lane([self.texts[name] for name in FELT])
            for name, fill in FELT.items():
                found = [day for day, answer in words if answer.feeling == name]
                yield path("".join(self._mark(name, self._at(day, first)) for day in found), fill)
        if pains:
            self.y += 16 if words else 0
            yield from self._lane([str(MOST_PAIN), self.texts["pain"], "0"])
            yield from self._line(pains, first)

    def _lane(self, names: Sequence[str]) -> Iterator[str]:
        """Room for marks: three lines, named."""
        self.y += LANE + 18
        for number, name in enumerate(names):
            y = self.y - LANE + number * LANE / 2
            yield path(box(self._x(0), y, len(self.weeks) * self.pitch, 1), LINE)
            shown = fitted(name, 13, LABELS - 14)
            yield label(MARGIN + LABELS - 10, y + 4, shown, 13, GREY, anchor="end")

    def _at(self, day: date, first: date) -> float:
        """Where a day is, within its week's column."""
        return self._x(((day - first).days + 0.5) / 7)

    def _mark(self, feeling: str, x: float) -> str:
        """A triangle up, a square, a triangle down: told apart without colours."""
        y = self.y - LANE + list(FELT).index(feeling) * LANE / 2
        match feeling:
            case "better":
                return f"M{x - 6:.1f} {y + 5:.1f}h12l-6 -11z"
            case "worse":
                return f"M{x - 6:.1f} {y - 5:.1f}h12l-6 11z"
        return box(x - 4.5, y - 4.5, 9, 9)

    def _line(self, pains: Sequence[tuple[date, Answer]], first: date) -> Iterator[str]:
        points = [
            (self._at(day, first), self.y - LANE * (answer.pain or 0) / MOST_PAIN)
            for day, answer in pains
        ]
        outline = "".join(f"{'L' if n else 'M'}{x:.1f} {y:.1f}" for n, (x, y) in enumerate(points))
        yield path(outline if len(points) > 1 else "", "none", INK, 1.5)
        yield path("".join(box(x - 3, y - 3, 6, 6) for x, y in points), INK)

    def _hurt(self) -> Iterator[str]:
        yield self._heading(self.texts["hurt"])
        found = self.words.hurt(self.review)
        if not found:
            self.y += 24
            yield label(MARGIN, self.y, self.texts["no_hurt"], 15, GREY)
        for name, days in found[: self.most_exercises // 2]:
            self.y += 24
            yield path(missing_mark(MARGIN + 1, self.y - 10), "none", TROUBLE, 2.5)
            for line in wrapped(f"{name}: {days}", 15, INNER - 18, 2):
                yield label(MARGIN + 18, self.y, line, 15, INK)
                self.y += 20
            self.y -= 20
