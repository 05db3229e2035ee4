"""`voicecoach progress`: what was done, to people and to other programs."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.recordings import HASH, PROGRAM, whole, within
from voicecoach import cli
from voicecoach.commands.progress import COLUMNS
from voicecoach.errors import EXIT_DONE, EXIT_USER
from voicecoach.events import Answer, Answered, Asked, Ended, Event
from voicecoach.record import Record, record_file
from voicecoach.record.progress import now

WEEKDAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
SCRIPT = "# Ease\ntimes: 9:00, 6 pm\n## Exercise 1\nReach up.\nhold 4s, 2 times\n"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record of its own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


def practise(*events: Event, days_ago: int = 0, title: str = "Ease") -> None:
    record = Record(record_file(), lambda: now() - timedelta(days=days_ago))
    with record.begin(replace(PROGRAM, title=title), "ease.md", HASH) as session:
        for event in events:
            session.watch(event)
    assert session.trouble == ""


def progress(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = EXIT_DONE) -> str:
    given = cli.run(["progress", *arguments])
    printed = capsys.readouterr()
    assert given == code, printed.err
    assert "Traceback" not in printed.err
    return printed.err if code else printed.out


@pytest.fixture
def script(tmp_path: Path) -> str:
    path = tmp_path / "ease.md"
    path.write_text(SCRIPT)
    return str(path)


def test_to_read(script: str, capsys: pytest.CaptureFixture[str]) -> None:
    answered = [*whole()[:-1], Asked(), Answered(Answer("better"), "keys"), Ended("done")]
    practise(*answered, days_ago=2)
    practise(*whole(), days_ago=1)
    practise(*within(2), Ended("hurt"), days_ago=1)
    practise(*whole(), days_ago=1, title="Another")
    said = progress(capsys, script).splitlines()
    assert said[0].startswith("Ease, ")
    assert said[1:6] == [
        "  Days with a session: 2 of 3",
        "  Days in a row now: 2",
        "  Most days in a row: 2",
        "  Sessions: 3 (to the end: 2)",
        "  Time: –",
    ]
    assert said[6] == "  Sessions a day, on days with one: 1.5 (planned: 2)"
    held = [line.split()[1] for line in said if line.startswith("  Exercise")]
    assert sorted(held) == ["1", "2", "3"]
    assert "How it was: better 1" in said
    assert said[-2].startswith("It hurt in Exercise 2: ")
    assert said[-1] == "Whenever you like: voicecoach play"  # and nobody is told of today
    assert "Sessions: 4 (" in progress(capsys)
    practise(*whole())
    assert progress(capsys).splitlines()[-1] == "Well done today."
    for _ in range(3):
        practise(*whole()[:-1], Asked(), Answered(Answer("worse"), "keys"), Ended("done"))
    assert progress(capsys).splitlines()[-1].endswith("Please seek advice before you go on.")


def test_another_script_of_the_same_title_is_another(
    script: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    practise(*whole())
    other = tmp_path / "other.md"
    other.write_text("# Ease\n## Legs\nLift a leg.\nhold 4s\n")
    assert progress(capsys, str(other)).startswith("Ease: nothing yet.")
    assert "Sessions: 1 (" in progress(capsys, script)


def test_nothing_yet(script: str, capsys: pytest.CaptureFixture[str]) -> None:
    kind = "nothing yet. Whenever you like: voicecoach play\n"
    assert progress(capsys) == f"All sessions: {kind}"
    assert progress(capsys, script) == f"Ease: {kind}"
    assert json.loads(progress(capsys, "--json"))["days"] == []


def test_a_calendar_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    practise(*whole(), days_ago=1)
    monkeypatch.setattr("voicecoach.commands.progress.terminal", lambda: True)
    said = progress(capsys)
    rows = [line for line in said.splitlines() if line[:3] in {f"{day} " for day in WEEKDAYS}]
    assert [row[:2] for row in rows] == WEEKDAYS
    yesterday = (now() - timedelta(days=1)).weekday()
    assert [number for number, row in enumerate(rows) if "1" in row] == [yesterday]


def test_as_json_and_csv(script: str, capsys: pytest.CaptureFixture[str]) -> None:
    for pain in (3, 10):
        practise(*whole()[:-1], Asked(), Answered(Answer(pain=pain), "keys"), days_ago=1)
    practise(*within(2), Ended("hurt"), title="Ease", days_ago=1)
    read = json.loads(progress(capsys, script, "--json"))
    assert (read["version"], read["planned"], read["sessions"], read["whole"]) == (1, 2, 3, 2)
    day = read["days"][0]
    assert day["date"] == (now() - timedelta(days=1)).date().isoformat()
    assert day["hurt"] == ["Exercise 2"]
    assert [answer["pain"] for answer in day["answers"]] == [3, 10]
    held = {each["name"]: sum(each["held_seconds"]) for each in read["exercises"]}
    assert held == {"Exercise 1": 24, "Exercise 2": 16, "Exercise 3": 16}
    rows = list(csv.DictReader(io.StringIO(progress(capsys, script, "--csv"))))
    assert list(rows[0]) == list(COLUMNS)
    assert (rows[0]["sessions"], rows[0]["planned"], rows[0]["pain"]) == ("3", "2", "3; 10")
    assert rows[0]["held_seconds"] == "56.0"
    since = now().date().isoformat()
    assert json.loads(progress(capsys, "--json", "--since", since))["sessions"] == 0


def test_files(script: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    practise(*whole())
    for ending, begins in [
        (".svg", b"<svg "),
        (".png", b"\x89PNG"),
        (".html", b"<!DOCTYPE html>"),
        (".pdf", b"%PDF"),
    ]:
        file = tmp_path / f"report{ending}"
        assert progress(capsys, script, "-o", str(file)) == f"Wrote {file}.\n"
        assert file.read_bytes().startswith(begins)
        assert "--force" in progress(capsys, script, "-o", str(file), code=EXIT_USER)
    text = PdfReader(tmp_path / "report.pdf").pages[0].extract_text()
    assert "Exercise 1" in text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("-o", "report.doc"), ".svg, .png, .html, .pdf"),
        (("--json", "--csv"), "choose one of -o, --json and --csv"),
        (("--since", "yesterday"), "yesterday"),
        (("-",), "a pipe is nobody's programme"),
        (("no-such-script",), 'no script "no-such-script"'),
    ],
)
def test_what_cant_be_asked(
    arguments: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told in progress(capsys, *arguments, code=EXIT_USER)


def test_a_record_that_cant_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    record_file().parent.mkdir(parents=True, exist_ok=True)
    record_file().write_text("This is no database." * 99)
    assert "can't be read" in progress(capsys, code=EXIT_USER)
