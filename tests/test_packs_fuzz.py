"""Packs with anything done to them: no file outside their folder, no traceback."""

from __future__ import annotations

import json
import shutil
import stat
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from tests.packing import FILES, SCRIPT, bell, manifest, packed, zipped
from tests.test_packs import EVIL_NAMES
from voicecoach.cli import run
from voicecoach.library import installed_names, installed_script

GOOD = packed()
EXAMPLES = profile().max_examples
FEWER = profile(max_examples=EXAMPLES if EXAMPLES > 1_000 else EXAMPLES // 2)
"""Each of these takes a while; every night they are as many as the others."""


class Machine:
    """A machine to install on, and what lies around the folder of what is installed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.pack = root / "in" / "their.coach"
        self.pack.parent.mkdir(parents=True)
        for beside in ("evil.md", "data/evil.md", "data/voicecoach/evil.md", "in/evil.wav"):
            (root / beside).parent.mkdir(parents=True, exist_ok=True)
            (root / beside).write_text("as it was")

    @property
    def packs(self) -> Path:
        return self.root / "data" / "voicecoach" / "packs"

    def around(self) -> dict[str, bytes | None]:
        """All that is there, but below the folder of packs."""
        return {
            str(path.relative_to(self.root)): path.read_bytes() if path.is_file() else None
            for path in self.root.rglob("*")
            if self.packs not in (path, *path.parents)
        }

    def install(self, data: bytes) -> bool:
        """Install it; whether that was done. Whatever it is, it does no harm."""
        self.pack.write_bytes(data)
        before = self.around()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_DATA_HOME", str(self.root / "data"))
            code = run(["install", str(self.pack)])
            assert code in (0, 2)  # done, or told in one sentence; 1 is a traceback
            assert self.around() == before
            names = installed_names()
            assert len(names) == (code == 0)
            for name in names:
                script = installed_script(name)
                assert script is not None
                assert script.parent.parent.parent == self.packs
        if code:
            assert not self.packs.exists() or not list(self.packs.iterdir())
        for path in self.packs.rglob("*"):
            assert path.is_dir() or path.is_file()
            assert not path.is_symlink()
            if path.is_file():
                assert stat.S_IMODE(path.stat().st_mode) & 0o111 == 0  # nothing to run
        shutil.rmtree(self.packs, ignore_errors=True)
        return code == 0


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return Machine(tmp_path_factory.mktemp("machine"))


def test_a_good_one_is_installed(machine: Machine) -> None:
    assert machine.install(GOOD)


@st.composite
def mutated(draw: st.DrawFn, source: bytes) -> bytes:
    """Bytes changed, cut out, put in, or said twice."""
    data = bytearray(source)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        end = at + draw(st.integers(0, 64))
        match draw(st.sampled_from(["flip", "flip", "set", "cut", "put", "twice", "end"])):
            case "flip" if data:
                data[at] ^= 1 << draw(st.integers(0, 7))
            case "set" if data:
                data[at] = draw(st.sampled_from([0, 1, 0x7F, 0x80, 0xFF, 0x2F, 0x2E, 0x5C]))
            case "cut":
                del data[at:end]
            case "put":
                data[at:at] = draw(st.binary(max_size=16))
            case "twice":
                data[at:at] = data[at:end]
            case "end":
                del data[end:]
    return bytes(data)


@given(mutated(GOOD))
def test_any_bytes_do_no_harm(machine: Machine, data: bytes) -> None:
    machine.install(data)


NAMES = st.sampled_from(EVIL_NAMES) | st.text(max_size=20) | st.sampled_from(["back.md", "b.wav"])


@st.composite
def built(draw: st.DrawFn) -> bytes:
    """A zip whose manifest names all that it holds, whatever that is called and made of."""
    files = dict(FILES)
    for name in draw(st.lists(NAMES, max_size=3)):
        files[name] = draw(st.sampled_from([b"", SCRIPT, bell(), b"/etc/passwd"]))
    other: dict[str, Any] = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "script": NAMES,
                "title": st.text(max_size=10),
                "version": st.integers() | st.text(max_size=3),
                "files": st.dictionaries(NAMES, st.text(max_size=64), max_size=3),
            },
        )
    )
    said = json.dumps(manifest(files, **other)).encode()
    entries: list[tuple[str | zipfile.ZipInfo, bytes]] = [("manifest.json", said)]
    for name, content in files.items():
        entry = zipfile.ZipInfo("x")
        entry.filename = name
        kinds = [stat.S_IFREG, stat.S_IFREG, stat.S_IFREG, 0, stat.S_IFLNK, stat.S_IFDIR]
        entry.external_attr = (draw(st.sampled_from(kinds)) | 0o777) << 16
        entry.compress_type = draw(st.sampled_from([8, 8, 0, 12]))
        entries.append((entry, content))
    if draw(st.booleans()):
        entries.append(draw(st.sampled_from(entries)))
    with warnings.catch_warnings(action="ignore"):
        try:
            return zipped(entries)
        except (UnicodeEncodeError, ValueError, IndexError):  # what no zip can hold
            return GOOD


@FEWER
@given(built())
@example(packed({**FILES, "sub/../../evil.md": SCRIPT}))
def test_any_names_and_kinds_do_no_harm(machine: Machine, data: bytes) -> None:
    machine.install(data)


SCRIPTS = mutated(SCRIPT).map(lambda script: {**FILES, "back.md": script})
SOUNDS = mutated(bell()).map(lambda sound: {**FILES, "bell.wav": sound})


@FEWER
@given(SCRIPTS | SOUNDS)
def test_any_script_and_sound_do_no_harm(machine: Machine, files: dict[str, bytes]) -> None:
    machine.install(packed(files))
