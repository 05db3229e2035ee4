"""Many exports at once: each by itself, what fails named at the end, the rest done."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

import av
import numpy as np
import pytest

from tests.exports import material
from tests.fakes import ImpulseSpeaker
from voicecoach.cli import run
from voicecoach.errors import ExportError
from voicecoach.export import Job, export_file
from voicecoach.export.batch import Done, Order, fill, orders_to
from voicecoach.export.material import Material, Tell
from voicecoach.export.render import render_program
from voicecoach.figure.cover import cover_png
from voicecoach.program import build_program
from voicecoach.script import load_script
from voicecoach.settings import Settings
from voicecoach.timeline import Timeline
from voicecoach.units import RATE, Frames

SCRIPT = "# {title}\nget ready: 0s\n## Hold\nStill.\nhold 2s\n"


@pytest.fixture
def scripts(tmp_path: Path) -> list[str]:
    folder = tmp_path / "scripts"
    folder.mkdir()
    for name in ("one", "two", "three"):
        (folder / f"{name}.md").write_text(SCRIPT.format(title=name.title()))
    (folder / "broken.md").write_text("# Broken\n## A\nhold 20x\n")
    return [str(folder / f"{name}.md") for name in ("one", "broken", "two", "three")]


def render(script: str) -> Material:
    routine, _ = load_script(Path(script))
    return render_program(build_program(routine, Settings()), ImpulseSpeaker(), cover=b"")


def ignore(name: str, frames: int) -> Tell:
    del name, frames
    return lambda _: None


def title(path: Path) -> str:
    with av.open(str(path)) as container:
        tags = {k.lower(): v for k, v in container.metadata.items()}
        assert sum(frame.samples for frame in container.decode(audio=0)) > 0
    return tags["title"]


@pytest.mark.parametrize("workers", [1, 3])
def test_what_fails_is_told_and_the_rest_is_done(
    workers: int, scripts: list[str], tmp_path: Path
) -> None:
    orders = orders_to(tmp_path, [".flac", ".wav"], scripts, Job)
    watched: dict[str, list[int]] = {}

    def watch(name: str, frames: int) -> Tell:
        del frames
        return watched.setdefault(name, []).append

    done = list(fill(orders, render, watch, workers))
    assert len(done) == 4
    failed = [one for one in done if one.error]
    assert [Path(one.order.script).name for one in failed] == ["broken.md"]
    assert "20x" in str(failed[0].error)
    for name in ("one", "two", "three"):
        for ending in (".flac", ".wav"):
            assert title(tmp_path / (name + ending)) == name.title()
            assert watched[name + ending][-1] > 0
    assert not list(tmp_path.glob("broken*"))
    assert not list(tmp_path.glob(".*"))


def test_two_scripts_of_one_name_are_told() -> None:
    with pytest.raises(ExportError, match='two scripts would be "a" there'):
        orders_to(Path("x"), [".wav"], ["a.md", "b/a.txt"], Job)


def test_when_nobody_asks_any_more_the_rest_is_dropped(scripts: list[str], tmp_path: Path) -> None:
    begun = threading.Event()

    def slow(script: str) -> Material:
        begun.set()
        return render(script)

    orders = orders_to(tmp_path, [".wav"], [scripts[0], *scripts[2:]], Job)
    found = fill(orders, slow, ignore, 1)
    first = next(found)
    assert isinstance(first, Done)
    assert first.error is None
    found.close()
    assert len(list(tmp_path.glob("*.wav"))) < 3
    assert not [path for path in tmp_path.glob(".*") if threading.active_count() == 1]


def test_when_nobody_asks_any_more_nobody_waits_for_what_is_still_spoken(
    scripts: list[str], tmp_path: Path
) -> None:
    spoken = threading.Event()

    def slow(script: str) -> Material:
        assert script == scripts[0] or spoken.wait(20)
        return render(script)

    found = fill(orders_to(tmp_path, [".wav"], [scripts[0], *scripts[2:]], Job), slow, ignore, 2)
    assert next(found).error is None
    closing = threading.Thread(target=found.close)
    closing.start()
    closing.join(10)
    waited = closing.is_alive()
    spoken.set()
    closing.join()
    assert not waited


def test_chapters_that_were_asked_for_twice_are_written_once(tmp_path: Path) -> None:
    jobs = (Job(tmp_path / "a.mp3"), Job(tmp_path / "a.chapters.json"))
    assert Order("a", jobs).beside(["json"]).jobs == jobs


def test_an_order_knows_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"x")
    (tmp_path / "b").mkdir()
    jobs = (Job(tmp_path / "a.wav"), Job(tmp_path / "a.mp3"), Job(tmp_path / "b.mp3", split=True))
    assert Order("a", jobs).missing().jobs == (Job(tmp_path / "a.mp3"),)


def test_from_the_command_line(
    scripts: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "new" / "tracks"
    command = ["export", *scripts, "--to", str(folder), "--format", "flac, .WAV", "--jobs", "2"]
    assert run(command) == 2
    out, err = capsys.readouterr()
    assert out.count("Wrote ") == 6
    lines = err.splitlines()
    assert lines[0] == "voicecoach: 1 failed, the others are done:"
    assert lines[1].startswith(f"{scripts[1]}: ")
    assert "20x" in lines[1]
    assert title(folder / "two.flac") == "Two"

    (folder / "two.flac").unlink()
    (folder / "one.wav").write_bytes(b"precious")
    good = [scripts[0], *scripts[2:]]
    assert (
        run(["export", *good, "--to", str(folder), "--format", "flac,wav", "--skip-existing"]) == 0
    )
    out, _ = capsys.readouterr()
    assert out.count("Wrote ") == 1
    assert out.count(" is there.") == 5
    assert (folder / "one.wav").read_bytes() == b"precious"

    assert run(["export", *good, "--to", str(folder), "--format", "flac"]) == 2
    _, err = capsys.readouterr()
    assert err.count("exists; replace it with --force") == 3


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["a", "b", "-o", "x.mp3"], "several scripts can't be one file"),
        (["a"], "say where to write: -o FILE, or --to FOLDER"),
        (["a", "-o", "x.mp3", "--to", "y"], "say where to write"),
        (["a", "--to", "y", "--force", "--skip-existing"], "give one of them"),
        (["a", "-o", "x.wav", "--split", "--chapters", "json"], "lie beside a whole track"),
        (["a", "-o", "x.vtt", "--chapters", "cue"], "lie beside a whole track"),
        (["a.json", "-o", "x.wav", "--dose-of", "2"], "a plan has its doses"),
        (["a.json", "-o", "x.wav", "--pace", "2"], "a plan has its doses and settings already"),
        (["a", "--to", "y", "--format", "mp33"], 'did you mean "a.mp3"?'),
    ],
)
def test_what_can_not_be_asked_for(
    arguments: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["export", *arguments]) == 2
    assert told in capsys.readouterr().err


def test_several_files_of_one_script(scripts: list[str], tmp_path: Path) -> None:
    track, other = tmp_path / "a.flac", tmp_path / "b.wav"
    assert run(["export", scripts[0], "-o", str(track), "-o", str(other)]) == 0
    assert title(track) == title(other) == "One"
    assert partial(Job, split=True)(track).target == tmp_path / "a"


@pytest.mark.parametrize(
    ("arguments", "target"),
    [
        (["in.txt", "-o", "in.txt"], "in.txt"),
        (["in.txt", "-o", "a.flac", "-o", "lnk.txt"], "lnk.txt"),
        (["in.txt", "--to", ".", "--format", "vtt,txt"], "in.txt"),
        (["sea.md", "-o", "tone.wav"], "tone.wav"),
        (["bell.md", "-o", "tone.wav"], "tone.wav"),
        (["in.txt", "--to", ".", "--format", "flac,png", "--cover", "in.png"], "in.png"),
    ],
)
def test_no_force_replaces_what_it_is_made_of(
    arguments: list[str],
    target: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    script = SCRIPT.format(title="In")
    Path("in.txt").write_text(script)
    Path("lnk.txt").symlink_to("in.txt")
    for name, key in (("sea", "background"), ("bell", "chimes")):
        Path(f"{name}.md").write_text(script.replace("get ready", f"{key}: tone.wav\nget ready"))
    second = Timeline("Tone", "en", Frames(RATE), (), ())
    export_file(Job(Path("tone.wav")), material(second, [np.ones(RATE, np.float32)]))
    Path("in.png").write_bytes(cover_png(second))
    before = {path: path.read_bytes() for path in Path().iterdir()}
    assert run(["export", *arguments, "--force"]) == 2
    made_of = {".txt": "the script itself", ".png": "the cover itself"}.get(
        Path(target).suffix, "a sound that the session is made of"
    )
    assert f"voicecoach: {target} is {made_of}" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in Path().iterdir()} == before
