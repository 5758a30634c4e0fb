"""Keys sent to other programs on macOS: text as Unicode in events, chords as key codes."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from app.desktop.macos_objects import FRAMEWORKS, POINTER, declare
from app.desktop.system_writing import Press

COMMAND = 0x100000
_MODIFIERS = COMMAND | 0x80000 | 0x40000 | 0x20000
_UNITS = 20
"""What one event can carry."""

_PAUSE_S = 0.002
"""Between events; some programs drop what comes at once."""

_KEYS_OF = {"\n": 36, "\t": 48}
_LETTERS = {
    Press.PASTE: "v",
    Press.PASTE_IN_TERMINAL: "v",
    Press.COPY: "c",
    Press.UNDO: "z",
}
_ON_ANSI = {"v": 9, "c": 8, "z": 6}
_CODES = 51
_HID_STATE, _TO_PROGRAMS = 1, 2


@dataclass(frozen=True, slots=True)
class Stroke:
    """One key's press and release: a key code, or a text with no key behind it."""

    text: str = ""
    code: int = 0


def strokes(text: str) -> Iterator[Stroke]:
    """What writes a text: Return and Tab as keys, the rest in pieces that keep characters whole."""
    piece, units = "", 0
    for character in text:
        size = 2 if character > "\uffff" else 1
        if piece and (character in _KEYS_OF or units + size > _UNITS):
            yield Stroke(piece)
            piece, units = "", 0
        if character in _KEYS_OF:
            yield Stroke(character, _KEYS_OF[character])
        else:
            piece, units = piece + character, units + size
    if piece:
        yield Stroke(piece)


class Keyboard(Protocol):
    """What is used of macOS to send keys."""

    def send_text(self, text: str) -> bool:
        """Press and release a key that writes a text; False if macOS refused."""
        ...

    def send_key(self, code: int, flags: int) -> bool:
        """Press and release a key with modifiers; False if macOS refused."""
        ...

    def written_by(self, code: int) -> str:
        """What a key writes with Command, in the current layout."""
        ...

    def modifiers(self) -> int:
        """The flags of the modifiers that are held."""
        ...


class MacTyping:
    """Writes with the keyboard."""

    def __init__(self, keyboard: Keyboard, pause: Callable[[float], None] = time.sleep) -> None:
        self._keyboard = keyboard
        self._pause = pause

    def modifier_is_down(self) -> bool:
        """Whether a modifier is held."""
        return bool(self._keyboard.modifiers() & _MODIFIERS)

    def type(self, text: str, fits: Callable[[], bool]) -> int:
        """Write while `fits`; how many characters were sent."""
        typed = 0
        for stroke in strokes(text):
            if not fits():
                return typed
            if stroke.code:
                sent = self._keyboard.send_key(stroke.code, 0)
            else:
                sent = self._keyboard.send_text(stroke.text)
            if not sent:
                return typed
            typed += len(stroke.text)
            self._pause(_PAUSE_S)
        return typed

    def press(self, chord: Press) -> bool:
        """Press Command with the key that has the letter; False if macOS refused."""
        letter = _LETTERS[chord]
        codes = (code for code in range(_CODES) if self._keyboard.written_by(code) == letter)
        return self._keyboard.send_key(next(codes, _ON_ANSI[letter]), COMMAND)


class MacKeyboard:
    """Fills `Keyboard`."""

    def __init__(self) -> None:
        """Raises OSError where this is not macOS."""
        self._app = ctypes.CDLL(f"{FRAMEWORKS}/ApplicationServices.framework/ApplicationServices")
        self._core = ctypes.CDLL(f"{FRAMEWORKS}/CoreFoundation.framework/CoreFoundation")
        app, count = self._app, ctypes.c_ulong
        declare(
            (
                (
                    app.CGEventCreateKeyboardEvent,
                    POINTER,
                    (POINTER, ctypes.c_uint16, ctypes.c_bool),
                ),
                (app.CGEventSetFlags, None, (POINTER, ctypes.c_uint64)),
                (app.CGEventKeyboardSetUnicodeString, None, (POINTER, count, POINTER)),
                (
                    app.CGEventKeyboardGetUnicodeString,
                    None,
                    (POINTER, count, POINTER, POINTER),
                ),
                (app.CGEventPost, None, (ctypes.c_uint32, POINTER)),
                (app.CGEventSourceFlagsState, ctypes.c_uint64, (ctypes.c_int32,)),
                (self._core.CFRelease, None, (POINTER,)),
            )
        )

    def send_text(self, text: str) -> bool:
        """Press and release a key that writes a text; False if macOS refused."""
        data = text.encode("utf-16-le")

        def fill(event: int) -> None:
            self._app.CGEventKeyboardSetUnicodeString(event, len(data) // 2, data)

        return all(self._post(0, 0, down, fill) for down in (True, False))

    def send_key(self, code: int, flags: int) -> bool:
        """Press and release a key with modifiers; False if macOS refused."""
        return all(self._post(code, flags, down) for down in (True, False))

    def written_by(self, code: int) -> str:
        """What a key writes with Command, in the current layout."""
        event = self._app.CGEventCreateKeyboardEvent(None, code, True)
        if not event:
            return ""
        self._app.CGEventSetFlags(event, COMMAND)
        length, units = ctypes.c_ulong(), (ctypes.c_uint16 * 4)()
        self._app.CGEventKeyboardGetUnicodeString(
            event, len(units), ctypes.byref(length), ctypes.byref(units)
        )
        self._core.CFRelease(event)
        return bytes(units)[: 2 * length.value].decode("utf-16-le", "replace")

    def modifiers(self) -> int:
        """The flags of the modifiers that are held."""
        return int(self._app.CGEventSourceFlagsState(_HID_STATE))

    def _post(self, code: int, flags: int, down: bool, fill: Any = None) -> bool:
        event = self._app.CGEventCreateKeyboardEvent(None, code, down)
        if not event:
            return False
        # The flags of keys that a finger holds do not belong to this one.
        self._app.CGEventSetFlags(event, flags)
        if fill is not None:
            fill(event)
        self._app.CGEventPost(_TO_PROGRAMS, event)
        self._core.CFRelease(event)
        return True
