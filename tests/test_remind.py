"""`voicecoach remind`: calendars read back by other libraries, timers by what keeps them."""

from __future__ import annotations

import io
import json
import os
import plistlib
import re
import shlex
import shutil
import stat
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import tzset
from typing import Any
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
import tzlocal.unix
from dateutil import tz
from icalendar import Calendar

from tests.dbusserver import NEEDED, DBusServer
from tests.packing import FILES, SCRIPT, packed
from tests.soundserver import require
from voicecoach import cli
from voicecoach.errors import EXIT_DONE, EXIT_UNAVAILABLE, EXIT_USER, UnavailableError
from voicecoach.packs import install, read_pack, uninstall
from voicecoach.remind import Reminder, cron, launchd, reminder_name, script_key, systemd, windows
from voicecoach.remind.calendar import local_zone, write_calendar
from voicecoach.remind.steps import Delete, Run, Write

BERLIN = ZoneInfo("Europe/Berlin")
TIMES = (time(2, 30), time(9), time(18, 5))
NASTY = 'it\'s "50%" of $HOME & more, \\ ; é\N{CAT}.md'
"""A file's name with all that means something to a shell, cron, systemd or XML."""
TEXT = "# Neck & back < 100%\ntimes: 9:00, 6 pm\n## A\nSit.\nhold 20s, 2 times\n"


def reminder(script: str = "/home/jo/back.md", **options: Any) -> Reminder:
    words = "It is time for your session."
    return Reminder("Neck & back < 100%", script, TIMES, words, 400, **options)


def remind(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = EXIT_DONE) -> str:
    given = cli.run(["remind", *arguments])
    printed = capsys.readouterr()
    assert given == code, printed.err
    assert "Traceback" not in printed.err
    return printed.err if code else printed.out


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / NASTY
    path.write_text(TEXT)
    return path


# Calendars


def events_of(data: bytes) -> list[Any]:
    calendar: Any = Calendar.from_ical(data)
    return list(calendar.events)


def occurrences(data: bytes, first: date, days: int) -> list[datetime]:
    found = recurring_ical_events.of(Calendar.from_ical(data)).between(
        datetime.combine(first, time(), BERLIN),
        datetime.combine(first + timedelta(days), time(), BERLIN),
    )
    return sorted(event["DTSTART"].dt for event in found)


@pytest.mark.parametrize(
    ("change", "offsets"),
    [(date(2027, 3, 28), (1, 2)), (date(2026, 10, 25), (2, 1)), (date(2040, 3, 25), (1, 2))],
    ids=str,
)
def test_local_times_survive_daylight_saving(change: date, offsets: tuple[int, int]) -> None:
    data = write_calendar(reminder(), datetime(2026, 10, 1, 12, tzinfo=UTC), BERLIN)
    found = occurrences(data, change - timedelta(2), 5)
    days = [change + timedelta(day) for day in range(-2, 3)]
    assert [(each.date(), each.time()) for each in found if each.hour != 2] == [
        (day, at) for day in days for at in TIMES[1:]
    ]
    assert {each.date() for each in found if each.hour == 2} >= set(days) - {change}
    nine = {each.date(): each.utcoffset() for each in found if each.hour == 9}
    expected = [offsets[day >= change] for day in days]
    assert [nine[day] for day in days] == [timedelta(hours=hours) for hours in expected]


def test_the_file_tells_the_zone_to_who_does_not_know_it() -> None:
    data = write_calendar(reminder(), datetime(2026, 10, 1, tzinfo=UTC), BERLIN).decode()
    [zone] = re.findall(r"BEGIN:VTIMEZONE.*?END:VTIMEZONE\r\n", data, re.DOTALL)
    told = tz.tzical(io.StringIO(zone)).get("Europe/Berlin")  # dateutil's own reader
    assert told
    for number in range(0, 365 * 10, 5):
        day = datetime(2026, 10, 1, 9) + timedelta(number)
        assert day.replace(tzinfo=told).utcoffset() == day.replace(tzinfo=BERLIN).utcoffset()


def test_what_an_event_is() -> None:
    at = datetime(2026, 10, 1, 9, 30, tzinfo=BERLIN)
    data = write_calendar(reminder(track="https://example.org/back.mp3"), at, BERLIN)
    events = events_of(data)
    first = [event.start for event in events]
    assert first == [
        datetime(2026, 10, 2, 2, 30, tzinfo=BERLIN),
        datetime(2026, 10, 2, 9, tzinfo=BERLIN),
        datetime(2026, 10, 1, 18, 5, tzinfo=BERLIN),  # the only one still to come that day
    ]
    for event in events:
        assert event["SUMMARY"] == "Neck & back < 100%"
        assert event["URL"] == "https://example.org/back.mp3"
        assert event["DURATION"].dt == timedelta(minutes=10)
        assert event["TRANSP"] == "TRANSPARENT"
        [alarm] = event.walk("VALARM")
        assert (alarm["ACTION"], alarm["TRIGGER"].dt) == ("DISPLAY", timedelta(0))
        assert str(alarm["DESCRIPTION"]).endswith("It is time for your session.")
    later = write_calendar(reminder(), at + timedelta(days=3), BERLIN)
    again = events_of(later)
    assert [event["UID"] for event in again] == [event["UID"] for event in events]
    assert all(new["SEQUENCE"] > old["SEQUENCE"] for new, old in zip(again, events, strict=True))
    assert len({event["UID"] for event in events}) == 3


@pytest.mark.parametrize(
    ("track", "told"),
    [("", "voicecoach play back.md"), ("/home/jo/tracks/back.mp3", "back.mp3")],
)
def test_no_folder_of_this_machine_is_told(track: str, told: str) -> None:
    data = write_calendar(reminder(track=track), datetime(2026, 10, 1, tzinfo=UTC), BERLIN)
    [event, *_] = events_of(data)
    assert event["DESCRIPTION"].splitlines()[1:] == [told]
    assert b"/home" not in data
    assert "URL" not in event


def test_a_place_whose_zone_has_no_name() -> None:
    data = write_calendar(reminder(), datetime(2026, 10, 1, 20, tzinfo=UTC), None)
    [event, *_] = events_of(data)
    assert event["DTSTART"].to_ical() == b"20261002T023000"  # the local time, wherever that is
    assert b"VTIMEZONE" not in data


def test_the_zone_of_this_place(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as place:
        for told, zone in [
            ("America/New_York", ZoneInfo("America/New_York")),
            ("Europe/Berlin", BERLIN),
            ("CET-1CEST,M3.5.0,M10.5.0/3", None),  # Berlin's, but nobody says so
        ]:
            place.setenv("TZ", told)
            tzset()
            tzlocal.unix._cache_tz_name = None  # another process would ask anew
            assert local_zone() == zone
    tzset()
    tzlocal.unix._cache_tz_name = None


def test_a_file_from_the_command_line(
    tmp_path: Path, script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "back.ics"
    said = remind(capsys, str(script), "-o", str(file))
    assert said == f"Wrote {file}: every day at 9:00 and 18:00. Open it with your calendar.\n"
    assert [e.start.hour for e in events_of(file.read_bytes())] == [9, 18]
    assert "--force" in remind(capsys, str(script), "-o", str(file), code=EXIT_USER)
    remind(capsys, str(script), "-o", str(file), "--force", "--times", "7:15")
    [event] = events_of(file.read_bytes())
    assert (event.start.hour, event.start.minute) == (7, 15)


# Names


def test_names_tell_scripts_apart_and_stay() -> None:
    names = [reminder_name(script) for script in ("/a/back.md", "/b/back.md", "back", "/a/…")]
    assert len(set(names)) == 4
    assert all(re.fullmatch(r"voicecoach-[a-z0-9-]+-[0-9a-f]{10}", name) for name in names)
    assert reminder_name("/a/" + "x" * 300) == reminder_name("/a/" + "x" * 300)
    assert len(reminder_name("/a/" + "x" * 300)) < 64


def test_a_script_is_named_by_its_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert script_key("gone.md") == str(tmp_path / "gone.md")
    assert script_key("desk-break") == "desk-break"
    Path("desk-break").write_text("x")
    assert script_key("desk-break") == str(tmp_path / "desk-break")


def test_an_installed_script_keeps_its_name_when_its_files_are_replaced() -> None:
    for script in (SCRIPT, SCRIPT + b"twice\n"):
        install(read_pack(packed({**FILES, "back.md": script})), "my back", force=True)
        assert script_key("my back") == "my back"
    written = write_calendar(reminder("my back"), datetime(2026, 11, 25, tzinfo=UTC), None)
    [said, *_] = [str(event["description"]) for event in Calendar.from_ical(written).events]
    assert shlex.split(said.splitlines()[-1]) == ["voicecoach", "play", "my back"]
    uninstall("my back")
    assert script_key("my back") == "my back", "or its timer could not be removed any more"


# Timers


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, and programs that only write down how they were called."""
    home = tmp_path / "home"
    programs = home / "bin"
    programs.mkdir(parents=True)
    for name in ("systemctl", "launchctl", "schtasks"):
        program(programs / name, f'echo "{name} $@" >> "{home}/calls"')
    program(
        programs / "crontab",
        f'cd "{home}"; if [ "$1" = - ]; then cat > tab; elif [ -f tab ]; then cat tab; '
        'else echo "no crontab for you" >&2; exit 1; fi',
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    return home


def program(path: Path, lines: str) -> Path:
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def calls(home: Path) -> list[str]:
    log = home / "calls"
    return log.read_text().splitlines() if log.exists() else []


def echo(folder: Path) -> Path:
    """A Python of a name that means something elsewhere, which only prints what it was given."""
    return program(
        folder / "my 100% $HOME python",
        f"exec {sys.executable} -c 'import json, sys; print(json.dumps(sys.argv[1:]))' \"$@\"",
    )


VERIFY = ("verify", "--user", "--man=no", "--generators=no")


def analyze(folder: Path, *arguments: str | Path) -> str:
    """What systemd-analyze says."""
    if shutil.which("systemd-analyze") is None:
        require("systemd-analyze is not installed")
    done = subprocess.run(
        ["systemd-analyze", *arguments],  # noqa: S607 - wherever it is
        env=os.environ | {"XDG_RUNTIME_DIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,  # what it says tells
        timeout=60,
    )
    return done.stdout


def test_systemd_takes_the_units(home: Path, script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The program of that name exists, or else verifying would complain of another one.
    monkeypatch.setattr(sys, "executable", str(echo(home)))
    service, timer, *_ = systemd.install(reminder(str(script)))
    assert isinstance(service, Write)
    assert isinstance(timer, Write)
    for unit in (service, timer):
        unit.path.parent.mkdir(parents=True, exist_ok=True)
        unit.path.write_bytes(unit.content)
    found = analyze(home, *VERIFY, service.path, timer.path)
    assert service.path.name not in found
    assert timer.path.name not in found
    for line, at in zip(re.findall("OnCalendar=(.*)", timer.content.decode()), TIMES, strict=True):
        assert f"{at:%H:%M}:00" in analyze(home, "calendar", line)
    assert f"Description={reminder().title.replace('%', '%%')}" in service.content.decode()


def test_a_unit_of_another_program_is_not_taken(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What test_systemd_takes_the_units stands on: a name misread would be told."""
    monkeypatch.setattr(sys, "executable", str(home / "no % such"))
    service, *_ = systemd.install(reminder())
    assert isinstance(service, Write)
    service.path.parent.mkdir(parents=True)
    service.path.write_bytes(service.content)
    assert f"{home}/no % such" in analyze(home, *VERIFY, service.path)


def unquoted(line: str) -> list[str]:
    """A command line as the manual of systemd.service has it: read here by itself."""
    words = re.findall(r'"((?:[^"\\]|\\.)*)"', line)
    for number, word in enumerate(words):
        plain = re.sub(
            r"\\(?:x([0-9a-f]{2})|(.))",
            lambda m: chr(int(m[1], 16)) if m[1] else m[2],
            word,
        )
        plain = plain.replace("%%", "%")
        words[number] = plain.replace("$$", "$") if number else plain
    return words


@pytest.mark.parametrize("name", [NASTY, "line\nbreak\t.md", "$$ %h ${X} \\x41.md"])
def test_a_units_command_is_what_was_meant(name: str) -> None:
    each = reminder(f"/home/jo/{name}", starts=True)
    service, *_ = systemd.install(each)
    assert isinstance(service, Write)
    [line] = re.findall("ExecStart=(.*)", service.content.decode())
    assert unquoted(line) == each.command
    assert each.command[1:] == ["-P", "-m", "voicecoach", "play", "--plain", "--", each.script]


def test_systemd_from_installing_to_removing(
    home: Path, script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = (str(script), "--with", "systemd")
    shown = remind(capsys, *arguments, "--install", "--dry-run")
    folder = home / ".config/systemd/user"
    assert not folder.exists()
    said = remind(capsys, *arguments, "--install")
    assert said.startswith("A timer reminds of Neck & back < 100% every day at 9:00 and 18:00.\n")
    name = reminder_name(str(script))
    assert sorted(path.name for path in folder.iterdir()) == [f"{name}.service", f"{name}.timer"]
    for path in folder.iterdir():
        assert path.read_text() in shown
    assert calls(home) == [
        "systemctl --user daemon-reload",
        f"systemctl --user enable {name}.timer",
        f"systemctl --user restart {name}.timer",
    ]
    script.unlink()  # what is gone can be removed
    other = folder / "voicecoach-other.timer"
    other.write_text("somebody else's")
    assert remind(capsys, *arguments, "--remove") == "The timer is removed.\n"
    assert list(folder.iterdir()) == [other]
    said = remind(capsys, *arguments, "--remove")
    assert said == "No timer was installed for this script.\n"


def test_launchd_reads_the_agent(home: Path) -> None:
    each = reminder(f"/home/jo/{NASTY}")
    agent, *runs = launchd.install(each)
    assert isinstance(agent, Write)
    read = plistlib.loads(agent.content)
    assert read["ProgramArguments"] == each.command
    assert read["StartCalendarInterval"] == [{"Hour": t.hour, "Minute": t.minute} for t in TIMES]
    assert agent.path == home / "Library/LaunchAgents" / f"{read['Label']}.plist"
    assert [str(run).split()[2] for run in runs] == ["bootout", "bootstrap"]
    assert launchd.remove(each.name) == []
    agent.path.parent.mkdir(parents=True)
    agent.path.write_bytes(agent.content)
    assert launchd.remove(each.name)[-1] == Delete(agent.path)


def test_windows_reads_the_task() -> None:
    each = reminder(r"C:\Users\Jo Doe\it's 50% é\back.md", starts=True)
    task, create, delete = windows.install(each)
    assert isinstance(task, Write)
    assert isinstance(create, Run)
    assert create.command == (
        *("schtasks", "/Create", "/F", "/TN", rf"\voicecoach\{each.name}"),
        *("/XML", str(task.path)),
    )
    assert delete == Delete(task.path)
    root = ET.fromstring(task.content)  # noqa: S314 - our own
    space = {"t": windows.NAMESPACE}
    starts = [node.text for node in root.findall(".//t:StartBoundary", space)]
    assert starts == [f"2026-01-01T{at:%H:%M}:00" for at in TIMES]
    assert root.findtext(".//t:Description", "", space) == each.title
    assert root.findtext(".//t:Exec/t:Command", "", space) == sys.executable
    arguments = root.findtext(".//t:Exec/t:Arguments", "", space)
    assert arguments == f'-P -m voicecoach play --plain -- "{each.script}"'
    with pytest.raises(UnavailableError, match="rename the script"):
        windows.install(reminder(r"C:\%TEMP%\x.md"))


def test_cron_runs_what_was_meant_and_keeps_the_others_lines(
    home: Path,
    script: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "executable", str(echo(home)))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/it's")
    others = "# mine\n0 5 * * 1 tar 100\\%\n"
    (home / "tab").write_text(others)
    for _ in range(2):  # again is no more
        remind(capsys, str(script), "--install", "--with", "cron")
    tab = (home / "tab").read_text()
    assert tab.startswith(others)
    lines = [line for line in tab.splitlines() if "voicecoach" in line and line[0] != "#"]
    assert [line.split(" ", 5)[:5] for line in lines] == [
        ["0", "9", "*", "*", "*"],
        ["0", "18", "*", "*", "*"],
    ]
    # cron gives the line to sh up to a bare %, and takes the backslash before others away.
    command = lines[0].split(" ", 5)[5]
    assert not re.search(r"(?<!\\)%", command)
    given = subprocess.check_output(["/bin/sh", "-c", command.replace(r"\%", "%")])
    assert json.loads(given) == ["-P", "-m", "voicecoach", "remind", "--show", "--", str(script)]
    remind(capsys, str(script), "--remove")
    assert (home / "tab").read_text() == others
    with pytest.raises(UnavailableError, match="rename the script"):
        cron.install(reminder("/home/jo/line\nbreak.md"))


def test_one_keeper_at_a_time(home: Path, script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    remind(capsys, str(script), "--install", "--with", "cron")
    remind(capsys, str(script), "--install", "--with", "systemd")
    assert (home / "tab").read_text() == ""
    assert "tem" in remind(capsys, str(script), "--install", "--dry-run", "--with", "systemd")


def test_what_fails_leaves_nothing_behind(
    home: Path, script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program(home / "bin/systemctl", "echo Failed to connect to bus >&2; exit 1")
    said = remind(capsys, str(script), "--install", "--with", "systemd", code=EXIT_UNAVAILABLE)
    assert said == 'voicecoach: systemctl could not do it: "Failed to connect to bus"\n'
    assert not any((home / ".config/systemd/user").iterdir())
    (home / "bin/systemctl").unlink()
    (home / "bin/launchctl").unlink()
    said = remind(capsys, str(script), "--install", "--with", "launchd", code=EXIT_UNAVAILABLE)
    assert said == "voicecoach: there is no launchctl on this system\n"
    (home / "bin/crontab").unlink()
    os.environ["PATH"] = str(home / "bin")  # put back by `home`
    said = remind(capsys, str(script), "--install", code=EXIT_UNAVAILABLE)
    assert "a calendar's file reminds too: -o FILE.ics" in said


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "choose one: -o FILE.ics, --install, or --remove"),
        (("--install", "--remove"), "choose one"),
        (("-o", "x.ics", "--start"), "--start goes with --install"),
        (("--install", "--track", "x"), "--track goes with -o"),
        (("-o", "x.ics", "--with", "cron"), "--with goes with --install or --remove"),
        (("-o", "x.ics", "--dry-run"), "--dry-run goes with --install or --remove"),
        (("-o", "x.ical"), "a calendar's file ends in .ics"),
        (("-o", "x.ics", "--times", "9"), '"9" is not quite a time of day; did you mean "9:00"?'),
    ],
)
def test_what_cant_be_asked(
    arguments: tuple[str, ...], told: str, script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told in remind(capsys, str(script), *arguments, code=EXIT_USER)


def test_a_script_without_times_and_one_from_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    said = remind(capsys, "ease-your-back", "--install", "--dry-run", code=EXIT_USER)
    assert "times: 9:00, 13:00, 18:00" in said
    assert "not a pipe" in remind(capsys, "-", "--install", code=EXIT_USER)


# Notifications

DESKTOP = """
import asyncio, json, sys
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, dbus_method
class Notifications(ServiceInterface):
    @dbus_method()
    def Notify(self, app: 's', replaces: 'u', icon: 's', title: 's', words: 's',
               actions: 'as', hints: 'a{sv}', timeout: 'i') -> 'u':
        print(json.dumps([app, title, words]), flush=True)
        return 1
    @dbus_method()
    def GetCapabilities(self) -> 'as':
        return ['body', 'actions']
    @dbus_method()
    def GetServerInformation(self) -> 'ssss':
        return ['a desktop', 'nobody', '1', '1.2']
async def main():
    bus = await MessageBus().connect()
    bus.export('/org/freedesktop/Notifications', Notifications('org.freedesktop.Notifications'))
    await bus.request_name('org.freedesktop.Notifications')
    print('ready', flush=True)
    await bus.wait_for_disconnect()
asyncio.run(main())
"""


def test_a_notification_reaches_the_desktop(script: Path) -> None:
    if any(shutil.which(name) is None for name in NEEDED):
        require("there is no D-Bus")
    own = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")
    show = [sys.executable, "-m", "voicecoach", "remind", "--show", "--", str(script)]
    with DBusServer() as bus:
        env = bus.env | {name: os.environ[name] for name in own}
        desktop = subprocess.Popen(
            [sys.executable, "-c", DESKTOP], env=env, stdout=subprocess.PIPE, text=True
        )
        try:
            assert desktop.stdout
            assert desktop.stdout.readline() == "ready\n"
            subprocess.run(show, env=env, check=True, timeout=60)
            told = json.loads(desktop.stdout.readline())
        finally:
            desktop.kill()
            desktop.communicate()
        assert told == ["voicecoach", "Neck & back < 100%", "It is time for your session."]
        nobody = subprocess.run(show, env=env, check=False, capture_output=True, timeout=60)
    assert nobody.returncode == EXIT_UNAVAILABLE
    assert nobody.stderr == (b"voicecoach: no notification can be shown here: no desktop answers\n")
