"""Exercises: one Exercise enters; its instructions, reps, sides and rests leave as Steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from voicecoach.phrases import Phrases
from voicecoach.program.writer import OTHER, Writer, sentence
from voicecoach.routine import MOVEMENT_SECONDS, Dose, Duration, Exercise, Movement, Side, Words
from voicecoach.settings import Settings
from voicecoach.step import Chime, Placed, Say, Span, SpanKind, Step, StepPart


class ExerciseWriter(Writer):
    """Writes the steps of one exercise."""

    exercise: Exercise

    def __init__(self, exercise: Exercise, settings: Settings, words: Phrases) -> None:
        super().__init__(settings, words, exercise)
        self.dose = exercise.dose or Dose()
        self.line = self.dose.line or exercise.line
        self.minimal = settings.guidance == "minimal"
        # Little is said only where chimes tell when to hold and to rest.
        self.quiet = self.minimal and bool(settings.chimes)

    def steps(self, announcement: str) -> Iterator[Step]:
        """Its steps; `announcement` is a phrase that takes its name, or "" for the name alone."""
        first, last = self._ends
        yield Step("instructions", self._instructions(announcement), side=first)
        if self.exercise.dose:
            for number in range(1, self.dose.sets + 1):
                yield from self._set(number)
        after = [*([self.exercise.finish] if self.exercise.finish else []), *self.exercise.after]
        if after:
            yield Step("finish", self.read(after, last))

    @property
    def _ends(self) -> tuple[Side | None, Side | None]:
        """The sides that come first and last."""
        return ("left", "right") if self.dose.sides else (None, None)

    def _instructions(self, announcement: str) -> tuple[StepPart, ...]:
        exercise, dose, side = self.exercise, self.dose, self._ends[0]
        name = exercise.name
        if announcement:
            name = self.words.say(announcement, name=self.words.name(name.rstrip(".!?…। ")))
        parts: list[StepPart] = [
            Say(sentence(name), exercise.line, group=True),
            *self.read((*exercise.caution, *exercise.before), side),
        ]
        if exercise.dose is None:
            return tuple(parts)
        if dose.every:
            parts += [part for m in exercise.movements for part in self.read(m.parts, side)]
        if side and dose.sides == "each":
            parts.append(self._side_name(side))
        elif side and dose.every:  # its beats leave no time to name the sides
            parts.append(Say(self.words.say("alternate")))
        if self.settings.get_ready_seconds:
            cue = Placed(Say(self.words.say("get_ready")), None)
            ready = self.settings.get_ready_seconds / self.settings.pace
            parts.append(Span("ready", ready, self.line, cues=() if self.minimal else (cue,)))
        return tuple(parts)

    def _set(self, number: int) -> Iterator[Step]:
        dose = self.dose
        sides: list[Side | None] = ["left", "right"] if dose.sides else [None]
        runs: list[list[tuple[int, Side | None]]]
        if dose.sides == "alternate":
            runs = [[(rep, side) for rep in range(1, dose.reps + 1) for side in sides]]
        else:
            runs = [[(rep, side) for rep in range(1, dose.reps + 1)] for side in sides]
        for run in runs:
            side = run[0][1]
            opening = self._run_opening(number, side, switched=run is not runs[0])
            if opening:
                yield Step("side", opening, set=number, sets=dose.sets, side=side, reps=dose.reps)
            asked = any(isinstance(part, Say) and part.line for part in opening)
            for rep, rep_side in run:
                later = (number > 1 and not asked) or rep > 1
                parts = self._rep(rep, rep_side, later=later)
                more = (rep, rep_side) != run[-1]
                if more:
                    parts += self._between(number, rep, rep_side)
                elif run is runs[-1] and number < dose.sets:
                    parts += self._rest(dose.set_rest, rep_side)
                yield Step(
                    "rep",
                    tuple(parts),
                    set=number,
                    sets=dose.sets,
                    rep=rep,
                    reps=dose.reps,
                    side=rep_side,
                    joined=more and bool(dose.every),
                )

    def _run_opening(
        self, set_number: int, side: Side | None, *, switched: bool
    ) -> tuple[StepPart, ...]:
        """What is said before a set's first rep, or when the side changes."""
        parts: list[StepPart] = []
        if switched and side:
            parts += [Chime("switch"), Say(self.words.say("switch")), self._side_name(side)]
            parts += self._sided_words(side, set_number)
            parts += self._time("switch", self.dose.switch)
        elif self.dose.sets > 1:
            if not self.minimal:
                parts.append(self._count("set", set_number, self.dose.sets))
            if set_number > 1 and side and (self.dose.sides == "each" or self.dose.every):
                parts.append(self._side_name(side))
                parts += self._sided_words(side, set_number)
        return tuple(parts)

    def _sided_words(self, side: Side, set_number: int) -> list[Say]:
        """The instructions again, as far as they tell of sides; fading, only the first time."""
        if self.minimal or (self.settings.guidance == "fading" and set_number > 1):
            return []
        parts = list(self.exercise.before)
        if self.dose.every:  # its movements are not said in each rep
            parts += [part for movement in self.exercise.movements for part in movement.parts]
        texts = [part for part in parts if isinstance(part, Words)]
        return [say for words in texts for say in self.sentences(words, side) if say.as_long_as]

    def _rep(self, rep: int, side: Side | None, *, later: bool) -> list[StepPart]:
        dose = self.dose
        if dose.every:
            return [self._beat(rep)]
        parts: list[StepPart] = []
        if dose.sides == "alternate" and side:
            parts.append(self._side_name(side))
        if dose.reps > 1 and (not self.minimal or rep == dose.reps):
            parts.append(self._count("rep", rep, dose.reps))
        does = self._movements if self.exercise.movements else self._position
        parts += does(side, later=later)
        switches = dose.sides == "alternate" and side == "left"  # with a chime of its own
        held = any(isinstance(part, Span) and part.closes for part in parts)
        if not held and not switches and rep < dose.reps:
            parts.append(Chime("rep"))
        return parts

    def _movements(self, side: Side | None, *, later: bool) -> list[StepPart]:
        untimed = [m for m in self.exercise.movements if not m.timed]
        short = self._short(side) if later else []
        parts: list[StepPart] = [*short]
        for movement in self.exercise.movements:
            said = self.read(movement.parts, side)
            if later and self.settings.guidance != "full":
                said = _first_words(said, 0 if short or self.quiet else 1)
            parts += said
            if not movement.timed:
                held = self.dose.hold if untimed and movement is untimed[-1] else None
                if held:
                    parts.append(self.hold(held, self.line, side))
                elif not movement.waits:
                    parts.append(self._do(movement))
        return parts

    def _short(self, side: Side | None) -> list[Say]:
        """What later reps say instead of the full text, if there is such."""
        fading = self.settings.guidance == "fading"
        return self.sentences(self.exercise.short, side) if fading and self.exercise.short else []

    def _position(self, side: Side | None, *, later: bool) -> list[StepPart]:
        """A rep without movements: the words that ask for the position, and its hold."""
        exercise, hold = self.exercise, self.dose.hold
        asks: list[Say] = []
        if later and self.settings.guidance == "full":
            texts = [part for part in exercise.before if isinstance(part, Words)]
            last = self.sentences(texts[-1], side)[-1:] if texts else []
            asks = [replace(say, group=False) for say in last]
        elif later:
            asks = self._short(side)
        if not asks and hold and not self.quiet:
            seconds = hold.at(self.settings.breath_seconds)
            words = self.words.say("hold")
            if not later and not self.minimal and seconds == round(seconds):
                words = self.words.say("hold_for", length=self.words.length(round(seconds)))
            asks = [Say(words)]
        return [*asks, self.hold(hold, self.line, side) if hold else self._do(None)]

    def _do(self, movement: Movement | None) -> Span:
        line = movement.line if movement else self.line
        return Span("pause", MOVEMENT_SECONDS / self.settings.pace, line)

    def _beat(self, rep: int) -> Span:
        every = self.dose.every or Duration()
        number = Say(self.words.say_number(rep), role="beat", number=rep)
        hold = self.hold(self.dose.hold, self.line, None) if self.dose.hold else None
        inner = replace(hold, cues=()) if hold else None  # numbers count reps here, not seconds
        seconds = every.at(self.settings.breath_seconds)
        return Span("beat", seconds, self.line, cues=(Placed(number, 0.0),), inner=inner)

    def _between(self, set_number: int, rep: int, side: Side | None) -> list[StepPart]:
        """What stands between two reps: a rest, or time to change sides."""
        dose = self.dose
        if dose.every:  # one beat follows the other, whatever the side
            return []
        if dose.sides == "alternate" and side == "left":
            first = (set_number, rep) == (1, 1)
            words = self._sided_words("right", set_number) if first else []
            said = [Say(self.words.say("switch")), *words]
            return [Chime("switch"), *said, *self._time("switch", dose.switch)]
        if dose.sides == "alternate":  # sides change in this rest too
            return self._rest(max(dose.rest, dose.switch, key=self.paced), side)
        return self._rest(dose.rest, side)

    def _rest(self, length: Duration, side: Side | None) -> list[StepPart]:
        between = self.exercise.between
        if between:
            said = self.say(between.text, between.line, side)
        else:
            said = Say(self.words.say("rest"))
        cues = () if self.quiet and not between else (Placed(said, None),)
        return self._time("rest", length, cues)

    def _time(
        self, kind: SpanKind, length: Duration, cues: tuple[Placed, ...] = ()
    ) -> list[StepPart]:
        """A rest or a switch; one of no length is none."""
        seconds, fixed = self.paced(length), length.breaths > 0
        return [Span(kind, seconds, self.line, cues=cues, fixed=fixed)] if seconds else []

    def _count(self, what: str, n: int, total: int) -> Say:
        if n == total:
            return Say(self.words.say(f"last_{what}"))
        return Say(self.words.say(what, n=self.words.number(n), total=self.words.number(total)))

    def _side_name(self, side: Side) -> Say:
        own, other = self.words.say(f"{side}_side"), self.words.say(f"{OTHER[side]}_side")
        return Say(own, as_long_as=other)


def _first_words(parts: tuple[StepPart, ...], most: int) -> tuple[StepPart, ...]:
    """The parts with only so many of their sentences."""
    kept: list[StepPart] = []
    for part in parts:
        if isinstance(part, Say):
            most -= 1
        if not isinstance(part, Say) or most >= 0:
            kept.append(part)
    return tuple(kept)
