"""Keys as Qt tells them, written as hotkeys are written. Knows no widget."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt

_Key = Qt.Key

_NAMES: Mapping[int, str] = {
    _Key.Key_Space: "Space",
    _Key.Key_Return: "Enter",
    _Key.Key_Enter: "Enter",
    _Key.Key_Tab: "Tab",
    _Key.Key_Backtab: "Tab",
    _Key.Key_Backspace: "Backspace",
    _Key.Key_Delete: "Delete",
    _Key.Key_Escape: "Escape",
    _Key.Key_Home: "Home",
    _Key.Key_End: "End",
    _Key.Key_PageUp: "Page Up",
    _Key.Key_PageDown: "Page Down",
    _Key.Key_Left: "Left",
    _Key.Key_Right: "Right",
    _Key.Key_Up: "Up",
    _Key.Key_Down: "Down",
    _Key.Key_Minus: "Minus",
    _Key.Key_Equal: "Equal",
    _Key.Key_Comma: "Comma",
    _Key.Key_Period: "Period",
    _Key.Key_Slash: "Slash",
    _Key.Key_Backslash: "Backslash",
    _Key.Key_Semicolon: "Semicolon",
    _Key.Key_Apostrophe: "Quote",
    _Key.Key_QuoteLeft: "Backquote",
    _Key.Key_BracketLeft: "Left Bracket",
    _Key.Key_BracketRight: "Right Bracket",
    _Key.Key_Pause: "Pause",
    _Key.Key_ScrollLock: "Scroll Lock",
    _Key.Key_Print: "Print Screen",
    _Key.Key_Insert: "Insert",
    _Key.Key_Menu: "Menu",
}
_MODIFIER_KEYS = frozenset(
    {
        *(_Key.Key_Control, _Key.Key_Alt, _Key.Key_AltGr, _Key.Key_Shift, _Key.Key_Meta),
        *(_Key.Key_Super_L, _Key.Key_Super_R, _Key.Key_Hyper_L, _Key.Key_Hyper_R),
    }
)
# What the system calls the keys at the right: X11 and Wayland, Windows, macOS.
_RIGHT: Mapping[int, str] = {
    0xFFE4: "Right Ctrl",
    0xFFEA: "Right Alt",
    0xFE03: "Right Alt",
    0xFFEC: "Right Super",
    0xA3: "Right Ctrl",
    0xA5: "Right Alt",
    0x5C: "Right Super",
    0x3E: "Right Ctrl",
    0x3D: "Right Alt",
    0x36: "Right Super",
}


def is_modifier(key: int) -> bool:
    """Whether the key is held together with others."""
    return key in _MODIFIER_KEYS


def lone_modifier(key: int, native: int) -> str:
    """The name of a modifier key that can be a hotkey by itself; empty for any other.

    `native` is the system's own number of the key.
    """
    return _RIGHT.get(native, "") if is_modifier(key) else ""


def chord_text(key: int, modifiers: Qt.KeyboardModifier) -> str:
    """The combination in words: "Ctrl+Alt+D". An unknown key is named by its character."""
    held = Qt.KeyboardModifier
    parts = [
        name
        for flag, name in (
            (held.ControlModifier, "Ctrl"),
            (held.AltModifier, "Alt"),
            (held.ShiftModifier, "Shift"),
            (held.MetaModifier, "Super"),
        )
        if modifiers & flag
    ]
    return "+".join((*parts, _name(key)))


def _name(key: int) -> str:
    if _Key.Key_F1 <= key <= _Key.Key_F24:
        return f"F{key - _Key.Key_F1 + 1}"
    if key in _NAMES:
        return _NAMES[key]
    return chr(key) if 0x20 < key < 0x110000 and chr(key).isprintable() else "this key"
