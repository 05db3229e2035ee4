"""Building: a script's sections enter, the Routine leaves; what contradicts itself is reported."""

from __future__ import annotations

from pathlib import Path

from voicecoach.routine import Dose, Exercise, Movement, Part, Routine, Words
from voicecoach.script.dose import MOST_REPS
from voicecoach.script.limits import least_seconds, most_reps
from voicecoach.script.markup import speakable
from voicecoach.script.section import Report, Section
from voicecoach.units import DAY_SECONDS

_SIDE = "{side}"


def build_routine(sections: list[Section], report: Report) -> Routine:
    """The routine of a script's sections; its errors are in the report."""
    opening, *rest = sections
    facts = opening.facts
    routine = Routine(
        title=opening.name or Path(report.file).stem or "Session",
        intro=tuple(part for _, parts, _ in opening.blocks for part in parts),
        caution=tuple(opening.caution),
        exercises=tuple(_exercise(section, report) for section in rest),
        settings=opening.settings,
        progress=facts.get("progress"),
        author=facts.get("author", ""),
        license=facts.get("license", ""),
        tags=tuple(tag.strip() for tag in facts.get("tags", "").split(",") if tag.strip()),
        file=report.file,
    )
    _check_sides([*routine.intro, *routine.caution], report)
    if not rest and not any(speakable(p.text) for p in routine.intro if isinstance(p, Words)):
        report.error(1, 1, "the script says nothing", "write a sentence, or try: voicecoach new")
    if not report.errors:
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
    _check_exercise(exercise, section.dose_items, report)
    return exercise


def _check_exercise(exercise: Exercise, given: set[str], report: Report) -> None:
    """What its dose and its words ask for must go together; `given` are the dose's items."""
    dose = exercise.dose or Dose()
    line = dose.line or exercise.line
    if not dose.sides:
        cues = (exercise.halfway, exercise.between, exercise.finish, exercise.short)
        moved = [part for movement in exercise.movements for part in movement.parts]
        said = [*exercise.before, *moved, *exercise.after, *exercise.caution]
        _check_sides([*said, *(cue for cue in cues if cue)], report)
        if "switch" in given:
            report.error(line, 1, "a switch needs sides", 'add "each side" or "alternate sides"')
    if exercise.movements and dose.hold and all(m.timed for m in exercise.movements):
        said_twice = "every movement has its own hold already"
        report.error(line, 1, said_twice, "take the hold out of the dose")
    if dose.every:
        if any(movement.timed for movement in exercise.movements):
            hint = "take the holds out of the movements"
            report.error(line, 1, '"every" counts reps by itself', hint)
        breathed = dose.every.breaths or (dose.hold and dose.hold.breaths)
        if dose.hold and not breathed and dose.hold.seconds > dose.every.seconds:
            report.error(line, 1, "the hold is longer than each beat", 'make "every" longer')
        if "rest" in given:
            hint = 'did you mean "between sets"?'
            report.warn(line, 1, 'with "every" there is no rest between reps', hint)


def _check_sides(parts: list[Part], report: Report) -> None:
    for part in parts:
        if isinstance(part, Words) and _SIDE in part.text:
            hint = 'add "each side" to its dose line'
            report.error(part.line, 1, "{side} needs an exercise with sides", hint)


def _check_limits(routine: Routine, report: Report) -> None:
    reps, line = most_reps(routine)
    if reps > MOST_REPS:
        report.error(line, 1, f"the script has more than {MOST_REPS:,} reps", "split it")
    seconds, line = least_seconds(routine)
    if seconds > DAY_SECONDS:
        report.error(line, 1, "the session takes more than 24 h", "split it")
