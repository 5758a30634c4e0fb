"""Keys sent to other programs on Windows: text as UTF-16 units, chords as virtual keys."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from app.desktop.system_writing import Press
from app.desktop.windows_structs import Input

_KEYBOARD = 1
_EXTENDED, _UP, _UNICODE = 0x1, 0x2, 0x4
_RETURN, _TAB, _SHIFT, _CONTROL, _INSERT = 0x0D, 0x09, 0x10, 0x11, 0x2D
_MODIFIERS = (_SHIFT, _CONTROL, 0x12, 0x5B, 0x5C)
_KEYS_OF = {"\n": _RETURN, "\t": _TAB}
_CHORDS = {
    Press.PASTE: (_CONTROL, 0x56),
    Press.PASTE_IN_TERMINAL: (_SHIFT, _INSERT),
    Press.COPY: (_CONTROL, 0x43),
    Press.UNDO: (_CONTROL, 0x5A),
}
_AT_MOST = 16
"""Characters between two looks at the focus."""

_DOWN = 0x8000


@dataclass(frozen=True, slots=True)
class KeyStroke:
    """One half of a key's press: a virtual key, or a UTF-16 unit with no key behind it."""

    key: int = 0
    unit: int = 0
    up: bool = False

    @property
    def flags(self) -> int:
        """Those of KEYBDINPUT. Insert without the mark of its own key is a 0 on the number pad."""
        extended = _EXTENDED if self.key == _INSERT else 0
        return (_UP if self.up else 0) | extended | (0 if self.key else _UNICODE)


def utf16_units(text: str) -> tuple[int, ...]:
    """The text's UTF-16 units."""
    data = text.encode("utf-16-le")
    return struct.unpack(f"<{len(data) // 2}H", data)


def strokes(text: str) -> Iterator[KeyStroke]:
    """What writes a text. The halves of one character stay next to each other."""
    for character in text:
        key = _KEYS_OF.get(character, 0)
        units = (0,) if key else utf16_units(character)
        yield from (KeyStroke(key, unit) for unit in units)
        yield from (KeyStroke(key, unit, up=True) for unit in units)


def chord_strokes(keys: Sequence[int]) -> list[KeyStroke]:
    """A chord: down in order, up in the opposite one."""
    down = [KeyStroke(key) for key in keys]
    return [*down, *(KeyStroke(key, up=True) for key in reversed(keys))]


class Keyboard(Protocol):
    """What is used of Windows to send keys."""

    def send(self, strokes: Sequence[KeyStroke]) -> int:
        """Send keys with none from elsewhere in between; how many of them."""
        ...

    def is_down(self, key: int) -> bool:
        """Whether a virtual key is down."""
        ...


class WindowsTyping:
    """Writes with the keyboard."""

    def __init__(self, keyboard: Keyboard) -> None:
        self._keyboard = keyboard

    def modifier_is_down(self) -> bool:
        """Whether a modifier is held."""
        return any(map(self._keyboard.is_down, _MODIFIERS))

    def type(self, text: str, fits: Callable[[], bool]) -> int:
        """Write while `fits`; how many characters were sent."""
        for start in range(0, len(text), _AT_MOST):
            piece = text[start : start + _AT_MOST]
            wanted = list(strokes(piece))
            if not fits():
                return start
            sent = self._keyboard.send(wanted)
            if sent < len(wanted):
                return start + _whole_characters(piece, sent)
        return len(text)

    def press(self, chord: Press) -> bool:
        """Press a chord at once; False if Windows refused."""
        wanted = chord_strokes(_CHORDS[chord])
        sent = self._keyboard.send(wanted)
        if 0 < sent < len(wanted):
            self._keyboard.send([stroke for stroke in wanted[sent:] if stroke.up])
        return sent == len(wanted)


def _whole_characters(piece: str, sent: int) -> int:
    count = 0
    for character in piece:
        sent -= len(list(strokes(character)))
        if sent < 0:
            break
        count += 1
    return count


class SendInput:
    """Fills `Keyboard`."""

    def __init__(self) -> None:
        """Raises OSError where this is not Windows."""
        own: Mapping[str, Any] = vars(ctypes)
        if "WinDLL" not in own:
            raise OSError("this is not Windows")
        user = self._user = own["WinDLL"]("user32", use_last_error=True)
        user.SendInput.argtypes = (ctypes.c_uint, ctypes.POINTER(Input), ctypes.c_int)
        user.SendInput.restype = ctypes.c_uint
        user.GetAsyncKeyState.restype = ctypes.c_short
        user.MapVirtualKeyW.argtypes = (ctypes.c_uint, ctypes.c_uint)

    def send(self, strokes: Sequence[KeyStroke]) -> int:
        """Send keys with none from elsewhere in between; how many of them."""
        inputs = (Input * len(strokes))()
        for place, stroke in zip(inputs, strokes, strict=True):
            place.type = _KEYBOARD
            place.key.key = stroke.key
            place.key.scan = self._scan(stroke)
            place.key.flags = stroke.flags
        return int(self._user.SendInput(len(strokes), inputs, ctypes.sizeof(Input)))

    def is_down(self, key: int) -> bool:
        """Whether a virtual key is down."""
        return bool(self._user.GetAsyncKeyState(key) & _DOWN)

    def _scan(self, stroke: KeyStroke) -> int:
        return int(self._user.MapVirtualKeyW(stroke.key, 0)) if stroke.key else stroke.unit
