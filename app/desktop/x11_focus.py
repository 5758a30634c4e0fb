"""The window that has the keyboard on X11, and what is known of its application and field."""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor

from Xlib import error

from app.desktop.accessibility import Accessibility, Field
from app.desktop.target import Rect, Target, TargetKind
from app.desktop.terminals import asks_for_a_password, is_password_prompt, is_terminal
from app.desktop.x11_last_window import X11LastWindow, activate, process_of
from app.desktop.x11_session import X11Session, executable_of

_GIVEN_BACK_S = 1.0
_LOST = (error.DisplayError, error.ConnectionClosedError)


class X11Looks:
    """Looks at the focus. For the thread and connection of its session."""

    def __init__(self, session: X11Session) -> None:
        self._session = session

    def window_in_focus(self) -> int:
        """The application's window that the next key goes to; 0 for none."""
        focus = self._session.focus()
        return self._session.top_level(focus) if focus > 1 else 0

    def exists(self, number: int) -> bool:
        """Whether a window is still there."""
        try:
            self._session.window(number).get_geometry()
        except error.XError:
            return False
        return True

    def process_of(self, number: int) -> int:
        """The process of a window: as the server knows it, else as the window says."""
        return process_of(self._session, number)

    def target(self, number: int, field: Field | None) -> Target:
        """All that is known of a window, and of the field in it."""
        window = self._session.window(number)
        names = self._session.text(window, "WM_CLASS").split("\0")
        instance, kind = (names[0], names[1]) if len(names) > 1 else (names[0], names[0])
        title = self._session.text(window, "_NET_WM_NAME") or self._session.text(window, "WM_NAME")
        pid = self.process_of(number) or None
        return Target(
            window_id=number,
            app_id=kind,
            app_name=instance,
            pid=pid,
            executable=executable_of(pid),
            title=title,
            kind=_kind(names, pid, field),
            single_line=field is not None and field.single_line,
            window=self._place(number),
            caret=field.caret if field else None,
        )

    def _place(self, number: int) -> Rect | None:
        with contextlib.suppress(error.XError):
            window = self._session.window(number)
            shape = window.get_geometry()
            corner = window.translate_coords(self._session.root, 0, 0)
            return Rect(-corner.x, -corner.y, shape.width, shape.height)
        return None


def _kind(names: list[str], pid: int | None, field: Field | None) -> TargetKind:
    if is_password_prompt(*names):
        return TargetKind.PASSWORD
    if is_terminal(*names):
        return TargetKind.PASSWORD if pid and asks_for_a_password(pid) else TargetKind.TERMINAL
    return TargetKind.UNKNOWN if field is None else field.kind


class X11Focus:
    """`Focus` of `app.desktop.insertion`, on a thread of its own.

    Without an X server, or after it went away, nothing has the keyboard.
    """

    def __init__(self, accessibility: Accessibility | None, display: str | None = None) -> None:
        self._accessibility = accessibility
        self._display = display
        self._session: X11Session | None = None
        self._last = X11LastWindow(display)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="focus")

    async def current(self) -> Target | None:
        """The target right now."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._look)

    async def give_back(self) -> Target | None:
        """The window that had the keyboard before Sayso's own, which has it again."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._give_back)

    async def close(self) -> None:
        """End the connections and their threads."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._end)
        self._thread.shutdown(wait=False)

    def _give_back(self) -> Target | None:
        try:
            session = self._connected()
            window = self._last.window
            if not window or not X11Looks(session).exists(window):
                return None
            return self._look() if activate(session, window, _GIVEN_BACK_S) else None
        except _LOST:
            self._disconnect()
            return None

    def _connected(self) -> X11Session:
        if self._session is None:
            self._session = X11Session(self._display)
        return self._session

    def _end(self) -> None:
        self._last.close()
        self._disconnect()

    def _look(self) -> Target | None:
        try:
            looks = X11Looks(self._connected())
            window = looks.window_in_focus()
            if not window:
                return None
            pid = looks.process_of(window)
            tree = self._accessibility
            field = tree.focused(pid, caret=True) if tree and pid else None
            return looks.target(window, field)
        except _LOST:
            self._disconnect()
            return None

    def _disconnect(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None
