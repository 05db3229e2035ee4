"""Streams: speakers and rooms enter, blocks and what is said in them leave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bench.listening.rooms import heard, kitchen, pink, room
from bench.listening.speakers import Speaker
from voicecoach.controls.microphone import BLOCK, RATE, Block, Samples

LEVEL = 0.05
"""RMS of a person's word at the microphone: −26 dB."""
FLOOR = 1e-4
"""RMS of a microphone's own noise."""


@dataclass(frozen=True)
class Said:
    """A phrase in a stream, and where: in samples, from its onset to its end."""

    phrase: str
    start: int
    end: int


@dataclass
class Stream:
    """What a microphone hears for a while, what the coach plays meanwhile, what is said."""

    microphone: Samples
    reference: Samples
    said: list[Said]

    def blocks(self) -> Iterator[Block]:
        """As they would come from a device."""
        for at in range(0, len(self.microphone) - BLOCK + 1, BLOCK):
            piece = slice(at, at + BLOCK)
            yield Block(self.microphone[piece], self.reference[piece])

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.microphone) / RATE


def active(samples: Samples) -> float:
    """RMS where something sounds: of the frames within 25 dB of the loudest."""
    frames = samples[: len(samples) // 160 * 160].reshape(-1, 160)
    power = np.mean(frames.astype(np.float64) ** 2, axis=1)
    return float(np.sqrt(power[power > power.max() * 10**-2.5].mean()))


def spoken(
    speaker: Speaker,
    phrases: Sequence[str],
    seed: int,
    snr: float | None = None,
    gaps: tuple[float, float] = (1.2, 2.0),
) -> Stream:
    """Phrases by one speaker in one room; `snr` in dB, None for clean; `gaps` in seconds."""
    rng = np.random.default_rng([11, seed])
    pieces: list[Samples] = [np.zeros(RATE, np.float32)]
    said: list[Said] = []
    length = RATE
    for phrase in phrases:
        word = speaker.say(phrase)
        word = word * np.float32(LEVEL / active(word))
        said.append(Said(phrase, length, length + len(word)))
        gap = int(rng.uniform(*gaps) * RATE)
        pieces += [word, np.zeros(gap, np.float32)]
        length += len(word) + gap
    dry = np.concatenate(pieces)
    wet = heard(dry, room(seed % 24).person)[: len(dry)]
    wet *= LEVEL / active(wet)
    wet += rng.normal(0, FLOOR, len(wet)).astype(np.float32)
    if snr is not None:
        noise = (pink, kitchen)[seed % 2](len(wet), rng)
        wet += noise * np.float32(LEVEL * 10 ** (-snr / 20))
    return Stream(wet, np.zeros(len(wet), np.float32), said)


def over_coach(stream: Stream, coach: Samples, seed: int, louder: float) -> Stream:
    """The same while the coach talks, `louder` dB louder at the microphone than the person.

    He begins 8 s before, as he does in a session, and doesn't stop.
    """
    lead = 8 * RATE
    length = lead + len(stream.microphone)
    rng = np.random.default_rng([12, seed])
    first = int(rng.integers(0, len(coach)))
    talk = np.resize(np.roll(coach, -first), length).astype(np.float32)
    echo = heard(talk, room(seed % 24).coach)[:length]
    echo *= LEVEL * 10 ** (louder / 20) / active(echo)
    delay = int(rng.uniform(0.03, 0.25) * RATE)
    microphone = np.concatenate([rng.normal(0, FLOOR, lead).astype(np.float32), stream.microphone])
    microphone[delay:] += np.tanh(echo[: length - delay] * 0.7) / 0.7  # a loudspeaker's bend
    said = [Said(word.phrase, word.start + lead, word.end + lead) for word in stream.said]
    return Stream(microphone, talk, said)


def joined(speaker: Speaker, texts: Sequence[str], gap_seconds: float = 0.6) -> Samples:
    """Sentences one after the other, as a coach says them."""
    gap = np.zeros(int(gap_seconds * RATE), np.float32)
    pieces: list[Samples] = []
    for text in texts:
        words = speaker.say(text)
        pieces += [words * np.float32(LEVEL / active(words)), gap]
    return np.concatenate(pieces)
