"""Programmes: a script's routine on each day enters; its stages, each of one dose, and a playlist
for each week leave.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

from voicecoach.errors import ExportError, quoted
from voicecoach.export import Job
from voicecoach.export.batch import Order
from voicecoach.export.material import Material
from voicecoach.routine import Routine
from voicecoach.units import Frames, seconds
from voicecoach.whole import check_free, whole

WEEK = 7


@dataclass(frozen=True, slots=True)
class Stage:
    """Days in a row with the same doses: they need one track."""

    routine: Routine
    number: int
    """From 1."""
    first: int
    last: int
    """Its days, from 1."""


@dataclass(frozen=True, slots=True)
class Programme:
    """A script for some weeks."""

    name: str
    """What its files are called."""
    stages: tuple[Stage, ...]
    start: date | None = None
    """Its first day; None where that isn't said."""

    @property
    def days(self) -> int:
        """How many it has."""
        return self.stages[-1].last

    def track(self, stage: Stage) -> str:
        """A stage's name for files: by its dates, or else by the days of the programme."""
        if self.start:
            days = [(self.start + timedelta(day - 1)).isoformat() for day in _ends(stage)]
        else:
            width = len(str(self.days))
            days = [f"{day:0{width}}" for day in _ends(stage)]
        between = "-to-".join(days) if self.start else "-".join(days)
        step = f"{stage.number:0{len(str(len(self.stages)))}}"
        return f"{self.name}-{step}-{'' if self.start else 'day-'}{between}"

    def tagged(self, stage: Stage, material: Material) -> Material:
        """A stage's material, told apart from the others'."""
        if len(self.stages) == 1:
            return material
        title = f"{material.details.title} ({stage.number}/{len(self.stages)})"
        details = material.details.track(title, stage.number, len(self.stages))
        return replace(material, details=details)

    def playlist(self, week: int) -> str:
        """The name of a week's playlist; weeks count from 1."""
        return f"{self.name}-week-{week}.m3u8"

    @property
    def weeks(self) -> range:
        """Its weeks, from 1."""
        return range(1, (self.days - 1) // WEEK + 2)

    def check_playlists(self, folder: Path, *, replacing: bool) -> None:
        """Whether they can be written, before any work is done for them.

        Raises:
            ExportError: one exists already.
        """
        for path in (folder / self.playlist(week) for week in self.weeks):
            check_free(path, force=replacing)

    def write_playlists(
        self, folder: Path, ending: str, lengths: Mapping[Path, Frames], *, keep: bool
    ) -> list[Path]:
        """A playlist for each week: a track for each of its days; those written are returned.

        `lengths` are those of the tracks, as far as they are known; `keep` leaves playlists that
        are there.

        Raises:
            ExportError: one can't be written.
        """
        written = []
        for week in self.weeks:
            path = folder / self.playlist(week)
            if keep and path.exists():
                continue
            lines = ["#EXTM3U"]
            for day in range(WEEK * (week - 1) + 1, min(WEEK * week, self.days) + 1):
                stage = next(stage for stage in self.stages if day <= stage.last)
                name = self.track(stage) + ending
                length = lengths.get(folder / name)
                long = -1 if length is None else round(seconds(length))  # -1: not known
                which = self.start + timedelta(day - 1) if self.start else day
                lines += [f"#EXTINF:{long},{which}: {_line(stage.routine.title)}", name]
            with whole(path) as part:
                part.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
            written.append(path)
        return written


def make_programme(name: str, days: Iterable[Routine], start: date | None = None) -> Programme:
    """The stages of a script's days; the first day of each tells what is new."""
    stages: list[Stage] = []
    first = 1
    for _, group in groupby(days, lambda day: [exercise.dose for exercise in day.exercises]):
        alike = list(group)
        stages.append(Stage(alike[0], len(stages) + 1, first, first + len(alike) - 1))
        first += len(alike)
    return Programme(name, tuple(stages), start)


def programme_orders(
    programmes: Sequence[Programme],
    folder: Path,
    endings: Sequence[str],
    job: Callable[[Path], Job],
) -> list[Order]:
    """An order for each stage, called as its files: one of each ending.

    Raises:
        ExportError: two programmes would be written to the same files.
    """
    for name, count in Counter(programme.name for programme in programmes).items():
        if count > 1:
            raise ExportError(f"two scripts would be {quoted(name)} there; rename one")
    tracks = [each.track(stage) for each in programmes for stage in each.stages]
    return [Order(track, tuple(job(folder / (track + end)) for end in endings)) for track in tracks]


def _ends(stage: Stage) -> list[int]:
    """Its first day and, if that is another, its last."""
    return sorted({stage.first, stage.last})


def _line(text: str) -> str:
    return " ".join(text.split())
