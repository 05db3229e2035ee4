"""Holds on request: a place in one enters, a place in a longer or shorter one leaves."""

from __future__ import annotations

from voicecoach.schedule import Scheduler
from voicecoach.session.edit import Place, holding, spliced, with_asides, with_hold
from voicecoach.units import RATE, seconds


def lengthened(place: Place, by_seconds: float, scheduler: Scheduler, fade: int = 0) -> Place:
    """The same place, its hold so much longer, if one goes on; `fade` as in `spliced`."""
    hold = holding(place)
    if hold is None:
        return place
    longer = with_hold(place, seconds(hold.end - hold.start) + by_seconds)
    return spliced(place, scheduler.segment(longer), fade) if longer else place


def ended(place: Place | None, scheduler: Scheduler) -> Place | None:
    """Where a hold that ends now lets go; the place as it is where no hold goes on any more."""
    hold = holding(place) if place else None
    if place is None or hold is None:
        return place
    shorter = with_hold(place, (place.offset - hold.start) / RATE)
    if shorter is None:
        return place
    segment = scheduler.segment(shorter)
    number = [c for c in place.segment.cues if c.kind == "hold"].index(hold)
    ends = [cue.end for cue in segment.cues if cue.kind == "hold"]
    return with_asides(Place(segment, ends[number]), place.segment, place.offset)
