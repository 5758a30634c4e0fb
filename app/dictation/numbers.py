"""Spoken numbers become digits where people write digits. Pure."""

from __future__ import annotations

from app.dictation.english_numbers import english_number
from app.dictation.foreign_numbers import foreign_number
from app.dictation.pieces import Piece, cut, glued


def with_digits(text: str, language: str) -> str:
    """`text` with its spoken numbers as they are written in `language`; digits stay as they are."""
    pieces = cut(text)
    found: list[Piece] = []
    at = 0
    while at < len(pieces):
        if language == "en":
            number = english_number(pieces, at)
        else:
            number = foreign_number(pieces, at, language)
        if number is None:
            found.append(pieces[at])
            at += 1
            continue
        found.append(Piece(pieces[at].gap, number[1]))
        at = number[0]
    return glued(found)
