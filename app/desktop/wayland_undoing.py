"""Taking an insertion back on Wayland, where the field shows that nothing was typed since."""

from __future__ import annotations

import asyncio
import time

from app.desktop.accessibility import Accessibility, Field
from app.desktop.field_text import FieldText, utf16_length
from app.desktop.insertion import Reason
from app.desktop.paste_keys import Press, PressFailed
from app.desktop.wayland_desk import WaylandDesk
from app.desktop.wayland_focus import Look, WaylandFocus

_SEEN_S = 1.0
_STEP_S = 0.01


async def take_back(
    text: str,
    look: Look,
    before: FieldText | None,
    after: FieldText | None,
    focus: WaylandFocus,
    tree: Accessibility | None,
    desk: WaylandDesk,
) -> Reason:
    """Take `text` back from a field that was left as `after`; NONE, or why that was not done."""
    now = await focus.look()
    there, here = (one.target.window_id if one.target else 0 for one in (look, now))
    if there != here:
        return Reason.WINDOW_CHANGED
    if look.field is None or before is None or after is None or tree is None:
        return Reason.CANNOT_SEE
    if now.field is None or now.field.reference != look.field.reference:
        return Reason.CHANGED_SINCE
    if await asyncio.to_thread(tree.text, now.field) != after:
        return Reason.CHANGED_SINCE
    count = after.length - before.length + before.selected
    if count not in (len(text), utf16_length(text)):
        return Reason.CHANGED_SINCE
    # Only the program's own undo brings back what was replaced, and some fields have no other.
    deleted = not before.selected and await asyncio.to_thread(
        tree.delete_before_caret, now.field, after, count
    )
    if not deleted and not await _undone_by_keys(desk):
        return Reason.CANNOT_SEE
    return await _shorter(now.field, before.length, tree)


async def _undone_by_keys(desk: WaylandDesk) -> bool:
    keys = await desk.keys()
    if keys is None or not keys.knows_layout:
        return False
    try:
        await keys.press(Press.CTRL_Z)
    except PressFailed:
        return False
    return True


async def _shorter(field: Field, length: int, tree: Accessibility) -> Reason:
    """Wait until the field is as long as before; NONE, or why that cannot be said."""
    deadline = time.monotonic() + _SEEN_S
    while time.monotonic() < deadline:
        shown = await asyncio.to_thread(tree.text, field)
        if shown is not None and shown.length == length:
            return Reason.NONE
        await asyncio.sleep(_STEP_S)
    return Reason.NOT_SEEN
