"""Schedules: a Step and measures enter, a Segment leaves; each cue on its frame, or left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from voicecoach.library import chime_sets
from voicecoach.phrases import phrases
from voicecoach.pronunciation import pronunciation
from voicecoach.settings import FASTEST_WPM, SLOWEST_WPM, Settings
from voicecoach.speech import Speaker, Utterance, Voice
from voicecoach.step import Chime, Placed, Say, Span, Step
from voicecoach.timeline import Cue, LeftOut, Segment
from voicecoach.units import RATE, Frames, frames

SENTENCE_GAP = 0.6
PARAGRAPH_GAP = 1.2
"""Seconds between sentences and paragraphs at pace 1 (script language)."""
CHIME_GAP = 0.25
"""Seconds at pace 1 between a chime's end and the next word, which it would blur."""

Measure = Callable[[Utterance], Frames]
"""How long an utterance sounds."""
MeasureChime = Callable[[str], Frames]
"""How long a chime's sound ("set/event" or a path) rings."""


def find_voice(settings: Settings, speaker: Speaker) -> Voice:
    """The voice that speaks under these settings. Raises as Speaker.voice."""
    words = phrases(settings.language)
    language = settings.language if "-" in settings.language else words.voice
    return speaker.voice(settings.voice, language)


class Scheduler:
    """Places what steps ask for. Knows nothing of the steps before and after."""

    def __init__(
        self, settings: Settings, voice: str, measure: Measure, measure_chime: MeasureChime
    ) -> None:
        self.settings, self.voice = settings, voice
        self.measure, self.measure_chime = measure, measure_chime

    def utterance(self, say: Say) -> Utterance:
        """What the speaker is asked for."""
        wpm = max(round(self.settings.wpm * say.rate), SLOWEST_WPM)
        wpm = min(int(wpm * self.settings.leeway.words), FASTEST_WPM)
        words = pronunciation(self.settings.language, self.settings.say)
        return Utterance(words.spoken(say.text), self.voice, wpm, self.settings.pitch)

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
    """Where the last word ended, if a gap must follow it,"""
    trail: int = 0
    """and how much longer than usual that gap is."""
    chime_end: int = 0
    heard: int = 0
    """Where the last sound of all ended."""
    last: str = ""
    """The last thing asked for: "words", "chime" or a span's kind."""
    counting: bool = False
    """Whether a countdown has begun in this span."""
    cues: list[Cue] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def gap(self, seconds: float) -> int:
        settings = self.scheduler.settings
        return frames(seconds / settings.pace * settings.leeway.gaps)

    def free(self, gap_seconds: float) -> int:
        """The first frame where words may start, after so much silence behind other words."""
        at = self.now
        if self.speech_end is not None:
            gap = self.gap(gap_seconds) + self.trail if gap_seconds else 0
            at = max(at, self.speech_end + gap)
        if self.chime_end:
            at = max(at, self.chime_end + self.gap(CHIME_GAP))
        return at

    def say(self, say: Say) -> None:
        start = self.free(PARAGRAPH_GAP if say.group else SENTENCE_GAP)
        length, slot = self.lengths(say)
        self.speech(say, say.line, start, length)
        if slot:
            self.now = start + slot
            self.spoken(self.now, slot)
            self.last = "words"

    def spoken(self, end: int, slot: int) -> None:
        """Words that take so long have ended there."""
        if self.speech_end is None or end > self.speech_end:
            self.speech_end, self.trail = end, self.trailing(slot)

    def trailing(self, slot: int) -> int:
        """The silence by which words are followed beyond the usual gap."""
        return frames(slot / RATE * self.scheduler.settings.trail)

    def chime(self, chime: Chime) -> None:
        sound = self.sound(chime.name)
        if sound:
            self.ring(chime.name, sound, self.free(CHIME_GAP))
            self.now = self.chime_end
            self.speech_end, self.last = None, "chime"

    def span(self, span: Span) -> None:
        # A hold's clock starts when the words that ask for it have ended.
        start = max(self.now, self.chime_end if span.opens else 0)
        if any(placed.at_seconds == 0 for placed in span.cues):  # a breath's or a beat's first word
            start = self.free(0 if self.last == span.kind else SENTENCE_GAP)
        leeway = self.scheduler.settings.leeway
        end = start + frames(span.seconds * leeway.gaps if span.fits else span.seconds)
        self.mark(span, start, end)
        self.last = span.kind
        if span.kind == "pause":
            self.speech_end = None
        held = frames(span.inner.seconds) if span.inner else 0
        self.fill(span, start, end - held)
        if span.inner:
            self.inner(span.inner, max(start, self.speech_end or 0), end)
        self.now = end
        if span.closes and (sound := self.sound(span.closes)):
            self.ring(span.closes, sound, end)

    def fill(self, span: Span, start: int, end: int) -> None:
        """The span's chime and words: each where it must be, or as soon as can be, or left out."""
        taken = [(0, self.heard)] if self.heard else []
        self.counting = False
        if span.opens and (sound := self.sound(span.opens)):
            ring = self.scheduler.measure_chime(sound)
            if start + ring <= end:
                self.ring(span.opens, sound, start)
                taken.append((start, start + ring))
            else:
                self.leave_out(span.opens, span.line, f"the {span.kind} is shorter than the chime")
        for placed in span.cues:
            self.place(placed, span.line, start, end, taken)

    def place(
        self, placed: Placed, line: int | None, start: int, end: int, taken: list[tuple[int, int]]
    ) -> None:
        say, line = placed.say, placed.say.line or line
        length, slot = self.lengths(say)
        if placed.at_seconds is None:
            at = max(start, self.free(SENTENCE_GAP))
            end -= self.gap(SENTENCE_GAP) + self.trailing(slot)  # words follow the span
        else:
            offset = frames(placed.at_seconds)
            at = end - offset if placed.before_end else start + offset
        counts = say.role == "countdown"
        clear = at if counts and self.counting else at - frames(placed.clear_seconds)
        if at < start or at + slot > end:
            self.leave_out(say.text, line, "it is longer than the time left for it")
        elif any(clear < stop and first < at + slot for first, stop in taken):
            self.leave_out(say.text, line, "another cue sounds there")
        else:
            self.speech(say, line, at, length)
            if slot:
                taken.append((clear, at + slot))
                self.spoken(at + slot, slot)
                self.counting = counts

    def inner(self, hold: Span, start: int, end: int) -> None:
        """A hold within a beat, once its number has been said; it lets go within the beat."""
        stop = start + frames(hold.seconds)
        self.mark(hold, start, stop)
        for event, at, limit in ((hold.opens, start, stop), (hold.closes, stop, end)):
            sound = self.sound(event)
            if sound and at + self.scheduler.measure_chime(sound) <= limit:
                self.ring(event, sound, at)
            elif sound:
                self.leave_out(event, hold.line, "the beat is too short for its chime")

    def lengths(self, say: Say) -> tuple[int, int]:
        """How long it sounds, and how much time it takes: that of the longer side."""
        length, other = (
            self.scheduler.measure(self.scheduler.utterance(each))
            for each in (say, say.other_side() or say)
        )
        return length, max(length, other)

    def sound(self, name: str) -> str:
        """The sound of a chime's name under the step's chimes; "" where chimes are off."""
        chimes = self.step.chimes
        if not chimes:
            return ""
        if chimes not in chime_sets():
            return chimes
        return f"{name}/start" if name in chime_sets() else f"{chimes}/{name}"

    def leave_out(self, text: str, line: int | None, why: str) -> None:
        self.left_out.append(LeftOut(text, line, why, Frames(self.now)))

    def speech(self, say: Say, line: int | None, start: int, length: int) -> None:
        if not length:
            self.leave_out(say.text, line, "the voice has no sound for it")
            return
        spoken, end = self.scheduler.utterance(say), start + length
        self.cues.append(
            replace(
                self.cue("speech", start, end),
                text=say.text,
                spoken="" if spoken.text == say.text else spoken.text,
                voice=spoken.voice,
                wpm=spoken.wpm,
                pitch=spoken.pitch,
                role=say.role,
                number=say.number,
                line=say.line,
            )
        )
        self.heard = max(self.heard, end)

    def ring(self, event: str, sound: str, start: int) -> None:
        end = start + self.scheduler.measure_chime(sound)
        self.cues.append(replace(self.cue("chime", start, end), event=event, sound=sound))
        self.chime_end = self.heard = end

    def mark(self, span: Span, start: int, end: int) -> None:
        self.cues.append(replace(self.cue(span.kind, start, end), line=span.line))

    def cue(self, kind: str, start: int, end: int) -> Cue:
        place = self.step
        return Cue(
            kind,
            Frames(start),
            Frames(end),
            exercise=place.exercise,
            set=place.set,
            rep=place.rep,
            side=place.side,
        )

    def done(self) -> Segment:
        end = self.now
        if not self.step.joined:
            # What follows begins with words: the gap before them belongs to this step.
            end = self.free(PARAGRAPH_GAP if self.last == "words" else SENTENCE_GAP)
        self.cues.sort(key=lambda cue: cue.start)
        if self.step.wound[1] > 0:
            self.cues = [
                replace(cue, level=self.step.level(cue.start / end)) if cue.sounds else cue
                for cue in self.cues
            ]
        return Segment(self.step, Frames(end), tuple(self.cues), tuple(self.left_out))
