"""The user's own words, spelled as the user spells them. Pure, bounded and conservative.

A word is changed when it is one of the user's in another case, or sounds the same and differs in
one letter (two, from eight letters on). Common words are left alone.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.dictation.common_words import COMMON_WORDS
from app.dictation.pieces import Piece, cut, glued, key_of
from app.dictation.sounds import distance, letters, sound_of

MAX_ENTRIES = 500
MIN_LETTERS = 5

_TWO_LETTERS_FROM = 8
_LONGEST_WORDS = 4
_MOST_PARTS = 3


@dataclass(frozen=True, slots=True)
class _Book:
    """Spellings by their words, by their letters written together, and by their sound.

    `firsts` are the first words of entries, `heads` the beginnings of single words.
    """

    exact: Mapping[tuple[str, ...], str]
    together: Mapping[str, str]
    by_sound: Mapping[str, tuple[str, ...]]
    longest: int
    firsts: frozenset[str]
    heads: frozenset[str]


def with_vocabulary(text: str, vocabulary: Sequence[str], language: str) -> str:
    """`text` with the words of `vocabulary` spelled like there."""
    if not vocabulary:
        return text
    book = _book(tuple(vocabulary[:MAX_ENTRIES]))
    common = COMMON_WORDS.get(language, frozenset())
    pieces = cut(text)
    found: list[Piece] = []
    at = 0
    while at < len(pieces):
        length, word = _word_at(pieces, at, book, common)
        found.append(Piece(pieces[at].gap, word))
        at += length
    return glued(found)


def _word_at(
    pieces: Sequence[Piece], at: int, book: _Book, common: frozenset[str]
) -> tuple[int, str]:
    """How many pieces are one word here, and how it is spelled."""
    if not pieces[at].is_word:
        return 1, pieces[at].text
    first = pieces[at].key
    row = _row(pieces, at, book.longest) if first in book.firsts else []
    for length in range(len(row), 0, -1):
        keys = tuple(piece.key for piece in row[:length])
        spelling = book.exact.get(keys)
        if spelling is not None and not (length == 1 and _is_plain(spelling, keys[0], common)):
            return length, _begun(spelling, row[0].text)
    row = _row(pieces, at, _MOST_PARTS) if letters(first) in book.heads else []
    for length in range(len(row), 1, -1):
        keys = tuple(piece.key for piece in row[:length])
        spelling = book.together.get("".join(letters(key) for key in keys))
        if spelling is not None and not all(key in common for key in keys):
            return length, spelling
    spelling = _alike(pieces[at], book, common)
    return 1, pieces[at].text if spelling is None else spelling


def _row(pieces: Sequence[Piece], at: int, longest: int) -> list[Piece]:
    """Words from `at` on with one blank or hyphen between them."""
    row = [pieces[at]]
    for piece in pieces[at + 1 : at + longest]:
        if not piece.is_word or piece.gap != " ":
            break
        row.append(piece)
    return row


def _is_plain(spelling: str, key: str, common: frozenset[str]) -> bool:
    """Whether the user's word is a common one with a capital: "Will" must not change "will"."""
    return key in common and spelling.istitle()


def _begun(spelling: str, said: str) -> str:
    """A spelling in small letters keeps the capital of a sentence's start."""
    if spelling.islower() and said[:1].isupper():
        return spelling[0].upper() + spelling[1:]
    return spelling


def _alike(piece: Piece, book: _Book, common: frozenset[str]) -> str | None:
    """The one entry that sounds like the word, if it is only one."""
    word = letters(piece.text)
    if len(word) < MIN_LETTERS or piece.key in common or not word.isalpha():
        return None
    most = 2 if len(word) >= _TWO_LETTERS_FROM else 1
    alike = [
        entry
        for entry in book.by_sound.get(_sound(word), ())
        if distance(word, letters(entry), most) <= most and not _is_inflected(word, letters(entry))
    ]
    return _begun(alike[0], piece.text) if len(alike) == 1 else None


def _is_inflected(word: str, entry: str) -> bool:
    """Whether one is the other's plural or genitive, which must stay."""
    return word == f"{entry}s" or entry == f"{word}s" or word == f"{entry}es"


@functools.lru_cache(maxsize=8192)
def _sound(word: str) -> str:
    return sound_of(word)


@functools.lru_cache(maxsize=4)
def _book(vocabulary: tuple[str, ...]) -> _Book:
    exact: dict[tuple[str, ...], str] = {}
    together: dict[str, str] = {}
    by_sound: dict[str, tuple[str, ...]] = {}
    for entry in dict.fromkeys(entry.strip() for entry in vocabulary):
        keys = tuple(key_of(piece.text) for piece in cut(entry) if piece.text)
        if not keys or len(keys) > _LONGEST_WORDS:
            continue
        exact.setdefault(keys, entry)
        joined = letters(entry)
        if len(keys) == 1 and len(joined) >= MIN_LETTERS:
            together.setdefault(joined, entry)
            sound = _sound(joined)
            by_sound[sound] = (*by_sound.get(sound, ()), entry)
    longest = max((len(keys) for keys in exact), default=1)
    firsts = frozenset(keys[0] for keys in exact)
    heads = frozenset(word[:end] for word in together for end in range(1, len(word)))
    return _Book(exact, together, by_sound, longest, firsts, heads)
