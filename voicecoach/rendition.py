"""Renditions: a Program and a Speaker enter; segments, a Timeline and blocks leave, lazily."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from voicecoach.background import Background
from voicecoach.errors import (
    ExportError,
    Location,
    Problem,
    ScriptError,
    SettingError,
    VoicecoachError,
    quoted,
)
from voicecoach.fit import fitted
from voicecoach.library import background_file, background_names
from voicecoach.mix import BLOCK, Bed, Piece, Stretch, mix
from voicecoach.phrases import phrases
from voicecoach.program import Program
from voicecoach.schedule import Scheduler, find_voice
from voicecoach.sound import Metered, Samples, chime, metered, room_tone
from voicecoach.speech import Speaker, Utterance
from voicecoach.step import Say, Step
from voicecoach.timeline import LEAD_IN, Cue, Levels, Segment, Timeline, assemble
from voicecoach.units import DAY_SECONDS, Frames, frames, seconds

TOLERANCE = frames(0.03)
"""An engine may speak the same words anew a few milliseconds longer or shorter (eSpeak NG does)."""


class _ClosedError(Exception):
    """Something was to be measured after the end."""


class Rendition:
    """A program as one speaker speaks it. Each call of a method starts from the beginning."""

    def __init__(
        self, program: Program, speaker: Speaker, start_index: int = 0, bed: Bed | None = None
    ) -> None:
        """Choose the voice and let the speaker begin, with the step of that index.

        `bed` is what lies under it, where that is at hand already. For a program that is to fit,
        all its words are spoken now; else little is.

        Raises:
            FitError: it can't last as long as it is to.
            NotFoundError: there is no such voice.
            SettingError: it can't be pitched so far.
            ExportError: the background can't be read.
            SpeechError: the engine can't be asked.
        """
        self.speaker = speaker
        settings = program.settings
        self.voice = find_voice(settings, speaker)
        low, high = self.voice.pitch
        if not low <= settings.pitch <= high:
            cause = f"{self.voice.name} can't be pitched by {settings.pitch:g} semitones"
            hint = f"it takes {low:g} to {high:g}; choose another pitch or voice"
            raise SettingError("pitch", cause, hint=hint)
        self._lengths: dict[Utterance, Frames] = {}
        self._segments: dict[int, Segment] = {}
        self._closed = threading.Event()
        self._measuring: threading.Thread | None = None
        self.program = fitted(program, self._frames) if settings.fit_seconds else program
        """The program that is rendered: where it was to fit, the one that does."""
        self.scheduler = self._scheduler(self.program)
        self._prepare(self.program.steps[start_index:], self.scheduler)
        self.bed = bed or make_bed(Levels.of(settings))  # while the first words are being spoken

    def segment(self, index: int) -> Segment:
        """A step's segment, whose positions count from its own start.

        Raises:
            SpeechError: the engine failed, also when tried again.
        """
        if index not in self._segments:
            step = self.program.steps[index]
            if step.says_length:
                others = (i for i in range(len(self.program.steps)) if i != index)
                length = self._length(step, sum(self.segment(i).frames for i in others))
                self._segments[index] = self._placed(length)
            else:
                self._segments[index] = self.scheduled(step)
        return self._segments[index]

    def scheduled(self, step: Step) -> Segment:
        """The segment of one of its steps that was changed. Raises as `segment`."""
        return self._placed(self.scheduler.segment(step))

    def head(self, index: int) -> Segment:
        """A step's segment up to the end of its first words: it can sound while the rest is still
        being spoken. Raises as `segment`.
        """
        step = self.program.steps[index]
        first = next((i for i, part in enumerate(step.parts, 1) if isinstance(part, Say)), 0)
        # What winds down does so by the length of the whole; to say a length takes it all.
        if index in self._segments or step.says_length or step.wound[1] > 0:
            return self.segment(index)
        if not 0 < first < len(step.parts):
            return self.segment(index)
        begun = self.scheduler.segment(replace(step, parts=step.parts[:first]))
        if not begun.cues:
            return self.segment(index)
        begun = replace(begun, step=step, frames=max(cue.end for cue in begun.cues))
        return _delayed(begun, LEAD_IN) if index == 0 else begun

    def segments(self) -> Iterator[Segment]:
        """The session, step by step.

        Raises:
            ScriptError: the session takes more than 24 h.
            SpeechError: as `segment`.
        """
        at = 0
        for index in range(len(self.program.steps)):
            segment = self.segment(index)
            at += segment.frames
            if at > frames(DAY_SECONDS):
                where = Location(self.program.routine.file, 1)
                raise ScriptError([Problem(where, "the session takes more than 24 h", "split it")])
            yield segment

    def timeline(self) -> Timeline:
        """The whole session's timeline. Raises as `segments`."""
        settings = self.program.settings
        return assemble(
            self.program.title,
            settings.language,
            self.segments(),
            Levels.of(settings),
        )

    def blocks(self, levels: Levels | None = None) -> Iterator[Samples]:
        """The session's samples in blocks, at its own levels or others. Raises as `segments`."""
        stretches = (Stretch(segment) for segment in self.segments())
        return _samples(self.pieces(stretches, levels=levels))

    def pieces(
        self,
        stretches: Iterable[Stretch],
        at: int = 0,
        levels: Levels | None = None,
        speech: list[tuple[int, int]] | None = None,
        block: int = BLOCK,
    ) -> Iterator[Piece]:
        """The samples of segments that are this rendition's; arguments as voicecoach.mix.mix."""
        levels = levels or Levels.of(self.program.settings)
        sound = partial(cue_sound, self.speaker)
        return mix(stretches, sound, levels, self.bed, at, speech, block)

    def measure_ahead(self, index: int) -> None:
        """Schedule the steps from that index on, on a thread of its own: `left` will be known."""

        def work() -> None:
            for later in range(index, len(self.program.steps)):
                if self._closed.is_set():
                    return
                try:
                    self.segment(later)
                except (VoicecoachError, _ClosedError):
                    return  # an engine's failure is told when the step is to sound

        measuring = threading.Thread(target=work, name="measure", daemon=True)
        measuring.start()
        self._measuring = measuring  # only now can it be waited for

    def measured(self, within_seconds: float) -> bool:
        """Whether that is done, or will be soon; also where an engine failed at it."""
        if self._measuring is None:
            return False
        self._measuring.join(within_seconds)
        return not self._measuring.is_alive()

    def left(self, index: int) -> Frames | None:
        """Frames of all steps behind that index, once they are known."""
        later = range(index + 1, len(self.program.steps))
        if not all(i in self._segments for i in later):
            return None
        return Frames(sum(self._segments[i].frames for i in later))

    def close(self) -> None:
        """Stop measuring ahead; nothing new is scheduled after this."""
        self._closed.set()
        if self._measuring:
            self._measuring.join()

    def _placed(self, segment: Segment) -> Segment:
        """A step's segment with what the session has before its first and behind its last one."""
        index = segment.step.index
        if index == 0:
            segment = _delayed(segment, LEAD_IN)
        if index == len(self.program.steps) - 1:
            segment = replace(segment, frames=Frames(segment.frames + self.program.spare))
        return segment

    def _scheduler(self, program: Program) -> Scheduler:
        return Scheduler(
            program.settings, self.voice.name, self._measure, lambda s: Frames(len(chime(s)))
        )

    def _prepare(self, steps: Iterable[Step], scheduler: Scheduler) -> None:
        """Let the speaker begin with what these steps say."""
        said = (scheduler.utterance(say) for step in steps for say in step.utterances())
        self.speaker.prepare(dict.fromkeys(u for u in said if u not in self._lengths))

    def _frames(self, program: Program) -> int:
        """How long a program takes, all of whose words are spoken for it."""
        scheduler = self._scheduler(program)
        self._prepare(program.steps, scheduler)
        return LEAD_IN + sum(scheduler.segment(step).frames for step in program.steps)

    def _measure(self, utterance: Utterance) -> Frames:
        if utterance not in self._lengths:
            if self._closed.is_set():
                raise _ClosedError
            self._lengths[utterance] = Frames(len(self.speaker.speak(utterance)))
        return self._lengths[utterance]

    def _length(self, step: Step, others: int) -> Segment:
        """Says the length: of all the other steps, and of saying so."""
        words = phrases(self.program.settings.language)
        said = words.about(seconds(others))
        longest = 0
        while True:  # saying it takes its time too, and may round up what is said
            text = words.say("length", length=said)
            segment = self.scheduler.segment(replace(step, parts=(Say(text, group=True),)))
            # Never less than before: else what is said could change to and fro for ever.
            longest = max(longest, segment.frames)
            heard = words.about(seconds(others + longest))
            if heard == said:
                return replace(segment, frames=Frames(longest))
            said = heard


def cue_sound(speaker: Speaker, cue: Cue, room: int) -> Samples:
    """A sounding cue's samples: as many as it is long, give or take TOLERANCE within the room.

    Raises:
        ExportError: a plan made with other voices or chimes asks for it.
    """
    samples = chime(cue.sound) if cue.kind == "chime" else speaker.speak(_utterance(cue))
    if abs(len(samples) - (cue.end - cue.start)) > TOLERANCE or len(samples) > room:
        what = quoted(cue.text or cue.event)
        raise ExportError(f"the plan was made with other sounds: {what} is of another length here")
    return samples


def cue_metered(speaker: Speaker, cue: Cue) -> Metered:
    """How loud a sounding cue is. Raises as the speaker."""
    if cue.kind == "chime":
        return metered(chime(cue.sound))
    return speaker.metered(_utterance(cue))


def _utterance(cue: Cue) -> Utterance:
    return Utterance(cue.spoken or cue.text, cue.voice, cue.wpm, cue.pitch)


def timeline_blocks(
    timeline: Timeline, speaker: Speaker, levels: Levels | None = None
) -> Iterator[Samples]:
    """The blocks of a timeline that was read from a plan, at its own levels or others.

    Raises:
        SpeechError: the engine failed, also when tried again.
    """
    cues = [cue for cue in timeline.cues if cue.sounds]
    speaker.prepare(_utterance(cue) for cue in cues if cue.kind == "speech")
    segment = Segment(Step("opening", ()), timeline.frames, tuple(cues))
    sound = partial(cue_sound, speaker)
    levels = levels or timeline.levels
    return _samples(mix([Stretch(segment)], sound, levels, make_bed(levels)))


def make_bed(levels: Levels) -> Bed:
    """What lies under a session.

    Raises:
        ExportError: the background can't be read.
    """
    name = levels.background
    built_in = name in background_names()
    background = Background(background_file(name), seamless=built_in) if name else None
    return Bed(room_tone() if levels.room_tone else None, background)


def _samples(pieces: Iterator[Piece]) -> Iterator[Samples]:
    return (piece.samples for piece in pieces)


def _delayed(segment: Segment, by: Frames) -> Segment:
    cues = tuple(cue.moved(by) for cue in segment.cues)
    left_out = tuple(left.moved(by) for left in segment.left_out)
    return replace(segment, frames=Frames(segment.frames + by), cues=cues, left_out=left_out)
