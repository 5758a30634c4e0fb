"""Chords in the words of the shortcuts specification, which the desktop portals read."""

from __future__ import annotations

import re

from app.desktop.chords import Chord, Modifier

_GTK = re.compile(r"(?:Press )?((?:<\w+>)+)(\w+)")
_GTK_MODIFIERS = {"Control": "Ctrl", "Primary": "Ctrl", "Meta": "Super"}
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


def readable(description: str) -> str:
    """What a desktop calls its key: GNOME's "Press <Control><Alt>d" is "Ctrl+Alt+D"."""
    if (gtk := _GTK.fullmatch(description)) is None:
        return description
    held = [_GTK_MODIFIERS.get(name, name) for name in re.findall(r"<(\w+)>", gtk[1])]
    keys = {name: key for key, name in _KEYS.items()}
    return "+".join((*held, keys.get(gtk[2], gtk[2].upper() if len(gtk[2]) == 1 else gtk[2])))
