from __future__ import annotations

import datetime

import pytest

from app.products.calendar_file import event_bytes
from app.products.product import Event, ProductInvalid

NOW = datetime.datetime(2026, 11, 21, 12, 0, tzinfo=datetime.UTC)


def lines(event):
    data = event_bytes(event, "1@sayso", NOW)
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    return data.decode().replace("\r\n ", "").split("\r\n")


def test_an_event_has_what_rfc_5545_asks_for():
    event = Event("Tea, with Anna; or not", "2026-11-24 17:00", "2026-11-24 18:30", "", "At home")
    assert lines(event) == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Sayso//Sayso//EN", "BEGIN:VEVENT",
        "UID:1@sayso", "DTSTAMP:20261121T120000Z", "DTSTART:20261124T170000",
        "DTEND:20261124T183000", "SUMMARY:Tea\\, with Anna\\; or not", "LOCATION:At home",
        "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("starts", "zone", "written"),
    [
        ("2026-11-24 17:00", "Europe/Berlin", "DTSTART:20261124T160000Z"),
        ("2026-07-24 17:00", "Europe/Berlin", "DTSTART:20260724T150000Z"),
        ("2026-12-31T23:30", "America/New_York", "DTSTART:20270101T043000Z"),
        ("2026-03-29 02:30", "Europe/Berlin", "DTSTART:20260329T013000Z"),
        ("2026-11-24 9:05:00", "", "DTSTART:20261124T090500"),
        ("2026-11-24", "Europe/Berlin", "DTSTART;VALUE=DATE:20261124"),
    ],
)
def test_times_are_written_in_utc_or_as_the_clock_shows(starts, zone, written):
    assert written in lines(Event("x", starts, time_zone=zone))


def test_the_last_of_whole_days_is_included():
    assert "DTEND;VALUE=DATE:20261127" in lines(Event("x", "2026-11-24", "2026-11-26"))


def test_nothing_in_a_text_becomes_a_line_of_its_own():
    hostile = "x\r\nATTACH:file:///etc/passwd\u2028BEGIN:VALARM\x00\x1b\x85Y"
    event = Event(hostile, "2026-11-24", notes=hostile, place=hostile)
    text = event_bytes(event, "1", NOW).decode().replace("\r\n ", "")
    assert not any(line.startswith(("ATTACH", "BEGIN:VALARM")) for line in text.splitlines())
    assert "SUMMARY:x\\nATTACH:file:///etc/passwd\\nBEGIN:VALARM" in text


def test_long_lines_are_folded_between_characters():
    name = "Grüße 🙂 漢字 " * 30
    assert f"SUMMARY:{name}" in lines(Event(name, "2026-11-24"))


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (Event(" ", "2026-11-24"), "no title"),
        (Event("x", "tomorrow"), "not a date"),
        (Event("x", "2026-02-30"), "not a date"),
        (Event("x", "2026-11-24 25:00"), "not a date"),
        (Event("x", "2026-11-24", "2026-11-23"), "ends before"),
        (Event("x", "2026-11-24 17:00", "2026-11-24 16:00"), "ends before"),
        (Event("x", "2026-11-24 17:00", "2026-11-24"), "or for neither"),
        (Event("x", "2026-11-24 17:00", time_zone="Mars/Base"), "not a time zone"),
        (Event("x", "2026-11-24 17:00", time_zone="../../etc/passwd"), "not a time zone"),
        (Event("x", "9999-12-31 23:00", time_zone="America/New_York"), "not a date"),
        (Event("x", "9999-12-31", "9999-12-31"), "not a date"),
    ],
)
def test_what_cannot_be_written_is_told(event, why):
    with pytest.raises(ProductInvalid, match=why):
        event_bytes(event, "1", NOW)
