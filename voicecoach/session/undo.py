"""Undo: a director before a command is carried out enters; what takes the command back leaves.

What moved the session is undone by going back to where it was; what changed it, by changing it back
while it goes on: the clock of a hold runs through.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from voicecoach.session.edit import Place, holding, resumed, spliced, with_hold
from voicecoach.session.stream import FADE
from voicecoach.units import frames, seconds

if TYPE_CHECKING:
    from voicecoach.session.director import Director

UNDO_FRAMES = frames(3.5)
"""So long after it a command can be undone: three seconds to say so, and half of one until that is
understood."""

Undo = Callable[[], None]


def returning(director: Director) -> Undo | None:
    """Go back to where it is now, paused if it is; None before the first sound."""
    place, paused = director.here(), director.paused
    if place is None:
        return None

    def undo() -> None:
        director.hush()
        director.paused = paused
        if paused:
            director.stay(place)
        else:
            director.go(resumed(place))

    return undo


def going_on(director: Director) -> Undo | None:
    """Go on where it is now, though it is ending; None before the first sound."""
    back, levels = returning(director), director.levels
    if back is None:
        return None

    def undo() -> None:
        director.over, director.ending, director.levels = False, "done", levels
        back()

    return undo


def shortening(director: Director) -> Undo:
    """Give the hold that goes on the length back that it has now; if that is over, it ends."""
    place = director.reporter.place
    before = holding(place) if place else None

    def undo() -> None:
        director.change(edit)

    def edit(seam: Place) -> Place:
        hold = holding(seam)
        if before is None or hold is None:
            return seam
        least = seam.offset - hold.start
        step = with_hold(seam, seconds(max(before.end - before.start, least)))
        if step is None:
            return seam
        return spliced(seam, director.rendition.scheduler.segment(step), FADE)

    return undo


def repacing(director: Director) -> Undo:
    """Go on at the pace that it has now; what was to be said of another one isn't."""
    settings = director.rendition.program.settings
    return lambda: director.repace(settings)


def levelling(director: Director) -> Undo:
    """Be as loud again as it is now."""
    levels = director.levels
    return lambda: director.relevel(levels)
