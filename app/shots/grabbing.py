"""From what the user wants to show to its pixels, without what must not be seen."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.desktop.screen import Desktop, Grab, Screens, ScreenWindow
from app.errors import AppError, Code
from app.shots.geometry import holds, in_pixels, monitor_at, scale_at, shared
from app.shots.privacy import is_private, parts_of
from app.shots.render import covered, is_one_colour
from app.shots.shot import Monitor, Pixels, Rect, ShotKind

_LEFT_OUT = "What Sayso never looks at is covered."
_NOT_KNOWN = "This desktop does not tell which windows there are, so none was covered."
_BEHIND = "Other windows cover a part of it."


@dataclass(frozen=True, slots=True)
class Seen:
    """Pixels, what they show, and where on the desktop that is; None where it is not from there.

    `windows` are those on the desktop then, from the topmost on; None where nobody knows.
    """

    pixels: Pixels
    source: str
    area: Rect | None = None
    note: str = ""
    monitors: tuple[Monitor, ...] = ()
    windows: tuple[ScreenWindow, ...] | None = None


class Grabber:
    """Core thread. `never` are the words of what is never looked at."""

    def __init__(self, screens: Screens, never: Callable[[], Iterable[str]]) -> None:
        self._screens = screens
        self._never = never

    async def look(self) -> Desktop:
        """What is on the desktop, now. Raises AppError, as `Screens`."""
        return await self._screens.look()

    async def windows(self) -> tuple[ScreenWindow, ...]:
        """The windows that can be shown, from the topmost on."""
        desktop = await self._screens.look()
        return tuple(w for w in desktop.windows if w.title and self._may_show(w))

    async def see(
        self, desktop: Desktop, kind: ShotKind, name: str = "", rect: Rect | None = None
    ) -> Seen:
        """What is asked for, on a desktop that was just looked at.

        Raises AppError, as `Screens` and WINDOW_PRIVATE and SCREEN_EMPTY.
        """
        if kind in (ShotKind.WINDOW, ShotKind.ACTIVE_WINDOW):
            return await self._window(desktop, kind, name)
        if rect is not None:
            return await self._part(desktop, rect, "Region")
        if kind is ShotKind.ALL:
            return await self._part(desktop, None, "All screens")
        monitor = monitor_at(desktop.monitors, desktop.pointer)
        if kind is ShotKind.MONITOR:
            monitor = next((m for m in desktop.monitors if m.name == name), monitor)
        if monitor is None:
            return await self._part(desktop, None, "Screen")
        shown = f"Screen {monitor.name}" if len(desktop.monitors) > 1 else "Screen"
        return await self._part(desktop, monitor.rect, shown)

    async def _part(self, desktop: Desktop, rect: Rect | None, source: str) -> Seen:
        grab = await self._screens.grab(rect)
        if grab.chosen:
            return await self._chosen(grab, desktop)
        after = (await self._screens.look()) if desktop.windows else desktop
        # A window that came or moved meanwhile is covered at both places.
        hidden = [
            part for seen in (desktop, after) for part in parts_of(seen.windows, self._is_hidden)
        ]
        is_screen = rect is None or any(rect == monitor.rect for monitor in desktop.monitors)
        if is_screen and await asyncio.to_thread(is_one_colour, grab.pixels):
            raise AppError(Code.SCREEN_EMPTY)
        seen = await self._finished(grab, desktop, hidden)
        note = "" if desktop.knows_windows else _NOT_KNOWN
        private = parts_of(desktop.windows, lambda window: is_private(window, self._never()))
        if any(shared(part, grab.area) for part in private):
            note = _LEFT_OUT
        return Seen(seen, source, grab.area, note, desktop.monitors, _windows(desktop))

    async def _window(self, desktop: Desktop, kind: ShotKind, name: str) -> Seen:
        if not desktop.knows_windows:
            grab = await self._screens.choose_window()
            if grab is None:
                raise AppError(Code.WINDOW_GONE)
            return await self._chosen(grab, desktop)
        window = self._wanted(desktop, kind, name)
        if window is None:
            raise AppError(Code.WINDOW_GONE)
        if is_private(window, self._never()):
            raise AppError(Code.WINDOW_PRIVATE, window.app or window.title)
        grab = await self._screens.grab_window(window)
        above = desktop.windows[: desktop.windows.index(window)]
        hidden = () if grab.whole else tuple(parts_of(above, self._is_hidden))
        source = window.title or window.app or "Window"
        pixels = await self._finished(grab, desktop, hidden)
        note = "" if grab.whole else _BEHIND
        windows = (window,) if grab.whole else _windows(desktop)
        return Seen(pixels, source, grab.area, note, desktop.monitors, windows)

    async def _chosen(self, grab: Grab, desktop: Desktop) -> Seen:
        return Seen(await self._finished(grab, desktop, ()), "Your choice", None, _NOT_KNOWN)

    def _wanted(self, desktop: Desktop, kind: ShotKind, name: str) -> ScreenWindow | None:
        others = [window for window in desktop.windows if not _is_own(window)]
        if name:
            return next((window for window in others if window.id == name), None)
        if kind is ShotKind.ACTIVE_WINDOW or desktop.pointer is None:
            active = next((window for window in others if window.id == desktop.active), None)
            return active or next((window for window in others if window.title), None)
        place = desktop.pointer
        return next((window for window in others if holds(window.rect, *place)), None)

    async def _finished(self, grab: Grab, desktop: Desktop, hidden: Iterable[Rect]) -> Pixels:
        size = (grab.pixels.width, grab.pixels.height)
        rects = [in_pixels(rect, grab.area, size) for rect in hidden]
        scale = scale_at(desktop.monitors, grab.area) if desktop.monitors else grab.pixels.scale

        def finish() -> Pixels:
            pixels = covered(grab.pixels, rects)
            return Pixels(pixels.width, pixels.height, pixels.data, scale)

        return await asyncio.to_thread(finish)

    def _is_hidden(self, window: ScreenWindow) -> bool:
        return _is_own(window) or is_private(window, self._never())

    def _may_show(self, window: ScreenWindow) -> bool:
        return not self._is_hidden(window)


def shows_us(desktop: Desktop) -> bool:
    """Whether a window of Sayso's own is, or may be, on the screen."""
    return not desktop.knows_windows or any(map(_is_own, desktop.windows))


def _is_own(window: ScreenWindow) -> bool:
    return window.pid == os.getpid()


def _windows(desktop: Desktop) -> tuple[ScreenWindow, ...] | None:
    return desktop.windows if desktop.knows_windows else None
