"""The workshop of every sound in this folder: tables of partials and strokes in, FLAC files out.

    python audio/make_sounds.py [FOLDER]

writes the chimes and the room tone beside this file, or into FOLDER (the backgrounds have a program
of their own, make_backgrounds.py). Two runs give the same samples: nothing is recorded, and the one
random sequence has a seed.

A chime is modal synthesis: a stroke sets a body's modes ringing, each a sine that dies away by
itself (Fletcher & Rossing, The Physics of Musical Instruments, 2nd ed., Springer 1998). An
*instrument* says which modes a body has; the *score* says, once for all instruments, which strokes
make an event. So whoever has learnt one set of chimes understands the other three.
"""

import argparse
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import av
import numpy as np
from numpy.typing import NDArray

Samples: TypeAlias = NDArray[np.float64]

RATE: Final = 48_000

CHIME_BITS: Final = 16
ROOM_TONE_BITS: Final = 24
"""At -72 dBFS, 16 bits would leave four of them for the noise, and their steps to be heard."""

CHIME_LUFS: Final = -23.0
"""Momentary maximum of a chime: a little under the coach's voice, which sits at -20 LUFS."""

TICK_LUFS: Final = -25.5
"""The same for `rep`, the one event that may sound hundreds of times in an hour."""

ANSWER_LUFS: Final = -29.0
"""The same for `heard`, which may sound under words: it is 9 LU softer than they are."""

BRIGHTEST_HZ: Final = 5_000.0
"""No mode above this is struck. A soft mallet stays on the body for longer than such a mode's
period and so doesn't excite it; left in, these modes are what makes a synthetic stroke harsh."""

FADE_SHARE: Final = 0.4
"""The last part of an event over which it is led to silence: a hand laid on the instrument, so
that a body that would ring for half a minute leaves room for the next cue."""


@dataclass(frozen=True)
class Partial:
    """One mode of a struck body."""

    ratio: float
    """Frequency over that of the note."""
    level_db: float
    """Level under a full stroke, relative to the strongest mode."""


@dataclass(frozen=True)
class Instrument:
    """A body that can be struck at several pitches."""

    root_hz: float
    """The pitch of the interval 1/1."""
    partials: tuple[Partial, ...]
    rise_seconds: float
    """How long a stroke takes to reach its full level, along half a cosine."""
    ring: float
    """Factor on the ring of every stroke in the score."""
    damping: float
    """How much sooner higher modes die: a mode's ring is proportional to ratio ** -damping."""


@dataclass(frozen=True)
class Stroke:
    """One blow of the mallet."""

    at_seconds: float
    interval: float
    """Pitch over the instrument's root: whole-number ratios, so that notes that ring together
    don't beat."""
    ring_seconds: float
    """Time in which the note falls by 8.7 dB (to 1/e)."""
    strength: float = 1.0
    """Amplitude, and brightness: every octave above the note loses this factor once more, as a
    soft blow has the longer contact."""


@dataclass(frozen=True)
class Event:
    """What the listener shall recognise with closed eyes."""

    seconds: float
    strokes: tuple[Stroke, ...]
    loudness_lufs: float = CHIME_LUFS


def ring_mode(nodal_diameters: int) -> float:
    """Frequency, relative to its lowest, of a thin ring bending in its own plane.

    By Rayleigh (The Theory of Sound, § 233) it is proportional to n (n**2 - 1) / sqrt(n**2 + 1),
    where n is the number of nodal diameters, 2 at the least.

    >>> [round(ring_mode(n), 2) for n in (2, 3, 4)]
    [1.0, 2.83, 5.42]
    """

    def relative(n: int) -> float:
        return n * (n**2 - 1) / math.sqrt(n**2 + 1)

    return relative(nodal_diameters) / relative(2)


INSTRUMENTS: Final = {
    # A singing bowl moves as its rim does, and the rim is nearly a free ring, 1 : 2.83 : 5.42;
    # measured bowls come close to it (Inácio, Henrique & Antunes, "The Dynamics of Tibetan Singing
    # Bowls", Acta Acustica united with Acustica 92, 2006). A real bowl isn't quite round, so each
    # of its modes is a pair that beats; in less than two seconds a slow beat is only a wobble, so
    # ours is round.
    "bowl": Instrument(
        root_hz=392.0,
        partials=(
            Partial(ring_mode(2), 0),
            Partial(ring_mode(3), -11),
            Partial(ring_mode(4), -24),
        ),
        rise_seconds=0.010,
        ring=1.0,
        damping=0.6,
    ),
    # A church bell is tuned to hum, prime, tierce, quint and nominal at 1/2 : 1 : 6/5 : 3/2 : 2,
    # above them twelfth and double octave near 3 and 4 (Fletcher & Rossing, the chapter on bells).
    # Its minor tierce quarrels with every major third a chime plays. So this is a major-third
    # bell, with the tierce at 5/4 (Lehr, "A Carillon of Major-Third Bells: III. From Theory to
    # Practice", Music Perception 4, 1987).
    "bell": Instrument(
        root_hz=587.33,
        partials=(
            Partial(1 / 2, -15),
            Partial(1, 0),
            Partial(5 / 4, -15),
            Partial(3 / 2, -19),
            Partial(2, -8),
            Partial(3, -19),
            Partial(4, -24),
        ),
        rise_seconds=0.006,
        ring=0.9,
        damping=0.7,
    ),
    # A marimba's rosewood bar: cut on its underside until the second mode sounds two octaves over
    # the first (an uncut bar's would be at 2.76), with the third near three octaves and a minor
    # third, 9.6 (Fletcher & Rossing, the chapter on mallet percussion). Wood's inner friction
    # damps in proportion to frequency, which is why it knocks and doesn't ring.
    "wood": Instrument(
        root_hz=440.0,
        partials=(Partial(1, 0), Partial(4, -14), Partial(9.6, -28)),
        rise_seconds=0.005,
        ring=0.4,
        damping=1.0,
    ),
    # No body in particular: a nearly pure harmonic tone that swells instead of being struck, for
    # ears that find any stroke too much.
    "soft": Instrument(
        root_hz=523.25,
        partials=(Partial(1, 0), Partial(2, -20), Partial(3, -30)),
        rise_seconds=0.020,
        ring=0.8,
        damping=0.5,
    ),
}

# Contour, number of strokes and pace differ, so that no event needs a memory for absolute pitch:
# up, slowly | one | down, quickly | a tick | up and back, quickly | down in three, slowly | up,
# quickly.
SCORE: Final = {
    "start": Event(1.6, (Stroke(0.0, 1 / 1, 0.30, 0.8), Stroke(0.4, 3 / 2, 0.36))),
    "hold": Event(0.8, (Stroke(0.0, 1 / 1, 0.28),)),
    "release": Event(0.9, (Stroke(0.0, 2 / 1, 0.14, 0.8), Stroke(0.17, 3 / 2, 0.24, 0.7))),
    "rep": Event(0.3, (Stroke(0.0, 5 / 2, 0.04, 0.8),), loudness_lufs=TICK_LUFS),
    "switch": Event(
        1.0,
        (Stroke(0.0, 1 / 1, 0.12), Stroke(0.18, 3 / 2, 0.12), Stroke(0.36, 1 / 1, 0.20)),
    ),
    # The last stroke is the longest: the only chime after which nothing is to be done.
    "finish": Event(
        2.0,
        (
            Stroke(0.0, 3 / 2, 0.30, 0.9),
            Stroke(0.4, 5 / 4, 0.30, 0.9),
            Stroke(0.8, 1 / 1, 0.42),
        ),
    ),
    # An answer, not an event of the session: the only one that goes up so quickly.
    "heard": Event(
        0.4,
        (Stroke(0.0, 3 / 2, 0.05, 0.8), Stroke(0.11, 2 / 1, 0.09, 0.7)),
        loudness_lufs=ANSWER_LUFS,
    ),
}

ROOM_TONE_SECONDS: Final = 8
ROOM_TONE_RMS_DBFS: Final = -72.0
ROOM_TONE_SEED: Final = 20


def amplitude(decibels: float) -> float:
    """Factor on a sample for a level in dB."""
    return float(10 ** (decibels / 20))


def half_cosine(frames: int) -> Samples:
    """Rise from 0 to 1 with a slope of zero at both ends."""
    return (1 - np.cos(np.pi * np.arange(frames) / frames)) / 2


def play(instrument: Instrument, stroke: Stroke, frames: int) -> Samples:
    """Sound a stroke for its first `frames` frames, at no particular level."""
    seconds = np.arange(frames) / RATE
    sound = np.zeros(frames)
    for partial in instrument.partials:
        frequency = instrument.root_hz * stroke.interval * partial.ratio
        if frequency > BRIGHTEST_HZ:
            continue
        level = amplitude(partial.level_db) * stroke.strength ** (1 + math.log2(partial.ratio))
        ring = stroke.ring_seconds * instrument.ring * partial.ratio**-instrument.damping
        sound += level * np.exp(-seconds / ring) * np.sin(2 * np.pi * frequency * seconds)
    rise = half_cosine(round(instrument.rise_seconds * RATE))
    sound[: len(rise)] *= rise
    return sound


def perform(instrument: Instrument, event: Event) -> Samples:
    """Play an event's strokes, lead them to silence, and bring them to the event's loudness."""
    frames = round(event.seconds * RATE)
    sound = np.zeros(frames)
    for stroke in event.strokes:
        at = round(stroke.at_seconds * RATE)
        sound[at:] += play(instrument, stroke, frames - at)
    fade = half_cosine(round(FADE_SHARE * frames))
    sound[-len(fade) :] *= fade[::-1]
    return sound * amplitude(event.loudness_lufs - momentary_maximum(sound))


def momentary_maximum(sound: Samples) -> float:
    """Measure the loudness of the loudest 400 ms, in LUFS (ITU-R BS.1770-4, EBU Tech 3341).

    A sound shorter than that is taken with the silence around it.
    """
    window = round(0.4 * RATE)
    padded = np.concatenate([np.zeros(window), sound, np.zeros(window)])
    # The padding is longer than the filters' memory, so the circle they go round doesn't matter.
    weighted = k_weighted(padded)
    energy = np.concatenate([[0.0], np.cumsum(weighted**2)])
    loudest = float(np.max(energy[window:] - energy[:-window])) / window
    return -0.691 + 10 * math.log10(loudest)


def k_weighted(loop: Samples) -> Samples:
    """Filter a loop as ITU-R BS.1770-4 weighs loudness, end running into beginning."""
    # The standard's two filters at 48 kHz, applied as a product of spectra.
    step = np.exp(-2j * np.pi * np.fft.rfftfreq(len(loop)))
    shelf = np.polyval([1.19839281085285, -2.69169618940638, 1.53512485958697], step) / np.polyval(
        [0.73248077421585, -1.69065929318241, 1], step
    )
    high_pass = np.polyval([1, -2, 1], step) / np.polyval(
        [0.99007225036621, -1.99004745483398, 1], step
    )
    return np.fft.irfft(np.fft.rfft(loop) * shelf * high_pass, len(loop))


def make_room_tone() -> Samples:
    """Faint noise as of a quiet room, whose end runs into its beginning.

    It is built as a spectrum: every component has a whole number of periods in the file, so the
    loop has no seam to hide.
    """
    frames = ROOM_TONE_SECONDS * RATE
    frequency = np.fft.rfftfreq(frames, 1 / RATE)
    frequency[0] = frequency[1]  # 0 Hz is silenced below; this only spares a division by zero
    # Pink (-3 dB an octave) below 400 Hz and brown (-6 dB) above, as air and walls have it; no
    # rumble that small loudspeakers can't play, no hiss that the ear would pick out.
    magnitude = frequency**-0.5 / np.sqrt(1 + frequency / 400)
    magnitude /= np.sqrt(1 + (50 / frequency) ** 8)
    magnitude /= np.sqrt(1 + (frequency / 8_000) ** 8)
    magnitude[0] = 0
    # Python's own generator, because its sequence for a seed is promised never to change.
    chance = random.Random(ROOM_TONE_SEED)  # noqa: S311 (noise to be heard, not a secret)
    phase = np.array([chance.random() for _ in frequency]) * 2 * np.pi
    sound = np.fft.irfft(magnitude * np.exp(1j * phase), frames)
    return sound * (amplitude(ROOM_TONE_RMS_DBFS) / float(np.sqrt(np.mean(sound**2))))


def quantise(sound: Samples, bits: int) -> NDArray[np.int64]:
    """Whole-number samples. No dither: a chime's fade shall end in silence, not in noise."""
    whole: NDArray[np.int64] = np.round(sound * 2 ** (bits - 1)).astype(np.int64)
    return whole


def write_flac(path: Path, samples: NDArray[np.int64], bits: int) -> None:
    """Write mono samples of 16 or 24 bits, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    # FFmpeg has no 24-bit sample: it takes 32 and FLAC keeps the upper 24.
    if bits == ROOM_TONE_BITS:
        sample_format, packed = "s32", (samples << 8).astype(np.int32)
    else:
        sample_format, packed = "s16", samples.astype(np.int16)
    with av.open(unfinished, "w", format="flac") as container:
        stream = container.add_stream("flac", rate=RATE, layout="mono")
        stream.format = sample_format
        stream.options = {"compression_level": "12"}
        frame = av.AudioFrame.from_ndarray(
            packed.reshape(1, -1), format=sample_format, layout="mono"
        )
        frame.rate = RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    unfinished.replace(path)


def make_all(folder: Path) -> None:
    """Write every sound, `chimes/SET/EVENT.flac` and `room-tone.flac`, into `folder`."""
    for set_name, instrument in INSTRUMENTS.items():
        for event_name, event in SCORE.items():
            samples = quantise(perform(instrument, event), CHIME_BITS)
            # The first sample of the file is the first that sounds, so that a cue placed at a
            # frame is heard from that frame on; and no file is longer than its sound.
            path = folder / "chimes" / set_name / f"{event_name}.flac"
            write_flac(path, np.trim_zeros(samples), CHIME_BITS)
    samples = quantise(make_room_tone(), ROOM_TONE_BITS)
    write_flac(folder / "room-tone.flac", samples, ROOM_TONE_BITS)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(description="Make the chimes and the room tone.")
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
