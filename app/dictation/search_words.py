"""Finding a dictation by its words. Pure."""

from __future__ import annotations

import unicodedata

from app.dictation.record import Dictation


def folded(text: str) -> str:
    """The text without case and accents, so that "Muller" finds "Müller"."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


def search_text(row: Dictation) -> str:
    """Everything by which a row can be found, folded."""
    words = (row.text, row.raw_text, row.dropped_text, row.target.app, row.target.title, row.mode)
    return folded("\n".join(words))


def matches(row: Dictation, query: str) -> bool:
    """Whether the row holds every word of the query; a part of a word counts."""
    wanted = folded(query).split()
    if not wanted:
        return True
    text = search_text(row)
    return all(word in text for word in wanted)
