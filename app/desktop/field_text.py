"""What an accessible field shows around its caret, before and after an insertion. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


@dataclass(frozen=True, slots=True)
class FieldText:
    """A field's text: its length, the caret, how much is selected, and the text before the caret.

    Counted in the field's own units, which are characters or UTF-16 halves of them.
    """

    length: int
    caret: int
    selected: int
    before_caret: str


class Change(Enum):
    """What became of a field."""

    NONE = auto()
    EXACT = auto()
    """It has gained just the text, and the caret stands behind it."""
    OTHER = auto()


def change(before: FieldText, after: FieldText, text: str) -> Change:
    """What an insertion of `text` did to a field."""
    if (before.length, before.caret, before.before_caret) == (
        after.length,
        after.caret,
        after.before_caret,
    ):
        return Change.NONE
    gained = after.length - before.length + before.selected
    fits = gained in (len(text), utf16_length(text))
    seen = _same(after.before_caret, text)
    return Change.EXACT if fits and seen else Change.OTHER


def utf16_length(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def _same(shown: str, text: str) -> bool:
    """Whether what is shown before the caret ends with the text; toolkits differ in separators."""
    shown, text = _plain(shown), _plain(text)
    return bool(shown) and (shown.endswith(text) or text.endswith(shown))


def _plain(text: str) -> str:
    return text.translate({0x2028: "\n", 0x2029: "\n", 0xA0: " "})
