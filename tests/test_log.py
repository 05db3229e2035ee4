"""`voicecoach log`: what is shown of the record, to people and to other programs."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.recordings import HASH, PROGRAM, jump, whole, within
from voicecoach import cli
from voicecoach.commands.cells import cell, shown
from voicecoach.commands.log import COLUMNS
from voicecoach.controls import VOICE
from voicecoach.errors import EXIT_DONE, EXIT_USER
from voicecoach.events import Answer, Answered, Asked, Ended, Event, Moment, Obeyed, Passed
from voicecoach.record import Record, SessionRecord, record_file
from voicecoach.units import Frames, frames

SUNDAY = datetime.fromisoformat("2026-03-29T00:30:00+00:00")
MINUTES = Passed(Moment(frames(300), None, PROGRAM.steps[0], None, Frames(0), None, ""))
"""The session has lasted five minutes."""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A record of its own, in central Europe; on that Sunday clocks go from 2 to 3."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setitem(cli.COMMANDS, "log", "Show the sessions of this machine.")
    with monkeypatch.context() as zone:
        zone.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
        time.tzset()
        yield
    time.tzset()


def practise(
    *events: Event, title: str = "Ease", days: int = 0, script: str = "ease.md"
) -> SessionRecord:
    """A session of five minutes, so many days later."""
    record = Record(record_file(), lambda: SUNDAY + timedelta(days=days))
    with record.begin(replace(PROGRAM, title=title), script, HASH) as session:
        for event in [MINUTES, *events]:
            session.watch(event)
    assert session.trouble == ""
    return session


def log(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = EXIT_DONE) -> str:
    given_code = cli.run(["log", *arguments])
    printed = capsys.readouterr()
    assert given_code == code, printed.err
    assert "Traceback" not in printed.err
    return printed.err if code else printed.out


def test_an_empty_log(capsys: pytest.CaptureFixture[str]) -> None:
    assert log(capsys) == "No session yet. Whenever you like: voicecoach play\n"
    assert not record_file().exists()
    assert json.loads(log(capsys, "--json")) == {"version": 1, "sessions": []}
    assert list(csv.reader(io.StringIO(log(capsys, "--csv")))) == [list(COLUMNS)]


def test_every_ending(capsys: pytest.CaptureFixture[str]) -> None:
    practise(*whole())
    practise(*within(2), Ended("stopped"), days=1)
    practise(*within(2), Ended("hurt"), days=2)
    practise(*within(3), Ended("failed"), days=3)
    practise(*within(2), days=4)
    practise(*jump(1), *jump(3), *whole()[-4:], days=5)
    assert log(capsys).splitlines() == [
        "Sun 2026-03-29 01:30  Ease: done in 5 min; 3 of 3 exercises done; held 24 s",
        "Mon 2026-03-30 02:30  Ease: stopped in Exercise 2 after 5 min; "
        "1 of 3 exercises done; held 8 s",
        "Tue 2026-03-31 02:30  Ease: stopped because it hurt in Exercise 2 after 5 min; "
        "1 of 3 exercises done; held 8 s",
        "Wed 2026-04-01 02:30  Ease: the sound failed in Exercise 3 after 5 min; "
        "2 of 3 exercises done; held 16 s",
        "Thu 2026-04-02 02:30  Ease: broke off in Exercise 2 after 5 min; "
        "1 of 3 exercises done; held 8 s",
        "Fri 2026-04-03 02:30  Ease: done in 5 min; 0 of 3 exercises done, 3 skipped; held 4 s",
    ]


def test_what_was_asked_for_by_voice(capsys: pytest.CaptureFixture[str]) -> None:
    practise(*jump(1), Obeyed("longer", VOICE), *whole()[-4:])
    practise(*jump(1), Obeyed("longer", VOICE), Obeyed("undo", VOICE), *whole()[-4:], days=1)
    practise(*jump(1), Obeyed("longer", "keys"), *whole()[-4:], days=2)
    by_voice = [line.rpartition("; ")[2] for line in log(capsys).splitlines()]
    assert by_voice == ["1 command by voice", "2 commands by voice", "held 4 s"]
    commands = [session["commands"] for session in json.loads(log(capsys, "--json"))["sessions"]]
    assert [[each["source"] for each in session] for session in commands] == [
        ["voice"],
        ["voice", "voice"],
        ["keys"],
    ]


def test_one_that_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    with Record().begin(PROGRAM) as session:
        session.watch(*jump(1))
        assert session.flush()
        assert log(capsys).endswith(
            "Ease: going on now in Exercise 1, less than a minute so far; 0 of 3 exercises done\n"
        )


def test_how_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    for days, answer in enumerate([Answer("better"), Answer(pain=0), Answer(pain=10)]):
        practise(*whole()[:-1], Asked(), Answered(answer, "keys"), Ended("done"), days=days)
    practise(*whole()[:-1], Asked(), Ended("done"), days=3)
    lines = log(capsys).splitlines()
    ends = ["held 24 s; better", "held 24 s; pain 0 of 10", "held 24 s; pain 10 of 10", "held 24 s"]
    assert [line.partition("done; ")[2] for line in lines] == ends
    sessions = json.loads(log(capsys, "--json"))["sessions"]
    given = [("better", None), (None, 0), (None, 10), (None, None)]
    assert [(s["feeling"], s["pain"]) for s in sessions] == given
    cells = [(row["feeling"], row["pain"]) for row in rows(capsys)[::3]]
    assert cells == [("better", ""), ("", "0"), ("", "10"), ("", "")]


def test_how_many(capsys: pytest.CaptureFixture[str]) -> None:
    for day in range(12):
        practise(Ended("stopped"), title=f"Day {day}", days=day)
    lines = log(capsys).splitlines()
    assert lines[0] == "(Earlier ones: voicecoach log --all)"
    assert len(lines) == 11
    assert "Day 11: stopped after 5 min" in lines[-1]
    assert len(log(capsys, "--all").splitlines()) == 12
    assert len(log(capsys, "--limit", "12").splitlines()) == 12
    assert ["Day 11" in line for line in log(capsys, "--limit", "1").splitlines()] == [False, True]
    assert len(log(capsys, "--since", "2026-03-30").splitlines()) == 11
    # The day begins here at 22:00 UTC; the first session was at 01:30.
    assert len(log(capsys, "--since", "2026-03-29").splitlines()) == 12
    assert log(capsys, "--since", "2027-01-01") == (
        "No session since 2027-01-01. Whenever you like: voicecoach play\n"
    )
    assert len(log(capsys, "--since", "0001-01-01").splitlines()) == 12
    assert log(capsys, "--since", "9999-12-31").startswith("No session since 9999-12-31.")
    assert len(json.loads(log(capsys, "--json"))["sessions"]) == 12
    assert len(json.loads(log(capsys, "--json", "--limit", "2"))["sessions"]) == 2


def test_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    practise(*within(2), Ended("hurt"), title="Rücken 猫 🙂")
    text = log(capsys, "--json")
    assert "Rücken 猫 🙂" in text
    (session,) = json.loads(text)["sessions"]
    assert session["exercises"][1] == {
        "exercise": 2,
        "name": "Exercise 2",
        "state": "hurt",
        "held_seconds": 0.0,
    }
    assert session["exercises"][2]["state"] is None
    assert [each["source"] for each in session["commands"]] == ["keys"] * 2
    assert session["began"] == session["ended"] == "2026-03-29T00:30:00+00:00"
    assert session["settings"]["pace"] == 1.0
    expected = {"ending": "hurt", "exercise": 2, "played_seconds": 300.0, "script_hash": HASH}
    assert expected.items() <= session.items()


def rows(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(log(capsys, "--csv", *arguments))))


def test_as_csv(capsys: pytest.CaptureFixture[str]) -> None:
    practise(*within(2), Ended("stopped"), title='Rücken, "猫"\n🙂')
    practise(*within(2), days=1)
    table = rows(capsys)
    assert [row["name"] for row in table] == ["Exercise 1", "Exercise 2", "Exercise 3"] * 2
    assert [row["state"] for row in table[:3]] == ["done", "begun", ""]
    assert [row["held_seconds"] for row in table[:3]] == ["8.0", "0.0", "0.0"]
    assert {row["title"] for row in table[:3]} == {'Rücken, "猫" 🙂'}
    assert {row["ending"] for row in table[3:]} == {"broken off"}
    assert table[0]["began"] == "2026-03-29T00:30:00+00:00"
    assert table[0]["minutes"] == "5.0"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "\r=", " =", "＝", "x;=", "x; @"])
def test_no_spreadsheet_runs_anything(sign: str, capsys: pytest.CaptureFixture[str]) -> None:
    practise(Ended("done"), title=f"{sign}1+1", script=f"{sign}cmd|' /C calc'!A0.md")
    (row, *_) = rows(capsys)
    for written in (row["title"], row["script"]):
        start = written.split(";")[-1].lstrip()
        assert start.startswith("'")
        assert sign.strip()[-1] in start[1]


@given(st.text())
def test_no_cell_begins_a_formula(text: str) -> None:
    written = cell(text)
    assert isinstance(written, str)
    for part in written.split(";"):
        assert part.lstrip()[:1] not in {*"=+-@＝＋－＠"}
    assert len(written.splitlines()) <= 1


@given(st.text())
def test_what_is_shown_steers_no_terminal(text: str) -> None:
    line = shown(text)
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in line)
    assert len(line.splitlines()) <= 1


def test_a_title_steers_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    practise(Ended("done"), title="Ease\x1b[2J\x07\n\x9b31m")
    assert "Ease [2J 31m: done" in log(capsys)


def test_one_that_cant_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    path = record_file()
    path.parent.mkdir(parents=True)
    path.write_text("This is no database, but a letter to somebody." * 99)
    text = log(capsys, code=EXIT_USER)
    assert text == f"voicecoach: the record {path} can't be read: file is not a database\n"
    assert path.read_text().startswith("This is no database")


@pytest.mark.parametrize(
    "change",
    [
        "sessions SET settings = '{'",
        "sessions SET settings = '7'",
        "sessions SET began = 'soon'",
        "sessions SET played_seconds = 'abc'",
        "sessions SET played_seconds = 9e999",
        "exercises SET held_seconds = 'abc'",
    ],
)
def test_a_session_that_cant_be_read_hides_no_other(
    change: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for day, title in enumerate(["One", "Two", "Three", "Four"]):
        practise(Ended("done"), title=title, days=day)
    where = "number" if change.startswith("sessions") else "session"
    with closing(sqlite3.connect(record_file())) as file, file:
        file.execute(f"UPDATE {change} WHERE {where} = 3")
    told = f"voicecoach: one session in the record {record_file()} can't be read.\n"
    assert cli.run(["log"]) == EXIT_DONE
    printed = capsys.readouterr()
    titles = [line.split("  ")[1].split(":")[0] for line in printed.out.splitlines()]
    assert (titles, printed.err) == (["One", "Two", "Four"], told)
    assert "Earlier ones" in log(capsys, "--limit", "2")
    assert cli.run(["progress", "--since", "2026-03-01"]) == EXIT_DONE
    assert capsys.readouterr().err == told


def test_a_moment_without_its_offset_is_of_this_place(capsys: pytest.CaptureFixture[str]) -> None:
    practise(Ended("done"))
    practise(Ended("done"), days=1)
    with closing(sqlite3.connect(record_file())) as file, file:
        file.execute("UPDATE sessions SET began = '2026-03-31T20:00' WHERE number = 1")
    assert "Tue 2026-03-31 20:00  Ease" in log(capsys)
    assert cli.run(["progress", "--since", "2026-03-01"]) == EXIT_DONE


def test_one_that_a_newer_one_made(capsys: pytest.CaptureFixture[str]) -> None:
    practise(Ended("done"))
    with closing(sqlite3.connect(record_file())) as file:
        file.execute("PRAGMA user_version = 99")
    assert "update this one" in log(capsys, code=EXIT_USER)


@pytest.mark.parametrize(
    "arguments",
    [("--json", "--csv"), ("--all", "--limit", "3"), ("--limit", "0"), ("--since", "yesterday")],
)
def test_what_cant_be_asked(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert "Error: " in log(capsys, *arguments, code=EXIT_USER)


def test_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Example: voicecoach log" in log(capsys, "--help")
