"""Engines that hang, die, fail or are left behind: what is asked is answered, and nothing stays."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from pathlib import Path

import espeakng_loader
import pytest

from tests.speakers import light_speaker, processes
from voicecoach.errors import SpeechError
from voicecoach.speech import Utterance
from voicecoach.speech.process import PATIENCE_PER_CHARACTER, EngineProcess

PATIENCE = 2.5
"""Seconds; a worker starts in a tenth of one."""
LONG = "Breathe in slowly, and out again. " * 50
"""A quarter of a second's work, and a minute of speech."""

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")


@pytest.fixture
def engine() -> Iterator[EngineProcess]:
    engine = EngineProcess(PATIENCE)
    yield engine
    engine.close()


def worker(engine: EngineProcess) -> int:
    assert engine._process is not None
    return engine._process.pid


def members(group: int) -> dict[int, str]:
    """The processes of a group, with their states; those that have ended don't count."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, of = path.read_text().rpartition(")")[2].split()[:3]
            if int(of) == group and state != "Z":
                found[int(path.parent.name)] = state
    return found


def wait_until(group: int, count: int, seconds: float = 5) -> dict[int, str]:
    """Wait until so many processes are in a group: one that is killed ends when it gets to run."""
    end = time.monotonic() + seconds
    while len(found := members(group)) != count:
        assert time.monotonic() < end, found
        time.sleep(0.005)
    return found


def child_of(group: int) -> int:
    """The child of a worker that speaks just now: others wait for what is to be spoken."""
    return next((pid for pid, state in members(group).items() if pid != group and state == "R"), 0)


def wait_until_speaking(engine: EngineProcess, seconds: float = 20) -> tuple[int, int]:
    """Wait until a child of an engine's worker speaks; both, whichever worker it is by then."""
    end = time.monotonic() + seconds
    while True:
        group = engine._process.pid if engine._process else 0
        if group and (child := child_of(group)):
            return group, child
        assert time.monotonic() < end, members(group)
        time.sleep(0.005)


def speak(engine: EngineProcess, text: str = "Go.") -> bytes:
    return engine.speak(text, "gmw/en-us", 135, 0.0)[1]


def speak_and_rest(engine: EngineProcess, seconds: float = 5) -> None:
    """Speak, and wait until the child that did has ended: it would be taken for the next one."""
    speak(engine)
    group, end = worker(engine), time.monotonic() + seconds
    while wait_until(group, 2) and child_of(group):
        assert time.monotonic() < end, members(group)
        time.sleep(0.005)


# --- engines that hang or die


def test_a_hung_engine_is_replaced_within_its_deadline(engine: EngineProcess) -> None:
    spoken, hung = speak(engine), worker(engine)
    os.killpg(hung, signal.SIGSTOP)
    began = time.monotonic()
    assert speak(engine) == spoken
    assert PATIENCE <= time.monotonic() - began < 2 * PATIENCE
    assert worker(engine) != hung
    wait_until(hung, 0)


def test_an_engine_that_hangs_within_an_utterance_is_replaced(engine: EngineProcess) -> None:
    speak_and_rest(engine)
    text = LONG * 2
    engine.patience_seconds = PATIENCE - len(text) * PATIENCE_PER_CHARACTER
    with ThreadPoolExecutor(1) as pool:
        spoken = pool.submit(speak, engine, text)
        hung = wait_until_speaking(engine)[0]
        os.killpg(hung, signal.SIGSTOP)
        assert len(spoken.result()) > 1_000_000
    assert worker(engine) != hung
    wait_until(hung, 0)


@pytest.mark.parametrize("when", ["idle", "speaking"])
def test_a_killed_engine_is_replaced(engine: EngineProcess, when: str) -> None:
    speak_and_rest(engine)
    killed = worker(engine)
    with ThreadPoolExecutor(1) as pool:
        if when == "speaking":
            spoken = pool.submit(speak, engine, LONG * 5)
            killed = wait_until_speaking(engine)[0]
        os.killpg(killed, signal.SIGKILL)  # its children, too: one might still answer, or be gone
        if when == "idle":
            spoken = pool.submit(speak, engine, LONG)
        assert len(spoken.result()) > 1_000_000
    assert worker(engine) != killed
    wait_until(killed, 0)


def test_a_child_that_crashes_is_spoken_again(engine: EngineProcess) -> None:
    speak_and_rest(engine)
    with ThreadPoolExecutor(1) as pool:
        spoken = pool.submit(speak, engine, LONG * 5)
        _, child = wait_until_speaking(engine)
        os.kill(child, signal.SIGSEGV)
        assert len(spoken.result()) > 1_000_000


def test_who_asks_again_at_once_kills_nothing(engine: EngineProcess) -> None:
    """The next request comes before the last one's child has ended."""
    engine.speak("Go.", "gmw/en-us", 135, 0.0)
    process = engine._process
    for _ in range(200):
        engine.speak("Go.", "gmw/en-us", 450, 0.0)
    assert engine._process is process


def test_an_engine_that_always_fails_is_an_error_that_names_it_and_the_text(
    engine: EngineProcess,
) -> None:
    with pytest.raises(SpeechError, match="no/such voice") as raised:
        engine.speak("Sit.", "no/such voice", 135, 0.0)
    assert (raised.value.engine, raised.value.text) == ("pyttsx3", "Sit.")
    assert 'pyttsx3 failed on "Sit."' in str(raised.value)
    assert "tried 2 times" in str(raised.value)
    assert speak(engine)  # and the next one is spoken


def test_an_engine_that_always_hangs_is_an_error(tmp_path: Path) -> None:
    with (
        light_speaker(tmp_path, patience_seconds=0.001) as speaker,
        pytest.raises(SpeechError, match="did not answer in time"),
    ):
        speaker.voices()


def test_ctrl_c_does_not_reach_the_engine(engine: EngineProcess) -> None:
    spoken, before = speak(engine), worker(engine)
    assert os.getpgid(before) != os.getpgid(0)  # a terminal's group
    os.kill(before, signal.SIGINT)
    assert speak(engine) == spoken
    assert worker(engine) == before


# --- nothing stays


def test_closing_leaves_no_process_and_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    with light_speaker(tmp_path / "cache", at_once=2) as speaker:
        speaker.voice("", "en")
        wanted = [Utterance(f"Number {n}.", "espeak:en-us", 135) for n in range(20)]
        speaker.prepare(wanted)
        for utterance in wanted:
            speaker.speak(utterance)
        workers = [worker(engine) for engine in processes(speaker)]
        assert workers
    for group in workers:
        wait_until(group, 0)
    assert list(temporary.iterdir()) == []


def test_closing_does_not_wait_for_what_is_being_spoken(tmp_path: Path) -> None:
    speaker = light_speaker(tmp_path, at_once=1)
    speaker.voice("", "en")
    speaker.speak(Utterance("Go.", "espeak:en-us", 135))
    with ThreadPoolExecutor(1) as pool:
        spoken = pool.submit(speaker.speak, Utterance(LONG * 80, "espeak:en-us", 135))
        (engine,) = processes(speaker)
        group, _ = wait_until_speaking(engine)
        began = time.monotonic()
        speaker.close()
        with pytest.raises((SpeechError, CancelledError)):
            spoken.result()
        assert time.monotonic() - began < 2
    wait_until(group, 0)


PARENT = """
import sys
from pathlib import Path
from voicecoach.speech.process import EngineProcess
engine = EngineProcess()
engine.speak("Go.", "gmw/en-us", 135, 0.0)
print(engine._process.pid, flush=True)
engine.speak(sys.argv[1] or input(), "gmw/en-us", 135, 0.0)
"""


@pytest.mark.parametrize("when", ["idle", "speaking", "hung"])
def test_a_worker_ends_when_whoever_asks_is_killed(when: str) -> None:
    text = "" if when == "idle" else LONG * 20
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, text], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout
        group = int(parent.stdout.readline())
        wait_until(group, 2)  # one waits for the next request
        while when != "idle" and not (child := child_of(group)):
            time.sleep(0.005)
        if when == "hung":
            os.kill(child, signal.SIGSTOP)
        parent.kill()
    wait_until(group, 0)


def test_nothing_of_the_users_folder_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("numpy", "pyttsx3", "voicecoach", "json"):
        (tmp_path / f"{name}.py").write_text("open('run', 'w').close(); raise SystemExit(1)")
    monkeypatch.chdir(tmp_path)
    engine = EngineProcess()
    try:
        engine.speak("Go.", "gmw/en-us", 135, 0.0)
    finally:
        engine.close()
    assert not (tmp_path / "run").exists()


# --- another engine, or none


def test_where_the_system_has_no_espeak_the_embedded_one_speaks(tmp_path: Path) -> None:
    (tmp_path / "libespeak-ng.so.1").write_text("not a library")
    program = """
from pathlib import Path
from voicecoach.speech.system import SystemEngine
engine = SystemEngine()
(voice,) = (voice for voice in engine.voices() if voice.id == "gmw/en-us")
for text in ("one two three four", "one two three four, " * 3):
    hertz, raw = engine.speak(text, voice, 150, 0.0)
    print(len(raw) / 2 / hertz)
print(engine.version)
for process in engine.processes:
    print(Path(f"/proc/{process._process.pid}/maps").read_text())
engine.close()
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=os.environ | {"LD_LIBRARY_PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    once, thrice, version, *maps = done.stdout.splitlines()
    assert version.endswith("(embedded)")
    libraries = {line.split()[-1] for line in maps if "espeak" in line and ".so" in line}
    assert libraries == {espeakng_loader.get_library_path()}
    assert 1.0 < float(once) < 2.5, "four words at 150 a minute take 1.6 s"
    assert 2.5 < float(thrice) / float(once) < 4, "commas make pauses"


def test_a_missing_engine_is_one_clear_error(tmp_path: Path) -> None:
    for name in ("libespeak-ng.so.1", "libespeak.so.1"):
        (tmp_path / name).write_text("not a library")
    (tmp_path / "espeakng_loader.py").write_text("raise ImportError")
    program = """
from pathlib import Path
from voicecoach.errors import SpeechError
from voicecoach.speech.local import LocalSpeaker
from voicecoach.speech.system import SystemEngine
with LocalSpeaker(Path("cache"), [SystemEngine()]) as speaker:
    try:
        speaker.voice("", "en")
    except SpeechError as error:
        print(error)
"""
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "LD_LIBRARY_PATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    (line,) = done.stdout.splitlines()
    assert line.startswith("the speech engine pyttsx3 failed: ")
    assert "eSpeak" in line
