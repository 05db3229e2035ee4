"""Sound: files and filters through FFmpeg; samples enter and leave. Knows nothing of speech."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from voicecoach.errors import ExportError
from voicecoach.library import chime_file, chime_sets, room_tone_file
from voicecoach.units import RATE, frames

if TYPE_CHECKING:
    from av import AudioFrame
    from av.container import InputContainer

Samples = NDArray[np.float32]
"""Mono sound: shape (frames,), float32, −1 to 1, at the session rate. A voice coach is mono: it
comes from one phone on the floor or one ear bud as often as not."""

LONGEST_CHIME = 10.0
"""Seconds; a longer file is no chime."""


def open_sound(path: Path) -> InputContainer:
    """A sound file, however its tags are coded: nobody reads them here. Raises as av.open."""
    import av

    # From PyAV 19 on that is so by itself.
    older = int(av.__version__.split(".")[0]) < 19
    lenient: Any = {"metadata_errors": "ignore"} if older else {}
    container: InputContainer = av.open(str(path), **lenient)
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
            resampler = av.AudioResampler("fltp", rate=RATE)
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


def resample(samples: NDArray[np.int16], rate: int) -> Samples:
    """16-bit mono samples at another rate, at the session rate."""
    import soxr  # five times as fast as FFmpeg's on a sentence

    wide: Samples = samples.astype(np.float32) / np.float32(32768)
    resampled: Samples = soxr.resample(wide, rate, RATE, "VHQ") if rate != RATE else wide
    return resampled


def loudness(samples: Samples) -> float:
    """Integrated loudness in LUFS by FFmpeg's EBU R128 meter; −70 where nothing is heard."""
    # The meter's gate works on blocks of 400 ms: silence behind lets the last one count.
    padded = np.concatenate([samples, np.zeros(RATE // 2, np.float32)])
    value = -70.0
    for frame in _filtered(padded, "ebur128", "metadata=1"):
        value = float(frame.metadata.get("lavfi.r128.I", value))
    return value


def limit(samples: Samples, peak: float) -> Samples:
    """The samples with their peaks held at an amplitude, by FFmpeg's look-ahead limiter."""
    # Its look-ahead delays by the attack time; latency=1 takes that out again.
    arguments = f"limit={peak:.4f}:attack=5:release=50:level=disabled:latency=1"
    frames_out = [_samples(frame) for frame in _filtered(samples, "alimiter", arguments)]
    return np.concatenate(frames_out)[: len(samples)]


def _filtered(samples: Samples, name: str, arguments: str) -> Iterator[AudioFrame]:
    import av

    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=RATE, format="flt", layout="mono")
    steps = [
        source,
        graph.add(name, arguments),
        graph.add("aformat", "sample_fmts=flt:channel_layouts=mono"),
    ]
    graph.link_nodes(*steps, graph.add("abuffersink")).configure()
    frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="flt", layout="mono")
    frame.sample_rate = RATE
    graph.push(frame)
    graph.push(None)
    while True:
        try:
            filtered = graph.pull()
            if isinstance(filtered, av.AudioFrame):
                yield filtered
        except (av.BlockingIOError, av.EOFError):
            return


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


def _samples(frame: AudioFrame) -> Samples:
    samples: Samples = frame.to_ndarray().reshape(-1).astype(np.float32, copy=False)
    return samples


def _mean(frame: AudioFrame) -> Samples:
    mean: Samples = frame.to_ndarray().mean(axis=0, dtype=np.float32)
    return mean


def _frozen(samples: Samples) -> Samples:
    samples.flags.writeable = False
    return samples
