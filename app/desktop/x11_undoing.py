"""Taking an insertion back on X11, where the field shows that nothing was typed since."""

from __future__ import annotations

from app.desktop.field_text import FieldText, utf16_length
from app.desktop.insertion import Reason
from app.desktop.x11_writing import Aim, X11Writing

_Z = 0x7A


def take_back(
    text: str, aim: Aim, after: FieldText | None, writing: X11Writing, *, pasted: bool
) -> Reason:
    """Take `text` back from a field that was left as `after`; NONE, or why that was not done."""
    field, before = aim.field, aim.before
    if writing.looks.window_in_focus() != aim.window:
        return Reason.WINDOW_CHANGED
    if field is None or after is None or before is None:
        return Reason.CANNOT_SEE
    now = writing.field(aim.pid)
    if now is None or now.reference != field.reference or writing.shown(now) != after:
        return Reason.CHANGED_SINCE
    if not writing.modifiers_released():
        return Reason.MODIFIER_HELD
    count = after.length - before.length + before.selected
    if count not in (len(text), utf16_length(text)):
        return Reason.CHANGED_SINCE
    # Only the program's own undo brings back what was replaced, and some fields have no other.
    deleted = not before.selected and writing.delete_before_caret(field, after, count)
    if not deleted:
        if not pasted:
            return Reason.CANNOT_SEE
        if writing.press_there(writing.control(_Z), aim.window) is None:
            return Reason.WINDOW_CHANGED
    return writing.wait_for_length(field, before.length)
