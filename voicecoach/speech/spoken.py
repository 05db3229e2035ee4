"""Spoken: an utterance's finished samples and how loud they are, as they are kept and handed on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voicecoach.sound import Metered, Samples, metered

_SIZE = np.dtype("<u4")
_POWER = np.dtype("<f8")
_SAMPLE = np.dtype("<i2")


@dataclass(frozen=True, slots=True)
class Spoken:
    """An utterance that has been spoken."""

    samples: Samples
    """From its first audible one to its last; of 16 bits, which are kept, so read-only."""
    metered: Metered

    def to_bytes(self) -> bytes:
        """As the cache keeps it."""
        power = self.metered.power.astype(_POWER)
        count = np.array([len(power)], _SIZE)
        samples = np.round(self.samples * 32767).astype(_SAMPLE)
        return b"".join((count.tobytes(), power.tobytes(), samples.tobytes()))


def spoken(samples: NDArray[np.int16]) -> Spoken:
    """Finished samples, metered once and for all."""
    wide = _widen(samples)
    return Spoken(wide, metered(wide))


def read_spoken(kept: bytes) -> Spoken | None:
    """What `to_bytes` wrote; None of anything else."""
    at = _SIZE.itemsize
    if len(kept) < at:
        return None
    count = int(np.frombuffer(kept, _SIZE, 1)[0])
    rest = len(kept) - at - count * _POWER.itemsize
    if rest < 0 or rest % _SAMPLE.itemsize:
        return None
    power = np.frombuffer(kept, _POWER, count, at).astype(np.float64, copy=False)
    wide = _widen(np.frombuffer(kept, _SAMPLE, offset=len(kept) - rest))
    return Spoken(wide, Metered(power, float(np.abs(wide).max(initial=0))))


def _widen(samples: NDArray[np.int16]) -> Samples:
    wide: Samples = samples.astype(np.float32) / np.float32(32767)
    wide.flags.writeable = False
    return wide
