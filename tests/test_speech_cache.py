"""The cache on disk: whatever happens to it, words are spoken, and never wrong ones."""

from __future__ import annotations

import contextlib
import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.speakers import light_speaker, processes
from voicecoach.speech import Utterance
from voicecoach.speech.cache import SpeechCache

KEYS = [f"key {n}" for n in range(8)]


def data(key: str) -> bytes:
    return key.encode() * 10_000  # large enough for a file of its own


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "cache"
    fill(folder)
    yield folder
    folder.chmod(0o755)


def fill(folder: Path) -> None:
    cache = SpeechCache(folder)
    for key in KEYS:
        cache.put(key, data(key))
    cache.put("small", b"x")
    cache.close()


def assert_healed(folder: Path) -> None:
    """Nothing wrong comes out, new things stay, also in the next session."""
    cache = SpeechCache(folder)
    for key in KEYS:
        assert cache.get(key) in (data(key), None)
    for key in KEYS:
        cache.put(key, data(key))
    cache.close()
    cache = SpeechCache(folder)
    assert [cache.get(key) for key in KEYS] == [data(key) for key in KEYS]
    cache.close()


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.val") if path.is_file())


def test_what_was_put_is_got_by_the_next_session(folder: Path) -> None:
    cache = SpeechCache(folder)
    assert [cache.get(key) for key in KEYS] == [data(key) for key in KEYS]
    assert cache.get("small") == b"x"
    assert cache.get("another") is None
    cache.put("small", b"")
    assert cache.get("small") == b""
    cache.close()


# --- broken entries and databases


def test_a_flipped_byte_is_a_miss(folder: Path) -> None:
    assert len(files(folder)) == len(KEYS)
    for path in files(folder):
        content = bytearray(path.read_bytes())
        content[random.Random(1).randrange(len(content))] ^= 1  # noqa: S311 - a place
        path.write_bytes(content)
    cache = SpeechCache(folder)
    assert [cache.get(key) for key in KEYS] == [None] * len(KEYS)
    cache.close()
    assert_healed(folder)


@pytest.mark.parametrize("size", [0, 2, 1000])
def test_a_truncated_entry_is_a_miss(folder: Path, size: int) -> None:
    for path in files(folder):
        os.truncate(path, size)
    cache = SpeechCache(folder)
    assert [cache.get(key) for key in KEYS] == [None] * len(KEYS)
    cache.close()
    assert_healed(folder)


def test_a_deleted_entry_is_a_miss(folder: Path) -> None:
    for path in files(folder):
        path.unlink()
    cache = SpeechCache(folder)
    assert [cache.get(key) for key in KEYS] == [None] * len(KEYS)
    cache.close()
    assert_healed(folder)


@pytest.mark.parametrize("seed", range(12))
def test_a_corrupted_database_is_made_anew(folder: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - places
    database = folder / "cache.db"
    content = bytearray(database.read_bytes())
    if seed == 0:
        content = bytearray(b"no database at all")
    elif seed == 1:
        content = bytearray()
    elif seed == 2:
        content = content[: len(content) // 2]
    else:
        for _ in range(200):
            content[chance.randrange(len(content))] = chance.randrange(256)
    database.write_bytes(content)
    assert_healed(folder)


def test_a_database_without_its_tables_is_made_anew(folder: Path) -> None:
    cache = SpeechCache(folder)
    with contextlib.closing(sqlite3.connect(folder / "cache.db")) as database:
        database.execute("DROP TABLE Cache")
        database.commit()
    assert cache.get(KEYS[0]) is None
    cache.put(KEYS[0], b"again")
    assert cache.get(KEYS[0]) == b"again"
    cache.close()


def test_a_database_that_breaks_while_it_is_open_is_made_anew(folder: Path) -> None:
    cache = SpeechCache(folder)
    assert cache.get(KEYS[0]) == data(KEYS[0])
    with (folder / "cache.db").open("r+b") as file:
        file.write(random.Random(2).randbytes(60_000))  # noqa: S311 - noise
    for _ in range(3):
        for key in KEYS:
            assert cache.get(key) in (None, data(key))
            cache.put(key, data(key))
    cache.close()
    assert_healed(folder)


def test_a_folder_that_is_emptied_while_it_is_open_is_a_miss(folder: Path) -> None:
    cache = SpeechCache(folder)
    for path in sorted(folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    assert cache.get(KEYS[0]) is None
    cache.put("new", data("new"))
    assert cache.get("new") in (None, data("new"))
    cache.close()
    assert_healed(folder)


# --- folders and disks that can't be written


def test_a_locked_database_is_kept(folder: Path) -> None:
    cache = SpeechCache(folder)
    with contextlib.closing(sqlite3.connect(folder / "cache.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        cache.put("new", b"not now")
        assert cache.get("new") is None
        assert cache.get(KEYS[0]) == data(KEYS[0])
    cache.put("new", b"now")
    assert cache.get("new") == b"now"
    cache.close()


def test_where_no_folder_can_be_another_is_used_and_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    cache = SpeechCache(tmp_path / "file" / "cache")
    cache.put("key", data("key"))
    assert cache.get("key") == data("key")
    cache.close()
    assert list((tmp_path / "tmp").iterdir()) == []


def test_where_nothing_can_be_written_everything_is_a_miss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "file"))
    cache = SpeechCache(tmp_path / "file" / "cache")
    cache.put("key", b"data")
    assert cache.get("key") is None
    cache.close()


WRITE = """
import os, resource, signal, sys
from pathlib import Path
from voicecoach.speech.cache import SpeechCache
folder = Path(sys.argv[1])
SpeechCache(folder.parent / "other").close()  # imports what no-one may not read
if sys.argv[2] == "read-only":
    if os.getuid() == 0:
        os.setresuid(65534, 65534, 65534)
else:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    size = int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
cache = SpeechCache(folder)
for n in range(20):
    cache.put(f"new {n}", b"x" * 50_000)
    assert cache.get(f"new {n}") in (None, b"x" * 50_000)
cache.close()
print("well")
"""


@pytest.mark.parametrize("how", ["read-only", "0", "4096", "40000", "100000"])
def test_a_folder_that_can_not_be_written_and_a_full_disk_are_no_error(
    folder: Path, how: str
) -> None:
    if how == "read-only":
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        for path in list(folder.parents)[:3]:
            path.chmod(path.stat().st_mode | 0o055)  # so that no-one in particular gets there
    done = subprocess.run(
        [sys.executable, "-c", WRITE, str(folder), how], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("well\n", "")
    if how == "read-only":
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
    cache = SpeechCache(folder)
    assert [cache.get(key) for key in KEYS] == [data(key) for key in KEYS]
    cache.close()
    assert_healed(folder)


# --- bounds, and several at once


def test_its_size_is_bounded_and_the_oldest_goes_first(tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path, size_limit=1 << 20)
    for n in range(60):
        cache.put(f"key {n}", bytes(100_000))
        held = sum(path.stat().st_size for path in tmp_path.rglob("*.val"))
        assert held <= (1 << 20) + 200_000
    assert cache.get("key 59") == bytes(100_000)
    assert cache.get("key 0") is None
    cache.close()


SPEAK = """
import hashlib, sys
from pathlib import Path
from voicecoach.speech import Utterance
from voicecoach.speech.local import LocalSpeaker
from voicecoach.speech.system import SystemEngine
with LocalSpeaker(Path(sys.argv[1]), [SystemEngine()]) as speaker:
    for n in range(12):
        samples = speaker.speak(Utterance(f"Number {n}.", "espeak:en-us", 200))
        print(len(samples), hashlib.sha256(samples.tobytes()).hexdigest())
"""


def test_several_processes_speak_the_same_from_one_cache(tmp_path: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", SPEAK, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    spoken = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * 4
    assert len(spoken[0].splitlines()) == 12
    assert set(spoken) == {spoken[0]}


def test_a_second_speaker_speaks_from_the_cache_without_an_engine(tmp_path: Path) -> None:
    utterance = Utterance("Lift your left leg.", "espeak:en-us", 135)
    with light_speaker(tmp_path) as speaker:
        first = speaker.speak(utterance).tobytes()
    with light_speaker(tmp_path) as speaker:
        assert speaker.speak(utterance).tobytes() == first
        assert processes(speaker) == []


def test_a_corrupted_utterance_is_spoken_again(tmp_path: Path) -> None:
    utterance = Utterance("Lift your left leg.", "espeak:en-us", 135)
    with light_speaker(tmp_path) as speaker:
        first = speaker.speak(utterance).tobytes()
    (path,) = files(tmp_path)
    content = bytearray(path.read_bytes())
    content[1000] ^= 255
    path.write_bytes(content)
    with light_speaker(tmp_path) as speaker:
        assert speaker.speak(utterance).tobytes() == first
        assert processes(speaker)
