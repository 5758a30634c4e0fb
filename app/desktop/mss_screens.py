"""Seeing the screen of Windows and macOS, on a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from app.desktop.screen import Desktop, Grab, ScreenWindow
from app.errors import AppError, Code
from app.shots.geometry import around, is_covered, scale_at, shared
from app.shots.shot import Monitor, Pixels, Rect

T = TypeVar("T")

Look = Callable[[tuple[Monitor, ...]], Desktop]
"""Adds to the monitors what is on them."""


class MssScreens:
    """Fills `Screens`."""

    def __init__(self, platform: str) -> None:
        self._platform = platform
        self._mss: Any = None
        self._look_around: Look | None = None
        self._monitors: tuple[Monitor, ...] = ()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="screen")

    async def look(self) -> Desktop:
        """What is where, now."""
        return await self._on_thread(self._look)

    async def grab(self, rect: Rect | None) -> Grab:
        """A part of the desktop, or all of it."""
        return await self._on_thread(lambda: self._grab(rect))

    async def grab_window(self, window: ScreenWindow) -> Grab:
        """What is visible of it."""
        return await self._on_thread(lambda: self._grab_window(window))

    async def choose_window(self) -> Grab | None:
        """Not needed: the system tells which windows there are."""
        return None

    async def close(self) -> None:
        """End the thread."""

        def end() -> None:
            if self._mss is not None:
                self._mss.close()

        await asyncio.get_running_loop().run_in_executor(self._thread, end)
        self._thread.shutdown(wait=False)

    async def _on_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _look(self) -> Desktop:
        if self._look_around is None:
            self._look_around = _look_around_of(self._platform)
        if self._mss is not None:
            self._mss.close()  # it remembers the monitors of its beginning
            self._mss = None
        screens = self._opened().monitors[1:]
        monitors = tuple(_monitor(number, one) for number, one in enumerate(screens, 1))
        desktop = self._look_around(monitors)
        self._monitors = desktop.monitors
        return desktop

    def _grab(self, rect: Rect | None) -> Grab:
        from mss.exception import ScreenShotError

        every = around(monitor.rect for monitor in self._look().monitors)
        if every is None:
            raise AppError(Code.SCREEN_MISSING, "there is no monitor")
        part = every if rect is None else shared(rect, every)
        if part is None:
            raise AppError(Code.WINDOW_GONE)
        box = (part.x, part.y, part.x + part.width, part.y + part.height)
        try:
            shot = self._opened().grab(box)
        except ScreenShotError as failure:
            raise AppError(Code.SCREEN_REFUSED, "") from failure
        # On macOS a point has several pixels.
        scale = max(scale_at(self._monitors, part), shot.width / part.width)
        return Grab(Pixels(shot.width, shot.height, bytes(shot.raw), scale), part)

    def _grab_window(self, window: ScreenWindow) -> Grab:
        desktop = self._look()
        ids = [one.id for one in desktop.windows]
        if window.id not in ids:
            raise AppError(Code.WINDOW_GONE)
        at = ids.index(window.id)
        now, above = desktop.windows[at].rect, desktop.windows[:at]
        if is_covered(now, [one.rect for one in above if one.is_opaque]):
            raise AppError(Code.WINDOW_GONE)
        grab = self._grab(now)
        is_clear = not any(shared(now, one.rect) for one in above)
        every = around(monitor.rect for monitor in desktop.monitors)
        is_inside = every is not None and shared(now, every) == now
        return Grab(grab.pixels, grab.area, whole=is_clear and is_inside)

    def _opened(self) -> Any:
        if self._mss is None:
            import mss
            from mss.exception import ScreenShotError

            try:
                self._mss = mss.MSS()
            except ScreenShotError as failure:
                raise AppError(Code.SCREEN_MISSING, str(failure)) from failure
        return self._mss


def _monitor(number: int, one: dict[str, Any]) -> Monitor:
    rect = Rect(one["left"], one["top"], one["width"], one["height"])
    primary = bool(one.get("is_primary", number == 1))
    return Monitor(str(one.get("name") or number), rect, is_primary=primary)


def _look_around_of(platform: str) -> Look:
    if platform == "win32":
        from app.desktop.windows_screen import look_around
    else:
        from app.desktop.macos_screen import look_around
    return look_around
