"""Keys from real pseudo-terminals to real programs, and how they leave the terminal."""

from __future__ import annotations

import os
import pty
import shlex
import shutil
import signal
import string
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.soundserver import require
from voicecoach.controls import MEANINGS, Command
from voicecoach.controls.keyboard import ANSWER_KEYS, KEYS, Decoder, help_lines
from voicecoach.events import ANSWERS, Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COACH = """
import os, queue, signal, sys
log = open(sys.argv[1], "a", buffering=1)
from voicecoach.controls.keyboard import Keyboard
exec(sys.argv[2])
commands = queue.SimpleQueue()
keyboard = Keyboard(lambda lines: print("|".join(lines), file=log))
signal.signal(signal.SIGUSR1, lambda *_: print("alive", file=log))
try:
    keyboard.start(commands.put)
    print("ready", file=log)
    while True:
        print(command := commands.get(), file=log)
        if command == "stop":
            exec(sys.argv[3])
except BaseException as error:
    print(type(error).__name__, file=log)
    raise
"""
"""Logs commands; begins with one piece of code, and does another when it is told to stop."""

LOGIN = """
import os, sys
terminal = os.open(sys.argv[1], os.O_RDWR)  # the first that a new session opens is its own
for number in range(3): os.dup2(terminal, number)
os.execvp(sys.argv[2], sys.argv[2:])
"""

ARROWS = {"right": b"\x1b[C", "left": b"\x1b[D", "up": b"\x1b[A", "down": b"\x1b[B"}
SENDS = ARROWS | {"space": b" ", "escape": b"\x1b", "ctrl-d": b"\x04"}
"""What a terminal sends for the keys that have names."""


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


class Coach:
    """A terminal, and in it a program that logs what its keyboard sends."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "log"
        self.log.touch()
        self.master, self.slave = pty.openpty()
        self.found = self.mode()

    def command(self, before: str = "", stop: str = "") -> list[str]:
        return [sys.executable, "-c", COACH, str(self.log), before, stop]

    def run(self, *command: str) -> None:
        login = [sys.executable, "-IS", "-c", LOGIN, os.ttyname(self.slave)]
        self.process = subprocess.Popen([*login, *command], start_new_session=True)

    def start(self, before: str = "", stop: str = "") -> None:
        self.run(*self.command(before, stop))
        self.until_logged("ready")

    def mode(self) -> list[Any]:
        return termios.tcgetattr(self.master)

    def at_once(self) -> bool:
        """Whether keys come at once and unseen, Ctrl-C is a signal, and Ctrl-S freezes nothing."""
        mode, seen = self.mode(), termios.ICANON | termios.ECHO
        signals = mode[3] & (seen | termios.ISIG) == termios.ISIG
        return bool(signals and not mode[0] & termios.IXON)

    def as_found(self) -> bool:
        return self.mode() == self.found

    def press(self, *keys: bytes) -> None:
        for key in keys:
            os.write(self.master, key)
            time.sleep(0.1)  # less than what makes an Escape a lone one

    def logged(self) -> list[str]:
        return self.log.read_text().splitlines()

    def until_logged(self, *lines: str) -> None:
        until(lambda: self.logged()[-len(lines) :] == list(lines))


@pytest.fixture(autouse=True)
def hang_up_ends() -> None:
    """Where the tests run under nohup, their children would ignore a hang-up, too."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture
def coach(tmp_path: Path) -> Iterator[Coach]:
    coach = Coach(tmp_path)
    yield coach
    os.close(coach.slave)
    os.close(coach.master)
    if hasattr(coach, "process"):
        coach.process.kill()
        coach.process.wait()


def decoded(*reads: bytes) -> list[str]:
    decoder = Decoder()
    return [key for data in reads for key in decoder.feed(data)] + list(decoder.flush())


def test_every_command_has_keys_no_key_has_two_and_help_says_them_all() -> None:
    keys = [key for keys in KEYS.values() for key in keys]
    assert len(keys) == len(set(keys))
    assert set(Command) - set(KEYS) == {Command.PAUSE, Command.RESUME}  # the space bar is both
    for (command, names), line in zip(KEYS.items(), help_lines(), strict=False):
        assert line.startswith(", ".join(names) + " ")
        assert line.endswith(" " + MEANINGS[command])
    assert help_lines()[-1].split() == ["?", "these", "keys"]


def test_every_answer_has_keys_and_no_key_has_two() -> None:
    keys = [key for keys in ANSWER_KEYS.values() for key in keys]
    assert len(keys) == len(set(keys))
    assert set(ANSWERS) - set(ANSWER_KEYS) == {Answer(pain=10)}  # a 1 and a 0
    assert set(keys) - set(string.digits) <= set(SENDS) | set(string.ascii_lowercase)


@pytest.mark.parametrize(
    "junk",
    [
        *(b"\x1b[1;5C", b"\x1b[15~", b"\x1b[[E", b"\x1bOP", b"\x1b[200~stop q !\n\x1b[201~"),
        *(b"\x1b[<0;12;5M", b"\x1bq", b"\x1bOq", b"\x1b\x1b[C", b"\x1b[?1;2c", b"\x1b[Z"),
        *(b"\x1b]11;rgb:ff/00/ff\x07", b"\x1bP1+r536574\x1b\\", "é–Ω".encode(), b"\0\x01\x7f\xff"),
        *(b"\x1b[", b"\x1bO", b"\x1b[12;", b"\x1b]1337;q", b"\x1b[200~" + b"q" * 100_000),
    ],
)
def test_what_is_no_key_of_ours_does_nothing(junk: bytes) -> None:
    assert not {key for keys in KEYS.values() for key in keys} & set(decoded(junk))
    assert "q" in decoded(junk + b"\x1b\x1b\\\x07\x1b[201~", b"q")  # and the next key does


def test_broken_off_sequences_and_hasty_escapes() -> None:
    assert decoded(b"\x1b[1;\x1b[C") == ["\x1b[1;", "right"]
    assert decoded(b"\x1bO ") == ["\x1bo", "space"]
    assert decoded(b"\x1b\x1b\x1b") == ["escape", "escape"]
    assert decoded(b"\x1b", b"q") == ["escape", "q"]


@given(st.lists(st.sampled_from([*ARROWS.values(), b"n", b"B", b" ", b"\x1bOC", b"\x1b[5~"])))
def test_keys_torn_apart_are_the_same_keys(pressed: list[bytes]) -> None:
    sent = b"".join(pressed)
    assert decoded(sent) == decoded(*pressed) == decoded(*(bytes([byte]) for byte in sent))


@given(st.lists(st.binary(min_size=1)))
def test_no_bytes_hurt(reads: list[bytes]) -> None:
    decoded(*reads)


def test_a_long_paste_fills_no_memory() -> None:
    decoder = Decoder()
    for data in [b"\x1b[200~", *[b"q" * 1024] * 1024]:
        assert not list(decoder.feed(data))
    assert len(decoder._unfinished) < 10_000
    assert list(decoder.feed(b"\x1b[201~n"))[1:] == ["n"]


def test_every_key_sends_its_command(coach: Coach) -> None:
    coach.start()
    for command, keys in KEYS.items():
        for key in keys:
            os.write(coach.master, SENDS.get(key, key.encode()))
            coach.until_logged(command)
            coach.log.write_text("")
    coach.press(b"\x1bOA", b"N", b"?")
    coach.until_logged("louder", "skip", "|".join(help_lines()))
    os.set_blocking(coach.master, False)
    with pytest.raises(BlockingIOError):  # nothing was echoed
        os.read(coach.master, 1)


def test_a_torn_arrow_is_an_arrow_and_a_lone_escape_stops(coach: Coach) -> None:
    coach.start()
    coach.press(b"\x1b", b"[", b"C", b"\x1b[", b"D", b"\x1b", b"OD")
    coach.until_logged("skip", "back", "back")
    coach.press(b"\x1b")
    coach.until_logged("stop")


ENDS: dict[str, tuple[str, str, bytes | signal.Signals, int]] = {
    "closed": ("", "keyboard.close(); keyboard.close(); sys.exit()", b"q", 0),
    "not closed": ("", "sys.exit()", b"q", 0),
    "an error": ("", "raise ValueError", b"q", 1),
    "Ctrl-C": ("", "", b"\x03", -signal.SIGINT),
    "its own handler": ("signal.signal(15, lambda *_: sys.exit(7))", "", signal.SIGTERM, 7),
    "SIGTERM": ("", "", signal.SIGTERM, -signal.SIGTERM),
    "SIGHUP": ("", "", signal.SIGHUP, -signal.SIGHUP),
    "SIGQUIT": ("os.chdir(os.path.dirname(log.name))", "", signal.SIGQUIT, -signal.SIGQUIT),
}
"""What the program does at first and when it is told to stop, what ends it, and its exit status."""


@pytest.mark.parametrize(("before", "stop", "cause", "status"), ENDS.values(), ids=ENDS)
def test_every_end_restores_the_terminal_and_is_what_it_was_without_us(
    coach: Coach, before: str, stop: str, cause: bytes | signal.Signals, status: int
) -> None:
    coach.start(before, stop)
    assert coach.at_once()
    if isinstance(cause, bytes):
        coach.press(cause)
    else:
        coach.process.send_signal(cause)
    assert coach.process.wait(10) == status
    assert coach.as_found()


def test_nohup_is_heeded_and_a_terminal_that_hangs_up_hurts_nobody(coach: Coach) -> None:
    coach.start("signal.signal(signal.SIGHUP, signal.SIG_IGN)")
    coach.process.send_signal(signal.SIGHUP)
    os.close(coach.master)
    coach.master = os.open(os.devnull, os.O_RDWR)
    coach.process.send_signal(signal.SIGUSR1)
    coach.until_logged("alive")


def test_closing_is_immediate_and_leaves_what_is_typed_then(coach: Coach) -> None:
    coach.start(stop="keyboard.close(); print('closed', file=log); print(input(), file=log)")
    os.write(coach.master, b"q")
    coach.until_logged("stop", "closed")
    assert coach.as_found()
    coach.press(b"n, and q\n")
    coach.until_logged("n, and q")


def test_a_forked_child_leaves_the_terminal_to_us(coach: Coach) -> None:
    coach.start(stop="if child := os.fork(): os.waitpid(child, 0)\nelse: sys.exit()")
    coach.press(b"q")
    coach.until_logged("stop", "SystemExit")
    coach.press(b"n")
    coach.until_logged("skip")
    assert coach.at_once()


def test_piped_input_leaves_the_keys(coach: Coach) -> None:
    coach.start("os.dup2(os.open(os.devnull, os.O_RDONLY), 0)")
    coach.press(b"n")
    coach.until_logged("skip")


def test_without_a_terminal_there_are_no_keys(coach: Coach) -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen(coach.command(), start_new_session=True, stdin=pipe, stderr=pipe) as run:
        assert b"UnavailableError: there is no terminal to read" in run.communicate(timeout=10)[1]


def test_ctrl_z_with_nobody_to_bring_it_back_does_nothing(coach: Coach) -> None:
    coach.start()
    coach.press(b"\x1a", b"n")
    coach.until_logged("skip")


def test_jobs_come_and_go(coach: Coach) -> None:
    coach.run("sh", "-i")
    command = coach.command("print(os.getpid(), file=log)", "sys.exit()")
    coach.press(f"{shlex.join(command)} &\n".encode())
    coach.until_logged("ready")
    for _ in range(2):
        coach.press(b"echo n\n")
        os.kill(int(coach.logged()[0]), signal.SIGUSR1)
        coach.until_logged("alive")  # in the background nothing stops it
        assert coach.as_found()
        coach.press(b"fg\n")
        until(coach.at_once)
        coach.press(b"n")
        coach.until_logged("alive", "skip")
        coach.press(b"\x1a")
        until(coach.as_found)
        coach.press(b"bg\n")
    coach.press(b"fg\n", b"q")
    coach.until_logged("skip", "stop", "SystemExit")
    until(coach.as_found)


def test_what_is_typed_while_it_is_being_stopped_is_the_shells(coach: Coach) -> None:
    coach.run("sh", "-i")
    slowly = "kill = signal.pthread_kill; import time; "
    slowly += "signal.pthread_kill = lambda *to: (time.sleep(1), kill(*to))"
    coach.press(f"{shlex.join(coach.command(slowly, 'sys.exit()'))}\n".encode())
    coach.until_logged("ready")
    coach.press(b"\x1a")
    until(coach.as_found)  # from here on it is still in front for a second
    coach.press(b"n\n", b"fg\n")
    until(coach.at_once)
    coach.press(b"q")
    coach.until_logged("ready", "stop", "SystemExit")


def test_stopped_unasked_while_a_shell_resets_the_terminal(coach: Coach) -> None:
    coach.start(stop="sys.exit()")
    coach.process.send_signal(signal.SIGSTOP)
    termios.tcsetattr(coach.master, termios.TCSANOW, coach.found)
    coach.process.send_signal(signal.SIGCONT)
    until(coach.at_once)
    coach.press(b"q")
    assert coach.process.wait(10) == 0
    assert coach.as_found()


@pytest.mark.parametrize("mode", ["l", "h"], ids=["CSI", "SS3"])
def test_within_tmux(coach: Coach, mode: str) -> None:
    if shutil.which("tmux") is None:
        require("tmux is not installed")
    with tempfile.TemporaryDirectory() as folder:  # a socket's path must be short

        def tmux(*arguments: str) -> None:
            server = ["tmux", "-S", f"{folder}/tmux", "-f", os.devnull]
            subprocess.run([*server, *arguments], check=True)

        command = shlex.join(coach.command(f"os.write(1, b'\\x1b[?1{mode}')", "sys.exit()"))
        tmux("new-session", "-d", f"{command}; stty -a > {folder}/modes; sleep 10")
        try:
            coach.until_logged("ready")
            tmux("send-keys", "Right", "Left", "Up", "Down", "F5", "Space", "Escape")
            coach.until_logged("skip", "back", "louder", "quieter", "toggle", "stop", "SystemExit")
            modes = Path(folder, "modes")
            until(lambda: modes.exists() and modes.read_text())
            assert {"icanon", "echo", "ixon", "iexten"} <= set(modes.read_text().split())
        finally:
            tmux("kill-server")
