"""Exercises: one Exercise enters; its instructions, reps, sides and rests leave as Steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from voicecoach.phrases import Phrases
from voicecoach.program.writer import OTHER, Writer
from voicecoach.routine import Dose, Duration, Exercise, Movement, Side, Words
from voicecoach.settings import Settings
from voicecoach.step import Chime, Placed, Say, Span, Step, StepPart

DO_SECONDS = 3.0
"""For a movement without its own timing, at pace 1 (script language)."""


class ExerciseWriter(Writer):
    """Writes the steps of one exercise."""

    exercise: Exercise

    def __init__(self, exercise: Exercise, settings: Settings, words: Phrases) -> None:
        super().__init__(settings, words, exercise)
        self.dose = exercise.dose or Dose()
        self.minimal = settings.guidance == "minimal"

    def steps(self, *, first: bool) -> Iterator[Step]:
        """Its steps; `first` is said of the session's first exercise with reps."""
        yield Step("instructions", self._instructions(first=first), side=self._first_side)
        if self.exercise.dose:
            for number in range(1, self.dose.sets + 1):
                yield from self._set(number)
        after = [*([self.exercise.finish] if self.exercise.finish else []), *self.exercise.after]
        if after:
            yield Step("finish", self.read(after))

    @property
    def _first_side(self) -> Side | None:
        return "left" if self.dose.sides else None

    def _instructions(self, *, first: bool) -> tuple[StepPart, ...]:
        exercise, side = self.exercise, self._first_side
        name = self.words.name(exercise.name).rstrip(".")
        if exercise.dose is None:
            return Say(exercise.name.rstrip(".") + ".", exercise.line, True), *self.read(
                (*exercise.caution, *exercise.before)
            )
        parts: list[StepPart] = [
            Say(self.words.say("first" if first else "next", name=name), exercise.line, group=True),
            *self.read((*exercise.caution, *exercise.before), side),
        ]
        if self.dose.every:
            parts += self._movement_words(side)
        if self.dose.sides == "each":
            parts.append(self._side_name("left"))
        if self.settings.get_ready_seconds:
            cue = Placed(Say(self.words.say("get_ready")), None)
            ready = self.settings.get_ready_seconds / self.settings.pace
            parts.append(Span("ready", ready, cues=() if self.minimal else (cue,)))
        return tuple(parts)

    def _set(self, number: int) -> Iterator[Step]:
        dose = self.dose
        sides: list[Side | None] = ["left", "right"] if dose.sides else [None]
        runs: list[list[tuple[int, Side | None]]]
        if dose.sides == "alternate":
            runs = [[(rep, side) for rep in range(1, dose.reps + 1) for side in sides]]
        else:
            runs = [[(rep, side) for rep in range(1, dose.reps + 1)] for side in sides]
        for run_number, run in enumerate(runs):
            side = run[0][1]
            opening = self._run_opening(number, side, switched=run_number > 0)
            if opening:
                yield Step("side", opening, set=number, sets=dose.sets, side=side, reps=dose.reps)
            for rep, rep_side in run:
                last_of_run = (rep, rep_side) == run[-1]
                after = self._after_rep(
                    rep_side,
                    last_of_run=last_of_run,
                    last_of_set=last_of_run and run is runs[-1],
                    last_set=number == dose.sets,
                )
                parts = (*self._rep(number, rep, rep_side), *after)
                yield Step("rep", parts, "", 0, number, dose.sets, rep, dose.reps, rep_side)

    def _run_opening(
        self, set_number: int, side: Side | None, *, switched: bool
    ) -> tuple[StepPart, ...]:
        """What is said before a set's first rep, or when the side changes."""
        parts: list[StepPart] = []
        if switched and side:
            parts += [Chime("switch"), Say(self.words.say("switch")), self._side_name(side)]
            parts += self._sided_words(side)
            parts.append(Span("switch", self.paced(self.dose.switch), self.dose.line))
        elif self.dose.sets > 1 and not self.minimal:
            parts.append(self._count("set", set_number, self.dose.sets))
            if set_number > 1 and side and self.dose.sides == "each":
                parts.append(self._side_name(side))
                parts += self._sided_words(side) if self.settings.guidance == "full" else []
        return tuple(parts)

    def _sided_words(self, side: Side) -> list[StepPart]:
        """The instructions again, as far as they tell of sides."""
        sided = [p for p in self.exercise.before if isinstance(p, Words) and "{side}" in p.text]
        said: list[StepPart] = []
        for words in sided:
            spoken = self.sentences(words, side)
            said += [say for say in spoken if say.as_long_as]
        return [*said, *(self._movement_words(side) if self.dose.every else [])]

    def _movement_words(self, side: Side | None) -> list[StepPart]:
        return [part for m in self.exercise.movements for part in self.read(m.parts, side)]

    def _rep(self, set_number: int, rep: int, side: Side | None) -> list[StepPart]:
        dose = self.dose
        if dose.every:
            return [self._beat(rep)]
        parts: list[StepPart] = []
        if dose.sides == "alternate" and side:
            parts.append(self._side_name(side))
        if dose.reps > 1 and (not self.minimal or rep == dose.reps):
            parts.append(self._count("rep", rep, dose.reps))
        later = rep > 1 or set_number > 1
        parts += (
            self._movements(side, later=later)
            if self.exercise.movements
            else self._position(side, later=later)
        )
        if not any(isinstance(part, Span) and part.closes for part in parts) and rep < dose.reps:
            parts.append(Chime("rep"))
        return parts

    def _movements(self, side: Side | None, *, later: bool) -> list[StepPart]:
        movements = self.exercise.movements
        untimed = [m for m in movements if not m.timed]
        shortened = later and self.settings.guidance == "fading" and self.exercise.short
        parts: list[StepPart] = (
            list(self.sentences(self.exercise.short, side))
            if shortened and self.exercise.short
            else []
        )
        for movement in movements:
            parts += self._less(
                self.read(movement.parts, side), later=later, silent=bool(shortened)
            )
            if not movement.timed:
                held = self.dose.hold if untimed and movement is untimed[-1] else None
                parts.append(self.hold(held, self.dose.line) if held else self._do(movement))
        return parts

    def _less(self, parts: Iterable[StepPart], *, later: bool, silent: bool) -> list[StepPart]:
        """A movement with as many words as the guidance leaves to it."""
        if not later or self.settings.guidance == "full":
            return list(parts)
        kept: list[StepPart] = []
        said = silent or self.minimal
        for part in parts:
            if not isinstance(part, Say):
                kept.append(part)
            elif not said:
                kept.append(_clause(part))
                said = True
        return kept

    def _position(self, side: Side | None, *, later: bool) -> list[StepPart]:
        """A rep without movements: the sentence that asks for the position, and its hold."""
        exercise, parts = self.exercise, list[StepPart]()
        if later and self.settings.guidance == "fading" and exercise.short:
            parts += self.sentences(exercise.short, side)
        elif later and not self.minimal:
            texts = [part for part in exercise.before if isinstance(part, Words)]
            asks = self.sentences(texts[-1], side)[-1:] if texts else []
            parts += self._less(
                [replace(say, group=False) for say in asks], later=True, silent=False
            )
        elif self.dose.hold and not self.minimal:
            seconds = self.dose.hold.at(self.settings.breath_seconds)
            length = self.words.length(round(seconds)) if seconds == round(seconds) else ""
            parts.append(
                Say(self.words.say("hold_for", length=length) if length else self.words.say("hold"))
            )
        parts.append(
            self.hold(self.dose.hold, self.dose.line) if self.dose.hold else self._do(None)
        )
        return parts

    def _do(self, movement: Movement | None) -> Span:
        line = movement.line if movement else self.dose.line
        return Span("pause", DO_SECONDS / self.settings.pace, line)

    def _beat(self, rep: int) -> Span:
        every = self.dose.every or Duration()
        number = Say(self.words.say_number(rep), role="beat", number=rep)
        hold = self.hold(self.dose.hold, self.dose.line) if self.dose.hold else None
        inner = replace(hold, cues=()) if hold else None  # numbers count reps here, not seconds
        seconds = every.at(self.settings.breath_seconds)
        return Span("beat", seconds, self.dose.line, cues=(Placed(number, 0.0),), inner=inner)

    def _after_rep(
        self, side: Side | None, *, last_of_run: bool, last_of_set: bool, last_set: bool
    ) -> list[StepPart]:
        dose = self.dose
        if last_of_run:
            return [] if last_set or not last_of_set else [self._rest(self.paced(dose.set_rest))]
        if dose.sides == "alternate" and side == "left":
            return [
                Chime("switch"),
                Say(self.words.say("switch")),
                Span("switch", self.paced(dose.switch), dose.line),
            ]
        if dose.every:
            return []
        rest = self.paced(dose.rest)
        if dose.sides == "alternate":  # sides change in this rest too
            rest = max(rest, self.paced(dose.switch))
        return [self._rest(rest)]

    def _rest(self, seconds: float) -> Span:
        between = self.exercise.between
        said = Say(between.text, between.line) if between else Say(self.words.say("rest"))
        cues = () if self.minimal and not between else (Placed(said, None),)
        return Span("rest", seconds, self.dose.line, cues=cues)

    def _count(self, what: str, n: int, total: int) -> Say:
        if n == total:
            return Say(self.words.say(f"last_{what}"), group=True)
        text = self.words.say(what, n=self.words.number(n), total=self.words.number(total))
        return Say(text, group=True)

    def _side_name(self, side: Side) -> Say:
        own, other = self.words.say(f"{side}_side"), self.words.say(f"{OTHER[side]}_side")
        return Say(own, as_long_as=other)


def _clause(say: Say) -> Say:
    """A sentence's first clause: enough for one who has done it before."""

    def cut(text: str) -> str:
        for mark in (",", ";", ":", " – ", " — "):
            head, found, _ = text.partition(mark)
            if found and len(head.split()) >= 3:
                text = head + "."
        return text

    return replace(say, text=cut(say.text), as_long_as=cut(say.as_long_as))
