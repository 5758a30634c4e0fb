"""Reads durations from tokens. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from app.providers.local.spoken_numbers import read_fraction, read_integer, read_number
from app.providers.local.tokens import Sentence

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_SHORT = {"s": 1, "sec": 1, "secs": 1, "min": 60, "mins": 60, "m": 60, "h": 3600, "hr": 3600}
_UNIT = _SECONDS | {f"{name}s": size for name, size in _SECONDS.items()} | _SHORT | {"hrs": 3600}
_VAGUE = {"couple": Decimal(2)}


def read_duration(sentence: Sentence, at: int) -> Iterator[tuple[int, int]]:
    """Seconds: "five minutes", "1h 30m", "an hour and a half", "half an hour"."""
    for end, seconds, unit in _part(sentence, at):
        yield from _more(sentence, end, seconds, unit)
        yield end, seconds


def _part(sentence: Sentence, at: int) -> Iterator[tuple[int, int, int]]:
    """One amount of one unit: where it ends, its seconds, the seconds of its unit."""
    for end, amount in _amount(sentence, at):
        size = _UNIT.get(sentence.text(end))
        if size is not None and amount:
            yield end + 1, int(amount * size), size


def _amount(sentence: Sentence, at: int) -> Iterator[tuple[int, Decimal]]:
    yield from read_number(sentence, at)
    article = sentence.text(at) in ("a", "an", "the")
    for end, part in read_fraction(sentence, at):
        yield end + (sentence.text(end) in ("a", "an")), part
    if sentence.text(at + article) in _VAGUE:
        end = at + article + 1
        yield end + (sentence.text(end) == "of"), _VAGUE[sentence.text(at + article)]
    if article:
        yield at + 1, Decimal(1)


def _more(sentence: Sentence, at: int, seconds: int, unit: int) -> Iterator[tuple[int, int]]:
    """A smaller unit behind a larger one, or "and a half" of the same."""
    joined = sentence.text(at) == "and"
    start = at + joined
    for end, more, smaller in _part(sentence, start):
        if smaller < unit:
            yield from _more(sentence, end, seconds + more, smaller)
            yield end, seconds + more
    if not joined:
        return
    for end, part in read_fraction(sentence, start):
        if sentence.text(end - 1) != "of":
            yield end, seconds + int(part * unit)
    for end, amount in read_integer(sentence, start):
        if unit == _SECONDS["hour"] and sentence.text(end) not in _UNIT:
            yield end, seconds + int(amount) * 60
