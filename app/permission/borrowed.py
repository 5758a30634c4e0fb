"""Which parts of a text were copied from other texts. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

LEAST_CHARS = 8
"""Shorter runs occur in any two texts."""

MOST_CHARS = 60_000
"""So much of the sources is looked at, the newest first: more would hold up who asks."""

_BLANKS = re.compile(r"\s+")

Span = tuple[int, int]


def borrowed(text: str, sources: Sequence[str]) -> tuple[Span, ...]:
    """The runs of `text` that stand in one of `sources`, as (begin, end), in order.

    Both are read as they are and, where they are JSON, as the words in it; letter case and the
    width of blanks do not count.
    """
    pool = _pool(sources)
    if not pool:
        return ()
    folded, places = _folded(text)
    known = {pool[at : at + LEAST_CHARS] for at in range(len(pool) - LEAST_CHARS + 1)}
    spans: list[Span] = []
    for at in range(len(folded) - LEAST_CHARS + 1):
        window = folded[at : at + LEAST_CHARS]
        if window in known and not window.isspace():
            begin, end = places[at], places[at + LEAST_CHARS - 1] + 1
            if spans and begin <= spans[-1][1]:
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((begin, end))
    return tuple(spans)


def _pool(sources: Sequence[str]) -> str:
    forms: list[str] = []
    room = MOST_CHARS
    for source in reversed(sources):
        for form in _forms(source):
            if room <= 0:
                return "\0".join(forms)
            forms.append(_BLANKS.sub(" ", _small(form[:room])))
            room -= len(form)
    return "\0".join(forms)


def _forms(source: str) -> Iterator[str]:
    texts = [source]
    if source.lstrip().startswith(("{", "[")):
        try:
            texts = _strings(json.loads(source))
        except (ValueError, RecursionError):
            texts = [source]
    for text in texts:
        yield text
        if (escaped := json.dumps(text, ensure_ascii=False)[1:-1]) != text:
            yield escaped


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for part in value for text in _strings(part)]
    if isinstance(value, dict):
        return [text for part in value.values() for text in _strings(part)]
    return []


def _folded(text: str) -> tuple[str, tuple[int, ...]]:
    """The text in small letters with single blanks, and where each character stood."""
    characters: list[str] = []
    places: list[int] = []
    for at, character in enumerate(_small(text)):
        if character.isspace():
            if characters and characters[-1] == " ":
                continue
            character = " "
        characters.append(character)
        places.append(at)
    return "".join(characters), tuple(places)


def _small(text: str) -> str:
    """In small letters, as long as it was: one capital letter would become two."""
    return text.replace("İ", "i").lower()
