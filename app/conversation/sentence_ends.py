"""Where a sentence or clause ends in text that is still growing. Pure.

Every decision needs only text that is there and a known look-ahead, so that pieces do not depend on
how the text was cut up on its way.
"""

from __future__ import annotations

import enum
import re

MAX_CHARS = 400
FIRST_CHARS = 12
SHORT_LINE_CHARS = 50
"""A line break ends a line shorter than this; a longer line may just have been wrapped."""

_ROOM_FOR_CLOSERS = 8
_LINK_CHARS = 100
_ENDS = ".!?…؟।"
_WIDE_ENDS = "。！？"
_CLAUSE_ENDS = ",;:"
_CERTAIN_CLAUSE_ENDS = ",;"
_CLOSERS = "\"'”’»)]}*_`"
_BLOCK_START = re.compile(r"```|~~~|\||#{1,6}\s|>|[-*+•]\s|\d{1,3}[.)]\s")
_BLOCK_LOOKAHEAD = 7
_WORD_BEFORE = re.compile(r"[^\W\d_][\w.]*$")
_LIST_NUMBER = re.compile(r"[\s*_#>-]*\d{1,3}")
_INITIALS = re.compile(r"[A-Za-z](?:\.[A-Za-z])+")

_NEVER_ENDS = frozenset(
    "mr mrs ms dr prof st mt vs e.g i.e approx dept est gen col capt lt sgt rev hon gov sen rep "
    "messrs mme mlle cf viz ca ph.d b.sc m.sc al".split()
)
_ENDS_UNLESS_NUMBER = frozenset(
    "no nr vol fig eq ch sec p pp art jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
_MAY_END = frozenset({"a.m", "p.m"})


class _Verdict(enum.Enum):
    ENDS = enum.auto()
    GOES_ON = enum.auto()
    WAIT = enum.auto()


def find_end(text: str, at: int, *, first: bool, final: bool) -> int | None:
    """Where the piece that begins at `at` ends, or None while more text is needed.

    `first` allows a clause instead of a sentence; `final` says that no more text comes.
    """
    limit = at + MAX_CHARS - _ROOM_FOR_CLOSERS
    for index in range(at, min(len(text), limit)):
        verdict, end = _verdict(text, at, index, first=first, final=final)
        if verdict is _Verdict.WAIT:
            return None
        if verdict is _Verdict.ENDS:
            return end
    if len(text) > limit:
        return _forced_end(text, at, limit, final=final)
    return len(text) if final else None


def _verdict(text: str, at: int, index: int, *, first: bool, final: bool) -> tuple[_Verdict, int]:
    char = text[index]
    if char == "\n":
        return _at_line_break(text, index, final=final), index
    is_end, is_wide = char in _ENDS, char in _WIDE_ENDS
    is_clause = first and char in _CLAUSE_ENDS
    if not (is_end or is_wide or is_clause):
        return _Verdict.GOES_ON, index
    if (first and index + 1 - at < FIRST_CHARS) or _inside_marks(text, at, index):
        return _Verdict.GOES_ON, index
    end = index + 1
    if is_clause and char in _CERTAIN_CLAUSE_ENDS and text[index - 1].isalpha():
        return _Verdict.ENDS, end  # No look-ahead: it would hold up the first sound of a reply.
    if is_clause:
        return _before_space(text, end, final=final), end
    while end < len(text) and text[end] in _CLOSERS and end - index < _ROOM_FOR_CLOSERS:
        end += 1
    if is_wide and end < len(text):
        return _Verdict.ENDS, end
    return _after_stop(text, index, end, final=final), end


def _before_space(text: str, end: int, *, final: bool) -> _Verdict:
    if end == len(text):
        return _Verdict.ENDS if final else _Verdict.WAIT
    return _Verdict.ENDS if text[end].isspace() else _Verdict.GOES_ON


def _after_stop(text: str, index: int, end: int, *, final: bool) -> _Verdict:
    spaced = _before_space(text, end, final=final)
    if spaced is not _Verdict.ENDS:
        return spaced
    line = text[text.rfind("\n", 0, index) + 1 : index]
    is_dot = text[index] == "."
    if is_dot and _LIST_NUMBER.fullmatch(line):
        return _Verdict.GOES_ON
    word = _word_before(line) if is_dot else ""
    if _is_abbreviation(word):
        return _Verdict.GOES_ON
    after = end
    while after < len(text) and text[after] in " \t":
        after += 1
    if after == len(text):
        return _Verdict.ENDS if final else _Verdict.WAIT
    goes_on = text[after].islower() or (word in _ENDS_UNLESS_NUMBER and text[after].isdigit())
    return _Verdict.GOES_ON if goes_on else _Verdict.ENDS


def _word_before(line: str) -> str:
    found = _WORD_BEFORE.search(line[-20:])
    word = found[0] if found else ""
    return word if len(word) == 1 else word.lower()


def _is_abbreviation(word: str) -> bool:
    if len(word) == 1:
        return word.isupper() and word != "I"
    return word in _NEVER_ENDS or bool(_INITIALS.fullmatch(word) and word not in _MAY_END)


def _at_line_break(text: str, index: int, *, final: bool) -> _Verdict:
    line = text[text.rfind("\n", 0, index) + 1 : index]
    if len(line) < SHORT_LINE_CHARS:
        return _Verdict.ENDS
    after = index + 1
    while after < len(text) and text[after] in " \t":
        after += 1
    ahead = text[after : after + _BLOCK_LOOKAHEAD]
    if _BLOCK_START.match(ahead) or ahead.startswith("\n"):
        return _Verdict.ENDS
    if len(ahead) < _BLOCK_LOOKAHEAD and "\n" not in ahead:
        return _Verdict.ENDS if final and not ahead else _waits(final=final)
    return _Verdict.GOES_ON


def _waits(*, final: bool) -> _Verdict:
    return _Verdict.GOES_ON if final else _Verdict.WAIT


def _inside_marks(text: str, at: int, index: int) -> bool:
    """Within `code` or the words of a [link](…)."""
    begins = max(at, text.rfind("\n", 0, index) + 1)
    if text.count("`", begins, index) % 2:
        return True
    bracket = text.rfind("[", max(begins, index - _LINK_CHARS), index)
    return bracket >= 0 and text.find("]", bracket, index) < 0


def _forced_end(text: str, at: int, limit: int, *, final: bool) -> int | None:
    """The last pause or space before `limit`; an address goes on to its own end."""
    window = text[at:limit]
    pauses = [match.end() for match in re.finditer(r"[,;:–—](?=\s)", window)]
    if pauses and pauses[-1] > len(window) // 2:
        return at + pauses[-1]
    space = max(window.rfind(" "), window.rfind("\n"), window.rfind("\t"))
    if space > 0:
        return at + space
    if "://" not in window:
        return limit
    found = re.compile(r"\s").search(text, limit)
    if found is None:
        return len(text) if final else None
    return found.start()
