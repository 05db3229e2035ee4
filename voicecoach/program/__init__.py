"""Programs: a Routine and Settings enter; every rep, set and side spelled out as Steps leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from voicecoach.phrases import phrases
from voicecoach.program.exercise import ExerciseWriter
from voicecoach.program.writer import Writer
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


def build_program(routine: Routine, settings: Settings) -> Program:
    """The program of a routine; what the script sets counts where the user set nothing.

    Raises:
        NotFoundError: the coach has no phrases for the language.
    """
    settings = settings.under(routine.settings)
    return Program(routine.title, tuple(_session(routine, settings)), settings, routine)


def _session(routine: Routine, settings: Settings) -> Iterator[Step]:
    words = phrases(settings.language)
    writer = Writer(settings, words)
    timed = [exercise for exercise in routine.exercises if exercise.dose]
    title = Say(routine.title.rstrip(".") + ".", 1, group=True)
    caution = writer.read(routine.caution)
    chimes = settings.chimes
    yield Step("opening", (Chime("start"), title, *caution), routine.title, chimes=chimes)
    if timed and settings.guidance != "minimal":
        yield Step("length", (SayLength(),), routine.title, chimes=chimes)
    if routine.intro:
        yield Step("opening", writer.read(routine.intro), routine.title, chimes=chimes)
    for number, exercise in enumerate(routine.exercises, 1):
        own = settings.under(exercise.settings)
        for step in ExerciseWriter(exercise, own, words).steps(
            first=bool(timed) and exercise is timed[0]
        ):
            yield replace(step, name=exercise.name, exercise=number, chimes=own.chimes)
    closing: list[StepPart] = [Chime("finish"), Span("pause", TAIL_SECONDS)]
    if routine.exercises and routine.exercises[-1].dose:
        closing.insert(0, Say(words.say("finished")))
    yield Step("closing", tuple(closing), routine.title, chimes=chimes)
