"""Displays: events and timelines enter, lines and screens for people leave. The only room (with
the command line) that prints.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from voicecoach.controls import VOICE
from voicecoach.events import (
    Answered,
    Asked,
    Ended,
    Event,
    Ignored,
    Moment,
    Obeyed,
    Passed,
    Paused,
    Resumed,
    VoiceChanged,
)
from voicecoach.program import Program
from voicecoach.routine import Routine
from voicecoach.step import Step
from voicecoach.timeline import Cue, Timeline
from voicecoach.units import RATE, seconds, write_seconds

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live

SPAN_NAMES = {
    "hold": "Hold",
    "rest": "Rest",
    "pause": "Pause",
    "ready": "Get ready",
    "switch": "Switch sides",
    "breath": "Breathe",
    "beat": "Count",
}
ENDINGS = {"done": "Done.", "stopped": "Stopped.", "hurt": "Stopped: it hurt."}

ASKED = "How was it? b better, s same, w worse, or 0 to 10: how much it hurts; space: no answer"
SEEK_ADVICE = "Three times in a row it was not good. Please seek advice before you go on."


def place(step: Step) -> str:
    """Where a step stands: "rep 2 of 3, left side"."""
    parts = []
    if step.sets > 1:
        parts.append(f"set {step.set} of {step.sets}")
    if step.rep:
        parts.append(f"rep {step.rep} of {step.reps}")
    if step.side and step.kind in ("rep", "side"):
        parts.append(f"{step.side} side")
    return ", ".join(parts)


class PlainDisplay:
    """A line for each thing that begins: for pipes, logs, screen readers and dumb terminals."""

    def __init__(self) -> None:
        self._heading = ""
        self._speech: Cue | None = None
        self._span: Cue | None = None

    def watch(self, event: Event) -> None:
        """Print what is new."""
        match event:
            case Passed(moment):
                self._moment(moment)
            case _:
                if line := event_line(event):
                    _print(line)

    def say(self, lines: list[str]) -> None:
        """Print something else, such as the list of keys."""
        _print("\n".join(lines))

    def _moment(self, moment: Moment) -> None:
        clock = write_seconds(seconds(moment.at))
        heading = ": ".join(filter(None, (moment.step.name, place(moment.step))))
        if heading != self._heading:
            self._heading = heading
            _print(f"{clock} {heading}")
        if moment.speech and moment.speech != self._speech:
            self._speech = moment.speech
            _print(f"{clock}   {moment.speech.text}")
        span = moment.span
        if span and span != self._span:
            self._span = span
            if span.kind not in ("beat", "pause"):
                _print(f"{clock}   {_span_name(span)}")


class ScreenDisplay:
    """A moving screen: exercise, rep, side, what remains of a hold, what's next, the time left."""

    def __init__(self, program: Program, live: Live) -> None:
        self._program, self._live = program, live
        self._note = ""
        self._more: list[str] = []
        self.answered = ""
        """What somebody said of how it was, to be read when the screen is gone."""

    def watch(self, event: Event) -> None:
        """Show the moment, and what was last asked or happened."""
        match event:
            case Passed(moment):
                self._live.update(_screen(self._program, moment, self._note, self._more))
            case Obeyed() if event.command not in ("pause", "resume"):
                self._note = event_line(event)
            case _:
                if line := event_line(event):
                    self._note = line
                if isinstance(event, Asked | Answered):  # once more, if an answer was taken back
                    self.answered = f" {line}" if isinstance(event, Answered) else ""

    def say(self, lines: list[str]) -> None:
        """Show something else below, such as the list of keys; a second time takes it away."""
        self._more = [] if self._more == lines else lines


class SilentDisplay:
    """None at all: where another program reads what is printed."""

    def watch(self, event: Event) -> None:
        """Show nothing."""

    def say(self, lines: list[str]) -> None:
        """Print aside."""
        _print("\n".join(lines), err=True)


Display = PlainDisplay | ScreenDisplay | SilentDisplay


def event_line(event: Event) -> str:
    """What somebody who watches wants to know of an event, or ""."""
    match event:
        case Paused("asked"):
            return "Paused; space goes on."
        case Paused(why):
            return f"Paused: {why}. It goes on as soon as there is one."
        case Resumed():
            return "It goes on."
        case VoiceChanged():
            return f"{event.why[:1].upper()}{event.why[1:]}; {event.voice} speaks from here on."
        case Ignored(command="start"):
            return ""  # a controller that this machine lacks: `doctor` tells of it
        case Ignored():
            return f"{event.command}: {event.why}"
        case Obeyed(command, source=source) if source == VOICE:
            return f"Heard: {command}."
        case Asked():
            return ASKED
        case Answered(answer, advice=advice):
            said = f"Pain {answer.pain} of 10." if answer.feeling is None else f"{answer}."
            return f"{said.capitalize()} {SEEK_ADVICE if advice else 'Thank you.'}"
        case Ended(how):
            return ENDINGS.get(how, "")
    return ""


@contextlib.contextmanager
def open_display(program: Program, *, plain: bool, silent: bool = False) -> Iterator[Display]:
    """The display that suits: lines, a moving screen, or none."""
    if silent:
        yield SilentDisplay()
        return
    if plain:
        _print(program.title)
        yield PlainDisplay()
        return
    from rich.console import Console
    from rich.live import Live

    with Live(console=Console(), refresh_per_second=10, transient=True) as live:
        display = ScreenDisplay(program, live)
        yield display
    click.echo(f"{program.title}: over.{display.answered}")


def _print(line: str, *, err: bool = False) -> None:
    """Print while a session goes on, which a full disk or a reader who has gone doesn't end."""
    with contextlib.suppress(OSError):
        click.echo(line, err=err)


def _screen(program: Program, moment: Moment, note: str, more: list[str]) -> RenderableType:
    from rich.console import Group
    from rich.panel import Panel
    from rich.progress_bar import ProgressBar
    from rich.text import Text

    lines: list[RenderableType] = [Text(moment.step.name, style="bold"), Text(place(moment.step))]
    span = moment.span
    # A whole second shows until it is over, as a countdown is spoken.
    clock = f"{SPAN_NAMES[span.kind]} {-(-moment.span_left // RATE)}" if span else ""
    lines.append(Text(clock, style="bold cyan"))
    lines.append(Text(moment.speech.text if moment.speech else "", style="italic"))
    if moment.next_name:
        lines.append(Text(f"Next: {moment.next_name}", style="dim"))
    if moment.left is not None:
        lines.append(Text(f"{write_seconds(seconds(moment.left))} left", style="dim"))
        lines.append(ProgressBar(total=moment.at + moment.left, completed=moment.at))
        lines.append(Text(""))  # a bar doesn't end its line
    lines.append(Text(note, style="yellow"))
    lines += [Text(line) for line in more]
    return Panel(Group(*lines), title=Text(program.title), width=76, subtitle="? lists the keys")


def timeline_lines(timeline: Timeline) -> list[str]:
    """A timeline as lines to read: the clock, then what is said or done."""
    lines = [f"{timeline.title}: {write_seconds(seconds(timeline.frames))}"]
    chapters = list(timeline.chapters)
    for cue in timeline.cues:
        while chapters and cue.start >= chapters[0].start:
            lines.append(f"\n{chapters.pop(0).title}")
        clock = _clock(cue.start)
        if cue.kind == "speech":
            lines.append(f"{clock}  {cue.text}")
        elif cue.kind == "chime":
            lines.append(f"{clock}  ({cue.event} chime)")
        else:
            lines.append(f"{clock}  [{_span_name(cue)}]")
    lines += [f"left out: {left.text} ({left.why})" for left in dict.fromkeys(timeline.left_out)]
    return lines


def dose_lines(routine: Routine) -> list[str]:
    """The doses that grow: what they are, and how far they go."""
    lines = []
    for exercise in routine.exercises:
        if grown := exercise.grown:
            unit = grown.progress.unit if grown.now != 1 else grown.progress.unit.removesuffix("s")
            bounds = f"{grown.own:g} at first, at most {grown.most:g}"
            lines.append(f"{exercise.name}: {grown.now:g} {unit} ({bounds})")
    return ["\nDoses that grow", *lines] if lines else []


def _span_name(span: Cue) -> str:
    return f"{SPAN_NAMES[span.kind]}, {round(seconds(span.end - span.start), 2):.10g} s"


def _clock(at: int) -> str:
    minutes, rest = divmod(at / RATE, 60)
    return f"{int(minutes):3}:{rest:06.3f}"
