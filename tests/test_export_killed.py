"""Exports that are killed: whenever that is, the file is the old one or the new one."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import av
import numpy as np
import pytest

from tests.exports import material
from voicecoach.errors import ExportError
from voicecoach.export import Job, export_file
from voicecoach.export.material import Material
from voicecoach.export.tracks import FORMATS
from voicecoach.timeline import Chapter, Timeline
from voicecoach.units import RATE, Frames
from voicecoach.whole import ABANDONED

LENGTH = 10 * RATE
OLD, NEW = 440, 880
"""Hertz of the tone that a file is full of."""
KILLS = 30
PROGRAM = """
import os, sys
from pathlib import Path
import av, mutagen.id3, mutagen.wave, mutagen.flac, resvg_py
from tests.test_export_killed import tone
from voicecoach.export import Job, export_file
for line in sys.stdin:  # each export is a process of its own, which has all it needs at hand
    path, hertz = line.split("\\t")
    child = os.fork()
    if not child:
        export_file(Job(Path(path), force=True), tone(int(hertz)))
        os._exit(0)
    print(child, flush=True)
    os.waitpid(child, 0)
    print("over", flush=True)
"""


def tone(hertz: int) -> Material:
    samples = 0.3 * np.sin(np.arange(LENGTH) * (2 * np.pi * hertz / RATE)).astype(np.float32)
    chapters = (Chapter("A", Frames(0), Frames(LENGTH)),)
    timeline = Timeline(f"{hertz} Hz", "en", Frames(LENGTH), chapters, ())
    return material(timeline, np.split(samples, 20), caution="x" * 20_000)


def heard(path: Path) -> int:
    """The tone of a whole file."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler("flt", "mono", RATE)
        frames = [*container.decode(audio=0), None]
        pieces = [out.to_ndarray().reshape(-1) for f in frames for out in resampler.resample(f)]
    samples = np.concatenate(pieces)
    assert 0 <= len(samples) - LENGTH <= 4_800
    found = {
        round(float(np.argmax(np.abs(np.fft.rfft(second)))))
        for second in np.split(samples[:LENGTH], 10)
    }
    assert len(found) == 1, "it is one and then the other"
    return found.pop()


def line(file: IO[str] | None) -> str:
    assert file
    return file.readline().strip()


def test_a_kill_at_any_moment_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    seed = int.from_bytes(os.urandom(4))
    print("seed", seed)  # noqa: T201 - shown if it fails
    choose = random.Random(seed)  # noqa: S311 - no secret
    seen: list[int] = []
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as exporter:

        def begin(path: Path) -> int:
            assert exporter.stdin
            exporter.stdin.write(f"{path}\t{NEW}\n")
            exporter.stdin.flush()
            return int(line(exporter.stdout))

        takes: dict[str, float] = {}
        endings = list(FORMATS)
        for kill in range(KILLS + len(endings)):
            ending = endings[kill % len(endings)]
            path = tmp_path / f"track{ending}"
            if ending not in takes:  # how long it takes, undisturbed
                export_file(Job(path), tone(OLD))
                old = path.read_bytes()
                began = time.monotonic()
                begin(path)
                assert line(exporter.stdout) == "over"
                takes[ending] = time.monotonic() - began
                assert heard(path) == NEW
                (tmp_path / f"old{ending}").write_bytes(old)
                continue
            path.write_bytes((tmp_path / f"old{ending}").read_bytes())
            process = begin(path)
            time.sleep(choose.uniform(0, 1.1 * takes[ending]))
            with contextlib.suppress(ProcessLookupError):  # it was done
                os.kill(process, signal.SIGKILL)
            assert line(exporter.stdout) == "over"
            seen.append(heard(path))
    assert len(seen) == KILLS
    assert set(seen) <= {OLD, NEW}
    assert OLD in seen


def test_what_killed_exports_left_is_removed_once_nobody_writes_it(tmp_path: Path) -> None:
    before = time.time() - ABANDONED - 60
    names = {
        ".track.1.part.flac": True,
        ".track.12.part.flac": False,  # somebody still writes it
        ".track.12.part.mp3": True,  # of another file
        ".tracks.12.part.flac": True,
        "track.1.part.flac": True,
    }
    for name, old in names.items():
        (tmp_path / name).write_bytes(b"half")
        if old:
            os.utime(tmp_path / name, (before, before))
    export_file(Job(tmp_path / "track.flac"), tone(NEW))
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {*names, "track.flac"} - {".track.1.part.flac"}


def test_a_folder_that_is_still_written_stays(tmp_path: Path) -> None:
    before = time.time() - ABANDONED - 60
    for name, written in ((".track.1.part", False), (".track.2.part", True)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "01 A.flac").write_bytes(b"half")
        if not written:
            os.utime(folder / "01 A.flac", (before, before))
        os.utime(folder, (before, before))
    export_file(Job(tmp_path / "track.flac", split=True), tone(NEW))
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {".track.2.part", "track"}


def test_the_sound_of_a_page_that_was_killed_is_removed_too(tmp_path: Path) -> None:
    left = tmp_path / ".track.1.part.html.m4a"
    left.write_bytes(b"half")
    before = time.time() - ABANDONED - 60
    os.utime(left, (before, before))
    export_file(Job(tmp_path / "track.html"), tone(NEW))
    assert [path.name for path in tmp_path.iterdir()] == ["track.html"]


SPLIT = """
import os, signal, sys
from pathlib import Path
from tests.test_export_killed import album
from voicecoach.export import Job, export_file
job, made, fatal = Job(Path(sys.argv[1]), force=True, split=True), album(NEW), int(sys.argv[2])
begun = renamed = 0
def watch(event, arguments):
    global begun
    if event in ("os.rename", "os.link", "shutil.rmtree"):
        begun += 1
        if begun == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
export_file(job, made)
print(begun)
""".replace("NEW", str(NEW))


def album(hertz: int) -> Material:
    """Three tracks of a tone."""
    samples = 0.3 * np.sin(np.arange(LENGTH) * (2 * np.pi * hertz / RATE)).astype(np.float32)
    third = LENGTH // 3
    chapters = [
        Chapter(f"Part {n}", Frames(n * third), Frames(n * third + third)) for n in (0, 1, 2)
    ]
    timeline = Timeline(f"{hertz} Hz", "en", Frames(LENGTH), tuple(chapters), ())
    return material(timeline, np.split(samples, 20))


def played(folder: Path) -> set[int]:
    """The tones of a folder's three tracks."""
    tones = set()
    for number in (1, 2, 3):
        with av.open(str(folder / f"0{number} Part {number - 1}.wav")) as track:
            pieces = [frame.to_ndarray().reshape(-1) for frame in track.decode(audio=0)]
        second = np.concatenate(pieces)[:RATE].astype(np.float64)
        tones.add(int(np.argmax(np.abs(np.fft.rfft(second)))))
    return tones


def test_a_folder_of_tracks_is_the_old_one_or_the_new_one_whenever_it_is_killed(
    tmp_path: Path,
) -> None:
    folder, path = tmp_path / "back", tmp_path / "back.wav"
    command = [sys.executable, "-c", SPLIT, str(path)]
    export_file(Job(path, split=True), album(OLD))
    (folder / "mine").mkdir()
    (folder / "mine" / "notes.txt").write_text("precious")
    events = int(subprocess.check_output([*command, "0"]))
    assert played(folder) == {NEW}
    seen = set()
    for fatal in range(1, events + 1):
        export_file(Job(path, split=True, force=True), album(OLD))
        killed = subprocess.run([*command, str(fatal)], check=False)
        assert killed.returncode == -signal.SIGKILL
        if not folder.exists():
            seen.add(0)
            with pytest.raises(ExportError, match="back exists; replace it with --force"):
                Job(path, split=True).check()  # any look at it brings it back
            assert played(folder) == {OLD}
        (tone,) = played(folder)
        seen.add(tone)
        assert (folder / "mine" / "notes.txt").read_text() == "precious"
        assert sorted(each.name for each in folder.iterdir())[-3:] == [
            "back.cue",
            "back.m3u8",
            "mine",
        ]
    assert seen == {OLD, NEW, 0}
    export_file(Job(path, split=True, force=True), album(NEW))
    assert not list(tmp_path.glob(".*.old"))


def test_a_folder_that_is_linked_to_stays_linked_to(tmp_path: Path) -> None:
    (tmp_path / "music").mkdir()
    (tmp_path / "back").symlink_to("music")
    export_file(Job(tmp_path / "back.wav", split=True, force=True), album(NEW))
    assert (tmp_path / "back").is_symlink()
    assert played(tmp_path / "music") == {NEW}
    assert {each.name for each in tmp_path.iterdir()} == {"music", "back"}


ASKED = """
import signal
signal.signal(signal.SIGHUP, signal.{hangup})
from voicecoach.cli import main
main()
"""


@pytest.mark.parametrize(
    ("hangup", "sent", "code"),
    [
        ("SIG_DFL", [signal.SIGTERM], 128 + signal.SIGTERM),
        ("SIG_DFL", [signal.SIGHUP, signal.SIGHUP], 128 + signal.SIGHUP),
        ("SIG_IGN", [signal.SIGHUP, signal.SIGTERM], 128 + signal.SIGTERM),
    ],
    ids=["a kill", "a closed terminal", "nohup"],
)
def test_who_is_asked_to_end_leaves_nothing(
    hangup: str, sent: list[int], code: int, tmp_path: Path
) -> None:
    script = tmp_path / "long.md"
    script.write_text("# Long\n## A\nStill.\nhold 10h\n")
    command = ["export", str(script), "-o", str(tmp_path / "long.flac")]
    with subprocess.Popen(
        [sys.executable, "-c", ASKED.format(hangup=hangup), *command], stdout=subprocess.DEVNULL
    ) as process:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob(".long.*")):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        for number in sent:
            process.send_signal(number)
            time.sleep(0.2)
    assert process.returncode == code
    assert list(tmp_path.iterdir()) == [script]
