"""Background: a sound file enters; a loop leaves that steps back while the coach speaks.

All is addressed by frames of the session, so no block depends on how the session is cut.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from voicecoach.errors import ExportError
from voicecoach.sound import Meter, Samples, open_sound
from voicecoach.units import RATE, Frames, frames

if TYPE_CHECKING:
    from av import AudioFrame

Whole = NDArray[np.int16]
Speech = Iterable[tuple[int, int]]
"""Where words sound, in frames of the session: first and end (exclusive), in their order."""

LOUDNESS = -33.0
"""LUFS of a background, integrated over its file: 13 LU below the voice."""
VOICE_LOUDNESS = -20.0
"""LUFS of the voice, as voicecoach.speech.finish makes it."""
BELOW_VOICE = 24.0
"""LU between the voice and the loudest three seconds of a ducked background. WCAG 1.4.7 asks for 20
and excepts sounds of one or two seconds; the other four are for words softer than the rest."""
LEAST_DEPTH = 12.0
"""dB: what an even background needs for BELOW_VOICE; one with louder passages is ducked deeper."""
PEAK = 0.2
"""The largest sample, or 1.41 times that where the loop is joined: with a chime's (0.7) it stays
below 1, and ducked with the voice's (0.71). A file of rare, loud moments is softer for it."""
SILENT = -60.0
"""LUFS; raised to LOUDNESS, what is softer would be hiss."""
LONGEST = frames(30 * 60)
"""Half an hour takes, unpacked, 173 MB of the disk, and some seconds to measure."""
SHORTEST = frames(1)
"""A shorter loop would be a buzz."""
CROSSFADE = frames(1)
"""How long a file's end sounds into its beginning, at most a quarter of it. 50 ms don't click
either, but they are heard as a cut where the two are unlike each other, and as a hole where an
encoder has put as much silence at an end."""

DOWN = frames(0.15)
"""The way down, which ends at the first sample of the first word."""
HOLD = frames(0.2)
"""After the last word it stays down for so long,"""
UP = frames(0.5)
"""and this is the way up."""
GAP = DOWN + HOLD + UP
"""In a shorter pause between words it stays down: else it would have to turn round midway."""
AHEAD = GAP - HOLD
"""A block depends on speech that begins less than this after its end, as a way up begins only if
the pause lasts for GAP …"""
BEHIND = GAP
"""… and on speech that ended less than this before it; on no other."""
FADE_IN = frames(0.35)
"""The session's first frames, over by the time the first word may want the background down."""
FADE_OUT = frames(2)
"""The session's last."""


class Background:
    """An endless loop of a sound file of any format that FFmpeg reads; mono, at LOUDNESS.

    It lies in a temporary file that vanishes with this object; memory holds none of it for good.
    """

    def __init__(self, path: Path, seamless: bool = False) -> None:
        """Unpack and measure the file; `seamless` promises that its end runs into its beginning.

        Raises:
            ExportError: the file can't be read, is silent, or is too long or too short.
        """
        try:
            with tempfile.TemporaryFile() as file:
                integrated, loudest, peak = _unpack(path, file)
                loop: Whole = np.asarray(np.memmap(file, np.int16, "r+"))
        except OSError as error:
            raise ExportError(f"{path} can't be unpacked in a temporary file: {error}") from None
        if integrated <= SILENT:
            raise ExportError(f"{path} can't be a background: it is silent")
        if not seamless:
            loop = _joined(loop)
        gain_db = min(LOUDNESS - integrated, 20 * math.log10(PEAK / peak))
        self.frames = Frames(len(loop))
        """Length of the loop: the file's, less what was crossfaded."""
        self.depth_db = max(LEAST_DEPTH, loudest + gain_db - (VOICE_LOUDNESS - BELOW_VOICE))
        """How far it is ducked."""
        self._loop, self._gain = loop, np.float32(10 ** (gain_db / 20) / 32768)

    def samples(self, at: int, count: int) -> Samples:
        """The loop from frame `at` of the session on, neither ducked nor faded."""
        samples = np.empty(count, np.float32)
        done = 0
        while done < count:
            place = (at + done) % self.frames
            piece = self._loop[place : place + count - done]
            np.multiply(piece, self._gain, out=samples[done : done + len(piece)])
            done += len(piece)
        return samples

    def under(
        self, at: int, count: int, speech: Speech, total: int | None = None, voice: float = 1
    ) -> Samples:
        """What lies under a block: the loop, with `ducking` and `fading`.

        `voice` is the amplitude of the voice over that of the background, where they are set apart:
        below 1, the background is ducked the deeper.
        """
        depth_db = self.depth_db - 20 * math.log10(min(max(voice, 0.001), 1))
        samples = self.samples(at, count)
        samples *= ducking(at, count, speech, depth_db)
        samples *= fading(at, count, total)
        return samples


def ducking(at: int, count: int, speech: Speech, depth_db: float = LEAST_DEPTH) -> Samples:
    """The gain of the frames from `at` on, as amplitude: 1, or `depth_db` down while words sound.

    `speech` must hold what ends after `at` − BEHIND and begins before `at` + `count` + AHEAD.

    >>> gain = ducking(0, RATE, [(24_000, 26_000)], 20)
    >>> [round(float(gain[at]), 3) for at in (16_800, 20_400, 24_000, 35_599, 47_599)]
    [1.0, 0.316, 0.1, 0.1, 0.316]
    """
    down, up = _ramps(depth_db)
    gain = np.ones(count, np.float32)
    ended: int | None = None
    for begins, ends in speech:
        if begins >= at + count + AHEAD:
            break
        first = begins
        if ended is None or begins - ended >= GAP:
            _draw(gain, begins - DOWN - at, down)
        else:
            first = min(begins, ended)
        ended = max(ends, ended or ends)
        gain[max(first - at, 0) : max(ended + HOLD - at, 0)] = up[0]
        _draw(gain, ended + HOLD - at, up)
    return gain


def fading(at: int, count: int, total: int | None = None) -> Samples:
    """The gain that lets a session begin and end softly, as amplitude.

    `total` is the session's length, or None before its last FADE_OUT.
    """
    gain = np.ones(count, np.float32)
    _draw(gain, -at, _half_cosine(FADE_IN))
    if total is not None:
        _draw(gain, total - FADE_OUT - at, _half_cosine(FADE_OUT)[::-1])
    return gain


@lru_cache(maxsize=4)
def _ramps(depth_db: float) -> tuple[Samples, Samples]:
    """The way down and the way up: in dB along half a cosine, so no corner is heard."""
    down, up = depth_db * _half_cosine(DOWN), depth_db * (1 - _half_cosine(UP))
    return (10 ** (-down / 20)).astype(np.float32), (10 ** (-up / 20)).astype(np.float32)


@lru_cache(maxsize=4)
def _half_cosine(length: int) -> NDArray[np.float64]:
    return (1 - np.cos(np.pi * np.arange(length) / length)) / 2


def _draw(gain: Samples, at: int, curve: NDArray[np.floating]) -> None:
    first, last = max(at, 0), min(at + len(curve), len(gain))
    if first < last:
        gain[first:last] = curve[first - at : last - at]


def _unpack(path: Path, file: IO[bytes]) -> tuple[float, float, float]:
    """Write a file's samples; return its LUFS, those of its loudest 3 s, and its largest sample."""
    meter, length, peak = Meter("s16"), 0, 1
    for frame in _decoded(path):
        samples = frame.to_ndarray().reshape(-1).astype(np.int16, copy=False)
        file.write(samples.tobytes())
        meter.hear(frame)
        peak = max(peak, int(samples.max()), -int(samples.min()))
        length += len(samples)
        if length > LONGEST:
            raise ExportError(f"{path} can't be a background: it is longer than 30 minutes")
    if length < SHORTEST:
        raise ExportError(f"{path} can't be a background: it is shorter than a second")
    file.flush()
    return meter.integrated, max(meter.loudest, meter.integrated), peak / 32768


def _decoded(path: Path) -> Iterator[AudioFrame]:
    """A file's sound, 16 bit, mono, at the session rate."""
    import av  # FFmpeg: 40 ms

    if not path.is_file():
        raise ExportError(f"{path} can't be a background: there is no such file")
    try:
        with open_sound(path) as container:
            resampler = av.AudioResampler("s16", "mono", RATE)
            for frame in chain(container.decode(audio=0), [None]):
                yield from resampler.resample(frame)
    except (av.FFmpegError, OSError, IndexError, ValueError) as error:
        reason = "it holds no sound" if isinstance(error, IndexError) else error
        raise ExportError(f"{path} can't be read as sound: {reason}") from None


def _joined(samples: Whole) -> Whole:
    """The samples as a loop: the end goes on under the beginning, while that fades in."""
    length = min(CROSSFADE, len(samples) // 4)
    loop = samples[: len(samples) - length]
    # Sine and cosine keep the power of two sounds that don't know of each other.
    angle = np.pi / 2 * np.arange(length) / length
    joint = loop[:length] * np.sin(angle) + samples[len(loop) :] * np.cos(angle)
    loop[:length] = np.clip(np.round(joint), -32768, 32767)
    return loop
