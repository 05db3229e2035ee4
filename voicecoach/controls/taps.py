"""Taps: keys that are tapped once a breath enter, with their times; a breath's length leaves."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import fmean, median

from voicecoach.controls import Command
from voicecoach.controls.keyboard import COMMANDS, Terminal
from voicecoach.errors import VoicecoachError
from voicecoach.routine import LONGEST_BREATH, SHORTEST_BREATH

BOUNCE = 1.0
"""Seconds: no breath follows another so soon; a key that is held down repeats itself."""
LEAST_BREATHS = 3
"""Of fewer nobody can tell which of them was no breath."""
NEAR = 0.3
"""How far from the median a breath may be, as a share of it; resting breath varies by a fifth."""
MORE_SECONDS = 15.0
"""How much longer taps are waited for, if there are too few: slow breath is what is practised."""

HINT = "tap one key each time you begin to breathe in"


def breath_seconds(taps: Sequence[float]) -> float:
    """How long a breath is, to the tenth of a second, by taps at these times in seconds.

    Raises:
        VoicecoachError: the taps are too few or too uneven to tell, or no breath is so long.

    >>> breath_seconds([0.0, 6.1, 11.9, 12.0, 18.1, 30.0])
    6.0
    """
    single: list[float] = []
    for tap in taps:
        if not single or tap - single[-1] >= BOUNCE:
            single.append(tap)
    between = [later - tap for tap, later in pairwise(single)]
    if len(between) < LEAST_BREATHS:
        heard = f"{len(single)} tap{'' if len(single) == 1 else 's'}"
        least = LEAST_BREATHS + 1
        raise VoicecoachError(f"{heard} came, and it takes at least {least}; {HINT}")
    usual = median(between)
    breaths: list[float] = []
    for length in between:
        several = 2 if length > 1.5 * usual else 1  # the mind wanders: one had no tap
        if abs(length / several - usual) <= NEAR * usual:
            breaths += [length / several] * several
    if len(breaths) < LEAST_BREATHS or sum(breaths) < sum(between) / 2:
        raise VoicecoachError(f"the taps came too unevenly to tell a breath by; {HINT}")
    breath = round(fmean(breaths), 1)
    if not SHORTEST_BREATH <= breath <= LONGEST_BREATH:
        bounds = f"a breath may take from {SHORTEST_BREATH:g} to {LONGEST_BREATH:g} s"
        raise VoicecoachError(f"{bounds}, and these took {breath:g} s; {HINT}")
    return breath


class Taps:
    """Listens for taps in the terminal. Close it when done."""

    def __init__(self) -> None:
        """Take the terminal.

        Raises:
            UnavailableError: there is none.
        """
        self._terminal = Terminal()
        self._keys: queue.SimpleQueue[tuple[str, float]] = queue.SimpleQueue()
        threading.Thread(target=self._read, name="taps", daemon=True).start()

    def listen(self, seconds: float, tapped: Callable[[], None]) -> list[float] | None:
        """The times of the taps within so many seconds of the first; None: it was to stop.

        Whoever breathes slowly has more time, until there are enough. `tapped` is told each.
        """
        taps: list[float] = []
        began = time.monotonic()
        while True:
            begin = taps[0] if taps else began
            left = begin + seconds - time.monotonic()
            if len(taps) <= LEAST_BREATHS:
                left += MORE_SECONDS
            if left <= 0:
                return taps
            try:
                key, at = self._keys.get(timeout=left)
            except queue.Empty:
                continue
            if COMMANDS.get(key) is Command.STOP:
                return None
            taps.append(at)
            tapped()

    def close(self) -> None:
        """Give the terminal back, at once."""
        self._terminal.close()

    def _read(self) -> None:
        with contextlib.closing(self._terminal.keys()) as keys:
            for key in keys:
                self._keys.put((key, time.monotonic()))
