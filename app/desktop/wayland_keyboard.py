"""A keyboard of our own on compositors that let programs have one (virtual-keyboard)."""

from __future__ import annotations

import os
import time

from app.desktop.paste_keys import Press, PressFailed
from app.desktop.wayland_connection import WaylandConnection, WaylandError

_MANAGER = "zwp_virtual_keyboard_manager_v1"
_KEYMAP, _KEY, _MODIFIERS = 0, 1, 2
_XKB_V1 = 1
_SHIFT, _CONTROL = 1, 4
_PRESSES = {
    Press.CTRL_V: (_CONTROL, 47),
    Press.CTRL_SHIFT_V: (_CONTROL | _SHIFT, 47),
    Press.SHIFT_INSERT: (_SHIFT, 110),
    Press.CTRL_C: (_CONTROL, 46),
    Press.CTRL_Z: (_CONTROL, 44),
}
"""Modifiers, and the key's number in the kernel; the keymap's numbers are 8 higher."""

KEYMAP = """xkb_keymap {
xkb_keycodes "sayso" {
 minimum = 8; maximum = 255;
 <Z> = 52; <C> = 54; <V> = 55; <INS> = 118; <CTL> = 37; <SHI> = 50;
};
xkb_types "sayso" {
 type "ONE_LEVEL" { modifiers = none; map[none] = Level1; level_name[Level1] = "Any"; };
};
xkb_compatibility "sayso" { };
xkb_symbols "sayso" {
 name[group1] = "sayso";
 key <Z> { type = "ONE_LEVEL", [ z ] };
 key <C> { type = "ONE_LEVEL", [ c ] };
 key <V> { type = "ONE_LEVEL", [ v ] };
 key <INS> { type = "ONE_LEVEL", [ Insert ] };
 key <CTL> { type = "ONE_LEVEL", [ Control_L ] };
 key <SHI> { type = "ONE_LEVEL", [ Shift_L ] };
 modifier_map Shift { <SHI> };
 modifier_map Control { <CTL> };
};
};
"""


class VirtualKeyboard:
    """Fills `Keys`. Its letters are where it says, whatever the user's layout is."""

    knows_layout = True

    def __init__(self, connection: WaylandConnection, keyboard: int) -> None:
        self._connection = connection
        self._keyboard = keyboard

    @classmethod
    def on(cls, connection: WaylandConnection, seat: int) -> VirtualKeyboard | None:
        """A keyboard on this compositor; None where it lets nobody have one."""
        bound = connection.bind(_MANAGER)
        if bound is None:
            return None
        keyboard = connection.add()
        connection.send(bound[0], 0, "uu", seat, keyboard)
        data = KEYMAP.encode() + b"\0"
        fd = os.memfd_create("keymap", os.MFD_CLOEXEC)
        try:
            os.write(fd, data)
            connection.send(keyboard, _KEYMAP, "uhu", _XKB_V1, len(data), fds=[fd])
        finally:
            os.close(fd)
        return cls(connection, keyboard)

    async def ready(self) -> bool:
        """Whether the compositor is there."""
        return not self._connection.lost

    async def press(self, press: Press) -> None:
        """Press and release."""
        modifiers, key = _PRESSES[press]
        self._modify(modifiers)
        self._key(key, 1)
        self._key(key, 0)
        self._modify(0)
        try:
            await self._connection.round_trip()
        except WaylandError as error:
            raise PressFailed(str(error)) from error

    async def close(self) -> None:
        """It ends with the connection."""

    def _modify(self, held: int) -> None:
        self._connection.send(self._keyboard, _MODIFIERS, "uuuu", held, 0, 0, 0)

    def _key(self, key: int, state: int) -> None:
        now_ms = int(time.monotonic() * 1000) & 0xFFFFFFFF
        self._connection.send(self._keyboard, _KEY, "uuu", now_ms, key, state)
