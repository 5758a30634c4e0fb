"""Times and dates as a person says them. Pure."""

from __future__ import annotations

import datetime

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = ("", "", "twenty", "thirty", "forty", "fifty")
_ORDINALS = {
    1: "first", 2: "second", 3: "third", 5: "fifth", 8: "eighth", 9: "ninth", 12: "twelfth",
    20: "twentieth", 30: "thirtieth",
}  # fmt: skip
_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def spoken_time(time: datetime.time) -> str:
    """To the minute: "five past two in the afternoon", "a quarter to noon"."""
    hour, minute = time.hour, time.minute
    if minute == 0:
        name = _hour_name(hour)
        return name if name in ("midnight", "noon") else f"{name} o'clock {_part_of_day(hour)}"
    if minute <= 30:
        near, words = hour, f"{_minutes(minute)} past"
    else:
        near, words = (hour + 1) % 24, f"{_minutes(60 - minute)} to"
    name = _hour_name(near)
    end = "" if name in ("midnight", "noon") else f" {_part_of_day(hour)}"
    return f"{words} {name}{end}"


def spoken_date(date: datetime.date) -> str:
    """For instance "Saturday, the twenty-first of November 2026"."""
    day = _DAYS[date.weekday()]
    return f"{day}, the {_ordinal(date.day)} of {_MONTHS[date.month - 1]} {date.year}"


def _minutes(count: int) -> str:
    named = {15: "a quarter", 30: "half"}
    if count in named:
        return named[count]
    words = _number(count)
    if count % 5:
        return f"{words} minute" if count == 1 else f"{words} minutes"
    return words


def _hour_name(hour: int) -> str:
    return {0: "midnight", 12: "noon"}.get(hour, _ONES[hour % 12])


def _part_of_day(hour: int) -> str:
    if 5 <= hour < 12:
        return "in the morning"
    if 12 <= hour < 18:
        return "in the afternoon"
    return "in the evening" if 18 <= hour < 22 else "at night"


def _number(count: int) -> str:
    if count < 20:
        return _ONES[count]
    tens, ones = divmod(count, 10)
    return _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")


def _ordinal(day: int) -> str:
    if day in _ORDINALS:
        return _ORDINALS[day]
    if day > 20:
        tens, ones = divmod(day, 10)
        return f"{_TENS[tens]}-{_ordinal(ones)}"
    return f"{_ONES[day]}th"
