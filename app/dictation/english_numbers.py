"""English numbers, money, times and dates as people write them. Pure.

What stands for no number stays in words: "one of them", "five people", "half past three".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from app.dictation.english_dates import DIGITS_FROM, read_date, read_ordinal_or_day, read_time
from app.dictation.english_units import Found, counts, unit_at
from app.dictation.number_run import (
    key_at,
    number_at,
    read,
    read_digits,
    read_year,
    starts_number,
)
from app.dictation.number_words import (
    CENTS,
    DIGIT_LEADS,
    MONEY,
    MONTHS,
    ORDINALS,
    SCALES,
    TENTHS,
)
from app.dictation.pieces import Piece
from app.providers.local.spoken_numbers import digits

_GROUP_FROM = 10_000
_ROUND = {Decimal(100), Decimal(1000)}


def english_number(pieces: Sequence[Piece], at: int) -> Found | None:
    """What is written for the number that begins at `at`, and where it ends."""
    key = pieces[at].key
    if not (
        starts_number(pieces[at])
        or key in MONTHS
        or key in ORDINALS
        or key in TENTHS
        or key in ("a", "minus", "plus", "oh", "double", "triple", "point")
    ):
        return None
    for reader in _READERS:
        found = reader(pieces, at)
        if found is not None:
            return found
    return None


def grouped(value: Decimal, separator: str = ",") -> str:
    """Plain digits, in groups from 10,000 on."""
    text = digits(value)
    if abs(value) < _GROUP_FROM:
        return text
    whole, point, rest = text.partition(".")
    return f"{int(whole):,}".replace(",", separator) + point + rest


def _phone(pieces: Sequence[Piece], at: int) -> Found | None:
    plus = pieces[at].key == "plus"
    end, found = read_digits(pieces, at + plus)
    if end < len(pieces) and (
        number_at(pieces, end) or key_at(pieces, end) in ("hundred", "point")
    ):
        return None
    led = key_at(pieces, at - 1) in DIGIT_LEADS
    enough = len(found) >= 4 or (len(found) == 3 and ("0" in found or led))
    if not enough or (plus and len(found) < 6):
        return None
    return end, f"+{found}" if plus else found


def _year(pieces: Sequence[Piece], at: int) -> Found | None:
    found = read_year(pieces, at)
    if found is None or counts(pieces, found[0]):
        return None
    return found


def _number(pieces: Sequence[Piece], at: int) -> Found | None:
    minus = pieces[at].key == "minus"
    number = read(pieces, at + minus)
    if number is None:
        return None
    end, value = number.end, number.value
    scale = ""
    if key_at(pieces, end) in SCALES:
        scale, end = pieces[end].key, end + 1
        more = read(pieces, end + (key_at(pieces, end) == "and"))
        if scale == "million" and more is not None and more.value >= 1000:
            value, scale, end = value * 1_000_000 + more.value, "", more.end
    if minus:
        value = -value
    return _with_unit(pieces, end, value, scale) or _bare(pieces, at, end, value, scale)


def _with_unit(pieces: Sequence[Piece], end: int, value: Decimal, scale: str) -> Found | None:
    text = grouped(value) + (f" {scale}" if scale else "")
    money = _money(pieces, end, value, scale)
    if money is not None:
        return money
    unit = unit_at(pieces, end)
    return None if unit is None else (unit[0], f"{text}{unit[1]}")


def _money(pieces: Sequence[Piece], end: int, value: Decimal, scale: str) -> Found | None:
    sign = MONEY.get(key_at(pieces, end), "")
    ends = end + 1
    if key_at(pieces, end) == "pounds":
        sterling = key_at(pieces, end + 1) == "sterling"
        ends += sterling
        sign = "£" if sterling or _cents(pieces, ends) else ""
    if not sign or value % 1 and scale == "":
        return None if not sign else (ends, f"{sign}{value:.2f}")
    cents = None if scale else _cents(pieces, ends)
    if cents is not None:
        return cents[0], f"{sign}{grouped(value)}.{cents[1]:02}"
    return ends, f"{sign}{grouped(value)}" + (f" {scale}" if scale else "")


def _cents(pieces: Sequence[Piece], at: int) -> tuple[int, int] | None:
    """ "fifty", "and fifty cents" behind an amount."""
    bound = key_at(pieces, at) == "and"
    found = read(pieces, at + bound)
    if found is None or not 1 <= found.value <= 99 or found.value % 1:
        return None
    named = key_at(pieces, found.end) in CENTS
    if named:
        return found.end + 1, int(found.value)
    follows = found.end < len(pieces) and pieces[found.end].is_word
    return None if bound or follows else (found.end, int(found.value))


def _bare(pieces: Sequence[Piece], at: int, end: int, value: Decimal, scale: str) -> Found | None:
    """A number by itself: small and round ones stay in words, and so do those in a row."""
    words = _as_said(pieces, at, end)
    if scale:
        return end, words if pieces[at].key == "a" else f"{grouped(value)} {scale}"
    number = read(pieces, at + (pieces[at].key == "minus"))
    vague = number is not None and (
        number.part or (number.article and value in _ROUND) or pieces[at].key == "point"
    )
    follower = key_at(pieces, end)
    neighbours = number_at(pieces, end) or follower in (*ORDINALS, *TENTHS, *SCALES, "hundred")
    if vague or neighbours:
        return (_row_end(pieces, end), _as_said(pieces, at, _row_end(pieces, end)))
    if value % 1 == 0 and abs(value) < DIGITS_FROM and not _ranges_up(pieces, end):
        return end, words
    text = grouped(value)
    while key_at(pieces, end) == "point":
        more_end, more = read_digits(pieces, end + 1)
        if not more:
            break
        text, end = f"{text}.{more}", more_end
    return end, text


def _row_end(pieces: Sequence[Piece], end: int) -> int:
    while number_at(pieces, end):
        number = read(pieces, end)
        if number is None:
            break
        end = number.end
    return end


def _ranges_up(pieces: Sequence[Piece], end: int) -> bool:
    """Whether "to" or "or" and a number of two digits or more follow: "five to ten"."""
    if key_at(pieces, end) not in ("to", "or"):
        return False
    other = read(pieces, end + 1)
    return other is not None and other.value >= DIGITS_FROM and not other.part


def _as_said(pieces: Sequence[Piece], at: int, end: int) -> str:
    return "".join((piece.gap if n else "") + piece.text for n, piece in enumerate(pieces[at:end]))


_Reader = Callable[[Sequence[Piece], int], Found | None]
_READERS: tuple[_Reader, ...] = (_phone, read_date, read_ordinal_or_day, read_time, _year, _number)
