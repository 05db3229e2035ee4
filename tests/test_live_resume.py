"""A `voicecoach play` that is killed: the record stays whole, and --resume knows where it was."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.soundserver import SoundServer
from tests.test_live import OWN, finished, voicecoach
from tests.test_live_commands import QUICK, VOICECOACH, Live
from voicecoach.cli import run
from voicecoach.errors import EXIT_UNAVAILABLE, EXIT_USER
from voicecoach.events import StepStarted
from voicecoach.program import build_program
from voicecoach.record import Record
from voicecoach.script import read_script
from voicecoach.settings import Settings
from voicecoach.units import Frames

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = [f"Step {number}" for number in range(1, 13)]
HEAD = "# Steps\nchimes: off\nguidance: minimal\nget ready: 0s\ncountdown: off\n"
LONGEST_SECONDS = 7.0
"""Of what is played before the killing, at most: some exercises."""
ROUNDS = 3


def steps_script(folder: Path) -> Path:
    """A script of many short exercises."""
    script = folder / "steps.md"
    script.write_text(HEAD + "".join(f"## {name}\nGo.\nhold 1s\n" for name in NAMES))
    return script


@dataclass(frozen=True)
class Killing:
    """What was left of a session that was killed at a random moment."""

    told: int
    """The exercise that went on by the last event; 0 if none had begun."""
    landed: int
    """The exercise at which --resume began; 0 for the session's opening."""
    whole: bool
    """Whether the database is, and `voicecoach log` reads it."""

    @property
    def right(self) -> bool:
        """Whether it goes on where it broke off, or at most one event behind."""
        return self.told - 1 <= self.landed <= self.told


def killing(server: SoundServer, script: Path, seconds: float) -> Killing:
    """Kill a session so many seconds after it began; look at the record; and take it up again."""
    with Live(server, script, *QUICK) as live:
        live.wait_for(lambda e: e["event"] == "began")
        time.sleep(seconds)
        live.kill()
        told = exercise(live)
    whole = database_whole() and log_works(server)
    with Live(server, script, "--resume", *QUICK) as live:
        landed = live.wait_for(lambda e: e["event"] == "stepStarted")["exercise"]
    return Killing(told, landed, whole)


def exercise(live: Live) -> int:
    """The exercise that went on by the last event that names one."""
    places = [e["exercise"] for e in live.events if e["event"] in ("stepStarted", "passed")]
    return places[-1] if places else 0


def database_whole() -> bool:
    """Whether SQLite finds nothing wrong in what the killed session left, journal and all."""
    [path] = Path(os.environ["XDG_DATA_HOME"]).rglob("sessions.db")
    with closing(sqlite3.connect(path)) as database:
        return bool(database.execute("PRAGMA integrity_check").fetchone()[0] == "ok")


def log_works(server: SoundServer) -> bool:
    """Whether `voicecoach log` shows the sessions."""
    env = server.env | {name: os.environ[name] for name in OWN}
    shown = subprocess.run(
        [*VOICECOACH, "log"], env=env, capture_output=True, text=True, check=False
    )
    return shown.returncode == 0 and "Steps" in shown.stdout and "damaged" not in shown.stderr


def broken_off(script: str, text: str, exercise: int) -> None:
    """Leave a record of a session of a script that broke off in an exercise."""
    program = build_program(read_script(text)[0], Settings())
    first = next(step for step in program.steps if step.exercise == exercise)
    with Record().begin(program, script, program.routine.script_hash) as recorded:
        recorded.watch(StepStarted(first, Frames(0)))


@pytest.fixture
def own_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A record of this test's own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    yield
    shutil.rmtree(tmp_path / "data", ignore_errors=True)


@pytest.mark.usefixtures("own_record")
def test_a_killed_session_is_resumed_where_it_was(
    sound_server: SoundServer, tmp_path: Path
) -> None:
    script = steps_script(tmp_path)
    chance = np.random.default_rng()  # any moment will do: each run tries others
    moments = [chance.uniform(0.2, LONGEST_SECONDS) for _ in range(ROUNDS - 1)]
    killings = [killing(sound_server, script, s) for s in (*moments, LONGEST_SECONDS)]
    assert [k for k in killings if not k.whole] == []
    assert [k for k in killings if not k.right] == []
    assert max(k.landed for k in killings) > 1, "none came far enough to be resumed elsewhere"


@pytest.mark.usefixtures("own_record")
def test_a_session_that_is_asked_to_end_fades_and_can_be_resumed(
    sound_server: SoundServer, tmp_path: Path
) -> None:
    script = steps_script(tmp_path)
    with Live(sound_server, script, *QUICK) as live:
        live.wait_for(lambda e: e["event"] == "stepStarted" and e["exercise"] == 3)
        live.process.send_signal(signal.SIGTERM)
        assert live.finish(10) == 128 + signal.SIGTERM
        assert live.wait_for(lambda e: e["event"] == "ended")["how"] == "killed"
    shown, _ = finished(voicecoach(sound_server, "log"))
    assert "broke off in Step 3" in shown
    with Live(sound_server, script, "--resume", *QUICK) as live:
        assert live.wait_for(lambda e: e["event"] == "stepStarted")["exercise"] == 3


@pytest.mark.usefixtures("own_record")
def test_resume_without_a_script_goes_on_with_the_one_that_broke_off_last(
    sound_server: SoundServer, tmp_path: Path
) -> None:
    for name in ("first", "last"):
        script = tmp_path / f"{name}.md"
        script.write_text(steps_script(tmp_path).read_text().replace("Steps", name))
        broken_off(str(script), script.read_text(), 11)
    out, err = finished(voicecoach(sound_server, "play", "--resume", "--plain", *QUICK))
    assert f"voicecoach: {script} broke off last, in Step 11." in err
    assert out.startswith("last\n")
    assert "Step 10" not in out
    assert "Step 12" in out
    found = Record().interrupted()
    assert found
    assert found.script == str(tmp_path / "first.md")


@pytest.mark.usefixtures("own_record")
def test_a_script_that_was_changed_since_it_broke_off_begins_anew_and_says_so(
    sound_server: SoundServer, tmp_path: Path
) -> None:
    script = tmp_path / "one.md"
    broken_off(str(script), HEAD + "## Up\nReach.\nhold 1s\n", 1)
    script.write_text(HEAD + "## Higher\nReach.\nhold 1s\n")
    out, _ = finished(voicecoach(sound_server, "play", "--resume", "--plain", *QUICK))
    assert f"{script} was changed since it broke off in Up; from the start." in out
    assert Record().interrupted() is None


@pytest.mark.usefixtures("own_record")
@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("gone.md", 'no script "gone.md"; it broke off in Up; say where it is: voicecoach play'),
        ("-", "read from standard input; pipe it in again: voicecoach play - --resume"),
    ],
)
def test_a_script_that_is_not_there_to_be_resumed_is_named(
    script: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    broken_off(script, HEAD + "## Up\nReach.\nhold 1s\n", 1)
    assert run(["play", "--resume"]) == EXIT_USER
    assert told in capsys.readouterr().err


@pytest.fixture
def left(own_record: None, tmp_path: Path) -> Path:
    """A script whose session broke off."""
    script = steps_script(tmp_path)
    broken_off(str(script), script.read_text(), 11)
    return script


def resumed(env: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """What `play --resume` tells."""
    return subprocess.run(
        [*VOICECOACH, "play", "--resume", *arguments],
        env=env | {name: os.environ[name] for name in OWN},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.usefixtures("left")
def test_where_it_broke_off_is_not_lost_where_nothing_can_sound(
    silent_env: dict[str, str],
) -> None:
    before = Record().interrupted()
    assert before
    assert resumed(silent_env).returncode == EXIT_UNAVAILABLE
    assert Record().interrupted() == before


def test_a_record_that_cannot_be_read_is_told_to_who_resumes(
    silent_env: dict[str, str], left: Path
) -> None:
    with closing(sqlite3.connect(Record().path)) as database:
        database.execute("PRAGMA user_version = 99")
    told = resumed(silent_env)
    assert (told.returncode, told.stdout) == (EXIT_USER, "")
    assert "a newer voicecoach made it" in told.stderr
    assert "From the start: the record " in resumed(silent_env, str(left)).stdout
