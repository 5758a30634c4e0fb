from __future__ import annotations

import datetime

import pytest

from app.tools.spoken import spoken_date, spoken_time


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        ("14:05", "five past two in the afternoon"),
        ("00:00", "midnight"),
        ("12:00", "noon"),
        ("12:30", "half past noon"),
        ("23:45", "a quarter to midnight"),
        ("11:40", "twenty to noon"),
        ("07:00", "seven o'clock in the morning"),
        ("09:15", "a quarter past nine in the morning"),
        ("18:59", "one minute to seven in the evening"),
        ("21:22", "twenty-two minutes past nine in the evening"),
        ("22:35", "twenty-five to eleven at night"),
        ("03:30", "half past three at night"),
        ("13:01", "one minute past one in the afternoon"),
    ],
)
def test_time_is_said_as_a_person_says_it(clock, words):
    assert spoken_time(datetime.time.fromisoformat(clock)) == words


@pytest.mark.parametrize(
    ("date", "words"),
    [
        ("2026-11-21", "Saturday, the twenty-first of November 2026"),
        ("2026-01-01", "Thursday, the first of January 2026"),
        ("2024-02-12", "Monday, the twelfth of February 2024"),
        ("2026-05-30", "Saturday, the thirtieth of May 2026"),
        ("2026-05-14", "Thursday, the fourteenth of May 2026"),
    ],
)
def test_date_is_said_as_a_person_says_it(date, words):
    assert spoken_date(datetime.date.fromisoformat(date)) == words


def test_every_minute_and_every_day_has_words():
    start = datetime.datetime(2024, 1, 1)
    minutes = {
        spoken_time((start + datetime.timedelta(minutes=count)).time()) for count in range(1440)
    }
    days = {spoken_date((start + datetime.timedelta(days=count)).date()) for count in range(366)}
    assert (len(minutes), len(days)) == (1440, 366)
