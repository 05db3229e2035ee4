"""One track an exercise: joined, they are the whole session, sample for sample."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import av
import mutagen
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exports import material
from voicecoach.errors import ExportError
from voicecoach.export import Job, export_file
from voicecoach.export.split import parts, track_name
from voicecoach.sound import Samples
from voicecoach.timeline import Chapter, Cue, Timeline
from voicecoach.units import RATE, Frames

LENGTH = 5 * RATE + 77
STARTS = (RATE + 3, 2 * RATE + 11, 4 * RATE + 1_111)
TITLES = ("Neck / left", "..", "Füße: hoch?")


def timeline() -> Timeline:
    ends = (*STARTS[1:], LENGTH - 500)  # the closing words come after the last exercise
    chapters = tuple(
        Chapter(title, Frames(start), Frames(end))
        for title, start, end in zip(TITLES, STARTS, ends, strict=True)
    )
    cues = tuple(
        Cue("speech", Frames(start + 10), Frames(start + 5_000), f"Words of {title}")
        for title, start in zip(TITLES, STARTS, strict=True)
    )
    return Timeline("Whole", "en", Frames(LENGTH), chapters, cues)


def noise() -> Samples:
    samples: Samples = np.random.default_rng(7).normal(0, 0.1, LENGTH).astype(np.float32)
    return samples


def split(tmp_path: Path, ending: str, blocks: int = 9) -> Path:
    job = Job(tmp_path / f"back{ending}", split=True)
    export_file(job, material(timeline(), np.array_split(noise(), blocks)))
    return tmp_path / "back"


def decoded(path: Path) -> Samples:
    with av.open(str(path)) as container:
        pieces = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
    return np.concatenate(pieces)


@pytest.mark.parametrize("ending", [".flac", ".wav"])
@pytest.mark.parametrize("blocks", [1, 9, 1000])
def test_tracks_joined_are_the_whole(ending: str, blocks: int, tmp_path: Path) -> None:
    folder = split(tmp_path, ending, blocks)
    tracks = sorted(folder.glob(f"*{ending}"))
    pieces = [decoded(track) for track in tracks]
    bounds = [0, *STARTS, LENGTH]
    assert [len(piece) for piece in pieces] == list(np.diff(bounds))
    assert np.array_equal(np.concatenate(pieces), np.rint(noise() * 32768).astype(np.int16))


def test_the_folder_holds_tracks_a_playlist_and_a_sheet(tmp_path: Path) -> None:
    folder = split(tmp_path, ".mp3")
    names = ["01 Whole.mp3", "02 Neck left.mp3", "03.mp3", "04 Füße hoch.mp3"]
    assert sorted(path.name for path in folder.iterdir()) == [*names, "back.cue", "back.m3u8"]
    lines = (folder / "back.m3u8").read_text("utf-8").splitlines()
    assert lines[0] == "#EXTM3U"
    assert lines[2::2] == names
    assert lines[1] == "#EXTINF:1,Whole"
    sheet = (folder / "back.cue").read_text("utf-8")
    assert [line for line in sheet.splitlines() if line.startswith("FILE")] == [
        f'FILE "{name}" MP3' for name in names
    ]
    assert sheet.count("INDEX 01 00:00:00") == 4


def test_each_track_says_which_it_is(tmp_path: Path) -> None:
    folder = split(tmp_path, ".flac")
    for number, path in enumerate(sorted(folder.glob("*.flac")), 1):
        tags = mutagen.File(path)
        assert tags["tracknumber"] == [f"{number}/4"]
        assert tags["album"] == ["Whole"]
        assert tags["title"] == [["Whole", *TITLES][number - 1]]
        if number > 1:
            assert tags["LYRICS"][0].startswith(f"[00:00.00]Words of {TITLES[number - 2]}\n")
        assert "CHAPTER000" not in tags


def test_an_article_is_one_track(tmp_path: Path) -> None:
    plain = Timeline("Plain", "en", Frames(RATE), (), ())
    export_file(Job(tmp_path / "a.wav", split=True), material(plain, [np.zeros(RATE, np.float32)]))
    assert {path.name for path in (tmp_path / "a").iterdir()} == {"01 Plain.wav", "a.cue", "a.m3u8"}


def test_what_is_in_the_way_stays_and_other_files_too(tmp_path: Path) -> None:
    folder = tmp_path / "back"
    folder.mkdir()
    (folder / "mine.txt").write_text("precious")
    (folder / "01 Whole.flac").write_text("old")
    with pytest.raises(ExportError, match="back exists; replace it with --force"):
        split(tmp_path, ".flac")
    assert (folder / "01 Whole.flac").read_text() == "old"
    job = Job(tmp_path / "back.flac", force=True, split=True)
    export_file(job, material(timeline(), [noise()]))
    assert (folder / "mine.txt").read_text() == "precious"
    assert (folder / "01 Whole.flac").read_bytes()[:4] == b"fLaC"
    assert [path.name for path in tmp_path.iterdir()] == ["back"]


def test_tracks_that_are_no_more_don_t_stay_between_the_new_ones(tmp_path: Path) -> None:
    folder = split(tmp_path, ".mp3")
    others = ["02 Mine.mp3", "cover.jpg", "notes"]
    for name in others:
        (folder / name).write_text("precious")
    (tmp_path / "01 away.mp3").write_text("precious")
    playlist = folder / "back.m3u8"
    playlist.write_text(playlist.read_text() + "notes\n../01 away.mp3\n")
    plain = Timeline("Plain", "en", Frames(RATE), (), ())
    job = Job(tmp_path / "back.flac", split=True, force=True)
    for _ in range(2):
        export_file(job, material(plain, [np.zeros(RATE, np.float32)]))
        new = {"01 Plain.flac", "back.cue", "back.m3u8"}
        assert {path.name for path in folder.iterdir()} == {*others, *new}
    assert all((folder / name).read_text() == "precious" for name in others)
    assert {path.name for path in tmp_path.iterdir()} == {"back", "01 away.mp3"}


def test_what_can_not_be_split_is_said(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="only a track can be split"):
        Job(tmp_path / "back.vtt", split=True).check()
    (tmp_path / "back").write_text("a file")
    with pytest.raises(ExportError, match="is a file, where a folder of tracks is to be"):
        Job(tmp_path / "back.wav", split=True, force=True).check()


def test_a_failure_midway_leaves_nothing(tmp_path: Path) -> None:
    def failing() -> Iterator[Samples]:
        yield noise()[: 3 * RATE]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_file(Job(tmp_path / "back.flac", split=True), material(timeline(), failing()))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("title", ["गर्दन का खिंचाव", "E\u0301tirement", "क\u094d\u200dष"])
def test_marks_stay_with_their_letters(title: str) -> None:
    assert track_name(title, 1, 1) == f"01 {title}"


@given(st.text(max_size=200), st.integers(1, 10_000))
def test_names_are_names_everywhere(title: str, number: int) -> None:
    name = track_name(title, number, 10_000) + ".flac"
    assert not set(name) & set('<>:"/\\|?*\0\n')
    assert not name.startswith((".", " "))
    assert len(name) <= 72
    assert name.startswith(f"{number:05}")


@given(st.lists(st.integers(1, 1000), max_size=8), st.integers(1, 500))
def test_parts_cover_the_whole(lengths: list[int], tail: int) -> None:
    ends = np.cumsum([3, *lengths])
    chapters = tuple(
        Chapter(str(n), Frames(int(a)), Frames(int(b)))
        for n, (a, b) in enumerate(itertools.pairwise(ends))
    )
    total = Frames(int(ends[-1]) + tail)
    found = parts(Timeline("T", "en", total, chapters, ()))
    assert found[0].start == 0
    assert found[-1].end == total
    assert all(a.end == b.start for a, b in itertools.pairwise(found))


KILLED = """
import sys
from pathlib import Path
import numpy as np
from tests.exports import material
from voicecoach.export import Job, export_file
from voicecoach.timeline import Timeline
noise = np.random.default_rng(1).normal(0, 0.1, 24_000).astype(np.float32)
made = material(Timeline("New", "en", 24_000 * 300, (), ()), (noise for _ in range(300)))
print("begun", flush=True)
export_file(Job(Path(sys.argv[1]), force=True), made)
print("done", flush=True)
"""


@pytest.mark.parametrize("ending", [".flac", ".mp3", ".m4b"])
def test_kill_9_at_random_moments_leaves_the_old_file_or_the_new_one(
    ending: str, tmp_path: Path
) -> None:
    path = tmp_path / f"track{ending}"
    old = Timeline("Old", "en", Frames(RATE), (), ())
    chance = np.random.default_rng(len(ending))
    command = [sys.executable, "-c", KILLED, str(path)]
    begun = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    longest = time.monotonic() - begun
    seen = set()
    for _ in range(3):
        export_file(Job(path, force=True), material(old, [np.zeros(RATE, np.float32)]))
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout
            process.stdout.readline()
            time.sleep(float(chance.uniform(0, longest)))
            os.kill(process.pid, signal.SIGKILL)
        with av.open(str(path)) as container:
            tags = container.metadata | container.streams.audio[0].metadata
            title = {key.lower(): value for key, value in tags.items()}["title"]
            length = sum(frame.samples for frame in container.decode(audio=0))
        seen.add(title)
        assert length >= {"Old": RATE, "New": 24_000 * 300}[title]
    assert seen <= {"Old", "New"}
