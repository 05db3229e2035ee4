"""Calendars: a reminder enters, an iCalendar file's bytes leave: an event a day, with an alarm."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from voicecoach.errors import MissingExtraError
from voicecoach.library import typed
from voicecoach.remind import Reminder

if TYPE_CHECKING:
    from icalendar import Event

YEARS = 20
"""For so long the zone's changes stand in the file; most calendars know the zone by its name."""
STEP_MINUTES = 5
"""An event takes whole steps of so many minutes."""


def local_zone() -> ZoneInfo | None:
    """The time zone of this place; None where it has no name.

    Raises:
        MissingExtraError: tzlocal isn't installed.
    """
    try:
        import tzlocal
    except ImportError:
        raise _missing() from None
    try:
        zone = ZoneInfo(tzlocal.get_localzone_name())
    except (ZoneInfoNotFoundError, LookupError, OSError, ValueError):
        return None
    # What a system's settings say and what its clock shows can differ.
    today = datetime.now(UTC)
    year = (today + timedelta(days=30 * month) for month in range(12))
    same = all(day.astimezone().utcoffset() == day.astimezone(zone).utcoffset() for day in year)
    return zone if same else None


def write_calendar(reminder: Reminder, at: datetime, zone: ZoneInfo | None) -> bytes:
    """The file's bytes, the first events after the moment `at`.

    In a zone the local time stays through daylight saving; without, it is the local time of
    wherever the calendar is. Its events have the same UIDs each time, so that importing it again
    replaces them.

    Raises:
        MissingExtraError: icalendar isn't installed.
    """
    try:
        from icalendar import Calendar
    except ImportError:
        raise _missing() from None
    calendar = Calendar()
    calendar.add("prodid", "-//voicecoach//voicecoach//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for number, each in enumerate(reminder.times, 1):
        calendar.add_component(_event(reminder, number, each, at, zone))
    if zone:
        first, last = at.date(), at.date() + timedelta(days=365 * YEARS)
        calendar.add_missing_timezones(first - timedelta(days=365), last)
    data: bytes = calendar.to_ical()
    return data


def _event(
    reminder: Reminder, number: int, each: time, at: datetime, zone: ZoneInfo | None
) -> Event:
    from icalendar import Alarm, Event

    now = at.astimezone(zone) if zone else at.replace(tzinfo=None)
    first = datetime.combine(now.date(), each, zone)
    if first <= now:
        first += timedelta(days=1)
    event = Event()
    event.add("uid", f"{reminder.name}-{number}@voicecoach")
    event.add("dtstamp", at.astimezone(UTC))
    event.add("sequence", int(at.timestamp()) // 60)  # the later file counts
    event.add("dtstart", first)
    steps = -(-max(reminder.seconds, 1) // (60 * STEP_MINUTES))
    event.add("duration", timedelta(minutes=steps * STEP_MINUTES))
    event.add("rrule", {"freq": "daily"})
    event.add("summary", reminder.title)
    event.add("description", _description(reminder))
    event.add("transp", "TRANSPARENT")  # nobody is busy then
    if _is_link(reminder.track):
        event.add("url", reminder.track)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", timedelta(0))
    alarm.add("description", f"{reminder.title}: {reminder.words}")
    event.add_component(alarm)
    return event


def _description(reminder: Reminder) -> str:
    """What to do then. It names no folder of this machine: the file may be given to somebody."""
    track = reminder.track
    if track:
        return f"{reminder.words}\n{track if _is_link(track) else Path(track).name}"
    return f"{reminder.words}\nvoicecoach play {typed(Path(reminder.script).name)}"


def _is_link(track: str) -> bool:
    return urlsplit(track).scheme in ("http", "https")


def _missing() -> MissingExtraError:
    return MissingExtraError("a calendar's file", "remind")
