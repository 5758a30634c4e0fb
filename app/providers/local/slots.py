"""The kinds of slots: how each is spoken, and how its value is read from tokens. Pure.

`spoken` is in the notation of `notation` and goes into the recognizer's grammar; None means that
free words fill the slot, which no grammar can hold. A reader yields every end and value, the
longest first; it understands typed forms that nobody speaks as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.providers.local.durations import read_duration
from app.providers.local.expressions import read_expression
from app.providers.local.places import APPS, FOLDERS, SITES, TIMER_LABELS, TYPED_SITES
from app.providers.local.spoken_numbers import (
    ONES,
    TEENS,
    TENS,
    read_fraction,
    read_integer,
    read_signed,
)
from app.providers.local.tokens import Sentence, Token
from app.providers.local.units import KINDS, UNITS, read_unit

Value = str | int | Decimal
Reader = Callable[[Sentence, int], Iterator[tuple[int, Value]]]

MAX_LABEL_WORDS = 3
MAX_PHRASE_WORDS = 60

_DAYS = {
    "today": 0,
    "today's": 0,
    "tomorrow": 1,
    "tomorrow's": 1,
    "yesterday": -1,
    "yesterday's": -1,
    "the day after tomorrow": 2,
    "the day before yesterday": -2,
}
_NOT_IN_LABELS = frozenset(
    "a an the my to for of in at on timer timers all both new another and called named "
    "second seconds minute minutes hour hours".split()
)
_NOT_IN_APP_NAMES = frozenset("a an the my your this that it up to for with and about".split())
_TOP_LEVELS = frozenset("com org net edu gov io dev app info de uk fr eu tv".split())


@dataclass(frozen=True, slots=True)
class SlotKind:
    """How a kind of slot is spoken and read."""

    spoken: str | None
    read: Reader


def _any_of(words: tuple[str, ...] | list[str]) -> str:
    return "(" + "|".join(words) + ")"


RULES = {
    "digit": _any_of(ONES),
    "below_hundred": f"<digit> | {_any_of(TEENS)} | {_any_of(TENS)} [<digit>]",
    "below_thousand": "<below_hundred> | (a|<digit>) hundred [[and] <below_hundred>]",
    "decimals": "point (zero|<digit>) [(zero|<digit>)]",
    "number": (
        "zero | <below_thousand> [<decimals>] | (a|<below_thousand>) thousand [<below_thousand>]"
    ),
    "operator": "plus | minus | times | divided by",
    "chain": "<number> <operator> <number>"
    " [<operator> <below_thousand> [<operator> <below_hundred>]]",
    "few": _any_of([*ONES, "ten", "fifteen", "twenty", "thirty"]),
}
"""Fragments that slots are spoken with."""


def _read_amount(sentence: Sentence, at: int) -> Iterator[tuple[int, Value]]:
    yield from read_signed(sentence, at)
    for end, part in read_fraction(sentence, at):
        yield end + (sentence.text(end) in ("a", "an")), part
    if sentence.text(at) in ("a", "an"):
        yield at + 1, Decimal(1)


def _read_count(sentence: Sentence, at: int) -> Iterator[tuple[int, Value]]:
    for end, value in read_integer(sentence, at):
        if value == int(value):
            yield end, int(value)


def _read_last_note(sentence: Sentence, at: int) -> Iterator[tuple[int, Value]]:
    if sentence.words(at, at + 2) in ("last note", "latest note"):
        yield at + 2, 1


def _read_day(sentence: Sentence, at: int) -> Iterator[tuple[int, Value]]:
    for length in (4, 3, 1):
        offset = _DAYS.get(sentence.words(at, at + length))
        if offset is not None and at + length <= len(sentence):
            yield at + length, offset
    start = at + (sentence.text(at) == "in")
    for end, count in read_integer(sentence, start):
        size = {"day": 1, "days": 1, "week": 7, "weeks": 7}.get(sentence.text(end))
        if size is None:
            continue
        if sentence.text(end + 1) == "ago":
            yield end + 2, -int(count) * size
        elif start > at or sentence.text(end + 1) == "from":
            end += 3 if sentence.words(end + 1, end + 3) in ("from now", "from today") else 1
            yield end, int(count) * size


def _read_site(sentence: Sentence, at: int) -> Iterator[tuple[int, Value]]:
    for length in (3, 2, 1):
        name = sentence.words(at, at + length)
        url = SITES.get(name) or TYPED_SITES.get(name)
        if url is not None and at + length <= len(sentence):
            yield at + length, url
    if at < len(sentence) and sentence.tokens[at].is_address:
        address = sentence.text(at)
        yield at + 1, address if "://" in address else f"https://{address}"
    yield from _read_spoken_address(sentence, at)


def _read_spoken_address(sentence: Sentence, at: int) -> Iterator[tuple[int, Value]]:
    """ "example dot com": one word or more before each "dot"."""
    dots = [n for n in range(at + 1, len(sentence) - 1) if sentence.text(n) == "dot"]
    if dots and sentence.text(dots[-1] + 1) in _TOP_LEVELS and dots[-1] - at <= MAX_LABEL_WORDS:
        end = dots[-1] + 2
        parts = [token.text for token in sentence.tokens[at:end]]
        yield end, "https://" + "".join("." if part == "dot" else part for part in parts)


def _read_app(sentence: Sentence, at: int) -> Iterator[tuple[int, Value]]:
    for length in (2, 1):
        name = sentence.words(at, at + length)
        if name in APPS and at + length <= len(sentence):
            yield at + length, name


def _read_folder(sentence: Sentence, at: int) -> Iterator[tuple[int, Value]]:
    name = FOLDERS.get(sentence.text(at))
    if name is not None:
        yield at + 1, name


def _read_percent(sentence: Sentence, at: int) -> Iterator[tuple[int, Value]]:
    for end, value in read_integer(sentence, at):
        if 0 <= value <= 100:
            yield end + (sentence.text(end) in ("percent", "%")), int(value)


def _words_reader(longest: int, allowed: Callable[[Token], bool]) -> Reader:
    def read(sentence: Sentence, at: int) -> Iterator[tuple[int, Value]]:
        end = at
        while end < min(len(sentence), at + longest) and allowed(sentence.tokens[end]):
            end += 1
        for stop in range(end, at, -1):
            yield stop, sentence.words(at, stop)

    return read


def _read_text(sentence: Sentence, at: int) -> Iterator[tuple[int, Value]]:
    start = at + (sentence.text(at) == ":")
    text = sentence.rest(start)
    if text:
        yield len(sentence), text


def _is_label_word(token: Token) -> bool:
    return token.is_word and token.text not in _NOT_IN_LABELS


def _is_app_word(token: Token) -> bool:
    return token.is_word and token.text not in _NOT_IN_APP_NAMES


def _unit_slots() -> dict[str, SlotKind]:
    """For each kind of unit its plurals, and its singulars: "miles" but "a mile"."""
    slots: dict[str, SlotKind] = {}
    for kind in KINDS:
        units = [unit for unit in UNITS if unit.kind == kind]
        plurals = [name for unit in units for name in unit.spoken]
        slots[f"{kind}_units"] = SlotKind(_any_of(plurals), read_unit)
        slots[f"{kind}_unit"] = SlotKind(_any_of([unit.singular for unit in units]), read_unit)
    return slots


_DURATION = (
    "(a|one) minute | (an|one) hour | <below_hundred> (seconds|minutes|hours)"
    " | half an hour | a hundred [and] <below_hundred> (seconds|minutes)"
    " | <few> and a half (minutes|hours) | (an|one) hour and a half"
    " | ((an|one) hour|<few> hours) [and] <below_hundred> minutes"
)

SLOTS: dict[str, SlotKind] = {
    "amount": SlotKind("[minus] <below_thousand> [<decimals>]", _read_amount),
    "app": SlotKind(_any_of(APPS), _read_app),
    "app_name": SlotKind(None, _words_reader(MAX_LABEL_WORDS, _is_app_word)),
    "count": SlotKind("<few>", _read_count),
    "day": SlotKind(
        "today|tomorrow|yesterday|the day after tomorrow|the day before yesterday", _read_day
    ),
    "day_of": SlotKind("today's|tomorrow's|yesterday's", _read_day),
    "duration": SlotKind(_DURATION, read_duration),
    "expression": SlotKind(
        "<chain> | <number> percent of <number> | [the] square root of <number>"
        " | <number> (squared|cubed)",
        read_expression,
    ),
    "folder": SlotKind(_any_of(list(dict.fromkeys(FOLDERS))), _read_folder),
    "label": SlotKind(_any_of(TIMER_LABELS), _words_reader(MAX_LABEL_WORDS, _is_label_word)),
    "last_note": SlotKind("(last|latest) note", _read_last_note),
    "percent": SlotKind("(zero|<below_hundred>|a hundred) percent", _read_percent),
    "phrase": SlotKind(None, _words_reader(MAX_PHRASE_WORDS, lambda token: True)),
    "short_duration": SlotKind("<below_hundred> (second|minute|hour)", read_duration),
    "single": SlotKind("a|an|one|half a", _read_amount),
    "site": SlotKind(_any_of(list(SITES)), _read_site),
    "text": SlotKind(None, _read_text),
    "unit": SlotKind(None, read_unit),
    **_unit_slots(),
}
