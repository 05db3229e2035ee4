"""Building: a script's sections enter, the Routine leaves; what contradicts itself is reported."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from voicecoach.errors import quoted
from voicecoach.progression import grows
from voicecoach.routine import Exercise, Movement, Part, Routine, Words
from voicecoach.script.dose import MOST_REPS
from voicecoach.script.limits import least_seconds, most_reps
from voicecoach.script.markup import clean, speakable
from voicecoach.script.section import Report, Section
from voicecoach.units import DAY_SECONDS

LONG_BEAT_SECONDS = 60
"""Nobody counts so slowly: "every 2 hours" is meant for the day."""


def build_routine(sections: list[Section], report: Report) -> Routine:
    """The routine of a script's sections; its errors are in the report."""
    opening, *rest = sections
    facts = opening.facts
    stem = clean(Path(report.file).stem).strip()
    routine = Routine(
        title=opening.name or (stem if speakable(stem) else "Session"),
        intro=tuple(part for _, parts, _ in opening.blocks for part in parts),
        caution=tuple(opening.caution),
        exercises=tuple(_exercise(section, report) for section in rest),
        settings=opening.settings | ({"say": tuple(opening.says.values())} if opening.says else {}),
        progress=facts.get("progress"),
        times=facts.get("times", ()),
        author=facts.get("author", ""),
        license=facts.get("license", ""),
        tags=tuple(tag.strip() for tag in facts.get("tags", "").split(",") if tag.strip()),
        file=report.file,
    )
    _check_sides(opening, report)
    _check_progress(routine, report)
    if not rest and not any(speakable(p.text) for p in routine.intro if isinstance(p, Words)):
        report.error(1, 1, "the script says nothing", "write a sentence, or try: voicecoach new")
    _check_limits(routine, report)
    return routine


def _exercise(section: Section, report: Report) -> Exercise:
    blocks = section.blocks
    movements = tuple(Movement(parts, line) for kind, parts, line in blocks if kind == "movement")
    timed = section.dose_at is not None or any(movement.timed for movement in movements)
    reps_at = len(blocks)
    if timed:
        starts = [i for i, (kind, _, _) in enumerate(blocks) if kind == "movement"][:1]
        reps_at = min([*starts, *([section.dose_at] if section.dose_at is not None else [])])

    def prose(run: list[tuple[str, tuple[Part, ...], int]]) -> tuple[Part, ...]:
        """Of an exercise without timing, numbered lines are prose too."""
        return tuple(p for kind, parts, _ in run if kind == "prose" or not timed for p in parts)

    exercise = Exercise(
        name=section.name,
        line=section.line,
        before=prose(blocks[:reps_at]),
        dose=section.dose if timed else None,
        movements=movements if timed else (),
        after=prose(blocks[reps_at:]),
        caution=tuple(section.caution),
        halfway=section.cues.get("halfway"),
        between=section.cues.get("between"),
        finish=section.cues.get("finish"),
        short=section.cues.get("short"),
        settings=section.settings,
        progress=section.facts.get("progress"),
    )
    _check_exercise(exercise, section, report)
    return exercise


def _check_exercise(exercise: Exercise, section: Section, report: Report) -> None:
    """What its dose and its words ask for must go together."""
    dose, at = exercise.dose, section.dose_items
    if dose is None:
        for name in ("halfway", "between", "short"):
            if words := section.cues.get(name):
                hint = "the exercise has no timing"
                report.warn(words.line, 1, f'"{name}" is never said', hint)
    if dose is None or not dose.sides:
        _check_sides(section, report)
    if dose is None:
        return
    if "switch" in at and not dose.sides:
        hint = 'add "each side" or "alternate sides"'
        report.error(*at["switch"], "a switch needs sides", hint)
    if dose.hold and exercise.movements and all(m.timed for m in exercise.movements):
        cause = "every movement has its own hold already"
        report.error(*at["hold"], cause, "take the hold out of the dose")
    if dose.every:
        if dose.every.seconds >= LONG_BEAT_SECONDS:
            cause = "this is the time from one rep to the next"
            report.warn(*at["every"], cause, "for times of day write: times: 9:00, 13:00")
        if any(movement.timed for movement in exercise.movements):
            hint = "take the holds out of the movements"
            report.error(*at["every"], '"every" counts reps by itself', hint)
        alike = dose.hold and (dose.hold.breaths > 0) == (dose.every.breaths > 0)
        if dose.hold and alike and dose.hold.at(1) > dose.every.at(1):
            cause = "the hold is longer than each beat"
            report.error(*at["hold"], cause, 'make "every" longer')
        if "rest" in at:
            cause = 'with "every" there is no rest between reps'
            report.warn(*at["rest"], cause, 'did you mean "between sets"?')


def _check_sides(section: Section, report: Report) -> None:
    for line, column, written in section.sided:
        hint = 'add "each side" to its dose line'
        report.error(line, column, f"{written} needs an exercise with sides", hint)


def _check_progress(routine: Routine, report: Report) -> None:
    """Whether what is to grow can grow."""
    hint = "a dose line must have what it adds to, and less of it than the bound"
    own = [e for e in routine.exercises if e.progress]
    for exercise in own:
        if not grows(replace(routine, exercises=(exercise,))):
            cause = f"the progress of {quoted(exercise.name)} changes nothing"
            report.warn(exercise.line, 1, cause, hint)
    others = tuple(e for e in routine.exercises if not e.progress)
    if routine.progress and not grows(replace(routine, exercises=others)):
        report.warn(1, 1, "the session's progress changes nothing", hint)


def _check_limits(routine: Routine, report: Report) -> None:
    reps, line = most_reps(routine)
    if reps > MOST_REPS:
        report.error(line, 1, f"the script has more than {MOST_REPS:,} reps", "split it")
    seconds, line = least_seconds(routine)
    if seconds > DAY_SECONDS:
        report.error(line, 1, "the session takes more than 24 h", "split it")
