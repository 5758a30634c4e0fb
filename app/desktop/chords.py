"""Key combinations as values: read from text, written as text, refused where they would do harm."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Modifier(enum.StrEnum):
    """Held together with another key, in the order in which they are written."""

    CTRL = "Ctrl"
    ALT = "Alt"
    SHIFT = "Shift"
    SUPER = "Super"


class ChordError(ValueError):
    """Text that is no usable combination; the message is a sentence for its user."""


LONE_MODIFIERS = ("Right Ctrl", "Right Alt", "Right Super")
"""Modifier keys that are a hotkey by themselves, held without any other key."""

_ALONE = (
    *(f"F{number}" for number in range(1, 25)),
    "Pause",
    "Scroll Lock",
    "Print Screen",
    "Insert",
    "Menu",
)
_TYPING = (
    *"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    *("Space", "Enter", "Tab", "Backspace", "Delete", "Escape"),
    *("Home", "End", "Page Up", "Page Down", "Left", "Right", "Up", "Down"),
    *("Minus", "Equal", "Comma", "Period", "Slash", "Backslash", "Semicolon", "Quote"),
    *("Backquote", "Left Bracket", "Right Bracket"),
)
KEYS = (*_ALONE, *_TYPING, *LONE_MODIFIERS)

_MODIFIER_WORDS = {
    **{modifier.lower(): modifier for modifier in Modifier},
    **dict.fromkeys(("control", "ctl", "strg"), Modifier.CTRL),
    **dict.fromkeys(("option", "opt"), Modifier.ALT),
    **dict.fromkeys(("win", "windows", "meta", "cmd", "command", "logo"), Modifier.SUPER),
}
_KEY_WORDS = {
    **{key.lower(): key for key in KEYS},
    **{key.lower().replace(" ", ""): key for key in KEYS if " " in key},
    "esc": "Escape",
    "del": "Delete",
    "ins": "Insert",
    "return": "Enter",
    "break": "Pause",
    "pgup": "Page Up",
    "pgdn": "Page Down",
    "prtsc": "Print Screen",
    "print": "Print Screen",
    "altgr": "Right Alt",
    "right control": "Right Ctrl",
    "right win": "Right Super",
    "right option": "Right Alt",
    "right command": "Right Super",
    "right cmd": "Right Super",
    "-": "Minus",
    "=": "Equal",
    ",": "Comma",
    ".": "Period",
    "/": "Slash",
    ";": "Semicolon",
    "\\": "Backslash",
    "'": "Quote",
    "`": "Backquote",
    "[": "Left Bracket",
    "]": "Right Bracket",
}
_OTHER_MODIFIER_KEYS = {
    *(f"left {word}" for word in _MODIFIER_WORDS),
    "right shift",
    *_MODIFIER_WORDS,
}
_NEEDED_ELSEWHERE = {
    "Ctrl+A": "selects everything",
    "Ctrl+C": "copies",
    "Ctrl+V": "pastes",
    "Ctrl+X": "cuts",
    "Ctrl+Z": "undoes",
    "Ctrl+S": "saves",
    "Alt+Tab": "changes the window",
    "Alt+F4": "closes the window",
    "Super+C": "copies on a Mac",
    "Super+V": "pastes on a Mac",
    "Super+L": "locks the screen",
    "Ctrl+Alt+Delete": "belongs to the system",
}


@dataclass(frozen=True, slots=True)
class Chord:
    """One key, by its name in `KEYS`, with the modifiers that are held meanwhile."""

    key: str
    modifiers: frozenset[Modifier] = frozenset()

    @property
    def is_lone_modifier(self) -> bool:
        """Whether it is one modifier key by itself, which goes on to work in other shortcuts."""
        return self.key in LONE_MODIFIERS

    def __str__(self) -> str:
        held = (modifier for modifier in Modifier if modifier in self.modifiers)
        return "+".join((*held, self.key))


ESCAPE = Chord("Escape")
"""Cancels a dictation. Never a hotkey outside of one, so `parse_chord` refuses it."""


def parse_chord(text: str) -> Chord:
    """Read "Ctrl+Alt+Space", "F9" or "Right Ctrl"; upper and lower case are the same.

    Raises ChordError with the reason why it cannot be a hotkey.
    """
    *held, last = [" ".join(part.split()).lower() for part in text.split("+")]
    if not last:
        raise ChordError("Press a key, or a key together with Ctrl, Alt, Shift or Super.")
    modifiers = frozenset(_modifier(word) for word in held)
    key = _KEY_WORDS.get(last)
    if key is None:
        raise ChordError(_why_no_key(last))
    chord = Chord(key, modifiers)
    if (reason := _harm(chord)) is not None:
        raise ChordError(reason)
    return chord


def _modifier(word: str) -> Modifier:
    if word not in _MODIFIER_WORDS:
        raise ChordError(f"“{word}” is not one of Ctrl, Alt, Shift and Super.")
    return _MODIFIER_WORDS[word]


def _why_no_key(word: str) -> str:
    if word in _OTHER_MODIFIER_KEYS:
        name = word.title()
        return f"{name} alone is part of too many shortcuts. Take Right Ctrl, or add another key."
    return f"There is no key named “{word}”."


def _harm(chord: Chord) -> str | None:
    """What the combination would break; None when nothing."""
    if chord.is_lone_modifier:
        if chord.modifiers:
            return f"{chord.key} is a hotkey by itself only, without other modifiers."
        return None
    if (does := _NEEDED_ELSEWHERE.get(str(chord))) is not None:
        return f"{chord} {does} in other programs. Add another modifier."
    if chord.key in _TYPING and chord.modifiers <= {Modifier.SHIFT}:
        return f"{chord} could no longer be used for typing. Add Ctrl, Alt or Super."
    return None
