"""Text for a voice. Pure."""

from __future__ import annotations

import re

_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*(?=\s)|\n")


def parts(text: str, longest: int) -> list[str]:
    """`text` in pieces of at most `longest` characters.

    Cut after a sentence where one ends in the second half of a piece, else between words, and
    within a word only where there is no blank.
    """
    rest, found = text.strip(), []
    while len(rest) > longest:
        cut = _cut(rest, longest)
        found.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*found, rest] if rest else found


def _cut(text: str, longest: int) -> int:
    ends = [match.end() for match in _SENTENCE_END.finditer(text, longest // 2, longest + 1)]
    fitting = [end for end in ends if end <= longest]
    if fitting:
        return fitting[-1]
    blank = text.rfind(" ", 1, longest + 1)
    return blank if blank > 0 else longest
