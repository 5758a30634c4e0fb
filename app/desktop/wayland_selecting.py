"""The text that is selected in the program that has the keyboard, on Wayland."""

from __future__ import annotations

import asyncio
import time

from app.desktop.accessibility import Accessibility
from app.desktop.clipboard_board import Selection
from app.desktop.paste_keys import Keys, Press, PressFailed
from app.desktop.target import TargetKind
from app.desktop.wayland_clipboard import WaylandClipboard
from app.desktop.wayland_connection import WaylandError
from app.desktop.wayland_desk import WaylandDesk
from app.desktop.wayland_focus import Look
from app.desktop.writing import ClipboardNotSaved

_COPIED_S = 0.5
_STEP_S = 0.01


async def selected_text(look: Look, tree: Accessibility | None, desk: WaylandDesk) -> str | None:
    """The selected text: as the field shows it, else by Ctrl+C; None for none.

    Nothing that is or may be a terminal is sent Ctrl+C, and a password field is not looked at.
    """
    if look.target is None or look.target.kind is TargetKind.PASSWORD:
        return None
    if tree is not None and look.field is not None:
        seen = await asyncio.to_thread(tree.selected, look.field)
        if seen is not None:
            return seen or None
    if look.target.kind is TargetKind.TERMINAL or not look.target.app_id:
        return None
    keys, clipboard = await desk.keys(), await desk.clipboard()
    if keys is None or clipboard is None or not keys.knows_layout:
        return None
    try:
        return await _copied(keys, clipboard)
    except (ClipboardNotSaved, PressFailed, WaylandError):
        return None


async def _copied(keys: Keys, clipboard: WaylandClipboard) -> str | None:
    await clipboard.save([Selection.CLIPBOARD])
    changes = clipboard.changes()
    await keys.press(Press.CTRL_C)
    deadline = time.monotonic() + _COPIED_S
    while clipboard.changes() == changes:
        if time.monotonic() > deadline:
            return None
        await asyncio.sleep(_STEP_S)
    try:
        return await clipboard.text() or None
    finally:
        clipboard.put_back()
