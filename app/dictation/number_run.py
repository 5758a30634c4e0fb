"""Spoken English numbers in a row of pieces, read with the built-in assistant's reader. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.dictation.number_words import DECADES, ORDINALS, SCALES, TENTHS
from app.dictation.pieces import Piece
from app.providers.local.spoken_numbers import ONES, TEENS, TENS, read_number
from app.providers.local.tokens import Sentence, Token

LONGEST = 24

_TENS = {word: 10 * n for n, word in enumerate(TENS, 2)}
_SMALL = {word: n for n, word in enumerate(ONES, 1)} | {word: n for n, word in enumerate(TEENS, 10)}
_ONES = {word: n for n, word in enumerate(ONES, 1)}
_DIGITS = {"zero": "0", "oh": "0"} | {word: str(n) for word, n in _ONES.items()}
_NUMBER_WORDS = {*_TENS, *_SMALL, "zero"}
_RUN_WORDS = _NUMBER_WORDS | {"hundred", "thousand", "point", "and", "a", "half", "quarter", "oh"}


@dataclass(frozen=True, slots=True)
class Number:
    """A number that ends before the piece `end`. `part`: it was said with "half" or "quarter"."""

    end: int
    value: Decimal
    part: bool = False
    article: bool = False


def starts_number(piece: Piece) -> bool:
    """Whether a number can begin with this word."""
    return piece.key in _NUMBER_WORDS


def number_at(pieces: Sequence[Piece], at: int) -> bool:
    """Whether a number goes on or begins at `at`, on the same line."""
    return key_at(pieces, at) in _NUMBER_WORDS


def run_end(pieces: Sequence[Piece], at: int) -> int:
    """Where the words that belong together as numbers end."""
    end = at
    while end < len(pieces) and end - at < LONGEST:
        piece = pieces[end]
        if end > at and "\n" in piece.gap:
            break
        if piece.text == "-" and not piece.gap and end > at:
            # A hyphen binds only two number words.
            bound = end + 1 < len(pieces) and not pieces[end + 1].gap
            if not (bound and pieces[end + 1].key in _RUN_WORDS):
                break
        elif piece.key not in _RUN_WORDS:
            break
        end += 1
    return end


def read(pieces: Sequence[Piece], at: int) -> Number | None:
    """The longest number that begins at `at`, in words alone."""
    end = run_end(pieces, at)
    tokens = tuple(Token(piece.key, 0, 0) for piece in pieces[at:end])
    if not tokens or not any(
        token.text in _NUMBER_WORDS | {"hundred", "thousand"} for token in tokens
    ):
        return None
    readings = read_number(Sentence("", tokens), 0)
    best = max(readings, key=lambda reading: reading[0], default=None)
    if best is None:
        return None
    words = {token.text for token in tokens[: best[0]]}
    part = bool(words & {"half", "quarter"})
    return Number(at + best[0], best[1], part, article=tokens[0].text == "a")


def read_digits(pieces: Sequence[Piece], at: int) -> tuple[int, str]:
    """Single digits in a row, "double five" included, and where they end."""
    end, found = at, ""
    while end < len(pieces) and "\n" not in pieces[end].gap:
        key = pieces[end].key
        if key in _DIGITS:
            found += _DIGITS[key]
        elif (
            key in ("double", "triple") and end + 1 < len(pieces) and pieces[end + 1].key in _DIGITS
        ):
            found += _DIGITS[pieces[end + 1].key] * (2 if key == "double" else 3)
            end += 1
        else:
            break
        end += 1
    return end, found


def read_two_digits(pieces: Sequence[Piece], at: int) -> tuple[int, int] | None:
    """A number from 10 to 99, or "oh" and a digit; where it ends and its value."""
    if at >= len(pieces):
        return None
    key = pieces[at].key
    if key in TEENS:
        return at + 1, _SMALL[key]
    if key in ("oh", "zero") and at + 1 < len(pieces) and pieces[at + 1].key in _ONES:
        return at + 2, _ONES[pieces[at + 1].key]
    if key not in _TENS:
        return None
    nxt = at + 1 + (at + 1 < len(pieces) and pieces[at + 1].text == "-")
    if nxt < len(pieces) and pieces[nxt].key in _ONES:
        return nxt + 1, _TENS[key] + _ONES[pieces[nxt].key]
    return at + 1, _TENS[key]


def read_year(pieces: Sequence[Piece], at: int) -> tuple[int, str] | None:
    """A year said in pairs ("nineteen eighty four"), a decade ("nineteen eighties")."""
    century = {**_SMALL, "twenty": 20}.get(pieces[at].key, 0) if at < len(pieces) else 0
    if not 13 <= century <= 20 or at + 1 >= len(pieces):
        return None
    decade = DECADES.get(pieces[at + 1].key)
    if decade is not None:
        return at + 2, f"{century}{decade}s"
    rest = read_two_digits(pieces, at + 1)
    if rest is None or pieces[at + 1].key == "zero":
        return None
    return rest[0], f"{century}{rest[1]:02}"


def read_ordinal(pieces: Sequence[Piece], at: int) -> tuple[int, int] | None:
    """An ordinal up to the ninety-ninth; where it ends and its value."""
    if at >= len(pieces):
        return None
    key = pieces[at].key
    if key in ORDINALS or key in TENTHS:
        return at + 1, ORDINALS.get(key) or TENTHS[key]
    if key not in _TENS:
        return None
    nxt = at + 1 + (at + 1 < len(pieces) and pieces[at + 1].text == "-")
    one = ORDINALS.get(pieces[nxt].key, 99) if nxt < len(pieces) else 99
    return (nxt + 1, _TENS[key] + one) if one < 10 else None


def is_scale(piece: Piece) -> bool:
    """Whether it is "million" or more."""
    return piece.key in SCALES


def key_at(pieces: Sequence[Piece], at: int) -> str:
    """The word at `at` on the same line, without case; "" where there is none."""
    if not 0 <= at < len(pieces) or "\n" in pieces[at].gap:
        return ""
    return pieces[at].key
