"""Windows: a reminder enters, the steps for a task of the Task Scheduler leave."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from voicecoach.errors import UnavailableError
from voicecoach.remind import Reminder
from voicecoach.remind.steps import Delete, Run, Step, Write, run

NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
SINCE = "2026-01-01"
"""A day in the past: a task begins on one, and needs no zone to follow local time."""


def available() -> bool:
    """Whether this is Windows."""
    return sys.platform == "win32"


def install(reminder: Reminder) -> list[Step]:
    """What makes, or replaces, the task."""
    path = Path(tempfile.gettempdir()) / f"{reminder.name}.xml"
    return [
        Write(path, _task(reminder), "utf-16"),
        Run(("schtasks", "/Create", "/F", "/TN", _path(reminder.name), "/XML", str(path))),
        Delete(path),
    ]


def remove(name: str) -> list[Step]:
    """What takes it away; nothing where there is none."""
    try:
        run(Run(("schtasks", "/Query", "/TN", _path(name))))
    except UnavailableError:
        return []
    return [Run(("schtasks", "/Delete", "/F", "/TN", _path(name)))]


def _path(name: str) -> str:
    return f"\\voicecoach\\{name}"


def _task(reminder: Reminder) -> bytes:
    ET.register_namespace("", NAMESPACE)
    task = ET.Element(f"{{{NAMESPACE}}}Task", version="1.2")
    _put(task, "RegistrationInfo/Description", reminder.title)
    triggers = _put(task, "Triggers")
    for each in reminder.times:
        trigger = _put(triggers, "CalendarTrigger")
        _put(trigger, "StartBoundary", f"{SINCE}T{each.hour:02}:{each.minute:02}:00")
        _put(trigger, "ScheduleByDay/DaysInterval", "1")
    principal = _put(task, "Principals/Principal")
    principal.set("id", "Author")
    _put(principal, "LogonType", "InteractiveToken")
    _put(principal, "RunLevel", "LeastPrivilege")
    settings = _put(task, "Settings")
    _put(settings, "DisallowStartIfOnBatteries", "false")
    _put(settings, "StopIfGoingOnBatteries", "false")
    _put(settings, "ExecutionTimeLimit", "P1D")
    actions = _put(task, "Actions")
    actions.set("Context", "Author")
    program, *arguments = reminder.command
    # A session has its window, and in it the keys that steer it.
    _put(actions, "Exec/Command", program if reminder.starts else _windowless(program))
    _put(actions, "Exec/Arguments", _command(arguments))
    written: bytes = ET.tostring(task, encoding="utf-16")
    return written


def _put(parent: ET.Element, path: str, text: str = "") -> ET.Element:
    """The element at a path below another, made where there is none."""
    for tag in path.split("/"):
        name = f"{{{NAMESPACE}}}{tag}"
        found = parent.find(name) if tag in ("Exec", "RegistrationInfo") else None
        parent = ET.SubElement(parent, name) if found is None else found
    if text:
        parent.text = "".join(c for c in text if c.isprintable())
    return parent


def _windowless(program: str) -> str:
    """The Python that opens no window, where it lies beside."""
    beside = Path(program).with_name("pythonw.exe")
    return str(beside) if beside.exists() else program


def _command(arguments: Sequence[str]) -> str:
    """Arguments as Windows programs divide them.

    Raises:
        UnavailableError: one has what a task takes for a variable, which nothing can quote.
    """
    if any(re.search("%[^%]+%", argument) for argument in arguments):
        raise UnavailableError("a task can't hold a file name with two % in it; rename the script")
    return subprocess.list2cmdline(arguments)
