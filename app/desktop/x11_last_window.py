"""Which window of another program had the keyboard last on X11, and giving it back."""

from __future__ import annotations

import contextlib
import os
import select
import threading
import time

from Xlib import X, error
from Xlib.protocol import event

from app.desktop.x11_session import X11Session

_ACTIVE = "_NET_ACTIVE_WINDOW"
_NO_TARGETS = ("_NET_WM_WINDOW_TYPE_DESKTOP", "_NET_WM_WINDOW_TYPE_DOCK")
_ASKED_BY_A_PERSON = 2
_STEP_S = 0.01


class X11LastWindow:
    """Follows the active window from the start on, on a thread and a connection of its own."""

    def __init__(self, display: str | None = None) -> None:
        self._display = display
        self._wake_read, self._wake_write = os.pipe()
        self._closing = False
        self.window = 0
        """The last active window that is not this program's; 0 before the first."""
        self._thread = threading.Thread(target=self._run, name="active window", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread and its connection."""
        if not self._closing:
            self._closing = True
            os.write(self._wake_write, b"x")
            self._thread.join()
            os.close(self._wake_read)
            os.close(self._wake_write)

    def _run(self) -> None:
        try:
            session = X11Session(self._display)
        except (error.DisplayError, error.ConnectionClosedError, OSError):
            return
        with contextlib.suppress(error.ConnectionClosedError, OSError), contextlib.closing(session):
            session.root.change_attributes(event_mask=X.PropertyChangeMask)
            self._follow(session)

    def _follow(self, session: X11Session) -> None:
        active = session.atom(_ACTIVE)
        is_new = True
        while not self._closing:
            while session.display.pending_events():
                found = session.display.next_event()
                is_new = is_new or (found.type == X.PropertyNotify and found.atom == active)
            if is_new:
                # Its questions may bring further events along.
                is_new = False
                self._note(session)
            else:
                select.select([session.display, self._wake_read], [], [])

    def _note(self, session: X11Session) -> None:
        number = next(iter(session.numbers(session.root, _ACTIVE)), 0)
        if number and process_of(session, number) != os.getpid():
            window = session.window(number)
            kinds = session.numbers(window, "_NET_WM_WINDOW_TYPE")
            if not any(session.atom(name) in kinds for name in _NO_TARGETS):
                self.window = number


def process_of(session: X11Session, number: int) -> int:
    """The process of a window: as the server knows it, else as the window says; 0 if neither."""
    known = session.process_of(number)
    return known or next(iter(session.numbers(session.window(number), "_NET_WM_PID")), 0)


def activate(session: X11Session, number: int, within_s: float) -> bool:
    """Ask the window manager to give a window the keyboard; whether it has it in time."""
    question = event.ClientMessage(
        window=session.window(number),
        client_type=session.atom(_ACTIVE),
        data=(32, [_ASKED_BY_A_PERSON, X.CurrentTime, 0, 0, 0]),
    )
    mask = X.SubstructureRedirectMask | X.SubstructureNotifyMask
    session.root.send_event(question, event_mask=mask)
    session.display.flush()
    deadline = time.monotonic() + within_s
    while (focus := session.focus()) <= 1 or session.top_level(focus) != number:
        if time.monotonic() > deadline:
            return False
        time.sleep(_STEP_S)
    return True
