"""Rooms: a loudspeaker, a microphone and a person on a mat, simulated; and what a kitchen sounds
like. Seeds enter, impulse responses and noises leave.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from voicecoach.controls.microphone import RATE, Samples


@dataclass(frozen=True)
class Room:
    """How the person, and the coach, sound at the microphone."""

    person: Samples
    coach: Samples


@cache
def room(seed: int) -> Room:
    """A room of 3–6 m with a reverberation time of 0.2–0.5 s; the person 1–2 m from the
    microphone, the loudspeaker 0.2–1 m from it.
    """
    import pyroomacoustics

    rng = np.random.default_rng([77, seed])
    size = rng.uniform([3.0, 3.0, 2.4], [6.0, 5.0, 3.0])
    absorption, order = pyroomacoustics.inverse_sabine(rng.uniform(0.2, 0.5), size)
    walls = pyroomacoustics.Material(absorption)
    box = pyroomacoustics.ShoeBox(size, fs=RATE, materials=walls, max_order=min(order, 12))
    microphone = np.array([*(size[:2] / 2 + rng.uniform(-0.5, 0.5, 2)), 0.6])
    for low, high, height in ((1.0, 2.0, 0.3), (0.2, 1.0, 0.6)):
        angle, distance = rng.uniform(0, 2 * np.pi), rng.uniform(low, high)
        place = microphone + distance * np.array([np.cos(angle), np.sin(angle), 0])
        place[2] = height
        box.add_source(np.clip(place, 0.2, size - 0.2))
    box.add_microphone(microphone)
    box.compute_rir()
    person, coach = (response.astype(np.float32) for response in box.rir[0])
    return Room(_even(person), _even(coach))


def _even(response: Samples) -> Samples:
    scaled: Samples = response / np.sqrt(np.sum(response**2))
    return scaled


def heard(samples: Samples, response: Samples) -> Samples:
    """Samples as they sound in the room; as long as they were, and the room's answer."""
    size = len(samples) + len(response) - 1
    fast = 1 << (size - 1).bit_length()
    spectrum = np.fft.rfft(samples, fast) * np.fft.rfft(response, fast)
    out: Samples = np.fft.irfft(spectrum, fast)[:size].astype(np.float32)
    return out


def pink(length: int, rng: np.random.Generator) -> Samples:
    """Pink noise, RMS 1."""
    spectrum = np.fft.rfft(rng.normal(size=length))
    frequencies = np.maximum(np.fft.rfftfreq(length, 1 / RATE), 20.0)
    return _loud(np.fft.irfft(spectrum / np.sqrt(frequencies), length))


def kitchen(length: int, rng: np.random.Generator) -> Samples:
    """A fridge's hum, running water, plates and cutlery, RMS 1."""
    time = np.arange(length) / RATE
    out = 0.5 * pink(length, rng)
    for harmonic in (1, 2, 3, 5):
        out += 0.3 / harmonic * np.sin(2 * np.pi * 50 * harmonic * time + rng.uniform(0, 6))
    water = np.diff(rng.normal(size=length + 1))
    out += 0.25 * water * (0.6 + 0.4 * np.sin(2 * np.pi * 0.11 * time + rng.uniform(0, 6)))
    for _ in range(max(1, int(length / RATE * 0.7))):
        at = int(rng.integers(0, length))
        ring = np.arange(min(length - at, RATE // 2)) / RATE
        clink = sum(
            np.sin(2 * np.pi * rng.uniform(900, 6000) * ring) * np.exp(-ring * rng.uniform(12, 60))
            for _ in range(5)
        )
        out[at : at + len(ring)] += rng.uniform(0.3, 1.5) * clink
    return _loud(out)


def _loud(samples: NDArray[np.floating]) -> Samples:
    even: Samples = (samples / np.sqrt(np.mean(samples**2))).astype(np.float32)
    return even
