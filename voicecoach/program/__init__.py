"""Programs: a Routine and Settings enter; every rep, set and side spelled out as Steps leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from voicecoach.errors import Location, Problem, ScriptError
from voicecoach.phrases import phrases
from voicecoach.program.exercise import ExerciseWriter
from voicecoach.program.news import dose_news
from voicecoach.program.ranges import settled
from voicecoach.program.winding import wound_down
from voicecoach.program.writer import Writer, sentence
from voicecoach.routine import Routine
from voicecoach.settings import Settings
from voicecoach.step import Chime, Say, SayLength, Span, Step, StepPart

TAIL_SECONDS = 0.5
"""Silence after the last chime, so that no player cuts it."""


@dataclass(frozen=True, slots=True)
class Program:
    """A session, step by step, under the settings that are in force."""

    title: str
    steps: tuple[Step, ...]
    settings: Settings
    routine: Routine
    spare: int = 0
    """Frames of silence after all else, by which a session that is to fit lacks nothing."""


def build_program(routine: Routine, settings: Settings) -> Program:
    """The program of a routine; what the script sets counts where the user set nothing.

    Raises:
        NotFoundError: the coach has no phrases for the language.
        ScriptError: a hold of breaths is longer than its beat of seconds, or the other way round.
    """
    settings = settings.under(routine.settings)
    _check_beats(routine, settings.breath_seconds)
    written = wound_down(tuple(_session(routine, settings)), settings)
    steps = tuple(replace(step, index=index) for index, step in enumerate(written))
    return Program(routine.title, steps, settings, routine)


def _check_beats(routine: Routine, breath_seconds: float) -> None:
    """Whether holds let go within their beats: in breaths, that is known only now."""
    doses = [exercise.dose for exercise in routine.exercises if exercise.dose]
    problems = [
        Problem(
            Location(routine.file, dose.line),
            "the hold is longer than each beat",
            f'make "every" longer, or the breath shorter than {breath_seconds:g}s',
        )
        for dose in doses
        if dose.every and dose.hold and dose.hold.at(breath_seconds) > dose.every.at(breath_seconds)
    ]
    if problems:
        raise ScriptError(problems)


def _session(routine: Routine, settings: Settings) -> Iterator[Step]:
    words = phrases(settings.language)
    writer = Writer(settings, words)
    exercises = settled(routine.exercises, settings.leeway)
    timed = [exercise for exercise in exercises if exercise.dose]
    title = Say(sentence(routine.title), 1, group=True)
    caution = writer.read(routine.caution)
    chimes = settings.chimes
    hint = [Say(words.say("can_say"))] if settings.listening else []
    yield Step("opening", (Chime("start"), *hint, title, *caution), routine.title, chimes=chimes)
    if timed and settings.guidance != "minimal":
        length: StepPart = SayLength()
        if settings.fit_seconds:  # known before anything is measured
            about = words.about(settings.fit_seconds)
            length = Say(words.say("length", length=about), group=True)
        yield Step("length", (length,), routine.title, chimes=chimes)
    if news := dose_news(routine, words):
        said = tuple(Say(text) for text in news)
        yield Step("opening", said, routine.title, chimes=chimes)
    if routine.intro:
        yield Step("opening", writer.read(routine.intro), routine.title, chimes=chimes)
    for number, exercise in enumerate(exercises, 1):
        own = settings.under(exercise.settings)
        announcement = "first" if timed and exercise is timed[0] else "next"
        if exercise.dose is None or len(timed) == 1:  # nothing to count, or only one
            announcement = ""
        for step in ExerciseWriter(exercise, own, words).steps(announcement):
            yield replace(step, name=exercise.name, exercise=number, chimes=own.chimes)
    closing: list[StepPart] = [Chime("finish"), Span("pause", TAIL_SECONDS)]
    if exercises and exercises[-1].dose:
        closing.insert(0, Say(words.say("finished")))
    yield Step("closing", tuple(closing), routine.title, chimes=chimes)
