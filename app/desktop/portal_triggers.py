"""Chords in the words of the shortcuts specification, which the desktop portals read."""

from __future__ import annotations

from app.desktop.chords import Chord, Modifier

_MODIFIERS = {
    Modifier.CTRL: "CTRL",
    Modifier.ALT: "ALT",
    Modifier.SHIFT: "SHIFT",
    Modifier.SUPER: "LOGO",
}
_KEYS = {
    "Space": "space",
    "Enter": "Return",
    "Backspace": "BackSpace",
    "Page Up": "Prior",
    "Page Down": "Next",
    "Scroll Lock": "Scroll_Lock",
    "Print Screen": "Print",
    "Minus": "minus",
    "Equal": "equal",
    "Comma": "comma",
    "Period": "period",
    "Slash": "slash",
    "Backslash": "backslash",
    "Semicolon": "semicolon",
    "Quote": "apostrophe",
    "Backquote": "grave",
    "Left Bracket": "bracketleft",
    "Right Bracket": "bracketright",
    "Right Ctrl": "Control_R",
    "Right Alt": "Alt_R",
    "Right Super": "Super_R",
}


def trigger(chord: Chord) -> str:
    """ "Ctrl+Alt+Space" as "CTRL+ALT+space": the names of keys are those of XKB."""
    key = _KEYS.get(chord.key, chord.key.lower() if len(chord.key) == 1 else chord.key)
    held = [name for modifier, name in _MODIFIERS.items() if modifier in chord.modifiers]
    return "+".join((*held, key))
