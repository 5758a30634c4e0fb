"""Units behind English numbers, and what else shows that a number counts something. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from app.dictation.number_run import is_scale, key_at, number_at
from app.dictation.number_words import MONEY, UNITS
from app.dictation.pieces import Piece

Found = tuple[int, str]
"""Where something that is read ends, and how it is written."""

_UNITS = UNITS["en"]
_LONGEST_UNIT = max(len(phrase) for phrase in _UNITS)


def unit_at(pieces: Sequence[Piece], at: int) -> Found | None:
    """The sign of the unit at `at`, and where its name ends."""
    for length in range(_LONGEST_UNIT, 0, -1):
        phrase = tuple(key_at(pieces, n) for n in range(at, at + length))
        if phrase in _UNITS:
            return at + length, _UNITS[phrase]
    return None


def counts(pieces: Sequence[Piece], at: int) -> bool:
    """Whether a number, a unit or a scale stands there, so that what is before counts it."""
    if at >= len(pieces):
        return False
    if is_scale(pieces[at]) or number_at(pieces, at) or unit_at(pieces, at) is not None:
        return True
    return key_at(pieces, at) in (*MONEY, "hundred", "thousand")
