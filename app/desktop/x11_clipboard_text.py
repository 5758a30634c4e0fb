"""What another client has on the X11 clipboard, read once. Blocks: for a thread."""

from __future__ import annotations

import contextlib
import select
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from Xlib import X, error

from app.desktop.clipboard_text import ClipboardSilent
from app.desktop.x11_fetching import NotFetched, X11Fetching
from app.desktop.x11_session import X11Session

_SECRET = "x-kde-passwordManagerHint"
_FORMS = (("UTF8_STRING", "utf-8"), ("STRING", "latin-1"))
_PICTURES = ("image/png", "image/jpeg", "image/webp", "image/bmp", "image/tiff")

T = TypeVar("T")


def x11_clipboard_text(display: str, within_s: float) -> str | None:
    """The text; None where there is none. Raises ClipboardSilent."""
    return _read(display, within_s, _text)


def x11_clipboard_picture(display: str, within_s: float) -> bytes | None:
    """An encoded picture; None where there is none. Raises ClipboardSilent."""
    return _read(display, within_s, _picture)


def _read(display: str, within_s: float, read: Callable[[X11Session, float], T]) -> T:
    try:
        session = X11Session(display)
    except (error.DisplayError, error.ConnectionClosedError, OSError) as failure:
        raise ClipboardSilent(str(failure)) from failure
    with contextlib.closing(session):
        try:
            return read(session, time.monotonic() + within_s)
        except (NotFetched, error.ConnectionClosedError, OSError) as failure:
            raise ClipboardSilent("the program that copied does not answer") from failure


def _text(session: X11Session, deadline: float) -> str | None:
    found = _first_form(session, [name for name, _ in _FORMS], deadline)
    return found[1].decode(dict(_FORMS)[found[0]], "replace") if found is not None else None


def _picture(session: X11Session, deadline: float) -> bytes | None:
    found = _first_form(session, _PICTURES, deadline)
    return found[1] if found is not None else None


def _first_form(
    session: X11Session, wanted: Sequence[str], deadline: float
) -> tuple[str, bytes] | None:
    """The first of these forms that the owner gives, with its name."""
    clipboard = session.atom("CLIPBOARD")
    if not session.display.get_selection_owner(clipboard):
        return None
    window = session.root.create_window(
        -1, -1, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask
    )
    events = _Events(session, window)
    offered = events.fetching.offered(clipboard, X.CurrentTime, deadline)
    if _SECRET in offered:
        raise ClipboardSilent("a password manager has marked it as secret")
    for name in wanted:
        if name in offered:
            form = events.fetching.form(clipboard, name, X.CurrentTime, deadline)
            if form is not None:
                return name, form.data
    return None


class _Events:
    """Hands the answers of the clipboard's owner to what asks for them."""

    def __init__(self, session: X11Session, window: Any) -> None:
        self._session = session
        self._window = window
        self.fetching = X11Fetching(session, window, self._pump)

    def _pump(self, done: Callable[[], bool], deadline: float) -> bool:
        while True:
            while self._session.display.pending_events():
                self._handle(self._session.display.next_event())
            if done():
                return True
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                return False
            select.select([self._session.display], [], [], left_s)

    def _handle(self, event: Any) -> None:
        if event.type == X.SelectionNotify:
            self.fetching.on_notify(event)
        elif event.type == X.PropertyNotify and event.state == X.PropertyNewValue:
            self.fetching.on_new_value(event.atom)
