"""Chords in the numbers of macOS: virtual key codes by place, modifier flags."""

from __future__ import annotations

from app.desktop.chords import Chord, Modifier
from app.desktop.held_keys import HeldKeys

_LETTERS = "ASDFHGZXCV BQWERYT"
"""Key codes 0 to 17; 10 is a key of ISO keyboards only."""
_KEYS = {
    **{letter: code for code, letter in enumerate(_LETTERS) if letter != " "},
    "1": 18,
    "2": 19,
    "3": 20,
    "4": 21,
    "6": 22,
    "5": 23,
    "Equal": 24,
    "9": 25,
    "7": 26,
    "Minus": 27,
    "8": 28,
    "0": 29,
    "Right Bracket": 30,
    "O": 31,
    "U": 32,
    "Left Bracket": 33,
    "I": 34,
    "P": 35,
    "Enter": 36,
    "L": 37,
    "J": 38,
    "Quote": 39,
    "K": 40,
    "Semicolon": 41,
    "Backslash": 42,
    "Comma": 43,
    "Slash": 44,
    "N": 45,
    "M": 46,
    "Period": 47,
    "Tab": 48,
    "Space": 49,
    "Backquote": 50,
    "Backspace": 51,
    "Escape": 53,
    "Menu": 110,
    "Right Super": 54,
    "Right Alt": 61,
    "Right Ctrl": 62,
    "F1": 122,
    "F2": 120,
    "F3": 99,
    "F4": 118,
    "F5": 96,
    "F6": 97,
    "F7": 98,
    "F8": 100,
    "F9": 101,
    "F10": 109,
    "F11": 103,
    "F12": 111,
    "F13": 105,
    "F14": 107,
    "F15": 113,
    "F16": 106,
    "F17": 64,
    "F18": 79,
    "F19": 80,
    "F20": 90,
    "Insert": 114,
    "Delete": 117,
    "Home": 115,
    "End": 119,
    "Page Up": 116,
    "Page Down": 121,
    "Left": 123,
    "Right": 124,
    "Down": 125,
    "Up": 126,
}
_FLAGS = {
    Modifier.SHIFT: 0x20000,
    Modifier.CTRL: 0x40000,
    Modifier.ALT: 0x80000,
    Modifier.SUPER: 0x100000,
}
_MODIFIER_CODES = {
    Modifier.SHIFT: (56, 60),
    Modifier.CTRL: (59, 62),
    Modifier.ALT: (58, 61),
    Modifier.SUPER: (55, 54),
}
MODIFIERS = sum(_FLAGS.values())
"""The flags that count: neither Caps Lock nor Fn."""
DOWN_FLAGS = {59: 0x1, 56: 0x2, 60: 0x4, 55: 0x8, 54: 0x10, 58: 0x20, 61: 0x40, 62: 0x2000}
"""Key code of a modifier key → the flag that says whether this very key is down."""


def held_keys(chord: Chord) -> HeldKeys | None:
    """The key code and flags of a chord; None for a key that no Mac has."""
    code = _KEYS.get(chord.key)
    if code is None:
        return None
    return HeldKeys(
        frozenset({code}),
        sum(_FLAGS[modifier] for modifier in chord.modifiers),
        frozenset(key for modifier in chord.modifiers for key in _MODIFIER_CODES[modifier]),
        chord.is_lone_modifier,
    )
