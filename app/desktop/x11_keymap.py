"""Which keycodes of an X11 keyboard a chord means. Values only: the server's maps come in."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from app.desktop.chords import Chord, Modifier

_FIRST_LEVELS = 2

_KEYSYMS: dict[str, tuple[int, ...]] = {
    **{letter: (ord(letter) + 32,) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    **{digit: (ord(digit),) for digit in "0123456789"},
    **{f"F{number}": (0xFFBD + number,) for number in range(1, 25)},
    "Space": (0x20,),
    "Enter": (0xFF0D,),
    "Tab": (0xFF09,),
    "Backspace": (0xFF08,),
    "Delete": (0xFFFF,),
    "Escape": (0xFF1B,),
    "Insert": (0xFF63,),
    "Pause": (0xFF13,),
    "Scroll Lock": (0xFF14,),
    "Print Screen": (0xFF61,),
    "Menu": (0xFF67,),
    "Home": (0xFF50,),
    "End": (0xFF57,),
    "Page Up": (0xFF55,),
    "Page Down": (0xFF56,),
    "Left": (0xFF51,),
    "Up": (0xFF52,),
    "Right": (0xFF53,),
    "Down": (0xFF54,),
    "Minus": (0x2D,),
    "Equal": (0x3D,),
    "Comma": (0x2C,),
    "Period": (0x2E,),
    "Slash": (0x2F,),
    "Backslash": (0x5C,),
    "Semicolon": (0x3B,),
    "Quote": (0x27,),
    "Backquote": (0x60,),
    "Left Bracket": (0x5B,),
    "Right Bracket": (0x5D,),
    "Right Ctrl": (0xFFE4,),
    "Right Alt": (0xFFEA, 0xFE03, 0xFFE8),
    "Right Super": (0xFFEC,),
}
_ROWS = ((10, "1234567890"), (24, "QWERTYUIOP"), (38, "ASDFGHJKL"), (52, "ZXCVBNM"))
_PLACES = {key: first + n for first, row in _ROWS for n, key in enumerate(row)}
"""Keycodes of a US keyboard under evdev: where a layout without Latin letters has the same keys."""

_MODIFIER_SYMS = {
    Modifier.CTRL: (0xFFE3, 0xFFE4),
    Modifier.ALT: (0xFFE9, 0xFFEA),
    Modifier.SHIFT: (0xFFE1, 0xFFE2),
    Modifier.SUPER: (0xFFEB, 0xFFEC),
}
_USUAL_ROW = {Modifier.SHIFT: 0, Modifier.CTRL: 2, Modifier.ALT: 3, Modifier.SUPER: 6}
_LOCK_ROW = 1
_NUM_LOCK, _SCROLL_LOCK = 0xFF7F, 0xFF14
_ROWS_OF_MODIFIERS = 8


@dataclass(frozen=True, slots=True)
class KeyCombination:
    """A chord on this keyboard. `mask` are the modifiers, without locks.

    `modifier_keycodes` are the keys that hold those modifiers down.
    """

    keycodes: frozenset[int]
    mask: int
    modifier_keycodes: frozenset[int]


class X11Keymap:
    """A snapshot of the server's keyboard and modifier maps."""

    def __init__(
        self,
        first_keycode: int,
        keysyms: Sequence[Sequence[int]],
        modifiers: Sequence[Sequence[int]],
    ) -> None:
        """`keysyms` has a row for each keycode; `modifiers` has the keycodes of all eight."""
        self._levels = {first_keycode + n: tuple(row) for n, row in enumerate(keysyms)}
        self._modifiers = [frozenset(filter(None, row)) for row in modifiers]
        locks = {_LOCK_ROW} | {
            row
            for row in range(_ROWS_OF_MODIFIERS)
            if self._holds(row, (_NUM_LOCK,)) or self._holds(row, (_SCROLL_LOCK,))
        }
        used = {self._row(modifier) for modifier in Modifier}
        self._locks = sorted(1 << row for row in locks - used)

    def combination(self, chord: Chord) -> KeyCombination | None:
        """The keys of a chord; None when this keyboard does not have them."""
        keycodes = self._keycodes(chord.key)
        rows = [self._row(modifier) for modifier in chord.modifiers]
        if not keycodes:
            return None
        return KeyCombination(
            keycodes,
            sum(1 << row for row in rows),
            frozenset().union(*(self._modifiers[row] for row in rows)),
        )

    def with_locks(self, mask: int) -> list[int]:
        """`mask` with every state that Caps, Num and Scroll Lock can be in."""
        return [
            mask + sum(chosen)
            for count in range(len(self._locks) + 1)
            for chosen in itertools.combinations(self._locks, count)
        ]

    def without_locks(self, state: int) -> int:
        """An event's modifiers: no locks, no layout group, no mouse buttons."""
        return state & (1 << _ROWS_OF_MODIFIERS) - 1 & ~sum(self._locks)

    def _keycodes(self, key: str) -> frozenset[int]:
        wanted = _KEYSYMS[key]
        places = [
            (level, code)
            for code, levels in self._levels.items()
            for level, sym in enumerate(levels)
            if sym in wanted
        ]
        if places:
            lowest = min(level for level, _ in places)
            if lowest < _FIRST_LEVELS or key not in _PLACES:
                return frozenset(code for level, code in places if level == lowest)
        place = _PLACES.get(key)
        return frozenset({place} if place in self._levels else ())

    def _row(self, modifier: Modifier) -> int:
        syms = _MODIFIER_SYMS[modifier]
        usual = _USUAL_ROW[modifier]
        if self._holds(usual, syms):
            return usual
        rows = (row for row in range(_ROWS_OF_MODIFIERS) if self._holds(row, syms))
        return next(rows, usual)

    def _holds(self, row: int, syms: Sequence[int]) -> bool:
        return any(
            sym in syms for code in self._modifiers[row] for sym in self._levels.get(code, ())
        )
