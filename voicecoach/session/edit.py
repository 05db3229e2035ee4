"""Edits: a place in a segment enters, the changed segment leaves. Pure; knows no thread, no clock.

What a therapist prescribed (holds, beats, breaths) keeps its length through every edit but the one
that asks for another length.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from voicecoach.step import Span, Step
from voicecoach.timeline import Cue, Segment
from voicecoach.units import Frames, frames

ASIDE = "aside"
"""The role of words that are said in between, and belong to no step."""
PRESCRIBED = ("hold", "beat", "breath")
"""Spans whose clock no interruption may stretch."""
CLEAR = frames(0.2)
"""Silence around words that are said in between."""
CLEAR_OF_COUNTDOWN = frames(0.5)
"""Silence before a countdown, as the script language has it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A segment, and how many frames of it have been heard."""

    segment: Segment
    offset: int = 0
    fresh: bool = False
    """Begins here: what began before and would still sound is not heard."""


def sounding(place: Place) -> Cue | None:
    """The word or chime that sounds at a place."""
    at = place.offset
    return next((c for c in place.segment.cues if c.sounds and c.start <= at < c.end), None)


def prescribed(place: Place) -> Cue | None:
    """The hold, beat or breath that goes on at a place; of a hold within a beat, the hold."""
    at = place.offset
    spans = [c for c in place.segment.cues if c.kind in PRESCRIBED and c.start <= at < c.end]
    return spans[-1] if spans else None


def holding(place: Place) -> Cue | None:
    """The hold that goes on at a place."""
    span = prescribed(place)
    return span if span and span.kind == "hold" else None


def resumed(place: Place) -> Place:
    """Where to go on after a silence: a hold where it was, a cut sentence from its start.

    A beat or a breath begins again: its count would come too late. What was cut within a hold is
    said again where it disturbs neither the hold's clock nor its countdown, else not.
    """
    span, cut = prescribed(place), sounding(place)
    if span and span.kind != "hold":
        return replace(said_once(place), offset=span.start)
    if cut is None:
        return place
    if span is None:
        return replace(place, offset=cut.start if cut.kind == "speech" else cut.end)
    cues = tuple(cue for cue in place.segment.cues if cue is not cut)
    without = Place(replace(place.segment, cues=cues), place.offset)
    if cut.kind == "speech" and cut.role in ("", ASIDE):
        fitted = _fit(without, cut)
        return without if fitted is None else fitted
    return without


def said_once(place: Place) -> Place:
    """The place without the words in between that have been said: what is heard again is not."""
    return _without(place, lambda cue: cue.end <= place.offset)


def movement_start(place: Place) -> Place:
    """The start of the movement that goes on, with the words that ask for it; in a rest, of the
    movement before.
    """
    segment, at = said_once(place).segment, place.offset
    timed = [cue for cue in segment.cues if cue.kind in (*PRESCRIBED, "pause")]
    rests = [cue for cue in segment.cues if cue.kind in ("rest", "switch", "ready")]
    asks = [
        cue.start
        for cue in segment.cues
        if cue.kind == "speech" and not any(r.start <= cue.start < r.end for r in rests)
    ]
    begun = [number for number, cue in enumerate(timed) if cue.start <= at]
    number = begun[-1] if begun else 0
    if begun and number + 1 < len(timed) and any(timed[number].end <= s <= at for s in asks):
        number += 1  # the words of the next one have begun
    if number == 0:
        return Place(segment, 0)
    current, before = timed[number], timed[number - 1]
    words = (start for start in asks if before.end <= start < current.start)
    return Place(segment, next(words, int(current.start)))


def with_hold(place: Place, seconds: float) -> Step | None:
    """The step with the hold that goes on lasting so long; None without one that can change."""
    hold = holding(place)
    if hold is None:
        return None
    holds = [cue for cue in place.segment.cues if cue.kind == "hold"]
    number = holds.index(hold)
    parts = list(place.segment.step.parts)
    spans = [i for i, part in enumerate(parts) if isinstance(part, Span) and part.kind == "hold"]
    if len(spans) != len(holds):  # a hold within a beat: its reps are counted at fixed times
        return None
    span = parts[spans[number]]
    if not isinstance(span, Span):
        return None
    passed = (place.offset - hold.start) / frames(1)
    kept = tuple(c for c in span.cues if c.before_end or (c.at_seconds or 0) > passed)
    parts[spans[number]] = replace(span, seconds=seconds, cues=kept)
    return replace(place.segment.step, parts=tuple(parts))


def with_holds_of(step: Step, other: Step) -> Step:
    """A step with its holds as long as in another schedule of it: `longer` outlives a new pace."""
    parts = tuple(
        replace(part, seconds=theirs.seconds)
        if isinstance(part, Span) and part.kind == "hold" and isinstance(theirs, Span)
        else part
        for part, theirs in zip(step.parts, other.parts, strict=True)
    )
    return replace(step, parts=parts)


def spliced(place: Place, new: Segment, fade: int = 0) -> Place:
    """The old segment as far as it has been heard (and to the end of what sounds), then the new.

    `new` is the same step, scheduled otherwise: another pace, a longer hold. The offset stays. What
    begins within `fade`, while the old crosses over to the new, sounds to its end, too.
    """
    old = place.segment
    cut = sounding(place) or sounding(Place(old, place.offset + fade))
    seam = max(cut.end if cut else 0, place.offset)
    start = _same_place(old, new, seam)
    by = seam - start
    crossing = _numbered([c for c in old.cues if not c.sounds and c.start < seam < c.end])
    cues = [cue for cue in old.cues if cue.end <= seam or (cue.sounds and cue.start < seam)]
    for key, cue in _numbered(list(new.cues)).items():
        if cue.start >= start:
            cues.append(cue.moved(by))
        elif not cue.sounds and cue.end > start:
            begun = crossing.get(key)
            first = begun.start if begun else min(cue.start + by, seam)
            cues.append(replace(cue, start=Frames(first), end=Frames(cue.end + by)))
    cues.sort(key=lambda cue: cue.start)
    spliced_segment = replace(
        new, frames=Frames(max(new.frames + by, seam)), cues=tuple(cues), step=new.step
    )
    return with_asides(Place(spliced_segment, place.offset), old, seam)


def with_asides(place: Place, segment: Segment, start: int) -> Place:
    """A place with the words in between that another schedule of its step has from `start` on."""
    for cue in segment.cues:
        if cue.role == ASIDE and cue.start >= start:
            place = interjected(place, cue)
    return place


def without_asides(place: Place, texts: Collection[str], fade: int) -> Place:
    """A place without such words in between, where they don't begin within `fade`."""
    return _without(place, lambda cue: cue.text in texts and cue.start > place.offset + fade)


def _without(place: Place, is_out: Callable[[Cue], bool]) -> Place:
    """A place without some of the words in between."""
    cues = place.segment.cues
    kept = tuple(cue for cue in cues if cue.role != ASIDE or not is_out(cue))
    return replace(place, segment=replace(place.segment, cues=kept)) if kept != cues else place


def moved(place: Place, new: Segment) -> Place:
    """The same place in another schedule of its step: another voice says it from there on."""
    return Place(new, _same_place(place.segment, new, place.offset))


def interjected(place: Place, words: Cue) -> Place:
    """The segment with words said in between, as soon as they fit.

    Within a hold, beat or breath they must leave its clock and its countdown alone; elsewhere what
    comes after them waits. `words` has its length; its position is set here.
    """
    fitted = _fit(place, words)
    if fitted is not None:
        return fitted
    segment = place.segment
    at = max((c.end for c in segment.cues if c.end <= segment.frames), default=0)
    at = max(at, segment.frames, place.offset) + CLEAR
    length = words.end - words.start
    cue = replace(words, start=Frames(at), end=Frames(at + length))
    grown = replace(segment, frames=Frames(at + length + CLEAR), cues=(*segment.cues, cue))
    return Place(grown, place.offset)


def _fit(place: Place, words: Cue) -> Place | None:
    """As `interjected`, within the segment; None where there is no room in it."""
    segment, length = place.segment, words.end - words.start
    current = sounding(place)
    at = (current.end if current else place.offset) + CLEAR
    for cue in [
        c for c in segment.cues if c.sounds and c.start > place.offset and c is not current
    ]:
        if at + length <= cue.start - _clearance(cue):
            return _inserted(place, words, at, 0)
        if at <= cue.start and not _within_prescribed(segment, at, cue.start):
            return _inserted(place, words, at, at + length + _clearance(cue) - cue.start)
        at = max(at, cue.end + CLEAR)
    if at + length + CLEAR <= segment.frames:
        return _inserted(place, words, at, 0)
    return None


def _clearance(cue: Cue) -> int:
    return CLEAR_OF_COUNTDOWN if cue.role == "countdown" else CLEAR


def _within_prescribed(segment: Segment, at: int, until: int) -> bool:
    """Whether a clock runs at or after `at` that has begun before `until`."""
    spans = (cue for cue in segment.cues if cue.kind in PRESCRIBED)
    return any(span.start < until and span.end > at for span in spans)


def _inserted(place: Place, words: Cue, at: int, by: int) -> Place:
    """The words at a frame, and what starts after it later by so much."""
    cues = []
    for cue in place.segment.cues:
        if cue.start >= at:
            cues.append(cue.moved(by))
        elif not cue.sounds and cue.end > at:
            cues.append(replace(cue, end=Frames(cue.end + by)))
        else:
            cues.append(cue)
    length = words.end - words.start
    cues.append(replace(words, start=Frames(at), end=Frames(at + length)))
    cues.sort(key=lambda cue: cue.start)
    segment = replace(place.segment, frames=Frames(place.segment.frames + by), cues=tuple(cues))
    return Place(segment, place.offset)


def _same_place(old: Segment, new: Segment, at: int) -> int:
    """The frame of `new` that means the same as frame `at` of `old`."""
    ours, theirs = _numbered(list(old.cues)), _numbered(list(new.cues))
    spans = [
        key for key, cue in ours.items() if cue.kind in PRESCRIBED and cue.start <= at < cue.end
    ]
    for key in reversed(spans):  # a clock that runs goes on
        if key in theirs:
            return min(theirs[key].start + at - ours[key].start, theirs[key].end)
    both = [key for key in ours if key in theirs]
    marks: list[tuple[int, int]] = [(ours[key].start, theirs[key].start) for key in both]
    marks += [(ours[key].end, theirs[key].end) for key in both]
    marks.append((0, 0))
    here, there = max(mark for mark in marks if mark[0] <= at)
    following = min(
        (theirs[key].start for key in both if theirs[key].start > there), default=new.frames
    )
    return min(there + at - here, following)


def _numbered(cues: list[Cue]) -> dict[tuple[str, str, int], Cue]:
    """Cues by what they are and which of their like: the same in two schedules of one step."""
    counts: Counter[tuple[str, str]] = Counter()
    numbered = {}
    for cue in cues:
        what = (cue.kind, cue.text or cue.event)
        counts[what] += 1
        numbered[(*what, counts[what])] = cue
    return numbered
