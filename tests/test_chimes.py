"""What is heard of `audio/`: the committed files are decoded and measured, not their recipe.

(Of `audio/backgrounds/` only that they are there, as made: they are heard in test_background.)
Every measure that should find nothing is shown, on a spoilt sound, to find something.
"""

import re
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path

import av
import av.filter
import av.logging
import numpy as np
import pytest
from numpy.typing import NDArray

AUDIO = Path(__file__).parents[1] / "audio"
RATE = 48_000
SETS = ("bowl", "bell", "wood", "soft")
LONGEST_SECONDS = {
    "start": 1.6,
    "hold": 0.8,
    "release": 0.9,
    "rep": 0.35,
    "switch": 1.0,
    "finish": 2.0,
    "heard": 0.4,
}
CHIMES = [(set_name, event) for set_name in SETS for event in LONGEST_SECONDS]

every_chime = pytest.mark.parametrize(("set_name", "event"), CHIMES)
every_set = pytest.mark.parametrize("set_name", SETS)


@dataclass(frozen=True)
class Decoded:
    """A file as a player gets it."""

    rate: int
    channels: int
    samples: NDArray[np.float64]
    """Mono, full scale 1.0."""


def decode(path: Path) -> Decoded:
    with av.open(path) as container:
        stream = container.streams.audio[0]
        full_scale = 2.0 ** (8 * stream.format.bytes - 1)
        blocks = [frame.to_ndarray()[0] / full_scale for frame in container.decode(stream)]
        return Decoded(stream.rate, stream.channels, np.concatenate(blocks))


@cache
def chime(set_name: str, event: str) -> NDArray[np.float64]:
    return decode(AUDIO / "chimes" / set_name / f"{event}.flac").samples


@cache
def room_tone() -> NDArray[np.float64]:
    return decode(AUDIO / "room-tone.flac").samples


def decibels(factor: float) -> float:
    return float(20 * np.log10(max(factor, 1e-12)))


def peak(sound: NDArray[np.float64]) -> float:
    return float(np.max(np.abs(sound)))


# --- the files


def test_there_are_these_sounds_and_no_others() -> None:
    expected = {AUDIO / "chimes" / s / f"{e}.flac" for s, e in CHIMES} | {AUDIO / "room-tone.flac"}
    expected |= {AUDIO / "backgrounds" / f"{name}.flac" for name in ("rain", "sea", "room")}
    assert set(AUDIO.rglob("*.flac")) == expected


def test_a_wheel_can_carry_them() -> None:
    assert sum(file.stat().st_size for file in AUDIO.rglob("*") if file.is_file()) < 4_500_000


def test_the_programs_make_the_committed_samples(tmp_path: Path) -> None:
    for program in ("make_sounds.py", "make_backgrounds.py"):
        # Without a cache of what one program imports from the other: it would lie in AUDIO.
        subprocess.run([sys.executable, "-B", AUDIO / program, tmp_path], check=True)
    made = {file.relative_to(tmp_path) for file in tmp_path.rglob("*") if file.is_file()}
    assert made == {file.relative_to(AUDIO) for file in AUDIO.rglob("*.flac")}
    # Samples, not bytes: another release of the encoder may pack them differently.
    for file in sorted(made):
        assert np.array_equal(decode(tmp_path / file).samples, decode(AUDIO / file).samples), file


@every_chime
def test_form_and_length(set_name: str, event: str) -> None:
    decoded = decode(AUDIO / "chimes" / set_name / f"{event}.flac")
    assert (decoded.rate, decoded.channels) == (RATE, 1)
    assert len(decoded.samples) <= round(LONGEST_SECONDS[event] * RATE)


# --- the edges: heard where the cue starts, and no click


def splatter(sound: NDArray[np.float64]) -> float:
    """Level in dB, relative to the loudest moment, of what any moment holds above 6 kHz.

    A step in the waveform, at its edges or anywhere in it, has energy at all frequencies for one
    short moment; so has a stroke that is too hard.
    """
    size = 512
    padded = np.pad(sound, size)  # so that a file that starts or ends abruptly shows it
    moments = np.lib.stride_tricks.sliding_window_view(padded, size)[:: size // 4]
    power = np.abs(np.fft.rfft(moments * np.hanning(size))) ** 2
    above = power[:, 6_000 * size // RATE :].sum(axis=1)
    return decibels(np.sqrt(above.max() / power.sum(axis=1).max()))


CLEAN_DB = -72.0


@every_chime
def test_starts_where_the_cue_starts_but_softly(set_name: str, event: str) -> None:
    sound = np.abs(chime(set_name, event))
    assert sound[0] > 0
    assert peak(sound[: round(0.003 * RATE)]) >= peak(sound) * 10 ** (-40 / 20)
    # Half a cosine of 5 ms is 13.7 dB down after 1.5 ms.
    assert peak(sound[: round(0.0015 * RATE)]) <= peak(sound) * 10 ** (-12 / 20)


@every_chime
def test_ends_in_silence(set_name: str, event: str) -> None:
    sound = chime(set_name, event)
    assert peak(sound[-2:]) <= 2 / 2**15
    # The last 5 ms aren't silent enough by accident, at a zero of the wave.
    assert decibels(peak(sound[-round(0.005 * RATE) :]) / peak(sound)) < -55


@every_chime
def test_has_neither_click_nor_hiss(set_name: str, event: str) -> None:
    sound = chime(set_name, event)
    assert splatter(sound) < CLEAN_DB
    # No step is larger than the steepest of a pure tone of 3 kHz at the same peak.
    steps = np.diff(sound, prepend=0, append=0)
    assert peak(steps) / peak(sound) < 2 * np.sin(np.pi * 3_000 / RATE)
    assert abs(float(np.mean(sound))) < 1 / 2**15


@every_chime
def test_a_click_would_be_found(set_name: str, event: str) -> None:
    sound = chime(set_name, event)
    clicked = sound.copy()
    clicked[len(sound) // 3 :] += 0.01 * peak(sound)
    assert splatter(clicked) > CLEAN_DB
    cut = sound[: np.flatnonzero(np.abs(sound) > 0.02 * peak(sound))[-1]]
    assert splatter(cut) > CLEAN_DB


# --- loudness, by FFmpeg's meter, which the generator doesn't use


@dataclass(frozen=True)
class Loudness:
    momentary_lufs: float
    """The loudest 400 ms, as EBU Tech 3341 defines."""
    true_peak_dbtp: float


def measure(sound: NDArray[np.float64]) -> Loudness:
    # Silence around it, as among the coach's words: the meter needs 400 ms to say anything.
    padded = np.pad(sound, round(0.4 * RATE)).astype(np.float32)
    graph = av.filter.Graph()
    source = graph.add(
        "abuffer", f"sample_rate={RATE}:sample_fmt=flt:channel_layout=mono:time_base=1/{RATE}"
    )
    meter = graph.add("ebur128", "framelog=info:peak=true")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(padded.reshape(1, -1), format="flt", layout="mono")
    frame.rate = RATE
    frame.pts = 0
    # The readings are also in the frames' metadata, but PyAV before 18.1 doesn't show those.
    level = av.logging.get_level()
    av.logging.set_level(av.logging.INFO)
    try:
        with av.logging.Capture() as messages:
            source.push(frame)
            source.push(None)
            with suppress(EOFError):
                while True:
                    sink.pull()
    finally:
        av.logging.set_level(level)
    log = "".join(text for _, _, text in messages)
    return Loudness(
        max(float(lufs) for lufs in re.findall(r" M: *(-?[0-9.]+) ", log)),
        float(re.findall(r" TPK: *(-?[0-9.]+) ", log)[-1]),
    )


@every_chime
def test_is_as_loud_as_the_others(set_name: str, event: str) -> None:
    sound = chime(set_name, event)
    loudness = measure(sound)
    # Half a unit either way: no two chimes are more than one apart.
    target = {"rep": -25.5, "heard": -29.0}.get(event, -23.0)
    assert loudness.momentary_lufs == pytest.approx(target, abs=0.5)
    assert loudness.true_peak_dbtp <= -2
    assert decibels(peak(sound)) <= -3


def test_the_meter_agrees_with_the_standard() -> None:
    # EBU Tech 3341, case 1, in one channel: 1 kHz at -20 dBFS reads -23 LUFS.
    tone = 0.1 * np.sin(2 * np.pi * 1_000 * np.arange(RATE) / RATE)
    assert measure(tone).momentary_lufs == pytest.approx(-23, abs=0.1)


# --- what an event says


@dataclass(frozen=True)
class Stroke:
    at_seconds: float
    hertz: float


@dataclass(frozen=True)
class Heard:
    """What an untrained ear keeps of a sound."""

    strokes: tuple[Stroke, ...]
    audible_seconds: float
    """Until it has fallen 20 dB below its peak for good."""

    @property
    def semitones(self) -> list[float]:
        """From each stroke to the next."""
        return [
            float(12 * np.log2(after.hertz / before.hertz))
            for before, after in pairwise(self.strokes)
        ]

    @property
    def contour(self) -> str:
        """Up, down or level from each stroke to the next. Nobody takes a minor third for level."""
        return "".join(
            "+" if step > 2.5 else "-" if step < -2.5 else "=" for step in self.semitones
        )


def listen(sound: NDArray[np.float64]) -> Heard:
    """Find the strokes: when new energy arrives, and at which frequency most of it does."""
    size, hop, lag = 2048, 480, 2
    moments = np.lib.stride_tricks.sliding_window_view(np.pad(sound, size), size)[::hop]
    spectra = np.abs(np.fft.rfft(moments * np.hanning(size)))
    arriving = np.maximum(spectra[lag:] - spectra[:-lag], 0)
    flux = arriving.sum(axis=1)
    reach = round(0.08 * RATE / hop)
    strokes = []
    for index, arrived in enumerate(flux):
        around = flux[max(index - reach, 0) : index + reach + 1]
        if arrived > 0.3 * flux.max() and arrived == around.max():
            # The most arrives between two windows whose middles lie around the stroke.
            at_seconds = ((index + lag / 2) * hop - size / 2) / RATE
            strokes.append(Stroke(at_seconds, int(arriving[index].argmax()) * RATE / size))
    audible = float(np.flatnonzero(np.abs(sound) > 0.1 * peak(sound))[-1]) / RATE
    return Heard(tuple(strokes), audible)


@every_set
def test_each_event_has_its_contour(set_name: str) -> None:
    assert {event: listen(chime(set_name, event)).contour for event in LONGEST_SECONDS} == {
        "start": "+",
        "hold": "",
        "release": "-",
        "rep": "",
        "switch": "+-",
        "finish": "--",
        "heard": "+",
    }


def clear_differences(one: Heard, other: Heard) -> set[str]:
    """Tell by what an untrained ear keeps two sounds apart."""
    found = set()
    if len(one.strokes) != len(other.strokes):
        found.add("number of strokes")
    if one.contour[:1] != other.contour[:1]:
        found.add("first direction")
    if abs(12 * np.log2(one.strokes[0].hertz / other.strokes[0].hertz)) > 4:
        found.add("first pitch")
    lengths = one.audible_seconds, other.audible_seconds
    if max(lengths) > 1.5 * min(lengths):
        found.add("length")
    if one.contour and other.contour:
        gaps = [heard.strokes[1].at_seconds - heard.strokes[0].at_seconds for heard in (one, other)]
        if max(gaps) > 1.5 * min(gaps):
            found.add("pace")
    return found


@every_set
def test_any_two_events_differ_in_two_ways_at_least(set_name: str) -> None:
    heard = {event: listen(chime(set_name, event)) for event in LONGEST_SECONDS}
    for one, other in combinations(LONGEST_SECONDS, 2):
        differences = clear_differences(heard[one], heard[other])
        assert len(differences) >= 2, (one, other, differences)


@every_set
def test_no_event_differs_from_itself_played_softer(set_name: str) -> None:
    noise = np.random.default_rng(1).standard_normal(2 * RATE)
    for event in LONGEST_SECONDS:
        sound = chime(set_name, event)
        softer = 0.5 * sound + 1e-4 * noise[: len(sound)]
        assert clear_differences(listen(sound), listen(softer)) == set(), event


# --- the room tone


def roughest(sound: NDArray[np.float64]) -> float:
    """The roughest place of a loop, its join included, in standard deviations.

    The third difference is what four neighbours can't agree upon: in noise it is as noise is, at
    a step or a kink it stands out.
    """
    third = np.diff(np.concatenate([sound, sound[:3]]), n=3)
    return peak(third) / float(np.std(third))


CLEAN_DEVIATIONS = 6.0
"""Of Gaussian noise one sample in half a billion is further out; this loop has not a million."""


def test_room_tone_form() -> None:
    decoded = decode(AUDIO / "room-tone.flac")
    assert (decoded.rate, decoded.channels, len(decoded.samples)) == (RATE, 1, 8 * RATE)
    # Faint as it is, 16 bits would give it some eighty different values, and mush.
    assert len(np.unique(decoded.samples)) > 5_000


def test_room_tone_is_faint_and_even() -> None:
    sound = room_tone()
    assert decibels(float(np.sqrt(np.mean(sound**2)))) == pytest.approx(-72, abs=0.5)
    assert decibels(peak(sound)) <= -58
    assert abs(float(np.mean(sound))) < 1 / 2**23
    # A louder moment would come back every eight seconds, and be noticed.
    for second in sound.reshape(8, RATE):
        assert decibels(float(np.sqrt(np.mean(second**2)))) == pytest.approx(-72, abs=1.5)


def test_room_tone_is_dark() -> None:
    power = np.abs(np.fft.rfft(room_tone())) ** 2
    octaves = [
        10 * np.log10(np.mean(power[8 * low : 16 * low])) for low in (125, 250, 500, 1000, 2000)
    ]
    slopes = np.diff(octaves)
    # Pink falls by 3 dB an octave, brown by 6.
    assert slopes == pytest.approx([-4.5] * 4, abs=2.5)


def test_room_tone_loops_without_a_click() -> None:
    assert roughest(room_tone()) < CLEAN_DEVIATIONS


def test_a_seam_would_be_found() -> None:
    sound = room_tone()
    found = [
        roughest(sound[: len(sound) - cut]) > CLEAN_DEVIATIONS for cut in range(1_000, 11_000, 500)
    ]
    # The others happen to meet at nearly the same height.
    assert np.mean(found) > 0.7
