"""Seeing the screen of a Wayland compositor: by itself where it lets us, else by the portal."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping

from app.desktop.portal_screens import PortalScreens
from app.desktop.screen import Desktop, Grab, ScreenWindow
from app.desktop.screen_lock import is_locked
from app.desktop.wayland_connection import WaylandConnection, WaylandError
from app.desktop.wayland_outputs import NotCopied, Output, ScreenCopy
from app.errors import AppError, Code
from app.shots.geometry import around, moved, shared
from app.shots.render import cut, joined
from app.shots.shot import Monitor, Rect


class WaylandScreens:
    """Fills `Screens`. A pixel of the desktop is one of the monitor with the largest scale."""

    def __init__(self, environment: Mapping[str, str], portal: PortalScreens) -> None:
        self._environment = environment
        self._portal = portal
        self._bus = environment.get("DBUS_SESSION_BUS_ADDRESS", "")

    async def look(self) -> Desktop:
        """The monitors; which windows there are is not told."""
        if self._bus:
            locked = await asyncio.to_thread(is_locked, self._bus)
            if locked:
                raise AppError(Code.SCREEN_LOCKED)
        async with self._copying() as copying:
            if copying is None:
                return await self._portal.look()
            monitors = _monitors(await copying.outputs())
        return Desktop(monitors, knows_windows=False)

    async def grab(self, rect: Rect | None) -> Grab:
        """A part of the desktop, or all of it."""
        async with self._copying() as copying:
            if copying is not None:
                with contextlib.suppress(NotCopied):
                    return await _grabbed(copying, rect)
        return await self._portal.grab(rect)

    async def grab_window(self, window: ScreenWindow) -> Grab:
        """Not known here: the user chooses."""
        return await self._portal.grab_window(window)

    async def choose_window(self) -> Grab | None:
        """The desktop's own dialog."""
        return await self._portal.choose_window()

    async def close(self) -> None:
        """Nothing is held."""

    @contextlib.asynccontextmanager
    async def _copying(self) -> AsyncIterator[ScreenCopy | None]:
        """A connection for one picture; None where the compositor keeps it to itself."""
        try:
            connection = await WaylandConnection.open(self._environment)
        except WaylandError:
            yield None
            return
        try:
            copying = ScreenCopy.on(connection)
            turned = copying is not None and any(
                output.is_turned for output in await copying.outputs()
            )
            yield None if turned else copying
        except WaylandError as error:
            raise AppError(Code.SCREEN_MISSING, str(error)) from error
        finally:
            connection.close()


async def _grabbed(copying: ScreenCopy, rect: Rect | None) -> Grab:
    outputs = await copying.outputs()
    monitors = _monitors(outputs)
    pairs = [
        (output, monitor.rect)
        for output, monitor in zip(outputs, monitors, strict=True)
        if rect is None or shared(monitor.rect, rect)
    ]
    whole = around(place for _, place in pairs)
    if whole is None:
        raise AppError(Code.WINDOW_GONE)
    copies = [(await copying.copy(output), place) for output, place in pairs]
    pixels = await asyncio.to_thread(joined, copies)
    area = whole if rect is None else shared(whole, rect)
    if area is None:
        raise AppError(Code.WINDOW_GONE)
    if area != whole:
        pixels = await asyncio.to_thread(cut, pixels, moved(area, (whole.x, whole.y)))
    return Grab(pixels, area)


def _monitors(outputs: list[Output]) -> tuple[Monitor, ...]:
    most = max((output.scale for output in outputs), default=1)
    return tuple(
        Monitor(
            one.name or str(number),
            Rect(one.x * most, one.y * most, one.width * most, one.height * most),
            float(one.scale),
            is_primary=number == 1,
        )
        for number, one in enumerate(outputs, 1)
    )
