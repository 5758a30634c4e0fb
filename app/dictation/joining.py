"""How dictated text begins behind the characters that stand before the caret. Pure."""

from __future__ import annotations

import enum
import re
import unicodedata
from dataclasses import dataclass

_SENTENCE_ENDS = ".!?…。！？"
_CLOSERS = "\"'”’»)]}“"
_OPENERS = "([{<«„‚“‘¿¡@#$€£/\\_-–—'\""
_TIGHT_BEFORE = "([{<«„‚‘¿¡@#$€£/\\_"
_DASHES = "-–—"
_LOOSE_MARKS = "–—&+=-"
_LIST_MARK = re.compile(r"\s*(?:[-*•]|\d{1,3}[.)])\s*")
_ABBREVIATION = re.compile(
    r"(?:^|\s)(?:e\.g|i\.e|mr|mrs|ms|dr|st|vs|ca|z\.\s?b|d\.\s?h|bzw|nr|sra?|mme)\.$", re.IGNORECASE
)


class Case(enum.Enum):
    """The first letter of a word."""

    CAPITAL = enum.auto()
    LOWER = enum.auto()
    """A small letter, where the word is no name."""
    AS_IS = enum.auto()


@dataclass(frozen=True, slots=True)
class Start:
    """`case` of the first word; `spaced` when a space must come before a word."""

    case: Case = Case.CAPITAL
    spaced: bool = False


def start_behind(before: str | None) -> Start:
    """How text begins behind `before`, the end of what stands before the caret.

    None means that it is not known: the text begins like a sentence, without a space.
    """
    if not before:
        return Start()
    return Start(_case_behind(before), _needs_space(before))


def joined(text: str, start: Start) -> str:
    """`text` with the space that it needs before it."""
    if not start.spaced or not text:
        return text
    first = text[0]
    if first.isspace() or _is_wide(first):
        return text
    if first.isalnum() or first in _OPENERS:
        return f" {text}"
    # Marks that close stand right behind the word before; signs and emoji do not.
    return f" {text}" if first in _LOOSE_MARKS or unicodedata.category(first) == "So" else text


def _needs_space(before: str) -> bool:
    last = before[-1]
    if last.isspace() or last in _TIGHT_BEFORE or _is_wide(last):
        return False
    if last in _DASHES or last in "\"'“":
        # A dash or quote that hangs on a word closes it, or is a hyphen; alone it opens.
        open_alone = len(before) == 1 or before[-2].isspace() or before[-2] in _TIGHT_BEFORE
        return not open_alone and last not in _DASHES
    return True


def _case_behind(before: str) -> Case:
    line = before.rpartition("\n")[2]
    text = before.rstrip(" \t\u00a0")
    if not line.strip() or not text or _LIST_MARK.fullmatch(line):
        return Case.CAPITAL
    bare = text.rstrip(_CLOSERS) or text
    if bare[-1] in _SENTENCE_ENDS:
        return Case.AS_IS if _ABBREVIATION.search(bare) else Case.CAPITAL
    if text[-1] in _OPENERS or text[-1] == ":":
        return Case.AS_IS
    return Case.LOWER


def _is_wide(character: str) -> bool:
    """Whether it belongs to a script that is written without spaces."""
    wide = unicodedata.east_asian_width(character) in "WF"
    return wide and unicodedata.category(character) != "So" and not "가" <= character <= "힣"
