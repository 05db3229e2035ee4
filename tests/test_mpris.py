"""Media keys, over a real D-Bus with real clients: playerctl, dbus-send, dbus-monitor."""

from __future__ import annotations

import importlib.util
import queue
import shutil
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dbusserver import NEEDED, DBusServer
from tests.soundserver import require
from voicecoach.controls import Command
from voicecoach.controls.mpris import NAME, open_media_keys
from voicecoach.controls.mpris_player import PATH, PLAYER, ROOT
from voicecoach.controls.nowplaying import NowPlaying
from voicecoach.errors import MissingExtraError, UnavailableError
from voicecoach.events import (
    Answer,
    Began,
    Ended,
    Event,
    Moment,
    Obeyed,
    Passed,
    Paused,
    Resumed,
    StepEnded,
    StepStarted,
)
from voicecoach.step import Step
from voicecoach.units import Frames, frames

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voicecoach.controls import Controller

BOUND_SECONDS = 2.0
"""From a client's start to the command, on a busy machine; 0.05 s on an idle one."""
PLAYERCTL_SECONDS = 0.15
"""playerctl adds the time that passed since it was answered."""
SECOND = 1_000_000

OPENING = Step("opening", (), name="Ease your back")
STRETCH = Step("rep", (), name="Leg stretch", exercise=1)
CLIMB = Step("rep", (), name="Möwe «hoch»", exercise=2)
BEGAN = Began("Ease your back", ("Leg stretch", "Möwe «hoch»"))


def passed(step: Step, at_seconds: float, left_seconds: float | None) -> Passed:
    left = None if left_seconds is None else frames(left_seconds)
    return Passed(Moment(frames(at_seconds), left, step, None, Frames(0), None, ""))


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[DBusServer]:
    """A fresh bus, which this process is on too."""
    if absent := [program for program in NEEDED if shutil.which(program) is None]:
        require(f"{', '.join(absent)} not installed: no D-Bus to be steered over")
    if importlib.util.find_spec("dbus_fast") is None:
        require("the extra mediakeys is not installed")
    with DBusServer() as server:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", server.address)
        yield server


class Keys:
    """Media keys that have begun, and the commands that came."""

    def __init__(self) -> None:
        self.controller: Controller = open_media_keys()
        self.commands: queue.SimpleQueue[Command | Answer] = queue.SimpleQueue()
        self.controller.start(self.commands.put)

    def came(self) -> Command | Answer | None:
        try:
            return self.commands.get(timeout=BOUND_SECONDS)
        except queue.Empty:
            return None

    def watch(self, *events: Event) -> None:
        for event in events:
            self.controller.watch(event)


@pytest.fixture
def keys(bus: DBusServer) -> Iterator[Keys]:
    started = Keys()
    yield started
    started.controller.close()


def player(bus: DBusServer, *arguments: str) -> str:
    return bus.run("playerctl", *arguments)


def players(bus: DBusServer) -> list[str]:
    listed = player(bus, "--list-all")
    return [] if listed == "No players found" else sorted(listed.split())


def metadata(bus: DBusServer) -> dict[str, str]:
    lines = [line.split(maxsplit=2) for line in player(bus, "metadata").splitlines()]
    return {line[1]: line[2] if len(line) > 2 else "" for line in lines}


def position(bus: DBusServer) -> float:
    return float(player(bus, "position"))


def thread_count() -> int:
    return sum(thread.name == "media keys" for thread in threading.enumerate())


def test_every_button_is_a_command(bus: DBusServer, keys: Keys) -> None:
    keys.watch(BEGAN)
    for button, command in {
        "play": Command.RESUME,
        "pause": Command.PAUSE,
        "play-pause": Command.TOGGLE,
        "next": Command.SKIP,
        "previous": Command.BACK,
        "stop": Command.STOP,
    }.items():
        assert player(bus, button) == ""
        assert keys.came() is command
    bus.call(NAME, PATH, f"{ROOT}.Quit")
    assert keys.came() is Command.STOP


def test_a_client_may_want_no_answer(bus: DBusServer, keys: Keys) -> None:
    to_us = ("dbus-send", "--type=method_call", f"--dest={NAME}", PATH)
    assert bus.run(*to_us, f"{PLAYER}.Next") == ""
    assert keys.came() is Command.SKIP


def test_a_command_comes_at_once(bus: DBusServer, keys: Keys) -> None:
    spent = []
    for _ in range(5):
        began = time.monotonic()
        player(bus, "pause")
        keys.came()
        spent.append(time.monotonic() - began)
    assert min(spent) < 0.3  # most of it is playerctl's own start


def test_the_desktop_shows_what_happens(bus: DBusServer, keys: Keys) -> None:
    assert player(bus, "status") == "Stopped"
    keys.watch(BEGAN, StepStarted(OPENING, frames(0)))
    assert player(bus, "status") == "Playing"
    assert metadata(bus) == {
        "mpris:trackid": "'/voicecoach/exercise/0'",
        "xesam:title": "Ease your back",
        "xesam:album": "Ease your back",
        "xesam:artist": "voicecoach",
    }
    keys.watch(StepStarted(CLIMB, frames(60)), passed(CLIMB, 60.1, 539.9))
    assert metadata(bus) == {
        "mpris:trackid": "'/voicecoach/exercise/2'",
        "mpris:length": str(600 * SECOND),
        "xesam:title": "Möwe «hoch»",
        "xesam:album": "Ease your back",
        "xesam:artist": "voicecoach",
        "xesam:trackNumber": "2",
    }
    keys.watch(Paused())
    assert player(bus, "status") == "Paused"
    keys.watch(Resumed(), Obeyed("resume", "keys"), StepEnded(CLIMB, 20.0, whole=True))
    assert player(bus, "status") == "Playing"


def test_the_position_runs_between_events_and_stands_in_a_pause(
    bus: DBusServer, keys: Keys
) -> None:
    before = time.monotonic()
    keys.watch(BEGAN, passed(STRETCH, 60.0, 539.0))
    after = time.monotonic()
    time.sleep(0.3)
    least = time.monotonic() - after
    shown = position(bus) - 60.0
    assert least <= shown <= time.monotonic() - before
    keys.watch(Paused())
    stands = position(bus)
    time.sleep(0.2)
    assert position(bus) == pytest.approx(stands, abs=PLAYERCTL_SECONDS)
    keys.watch(passed(CLIMB, 120.0, 479.0))  # skipped in the pause
    assert position(bus) == pytest.approx(120.0, abs=PLAYERCTL_SECONDS)
    keys.watch(Resumed())
    time.sleep(0.2)
    assert position(bus) >= 120.2
    keys.watch(passed(CLIMB, 598.95, 0.05))
    time.sleep(0.2)
    assert position(bus) == pytest.approx(599.0, abs=PLAYERCTL_SECONDS)


def test_clients_hear_of_changes_and_of_nothing_else(bus: DBusServer, keys: Keys) -> None:
    keys.watch(BEGAN, passed(STRETCH, 1.0, 599.0))
    bus.overhear(NAME)

    def heard() -> tuple[int, int]:
        text = bus.overheard(NAME)
        return text.count("member=PropertiesChanged"), text.count("member=Seeked")

    assert heard() == (0, 0)
    for tenth in range(50):
        keys.watch(passed(STRETCH, 1.0 + tenth / 100, 599.0 - tenth / 100))
    assert heard() == (0, 0)
    keys.watch(Paused())
    assert heard() == (1, 0)
    keys.watch(Resumed())
    assert heard() == (2, 0)
    keys.watch(passed(STRETCH, 1.5, 608.5))  # ten seconds longer
    assert heard() == (3, 0)
    keys.watch(StepStarted(STRETCH, frames(31.0)))  # a rep skipped
    assert heard() == (3, 1)
    keys.watch(StepStarted(CLIMB, frames(31.0)))
    assert heard() == (4, 2)
    text = bus.overheard(NAME)
    assert '"Position"' not in text
    assert "Möwe «hoch»" in text


def test_what_began_before_is_shown(bus: DBusServer) -> None:
    controller = open_media_keys()
    controller.watch(BEGAN)
    controller.watch(StepStarted(STRETCH, frames(5)))
    controller.start(lambda command: None)
    assert player(bus, "status") == "Playing"
    assert metadata(bus)["xesam:title"] == "Leg stretch"
    controller.close()


def test_nothing_can_be_asked_of_an_ended_session(bus: DBusServer, keys: Keys) -> None:
    keys.watch(BEGAN, passed(STRETCH, 1.0, 9.0), Ended("done"))
    assert player(bus, "status") == "Stopped"
    assert player(bus, "pause") == "No player could handle this command"
    bus.call(NAME, PATH, f"{PLAYER}.Pause")
    bus.call(NAME, PATH, f"{ROOT}.Quit")
    assert keys.commands.empty()


def test_what_cannot_be_set_stays(bus: DBusServer, keys: Keys) -> None:
    keys.watch(BEGAN, Paused(), passed(STRETCH, 60.0, 540.0))
    player(bus, "volume", "0.5")
    assert float(player(bus, "volume")) == 1.0
    assert player(bus, "position", "5") == "No player could handle this command"
    bus.call(NAME, PATH, f"{PLAYER}.Seek", "int64:1000000")
    bus.call(
        *(NAME, PATH, f"{PLAYER}.SetPosition"), "objpath:/voicecoach/exercise/1", "int64:1000000"
    )
    assert position(bus) == pytest.approx(60.0, abs=PLAYERCTL_SECONDS)
    wrong = {
        f"{PLAYER}.OpenUri": ["string:file:///"],
        f"{PLAYER}.Seek": ["string:far"],
        "org.freedesktop.DBus.Properties.Get": [f"string:{PLAYER}", "string:Shuffle"],
        "org.freedesktop.DBus.Properties.GetAll": [],
    }
    for method, arguments in wrong.items():
        assert bus.call(NAME, PATH, method, *arguments).startswith("Error org.freedesktop.DBus.")
    assert keys.commands.empty()
    assert player(bus, "status") == "Paused"


def test_what_is_described_is_there(bus: DBusServer, keys: Keys) -> None:
    text = bus.call(NAME, PATH, "org.freedesktop.DBus.Introspectable.Introspect")
    node = ET.fromstring(text[text.index("<node") :])  # noqa: S314 - our own words
    described = {
        interface.attrib["name"]: {each.attrib["name"] for each in interface.iter("property")}
        for interface in node.iter("interface")
    }
    # As the specification names them; what it calls optional may be absent.
    assert described[ROOT] == {
        *("CanQuit", "CanRaise", "HasTrackList", "Identity", "DesktopEntry"),
        *("SupportedUriSchemes", "SupportedMimeTypes"),
    }
    assert described[PLAYER] == {
        *("PlaybackStatus", "Rate", "Metadata", "Volume", "Position", "MinimumRate"),
        *("MaximumRate", "CanGoNext", "CanGoPrevious", "CanPlay", "CanPause", "CanSeek"),
        "CanControl",
    }
    for interface in (ROOT, PLAYER):
        values = bus.call(
            NAME, PATH, "org.freedesktop.DBus.Properties.GetAll", f"string:{interface}"
        )
        for name in described[interface]:
            assert name in values


def test_two_sessions_at_once(bus: DBusServer, keys: Keys) -> None:
    other = Keys()
    keys.watch(BEGAN)
    other.watch(Began("Wind down", ()), Paused())
    first, second = players(bus)
    assert first == "voicecoach"
    assert second.startswith("voicecoach.instance")
    assert player(bus, f"--player={second}", "metadata", "title") == "Wind down"
    assert player(bus, f"--player={second}", "next") == ""
    assert other.came() is Command.SKIP
    assert keys.commands.empty()
    other.controller.close()
    assert players(bus) == ["voicecoach"]
    keys.controller.close()
    third = Keys()
    assert players(bus) == ["voicecoach"]
    third.controller.close()


def test_close_leaves_nothing_and_may_be_called_twice(bus: DBusServer, keys: Keys) -> None:
    assert thread_count() == 1
    began = time.monotonic()
    keys.controller.close()
    assert players(bus) == []
    assert thread_count() == 0
    keys.controller.close()
    keys.watch(BEGAN, Ended("done"))
    assert time.monotonic() - began < 1.0


def test_a_command_may_close_its_controller(bus: DBusServer) -> None:
    controller = open_media_keys()
    closed = threading.Event()

    def send(command: Command | Answer) -> None:
        controller.close()
        closed.set()

    controller.start(send)
    player(bus, "stop")
    assert closed.wait(BOUND_SECONDS)
    controller.close()
    assert players(bus) == []


def test_a_controller_that_never_began_can_be_closed() -> None:
    controller = open_media_keys()
    controller.watch(BEGAN)
    controller.close()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (None, "DBUS_SESSION_BUS_ADDRESS is not set"),
        ("", "DBUS_SESSION_BUS_ADDRESS is not set"),
        ("unix:path=/nowhere/bus", "can't be reached: No such file or directory"),
        ("launchd:env=DBUS_LAUNCHD_SESSION_BUS_SOCKET", "can't be reached: "),
        ("nonsense", "can't be reached: "),
    ],
)
def test_no_bus(bus: DBusServer, monkeypatch: pytest.MonkeyPatch, address: str, told: str) -> None:
    if address is None:
        monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    else:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    controller = open_media_keys()
    with pytest.raises(UnavailableError, match=told) as caught:
        controller.start(lambda command: None)
    assert not isinstance(caught.value, MissingExtraError)
    assert "\n" not in str(caught.value)
    controller.watch(BEGAN)
    controller.close()
    assert thread_count() == 0


def test_a_bus_that_does_not_answer(bus: DBusServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voicecoach.controls.mpris.OPEN_SECONDS", 0.3)
    bus.freeze()
    controller = open_media_keys()
    began = time.monotonic()
    with pytest.raises(UnavailableError, match="doesn't answer"):
        controller.start(lambda command: None)
    assert time.monotonic() - began < 1.3
    assert thread_count() == 0


def test_a_frozen_bus_holds_nobody_up(bus: DBusServer, keys: Keys) -> None:
    bus.freeze()
    began = time.monotonic()
    for number in range(5_000):  # more than the connection's buffers hold
        keys.watch(Began(f"Session {number}" * 20, ()))
    assert time.monotonic() - began < 2.0
    began = time.monotonic()
    keys.controller.close()
    assert time.monotonic() - began < 1.1
    assert thread_count() == 0


SESSION = """
import sys, threading, time
from voicecoach.controls.mpris import open_media_keys
from voicecoach.events import Began, Paused
keys = open_media_keys()
keys.start(print)
keys.watch(Began("Ease your back", ()))
print("ready", flush=True)
sys.stdin.readline()
for number in range(100):
    keys.watch(Began(f"Part {number}", ()))
    time.sleep(0.003)
print([thread.name for thread in threading.enumerate()])
began = time.monotonic()
keys.close()
keys.close()
print(time.monotonic() - began < 1)
"""


@pytest.mark.parametrize("frozen", [False, True])
def test_a_bus_that_dies_disturbs_nobody(bus: DBusServer, frozen: bool) -> None:
    child = subprocess.Popen(
        [sys.executable, "-X", "dev", "-c", SESSION],
        env=bus.env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout
    assert child.stdout.readline() == "ready\n"
    if frozen:
        bus.freeze()
    else:
        bus.kill()
    out, err = child.communicate("go on\n", timeout=20)
    threads = ["MainThread", "media keys"] if frozen else ["MainThread"]
    assert out.splitlines() == [str(threads), "True"]
    assert err == ""
    assert child.returncode == 0


def test_the_extra_is_missing(bus: DBusServer) -> None:
    program = (
        "import sys; sys.modules['dbus_fast'] = None\n"
        "from voicecoach.controls.mpris import open_media_keys\n"
        "from voicecoach.errors import MissingExtraError\n"
        "try: open_media_keys().start(print)\n"
        "except MissingExtraError as error: print(error.extra, error)\n"
    )
    printed = bus.run(sys.executable, "-c", program)
    assert printed == (
        'mediakeys media keys needs the extra "mediakeys"; '
        "install it with: pip install 'voicecoach[mediakeys]'"
    )


EVENTS = st.one_of(
    st.just(BEGAN),
    st.just(Paused()),
    st.just(Resumed()),
    st.just(Ended("done")),
    st.builds(StepStarted, st.sampled_from([OPENING, STRETCH, CLIMB]), st.integers(0, 10**9)),
    st.builds(
        passed,
        st.sampled_from([OPENING, STRETCH, CLIMB]),
        st.floats(0, 1e5),
        st.none() | st.floats(0, 1e5),
    ),
)


@given(st.lists(st.tuples(EVENTS, st.floats(0, 1e4)), max_size=12), st.floats(0, 1e6))
def test_whatever_happens_the_position_is_within_the_length(
    history: list[tuple[Event, float]], wait_seconds: float
) -> None:
    now, shown = 1000.0, NowPlaying()
    for event, later_seconds in history:
        now += later_seconds
        shown = shown.after(event, now)
        told = shown.position(now)
        later = shown.position(now + wait_seconds)
        assert 0.0 <= told <= later
        assert later == told or shown.status == "Playing"
        if shown.length is not None:
            assert later <= shown.length / 48_000


@given(st.lists(st.floats(0, 20), min_size=1, max_size=30))
def test_who_heard_of_the_jumps_is_never_far_from_the_truth(positions: list[float]) -> None:
    now, shown = 1000.0, NowPlaying().after(BEGAN, 1000.0)
    believed, jumps = 0.0, shown.jumps
    for at_seconds in positions:
        now += 0.1
        believed += 0.1
        shown = shown.after(passed(STRETCH, at_seconds, None), now)
        if shown.jumps != jumps:
            believed, jumps = shown.position(now), shown.jumps
        assert believed == pytest.approx(at_seconds, abs=1.001)
