"""Renditions in turn: a place in one of them enters, the same place in the next one leaves."""

from __future__ import annotations

from voicecoach.rendition import Rendition
from voicecoach.session.edit import Place, moved, spliced, with_holds_of
from voicecoach.session.stream import FADE
from voicecoach.step import Step
from voicecoach.timeline import Segment


def paced(place: Place, rendition: Rendition) -> Place:
    """At another pace, behind what sounds."""
    old = place.segment.step
    # Words in between are said at the old pace; so is the length: to say it anew, the whole
    # session would have to be spoken first.
    if old.index < 0 or old.kind == "length":
        return place
    return spliced(place, _scheduled(old, rendition), FADE)


def revoiced(place: Place, then: Place | None, rendition: Rendition) -> Place:
    """With another voice from there on; behind words in between, `then`, which comes after them."""
    old = place.segment.step
    if old.index < 0:
        return revoiced(then, None, rendition) if then else place
    whole = old.says_length
    return moved(place, rendition.segment(old.index) if whole else _scheduled(old, rendition))


def _scheduled(old: Step, rendition: Rendition) -> Segment:
    step = with_holds_of(rendition.program.steps[old.index], old)
    return rendition.scheduled(step)
