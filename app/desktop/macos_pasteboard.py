"""The pasteboard calls of macOS, by ctypes. One thread."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence

from app.desktop.macos_clipboard import TEXT, Item
from app.desktop.macos_objects import POINTER, Cocoa


class MacPasteboard:
    """Fills `Pasteboard`."""

    def __init__(self) -> None:
        """Raises OSError where this is not macOS."""
        self._cocoa = Cocoa()
        send = self._cocoa.send
        with self._cocoa.pool():
            # The general pasteboard lives as long as the program.
            self._board = send(self._cocoa.class_named("NSPasteboard"), "generalPasteboard")

    def changes(self) -> int:
        """Counts up when somebody takes it."""
        return int(self._cocoa.send_typed(ctypes.c_long, self._board, "changeCount"))

    def items(self, within: Callable[[int], bool]) -> list[Item] | None:
        """All it has, None once `within` says no to the number of bytes so far."""
        cocoa = self._cocoa
        found: list[Item] = []
        size = 0
        with cocoa.pool():
            for item in cocoa.items(cocoa.send(self._board, "pasteboardItems")):
                forms: dict[str, bytes] = {}
                for kind in cocoa.items(cocoa.send(item, "types")):
                    data = cocoa.send(item, "dataForType:", kind)
                    if data:
                        forms[cocoa.text(kind)] = cocoa.bytes_of(data)
                        size += len(forms[cocoa.text(kind)])
                    if not within(size):
                        return None
                found.append(forms)
        return found

    def text(self) -> str | None:
        """Its text."""
        with self._cocoa.pool(), self._cocoa.string(TEXT) as kind:
            text = self._cocoa.send(self._board, "stringForType:", kind)
            return self._cocoa.text(text) if text else None

    def put(self, items: Sequence[Item]) -> bool:
        """Take it, with these in it; whether that worked."""
        cocoa = self._cocoa
        with cocoa.pool():
            array = cocoa.send(cocoa.class_named("NSMutableArray"), "array")
            for item in items:
                cocoa.send(array, "addObject:", self._made(item))
            cocoa.send_typed(ctypes.c_long, self._board, "clearContents")
            if not items:
                return True
            return bool(
                cocoa.send_typed(ctypes.c_bool, self._board, "writeObjects:", POINTER(array))
            )

    def _made(self, item: Item) -> int:
        """An item with these forms, which the pool releases."""
        cocoa = self._cocoa
        fresh = cocoa.send(cocoa.send(cocoa.class_named("NSPasteboardItem"), "alloc"), "init")
        made = cocoa.send(fresh, "autorelease")
        for kind, data in item.items():
            with cocoa.string(kind) as name, cocoa.data(data) as content:
                cocoa.send_typed(
                    ctypes.c_bool, made, "setData:forType:", POINTER(content), POINTER(name)
                )
        return made
