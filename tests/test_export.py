"""Tracks, as they are found when they are opened again."""

from __future__ import annotations

import subprocess
import sys
import wave
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from mutagen.flac import FLAC
from numpy.typing import NDArray

from tests.exports import material
from tests.speakers import light_speaker
from voicecoach.export import Job, export_file
from voicecoach.export.tracks import FORMATS
from voicecoach.program import build_program
from voicecoach.rendition import Rendition
from voicecoach.script import read_script
from voicecoach.settings import Settings
from voicecoach.sound import Samples
from voicecoach.timeline import Chapter, Timeline
from voicecoach.units import RATE, Frames

EXACT = (".wav", ".flac")
SCRIPT = """\
# Köpfchen = 頭
get ready: 0s
## Eins; zwei
Sit.
hold 4s, 2 times, rest 2s
## Nacken "links"
Turn.
hold 3s
## Finish
Well done.
"""
Session = tuple[Timeline, Samples]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    routine, _ = read_script(SCRIPT)
    with light_speaker(tmp_path_factory.mktemp("cache")) as speaker:
        rendition = Rendition(build_program(routine, Settings()), speaker)
        return rendition.timeline(), np.concatenate(list(rendition.blocks()))


@pytest.fixture(scope="module")
def folder(session: Session, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The session as a track of each format."""
    folder = tmp_path_factory.mktemp("tracks")
    timeline, samples = session
    for ending in FORMATS:
        told: list[int] = []
        made = material(timeline, blocks(samples), artist="Ä. Ö.", date="2026-01-31")
        export_file(Job(folder / f"track{ending}"), made, told.append)
        assert told[-1] == len(samples)
        assert told == sorted(told)
    return folder


def blocks(samples: Samples) -> Iterator[Samples]:
    for at in range(0, len(samples), 10_007):  # no coder's frame is as long
        yield samples[at : at + 10_007]


def decoded(path: Path) -> NDArray[np.float32]:
    with av.open(str(path)) as container:
        assert container.streams.audio[0].rate == RATE
        resampler = av.AudioResampler("flt", "mono", RATE)
        frames = [*container.decode(audio=0), None]
        pieces = [out.to_ndarray().reshape(-1) for f in frames for out in resampler.resample(f)]
    return np.concatenate(pieces).astype(np.float32)


def chapters(path: Path) -> list[tuple[str, float]]:
    with av.open(str(path)) as container:
        return [
            (chapter["metadata"]["title"], float(chapter["start"] * (chapter["time_base"] or 0)))
            for chapter in container.chapters()
        ]


# --- samples


@pytest.mark.parametrize("ending", EXACT)
def test_what_loses_nothing_is_the_mix_rounded_to_16_bit(
    ending: str, folder: Path, session: Session
) -> None:
    timeline, samples = session
    heard = decoded(folder / f"track{ending}") * 32768
    assert len(heard) == timeline.frames == len(samples)
    assert np.array_equal(heard, np.rint(samples * 32768))


@pytest.mark.parametrize("ending", EXACT)
def test_what_is_too_loud_is_held_at_full_scale(ending: str, tmp_path: Path) -> None:
    loud = np.array([1.0, -1.0, 1.5, -1.5, 0.0] * 1000, np.float32)
    path = tmp_path / f"loud{ending}"
    export_file(Job(path), material(Timeline("Loud", "en", Frames(5000), (), ()), [loud]))
    assert np.unique(decoded(path) * 32768).tolist() == [-32768, 0, 32767]


@pytest.mark.parametrize("ending", EXACT)
def test_every_cue_is_found_on_its_sample(ending: str, folder: Path, session: Session) -> None:
    heard = np.abs(decoded(folder / f"track{ending}"))
    sounding = [cue for cue in session[0].cues if cue.sounds]
    assert {cue.kind for cue in sounding} == {"speech", "chime"}
    end = 0
    for cue in sounding:
        # Between two cues nothing rises above the room tone; the first that does is the onset.
        assert heard[end : cue.start - 1].max(initial=0) < 0.0016
        first = max(end, cue.start - 1)
        onset = int(np.flatnonzero(heard[first : cue.end] > 0.0016)[0]) + first
        if cue.kind == "speech":
            assert abs(onset - cue.start) <= 1
        else:  # a chime's soft attack
            assert 0 <= onset - cue.start <= RATE // 100
        end = cue.end


@pytest.mark.parametrize("ending", [ending for ending in FORMATS if ending not in EXACT])
def test_what_loses_something_sounds_alike_at_the_same_time(
    ending: str, folder: Path, session: Session
) -> None:
    timeline, samples = session
    heard = decoded(folder / f"track{ending}")
    assert 0 <= len(heard) - timeline.frames <= 2_400  # the last of the coder's frames
    part = samples[: 1 << 19] / np.sqrt(np.sum(samples[: 1 << 19] ** 2))
    spectrum = np.fft.rfft(heard[: 1 << 19], 1 << 20) * np.conj(np.fft.rfft(part, 1 << 20))
    alike = np.fft.irfft(spectrum)
    assert abs((int(np.argmax(alike)) + (1 << 19)) % (1 << 20) - (1 << 19)) <= 1
    assert alike.max() / np.sqrt(np.sum(heard[: 1 << 19] ** 2)) > 0.95


def test_a_long_wave_becomes_rf64(folder: Path) -> None:
    # Room for the 64-bit lengths is kept at the front, where programs skip it.
    assert (folder / "track.wav").read_bytes()[12:16] == b"JUNK"
    with wave.open(str(folder / "track.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)


# --- chapters and tags


@pytest.mark.parametrize("ending", FORMATS)
def test_chapters_begin_where_exercises_do(ending: str, folder: Path, session: Session) -> None:
    timeline = session[0]
    found = chapters(folder / f"track{ending}")
    assert [title for title, _ in found] == [timeline.title, *(c.title for c in timeline.chapters)]
    starts = [0.0, *(chapter.start / RATE for chapter in timeline.chapters)]
    assert [start for _, start in found] == pytest.approx(starts, abs=0.00051)


def test_flac_carries_its_chapters_as_comments(folder: Path, session: Session) -> None:
    tags = FLAC(folder / "track.flac")
    assert tags["CHAPTER000"] == ["00:00:00.000"]
    names = [tags[f"CHAPTER{n:03}NAME"][0] for n in range(1, 4)]
    assert names == [chapter.title for chapter in session[0].chapters]
    hours, minutes, seconds = tags["CHAPTER001"][0].split(":")
    start = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    assert start == pytest.approx(session[0].chapters[0].start / RATE, abs=0.00051)


@pytest.mark.parametrize("ending", FORMATS)
def test_tags_are_read_back(ending: str, folder: Path) -> None:
    with av.open(str(folder / f"track{ending}")) as container:
        # Opus has its tags on the stream.
        tags = container.metadata | container.streams.audio[0].metadata
    tags = {key.lower(): value for key, value in tags.items()}
    assert tags["title"] == tags["album"] == "Köpfchen = 頭"
    assert tags["artist"] == "Ä. Ö."
    assert tags["date"] == "2026-01-31"


def silent(titles: list[str], seconds_each: float = 0.37) -> Session:
    """A session of silence, with chapters at odd places."""
    each = round(seconds_each * RATE) + 7
    found = tuple(
        Chapter(title, Frames(each * n), Frames(each * (n + 1))) for n, title in enumerate(titles)
    )
    length = max(each * len(titles), RATE)
    return Timeline("Silence", "en", Frames(length), found, ()), np.zeros(length, np.float32)


@pytest.mark.parametrize("ending", FORMATS)
def test_two_hundred_chapters_and_odd_titles(ending: str, tmp_path: Path) -> None:
    titles = ["a=b", "#1; [x]\\y", "zwei\nZeilen", "頭" * 40, *(f"Nr {n}" for n in range(196))]
    timeline, samples = silent(titles)
    path = tmp_path / f"many{ending}"
    export_file(Job(path), material(timeline, blocks(samples)))
    found = chapters(path)
    assert [title for title, _ in found] == titles
    starts = [chapter.start / RATE for chapter in timeline.chapters]
    assert [start for _, start in found] == pytest.approx(starts, abs=0.00051)


@pytest.mark.parametrize("ending", FORMATS)
def test_an_article_has_no_chapters(ending: str, tmp_path: Path) -> None:
    timeline, samples = silent([])
    path = tmp_path / f"article{ending}"
    export_file(Job(path), material(replace(timeline, chapters=()), blocks(samples)))
    assert chapters(path) == []
    assert len(decoded(path)) >= len(samples)


# --- long ones

LONG = """
import resource, sys
from pathlib import Path
import numpy as np
from tests.exports import material
from voicecoach.export import Job, export_file
from voicecoach.timeline import Timeline
seconds = int(sys.argv[2])
timeline = Timeline("Long", "en", 48_000 * seconds, (), ())
blocks = (np.zeros(24_000, np.float32) for _ in range(2 * seconds))
export_file(Job(Path(sys.argv[1])), material(timeline, blocks))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.parametrize("ending", [".flac", ".m4b"])
def test_memory_stays_flat_however_long_the_session(ending: str, tmp_path: Path) -> None:
    peaks = []
    for seconds in (10, 900):
        path = tmp_path / f"{seconds}{ending}"
        command = [sys.executable, "-c", LONG, str(path), str(seconds)]
        peaks.append(int(subprocess.run(command, capture_output=True, check=True).stdout))
    # Fifteen minutes of samples are 170 MB; a coder's index of them, half of one.
    assert peaks[1] - peaks[0] < 5_000
