"""Asides: words of the coach that belong to no step; a text enters, a Segment leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from voicecoach.phrases import phrases
from voicecoach.rendition import Rendition
from voicecoach.session.edit import ASIDE, Place, interjected
from voicecoach.step import Say, Span, Step
from voicecoach.timeline import Cue, Segment
from voicecoach.units import Frames, seconds


def aside(
    rendition: Rendition,
    text: str,
    before_seconds: float = 0.0,
    after_seconds: float = 0.0,
    at: Place | None = None,
) -> Segment:
    """A text as it is said in between, with silence before and after it, as softly as there.

    Raises:
        SpeechError: the engine failed, also when tried again.
    """
    parts = (Span("pause", before_seconds), Say(text), Span("pause", after_seconds))
    wound = at.segment.step.wound_at(at.offset / max(at.segment.frames, 1)) if at else 0.0
    return rendition.scheduler.segment(Step("aside", parts, wound=(wound, wound)))


def said(segment: Segment) -> Cue:
    """An aside's words, to be put elsewhere."""
    spoken = next(cue for cue in segment.cues if cue.kind == "speech")
    return replace(spoken, role=ASIDE)


def time_left(rendition: Rendition, step: Step, left: Frames) -> str:
    """How long it still takes, and which rep this is."""
    words = phrases(rendition.program.settings.language)
    text = words.say("time_left", length=words.about(seconds(left)))
    if not step.rep:
        return text
    rep = words.say("rep", n=words.number(step.rep), total=words.number(step.reps))
    return f"{text} {rep}"


def saying_length(rendition: Rendition, total: int) -> Callable[[Place], Place]:
    """An edit that says how long a session takes, which is so many frames without saying so.

    Raises as aside.
    """
    words = phrases(rendition.program.settings.language)

    def spoken(length: str) -> Segment:
        return aside(rendition, words.say("length", length=length))

    without = words.about(seconds(total))
    longer = words.about(seconds(total + spoken(without).frames))
    cues = {length: said(spoken(length)) for length in (without, longer)}

    def edit(place: Place) -> Place:
        edited = place
        for length, cue in cues.items():
            edited = interjected(place, cue)
            more = edited.segment.frames - place.segment.frames  # none where it fits in a silence
            if words.about(seconds(total + more)) == length:
                break
        return edited

    return edit
