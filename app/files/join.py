"""Parts of a transcript put together again: no word twice, none lost. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_COMPARED = 40
_TOKEN = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class _Run:
    """`size` words that are the same from `a` on in one list and from `b` on in the other."""

    a: int
    b: int
    size: int


def without_doubles(texts: Sequence[str], overlaps: Sequence[bool]) -> list[str]:
    """The texts, where `overlaps[n]` says that text n begins with sound that n-1 ended with.

    Words that both have stay in one of them.
    """
    kept = [text.strip() for text in texts]
    for number in range(1, len(kept)):
        if overlaps[number]:
            kept[number - 1], kept[number] = splice(kept[number - 1], kept[number])
    return kept


def splice(before: str, after: str) -> tuple[str, str]:
    """Two texts that share words at their border, with each word in one of them.

    The border is where both agree best; what one of them has beyond it was cut in the middle of a
    word, or heard from there on by the other. Where nothing agrees both stay as they are.
    """
    tail, head = tokens(before), tokens(after)
    first = max(0, len(tail) - _COMPARED)
    ending, beginning = [bare(t) for t in tail[first:]], [bare(t) for t in head[:_COMPARED]]
    best, best_score = None, 0
    for run in _common_runs(ending, beginning):
        beyond = len(ending) - run.a - run.size + run.b
        if (score := 2 * run.size - beyond) > best_score:
            best, best_score = run, score
    if best is None:
        return before, after
    kept = "".join(tail[: first + best.a + best.size]).rstrip()
    return kept, "".join(head[best.b + best.size :]).strip()


def _common_runs(one: Sequence[str], other: Sequence[str]) -> Iterator[_Run]:
    """All that cannot be made longer."""
    for shift in range(-len(other) + 1, len(one)):
        size = 0
        first, last = max(0, shift), min(len(one), len(other) + shift)
        for a in range(first, last + 1):
            if a < last and one[a] == other[a - shift]:
                size += 1
            elif size:
                yield _Run(a - size, a - size - shift, size)
                size = 0


def joined(texts: Sequence[str]) -> str:
    """Texts that follow one another; without a blank between characters that know none."""
    whole = ""
    for text in texts:
        rest = text.strip()
        if not whole or not rest:
            whole = whole or rest
        else:
            whole += rest if _is_wide(whole[-1]) and _is_wide(rest[0]) else f" {rest}"
    return whole


def tokens(text: str) -> list[str]:
    """Words with the blanks after them; each character on its own where there are no blanks."""
    found: list[str] = []
    for word in _TOKEN.findall(text):
        if any(map(_is_wide, word)):
            found += word
        else:
            found.append(word)
    return found


def bare(word: str) -> str:
    """A word as it is compared: without marks and case."""
    return "".join(filter(str.isalnum, word.casefold())) or word.strip()


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
