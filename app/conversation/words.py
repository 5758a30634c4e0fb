"""The words of a text, for comparison. Pure."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = re.compile(r"(?<=\w)['’](?=\w)")


def words(text: str) -> list[str]:
    """The words of `text` without case and marks; each character of a script without spaces."""
    plain = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", text).casefold())
    found: list[str] = []
    for word in _WORD.findall(plain):
        if any(unicodedata.east_asian_width(character) in "WF" for character in word):
            found += word
        else:
            found.append(word)
    return found
