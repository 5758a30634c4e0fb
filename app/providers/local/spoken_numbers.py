"""Reads numbers from tokens: words up to 999 999, and digits. Pure.

A reader is a generator over every place where what starts at `at` may end, the longest first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from app.providers.local.tokens import Sentence

Reading = tuple[int, Decimal]
Reader = Callable[[Sentence, int], Iterator[Reading]]

MAX_DIGITS = 30

ONES = "one two three four five six seven eight nine".split()
TEENS = ("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen").split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()

_ONES = {word: Decimal(n) for n, word in enumerate(ONES, 1)}
_SMALL = _ONES | {word: Decimal(n) for n, word in enumerate(TEENS, 10)}
_TENS = {word: Decimal(n) for n, word in zip(range(20, 100, 10), TENS, strict=True)}
_DIGITS = {"zero": "0", "oh": "0", "o": "0"} | {word: str(n) for word, n in _ONES.items()}
_FRACTIONS = {"half": Decimal("0.5"), "quarter": Decimal("0.25")}
_ARTICLES = ("a", "an")


def read_number(sentence: Sentence, at: int) -> Iterator[Reading]:
    """A number without sign: "twelve", "3.5", "three point five", "two and a half"."""
    for end, value in read_integer(sentence, at):
        yield from _mixed(sentence, end, value)
        yield from _decimals(sentence, end, value)
        yield end, value
    if sentence.text(at) == "point":
        yield from _decimals(sentence, at, Decimal(0))


def read_signed(sentence: Sentence, at: int) -> Iterator[Reading]:
    """A number that "minus", "negative" or "-" may stand before."""
    if sentence.text(at) in ("minus", "negative", "-"):
        for end, value in read_number(sentence, at + 1):
            yield end, -value
    else:
        yield from read_number(sentence, at)


def read_integer(sentence: Sentence, at: int) -> Iterator[Reading]:
    """A whole number in words, or digits with or without decimals."""
    yield from _thousands(sentence, at)
    yield from _below_thousand(sentence, at)


def read_fraction(sentence: Sentence, at: int) -> Iterator[Reading]:
    """ "half", "a quarter", "three quarters", "half of", "a quarter of": part of one thing."""
    start = at + (sentence.text(at) in _ARTICLES)
    if sentence.text(start) in _FRACTIONS:
        yield from _with_of(sentence, start + 1, _FRACTIONS[sentence.text(start)])
    if sentence.text(at) == "three" and sentence.text(at + 1) == "quarters":
        yield from _with_of(sentence, at + 2, Decimal("0.75"))


def digits(value: Decimal) -> str:
    """The shortest plain decimal text: "84", "3.5"."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _with_of(sentence: Sentence, end: int, value: Decimal) -> Iterator[Reading]:
    if sentence.text(end) == "of":
        yield end + 1, value
    yield end, value


def _thousands(sentence: Sentence, at: int) -> Iterator[Reading]:
    for end, value in _scaled(sentence, at, _below_thousand, "thousand", Decimal(1000)):
        yield from _plus(sentence, end, value, _below_thousand)
        yield end, value
    for end, value in _scaled(sentence, at, _below_thousand, "million", Decimal(1_000_000)):
        yield end, value


def _below_thousand(sentence: Sentence, at: int) -> Iterator[Reading]:
    for end, value in _scaled(sentence, at, _below_hundred, "hundred", Decimal(100)):
        yield from _plus(sentence, end, value, _below_hundred)
        yield end, value
    yield from _below_hundred(sentence, at)


def _below_hundred(sentence: Sentence, at: int) -> Iterator[Reading]:
    word = sentence.text(at)
    if word in _TENS:
        if sentence.text(at + 1) in _ONES:
            yield at + 2, _TENS[word] + _ONES[sentence.text(at + 1)]
        if sentence.text(at + 1) == "-" and sentence.text(at + 2) in _ONES:
            yield at + 3, _TENS[word] + _ONES[sentence.text(at + 2)]
        yield at + 1, _TENS[word]
    elif word in _SMALL:
        yield at + 1, _SMALL[word]
    elif word == "zero":
        yield at + 1, Decimal(0)
    elif at < len(sentence) and sentence.tokens[at].is_number and len(word) <= MAX_DIGITS:
        yield at + 1, Decimal(word)


def _scaled(
    sentence: Sentence, at: int, read: Reader, word: str, scale: Decimal
) -> Iterator[Reading]:
    """What `read` finds, or "a", times the scale that `word` names."""
    if sentence.text(at) in _ARTICLES and sentence.text(at + 1) == word:
        yield at + 2, scale
    for end, value in read(sentence, at):
        if sentence.text(end) == word and value:
            yield end + 1, value * scale


def _plus(sentence: Sentence, at: int, value: Decimal, read: Reader) -> Iterator[Reading]:
    start = at + (sentence.text(at) == "and")
    for end, more in read(sentence, start):
        if more and not sentence.tokens[start].is_number:
            yield end, value + more


def _mixed(sentence: Sentence, at: int, value: Decimal) -> Iterator[Reading]:
    """ "... and a half" behind a whole number."""
    if sentence.text(at) != "and":
        return
    for end, part in read_fraction(sentence, at + 1):
        if sentence.text(end - 1) != "of":
            yield end, value + part


def _decimals(sentence: Sentence, at: int, value: Decimal) -> Iterator[Reading]:
    """ "point" and single digits; every shorter reading too."""
    if sentence.text(at) != "point":
        return
    found = ""
    ends: list[Reading] = []
    for end in range(at + 1, len(sentence)):
        word = sentence.text(end)
        digits_here = _DIGITS.get(word, word)
        if not digits_here.isdecimal():
            break
        found += digits_here
        ends.append((end + 1, value + Decimal(f"0.{found}")))
    yield from reversed(ends)
