"""Text of others, shown so that nothing in it hides, reorders, or commands a terminal. Pure."""

from __future__ import annotations

import unicodedata

_KEPT = "\n "
_HIDING = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs")


def escaped(text: str) -> str:
    """The text with everything that hides, reorders or controls shown as `\\u202e`.

    Line feeds stay. What is shown this way is what will be done.
    """
    return "".join(_escaped(character) for character in text)


def for_terminal(text: str) -> str:
    """The text without what a terminal would obey; joined letters and emoji stay as they are."""
    return "".join(
        _escaped(character)
        if unicodedata.category(character) in ("Cc", "Cs") and character != "\t"
        else character
        for character in text
    )


def _escaped(character: str) -> str:
    if character in _KEPT or unicodedata.category(character) not in _HIDING:
        return character
    number = ord(character)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
