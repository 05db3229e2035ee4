"""Programmes as tracks: each different day once, and playlists that play the right one each day."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import av
import mutagen
import pytest

from tests.recordings import whole
from voicecoach.cli import run
from voicecoach.commands.doses import open_routine
from voicecoach.export.programme import make_programme
from voicecoach.program import build_program
from voicecoach.progression import programme as days_of
from voicecoach.record import Record
from voicecoach.script import read_script
from voicecoach.settings import Settings

SCRIPT = """# Grow it
get ready: 0s
progress: add 1 set every 3 days, up to 3 sets
## Hold
Still.
hold 2s, rest 0s between sets
"""


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    path = tmp_path / "grow.md"
    path.write_text(SCRIPT)
    return path


def entries(playlist: Path) -> list[str]:
    lines = playlist.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#EXTM3U"
    assert all(re.fullmatch(r"#EXTINF:-?\d+,\S+: .+", line) for line in lines[1::2])
    return lines[2::2]


def said(vtt: Path) -> str:
    return vtt.read_text(encoding="utf-8")


def test_each_different_day_is_written_once(script: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    arguments = ["export", str(script), "--programme", "10d", "--to", str(folder)]
    assert run([*arguments, "--format", "flac,vtt"]) == 0
    names = ["grow-1-day-01-03", "grow-2-day-04-06", "grow-3-day-07-10"]
    assert sorted(p.name for p in folder.iterdir()) == sorted(
        [f"{name}.{end}" for name in names for end in ("flac", "vtt")]
        + ["grow-week-1.m3u8", "grow-week-2.m3u8"]
    )
    week = [f"{names[day // 3]}.flac" for day in range(7)]
    assert entries(folder / "grow-week-1.m3u8") == week
    assert entries(folder / "grow-week-2.m3u8") == [f"{names[2]}.flac"] * 3
    for number, name in enumerate(names, 1):
        tags = mutagen.File(folder / f"{name}.flac")
        assert tags["title"] == [f"Grow it ({number}/3)"]
        assert tags["album"] == ["Grow it"]
        text = said(folder / f"{name}.vtt")
        assert text.count("old for two seconds") == 1
        assert text.count("hold, 2 s") == number  # as many sets as the day asks for
        assert ("Today" in text) == (number > 1)
        with av.open(str(folder / f"{name}.flac")) as container:
            length = sum(f.samples / f.sample_rate for f in container.decode(audio=0))
        (extinf,) = {
            int(line.split(":")[1].split(",")[0])
            for week in folder.glob("*.m3u8")
            for line, entry in zip(week.read_text().splitlines()[1::2], entries(week), strict=True)
            if entry == f"{name}.flac"
        }
        assert extinf == round(length)
    assert "Today two sets." in said(folder / f"{names[1]}.vtt")
    assert "Today three sets." in said(folder / f"{names[2]}.vtt")


def test_files_are_named_by_date_where_one_is_given(script: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    arguments = ["export", str(script), "--programme", "4d", "--to", str(folder)]
    assert run([*arguments, "--format", "txt", "--on", "2026-12-30"]) == 0
    assert sorted(p.name for p in folder.iterdir()) == [
        "grow-1-2026-12-30-to-2027-01-01.txt",
        "grow-2-2027-01-02.txt",
    ]  # and no playlist without a track


def test_what_is_there_is_kept_or_replaced_as_asked(
    script: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"
    arguments = ["export", str(script), "--programme", "1w", "--to", str(folder), "--format", "wav"]
    assert run(arguments) == 0
    before = {p: p.stat().st_mtime_ns for p in folder.iterdir()}
    assert run(arguments) == 2
    assert "grow-week-1.m3u8 exists; replace it with --force" in capsys.readouterr().err
    assert run([*arguments, "--skip-existing"]) == 0
    assert {p: p.stat().st_mtime_ns for p in folder.iterdir()} == before
    assert run([*arguments, "--force"]) == 0
    assert all(p.stat().st_mtime_ns > when for p, when in before.items())


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--programme", "5y", "--to", "."], "no length; up to a year, such as 4w or 10d"),
        (["--programme", "0d", "--to", "."], "no length"),
        (["--programme", "53w", "--to", "."], "no length"),
        (["--programme", "4w", "-o", "x.mp3"], "--programme goes --to FOLDER"),
        (["--programme", "4w", "--to", ".", "--split"], "--programme goes --to FOLDER"),
        (["--programme", "4w", "--to", ".", "--dose-of", "2"], "any --dose-of but 1"),
        (["-o", "x.vtt", "--dose-of", "2", "--on", "2026-01-01"], "choose one"),
        (["-o", "x.vtt", "--on", "2226-01-01"], "within 3660 days"),
        (["--programme", "4w", "--to", ".", "--on", "9999-12-31"], "within 3660 days"),
        (["-o", "x.vtt", "--on", "tomorrow"], "is not a day; write 2026-01-31"),
    ],
)
def test_what_cant_be_is_told_in_one_sentence(
    more: list[str], told: str, script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["export", str(script), *more]) == 2
    assert told in " ".join(capsys.readouterr().err.split())


def test_two_scripts_of_one_name_are_told(
    script: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "grow.md").write_text(SCRIPT)
    both = [str(script), str(tmp_path / "b" / "grow.md")]
    assert run(["export", *both, "--programme", "1w", "--to", str(tmp_path / "out")]) == 2
    assert 'two scripts would be "grow" there' in capsys.readouterr().err


def record_days(script: Path, days: int) -> None:
    """Sessions that were done on the days up to yesterday."""
    from datetime import UTC, datetime, timedelta

    for ago in range(days, 0, -1):
        program = build_program(open_routine(str(script)), Settings())
        at = datetime.now(UTC).astimezone() - timedelta(ago)
        record = Record(clock=lambda at=at: at)  # type: ignore[misc]
        with record.begin(program, str(script), program.routine.script_hash) as session:
            for event in whole(program):
                session.watch(event)
        assert session.trouble == ""


def test_export_plan_and_check_take_todays_dose(
    script: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record_days(script, 3)
    assert run(["plan", str(script)]) == 0
    plan = capsys.readouterr().out
    assert "Today two sets." in plan
    assert "Hold: 2 sets (1 at first, at most 3)" in plan
    assert run(["plan", str(script), "--dose-of", "1"]) == 0
    assert "Hold: 1 set (1 at first, at most 3)" in capsys.readouterr().out
    assert run(["export", str(script), "-o", str(tmp_path / "today.vtt")]) == 0
    assert said(tmp_path / "today.vtt").count("hold, 2 s") == 2
    assert run(["export", str(script), "-o", str(tmp_path / "n.vtt"), "--dose-of", "3"]) == 0
    assert said(tmp_path / "n.vtt").count("hold, 2 s") == 3
    capsys.readouterr()
    assert run(["check", str(script)]) == 0
    today = capsys.readouterr().out
    script.write_text(SCRIPT.replace("progress", "> progress"))
    assert run(["check", str(script)]) == 0
    assert capsys.readouterr().out != today  # shorter


def test_a_programme_goes_on_from_today_or_begins_anew(script: Path, tmp_path: Path) -> None:
    record_days(script, 3)
    arguments = ["export", str(script), "--programme", "5d", "--format", "vtt", "--to"]
    assert run([*arguments, str(tmp_path / "on")]) == 0
    first, second = sorted((tmp_path / "on").iterdir())
    assert (first.name, second.name) == ("grow-1-day-1-3.vtt", "grow-2-day-4-5.vtt")
    assert [said(p).count("hold, 2 s") for p in (first, second)] == [2, 3]
    assert run([*arguments, str(tmp_path / "anew"), "--dose-of", "1"]) == 0
    assert [said(p).count("hold, 2 s") for p in sorted((tmp_path / "anew").iterdir())] == [1, 2]


def test_a_script_that_doesnt_grow_is_one_track(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "same.md"
    script.write_text(SCRIPT.replace("progress", "> progress"))
    arguments = [
        "export",
        str(script),
        "--programme",
        "4w",
        "--to",
        str(tmp_path),
        "--format",
        "wav",
    ]
    assert run(arguments) == 0
    assert entries(tmp_path / "same-week-4.m3u8") == ["same-1-day-01-28.wav"] * 7
    assert run(["plan", str(script), "--dose-of", "2"]) == 0
    assert "has no dose that grows" in capsys.readouterr().err


def test_a_year_of_many_exercises_is_planned_quickly() -> None:
    exercises = "".join(f"## Exercise {n}\nhold 1s\n" for n in range(300))
    text = f"# Many\nprogress: add 1 set every 30 days, up to 9 sets\n{exercises}"
    routine, _ = read_script(text)
    made = make_programme("many", days_of(routine, {}, date(2026, 1, 1), 366))
    assert [stage.first for stage in made.stages] == [1, *range(31, 242, 30)]
    assert made.days == 366
