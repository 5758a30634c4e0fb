"""Seeing an X11 screen: through shared memory, on a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from Xlib import X, error

from app.desktop.screen import Desktop, Grab, ScreenWindow
from app.desktop.screen_lock import is_locked
from app.desktop.x11_session import X11Session
from app.desktop.x11_windows import X11Windows
from app.errors import AppError, Code
from app.shots.geometry import is_covered, scale_at, shared
from app.shots.shot import Monitor, Pixels, Rect

T = TypeVar("T")

_STRIP_BYTES = 1 << 18
_ALL_PLANES = 0xFFFFFFFF


class X11Screens:
    """Fills `Screens`."""

    def __init__(self, display: str | None = None, *, bus: str = "SESSION") -> None:
        """`display` names the X server, `bus` the session bus, where they are not the process's."""
        self._display = display
        self._bus = bus
        self._session: X11Session | None = None
        self._windows: X11Windows | None = None
        self._monitors: tuple[Monitor, ...] = ()
        self._memory: Any = None
        self._memory_size: Rect | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="screen")

    async def look(self) -> Desktop:
        """What is where, now."""
        return await self._on_thread(self._look)

    async def grab(self, rect: Rect | None) -> Grab:
        """A part of the desktop, or all of it."""
        return await self._on_thread(lambda: self._grab(rect))

    async def grab_window(self, window: ScreenWindow) -> Grab:
        """All of the window where a compositor keeps it, else what is visible of it."""
        return await self._on_thread(lambda: self._grab_window(window))

    async def choose_window(self) -> Grab | None:
        """Not needed: X11 tells which windows there are."""
        return None

    async def close(self) -> None:
        """End the connections and the thread."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
        self._thread.shutdown(wait=False)

    async def _on_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._tried, work)

    def _tried(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except (error.DisplayError, error.ConnectionClosedError) as failure:
            self._disconnect()
            raise AppError(Code.SCREEN_MISSING, "the X server does not answer") from failure

    def _connected(self) -> tuple[X11Session, X11Windows]:
        if self._session is None or self._windows is None:
            self._session = X11Session(self._display)
            self._windows = X11Windows(self._session)
        return self._session, self._windows

    def _disconnect(self) -> None:
        self._forget_memory()
        if self._session is not None:
            self._session.close()
        self._session = self._windows = None

    def _look(self) -> Desktop:
        _, windows = self._connected()
        if windows.is_locked() or is_locked(self._bus):
            raise AppError(Code.SCREEN_LOCKED)
        desktop = windows.look()
        self._monitors = desktop.monitors
        return desktop

    def _grab(self, rect: Rect | None) -> Grab:
        _, windows = self._connected()
        size = windows.size()
        part = size if rect is None else shared(rect, size)
        if part is None:
            raise AppError(Code.WINDOW_GONE)
        shot = self._memory_of(size).grab(
            (part.x, part.y, part.x + part.width, part.y + part.height)
        )
        pixels = Pixels(part.width, part.height, bytes(shot.raw), scale_at(self._monitors, part))
        return Grab(pixels, part)

    def _grab_window(self, window: ScreenWindow) -> Grab:
        session, windows = self._connected()
        frame = windows.frame_of(window.id)
        if frame is None:
            raise AppError(Code.WINDOW_GONE)
        if self._is_composited(session):
            kept = self._kept(session, frame, window.rect)
            if kept is not None:
                return kept
        desktop = windows.look()
        ids = [one.id for one in desktop.windows]
        above = desktop.windows[: ids.index(window.id)] if window.id in ids else ()
        now = next((one.rect for one in desktop.windows if one.id == window.id), window.rect)
        if is_covered(now, [one.rect for one in above if one.is_opaque]):
            raise AppError(Code.WINDOW_GONE)
        grab = self._grab(now)
        clear = grab.area == now and not any(shared(now, one.rect) for one in above)
        return Grab(grab.pixels, grab.area, whole=clear)

    def _kept(self, session: X11Session, frame: Any, rect: Rect) -> Grab | None:
        """The window as the compositor keeps it, whatever covers it."""
        try:
            shape = frame.get_geometry()
            pixmap = frame.composite_name_window_pixmap()
            corner = Rect(rect.x - shape.x, rect.y - shape.y, rect.width, rect.height)
            whole = Rect(0, 0, shape.width + 2 * shape.border_width, shape.height)
            part = shared(corner, whole)
            if part is None or shape.depth not in (24, 32):
                return None
            data = _strips(pixmap, part)
            pixmap.free()
        except error.XError:
            return None
        area = Rect(shape.x + part.x, shape.y + part.y, part.width, part.height)
        return Grab(Pixels(part.width, part.height, data, scale_at(self._monitors, rect)), area)

    def _is_composited(self, session: X11Session) -> bool:
        if not session.display.has_extension("Composite"):
            return False
        name = f"_NET_WM_CM_S{session.display.get_default_screen()}"
        return bool(session.display.get_selection_owner(session.atom(name)) != X.NONE)

    def _memory_of(self, size: Rect) -> Any:
        """What shares memory with the server; made anew when the screen changes its size."""
        import mss
        from mss.exception import ScreenShotError

        if self._memory is None or size != self._memory_size:
            self._forget_memory()
            try:
                self._memory = mss.MSS(display=self._display)
            except ScreenShotError as failure:
                raise AppError(Code.SCREEN_MISSING, str(failure)) from failure
            self._memory_size = size
        return self._memory

    def _forget_memory(self) -> None:
        if self._memory is not None:
            self._memory.close()
        self._memory = None


def _strips(drawable: Any, part: Rect) -> bytes:
    """The pixels in several answers: the client library copies a long one again and again."""
    rows = max(1, _STRIP_BYTES // (part.width * 4))
    pieces = []
    for top in range(0, part.height, rows):
        height = min(rows, part.height - top)
        image = drawable.get_image(part.x, part.y + top, part.width, height, X.ZPixmap, _ALL_PLANES)
        pieces.append(image.data)
    return b"".join(pieces)
