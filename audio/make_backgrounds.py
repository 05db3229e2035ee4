"""The workshop of the sounds that may lie under a session: rain, the sea, the air of a room.

    python audio/make_backgrounds.py [FOLDER]

writes `backgrounds/NAME.flac` beside this file, or into FOLDER. Two runs give the same samples:
nothing is recorded, and every random sequence has a seed.

A background lives on a circle. Its noise is built as a spectrum, of components that have a whole
number of periods in the loop; what swells and what falls wraps around the end; loudness is
measured round the circle. So the last sample runs into the first like any other two neighbours.
"""

import argparse
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from make_sounds import RATE, Samples, amplitude, half_cosine, k_weighted, quantise, write_flac

BACKGROUND_LUFS: Final = -33.0
"""Integrated: 12 LU under the coach's voice, so that it is there in the pauses and no more."""

FILE_BITS: Final = 16

Chance = Callable[[], float]
"""The next number of a random sequence, from 0 to 1."""


@dataclass(frozen=True)
class Background:
    """How a background is made, and how finely it is kept."""

    make: Callable[[Chance, int], Samples]
    seconds: int
    bits: int
    """Noise says little in its last bits, and they can't be packed. The file has 16, of which
    those below are zero; the steps that are left are buried in the noise by 30 dB and more."""
    seed: int


@dataclass(frozen=True)
class Wave:
    """One wave that comes up the beach and draws back."""

    crest_seconds: float
    level_db: float
    rise_seconds: float
    """Time in which it comes up, from 1/e of its height."""
    fall_seconds: float
    """Time constant with which it draws back, some seconds long."""


# No two gaps, heights or paces are alike, so that nothing seems to come back before 40 s are over,
# and the highest wave isn't high: it would have to be ducked the deeper.
WAVES: Final = (
    Wave(4.0, 0.0, 1.6, 2.0),
    Wave(11.6, -3.5, 1.3, 1.7),
    Wave(17.7, -0.5, 1.5, 2.3),
    Wave(27.2, -4.5, 1.2, 1.6),
    Wave(33.5, 0.5, 1.9, 2.4),
)

DROPS_A_SECOND: Final = 220
"""Enough to melt into one sound, few enough for the nearest to be told apart."""

NEAREST_DROP: Final = 0.014
"""Share of the drops' area that none falls into: the head of the listener is dry. It bounds a
drop's level to 18 dB above that of the farthest."""


def circle(frames: int) -> Samples:
    """Return each frame's place on the loop, from 0 to 1."""
    return np.arange(frames) / frames


def noise(chance: Chance, frames: int, spectrum: Callable[[Samples], Samples]) -> Samples:
    """Make a loop of noise with the given magnitudes over frequency in Hz, at an RMS of 1."""
    frequency = np.fft.rfftfreq(frames, 1 / RATE).astype(np.float64)
    frequency[0] = frequency[1]  # 0 Hz is silenced below; this only spares divisions by zero
    magnitude = spectrum(frequency)
    magnitude[0] = 0
    phase = np.array([chance() for _ in frequency]) * 2 * np.pi
    sound = np.fft.irfft(magnitude * np.exp(1j * phase), frames)
    return sound / float(np.sqrt(np.mean(sound**2)))


def above(frequency: Samples, corner_hz: float, order: int) -> Samples:
    """Magnitude of a Butterworth high-pass: 6 dB an octave and order, below the corner."""
    return 1 / np.sqrt(1 + (corner_hz / frequency) ** (2 * order))


def below(frequency: Samples, corner_hz: float, order: int) -> Samples:
    """Magnitude of a Butterworth low-pass: 6 dB an octave and order, above the corner."""
    return 1 / np.sqrt(1 + (frequency / corner_hz) ** (2 * order))


def drift(chance: Chance, frames: int, most_db: float, fastest: int) -> Samples:
    """Levels that wander by `most_db` up and down, in up to `fastest` bends a loop."""
    course = np.zeros(frames)
    for times in range(1, fastest + 1):
        course += np.sin(2 * np.pi * (times * circle(frames) + chance())) / math.sqrt(times)
    return 10 ** (course * (most_db / 20 / float(np.max(np.abs(course)))))


def make_room(chance: Chance, frames: int) -> Samples:
    """Make the air of a warm room: dark noise without rumble or hiss, hardly moving."""

    def spectrum(hertz: Samples) -> Samples:
        # Pink to 300 Hz, as air in a room is, then falling by 9 dB and more an octave.
        magnitude = hertz**-0.5 * above(hertz, 65, 2) * below(hertz, 300, 1)
        return magnitude * below(hertz, 3_000, 1) * below(hertz, 12_000, 3)

    return noise(chance, frames, spectrum) * drift(chance, frames, 0.6, 4)


def make_rain(chance: Chance, frames: int) -> Samples:
    """Make steady rain: far drops are one noise, near ones are drops."""

    def spectrum(hertz: Samples) -> Samples:
        # Brighter than pink noise in the middle, softer at the top: rain on leaves, not on tin.
        magnitude = hertz**-0.35 * above(hertz, 350, 1) * below(hertz, 4_200, 1)
        return magnitude * below(hertz, 14_000, 4)

    far = noise(chance, frames, spectrum) * drift(chance, frames, 0.8, 5)
    near = np.zeros(frames)
    for _ in range(DROPS_A_SECOND * frames // RATE):
        drop = fall_into_water(chance)
        np.add.at(near, (int(chance() * frames) + np.arange(len(drop))) % frames, drop)
    near /= float(np.sqrt(np.mean(near**2)))
    return far + amplitude(-3) * near


def fall_into_water(chance: Chance) -> Samples:
    """Make one drop: the bubble it draws under rings, dies away and rises in pitch.

    Frequency over radius is Minnaert's ("On musical air-bubbles and the sounds of running water",
    Philosophical Magazine 16, 1933); damping, and the rise with it, are from van den Doel
    ("Physically based models for liquid sounds", ACM Transactions on Applied Perception 2, 2005).
    """
    # Three numbers' mean prefers the middle, near 2 kHz, and knows no edge to be heard as one.
    hertz = 700 * math.pow(8, (chance() + chance() + chance()) / 3)
    radius = 3 / hertz  # metres
    damping = 0.13 / radius + 0.0072 * radius**-1.5  # a second
    seconds = np.arange(round(7 / damping * RATE)) / RATE
    turns = hertz * seconds * (1 + 0.05 * damping * seconds) + chance()
    drop: Samples = np.exp(-damping * seconds) * np.sin(2 * np.pi * turns)
    # No drop clicks: each rises over a millisecond, as when heard through leaves.
    rise = half_cosine(round(0.0012 * RATE))
    drop[: len(rise)] *= rise
    # Drops fall everywhere alike, so the area out to a drop is evenly distributed, and its level
    # falls with the distance, the root of that area. Small bubbles are softer.
    area = NEAREST_DROP + (1 - NEAREST_DROP) * chance()
    return drop / (math.sqrt(area) * math.pow(hertz, 0.4))


def make_sea(chance: Chance, frames: int) -> Samples:
    """Make waves on a sandy beach: a deep bed, the roar of each wave, and its foam."""

    def bed_spectrum(hertz: Samples) -> Samples:
        return hertz**-1 * above(hertz, 60, 2) * below(hertz, 500, 1)

    def roar_spectrum(hertz: Samples) -> Samples:
        magnitude = hertz**-0.5 * above(hertz, 90, 2)
        return magnitude * below(hertz, 600, 1) * below(hertz, 6_000, 2)

    def foam_spectrum(hertz: Samples) -> Samples:
        magnitude = hertz**-0.2 * above(hertz, 900, 1)
        return magnitude * below(hertz, 2_600, 1) * below(hertz, 6_000, 1) * below(hertz, 11_000, 4)

    bed = noise(chance, frames, bed_spectrum) * drift(chance, frames, 1.0, 7)
    roar = noise(chance, frames, roar_spectrum)
    foam = noise(chance, frames, foam_spectrum) * drift(chance, frames, 1.0, 11)
    roaring, foaming = np.zeros(frames), np.zeros(frames)
    for wave in WAVES:
        rise, fall = wave.rise_seconds, wave.fall_seconds
        roaring += amplitude(wave.level_db) * swell(frames, wave.crest_seconds, rise, 0.8 * fall)
        # Foam comes when the wave has broken, at once, and hisses on while the water runs back;
        # a small wave makes less of it.
        crest, level_db = wave.crest_seconds + 0.9, 1.3 * wave.level_db
        foaming += amplitude(level_db) * swell(frames, crest, 0.6 * rise, 1.15 * fall)
    return 0.26 * bed + 0.85 * roar * (0.05 + 0.95 * roaring) + 0.38 * foam * (0.1 + 0.9 * foaming)


def swell(frames: int, crest_seconds: float, rise_seconds: float, fall_seconds: float) -> Samples:
    """Levels of a wave: half a bell up to 1, then level with the crest, then dying away."""
    loop_seconds = frames / RATE
    after = (loop_seconds * circle(frames) - crest_seconds) % loop_seconds
    level = np.exp(-(((loop_seconds - after) / rise_seconds) ** 2))
    for lap in range(2):  # what is left of it comes round once more
        since = (after + lap * loop_seconds) / fall_seconds
        level += (1 + since) * np.exp(-since)
    return level


BACKGROUNDS: Final = {
    "rain": Background(make_rain, seconds=30, bits=12, seed=21),
    "sea": Background(make_sea, seconds=40, bits=13, seed=22),
    "room": Background(make_room, seconds=20, bits=14, seed=23),
}


def integrated(loop: Samples) -> float:
    """Loudness of an endless loop in LUFS (ITU-R BS.1770-4)."""
    window, hop = round(0.4 * RATE), round(0.1 * RATE)
    weighted = k_weighted(loop) ** 2
    energy = np.concatenate([[0.0], np.cumsum(np.concatenate([weighted, weighted[:window]]))])
    power = (energy[window:] - energy[:-window])[: len(loop) : hop] / window
    # The standard's relative gate: a lull of 10 LU below the rest doesn't count.
    gate = float(np.mean(power)) * 10 ** (-10 / 10)
    return -0.691 + 10 * math.log10(float(np.mean(power[power > gate])))


def perform(background: Background) -> Samples:
    """Make a background at the loudness that all of them share."""
    # Python's own generator, because its sequence for a seed is promised never to change.
    chance = random.Random(background.seed).random  # noqa: S311 (noise to be heard, not a secret)
    loop = background.make(chance, background.seconds * RATE)
    return loop * amplitude(BACKGROUND_LUFS - integrated(loop))


def make_all(folder: Path) -> None:
    """Write `backgrounds/NAME.flac` into `folder`."""
    for name, background in BACKGROUNDS.items():
        coarse = quantise(perform(background), background.bits)
        path = folder / "backgrounds" / f"{name}.flac"
        write_flac(path, coarse << (FILE_BITS - background.bits), FILE_BITS)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(description="Make the backgrounds.")
    parser.add_argument(
        "folder",
        type=Path,
        nargs="?",
        default=Path(__file__).parent,
        help="where to write (default: beside this program)",
    )
    make_all(parser.parse_args(arguments).folder)


if __name__ == "__main__":
    main()
