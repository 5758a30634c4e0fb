"""Chords in the numbers of Windows: virtual keys and the modifiers of RegisterHotKey."""

from __future__ import annotations

from app.desktop.chords import Chord, Modifier
from app.desktop.held_keys import HeldKeys

_FIRST_FUNCTION_KEY = 0x70
_KEYS = {
    "Space": 0x20,
    "Enter": 0x0D,
    "Tab": 0x09,
    "Backspace": 0x08,
    "Delete": 0x2E,
    "Escape": 0x1B,
    "Insert": 0x2D,
    "Pause": 0x13,
    "Scroll Lock": 0x91,
    "Print Screen": 0x2C,
    "Menu": 0x5D,
    "Home": 0x24,
    "End": 0x23,
    "Page Up": 0x21,
    "Page Down": 0x22,
    "Left": 0x25,
    "Up": 0x26,
    "Right": 0x27,
    "Down": 0x28,
    "Minus": 0xBD,
    "Equal": 0xBB,
    "Comma": 0xBC,
    "Period": 0xBE,
    "Slash": 0xBF,
    "Backslash": 0xDC,
    "Semicolon": 0xBA,
    "Quote": 0xDE,
    "Backquote": 0xC0,
    "Left Bracket": 0xDB,
    "Right Bracket": 0xDD,
    "Right Ctrl": 0xA3,
    "Right Alt": 0xA5,
    "Right Super": 0x5C,
}
_MASKS = {Modifier.ALT: 1, Modifier.CTRL: 2, Modifier.SHIFT: 4, Modifier.SUPER: 8}
MODIFIER_KEYS = {1: (0x12,), 2: (0x11,), 4: (0x10,), 8: (0x5B, 0x5C)}
"""Modifier of RegisterHotKey → the virtual keys of which one must be down."""


def held_keys(chord: Chord) -> HeldKeys:
    """The virtual key and modifiers of a chord."""
    key = chord.key
    if key in _KEYS:
        code = _KEYS[key]
    elif len(key) == 1:
        code = ord(key)
    else:
        code = _FIRST_FUNCTION_KEY + int(key[1:]) - 1
    mask = sum(_MASKS[modifier] for modifier in chord.modifiers)
    codes = (MODIFIER_KEYS[bit][0] for bit in MODIFIER_KEYS if bit & mask)
    return HeldKeys(frozenset({code}), mask, frozenset(codes), chord.is_lone_modifier)
