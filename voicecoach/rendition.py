"""Renditions: a Program and a Speaker enter; segments, a Timeline and blocks leave, lazily."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from voicecoach.errors import ExportError, Location, Problem, ScriptError, quoted
from voicecoach.mix import mix
from voicecoach.phrases import phrases
from voicecoach.program import Program
from voicecoach.schedule import Scheduler
from voicecoach.sound import Samples, chime, room_tone
from voicecoach.speech import Speaker, Utterance
from voicecoach.step import Say, SayLength, Step
from voicecoach.timeline import LEAD_IN, Cue, Segment, Timeline, assemble
from voicecoach.units import DAY_SECONDS, Frames, frames, seconds


class Rendition:
    """A program as one speaker speaks it. Each call of a method starts from the beginning."""

    def __init__(self, program: Program, speaker: Speaker) -> None:
        """Choose the voice and let the speaker begin.

        Raises:
            NotFoundError: there is no such voice.
            SpeechError: the engine can't be asked.
        """
        self.program, self.speaker = program, speaker
        settings = program.settings
        words = phrases(settings.language)
        language = settings.language if "-" in settings.language else words.voice
        self.voice = speaker.voice(settings.voice, language)
        self.scheduler = Scheduler(
            settings, self.voice.name, self._measure, lambda s: Frames(len(chime(s)))
        )
        self._lengths: dict[Utterance, Frames] = {}
        said = (say for step in program.steps for say in step.utterances())
        speaker.prepare(dict.fromkeys(self.scheduler.utterance(say) for say in said))

    def segments(self) -> Iterator[Segment]:
        """The session, step by step.

        Raises:
            ScriptError: the session takes more than 24 h.
            SpeechError: the engine failed, also when tried again.
        """
        at = 0
        for segment in self._segments():
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
            settings.volume,
            settings.room_tone,
        )

    def blocks(self) -> Iterator[Samples]:
        """The session's samples in blocks. Raises as `segments`."""
        return self.mix(self.segments())

    def mix(self, segments: Iterable[Segment]) -> Iterator[Samples]:
        """The samples of segments that are this rendition's, in blocks."""
        settings = self.program.settings
        tone = room_tone() if settings.room_tone else None
        return mix(segments, lambda cue: cue_sound(cue, self.speaker), settings.volume, tone)

    def _measure(self, utterance: Utterance) -> Frames:
        if utterance not in self._lengths:
            self._lengths[utterance] = Frames(len(self.speaker.speak(utterance)))
        return self._lengths[utterance]

    def _segments(self) -> Iterator[Segment]:
        steps = self.program.steps
        at = int(LEAD_IN)
        for index, step in enumerate(steps):
            if any(isinstance(part, SayLength) for part in step.parts):
                rest = [self.scheduler.segment(later) for later in steps[index + 1 :]]
                yield self._length(step, at + sum(segment.frames for segment in rest))
                yield from rest
                return
            segment = self.scheduler.segment(step)
            at += segment.frames
            yield _delayed(segment, LEAD_IN) if index == 0 else segment

    def _length(self, step: Step, others: int) -> Segment:
        """Says the length: of all the other steps, and of saying so."""
        words = phrases(self.program.settings.language)
        said = words.about(seconds(others))
        for _ in range(3):  # saying it takes its time too, and may round up what is said
            text = words.say("length", length=said)
            segment = self.scheduler.segment(replace(step, parts=(Say(text, group=True),)))
            heard = words.about(seconds(others + segment.frames))
            if heard == said:
                break
            said = heard
        return segment


def cue_sound(cue: Cue, speaker: Speaker) -> Samples:
    """A sounding cue's samples, exactly as many as it is long.

    Raises:
        ExportError: a plan made with other voices or chimes asks for it.
    """
    if cue.kind == "chime":
        samples = chime(cue.sound)
    else:
        samples = speaker.speak(Utterance(cue.text, cue.voice, cue.wpm, cue.pitch))
    if len(samples) != cue.end - cue.start:
        what = quoted(cue.text or cue.event)
        raise ExportError(f"the plan was made with other sounds: {what} is of another length here")
    return samples


def timeline_blocks(timeline: Timeline, speaker: Speaker) -> Iterator[Samples]:
    """The blocks of a timeline that was read from a plan.

    Raises:
        SpeechError: the engine failed, also when tried again.
    """
    cues = [cue for cue in timeline.cues if cue.sounds]
    speaker.prepare(Utterance(c.text, c.voice, c.wpm, c.pitch) for c in cues if c.kind == "speech")
    segment = Segment(Step("opening", ()), timeline.frames, tuple(cues))
    tone = room_tone() if timeline.room_tone else None
    return mix([segment], lambda cue: cue_sound(cue, speaker), timeline.volume, tone)


def _delayed(segment: Segment, by: Frames) -> Segment:
    cues = tuple(cue.moved(by) for cue in segment.cues)
    return replace(segment, frames=Frames(segment.frames + by), cues=cues)
