"""An event as a calendar file (RFC 5545). Pure: the moment and the id of writing are given."""

from __future__ import annotations

import datetime
import re
import zoneinfo

from app.products.content_lines import content_lines, escaped
from app.products.product import Event, ProductInvalid

_MOMENT = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{1,2}):(\d{2})(?::\d{2})?)?")


def event_bytes(event: Event, uid: str, now: datetime.datetime) -> bytes:
    """The file. Raises ProductInvalid with what is wrong.

    Times of a named zone are written in UTC, which every calendar shows at its own place; times
    without one are the same on every clock.
    """
    starts, ends = checked_times(event)
    return content_lines(
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Sayso//Sayso//EN",
            "BEGIN:VEVENT",
            f"UID:{uid}",
            f"DTSTAMP:{now.astimezone(datetime.UTC):%Y%m%dT%H%M%SZ}",
            _stamp("DTSTART", starts),
            *([] if ends is None else [_stamp("DTEND", ends)]),
            f"SUMMARY:{escaped(event.title)}",
            *([f"LOCATION:{escaped(event.place)}"] if event.place.strip() else []),
            *([f"DESCRIPTION:{escaped(event.notes)}"] if event.notes.strip() else []),
            "END:VEVENT",
            "END:VCALENDAR",
        ]
    )


def checked_times(
    event: Event,
) -> tuple[datetime.date, datetime.date | None]:
    """When it begins, and the first moment after it; dates for whole days.

    Raises ProductInvalid.
    """
    if not event.title.strip():
        raise ProductInvalid("The event has no title.")
    zone = _zone(event.time_zone.strip())
    starts = _moment(event.starts, zone)
    if not event.ends.strip():
        return starts, None
    ends = _moment(event.ends, zone)
    if isinstance(starts, datetime.datetime) != isinstance(ends, datetime.datetime):
        raise ProductInvalid("Give a time for the begin and the end, or for neither.")
    if not isinstance(ends, datetime.datetime):
        ends = _day_after(ends)
    if ends <= starts:
        raise ProductInvalid("The event ends before it begins.")
    return starts, ends


def _zone(name: str) -> datetime.tzinfo | None:
    if not name:
        return None
    try:
        return zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        raise ProductInvalid(f"“{name}” is not a time zone, such as Europe/Berlin.") from None


def _moment(text: str, zone: datetime.tzinfo | None) -> datetime.date:
    """A date, or a datetime: in UTC where there is a zone, else without one."""
    match = _MOMENT.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError
        date = datetime.date(int(match[1]), int(match[2]), int(match[3]))
        if match[4] is None:
            return date
        time = datetime.time(int(match[4]), int(match[5]), tzinfo=zone)
        moment = datetime.datetime.combine(date, time)
        return moment.astimezone(datetime.UTC) if zone is not None else moment
    except (ValueError, OverflowError):
        raise ProductInvalid(
            f"“{text.strip()}” is not a date such as 2026-11-24 or 2026-11-24 17:00."
        ) from None


def _day_after(day: datetime.date) -> datetime.date:
    try:
        return day + datetime.timedelta(days=1)
    except OverflowError:
        raise ProductInvalid(f"“{day}” is not a date that calendars know.") from None


def _stamp(name: str, when: datetime.date) -> str:
    if not isinstance(when, datetime.datetime):
        return f"{name};VALUE=DATE:{when:%Y%m%d}"
    return f"{name}:{when:%Y%m%dT%H%M%S}{'Z' if when.tzinfo is not None else ''}"
