"""Tracks, as they are found when they are opened again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import mutagen
import numpy as np
import pytest
from mutagen.flac import FLAC
from numpy.typing import NDArray

from voicecoach.errors import ExportError
from voicecoach.export import Job, export_track
from voicecoach.export.track import FORMATS
from voicecoach.program import build_program
from voicecoach.rendition import Rendition
from voicecoach.script import read_script
from voicecoach.settings import Settings
from voicecoach.sound import Samples
from voicecoach.speech.system import SystemSpeaker
from voicecoach.timeline import Timeline
from voicecoach.units import RATE

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


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> tuple[Timeline, Samples]:
    routine, _ = read_script(SCRIPT)
    with SystemSpeaker(tmp_path_factory.mktemp("cache")) as speaker:
        rendition = Rendition(build_program(routine, Settings()), speaker)
        return rendition.timeline(), np.concatenate(list(rendition.blocks()))


def blocks(samples: Samples) -> Iterator[Samples]:
    for at in range(0, len(samples), 10_007):
        yield samples[at : at + 10_007]


def write(path: Path, session: tuple[Timeline, Samples], *, force: bool = False) -> None:
    timeline, samples = session
    tags = {"title": timeline.title, "artist": "Ä. Ö.", "date": "2026-01-31"}
    export_track(Job(path, force, tags), timeline, blocks(samples))


def decoded(path: Path) -> NDArray[np.float32]:
    with av.open(str(path)) as container:
        resampler = av.AudioResampler("flt", "mono", RATE)
        frames = [*container.decode(audio=0), None]
        pieces = [out.to_ndarray().reshape(-1) for f in frames for out in resampler.resample(f)]
    return np.concatenate(pieces).astype(np.float32)


@pytest.mark.parametrize("ending", [".wav", ".flac"])
def test_what_loses_nothing_is_the_mix_in_16_bit(
    ending: str, tmp_path: Path, session: tuple[Timeline, Samples]
) -> None:
    path = tmp_path / f"track{ending}"
    write(path, session)
    timeline, samples = session
    heard = decoded(path)
    assert len(heard) == timeline.frames == len(samples)
    assert np.abs(heard - samples).max() <= 1 / 32768


@pytest.mark.parametrize("ending", [".wav", ".flac"])
def test_every_cue_is_found_on_its_sample(
    ending: str, tmp_path: Path, session: tuple[Timeline, Samples]
) -> None:
    path = tmp_path / f"track{ending}"
    write(path, session)
    heard = np.abs(decoded(path))
    sounding = [cue for cue in session[0].cues if cue.sounds]
    end = 0
    for cue in sounding:
        # Between two cues nothing rises above the room tone; the first that does is the onset.
        assert heard[end : cue.start - 1].max(initial=0) < 0.0016
        first = max(end, cue.start - 1)
        loud = np.flatnonzero(heard[first : cue.end] > 0.0016)[0] + first
        if cue.kind == "speech":
            assert abs(int(loud) - cue.start) <= 1
        else:  # a chime's soft attack
            assert 0 <= int(loud) - cue.start <= RATE // 100
        end = cue.end


@pytest.mark.parametrize("ending", [e for e in FORMATS if e not in (".wav", ".flac")])
def test_what_loses_something_sounds_alike_and_lasts_as_long(
    ending: str, tmp_path: Path, session: tuple[Timeline, Samples]
) -> None:
    path = tmp_path / f"track{ending}"
    write(path, session)
    timeline, samples = session
    heard = decoded(path)
    assert abs(len(heard) - timeline.frames) <= 3_000  # the coder's padding, 60 ms at most
    size = min(len(heard), len(samples))
    a, b = heard[:size], samples[:size]
    best = max(
        float(np.corrcoef(a[shift:], b[: size - shift])[0, 1]) for shift in (0, 1, 312, 1024, 1105)
    )
    assert best > 0.9


@pytest.mark.parametrize("ending", [e for e in FORMATS if e != ".flac"])
def test_chapters_begin_where_exercises_do(
    ending: str, tmp_path: Path, session: tuple[Timeline, Samples]
) -> None:
    path = tmp_path / f"track{ending}"
    write(path, session)
    timeline = session[0]
    with av.open(str(path)) as container:
        found = [
            (c["metadata"]["title"], float(c["start"] * (c["time_base"] or 0)))
            for c in container.chapters()
        ]
    if ending == ".wav":
        assert not found  # it can carry none
        return
    assert [title for title, _ in found] == [timeline.title, *(c.title for c in timeline.chapters)]
    starts = [0.0, *(chapter.start / RATE for chapter in timeline.chapters)]
    assert [start for _, start in found] == pytest.approx(starts, abs=0.001)


def test_flac_carries_its_chapters_as_comments(
    tmp_path: Path, session: tuple[Timeline, Samples]
) -> None:
    path = tmp_path / "track.flac"
    write(path, session)
    tags = FLAC(path)  # type: ignore[no-untyped-call]  # mutagen is typed in part
    assert tags["CHAPTER000"] == ["00:00:00.000"]
    names = [tags[f"CHAPTER{n:03}NAME"][0] for n in range(1, 4)]
    assert names == [chapter.title for chapter in session[0].chapters]
    clock = tags["CHAPTER001"][0]
    hours, minutes, seconds = clock.split(":")
    start = int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    assert start == pytest.approx(session[0].chapters[0].start / RATE, abs=0.0006)


@pytest.mark.parametrize("ending", [e for e in FORMATS if e != ".wav"])
def test_tags_are_read_back(ending: str, tmp_path: Path, session: tuple[Timeline, Samples]) -> None:
    path = tmp_path / f"track{ending}"
    write(path, session)
    tags = mutagen.File(path, easy=True)
    assert tags["title"] == ["Köpfchen = 頭"]
    assert tags["artist"] == ["Ä. Ö."]
    assert tags["date"] == ["2026-01-31"]


def test_a_file_that_is_there_is_kept_unless_forced(
    tmp_path: Path, session: tuple[Timeline, Samples]
) -> None:
    path = tmp_path / "track.wav"
    path.write_bytes(b"precious")
    with pytest.raises(ExportError, match="--force"):
        write(path, session)
    assert path.read_bytes() == b"precious"
    write(path, session, force=True)
    assert path.read_bytes()[:4] == b"RIFF"


def test_a_failure_midway_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, session: tuple[Timeline, Samples]
) -> None:
    path = tmp_path / "track.flac"
    path.write_bytes(b"precious")

    def failing() -> Iterator[Samples]:
        yield session[1][:48_000]
        raise ExportError("it broke")

    with pytest.raises(ExportError, match="it broke"):
        export_track(Job(path, force=True), session[0], failing())
    assert path.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("track.mp33", '"track.mp3"'),
        ("track", "wav, flac, mp3"),
        ("no/track.wav", "there is no folder"),
        ("folder.wav", "is a folder"),
    ],
)
def test_what_can_not_be_written_is_said_before_any_work(
    name: str, told: str, tmp_path: Path
) -> None:
    (tmp_path / "folder.wav").mkdir()
    with pytest.raises(ExportError, match=told):
        Job(tmp_path / name).check()


@pytest.mark.parametrize("ending", [".wav", ".flac", ".mp3", ".opus", ".m4b"])
def test_a_full_disk_ends_in_one_sentence_and_nothing_is_left(ending: str, tmp_path: Path) -> None:
    limit = (
        "import resource, signal, sys;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000));"
    )
    program = "import sys; from voicecoach.cli import run; sys.exit(run(sys.argv[1:]))"
    script = tmp_path / "long.md"
    script.write_text("# Long\n## Hold\nSit.\nhold 60s\n")
    plan = [sys.executable, "-c", program, "plan", str(script)]
    subprocess.run(plan, check=True, stdout=subprocess.DEVNULL)  # the cache is filled before
    track = tmp_path / f"track{ending}"
    exported = subprocess.run(
        [sys.executable, "-c", limit + program, "export", str(script), "-o", str(track)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert exported.returncode == 2, exported.stderr
    assert len(exported.stderr.splitlines()) == 1
    assert "can't be written" in exported.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["long.md"]


def test_many_chapters_and_none(tmp_path: Path) -> None:
    many = "".join(f"## Nr {n}\nGo.\n" for n in range(120))
    with SystemSpeaker() as speaker:
        for script, count in ((f"# Many\n{many}", 121), ("# None\nJust a sentence.\n", 0)):
            routine, _ = read_script(script)
            rendition = Rendition(build_program(routine, Settings()), speaker)
            path = tmp_path / f"{count}.mp3"
            export_track(Job(path), rendition.timeline(), rendition.blocks())
            with av.open(str(path)) as container:
                assert len(container.chapters()) == count


def test_memory_stays_flat_however_long_the_session(tmp_path: Path) -> None:
    peaks = {}
    for hold in ("10m", "4h"):
        script = tmp_path / f"{hold}.md"
        script.write_text(f"# Long\n## Hold\nSit.\nhold {hold}\n")
        track = tmp_path / f"{hold}.flac"
        arguments = ["export", str(script), "-o", str(track), "--room-tone", "off"]
        process = subprocess.Popen(
            [sys.executable, "-m", "voicecoach", *arguments], stdout=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        peaks[hold] = usage.ru_maxrss
    assert peaks["4h"] <= 1.2 * peaks["10m"]


def test_plan_and_track_agree(tmp_path: Path, session: tuple[Timeline, Samples]) -> None:
    plan = json.loads(session[0].to_json())
    assert plan["frames"] == len(session[1])
