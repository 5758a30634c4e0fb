"""Replacements and snippets: what was said in the user's own shorthand is written out. Pure."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from app.dictation.pieces import Piece, cut, glued


@dataclass(frozen=True, slots=True)
class Replacement:
    """Wherever `spoken` is said, `written` is written; a capital at its start is kept."""

    spoken: str
    written: str


@dataclass(frozen=True, slots=True)
class Snippet:
    """Wherever `trigger` is said, `text` is written exactly as it is, line breaks included."""

    trigger: str
    text: str


@dataclass(frozen=True, slots=True)
class _Entry:
    keys: tuple[str, ...]
    text: str
    exact: bool


def replaced(
    text: str, replacements: Sequence[Replacement], snippets: Sequence[Snippet] = ()
) -> str:
    """`text` with every shorthand written out once; the longest one that fits wins.

    Words must match as a whole, in any case. What was written out is not looked at again. A
    snippet that is all that was said comes without the recognizer's full stop.
    """
    book = _book(tuple(replacements), tuple(snippets))
    if not book:
        return text
    pieces = cut(text)
    found: list[Piece] = []
    at = 0
    while at < len(pieces):
        entry = _entry_at(pieces, at, book)
        if entry is None:
            found.append(pieces[at])
            at += 1
            continue
        end = at + len(entry.keys)
        if entry.exact and at == 0 and _only_a_stop(pieces[end:]):
            return entry.text
        found.append(Piece(pieces[at].gap, _cased(entry, pieces[at].text)))
        at = end
    return glued(found)


@functools.lru_cache(maxsize=4)
def _book(
    replacements: tuple[Replacement, ...], snippets: tuple[Snippet, ...]
) -> dict[str, list[_Entry]]:
    """Entries by their first word, the longest first, snippets before replacements."""
    entries = [_Entry(_keys(each.trigger), each.text, exact=True) for each in snippets]
    entries += [_Entry(_keys(each.spoken), each.written, exact=False) for each in replacements]
    book: dict[str, list[_Entry]] = {}
    for entry in sorted(entries, key=lambda entry: -len(entry.keys)):
        if entry.keys:
            book.setdefault(entry.keys[0], []).append(entry)
    return book


def _keys(phrase: str) -> tuple[str, ...]:
    return tuple(piece.key for piece in cut(phrase) if piece.text)


def _entry_at(pieces: Sequence[Piece], at: int, book: dict[str, list[_Entry]]) -> _Entry | None:
    for entry in book.get(pieces[at].key, ()):
        keys = tuple(piece.key for piece in pieces[at : at + len(entry.keys)])
        if keys == entry.keys:
            return entry
    return None


def _cased(entry: _Entry, matched: str) -> str:
    """A replacement in small letters takes a capital over; all others stand as they are."""
    plain = entry.text.replace(" ", "").replace("-", "").isalpha() and entry.text.islower()
    if entry.exact or not plain or not matched[:1].isupper():
        return entry.text
    return entry.text[0].upper() + entry.text[1:]


def _only_a_stop(rest: Sequence[Piece]) -> bool:
    return all(piece.text in (".", "") for piece in rest)
