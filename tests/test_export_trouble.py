"""Tracks that can't be written: one clear error, the old file as it was, and nothing beside it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.exports import material
from voicecoach.errors import ExportError, SpeechError
from voicecoach.export import Job, export_file
from voicecoach.export.tracks import FORMATS
from voicecoach.sound import Samples
from voicecoach.timeline import Chapter, Timeline
from voicecoach.units import RATE, Frames
from voicecoach.whole import whole, whole_folder

SILENCE = Timeline("Silence", "en", Frames(RATE), (), ())


def second() -> Iterator[Samples]:
    yield np.zeros(RATE, np.float32)


def failing(error: BaseException) -> Iterator[Samples]:
    yield from second()
    raise error


# --- said before any work is done


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "track.mp33",
            r'track\.mp33 has no ending that says what to write; did you mean "track\.mp3"\?',
        ),
        ("track.fla", r'did you mean "track\.flac"\?'),
        ("track", "there are wav, flac, mp3, opus, ogg, m4b, m4a"),
        ("track.xyz", "there are wav, flac"),
        ("no/track.wav", "there is no folder .*no$"),
        ("file/track.wav", "can't be written|there is no folder"),
        ("folder.wav", r"folder\.wav is a folder; name a file in it"),
        ("there.wav", r"there\.wav exists; replace it with --force"),
        ("x" * 300 + ".wav", "can't be written: File name too long"),
    ],
)
def test_what_can_not_be_written_is_said_at_once(name: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "folder.wav").mkdir()
    (tmp_path / "there.wav").write_bytes(b"precious")
    (tmp_path / "file").write_bytes(b"no folder")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(ExportError, match=told):
        Job(tmp_path / name).check()
    with pytest.raises(ExportError, match=told):
        export_file(
            Job(tmp_path / name), material(SILENCE, failing(AssertionError("work was done")))
        )
    assert sorted(tmp_path.iterdir()) == before
    assert (tmp_path / "there.wav").read_bytes() == b"precious"


@contextlib.contextmanager
def ordinary_user() -> Iterator[None]:
    """Root may write anywhere."""
    if os.getuid() != 0:
        yield
        return
    os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


def test_a_folder_that_can_not_be_written_is_said_at_once() -> None:
    with tempfile.TemporaryDirectory() as name:  # pytest's own lie where root alone may go
        folder = Path(name)
        folder.chmod(0o555)
        with ordinary_user(), pytest.raises(ExportError, match=r"the folder .* can't be written"):
            Job(folder / "track.wav").check()
        folder.chmod(0o755)


def test_an_empty_session_is_no_track(tmp_path: Path) -> None:
    empty = Timeline("Empty", "en", Frames(0), (), ())
    for ending in FORMATS:
        with pytest.raises(ExportError, match="would be empty"):
            export_file(Job(tmp_path / f"track{ending}"), material(empty, []))
    assert list(tmp_path.iterdir()) == []


# --- failures midway


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize(
    "error",
    [
        SpeechError("pyttsx3", "Sit.", "it died"),
        ExportError("the plan was made with other sounds"),
        KeyboardInterrupt(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_failure_midway_passes_through_and_leaves_what_was(
    ending: str, error: BaseException, tmp_path: Path
) -> None:
    path = tmp_path / f"track{ending}"
    with pytest.raises(type(error)) as raised:
        export_file(Job(path), material(SILENCE, failing(error)))
    assert raised.value is error
    assert list(tmp_path.iterdir()) == []
    path.write_bytes(b"precious")
    with pytest.raises(type(error)):
        export_file(Job(path, force=True), material(SILENCE, failing(error)))
    assert path.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [path]


def test_long_names_that_begin_alike_may_be_written_at_once(tmp_path: Path) -> None:
    one, other = (tmp_path / f"{'Lower back and hips, ' * 4}week {n}.mp3" for n in (1, 2))
    with whole(one) as first, whole(other) as second:
        first.write_text("one")
        second.write_text("other")
    assert (one.read_text(), other.read_text()) == ("one", "other")
    one, other = (path.with_suffix("") for path in (one, other))
    with whole_folder(one) as first, whole_folder(other) as second:
        (first / "track").write_text("one")
        (second / "track").write_text("other")
    assert [(path / "track").read_text() for path in (one, other)] == ["one", "other"]
    assert len(list(tmp_path.iterdir())) == 4


def test_a_file_is_replaced_when_forced(tmp_path: Path) -> None:
    path = tmp_path / "track.wav"
    path.write_bytes(b"precious")
    export_file(Job(path, force=True), material(SILENCE, second()))
    with wave.open(str(path)) as file:
        assert file.getnframes() == RATE
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_one_and_what_it_leads_to_is_written(there: bool, tmp_path: Path) -> None:
    away = tmp_path / "away"
    away.mkdir()
    link, real = tmp_path / "link.flac", away / "real.track"
    link.symlink_to("away/real.track")
    if there:
        real.write_bytes(b"old")
    export_file(Job(link, force=there), material(SILENCE, second()))
    assert link.is_symlink()
    assert real.read_bytes()[:4] == b"fLaC"
    assert sorted(tmp_path.rglob("*")) == [away, real, link]


def test_links_in_a_circle_and_what_is_no_file_are_clear_errors(tmp_path: Path) -> None:
    circle, pipe = tmp_path / "circle.wav", tmp_path / "pipe.wav"
    circle.symlink_to(circle)
    os.mkfifo(pipe)
    for path, told in ((circle, "levels of symbolic links"), (pipe, "it is no file")):
        with pytest.raises(ExportError, match=f"{path.name} can't be written: .*{told}"):
            export_file(Job(path, force=True), material(SILENCE, second()))
    with pytest.raises(ExportError, match="levels of symbolic links"):
        Job(circle).check()
    assert sorted(tmp_path.iterdir()) == [circle, pipe]


KILLED = """
import sys
from pathlib import Path
import numpy as np
from tests.exports import material
from voicecoach.export import Job, export_file
from voicecoach.timeline import Timeline
def blocks():
    for _ in range(20):
        yield np.random.default_rng(1).random(24_000, np.float32)
    print("half", flush=True)
    input()
job = Job(Path(sys.argv[1]), force=True)
export_file(job, material(Timeline("Long", "en", 48_000 * 20, (), ()), blocks()))
"""


def test_kill_9_leaves_the_old_file_and_the_next_export_does_not_mind(tmp_path: Path) -> None:
    path = tmp_path / "track.flac"
    path.write_bytes(b"precious")
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"half\n"
        process.send_signal(signal.SIGKILL)
    assert path.read_bytes() == b"precious"
    (part,) = set(tmp_path.iterdir()) - {path}
    assert part.name == f".track.{process.pid}.part.flac"
    export_file(Job(path, force=True), material(SILENCE, second()))
    assert path.read_bytes()[:4] == b"fLaC"


FULL = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from voicecoach.errors import ExportError
from tests.exports import material
from voicecoach.export import Job, export_file
from voicecoach.timeline import Chapter, Timeline
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
path = Path(sys.argv[1])
noise = 0.1 * np.random.default_rng(1).standard_normal(96_000).astype(np.float32)
timeline = Timeline("Full", "en", len(noise), (Chapter("A", 0, len(noise)),), ())
export_file(Job(path), material(timeline, np.split(noise, 4)))
size = path.stat().st_size
path.unlink()
for limit in (0, 1, 100, size // 2, size - 3000, size - 20, size - 1):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        export_file(Job(path), material(timeline, np.split(noise, 4)))
    except ExportError as error:
        print(error)
    else:
        print("no error at", limit, "of", size)
"""


@pytest.mark.parametrize("ending", FORMATS)
def test_a_full_disk_is_one_clear_error_wherever_it_strikes(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"track{ending}"
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == [f"{path} can't be written: File too large"] * 7
    assert done.returncode == 0
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []


# --- odd names and titles


@pytest.mark.parametrize("name", ["a:b.wav", "pipe:1.wav", "頭 %03d.wav", "x" * 251 + ".wav"])
def test_odd_names_are_names(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    export_file(Job(Path(name)), material(SILENCE, second()))
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("ending", FORMATS)
def test_a_title_that_is_no_text_is_a_clear_error(ending: str, tmp_path: Path) -> None:
    half = "\ud800"  # half of a pair, as JSON can hold
    titled = Timeline(half, "en", Frames(RATE), (Chapter(half, Frames(0), Frames(RATE)),), ())
    with pytest.raises(ExportError, match="no text"):
        export_file(Job(tmp_path / f"track{ending}"), material(titled, second()))
    assert list(tmp_path.iterdir()) == []
