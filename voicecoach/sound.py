"""Sound: files and filters through FFmpeg; samples enter and leave. Knows nothing of speech."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from voicecoach.errors import ExportError
from voicecoach.filters import Filter
from voicecoach.library import chime_file, chime_sets, room_tone_file
from voicecoach.units import RATE, frames

if TYPE_CHECKING:
    from av import AudioFrame
    from av.container import InputContainer

Samples = NDArray[np.float32]
"""Mono sound: shape (frames,), float32, −1 to 1, at the session rate. A voice coach is mono: it
comes from one phone on the floor or one ear bud as often as not."""

HOP = RATE // 10
"""Frames between two readings of a loudness meter: 100 ms (EBU Tech 3341)."""
K_WEIGHTING = (
    "b0=1.53512485958697:b1=-2.69169618940638:b2=1.19839281085285"
    ":a0=1:a1=-1.69065929318241:a2=0.73248077421585",
    "b0=1:b1=-2:b2=1:a0=1:a1=-1.99004745483398:a2=0.99007225036621",
)
"""How ears weigh a sound: a head's shelf, then a high pass (ITU-R BS.1770, tables 1 and 2, for
48 kHz) …"""
K_OFFSET = -0.691
"""… and LUFS of what is so weighted and has a mean square of 1 (the same, equation 2)."""
ATTACK, RELEASE = 5, 50
"""Milliseconds in which the limiter steps back before a peak, and in which it comes back."""
HOLD_BEFORE, HOLD_AFTER = RATE * ATTACK // 1000, RATE * (ATTACK + RELEASE) // 1000
"""How far from a peak it does anything at all, in frames."""
LONGEST_CHIME = 10.0
"""Seconds; a longer file is no chime."""


SOUNDS = (
    *("aac", "ac3", "aiff", "amr", "ape", "asf", "au", "caf", "eac3", "flac", "matroska", "mov"),
    *("mp3", "mpc", "mpc8", "mpeg", "mpegts", "ogg", "tta", "w64", "wav", "webm", "wv"),
)
"""Formats that hold sound by themselves, as FFmpeg names them: others are lists of files to open,
wherever those lie."""


def open_sound(path: Path) -> InputContainer:
    """A sound file, however its tags are coded: nobody reads them here. Raises as av.open."""
    import av

    own = {"format_whitelist": ",".join(SOUNDS), "protocol_whitelist": "file"}

    # From PyAV 19 on that is so by itself.
    older = int(av.__version__.split(".")[0]) < 19
    lenient: Any = {"metadata_errors": "ignore"} if older else {}
    container: InputContainer = av.open(str(path), options=own, **lenient)
    return container


def decode(path: Path, longest_seconds: float) -> Samples:
    """A sound file of any format that FFmpeg reads, mono, at the session rate.

    Raises:
        ExportError: it holds no sound, or more of it than `longest_seconds`.
    """
    import av  # FFmpeg: 40 ms

    most = frames(longest_seconds)
    pieces: list[Samples] = []
    length = 0
    try:
        with open_sound(path.absolute()) as container:
            # It would add two channels up rather than take their mean, and clip.
            # Channels one in the other: of many in planes of their own PyAV reads what isn't there.
            resampler = av.AudioResampler("flt", rate=RATE)
            for frame in container.decode(audio=0):
                for out in resampler.resample(frame):
                    pieces.append(_mean(out))
                    length += len(pieces[-1])
                if length > most:
                    raise ExportError(f"{path} is longer than {longest_seconds:g} seconds")
            pieces += [_mean(out) for out in resampler.resample(None)]
    except (av.FFmpegError, OSError, IndexError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        if isinstance(error, IndexError):
            reason = "it holds no sound"
        raise ExportError(f"{path} can't be read as sound: {reason}") from None
    if not sum(map(len, pieces)):
        raise ExportError(f"{path} can't be read as sound: it holds no sound")
    # Floats may be no numbers, and one of those would silence or burst whatever it is mixed with.
    samples = np.nan_to_num(np.concatenate(pieces))
    return _frozen(np.clip(samples, -1, 1))


def resample(samples: NDArray[np.int16], rate: float) -> Samples:
    """16-bit mono samples at another rate, at the session rate."""
    import soxr  # five times as fast as FFmpeg's on a sentence

    wide: Samples = samples.astype(np.float32) / np.float32(32768)
    # 20 bits: more than the 16 that are kept, at half the work of "VHQ".
    resampled: Samples = soxr.resample(wide, rate, RATE, "HQ") if rate != RATE else wide
    return resampled


def loudness(samples: Samples) -> float:
    """Integrated loudness in LUFS by FFmpeg's EBU R128 meter; −70 where nothing is heard."""
    meter = Meter()
    meter.hear(samples)
    # The meter's gate works on blocks of 400 ms: silence behind lets the last one count.
    meter.hear(np.zeros(RATE // 2, np.float32))
    return meter.integrated


@dataclass(frozen=True, slots=True)
class Metered:
    """How loud a sound is by itself, with silence before and behind it."""

    power: NDArray[np.float64]
    """Of each 400 ms that hold some of it, HOP after HOP; the first holds only its first HOP. A
    power is 10 to a tenth of the momentary loudness in LUFS."""
    peak: float
    """Its largest sample."""


def metered(samples: Samples) -> Metered:
    """How loud a sound is by itself, as FFmpeg's meter says it.

    That one hands out its readings as texts, tenth by tenth of a second, which takes longer than
    hearing: here its weighting is FFmpeg's, and the mean of squares is taken of the whole.
    """
    weighting = Filter(*(("biquad", f"{step}:precision=f64") for step in K_WEIGHTING))
    padded = np.concatenate([samples, np.zeros(-len(samples) % HOP + 3 * HOP, np.float32)])
    pieces = [*weighting.push(padded), *weighting.push(None)]
    weighted = np.concatenate(pieces)
    hops = np.square(weighted, dtype=np.float64).reshape(-1, HOP).mean(axis=1)
    power = np.convolve(hops, np.full(4, 0.25))[: len(hops)] * 10 ** (K_OFFSET / 10)
    return Metered(power, float(np.abs(samples).max(initial=0)))


def limit(samples: Samples, peak: float) -> Samples:
    """The samples with their peaks held at an amplitude, by FFmpeg's look-ahead limiter.

    Elsewhere it would pass them on as they are, so it hears only what is near a peak.
    """
    over = np.flatnonzero(np.abs(samples) > peak)
    if not len(over):
        return samples
    apart = np.flatnonzero(np.diff(over) > HOLD_BEFORE + HOLD_AFTER)
    starts = np.maximum(over[[0, *(apart + 1)]] - HOLD_BEFORE, 0)
    near = [slice(*part) for part in zip(starts, over[[*apart, -1]] + HOLD_AFTER, strict=True)]
    limiter = Limiter(peak)  # it is at rest between them, so it may hear them in one go
    heard = np.concatenate([samples[part] for part in near])
    passed = np.concatenate([*limiter.hold(heard), *limiter.rest()])
    held, at = samples.copy(), 0
    for part in near:
        length = len(held[part])
        held[part] = passed[at : at + length]
        at += length
    return held


def quickened(samples: Samples, tempo: float) -> Samples:
    """The samples so many times as quick, at the same pitch, by FFmpeg's atempo; 0.5 to 2."""
    quick = Filter(("atempo", f"{min(max(tempo, 0.5), 2):.6f}"))
    pieces = [*quick.push(samples), *quick.push(None)]
    return np.concatenate([np.zeros(0, np.float32), *pieces])


class Meter:
    """FFmpeg's EBU R128 meter, which hears a sound piece by piece."""

    def __init__(self, sample_format: str = "flt") -> None:
        self._filter = Filter(("ebur128", "metadata=1"), sample_format=sample_format)
        self.integrated = -70.0
        """LUFS."""
        self.loudest = -70.0
        """LUFS of the loudest three seconds."""

    def hear(self, sound: Samples | AudioFrame) -> None:
        """Go on with these."""
        for frame in self._filter.push_frame(sound):
            said = frame.metadata
            self.integrated = float(said.get("lavfi.r128.I", self.integrated))
            self.loudest = max(self.loudest, float(said.get("lavfi.r128.S", -70)))


class Limiter:
    """FFmpeg's look-ahead limiter, which passes a sound on piece by piece, none of it late."""

    def __init__(self, peak: float) -> None:
        # Its look-ahead delays by the attack time; latency=1 takes that out again.
        arguments = f"limit={peak:.4f}:attack={ATTACK}:release={RELEASE}:level=disabled:latency=1"
        self._filter = Filter(("alimiter", arguments))

    def hold(self, samples: Samples) -> Iterator[Samples]:
        """What can be passed on now."""
        return self._filter.push(samples)

    def rest(self) -> Iterator[Samples]:
        """What was still held back."""
        return self._filter.push(None)


@cache
def chime(sound: str) -> Samples:
    """A chime: "set/event" of a built-in set, or a sound file's path.

    Raises:
        ExportError: the file can't be read or is longer than LONGEST_CHIME.
    """
    chimes, _, event = sound.partition("/")
    path = chime_file(chimes, event) if chimes in chime_sets() else Path(sound)
    return decode(path, LONGEST_CHIME)


@cache
def room_tone() -> Samples:
    """The faint loop that lies under every session."""
    return decode(room_tone_file(), 60)


def _mean(frame: AudioFrame) -> Samples:
    channels = frame.to_ndarray().reshape(-1, frame.layout.nb_channels)
    mean: Samples = channels.mean(axis=1, dtype=np.float32)
    return mean


def _frozen(samples: Samples) -> Samples:
    samples.flags.writeable = False
    return samples
