"""Looking back: recorded sessions enter; what was done on which day, and how it was, leaves.

A session counts where something of it was done; a day belongs to the place where it was held. A
day without one is only that: nobody is told of failing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from voicecoach.events import Answer
from voicecoach.record import RecordedSession

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Day:
    """What was done on a day."""

    date: date
    sessions: int = 0
    whole: int = 0
    """Those that went to their end."""
    played_seconds: float = 0.0
    held_seconds: float = 0.0
    hurt: tuple[str, ...] = ()
    """The exercises in which it hurt, in order; "" outside all of them."""
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from a Monday on; the first and the last may have fewer."""

    days: tuple[Day, ...]

    @property
    def monday(self) -> date:
        """Its first day, whether or not it is in the review."""
        first = self.days[0].date
        return first - first.weekday() * DAY


@dataclass(frozen=True, slots=True)
class Practised:
    """An exercise, by its name."""

    name: str
    held: tuple[float, ...]
    """Seconds, in each week."""
    done: tuple[int, ...]
    """How many times it was done whole, in each week."""


@dataclass(frozen=True, slots=True)
class Review:
    """A stretch of days looked back at."""

    title: str
    """The session's; "" of all sessions."""
    planned: int
    """Sessions a day; 0 where nothing says so."""
    days: tuple[Day, ...] = ()
    """Every day of the stretch, in order; none where nothing was ever done."""
    exercises: tuple[Practised, ...] = ()
    row: int = 0
    """Days in a row up to today, or to yesterday: today isn't over."""
    longest: int = 0
    """Most days in a row, ever."""
    weeks: tuple[Week, ...] = field(default=(), repr=False)

    @property
    def practised(self) -> int:
        """Days on which something was done."""
        return sum(day.sessions > 0 for day in self.days)

    @property
    def sessions(self) -> int:
        """Sessions in which something was done."""
        return sum(day.sessions for day in self.days)

    @property
    def whole(self) -> int:
        """Sessions that went to their end."""
        return sum(day.whole for day in self.days)

    @property
    def played_seconds(self) -> float:
        """How long all of them took, without pauses."""
        return sum(day.played_seconds for day in self.days)

    @property
    def a_day(self) -> float:
        """Sessions a day, on days with one."""
        return self.sessions / self.practised if self.practised else 0.0

    @property
    def hurt(self) -> dict[str, list[date]]:
        """The days on which it hurt, by exercise, the one in which it hurt most first."""
        found: dict[str, list[date]] = {}
        for day in self.days:
            for name in day.hurt:
                found.setdefault(name, []).append(day.date)
        return dict(sorted(found.items(), key=lambda each: -len(each[1])))

    @property
    def answers(self) -> list[tuple[date, Answer]]:
        """How it was, in order."""
        return [(day.date, answer) for day in self.days for answer in day.answers]


def look_back(
    sessions: Iterable[RecordedSession],
    since: date,
    until: date,
    title: str = "",
    planned: int = 0,
) -> Review:
    """What the days from `since` to `until` were like; `sessions` are all that ever were."""
    known = sorted(filter(_counts, sessions), key=lambda s: s.began)
    days = {day: list(own) for day, own in groupby(_by_day(known), _date)}
    first = min(days, default=until)
    shown = tuple(
        _day(day, days.get(day, [])) for day in _dates(max(since, first), until if days else since)
    )
    weeks = tuple(
        Week(tuple(own)) for _, own in groupby(shown, lambda d: d.date - d.date.weekday() * DAY)
    )
    within = [s for day, own in days.items() if since <= day <= until for s in own]
    runs = _runs([day for day, own in days.items() if day <= until])
    last, length = runs[-1] if runs else (date.min, 0)
    return Review(
        title,
        planned,
        shown if days else (),
        tuple(_exercises(within, weeks)),
        length if last >= until - DAY else 0,
        max((length for _, length in runs), default=0),
        weeks if days else (),
    )


def _counts(session: RecordedSession) -> bool:
    done = session.count("done") > 0 or session.held_seconds > 0
    spoken = session.ending == "done" and not session.exercises  # breathing, or a talk
    return done or spoken or session.ending == "hurt" or session.answer is not None


def _by_day(sessions: Sequence[RecordedSession]) -> list[RecordedSession]:
    return sorted(sessions, key=_date)  # who travels west has an evening again


def _date(session: RecordedSession) -> date:
    return session.began.date()


def _dates(first: date, last: date) -> Iterator[date]:
    return (first + number * DAY for number in range((last - first).days + 1))


def _day(day: date, sessions: Sequence[RecordedSession]) -> Day:
    return Day(
        day,
        len(sessions),
        sum(session.ending == "done" for session in sessions),
        sum(session.played_seconds for session in sessions),
        sum(session.held_seconds for session in sessions),
        tuple(_hurt_in(session) for session in sessions if session.ending == "hurt"),
        tuple(session.answer for session in sessions if session.answer),
    )


def _hurt_in(session: RecordedSession) -> str:
    return next((e.name for e in session.exercises if e.state == "hurt"), "")


def _exercises(sessions: Sequence[RecordedSession], weeks: Sequence[Week]) -> Iterator[Practised]:
    """Those that were held or done, in the order of the newest session that has them."""
    mondays = [week.monday for week in weeks]
    held: dict[str, list[float]] = {}
    done: dict[str, list[int]] = {}
    for session in reversed(sessions):
        day = _date(session)
        week = mondays.index(day - day.weekday() * DAY)
        for exercise in session.exercises:
            if exercise.held_seconds or exercise.state == "done":
                held.setdefault(exercise.name, [0.0] * len(weeks))[week] += exercise.held_seconds
                times = done.setdefault(exercise.name, [0] * len(weeks))
                times[week] += exercise.state == "done"
    for name, each in held.items():
        yield Practised(name, tuple(round(seconds, 1) for seconds in each), tuple(done[name]))


def _runs(days: Sequence[date]) -> list[tuple[date, int]]:
    """Days in a row: the last one of each, and how many."""
    runs: list[tuple[date, int]] = []
    for day in days:
        if runs and runs[-1][0] == day - DAY:
            runs[-1] = (day, runs[-1][1] + 1)
        else:
            runs.append((day, 1))
    return runs
