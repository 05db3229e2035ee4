"""Backgrounds: what is heard of the built-in ones, of any file looped, and under speech."""

from __future__ import annotations

import sys
import tempfile
import threading
import time
import wave
from functools import cache
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.meter import readings
from voicecoach import background
from voicecoach.background import (
    AHEAD,
    BEHIND,
    FADE_IN,
    FADE_OUT,
    PEAK,
    VOICE_LOUDNESS,
    Background,
    ducking,
    fading,
)
from voicecoach.errors import ExportError
from voicecoach.library import share
from voicecoach.sound import Samples, decode, loudness
from voicecoach.speech import finish
from voicecoach.timeline import LEAD_IN

RATE = 48_000
FOLDER = share() / "audio" / "backgrounds"
SECONDS = {"rain": 30, "sea": 40, "room": 20}
every_name = pytest.mark.parametrize("name", SECONDS)

Speech = list[tuple[int, int]]


@cache
def built_in(name: str) -> Background:
    return Background(FOLDER / f"{name}.flac", seamless=True)


@cache
def heard(name: str) -> Samples:
    """One round of a built-in background, as it is mixed."""
    loop = built_in(name)
    return loop.samples(0, loop.frames)


def decibels(amplitude: float) -> float:
    return float(20 * np.log10(max(amplitude, 1e-12)))


def level(samples: Samples) -> float:
    return decibels(float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))))


# --- the joint of a loop, heard by an ear that knows what came before

CLEAN_DB = 6.0
"""No place of a loop surprises by so much; most cut ones do."""


def surprise(loop: Samples, order: int = 48, frames: int = 24) -> float:
    """By how many dB the joint is harder to foretell than the half second on either side of it.

    What comes is foretold from what came, by linear prediction. A step, a kink or a change of
    pitch is what it can't foresee, however small it is beside the sound itself.
    """
    half = RATE // 2
    near = np.concatenate([loop[-half:], loop[:half]]).astype(np.float64)
    power = np.abs(np.fft.rfft(near * np.hanning(len(near)), 2 * len(near))) ** 2
    likeness = np.fft.irfft(power)[: order + 1]
    table = likeness[np.abs(np.subtract.outer(np.arange(order), np.arange(order)))]
    table += np.eye(order) * likeness[0] * 1e-9
    weights = np.linalg.solve(table, likeness[1:])
    missed = np.convolve(near, np.concatenate([[1], -weights]))[order : len(near)] ** 2
    energy = np.convolve(missed, np.ones(frames), "valid")
    return float(10 * np.log10(energy[half - order] / np.median(energy)))


@every_name
def test_built_in_loops_have_no_seam(name: str) -> None:
    assert surprise(heard(name)) < CLEAN_DB
    assert surprise(np.roll(heard(name), 12_345)) < CLEAN_DB  # as anywhere else


@every_name
def test_a_seam_would_be_found(name: str) -> None:
    loop = heard(name)
    found = [surprise(loop[:-cut]) > CLEAN_DB for cut in range(1_000, 21_000, 1_000)]
    # Rain is the most like a row of clicks itself, and so hides some.
    assert np.mean(found) >= (0.6 if name == "rain" else 0.9)


@every_name
def test_no_sample_steps_out_of_line_at_the_joint(name: str) -> None:
    loop = heard(name).astype(np.float64)
    steps = np.abs(np.diff(np.concatenate([loop, loop[:1]])))
    assert steps[-1] <= np.max(steps[-RATE:-1])
    assert np.max(steps) < 0.06


@every_name
def test_spectrum_is_the_same_across_the_joint(name: str) -> None:
    size = 1_024
    twice = np.concatenate([heard(name)] * 2)

    def octaves(middle: int) -> NDArray[np.float64]:
        moments = [twice[middle + by : middle + by + size] for by in range(-4 * size, 4 * size, 64)]
        power = np.mean(np.abs(np.fft.rfft(moments * np.hanning(size))) ** 2, axis=0)
        edges = [2, 4, 8, 16, 32, 64, 128, 256, 512]
        return np.array([10 * np.log10(power[a:b].mean()) for a, b in pairwise(edges)])

    joint = len(twice) // 2
    around = [octaves(joint + by) for by in (-3 * RATE // 10, 3 * RATE // 10)]
    assert octaves(joint) == pytest.approx(np.mean(around, axis=0), abs=4)


# --- the built-in ones


@every_name
def test_form(name: str) -> None:
    with av.open(FOLDER / f"{name}.flac") as container:
        stream = container.streams.audio[0]
        assert (stream.rate, stream.channels, stream.format.bits) == (RATE, 1, 16)
    assert built_in(name).frames == SECONDS[name] * RATE


def test_there_are_these_backgrounds() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{name}.flac" for name in SECONDS}
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= 4_000_000


@every_name
def test_files_are_matched_in_loudness(name: str) -> None:
    file = decode(FOLDER / f"{name}.flac", 60)
    assert loudness(np.concatenate([file, file])) == pytest.approx(-33, abs=0.3)
    assert decibels(float(np.max(np.abs(file)))) < -14
    assert abs(float(np.mean(file))) < 2**-15


@pytest.mark.parametrize("name", ["rain", "room"])
def test_rain_and_room_are_even(name: str) -> None:
    momentary = readings(np.concatenate([heard(name)] * 2), "M")[10:]
    assert momentary.min() > -36
    assert momentary.max() < -30.5


def recurrence(samples: Samples) -> float:
    """How like itself a loop's course of loudness is, at best, 3 s or more later: 1 at most."""
    momentary = 10 ** (readings(np.concatenate([samples] * 2), "M") / 20)
    course = momentary[-len(samples) * 10 // RATE :]
    course = course - course.mean()
    likeness = np.fft.irfft(np.abs(np.fft.rfft(course)) ** 2, len(course))
    return float(np.max(likeness[30:-30]) / likeness[0])


def test_waves_come_and_go_and_none_comes_back_soon() -> None:
    sea = heard("sea")
    momentary = readings(sea, "M")[10:]
    assert 6 < momentary.max() - momentary.min() < 14
    assert recurrence(sea) < 0.5
    assert recurrence(np.tile(sea[: 8 * RATE], 5)) > 0.9  # the measure would find it


@every_name
def test_nothing_hums_hisses_or_clicks(name: str) -> None:
    loop = heard(name).astype(np.float64)
    size = 8_192
    moments = np.lib.stride_tricks.sliding_window_view(loop, size)[:: size // 2]
    power = np.mean(np.abs(np.fft.rfft(moments * np.hanning(size))) ** 2, axis=0)
    audible = power[60 * size // RATE : 10_000 * size // RATE]
    neighbours = np.lib.stride_tricks.sliding_window_view(np.pad(audible, 16, mode="edge"), 33)
    assert 10 * np.log10(np.max(audible / np.median(neighbours, axis=1))) < 4  # a tone stands out
    low, high = power[200 * size // RATE : 2_000 * size // RATE], power[10_000 * size // RATE :]
    assert 10 * np.log10(high.mean() / low.mean()) < -18
    assert np.mean(loop**4) / np.mean(loop**2) ** 2 < 5  # noise has 3, a row of clicks far more


# --- any file as a loop


def dark_noise(frames: int, seed: int = 1) -> Samples:
    """Noise that falls by 6 dB an octave above 100 Hz: in it every seam stands out."""
    longer = frames + RATE  # of which the last second is cut: made so, the whole would be a loop
    noise = np.random.default_rng(seed).standard_normal(longer)
    frequency = np.fft.rfftfreq(longer, 1 / RATE)
    spectrum = np.fft.rfft(noise) / np.sqrt(1 + (frequency / 100) ** 2)
    spectrum[frequency < 30] = 0
    sound = np.fft.irfft(spectrum, longer)[:frames]
    return (sound * (0.1 / np.std(sound))).astype(np.float32)


def write(
    path: Path, samples: Samples, codec: str, rate: int = RATE, layout: str = "mono", xing: str = ""
) -> Path:
    options = {"write_xing": xing} if xing else {}
    with av.open(path, "w", options=options) as container:
        stream = container.add_stream(codec, rate=rate, layout=layout)
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="flt", layout="mono")
        frame.sample_rate = RATE
        resampler = av.AudioResampler(
            stream.format.name, layout, rate, frame_size=stream.codec_context.frame_size or None
        )
        for piece in (frame, None):
            for ready in resampler.resample(piece):
                container.mux(stream.encode(ready))
        container.mux(stream.encode(None))
    return path


def plain(path: Path) -> Samples:
    """A file's own samples, to be repeated as they are."""
    return decode(path, 3_600)


def hole(loop: Samples) -> float:
    """Level in dB of the faintest 20 ms around the joint, relative to the loop's."""
    near = np.concatenate([loop[-RATE // 2 :], loop[: RATE // 2]]).reshape(-1, RATE // 50)
    return min(level(piece) for piece in near) - level(loop)


FORMATS = {
    "u8.wav": ("pcm_u8", 44_100, "stereo"),
    "lame.mp3": ("libmp3lame", 44_100, "stereo"),
    "opus.ogg": ("libopus", 48_000, "mono"),
    "studio.flac": ("flac", 96_000, "stereo"),
    "phone.m4a": ("aac", 44_100, "stereo"),
    "old.mp3": ("libmp3lame", 22_050, "mono"),
}


@pytest.mark.parametrize("name", FORMATS)
def test_any_format_loops_without_a_click_or_a_hole(name: str, tmp_path: Path) -> None:
    codec, rate, layout = FORMATS[name]
    noise = dark_noise(6 * RATE)
    # From its lowest sample of the first tenth of a second to its highest of the last.
    noise = noise[noise[:4_800].argmin() : 6 * RATE - 4_800 + noise[-4_800:].argmax()]
    path = write(tmp_path / name, noise, codec, rate, layout)
    file = plain(path)
    assert surprise(file) > CLEAN_DB or hole(file) < -20  # so there is something to be done
    loop = Background(path)
    assert loop.frames == pytest.approx(len(noise) - RATE, abs=0.03 * RATE)
    samples = loop.samples(0, loop.frames)
    assert surprise(samples) < CLEAN_DB
    assert surprise(np.roll(samples, -RATE)) < CLEAN_DB  # where the crossfade ends
    assert hole(samples) > -9
    assert loudness(np.concatenate([samples] * 3)) == pytest.approx(-33, abs=0.6)


def test_an_encoders_padding_leaves_no_hole(tmp_path: Path) -> None:
    path = write(
        tmp_path / "bare.mp3", dark_noise(6 * RATE), "libmp3lame", 44_100, "mono", xing="0"
    )
    assert hole(plain(path)) < -25
    loop = Background(path)
    assert hole(loop.samples(0, loop.frames)) > -9


def test_crossfade_keeps_the_power(tmp_path: Path) -> None:
    noise = np.random.default_rng(2).normal(0, 0.1, 6 * RATE).astype(np.float32)
    loop = Background(write(tmp_path / "white.flac", noise, "flac"))
    levels = [level(loop.samples(at, RATE // 10)) for at in range(0, loop.frames, RATE // 10)]
    assert levels == pytest.approx([float(np.mean(levels))] * len(levels), abs=0.5)


def test_a_seamless_file_is_repeated_as_it_is(tmp_path: Path) -> None:
    path = write(tmp_path / "ramp.flac", dark_noise(2 * RATE), "flac")
    loop, file = Background(path, seamless=True), plain(path)
    assert loop.frames == len(file)
    start = 3 * RATE + 17
    again = loop.samples(start, 2 * RATE)
    scale = float(np.max(again) / np.max(file))
    assert again / scale == pytest.approx(np.roll(file, -start % len(file)), abs=1e-6)


@pytest.mark.parametrize("gain_db", [-25, 0, 12])
def test_any_level_is_brought_to_the_same_loudness(gain_db: float, tmp_path: Path) -> None:
    noise = dark_noise(4 * RATE) * np.float32(10 ** (gain_db / 20))
    loop = Background(write(tmp_path / "noise.flac", noise, "flac"))
    assert loudness(loop.samples(0, 8 * RATE)) == pytest.approx(-33, abs=0.5)


@pytest.mark.parametrize("peak", [0.9, -0.9])
def test_rare_loud_moments_do_not_clip(peak: float, tmp_path: Path) -> None:
    sparse = dark_noise(6 * RATE) * np.float32(0.02)
    sparse[::RATE] = peak
    loop = Background(write(tmp_path / "drips.flac", sparse, "flac"))
    assert np.max(np.abs(loop.samples(RATE, loop.frames - RATE))) <= PEAK + 1e-4
    assert loudness(loop.samples(0, 8 * RATE)) < -34
    # A chime at −3 dBFS, or the voice at its peak, and this at its highest.
    assert np.sqrt(2) * PEAK + 10 ** (-3 / 20) < 1
    assert np.sqrt(2) * PEAK * 10 ** (-12 / 20) + finish.PEAK < 1


@settings(max_examples=50)
@given(cuts=st.lists(st.integers(0, 400_000), max_size=12), total=st.sampled_from([None, 400_000]))
def test_blocks_do_not_depend_on_the_cuts(cuts: list[int], total: int | None) -> None:
    loop = built_in("rain")
    speech = [(24_000, 50_000), (90_000, 100_000), (130_000, 200_000), (250_000, 251_000)]
    offset = loop.frames - 150_000  # so that the joint lies within
    places = sorted({0, *cuts, 400_000})
    pieces = [loop.samples(offset + a, b - a) for a, b in pairwise(places)]
    assert np.array_equal(np.concatenate(pieces), loop.samples(offset, 400_000))
    pieces = [loop.under(a, b - a, speech, total) for a, b in pairwise(places)]
    assert np.array_equal(np.concatenate(pieces), loop.under(0, 400_000, speech, total))


def test_a_block_may_be_longer_than_the_loop_and_is_the_callers() -> None:
    loop = built_in("room")
    block = loop.samples(5, 2 * loop.frames)
    assert np.array_equal(block[: loop.frames], block[loop.frames :])
    block[:] = 0
    assert np.any(loop.samples(5, 100))
    assert len(loop.samples(7, 0)) == 0


# --- files that can't be


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), np.float32)


def test_a_file_that_is_not_sound_is_refused_clearly(tmp_path: Path) -> None:
    whole = write(tmp_path / "whole.m4a", dark_noise(2 * RATE), "aac").read_bytes()
    contents = {
        "empty.mp3": b"",
        "words.wav": b"This is not a sound at all, it is a text. " * 20,
        "noise.flac": b"fLaC" + np.random.default_rng(3).bytes(5_000),
        "broken.m4a": whole[: len(whole) // 2],
        "picture.ppm": b"P6 2 2 255\n" + bytes(12),
        "header.wav": b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x80\xbb\0\0\0\x77\1\0\2\0\x10\0",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ExportError, match=rf"{name} can't be"):
            Background(tmp_path / name)


@pytest.mark.parametrize(
    ("samples", "reason"),
    [
        (silence(2), "it is silent"),
        (dark_noise(2 * RATE) * np.float32(0.002), "it is silent"),
        (dark_noise(RATE // 2), "it is shorter than a second"),
    ],
)
def test_a_sound_that_is_no_background(samples: Samples, reason: str, tmp_path: Path) -> None:
    path = write(tmp_path / "sound.flac", samples, "flac")
    with pytest.raises(ExportError, match=f"sound.flac can't be a background: {reason}"):
        Background(path)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.mp3", tmp_path):
        with pytest.raises(ExportError, match="there is no such file"):
            Background(path)


def old_radio(path: Path, seconds: int) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 1, 8_000, 0, "NONE", ""))
        file.writeframes(np.random.default_rng(4).bytes(seconds * 8_000))
    return path


def test_half_an_hour_is_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert background.LONGEST == 30 * 60 * RATE
    path = old_radio(tmp_path / "long.wav", 10)
    monkeypatch.setattr(background, "LONGEST", 10 * RATE)
    assert Background(path).frames == 9 * RATE
    monkeypatch.setattr(background, "LONGEST", 10 * RATE - 1)
    with pytest.raises(ExportError, match=r"long.wav can't be a background: it is longer than 30"):
        Background(path)


def test_no_room_for_a_temporary_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = old_radio(tmp_path / "noise.wav", 2)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(ExportError, match=r"noise.wav can't be unpacked"):
        Background(path)


class Watch:
    """The most private memory in megabytes that the process holds meanwhile, above what it held."""

    def __enter__(self) -> Watch:
        self._before = self.most = self._held()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        self.most -= self._before

    def _watch(self) -> None:
        while not self._done.wait(0.002):
            self.most = max(self.most, self._held())

    def _held(self) -> float:
        status = Path("/proc/self/status").read_text()
        return float(status.split("RssAnon:")[1].split()[0]) / 1024


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it reads Linux's /proc")
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = old_radio(tmp_path / "four.wav", 240)  # 23 MB when unpacked to 16 bits
    with Watch() as loaded:
        loop = Background(path)
    with Watch() as played:
        for at in range(0, loop.frames, 24_000):
            loop.samples(at, 24_000)
    with Watch() as control:
        assert len(plain(path)) > loop.frames
    assert loaded.most < 8
    assert played.most < 4
    assert control.most > 30


# --- ducking

LOW = np.float32(10 ** (-12 / 20))

spoken = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 60_000), st.integers(40_795, 40_805)), st.integers(0, 20_000)
    ),
    max_size=5,
)
"""Pauses and utterances, in frames."""


def intervals(lengths: list[tuple[int, int]]) -> Speech:
    speech, at = [], 0
    for pause, length in lengths:
        speech.append((at + pause, at + pause + length))
        at = speech[-1][1]
    return speech


def wanted(at: int, count: int, speech: Speech, depth_db: float) -> NDArray[np.float64]:
    """Levels in dB as the rules have them, frame by frame: 150 ms, 200 ms, 500 ms, 850 ms."""
    together: list[list[int]] = []
    for start, end in speech:
        if together and start - together[-1][1] < 40_800:
            together[-1][1] = end
        else:
            together.append([start, end])
    frames = np.arange(at, at + count)
    levels = np.zeros(count)
    for start, end in together:
        down = np.clip((frames - (start - 7_200)) / 7_200, 0, 1)
        up = np.clip((frames - (end + 9_600)) / 24_000, 0, 1)
        depth = (1 - np.cos(np.pi * down)) / 2 * (1 + np.cos(np.pi * up)) / 2
        levels = np.minimum(levels, -depth_db * depth)
    return levels


@given(spoken, st.integers(0, 250_000), st.integers(0, 5_000), st.sampled_from([12, 16.5, 30]))
def test_ducking_follows_the_rules(
    lengths: list[tuple[int, int]], at: int, count: int, depth_db: float
) -> None:
    speech = intervals(lengths)
    gain = ducking(at, count, speech, depth_db)
    assert gain.dtype == np.float32
    assert 20 * np.log10(gain) == pytest.approx(wanted(at, count, speech, depth_db), abs=1e-4)


@settings(max_examples=100)
@given(spoken, st.integers(500, 5_000), st.lists(st.integers(0, 200_000), max_size=9))
def test_ducking_is_the_same_however_it_is_cut_and_needs_near_speech_only(
    lengths: list[tuple[int, int]], step: int, cuts: list[int]
) -> None:
    speech = intervals(lengths)
    pieces = []
    for first, end in pairwise(sorted({*range(0, 200_000, step), *cuts, 200_000})):
        near = [(a, b) for a, b in speech if b > first - BEHIND and a < end + AHEAD]
        pieces.append(ducking(first, end - first, near))
    assert np.array_equal(np.concatenate(pieces), ducking(0, 200_000, speech))


def test_how_far_speech_must_be_known() -> None:
    speech = [(0, 1_000), (41_799, 50_000)]  # a pause one frame too short to come up in
    block = 10_600, 2_400  # where it would come up
    assert (AHEAD, BEHIND) == (31_200, 40_800)
    assert np.all(ducking(*block, speech) == LOW)
    assert np.any(ducking(*block, speech[:1]) > LOW)
    block = 41_000, 799  # where it would come down, if it had come up
    assert np.all(ducking(*block, speech) == LOW)
    assert np.any(ducking(*block, speech[1:]) > LOW)


def test_ducking_is_placed_to_the_frame() -> None:
    start, end = 100_000, 150_000
    gain = ducking(0, 200_000, [(start, end)])
    assert np.all(gain[: start - 7_200 + 1] == 1)
    assert np.all(gain[start : end + 9_600 + 1] == LOW)
    assert np.all(gain[end + 33_600 :] == 1)
    levels = 20 * np.log10(gain.astype(np.float64))
    # A frame makes 2.6 thousandths of a dB in the middle of the way down, 0.8 on the way up.
    assert levels[start - 3_600] == pytest.approx(-6, abs=0.001)
    assert levels[end + 9_600 + 12_000] == pytest.approx(-6, abs=0.0003)
    assert np.all(np.diff(levels[start - 7_200 : start]) <= 0)
    assert np.all(np.diff(levels[end + 9_600 : end + 33_600]) >= 0)
    assert np.max(np.abs(np.diff(levels))) < 0.003


def test_it_stays_down_over_a_short_pause_only() -> None:
    for pause in (0, 100, 40_799):
        gain = ducking(0, 120_000, [(20_000, 30_000), (30_000 + pause, 75_000)])
        assert np.all(gain[20_000 : 75_000 + 9_600] == LOW), pause
    gain = ducking(0, 120_000, [(20_000, 30_000), (70_800, 75_000)])
    assert gain[63_600] == 1
    assert np.all(gain[:120_000] <= 1)


def test_overlapping_and_empty_speech_is_speech() -> None:
    gain = ducking(0, 150_000, [(20_000, 90_000), (30_000, 40_000), (95_000, 95_000)])
    assert np.all(gain[20_000 : 95_000 + 9_600 + 1] == LOW)
    assert gain[95_000 + 12_000] > LOW


def test_ducking_is_cheap() -> None:
    speech = [(at, at + 20_000) for at in range(10_000, 100_000, 30_000)]
    taken = []
    for at in range(0, 120_000, 2_400):
        began = time.perf_counter()
        ducking(at, 2_400, speech)
        taken.append(time.perf_counter() - began)
    assert np.median(taken) < 0.0002


# --- under speech


def word(frames: int) -> Samples:
    """A tone of 1 kHz as loud as the coach's voice, by the meter."""
    tone = np.sin(2 * np.pi * 1_000 * np.arange(frames) / RATE).astype(np.float32)
    return tone * np.float32(10 ** ((-20 - loudness(tone)) / 20))


def band(samples: Samples) -> float:
    """Level in dB from 2 to 4 kHz, where the tone isn't."""
    power = np.abs(np.fft.rfft(samples * np.blackman(len(samples)))) ** 2
    hertz = len(samples) / RATE
    return float(10 * np.log10(np.mean(power[round(2_000 * hertz) : round(4_000 * hertz)])))


@every_name
def test_the_background_steps_back_in_the_mix(name: str) -> None:
    loop = built_in(name)
    start, end, size = 120_000, 180_000, 4_800
    mix = loop.under(0, 300_000, [(start, end)])
    mix[start:end] += word(end - start)
    alone = loop.samples(0, 300_000)

    def heard_at(at: int) -> float:
        return band(mix[at : at + size]) - band(alone[at : at + size])

    assert heard_at(start - 7_200 - size) == pytest.approx(0, abs=0.05)
    # The tone's ends click into the band, so not quite from edge to edge.
    for at in (start + 480, end - size - 480, end + 480, end + 9_600 - size):
        assert heard_at(at) == pytest.approx(-loop.depth_db, abs=0.3)
    assert -loop.depth_db + 1 < heard_at(end + 9_600 + 9_600) < -1
    assert heard_at(end + 33_600) == pytest.approx(0, abs=0.05)


def sentences(frames: int) -> Speech:
    return [(at, at + 4 * RATE) for at in range(RATE, frames - 5 * RATE, 6 * RATE)]


def momentary_under_words(samples: Samples, speech: Speech) -> NDArray[np.float64]:
    """What the meter says of each 400 ms that lie within words."""
    momentary = readings(samples, "M")
    ends = (np.arange(len(momentary)) + 1) * RATE // 10
    within = [np.any([a + 19_200 <= end <= b for a, b in speech]) for end in ends]
    return momentary[np.array(within)]


@every_name
def test_it_is_20_db_below_every_word(name: str) -> None:
    loop = built_in(name)
    frames = 2 * loop.frames
    speech = sentences(frames)
    voice = np.zeros(frames, np.float32)
    for start, end in speech:
        voice[start:end] = word(end - start)
    said = momentary_under_words(voice, speech)
    below = said - momentary_under_words(loop.under(0, frames, speech), speech)
    assert len(below) > 200
    assert below.min() > 22
    assert 24 < np.mean(below) < 30
    # Without ducking it would not be.
    assert np.min(said - momentary_under_words(loop.samples(0, frames), speech)) < 12


@pytest.mark.parametrize("voice", [0.5, 0.05, 0.0, 2.0])
def test_a_softer_voice_needs_it_deeper(voice: float) -> None:
    loop = built_in("rain")
    speech = [(0, 200_000)]
    under = [loop.under(50_000, RATE, speech, voice=ratio) for ratio in (1, voice)]
    # A voice at nothing is no voice; a louder one needs no less ducking.
    wanted_db = {0.5: -6.02, 0.05: -26.02, 0.0: -60, 2.0: 0}[voice]
    assert level(under[1]) - level(under[0]) == pytest.approx(wanted_db, abs=0.01)


def test_a_file_with_loud_passages_is_ducked_deeper(tmp_path: Path) -> None:
    noise = dark_noise(40 * RATE)
    noise[10 * RATE : 16 * RATE] *= 3
    loop = Background(write(tmp_path / "swells.flac", noise, "flac"))
    loudest = readings(loop.samples(0, loop.frames), "S").max()
    assert loudest > -29
    assert loop.depth_db == pytest.approx(loudest + 44, abs=0.3)
    speech = sentences(loop.frames)
    ducked = momentary_under_words(loop.under(0, loop.frames, speech), speech)
    assert ducked.max() < -20 - 20


def test_an_even_file_is_ducked_by_12_db_or_little_more(tmp_path: Path) -> None:
    noise = np.random.default_rng(5).normal(0, 0.1, 10 * RATE).astype(np.float32)
    assert Background(write(tmp_path / "even.flac", noise, "flac")).depth_db < 12.3
    assert {name: round(built_in(name).depth_db) for name in SECONDS} == {
        "rain": 12,
        "sea": 15,
        "room": 12,
    }


def test_what_other_rooms_say_is_the_same_here() -> None:
    assert VOICE_LOUDNESS == finish.LOUDNESS
    assert LEAD_IN - background.DOWN == FADE_IN


# --- the session's ends


def test_a_session_begins_and_ends_softly() -> None:
    gain = fading(0, 300_000, 300_000)
    assert (gain[0], gain[FADE_IN], gain[300_000 - FADE_OUT]) == (0, 1, 1)
    assert gain[FADE_IN // 2] == pytest.approx(0.5, abs=1e-3)
    assert gain[300_000 - FADE_OUT // 2] == pytest.approx(0.5, abs=1e-3)
    assert gain[-1] < 1e-6
    assert np.max(np.abs(np.diff(gain))) < 1e-4
    assert np.all(fading(FADE_IN, 200_000) == 1)
    assert np.all(fading(FADE_IN, 200_000, FADE_IN + 200_000 + FADE_OUT) == 1)
