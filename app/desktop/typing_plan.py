"""Which keys write a text: those of the layout, and spare ones lent to other characters. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_RETURN, _TAB = 0xFF0D, 0xFF09
_UNICODE = 0x01000000


@dataclass(frozen=True, slots=True)
class Key:
    """A key's code, and whether Shift is down with it."""

    code: int
    shifted: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """What the keys write in the current layout, by keysym, and the codes that write nothing."""

    keys: dict[int, Key]
    spare: tuple[int, ...]
    width: int


@dataclass(frozen=True, slots=True)
class Batch:
    """A piece of a text, and what the spare keys must write for it: keysyms by key code."""

    text: str
    lent: dict[int, int]


def keysym_of(character: str) -> int:
    """The X11 keysym that writes a character."""
    number = ord(character)
    if character == "\n":
        return _RETURN
    if character == "\t":
        return _TAB
    if 0x20 <= number <= 0x7E or 0xA0 <= number <= 0xFF:
        return number
    return _UNICODE | number


def read_layout(rows: Sequence[Sequence[int]], first_code: int, group: int) -> Layout:
    """The layout in a core keyboard mapping; `group` counts from 0.

    The core protocol shows two groups of two levels; a third or fourth group cannot be read, and
    gives no keys.
    """
    keys: dict[int, Key] = {}
    spare = []
    for level in (0, 1):
        for number, row in enumerate(rows):
            column = 2 * group + level
            symbol = row[column] if group < 2 and column < len(row) else 0
            if symbol:
                keys.setdefault(symbol, Key(first_code + number, shifted=level == 1))
    for number, row in enumerate(rows):
        if not any(row):
            spare.append(first_code + number)
    return Layout(keys, tuple(_neighbours_first(spare)), max(map(len, rows), default=0))


def _neighbours_first(codes: list[int]) -> list[int]:
    """Runs of neighbours, the longest first: those are changed at once."""
    runs: list[list[int]] = []
    for code in codes:
        if runs and code == runs[-1][-1] + 1:
            runs[-1].append(code)
        else:
            runs.append([code])
    return [code for run in sorted(runs, key=len, reverse=True) for code in run]


def needs_lending(text: str, layout: Layout) -> bool:
    """Whether the layout alone does not write all of the text."""
    return any(keysym_of(character) not in layout.keys for character in text)


def plan(text: str, layout: Layout, at_most: int) -> list[Batch]:
    """The text in pieces of `at_most` characters, with as few changes of the lent keys as can be.

    Raises ValueError if a key must be lent and none is spare.
    """
    batches: list[Batch] = []
    start = 0
    lent: dict[int, int] = {}
    for place, character in enumerate(text):
        symbol = keysym_of(character)
        if symbol in layout.keys or symbol in lent:
            continue
        if not layout.spare:
            raise ValueError(f"no key for {character!r}")
        if len(lent) == len(layout.spare):
            batches += _pieces(text[start:place], lent, at_most)
            start, lent = place, {}
        lent[symbol] = layout.spare[len(lent)]
    return batches + _pieces(text[start:], lent, at_most)


def lendings(batches: list[Batch]) -> int:
    """How often the spare keys change for these pieces."""
    changes, last = 0, dict[int, int]()
    for batch in batches:
        changes += bool(batch.lent) and batch.lent != last
        last = batch.lent
    return changes


def _pieces(text: str, lent: dict[int, int], at_most: int) -> list[Batch]:
    codes = {code: symbol for symbol, code in lent.items()}
    return [Batch(text[at : at + at_most], codes) for at in range(0, len(text), at_most)]
