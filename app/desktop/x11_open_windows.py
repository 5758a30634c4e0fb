"""The windows that an X11 window manager lists, and switching to one."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import TypeVar

from Xlib import error

from app.desktop.open_windows import OpenWindow, WindowsUnknown
from app.desktop.x11_last_window import activate, process_of
from app.desktop.x11_session import X11Session

T = TypeVar("T")

_SWITCHED_S = 2.0
_LISTS = ("_NET_CLIENT_LIST_STACKING", "_NET_CLIENT_LIST")
_NOT_WINDOWS = (
    "_NET_WM_WINDOW_TYPE_DESKTOP",
    "_NET_WM_WINDOW_TYPE_DOCK",
    "_NET_WM_WINDOW_TYPE_NOTIFICATION",
    "_NET_WM_WINDOW_TYPE_TOOLTIP",
    "_NET_WM_WINDOW_TYPE_SPLASH",
)


class X11Windows:
    """Fills `OpenWindows`; it connects for each question."""

    def __init__(self, display: str) -> None:
        self._display = display

    async def list(self) -> tuple[OpenWindow, ...]:
        """Those of the window manager's list, the topmost first."""
        return await asyncio.to_thread(self._ask, _listed)

    async def switch(self, number: int) -> bool:
        """Ask the window manager, and look whether it did."""
        return await asyncio.to_thread(
            self._ask, lambda session: activate(session, number, _SWITCHED_S)
        )

    def _ask(self, question: Callable[[X11Session], T]) -> T:
        try:
            with contextlib.closing(X11Session(self._display)) as session:
                return question(session)
        except (error.DisplayError, error.ConnectionClosedError, OSError) as failure:
            raise WindowsUnknown from failure


def _listed(session: X11Session) -> tuple[OpenWindow, ...]:
    active = next(iter(session.numbers(session.root, "_NET_ACTIVE_WINDOW")), 0)
    for name in _LISTS:
        numbers = session.numbers(session.root, name)
        if numbers:
            return tuple(_windows(session, numbers[::-1], active))
    if session.numbers(session.root, "_NET_SUPPORTING_WM_CHECK"):
        return ()
    raise WindowsUnknown


def _windows(session: X11Session, numbers: list[int], active: int) -> Iterator[OpenWindow]:
    left_out = {session.atom(name) for name in _NOT_WINDOWS}
    skipped = session.atom("_NET_WM_STATE_SKIP_TASKBAR")
    for number in numbers:
        window = session.window(number)
        if left_out.intersection(session.numbers(window, "_NET_WM_WINDOW_TYPE")):
            continue
        if skipped in session.numbers(window, "_NET_WM_STATE"):
            continue
        names = [part for part in session.text(window, "WM_CLASS").split("\0") if part]
        title = session.text(window, "_NET_WM_NAME") or session.text(window, "WM_NAME")
        if names or title:
            app = names[-1] if names else ""
            pid = process_of(session, number)
            yield OpenWindow(number, app, title, number == active, pid)
