"""The feed: a source enters; its samples leave for a simpleaudio player, shortly before due."""

from __future__ import annotations

import time
from typing import IO, TYPE_CHECKING

import numpy as np

from voicecoach.output.simpleaudio_player import BEGIN, DATA, HEADER
from voicecoach.units import Frames, frames, seconds

if TYPE_CHECKING:
    from voicecoach.output import Samples, Source

BLOCK_FRAMES = frames(0.02)
"""What is pulled and sent at once; also the length of a crossfade where two buffers join."""

AHEAD_FRAMES = frames(0.75)
"""How far ahead of what is due the source is pulled. ALSA itself may read 0.35 s ahead."""

LATE_FRAMES = frames(0.4)
"""With less than that ahead, silence may have been read where sound was to come."""

LEAD_SECONDS = 0.2
"""From the decision to begin a buffer to its first sample: time to fill it, and to be started."""

SILENCE_DECIBELS = -58.0
"""Peak, in dB of full scale: no louder than the room tone between cues."""

JOIN_FROM = 0.75
"""From this part of its length on, a buffer may be followed by the next one."""


class Feed:
    """Sends samples buffer by buffer, each due on one absolute schedule: no drift.

    A buffer is followed by the next one in a silence; the longer none comes, the louder it may be.
    There they are crossfaded: the next one may start some milliseconds early or late.
    """

    def __init__(self, pipe: IO[bytes], length: Frames) -> None:
        self._pipe = pipe
        self._length = length
        self._position = 0
        self._begun = 0
        self._origin = 0.0
        self._begin(time.monotonic() + LEAD_SECONDS)

    def fill(self, source: Source) -> bool:
        """Pull and send until enough is there for some time; False when that was the end.

        Raises:
            BrokenPipeError: the player has gone.
            Exception: what the source raised.
        """
        if self._position > self._begun and self._ahead() < LATE_FRAMES:
            # This program was held up or stopped: what wasn't there in time sounds from now on.
            self._begin(max(time.monotonic() + LEAD_SECONDS, self._due()))
        while self._ahead() < AHEAD_FRAMES:
            block = source(BLOCK_FRAMES)
            if self._joins_here(block):
                fade = np.linspace(0.0, 1.0, len(block), dtype=np.float32)
                self._send(block * (1.0 - fade))
                self._begin(self._due())
                block_in = block * fade
            else:
                block_in = block
            self._send(block_in)
            self._position += len(block)
            if len(block) < BLOCK_FRAMES:
                return False
        return True

    def seconds_left(self) -> float:
        """Until all that was sent will have sounded, as planned."""
        return max(0.0, self._due() - time.monotonic())

    def _due(self) -> float:
        """When the next sample is due, in seconds on the monotonic clock."""
        return self._origin + seconds(self._position)

    def _ahead(self) -> int:
        return frames(self._due() - time.monotonic())

    def _joins_here(self, block: Samples) -> bool:
        """Whether the next buffer should begin with this block."""
        played = self._position - self._begun + 2 * BLOCK_FRAMES
        urgency = (played / self._length - JOIN_FROM) / (1.0 - JOIN_FROM)
        if urgency < 0.0 or len(block) < BLOCK_FRAMES:
            return False
        limit = 10.0 ** (SILENCE_DECIBELS * (1.0 - urgency) / 20.0)
        return urgency >= 1.0 or float(np.abs(block).max()) <= limit

    def _begin(self, due: float) -> None:
        """Begin a buffer that sounds from then on, with the next sample."""
        self._begun = self._position
        self._origin = due - seconds(self._position)
        self._write(HEADER.pack(BEGIN, due, self._length))

    def _send(self, block: Samples) -> None:
        whole = np.rint(np.clip(block, -1.0, 1.0) * 32767.0).astype(np.int16)
        self._write(HEADER.pack(DATA, 0.0, len(whole)) + whole.tobytes())

    def _write(self, message: bytes) -> None:
        try:
            self._pipe.write(message)
            self._pipe.flush()
        except OSError as error:  # which of them depends on the system
            raise BrokenPipeError from error
