"""Files become samples, and filters do what they are called."""

from __future__ import annotations

import os
import struct
import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.meter import readings
from voicecoach.errors import ExportError
from voicecoach.library import CHIME_EVENTS, chime_sets
from voicecoach.sound import (
    LONGEST_CHIME,
    Limiter,
    Samples,
    chime,
    decode,
    limit,
    loudness,
    metered,
    room_tone,
)
from voicecoach.sound import resample as resampled
from voicecoach.units import RATE


def sine(hertz: float, amplitude: float, seconds: float, rate: int = RATE) -> Samples:
    at = np.arange(round(seconds * rate)) / rate
    return (amplitude * np.sin(2 * np.pi * hertz * at)).astype(np.float32)


def write_wave(path: Path, samples: Samples, rate: int, width: int, channels: int = 1) -> Path:
    """A WAV file by Python's own writer, all channels alike."""
    whole = np.repeat(np.round(samples * (2 ** (8 * width - 1) - 1)).astype("<i4"), channels)
    data = (whole + 128).astype(np.uint8).tobytes()
    if width > 1:
        data = whole.view(np.uint8).reshape(-1, 4)[:, :width].tobytes()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(data)
    return path


def write_coded(path: Path, codec: str, samples: Samples) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=RATE)
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(np.tile(samples, (2, 1)), "fltp", "stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def write_floats(path: Path, samples: NDArray[np.float32], rate: int = RATE) -> Path:
    head = struct.pack("<IHHIIHH", 16, 3, 1, rate, rate * 4, 4, 32)
    data = samples.tobytes()
    body = b"WAVEfmt " + head + b"data" + struct.pack("<I", len(data)) + data
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


# --- decoding


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize(("width", "channels"), [(1, 1), (2, 2), (3, 1), (4, 2)])
def test_a_wave_of_any_kind_is_the_same_sound(
    tmp_path: Path, rate: int, width: int, channels: int
) -> None:
    path = write_wave(tmp_path / "a.wav", sine(440, 0.5, 1, rate), rate, width, channels)
    samples = decode(path, 2)
    assert samples.dtype == np.float32
    assert len(samples) == pytest.approx(RATE, abs=30)
    size = min(len(samples), RATE) - 1_000
    error = samples[1_000:size] - sine(440, 0.5, 1)[1_000:size]
    assert np.abs(error).max() < (0.01 if width == 1 else 0.001)


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.flac", "flac"), ("a.mp3", "libmp3lame"), ("a.ogg", "libopus"), ("a.m4a", "aac")],
)
def test_a_coded_file_is_the_same_sound(tmp_path: Path, name: str, codec: str) -> None:
    samples = decode(write_coded(tmp_path / name, codec, sine(440, 0.5, 1)), 2)
    assert len(samples) == pytest.approx(RATE, abs=1_500)
    size = min(len(samples), RATE) - 3_000
    error = samples[3_000:size] - sine(440, 0.5, 1)[3_000:size]
    assert np.abs(error).max() < 0.03


def test_what_is_decoded_can_not_be_changed(tmp_path: Path) -> None:
    samples = decode(write_wave(tmp_path / "a.wav", sine(440, 0.5, 0.1), RATE, 2), 1)
    with pytest.raises(ValueError, match="read-only"):
        samples[0] = 1


def test_floats_that_are_no_numbers_or_too_loud_are_tamed(tmp_path: Path) -> None:
    odd = np.array([0.25, np.nan, np.inf, -np.inf, 7.0, -0.5] * 100, np.float32)
    samples = decode(write_floats(tmp_path / "a.wav", odd), 1)
    assert samples[:6].tolist() == [0.25, 0.0, 1.0, -1.0, 1.0, -0.5]


def test_a_name_with_a_colon_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_wave(tmp_path / "a.wav", sine(440, 0.5, 0.1), RATE, 2).rename(tmp_path / "http:a.wav")
    monkeypatch.chdir(tmp_path)
    assert len(decode(Path("http:a.wav"), 1)) == RATE // 10


def test_too_long_a_file_is_refused(tmp_path: Path) -> None:
    path = write_wave(tmp_path / "a.wav", sine(440, 0.5, 1.5), RATE, 2)
    with pytest.raises(ExportError, match=r"a\.wav is longer than 1 seconds"):
        decode(path, 1)
    assert len(decode(path, 1.5)) == 1.5 * RATE


def test_what_is_no_sound_is_one_clear_error(tmp_path: Path) -> None:
    flac = (tmp_path / "a.flac", "flac", sine(440, 0.5, 1))
    whole = write_coded(*flac).read_bytes()
    video = tmp_path / "video.mp4"
    with av.open(str(video), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 64
        container.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        container.mux(stream.encode(None))
    contents = {
        "text.txt": b"Lie on your back.\n" * 500,
        "empty.wav": b"",
        "noise.wav": np.random.default_rng(1).bytes(20_000),
        "head.wav": write_wave(tmp_path / "b.wav", sine(1, 0, 0), RATE, 2).read_bytes(),
        "half.flac": whole[: len(whole) // 2],
        "riff.wav": b"RIFF\xff\xff\xff\xffWAVEfmt ",
        "video.mp4": video.read_bytes(),
    }
    for name, content in contents.items():
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(ExportError) as raised:
            decode(path, 10)
        assert str(raised.value).startswith(f"{path} can't be read as sound: ")
        assert "Errno" not in str(raised.value)
        assert len(str(raised.value).splitlines()) == 1


def test_a_file_that_is_not_there_and_a_folder_are_clear_errors(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="No such file"):
        decode(tmp_path / "no.wav", 1)
    with pytest.raises(ExportError, match=os.strerror(21)):
        decode(tmp_path, 1)


def test_a_corrupted_file_is_an_error_or_a_sound(tmp_path: Path) -> None:
    whole = write_coded(tmp_path / "a.flac", "flac", sine(440, 0.5, 1)).read_bytes()
    chance = np.random.default_rng(3)
    for _ in range(40):
        content = bytearray(whole)
        for place in chance.integers(0, len(content), 10):
            content[place] ^= 255
        path = tmp_path / "b.flac"
        path.write_bytes(content)
        try:
            samples = decode(path, 2)
        except ExportError:
            continue
        assert np.isfinite(samples).all()
        assert np.abs(samples).max() <= 1


# --- what ships


def test_every_chime_and_the_room_tone_load() -> None:
    for name in chime_sets():
        for event in CHIME_EVENTS:
            samples = chime(f"{name}/{event}")
            assert 0 < len(samples) <= LONGEST_CHIME * RATE
            assert 0.05 < np.abs(samples).max() <= 1
    assert 1 <= len(room_tone()) / RATE <= 60
    assert 0 < np.abs(room_tone()).max() < 0.002


def test_a_file_of_ones_own_can_be_a_chime(tmp_path: Path) -> None:
    path = write_wave(tmp_path / "bell.wav", sine(880, 0.5, 0.5), RATE, 2)
    assert len(chime(str(path))) == RATE // 2
    with pytest.raises(ExportError, match="longer than 10 seconds"):
        chime(str(write_wave(tmp_path / "song.wav", sine(880, 0.5, 10.1), RATE, 2)))


# --- resampling


def test_resampling_keeps_time_and_height() -> None:
    low = np.round(sine(440, 0.5, 1, 22_050) * 32768).astype(np.int16)
    samples = resampled(low, 22_050)
    assert len(samples) == RATE
    assert np.abs(samples - sine(440, 0.5, 1))[500:-500].max() < 1e-4
    assert np.array_equal(resampled(low, RATE), low / np.float32(32768))


# --- the limiter


def test_the_limiter_holds_peaks_and_moves_nothing() -> None:
    noise = 0.1 * np.random.default_rng(5).standard_normal(RATE).astype(np.float32)
    loud = noise.copy()
    loud[20_000:20_200] += 1.5
    limited = limit(loud, 0.5)
    assert len(limited) == len(loud)
    assert np.abs(limited).max() <= 0.5 + 1e-4
    # Away from the peak the signal passes as it was, to the sample.
    assert np.array_equal(limited[:19_000], loud[:19_000])
    assert np.abs(limited[-15_000:] - loud[-15_000:]).max() < 1e-3


@pytest.mark.parametrize("length", [1, 2, 100, 239, 240, 241, 4_801])
def test_the_limiter_keeps_any_length(length: int) -> None:
    samples = sine(200, 0.9, 1)[:length]
    limited = limit(samples, 0.5)
    assert len(limited) == length
    assert np.abs(limited).max() <= 0.5 + 1e-4


@given(
    st.integers(1, 60_000),
    st.lists(st.tuples(st.floats(0, 1), st.integers(1, 600), st.floats(2, 20)), max_size=8),
)
def test_what_the_limiter_needs_not_hear_is_as_if_it_had(
    length: int, bursts: list[tuple[float, int, float]]
) -> None:
    sound = 0.1 * np.random.default_rng(6).standard_normal(length).astype(np.float32)
    for place, width, times in bursts:
        at = int(place * length)
        sound[at : at + width] *= np.float32(times)
    whole = Limiter(0.5)
    heard_all = np.concatenate([*whole.hold(sound), *whole.rest()])[:length]
    assert np.array_equal(limit(sound, 0.5), heard_all)


def test_the_limiter_leaves_what_is_soft_enough_alone() -> None:
    soft = sine(200, 0.4, 1)
    assert np.array_equal(limit(soft, 0.5), soft)


# --- the meter


@given(st.integers(1, 100_000), st.floats(-40, 0), st.floats(0.01, 1), st.integers(0, 99))
def test_a_sound_is_metered_as_ffmpeg_does(
    length: int, decibels: float, smooth: float, seed: int
) -> None:
    noise = np.random.default_rng(seed).normal(0, 10 ** (decibels / 20), length)
    sound = np.convolve(noise, np.full(3, smooth))[:length].astype(np.float32)
    silence = np.zeros(3 * RATE // 10, np.float32)
    rest = np.zeros(-length % (RATE // 10), np.float32)
    expected = readings(np.concatenate([silence, sound, rest, silence]), "M")[3:]
    found = metered(sound)
    assert found.peak == np.abs(sound).max()
    assert len(found.power) == len(expected)
    heard = 10 * np.log10(np.maximum(found.power, 1e-9))
    assert np.abs(heard - np.maximum(expected, -90)).max() < 0.002


@pytest.mark.parametrize("decibels", [-6.0, -20.0, -40.0])
def test_the_meter_tells_a_tone_as_ebu_tech_3341_does(decibels: float) -> None:
    # There a stereo tone of −23 dBFS is −23 LUFS; one channel of it alone is 3 LU less.
    tone = sine(997, 10 ** (decibels / 20), 20)
    assert loudness(tone) == pytest.approx(decibels - 3.01, abs=0.1)


def test_the_meter_weighs_as_ears_do() -> None:
    assert loudness(sine(50, 0.1, 5)) < loudness(sine(997, 0.1, 5)) - 3
    assert loudness(sine(4_000, 0.1, 5)) > loudness(sine(997, 0.1, 5)) + 2


def test_short_sounds_and_silence_are_measured() -> None:
    assert loudness(sine(997, 0.1, 0.3)) == pytest.approx(-23, abs=4)
    assert loudness(np.zeros(RATE, np.float32)) == -70
    assert loudness(np.zeros(0, np.float32)) == -70
