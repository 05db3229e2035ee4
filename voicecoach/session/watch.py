"""Reports: what the stream has let sound enters, events leave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from voicecoach.events import Asked, Event, Moment, Passed, StepEnded, StepStarted
from voicecoach.rendition import Rendition
from voicecoach.session.edit import Place
from voicecoach.session.stream import Heard, Stream
from voicecoach.step import Step
from voicecoach.units import Frames, seconds


@dataclass
class _Run:
    """A step being heard."""

    step: Step
    end: int
    frames: int
    whole: bool
    held: int = 0


class Reporter:
    """Tells which steps began and ended, and where the session is."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.place: Place | None = None
        """Where the program is; what is said in between two of its places doesn't move it."""
        self._aside: Place | None = None
        """Where what is said in between is."""
        self._at = 0
        self._held: tuple[Place, int] | None = None
        """The last frame of the last hold that ended, and where that was."""
        self._run: _Run | None = None

    def events(self) -> Iterator[Event]:
        """What has happened since this was last asked."""
        while heard := self.stream.next_heard():
            if heard.segment.step.index < 0:
                self._aside = Place(heard.segment, heard.end)
                if heard.segment.step.kind == "question" and heard.start == 0:
                    yield Asked()
                continue
            self._aside = None
            yield from self._step(heard)
            self._at += heard.end - heard.start
            self.place = Place(heard.segment, heard.end)

    def end(self) -> Iterator[Event]:
        """The last step's end."""
        yield from self.events()
        if self._run:
            yield self._ended(self._run)
            self._run = None

    def held(self, within: int) -> Place | None:
        """The last frame of the hold that ended, if that was within so many frames."""
        place, at = self._held or (None, 0)
        return place if self._at - at <= within else None

    def moment(self, rendition: Rendition) -> Moment | None:
        """Where the session is; None before its first sound."""
        if self.place is None:
            return None
        segment, offset = self.place.segment, self.place.offset
        now = [cue for cue in segment.cues if cue.start <= offset < cue.end]
        spans = [cue for cue in now if not cue.sounds]
        said = self._aside or self.place
        spoken = [c for c in said.segment.cues if c.kind == "speech"]
        spoken = [c for c in spoken if c.start <= said.offset < c.end]
        span = spans[-1] if spans else None
        here = segment.step
        to_come = rendition.program.steps[here.index + 1 :]
        names = (step.name for step in to_come if step.exercise > here.exercise)
        later = rendition.left(here.index)
        return Moment(
            Frames(self._at),
            None if later is None else Frames(later + segment.frames - offset),
            here,
            span,
            Frames(span.end - offset if span else 0),
            spoken[-1] if spoken else None,
            next(names, ""),
        )

    def passed(self, rendition: Rendition) -> Iterator[Event]:
        """The moment, if there is one."""
        if moment := self.moment(rendition):
            yield Passed(moment)

    def _step(self, heard: Heard) -> Iterator[Event]:
        run, step = self._run, heard.segment.step
        if run is None or run.step.index != step.index or (heard.start == 0 and run.end > 0):
            if run:
                yield self._ended(run)
            self._run = run = _Run(step, heard.start, heard.segment.frames, heard.start == 0)
            yield StepStarted(step, Frames(self._at))
        run.end, run.frames = heard.end, heard.segment.frames
        for hold in (cue for cue in heard.segment.cues if cue.kind == "hold"):
            run.held += max(0, min(hold.end, heard.end) - max(hold.start, heard.start))
            if heard.start < hold.end <= heard.end:
                at = self._at + hold.end - heard.start
                self._held = Place(heard.segment, hold.end - 1), at

    def _ended(self, run: _Run) -> StepEnded:
        return StepEnded(run.step, seconds(run.held), run.whole and run.end >= run.frames)
