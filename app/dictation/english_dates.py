"""English days, times of day and ordinals as people write them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from app.dictation.english_units import Found, counts
from app.dictation.number_run import (
    key_at,
    read,
    read_ordinal,
    read_two_digits,
    read_year,
    starts_number,
)
from app.dictation.number_words import DATE_LEADS, MONTHS, TIME_LEADS, WORDS_FIRST_MONTHS
from app.dictation.pieces import Piece

DIGITS_FROM = 10
"""Smaller numbers are written in words where nothing asks for digits."""

_COUNTED = ("a", "an", "each", "every", "another")


def read_date(pieces: Sequence[Piece], at: int) -> Found | None:
    """ "march third", "april twenty first twenty twenty six", "june twenty twenty six"."""
    key = pieces[at].key
    if key not in MONTHS:
        return None
    month = key.capitalize()
    year = read_year(pieces, at + 1)
    if year is not None and not year[1].endswith("s"):
        return year[0], f"{month} {year[1]}"
    sure = key not in WORDS_FIRST_MONTHS or pieces[at].text[0].isupper()
    day = read_ordinal(pieces, at + 1)
    if day is None and sure:
        number = read(pieces, at + 1)
        whole = number is not None and not number.article and number.value % 1 == 0
        day = (number.end, int(number.value)) if number is not None and whole else None
    if day is None or not 1 <= day[1] <= 31:
        return None
    year = read_year(pieces, day[0])
    led = key_at(pieces, at - 1) in DATE_LEADS
    if not (sure or led or year or day[1] >= DIGITS_FROM):
        return None
    return (
        (day[0], f"{month} {day[1]}") if year is None else (year[0], f"{month} {day[1]}, {year[1]}")
    )


def read_ordinal_or_day(pieces: Sequence[Piece], at: int) -> Found | None:
    """ "twenty first", and any day "of march"."""
    found = read_ordinal(pieces, at)
    if found is None or (at and starts_number(pieces[at - 1])):
        return None
    end, value = found
    if pieces[end - 1].key == "second" and key_at(pieces, at - 1) in _COUNTED:
        return None  # "a thirty second break"
    month = key_at(pieces, end + 1) if key_at(pieces, end) == "of" else ""
    if month in MONTHS and value <= 31:
        year = read_year(pieces, end + 2)
        tail = f" {year[1]}" if year else ""
        return (
            year[0] if year else end + 2
        ), f"{value}{_suffix(value)} of {month.capitalize()}{tail}"
    return (end, f"{value}{_suffix(value)}") if value >= DIGITS_FROM else None


def read_time(pieces: Sequence[Piece], at: int) -> Found | None:
    """ "five pm", "three thirty p m", "at ten fifteen", "five o'clock"."""
    hour = read(pieces, at)
    ends = at + 1
    if pieces[at].key in ("a", "minus", "plus", "oh", "zero", "point") or hour is None:
        return None
    first = read(pieces[:ends], at)
    if first is None or not 1 <= first.value <= 12:
        return None
    if key_at(pieces, ends) == "o'clock":
        return ends + 1, f"{first.value} o'clock"
    minute = read_two_digits(pieces, ends)
    if minute is not None and minute[1] < 60:
        half = _half_of_day(pieces, minute[0])
        clock = f"{first.value}:{minute[1]:02}"
        if half is not None:
            return half[0], f"{clock} {half[1]}"
        goes_on = counts(pieces, minute[0])
        if key_at(pieces, at - 1) in TIME_LEADS and not goes_on:
            return minute[0], clock
        return None
    half = _half_of_day(pieces, ends)
    return None if half is None else (half[0], f"{first.value} {half[1]}")


def _half_of_day(pieces: Sequence[Piece], at: int) -> Found | None:
    key = key_at(pieces, at)
    if key in ("am", "pm") and key_at(pieces, at + 1) != "i":
        return at + 1, key
    if key in ("a.m", "p.m"):
        return at + 1, key
    if key in ("a", "p") and key_at(pieces, at + 1) == "m":
        return at + 2, f"{key}m"
    return None


def _suffix(value: int) -> str:
    if value % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
