"""Spoken marks and corrections as values."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

Phrase = tuple[str, ...]
_NO_WORDS: frozenset[str] = frozenset()


class Join(enum.Enum):
    """How a mark stands between the words around it."""

    CLOSE = enum.auto()
    """Right behind the word before."""
    OPEN = enum.auto()
    """Right before the next word."""
    TIGHT = enum.auto()
    """No space on either side."""
    LOOSE = enum.auto()
    """A space on both sides."""
    BREAK = enum.auto()
    """Line breaks instead of spaces."""
    BULLET = enum.auto()
    """At the start of a line, which it begins if need be."""


@dataclass(frozen=True, slots=True)
class Mark:
    """`text` as it is written. `opens` is put at the start of the sentence that it ends."""

    text: str
    join: Join
    ends_sentence: bool = False
    opens: str = ""


class Correction(enum.Enum):
    """Takes back what was said."""

    LAST = enum.auto()
    ALL = enum.auto()


Command = Mark | Correction


@dataclass(frozen=True, slots=True)
class Guard:
    """A phrase is meant as words behind one of `before`, in front of one of `after`.

    Behind one of `adjectives` it is, where an article stands before that. `fresh` phrases are
    commands only where a line or clause begins, `apart` ones only beside a pause or an edge.
    """

    before: frozenset[str] = _NO_WORDS
    adjectives: frozenset[str] = _NO_WORDS
    after: frozenset[str] = _NO_WORDS
    fresh: bool = False
    apart: bool = False


@dataclass(frozen=True, slots=True)
class MarkWords:
    """One language's phrases, in lower case.

    `articles` before a phrase make it words; so do `pointers` before it with `verbs` behind it, or
    with one of `spans` before them ("during that period"), an article and one of `adjectives`
    before it, and one of `nouns` behind it.
    `mentions` keep themselves and the phrase that follows ("the word comma"), `escapes` only that.
    """

    commands: Mapping[Phrase, Command]
    articles: frozenset[str]
    pointers: frozenset[str] = _NO_WORDS
    verbs: frozenset[str] = _NO_WORDS
    spans: frozenset[str] = _NO_WORDS
    adjectives: frozenset[str] = _NO_WORDS
    nouns: frozenset[str] = _NO_WORDS
    guards: Mapping[Phrase, Guard] = field(default_factory=dict)
    mentions: tuple[Phrase, ...] = ()
    escapes: tuple[Phrase, ...] = ()
