"""Capitals: where a sentence begins, and in text that came without any. Pure."""

from __future__ import annotations

import re

from app.dictation.common_words import COMMON_WORDS
from app.dictation.joining import Case
from app.dictation.pieces import Piece, cut, glued

_ENDS = ".!?…"
_ELIDED = re.compile(r"(?:[ldjcnsmt]|qu)['’]\w", re.IGNORECASE)
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_MONTHS = "january february april june july august september october november december".split()
_NAMES = frozenset(_DAYS + _MONTHS)
_LANGUAGES = frozenset("english german french spanish italian european american british".split())
_FIRST_PERSON = frozenset({"i", "i'm", "i've", "i'll", "i'd"})


def with_case(word: str, case: Case, language: str) -> str:
    """`word` with its first letter as `case` says; names and odd spellings stay as they are."""
    if case is Case.CAPITAL and word[:1].islower() and word.islower() and "." not in word:
        return word[0].upper() + word[1:]
    if case is Case.LOWER and word[:1].isupper() and (len(word) == 1 or word[1:].islower()):
        common = word.casefold() in COMMON_WORDS.get(language, frozenset())
        common = common or (language == "fr" and _ELIDED.match(word) is not None)
        if common and not (language == "en" and _is_first_person(word)):
            return word[0].lower() + word[1:]
    return word


def cased(text: str, language: str) -> str:
    """Text that has no capital at all gets those that every sentence and language has."""
    if any(character.isupper() for character in text):
        return text
    pieces = cut(text)
    found: list[Piece] = []
    begins = False
    for at, piece in enumerate(pieces):
        follows = at + 1 < len(pieces) and bool(pieces[at + 1].gap)
        word = _capitalised(piece.text, begins, language) if piece.is_word else piece.text
        found.append(Piece(piece.gap, word))
        if piece.is_word:
            begins = False
        elif piece.text in _ENDS and piece.text:
            begins = follows
    return glued(found)


def _capitalised(word: str, begins: bool, language: str) -> str:
    if language == "en" and _is_first_person(word):
        return "I" + word[1:]
    if language == "en" and word in _NAMES | _LANGUAGES:
        return word[0].upper() + word[1:]
    return with_case(word, Case.CAPITAL, language) if begins else word


def _is_first_person(word: str) -> bool:
    return word.casefold().replace("’", "'") in _FIRST_PERSON
