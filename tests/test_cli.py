"""The command line, as a user meets it: what is printed, what is written, the exit code."""

from __future__ import annotations

import io
import json
import os
import pty
import shlex
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from voicecoach.cli import COMMANDS, run
from voicecoach.errors import EXIT_DONE, EXIT_INTERRUPTED, EXIT_UNAVAILABLE, EXIT_USER

SHORT = "# Short\nget ready: 0s\n## Reach up\nReach up.\nhold 4s, 2 times, rest 2s\n"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "short.md"
    path.write_text(SHORT)
    return path


def output(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = EXIT_DONE) -> str:
    """What a command prints, out and error together; it must leave with the code."""
    given = run(list(arguments))
    printed = capsys.readouterr()
    text = printed.out + printed.err
    assert given == code, text
    assert "Traceback" not in text
    return text


def test_help_shows_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    text = output(capsys, "--help")
    for name, line in COMMANDS.items():
        assert name in text
        assert line in text
    assert "Exit codes" in text


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = output(capsys, name, "--help")
    assert "Example: voicecoach" in text
    # One source of truth: the table's line opens the command's own help, or sums it up.
    assert COMMANDS[name].split()[0] in text


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())
    assert project["project"]["version"] in output(capsys, "--version")


def test_plan_as_json(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = json.loads(output(capsys, "plan", str(script), "--json"))
    assert plan["version"] == 1
    assert plan["rate"] == 48_000
    assert [chapter["title"] for chapter in plan["chapters"]] == ["Reach up"]
    holds = [cue for cue in plan["cues"] if cue["kind"] == "hold"]
    assert [cue["end"] - cue["start"] for cue in holds] == [4 * 48_000] * 2


def test_plan_to_read(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = output(capsys, "plan", str(script))
    assert "Hold, 4 s" in text
    assert "Last one." in text


def test_options_beat_variables_beat_config_beat_the_script(
    script: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def wpm(*options: str) -> int:
        plan = json.loads(output(capsys, "plan", str(script), "--json", *options))
        return next(int(cue["wpm"]) for cue in plan["cues"] if cue["kind"] == "speech")

    assert wpm() == 135
    script.write_text(SHORT.replace("get ready", "rate: 140\nget ready"))
    assert wpm() == 140
    config = Path(os.environ["XDG_CONFIG_HOME"]) / "voicecoach" / "config.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text("rate = 150\n")
    try:
        assert wpm() == 150
        monkeypatch.setenv("VOICECOACH_RATE", "160")
        assert wpm() == 160
        assert wpm("--rate", "170") == 170
        assert wpm("--rate", "100", "--pace", "brisk") == 120
    finally:
        config.unlink()


def test_a_wrong_setting_names_where_it_came_from(
    script: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = output(capsys, "plan", str(script), "--pace", "gentel", code=EXIT_USER)
    assert "--pace" in text
    assert 'did you mean "gentle"?' in text
    monkeypatch.setenv("VOICECOACH_COUNTDOWN", "7")
    text = output(capsys, "plan", str(script), code=EXIT_USER)
    assert "VOICECOACH_COUNTDOWN" in text
    assert len(text.splitlines()) == 1


def test_check_names_every_error_at_once(
    script: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "back.md"
    wrong.write_text("# Back\n## Neck\nhold 20s, rset 10s\nhold 3 sx\n")
    text = output(capsys, "check", str(script), str(wrong), code=EXIT_USER)
    assert f"{script}: good" in text
    assert f'{wrong}:3:11: unknown dose item "rset 10s"; did you mean "rest 10s"?' in text
    assert f"{wrong}:4:1: " in text


def test_check_names_what_does_not_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    crowded = tmp_path / "crowded.md"
    crowded.write_text(
        "# Crowded\n## Neck\nSit.\nhold 10s\nhalfway: " + "Let it sink and lengthen. " * 3 + "\n"
    )
    text = output(capsys, "check", str(crowded))
    assert f'{crowded}:5:1: left out: "Let it sink' in text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["play", "ease-yuor-back"], 'did you mean "ease-your-back"?'),
        (["play", "no-such-file.md"], "no-such-file.md"),
        (["plan", "."], "folder"),
        (["export", "ease-your-back", "-o", "x.mp33"], ".mp3"),
        (["export", "ease-your-back", "-o", "nowhere/x.mp3"], "nowhere"),
        (["export", "ease-your-back"], "-o"),
        (["plan", "ease-your-back", "--voice", "espeek:en-us"], "espeak:en-us"),
        (["plan", "ease-your-back", "--language", "xx"], "de, en, es, fr"),
        (["plan", "ease-your-back", "--chimes", "gong.wav"], "gong.wav"),
        (["new", ""], "no name of a file"),
        (["pack", "ease-your-back", "-o", "."], "no name of a file"),
        (["sya", "hello"], "sya"),
        (["say", "..."], "nothing to say"),
    ],
)
def test_a_slip_ends_in_one_clear_sentence(
    arguments: list[str],
    told: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    text = output(capsys, *arguments, code=EXIT_USER)
    assert told in text
    assert "should not have happened" not in text
    assert not list(tmp_path.iterdir())


def test_a_script_from_a_pipe(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(SHORT.encode())))
    assert "Reach up" in output(capsys, "plan", "-")


def test_export_and_its_plan_give_the_same_track(
    script: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, plan = tmp_path / "a.flac", tmp_path / "b.flac", tmp_path / "plan.json"
    assert "Wrote" in output(capsys, "export", str(script), "-o", str(first))
    plan.write_text(output(capsys, "plan", str(script), "--json"))
    output(capsys, "export", str(plan), "-o", str(second))
    assert samples(first) == samples(second)
    for takes_a_script in ("play", "check"):
        told = output(capsys, takes_a_script, str(plan), code=EXIT_USER)
        assert "show and export take a plan's file" in told
    text = output(capsys, "export", str(script), "-o", str(first), code=EXIT_USER)
    assert "--force" in text
    output(capsys, "export", str(script), "-o", str(first), "--force")


def samples(path: Path) -> bytes:
    import av

    with av.open(str(path)) as container:
        return b"".join(frame.to_ndarray().tobytes() for frame in container.decode(audio=0))


def test_say_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "hello.wav"
    output(capsys, "say", "Breathe in. Breathe out.", "-o", str(file))
    assert len(samples(file)) > 2 * 48_000


def test_voices_and_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert "espeak:de" in output(capsys, "voices", "--language", "de")
    assert "espeak:en-us" in output(capsys, "voices")
    text = output(capsys, "list")
    assert "ease-your-back: Ease your back (Leg stretch" in text


def test_new_writes_a_script_that_is_good(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.md"
    assert "Wrote" in output(capsys, "new", str(file))
    text = output(capsys, "check", str(file))
    assert f"{file}: good" in text
    assert len(text.splitlines()) == 1
    assert "--force" in output(capsys, "new", str(file), code=EXIT_USER)
    assert "can't be written" in output(
        capsys, "new", str(tmp_path / "no" / "x.md"), code=EXIT_USER
    )


def test_without_sound_play_says_so_in_one_line(script: Path, silent_env: dict[str, str]) -> None:
    played = command("play", str(script), env=silent_env)
    assert played.returncode == EXIT_UNAVAILABLE
    assert len(played.stderr.splitlines()) == 1
    assert "sound device" in played.stderr


def test_without_sound_play_can_write_the_track(
    script: Path, tmp_path: Path, silent_env: dict[str, str]
) -> None:
    track = tmp_path / "track.flac"
    played = command("play", str(script), "--or-export", str(track), env=silent_env)
    assert played.returncode == EXIT_DONE, played.stderr
    assert len(played.stderr.splitlines()) == 1
    assert samples(track)


def test_the_track_instead_of_sound_is_never_the_script(
    tmp_path: Path, silent_env: dict[str, str]
) -> None:
    script = tmp_path / "in.txt"
    script.write_text(SHORT)
    played = command("play", str(script), "--plain", "--or-export", str(script), env=silent_env)
    assert played.returncode == EXIT_USER
    assert f"{script} is the script itself" in played.stderr
    assert script.read_text() == SHORT


def test_doctor_names_a_cure_for_each_finding(silent_env: dict[str, str]) -> None:
    examined = command("doctor", env=silent_env)
    assert examined.returncode == EXIT_UNAVAILABLE
    assert "Traceback" not in examined.stdout + examined.stderr
    lines = examined.stdout.splitlines()
    assert any(line.startswith("look  sound devices: ") and "export" in line for line in lines)
    assert any(line.startswith("ok    voices: ") for line in lines)


def test_shell_completion_knows_commands_and_scripts() -> None:
    env = {**os.environ, "_VOICECOACH_COMPLETE": "bash_complete", "COMP_CWORD": "2"}
    completed = command(env={**env, "COMP_WORDS": "voicecoach play ease"})
    assert "ease-your-back" in completed.stdout
    completed = command(env={**env, "COMP_WORDS": "voicecoach ex", "COMP_CWORD": "1"})
    assert "export" in completed.stdout


@pytest.mark.parametrize("arguments", [["list"], ["plan", "--help"], ["log"]])
def test_nobody_who_reads_on_is_no_failure(arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    program = [sys.executable, "-m", "voicecoach", *arguments]
    done = subprocess.run(program, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (EXIT_DONE, b"")


def test_who_is_asked_to_end_leaves_no_words_behind(tmp_path: Path) -> None:
    (tmp_path / "cache").touch()  # so the words are kept in a folder of its own
    (tmp_path / "temporary").mkdir()
    own = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "TMPDIR": str(tmp_path / "temporary")}
    words = " ".join(f"Breathe in, and count to {n}." for n in range(3000))
    program = [sys.executable, "-m", "voicecoach", "say", words, "-o", str(tmp_path / "a.wav")]
    with subprocess.Popen(program, env=os.environ | own, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        while not any((tmp_path / "temporary").glob("voicecoach-*/*")):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
    assert process.returncode == 128 + signal.SIGTERM
    assert sorted(each.name for each in tmp_path.rglob("*")) == ["cache", "temporary"]


def test_what_is_printed_has_all_letters_whatever_the_encoding(tmp_path: Path) -> None:
    script = tmp_path / "hindi.md"
    script.write_text("# पीठ\nlanguage: hi\n## पैर\nhold 4s\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "voicecoach", "plan", str(script)],
        env=os.environ | {"PYTHONIOENCODING": "cp1252"},
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode().startswith("पीठ: ")


def test_a_terminal_without_a_letter_shows_a_question_mark(tmp_path: Path) -> None:
    script = tmp_path / "polish.md"
    script.write_text("# Łydka\n## Leg\nhold 4s\n", encoding="utf-8")
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "voicecoach", "plan", str(script)],
        env=os.environ | {"PYTHONIOENCODING": "cp1252"},
        stdout=theirs,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(theirs)
    shown = os.read(ours, 1 << 16)
    os.close(ours)
    assert (done.returncode, done.stderr) == (EXIT_DONE, b"")
    assert shown.startswith(b"?ydka: ")


def test_half_a_letter_in_a_files_name_is_shown_as_such(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "voicecoach", "check", os.fsencode(tmp_path) + b"/\xff.md"],
        env=os.environ | {"PYTHONIOENCODING": "utf-8:strict"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (EXIT_USER, b"")
    assert b"?.md: no script" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("arguments", [["list"], ["--help"], ["log", "--csv"]])
def test_a_full_disk_is_said_in_one_sentence(arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        program = [sys.executable, "-m", "voicecoach", *arguments]
        done = subprocess.run(program, stdout=full, stderr=subprocess.PIPE, check=False)
    told = b"voicecoach: this can't be written to its end: the disk is full\n"
    assert (done.returncode, done.stderr) == (EXIT_USER, told)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("arguments", [["plan", "no-such-script"], ["list", "--no-such-option"]])
def test_an_error_that_can_not_be_written_is_still_an_exit_code(arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        program = [sys.executable, "-m", "voicecoach", *arguments]
        done = subprocess.run(program, stdout=subprocess.PIPE, stderr=full, check=False)
    assert (done.returncode, done.stdout) == (EXIT_USER, b"")


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        ("list >&-", EXIT_DONE, ""),
        ("list 2>&-", EXIT_DONE, "ease-your-back: "),
        ("lsit 2>&-", EXIT_USER, ""),
        ("plan - <&-", EXIT_USER, "the script says nothing"),
        ("play - --plain <&-", EXIT_USER, "the script says nothing"),
        ("draft <&-", EXIT_USER, "there is no text in it"),
    ],
)
def test_a_closed_stream_is_an_empty_one(line: str, code: int, told: str) -> None:
    program = shlex.join([sys.executable, "-m", "voicecoach"])
    done = subprocess.run(
        ["/bin/sh", "-c", f"{program} {line}"], capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    assert told in done.stdout + done.stderr
    assert "should not have happened" not in done.stderr


def test_ctrl_c_while_it_starts_is_quiet(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("raise KeyboardInterrupt\n")
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())
    home, main = project["project"]["scripts"]["voicecoach"].split(":")
    for entry in (["-m", "voicecoach"], ["-c", f"from {home} import {main}; {main}()"]):
        done = subprocess.run(
            [sys.executable, *entry, "list"],
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (EXIT_INTERRUPTED, b"")


FULL = """
import resource, signal, sys
from voicecoach.cli import run
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
sys.exit(run(["new", *sys.argv[1:]]))
"""


@pytest.mark.parametrize("before", [None, "mine"])
def test_a_full_disk_leaves_a_script_as_it_was(before: str | None, tmp_path: Path) -> None:
    script = tmp_path / "my.md"
    if before:
        script.write_text(before)
    line = [sys.executable, "-c", FULL, str(script), "--force"]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == EXIT_USER
    assert done.stderr == f"voicecoach: {script} can't be written: File too large\n"
    assert [file.read_text() for file in tmp_path.iterdir()] == ([before] if before else [])


def test_what_is_to_be_typed_can_be_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["new", "my back.md"]) == EXIT_DONE
    then = capsys.readouterr().out.strip().split("then: ")[1].split("; ")
    assert [shlex.split(each)[-1] for each in then] == ["my back.md"] * 2


def test_one_exercise_is_no_plural(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script.write_text("# One\n\n## Fist\nhold 2s\n")
    assert run(["check", str(script)]) == EXIT_DONE
    assert capsys.readouterr().out.endswith(", 1 exercise\n")


def command(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own."""
    full = {**os.environ, **(env or {})}
    own = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")
    full |= {name: os.environ[name] for name in own}
    entry = "import sys; from voicecoach.cli import main; sys.argv[0] = 'voicecoach'; main()"
    return subprocess.run(
        [sys.executable, "-c", entry, *arguments],
        env=full,
        capture_output=True,
        text=True,
        check=False,
    )
