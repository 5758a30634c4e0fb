"""Text as words and marks that know the space before them; glued together it is as it was. Pure."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_PIECE = re.compile(r"(?P<gap>\s*)(?P<text>\d+(?:[.,:]\d+)*\w*|\w+(?:['’.]\w+)*|[^\w\s]|$)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A word or one mark, and the white space before it; the last piece may have no text."""

    gap: str
    text: str

    @property
    def key(self) -> str:
        """The text for comparison: without case, with plain apostrophes."""
        return key_of(self.text)

    @property
    def is_word(self) -> bool:
        """Whether it is made of letters or digits."""
        return self.text[:1].isalnum() or self.text[:1] == "_"


@functools.lru_cache(maxsize=4096)
def key_of(text: str) -> str:
    """`text` without case, composed, with plain apostrophes."""
    return unicodedata.normalize("NFC", text).casefold().replace("’", "'")


def cut(text: str) -> list[Piece]:
    """The pieces of `text`; `glued(cut(text)) == text`."""
    return [
        Piece(found["gap"], found["text"])
        for found in _PIECE.finditer(text)
        if found["gap"] or found["text"]
    ]


def glued(pieces: Iterable[Piece]) -> str:
    """The text again."""
    return "".join(piece.gap + piece.text for piece in pieces)
