"""Reading what is selected in the window in focus on X11, with the clipboard left as it was."""

from __future__ import annotations

import time

from app.desktop.accessibility import Accessibility
from app.desktop.target import TargetKind
from app.desktop.writing import ClipboardNotSaved
from app.desktop.x11_clipboard import X11Clipboard
from app.desktop.x11_writing import SAVE_S, Aim, X11Writing

_C = 0x63
_COPIED_S = 0.6
_READ_S = 2.0
_STEP_S = 0.005


def selected_text(
    aim: Aim, writing: X11Writing, clipboard: X11Clipboard, accessibility: Accessibility | None
) -> str | None:
    """The selected text: as the field shows it, else PRIMARY, else by Ctrl+C; None for none.

    A terminal is never sent Ctrl+C, and a password field is not looked at.
    """
    if aim.target.kind is TargetKind.PASSWORD:
        return None
    if accessibility is not None and aim.field is not None:
        seen = accessibility.selected(aim.field)
        if seen is not None:
            return seen or None
    owner = clipboard.owner("PRIMARY")
    if owner and writing.looks.process_of(owner) == aim.pid:
        text = clipboard.text("PRIMARY", _READ_S)
        if text:
            return text
    if aim.target.kind is TargetKind.TERMINAL or not writing.modifiers_released():
        return None
    return _copied(aim, writing, clipboard)


def _copied(aim: Aim, writing: X11Writing, clipboard: X11Clipboard) -> str | None:
    try:
        clipboard.save("CLIPBOARD", SAVE_S)
    except ClipboardNotSaved:
        return None
    changes = clipboard.changes("CLIPBOARD")
    if writing.press_there(writing.control(_C), aim.window) is None:
        return None
    deadline = time.monotonic() + _COPIED_S
    while clipboard.changes("CLIPBOARD") == changes:
        if time.monotonic() > deadline:
            return None
        time.sleep(_STEP_S)
    owner = clipboard.owner("CLIPBOARD")
    if not owner or writing.looks.process_of(owner) != aim.pid:
        # Somebody else copied something at this moment: it is theirs.
        return None
    text = clipboard.text("CLIPBOARD", _READ_S)
    clipboard.take_back("CLIPBOARD")
    return text or None
