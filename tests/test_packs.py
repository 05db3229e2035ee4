"""Packs: what is packed is installed, whole, and nothing that could do harm is."""

from __future__ import annotations

import json
import os
import stat
import struct
import subprocess
import sys
import time
import warnings
import wave
import zipfile
from pathlib import Path

import pytest

from tests.packing import FILES, SCRIPT, bell, manifest, packed, zipped
from voicecoach.cli import run
from voicecoach.errors import PackError
from voicecoach.library import find_script, installed_names, installed_script, packs_folder
from voicecoach.packs import install, read_pack, uninstall
from voicecoach.packs.archive import MOST_PACK_BYTES
from voicecoach.packs.names import collision, name_fault, path_fault
from voicecoach.script import load_script
from voicecoach.sound import decode
from voicecoach.units import RATE

MIB = 1 << 20


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, script: bytes = SCRIPT) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "back.md").write_bytes(script)
    (folder / "bell.wav").write_bytes(bell())
    return folder / "back.md"


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_script_goes_from_one_machine_to_another(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script = write(home / "mine")
    (home / "mine" / "LICENSE.txt").write_text("Do as you like.\n")
    (home / "mine" / "secret.txt").write_text("not named, not packed")
    assert run(["pack", str(script), "-o", "mine.coach"]) == 0
    assert "Wrote mine.coach (3 files)." in capsys.readouterr().out
    with zipfile.ZipFile("mine.coach") as archive:  # read by another than our own reader
        assert archive.testzip() is None
        said = json.loads(archive.read("manifest.json"))
    assert said == manifest({**FILES, "LICENSE.txt": b"Do as you like.\n"})
    for path in sorted((home / "mine").iterdir()):
        path.unlink()
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "theirs"))
    assert run(["install", "mine.coach"]) == 0
    assert "Installed back: Back by Jane, CC0-1.0." in capsys.readouterr().out
    assert installed_names() == ["back"]
    routine, _ = load_script(find_script("back"))
    assert routine.source.encode() == SCRIPT
    assert Path(str(routine.settings["chimes"])).read_bytes() == bell()
    assert run(["list"]) == 0
    assert "Installed:\nback: Back (Hips)" in capsys.readouterr().out
    assert run(["export", "back", "-o", "back.vtt"]) == 0
    assert "Hips" in Path("back.vtt").read_text()
    assert run(["uninstall", "back"]) == 0
    assert installed_names() == []
    assert not list(packs_folder().iterdir())
    assert run(["plan", "back"]) == 2


def test_a_pack_has_the_scripts_whole_name(home: Path) -> None:
    write(home / "mine").rename("my.back.md")
    (home / "mine" / "bell.wav").rename("bell.wav")
    assert run(["pack", "my.back.md"]) == 0
    assert Path("my.back.coach").is_file()


def test_the_same_files_make_the_same_pack(home: Path) -> None:
    script = write(home / "mine")
    assert run(["pack", str(script), "-o", "a.coach"]) == 0
    os.utime(script, (0, 0))
    assert run(["pack", str(script), "-o", "b.coach"]) == 0
    assert Path("a.coach").read_bytes() == Path("b.coach").read_bytes()


def test_sounds_below_the_script_are_packed_where_they_lie(home: Path) -> None:
    script = write(home / "mine", SCRIPT.replace(b"bell.wav", b"sounds/bell.wav"))
    (home / "mine" / "sounds").mkdir()
    (home / "mine" / "bell.wav").rename(home / "mine" / "sounds" / "bell.wav")
    assert run(["pack", str(script)]) == 0
    assert run(["install", "back.coach"]) == 0
    routine, _ = load_script(find_script("back"))
    assert Path(str(routine.settings["chimes"])).parts[-2:] == ("sounds", "bell.wav")


def test_a_script_without_a_licence_is_packed_with_a_hint(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = write(home / "mine", SCRIPT.replace(b"license: CC0-1.0\n", b""))
    assert run(["pack", str(script)]) == 0
    assert "names no licence" in capsys.readouterr().err


def test_two_installs_at_once_leave_one_that_is_whole() -> None:
    install(read_pack(packed()))
    other = packs_folder() / "back" / "unpacked-just-now"
    killed = packs_folder() / "back" / "killed-long-ago"
    for folder in (other, killed):
        folder.mkdir()
    os.utime(killed, (0, 0))
    script = install(read_pack(packed({**FILES, "back.md": SCRIPT + b"twice\n"})), force=True)
    assert {each.name for each in (packs_folder() / "back").iterdir() if each.is_dir()} == {
        script.parent.name,
        other.name,
    }


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["pack", "nothing.md"], 'no script "nothing.md"'),
        (["pack", "mine/back.md", "-o", "x.zip"], "call it x.coach"),
        (["pack", "mine/back.md", "-o", "there.coach"], "replace it with --force"),
        (["pack", "mine/back.md", "-o", "no/folder.coach"], "can't be written"),
        (["pack", "mine/broken.md"], '"20x" is not a duration'),
        (["pack", "mine/mute.md"], "mine/mute.md can't be packed: mute.wav can't be read as sound"),
        (["pack", "mine/con.md"], '"con.md" can\'t be packed: not every system can have it'),
        (["install", "nothing.coach"], 'no pack "nothing.coach"'),
        (["install", "mine"], 'no pack "mine"'),
        (["install", "mine/back.md"], "no pack, or a damaged one"),
        (["install", "good.coach", "--as", "../x"], "it leaves its folder"),
        (["install", "good.coach", "--as", "a/b"], "it names a folder"),
        (["install", "good.coach", "--as=-x"], "would take it for an option"),
        (["install", "good.coach", "--as", "nul"], "not every system can have it"),
        (["install", "good.coach", "--as", "x.md"], "that would be a file's name"),
        (["install", "good.coach", "--as", "Wind-Down"], "a built-in script of that name"),
        (["uninstall", "nothing"], 'no installed script "nothing"'),
        (["uninstall", ".."], 'no installed script ".."'),
    ],
)
def test_what_cant_be_is_told_in_one_sentence(
    arguments: list[str], told: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(home / "mine")
    (home / "mine" / "broken.md").write_bytes(SCRIPT + b"hold 20x\n")
    (home / "mine" / "con.md").write_bytes(SCRIPT)
    (home / "mine" / "mute.md").write_bytes(SCRIPT.replace(b"bell.wav", b"mute.wav"))
    (home / "mine" / "mute.wav").write_text("no sound at all")
    (home / "there.coach").write_text("")
    (home / "good.coach").write_bytes(packed())
    before = tree(home)
    assert run(arguments) == 2
    printed = capsys.readouterr()
    assert told in printed.err
    assert len(printed.err.splitlines()) == 1
    assert tree(home) == before


FULL = """
import resource, signal, sys
from voicecoach.cli import run
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10, resource.RLIM_INFINITY))
sys.exit(run(["pack", *sys.argv[1:]]))
"""


def test_a_full_disk_is_told_in_one_sentence(home: Path) -> None:
    script = write(home / "mine")
    line = [sys.executable, "-c", FULL, str(script), "-o", str(home / "mine.coach")]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    why = "it can't be unpacked to look at it: File too large"
    assert done.stderr == f"voicecoach: {script} can't be packed: {why}\n"


def test_what_is_installed_is_replaced_only_when_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    install(read_pack(packed()))
    newer = packed({**FILES, "back.md": SCRIPT.replace(b"Still", b"Be still")})
    with pytest.raises(PackError, match="just as it is in this pack"):
        install(read_pack(packed()), force=True)
    for name in ("", "BACK", "ｂack"):
        with pytest.raises(PackError, match='"back" is installed already; replace it with --force'):
            install(read_pack(newer), name)
    old = find_script("back")
    install(read_pack(newer), force=True)
    assert "Be still" in find_script("back").read_text()
    assert not old.exists()
    assert len(list((packs_folder() / "back").iterdir())) == 2


def test_a_bad_new_one_leaves_the_old_one() -> None:
    install(read_pack(packed()))
    before = tree(packs_folder())
    bad = packed({**FILES, "back.md": SCRIPT + b"hold 20x\n"})
    with pytest.raises(PackError, match="its script has errors: line 8"):
        install(read_pack(bad), force=True)
    assert tree(packs_folder()) == before


def test_an_install_that_breaks_off_leaves_the_old_one(monkeypatch: pytest.MonkeyPatch) -> None:
    install(read_pack(packed()))
    old = find_script("back")
    left = packs_folder() / "back" / "0123456789abcdef"  # as a killed one leaves it
    left.mkdir()
    (left / "back.md").write_bytes(b"half")
    os.utime(left, (0, 0))
    assert find_script("back") == old
    newer = packed({**FILES, "back.md": SCRIPT.replace(b"Still", b"Be still")})
    install(read_pack(newer), force=True)
    assert not left.exists()


@pytest.mark.parametrize(
    "written", [b"", b"{}", b"[]", b"null", b"\xff", b"[" * 4000, b'{"folder": 1, "script": 2}']
)
def test_what_somebody_wrote_into_the_folder_does_no_harm(written: bytes) -> None:
    (packs_folder() / "odd").mkdir(parents=True)
    (packs_folder() / "odd" / "installed.json").write_bytes(written)
    (packs_folder() / "file").write_bytes(b"")
    assert installed_names() == []


def test_what_is_installed_is_found_nowhere_else(home: Path) -> None:
    (home / "stolen.md").write_bytes(SCRIPT)
    odd = packs_folder() / "odd"
    odd.mkdir(parents=True)
    for folder in ("../../../..", str(home)):
        (odd / "installed.json").write_text(json.dumps({"folder": folder, "script": "stolen.md"}))
        assert installed_script("odd") is None


def test_one_that_was_changed_since_is_listed_with_its_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    install(read_pack(packed()))
    find_script("back").write_bytes(b"# Back\n## A\nhold 20x\n")
    assert run(["list"]) == 0
    assert '"20x" is not a duration' in capsys.readouterr().out
    uninstall("back")


EVIL_NAMES = [
    *("../evil.md", "a/../../evil.wav", "..", "/evil.wav", "//host/evil.wav", "\\evil.wav"),
    *("..\\evil.wav", "C:evil.wav", "C:\\evil.wav", "\\\\host\\share\\evil.wav", "a/./evil.wav"),
    *("con", "NUL.wav", "aux.md", "com1.wav", "LPT¹.wav", "CONIN$", "sounds/prn.flac", "."),
    *("evil.wav.", "evil.wav ", " evil.wav", ".hidden", "a//b.wav", "a/", "", "evil\n.wav"),
    *("evil:stream.wav", "evil?.wav", "evil|.wav", "evil*.wav", "evil<.wav", "evil\u202evaw.wav"),
    *("evil\u200b.wav", "e\u0301vil.wav", "\ud800.wav", "x" * 121, "ä" * 110, "a/b/c/d/e/f.wav"),
    *("evil\x00.wav", "manifest.json", "MANIFEST.JSON", "Manifest.json"),
]


@pytest.mark.parametrize("name", EVIL_NAMES, ids=ascii)
def test_no_pack_names_what_some_system_takes_otherwise(name: str) -> None:
    fault = path_fault(name) or collision(["manifest.json", name])
    assert fault
    if not name.lower().startswith("manifest"):
        assert name_fault(name)
    files = {**FILES, name: b"evil"}
    said = json.dumps(manifest(files)).encode()
    with warnings.catch_warnings(action="ignore"):  # of zipfile's, about a name that is there twice
        try:
            data = zipped([("manifest.json", said), *files.items()])
        except (UnicodeEncodeError, IndexError):  # no zip can hold it; a manifest may
            data = zipped([("manifest.json", said), *FILES.items()])
    with pytest.raises(PackError):
        read_pack(data)


@pytest.mark.parametrize(
    "names",
    [("a.wav", "A.wav"), ("ß.wav", "SS.wav"), ("a", "a/b"), ("ﬁ.wav", "fi.wav"), ("a/b", "A")],
)
def test_names_that_are_one_to_some_system_are_refused(names: tuple[str, str]) -> None:
    with pytest.raises(PackError, match="another has the same name"):
        read_pack(packed({**FILES, **dict.fromkeys(names, b"")}))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFDIR])
def test_only_files_are_unpacked(kind: int) -> None:
    entry = zipfile.ZipInfo("bell.wav")
    entry.external_attr = (kind | 0o777) << 16
    said = json.dumps(manifest({"back.md": SCRIPT, "bell.wav": b"/etc/passwd"})).encode()
    data = zipped([("manifest.json", said), ("back.md", SCRIPT), (entry, b"/etc/passwd")])
    with pytest.raises(PackError, match="a link, a folder or a device"):
        read_pack(data)


def test_a_file_that_is_there_twice_is_refused() -> None:
    said = json.dumps(manifest(FILES)).encode()
    with warnings.catch_warnings(action="ignore"):
        data = zipped([("manifest.json", said), *FILES.items(), ("back.md", SCRIPT)])
    with pytest.raises(PackError, match="two files of one name"):
        read_pack(data)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packings_that_take_memory_as_they_please_are_refused(method: int) -> None:
    said = json.dumps(manifest(FILES)).encode()
    with pytest.raises(PackError, match="in a way that no pack is"):
        read_pack(zipped([("manifest.json", said), *FILES.items()], method))


def test_a_bomb_is_refused_before_it_goes_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Zeros take a thousandth of their room; what the header says of their length is a lie."""
    monkeypatch.setattr("voicecoach.packs.archive.MOST_PACK_BYTES", 4 * MIB)
    zeros = bytes(5 * MIB)
    data = packed({**FILES, "bell.wav": zeros})
    assert len(data) < MIB // 40
    with pytest.raises(PackError, match="unpacked it would be too large"):
        read_pack(data)
    lie = data.replace(struct.pack("<I", len(zeros)), struct.pack("<I", 100))
    assert lie != data
    with pytest.raises(PackError):
        read_pack(lie)
    many = {f"{n}.wav": bytes(MIB) for n in range(5)}
    with pytest.raises(PackError, match="unpacked it would be too large"):
        read_pack(packed({**FILES, **many}))


def test_a_zip_of_very_many_files_is_refused_at_once() -> None:
    data = zipped([(f"{n}", b"") for n in range(30_000)])
    begun = time.process_time()
    with pytest.raises(PackError):
        read_pack(data)
    with pytest.raises(PackError, match="more than 64 files"):
        read_pack(zipped([(f"{n}", b"") for n in range(100)]))
    assert time.process_time() - begun < 1
    with pytest.raises(PackError, match="larger than 64 MiB"):
        read_pack(bytes(MOST_PACK_BYTES + 1))


@pytest.mark.parametrize(
    ("files", "other", "told"),
    [
        ({"back.md": SCRIPT}, {}, 'there is no file "bell.wav" beside the script'),
        ({**FILES, "run.sh": b"#!/bin/sh"}, {}, 'holds "run.sh", which its script doesn\'t name'),
        ({**FILES, "LICENSE": b"MZ\0\0"}, {}, "its LICENSE is no text"),
        ({**FILES, "bell.wav": b"no sound"}, {}, "can't be read as sound"),
        ({**FILES, "bell.wav": bell(8000 * 11)}, {}, "longer than 10 seconds"),
        ({**FILES, "back.md": SCRIPT.replace(b"bell", b"../bell")}, {}, "its script has errors"),
        ({**FILES, "back.md": b"\xff\xfe"}, {}, "its script has errors"),
        ({**FILES, "back.md": b"x" * (MIB + 1)}, {}, "its script has errors"),
        (FILES, {"version": 2}, "a newer voicecoach made it"),
        (FILES, {"version": "1"}, "no known version"),
        (FILES, {"title": 5}, "title is no text"),
        (FILES, {"author": "x" * 501}, "author is no text, or too long"),
        (FILES, {"script": "bell.wav"}, "names no script"),
        (FILES, {"script": "other.md"}, "names no script"),
        (FILES, {"files": []}, "must name 1 to 64 files"),
        (FILES, {"files": {"back.md": "0" * 64}}, "aren't those that its manifest names"),
        (FILES, {"files": dict.fromkeys(FILES, "0" * 64)}, "not what its manifest says"),
        (FILES, {"files": dict.fromkeys(FILES, "x")}, "no SHA-256"),
    ],
)
def test_what_a_good_pack_never_holds_is_told(
    files: dict[str, bytes], other: dict[str, object], told: str, home: Path
) -> None:
    with pytest.raises(PackError) as refused:
        install(read_pack(packed(files, **other)))
    assert told in str(refused.value)
    assert tree(home) == {}


@pytest.mark.parametrize(
    "said",
    [b"", b"[]", b"null", b"{", b"\xff", b"[" * 100_000, b'{"version": 1%s}' % (b"0" * 9999)],
)
def test_a_manifest_that_is_none_is_told(said: bytes) -> None:
    with pytest.raises(PackError, match="manifest"):
        read_pack(zipped([("manifest.json", said), *FILES.items()]))
    with pytest.raises(PackError, match=r"no manifest\.json"):
        read_pack(zipped(list(FILES.items())))


def test_a_sound_that_is_a_list_of_others_is_refused(home: Path) -> None:
    """FFmpeg opens what such a list names; no sound file may do that."""
    (home / "other.wav").write_bytes(bell())
    for text in (b"ffconcat version 1.0\nfile other.wav\n", b"#EXTM3U\n#EXTINF:1,\nother.wav\n"):
        write(home / "mine")
        (home / "mine" / "other.wav").write_bytes(bell())
        with pytest.raises(PackError, match="can't be read as sound"):
            install(read_pack(packed({**FILES, "bell.wav": text})))


def test_a_strangers_text_steers_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    Path("odd.coach").write_bytes(packed(title="\x1b[2JBack\u202e", author="\x07Jane"))
    assert run(["install", "odd.coach"]) == 0
    printed = capsys.readouterr().out
    assert all(c.isprintable() or c == "\n" for c in printed)


@pytest.mark.parametrize("channels", [1, 2, 7, 8, 9, 16, 24])
def test_a_sound_of_very_many_channels_is_their_mean(channels: int, home: Path) -> None:
    """A mutated sound once crashed the decoder's library: it read channels that weren't there."""
    with wave.open(str(home / "many.wav"), "wb") as sound:
        sound.setparams((channels, 2, RATE, 100, "NONE", ""))
        loud = b"".join(struct.pack("<h", 16_384 * (n % 2)) for n in range(channels))
        sound.writeframes(loud * 100)
    mean = sum(0.5 * (n % 2) for n in range(channels)) / channels
    assert decode(home / "many.wav", 1) == pytest.approx(mean, abs=1e-4)
