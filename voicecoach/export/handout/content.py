"""Content: a session's material enters; what the page shows leaves, as plain data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path

from voicecoach.export.handout.code import Code
from voicecoach.export.handout.wording import Wording
from voicecoach.export.material import Material
from voicecoach.library import CODED, background_names, chime_sets
from voicecoach.routine import (
    Breathe,
    Dose,
    Duration,
    Exercise,
    Hold,
    Part,
    Pause,
    Progress,
    Routine,
    Words,
)
from voicecoach.units import seconds

PAPERS = {"a4": "a4", "letter": "us-letter"}
"""As Typst names them."""
MOST_RINGS = 24
"""More of them nobody counts: such a dose is told in words alone."""


LONG_SECONDS = 5
"""A pause so long has something done in it: "Circle your ankles. (pause 30s)"."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line of text; `strong` where it tells time."""

    text: str
    strong: bool = False


Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text and what it is: "In between:" and what is done then."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownExercise:
    """An exercise as the page shows it."""

    name: str
    dose: str
    rings: tuple[int, ...]
    """Reps of each set and side; () where rings would tell nothing."""
    caution: tuple[str, ...]
    before: tuple[Line, ...]
    movements: tuple[Line, ...]
    after: tuple[Line, ...]
    cues: tuple[Labelled, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """All that the page shows, under the names that the template knows."""

    paper: str
    language: str
    region: str | None
    title: str
    author: str
    keywords: tuple[str, ...]
    day: Mapping[str, int] | None
    """Year, month and day."""
    facts: tuple[str, ...]
    caution_label: str
    caution: tuple[str, ...]
    length: str
    intro: tuple[Line, ...]
    exercises: tuple[ShownExercise, ...]
    progress: Labelled | None
    times: Labelled | None
    code: Code | None
    code_name: str
    """What stands for the code where it can't be seen."""
    code_note: str
    command: str
    """What gives the script back."""
    sounds_note: str


def handout_content(material: Material, routine: Routine, code: Code | None) -> Content:
    """What a handout shows.

    Raises:
        NotFoundError: the coach has no phrases for the language.
    """
    details = material.details
    wording = Wording(details.language)
    writer = _Writer(wording)
    language, _, region = details.language.partition("-")
    day = date.fromisoformat(details.date) if details.date else None
    facts = (routine.author, wording.day(day) if day else "", routine.license)
    length = wording.spoken.about(seconds(material.timeline.frames))
    names = ", ".join(sound_files(routine)) if code else ""
    return Content(
        paper=PAPERS[material.paper],
        language=language,
        region=region if len(region) == 2 else None,
        title=routine.title,
        author=routine.author,
        keywords=(*routine.tags, CODED) if code else routine.tags,
        day={"year": day.year, "month": day.month, "day": day.day} if day else None,
        facts=tuple(filter(None, facts)),
        caution_label=wording.say("caution"),
        caution=tuple(words.text for words in routine.caution),
        length=wording.spoken.say("length", length=length),
        intro=writer.lines(routine.intro),
        exercises=tuple(writer.exercise(exercise) for exercise in routine.exercises),
        progress=writer.progress(routine.progress) if routine.progress else None,
        times=writer.times(routine.times) if routine.times else None,
        code=code,
        code_name=wording.say("code_name"),
        code_note=wording.say("code" if code else "no_code"),
        command=f"voicecoach import-qr PHOTO -o {_file_name(routine)}",
        sounds_note=wording.say("sounds", names=names) if names else "",
    )


def sound_files(routine: Routine) -> list[str]:
    """The names of the sound files that lie beside the script."""
    settings = [routine.settings, *(exercise.settings for exercise in routine.exercises)]
    named = [each.get(field) for each in settings for field in ("chimes", "background")]
    built_in = {None, "", *chime_sets(), *background_names()}
    return sorted({Path(str(name)).name for name in named if name not in built_in})


def _file_name(routine: Routine) -> str:
    """What the script may be called when it is read back."""
    stem = Path(routine.file).stem
    return f"{stem}.md" if re.fullmatch(r"[A-Za-z0-9][\w-]{0,23}", stem) else "session.md"


class _Writer:
    """Writes a routine's parts for the eye: chimes and short pauses are for the ear alone."""

    def __init__(self, wording: Wording) -> None:
        self.wording = wording

    def exercise(self, exercise: Exercise) -> ShownExercise:
        dose = exercise.dose
        said = [("halfway", exercise.halfway), ("between", exercise.between)] if dose else []
        cues = [
            Labelled(self.wording.say(name), self._text(words))
            for name, words in (*said, ("finish", exercise.finish))
            if words
        ]
        if exercise.progress:
            cues.append(self.progress(exercise.progress))
        return ShownExercise(
            exercise.name,
            self.wording.dose(dose) if dose else "",
            _rings(dose) if dose else (),
            tuple(self._text(words) for words in exercise.caution),
            self.lines(exercise.before),
            tuple(self._line(movement.parts, movement.waits) for movement in exercise.movements),
            self.lines(exercise.after),
            tuple(cues),
        )

    def times(self, times: Iterable[time]) -> Labelled:
        return Labelled(self.wording.say("when"), self.wording.times(times))

    def progress(self, progress: Progress) -> Labelled:
        return Labelled(self.wording.say("progression"), self.wording.progress(progress))

    def lines(self, parts: Iterable[Part]) -> tuple[Line, ...]:
        return tuple(line for run in _paragraphs(parts) if (line := self._line(run)))

    def _line(self, parts: Iterable[Part], waits: bool = False) -> Line:
        """A run of text; in one that `waits`, the last pause is when it is done."""
        parts = list(parts)
        shown = (self._piece(part, timed=waits and part is parts[-1]) for part in parts)
        return tuple(filter(None, shown))

    def _piece(self, part: Part, *, timed: bool = False) -> Piece | None:
        match part:
            case Pause() if timed or part.length.breaths or part.length.seconds >= LONG_SECONDS:
                return _strong(self.wording.length(part.length))
            case Words():
                return Piece(self._text(part))
            case Hold():
                length = self.wording.length(part.length)
                return _strong(self.wording.say("hold", length=length))
            case Breathe():
                breaths = self.wording.length(Duration(breaths=part.count))
                return _strong(breaths)
        return None

    def _text(self, words: Words) -> str:
        return self.wording.spoken.both_sides(words.text)


def _strong(text: str) -> Piece:
    """What tells time, all on one line."""
    return Piece(f"({text})".replace(" ", "\N{NO-BREAK SPACE}"), strong=True)


def _rings(dose: Dose) -> tuple[int, ...]:
    groups = dose.sets * (2 if dose.sides else 1)
    return (dose.reps,) * groups if 1 < dose.reps * groups <= MOST_RINGS else ()


def _paragraphs(parts: Iterable[Part]) -> Iterator[list[Part]]:
    """Runs of parts, each begun by words that begin a paragraph."""
    run: list[Part] = []
    for part in parts:
        if isinstance(part, Words) and part.group:
            yield run
            run = []
        run.append(part)
    yield run
