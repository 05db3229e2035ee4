"""Schedules: a Step and measures enter, a Segment leaves; each cue on its frame, or left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from voicecoach.library import chime_sets
from voicecoach.settings import Settings
from voicecoach.speech import Utterance
from voicecoach.step import Chime, Placed, Say, Span, Step
from voicecoach.timeline import Cue, LeftOut, Segment
from voicecoach.units import Frames, frames

SENTENCE_GAP = 0.6
PARAGRAPH_GAP = 1.2
"""Seconds between sentences and paragraphs at pace 1 (script language)."""
CHIME_GAP = 0.25
"""Seconds at pace 1 between a chime's end and the next word, which it would blur."""

Measure = Callable[[Utterance], Frames]
"""How long an utterance sounds."""
MeasureChime = Callable[[str], Frames]
"""How long a chime's sound ("set/event" or a path) rings."""


class Scheduler:
    """Places what steps ask for. Knows nothing of the steps before and after."""

    def __init__(
        self, settings: Settings, voice: str, measure: Measure, measure_chime: MeasureChime
    ) -> None:
        self.settings, self.voice = settings, voice
        self.measure, self.measure_chime = measure, measure_chime

    def utterance(self, say: Say) -> Utterance:
        """What the speaker is asked for."""
        return Utterance(say.text, self.voice, self.settings.wpm, self.settings.pitch)

    def segment(self, step: Step) -> Segment:
        """The step with every position fixed. The same step gives the same segment."""
        placing = _Placing(self, step)
        for part in step.parts:
            if isinstance(part, Say):
                placing.say(part)
            elif isinstance(part, Chime):
                placing.chime(part)
            elif isinstance(part, Span):
                placing.span(part)
        return placing.done()


@dataclass
class _Placing:
    """One step being placed; positions are frames from the step's start."""

    scheduler: Scheduler
    step: Step
    now: int = 0
    """Where the last thing asked for ended."""
    speech_end: int | None = None
    """Where the last word ended, if a gap must follow it."""
    chime_end: int = 0
    cues: list[Cue] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def gap(self, seconds: float) -> int:
        return frames(seconds / self.scheduler.settings.pace)

    def free(self, gap_seconds: float) -> int:
        """The first frame where words may start, after so much silence behind other words."""
        at = self.now
        if self.speech_end is not None:
            at = max(at, self.speech_end + self.gap(gap_seconds))
        if self.chime_end:
            at = max(at, self.chime_end + self.gap(CHIME_GAP))
        return at

    def say(self, say: Say) -> None:
        length = self.length(say)
        if length == 0:
            return
        start = self.free(PARAGRAPH_GAP if say.group else SENTENCE_GAP)
        self.speech(say, start, length)
        slot = max(length, self.length(replace(say, text=say.as_long_as)) if say.as_long_as else 0)
        self.now = self.speech_end = start + slot

    def chime(self, chime: Chime) -> None:
        sound = self.sound(chime.name)
        if sound:
            start = self.free(CHIME_GAP)
            self.ring(chime.name, sound, start)
            self.now = self.chime_end
            self.speech_end = None

    def span(self, span: Span) -> None:
        # A hold's clock starts when the words that ask for it have ended.
        start = max(self.now, self.chime_end if span.opens else 0)
        end = start + frames(span.seconds)
        self.mark(span, start, end)
        if span.kind == "pause":
            self.speech_end = None
        self.fill(span, start, end)
        if span.inner:
            self.inner(span.inner, start, end)
        self.now = end
        if span.closes and (sound := self.sound(span.closes)):
            self.ring(span.closes, sound, end)

    def fill(self, span: Span, start: int, end: int) -> None:
        """The span's chime and words: each where it must be, or as soon as can be, or left out."""
        before = max(self.speech_end or 0, self.chime_end)
        taken = [(0, before)] if before else []
        if span.opens and (sound := self.sound(span.opens)):
            ring = self.scheduler.measure_chime(sound)
            if start + ring <= end:
                self.ring(span.opens, sound, start)
                taken.append((start, start + ring))
            else:
                self.leave_out(span.opens, span.line, f"the {span.kind} is shorter than the chime")
        for placed in span.cues:
            self.place(placed, start, end, taken)

    def place(self, placed: Placed, start: int, end: int, taken: list[tuple[int, int]]) -> None:
        say = placed.say
        length = self.length(say)
        if length == 0:
            return
        if placed.at_seconds is None:
            at = max(self.free(SENTENCE_GAP), max((stop for _, stop in taken), default=0))
            end -= self.gap(SENTENCE_GAP)  # words follow the span
        else:
            offset = frames(placed.at_seconds)
            at = end - offset if placed.before_end else start + offset
        counting = say.role == "countdown" and any(
            cue.role == "countdown" and cue.start >= start for cue in self.cues
        )
        clear = at if counting else at - frames(placed.clear_seconds)
        if at < start or at + length > end:
            self.leave_out(say.text, say.line, "it is longer than the time left for it")
        elif any(clear < stop and first < at + length for first, stop in taken):
            self.leave_out(say.text, say.line, "another cue sounds there")
        else:
            self.speech(say, at, length)
            taken.append((clear, at + length))
            self.speech_end = max(self.speech_end or 0, at + length)

    def inner(self, hold: Span, start: int, end: int) -> None:
        """A hold within a beat, once its number has been said; it must let go within the beat."""
        spoken = [cue.end for cue in self.cues if cue.kind == "speech" and cue.start == start]
        opening = spoken[0] if spoken else start
        stop = opening + frames(hold.seconds)
        if stop > end and spoken:
            number = next(c for c in self.cues if c.kind == "speech" and c.start == start)
            self.cues.remove(number)
            self.leave_out(number.text, hold.line, "the beat is too short for it and the hold")
            opening, stop = start, start + frames(hold.seconds)
        self.mark(hold, opening, stop)
        for event, at in ((hold.opens, opening), (hold.closes, stop)):
            sound = self.sound(event)
            if not sound:
                continue
            limit = stop if at == opening else end
            if at + self.scheduler.measure_chime(sound) <= limit:
                self.ring(event, sound, at)
            else:
                self.leave_out(event, hold.line, "the beat is too short for its chime")

    def length(self, say: Say) -> int:
        length = self.scheduler.measure(self.scheduler.utterance(say))
        if length == 0:
            self.leave_out(say.text, say.line, "the voice has no sound for it")
        return length

    def sound(self, name: str) -> str:
        """The sound of a chime's name under the step's chimes; "" where chimes are off."""
        chimes = self.step.chimes
        if not chimes:
            return ""
        if chimes not in chime_sets():
            return chimes
        return f"{name}/start" if name in chime_sets() else f"{chimes}/{name}"

    def leave_out(self, text: str, line: int | None, why: str) -> None:
        self.left_out.append(LeftOut(text, line, why))

    def speech(self, say: Say, start: int, length: int) -> None:
        spoken = self.scheduler.utterance(say)
        self.cues.append(
            self.cue(
                "speech",
                start,
                start + length,
                text=spoken.text,
                voice=spoken.voice,
                wpm=spoken.wpm,
                pitch=spoken.pitch,
                role=say.role,
                number=say.number,
                line=say.line,
            )
        )

    def ring(self, event: str, sound: str, start: int) -> None:
        end = start + self.scheduler.measure_chime(sound)
        self.cues.append(self.cue("chime", start, end, event=event, sound=sound))
        self.chime_end = end

    def mark(self, span: Span, start: int, end: int) -> None:
        self.cues.append(self.cue(span.kind, start, end, line=span.line))

    def cue(self, kind: str, start: int, end: int, **values: object) -> Cue:
        step = self.step
        return Cue(
            kind, Frames(start), Frames(end), exercise=step.exercise, set=step.set, rep=step.rep,
            side=step.side, **values,  # type: ignore[arg-type]
        )  # fmt: skip

    def done(self) -> Segment:
        # What follows begins with words: the gap before them belongs to this step.
        end = self.now
        if self.speech_end is not None and self.step.kind != "rep":
            end = max(end, self.speech_end + self.gap(PARAGRAPH_GAP))
        if self.chime_end > self.now:
            end = self.chime_end + self.gap(CHIME_GAP)
        self.cues.sort(key=lambda cue: cue.start)
        return Segment(self.step, Frames(end), tuple(self.cues), tuple(self.left_out))
