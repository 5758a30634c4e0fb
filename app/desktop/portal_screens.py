"""Seeing the screen of a Wayland desktop through its Screenshot portal.

The portal gives one picture of everything; it tells neither windows nor the pointer.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import unquote, urlparse

from app.desktop.portal import Portal, PortalError
from app.desktop.screen import Desktop, Grab, ScreenWindow
from app.desktop.screen_lock import is_locked
from app.errors import AppError, Code
from app.shots.files import picture_in_file
from app.shots.render import cut
from app.shots.shot import Monitor, Pixels, Rect

_SCREENSHOT = "org.freedesktop.portal.Screenshot"
_ANSWER_S = 60.0
"""The desktop may ask its user first."""
_DONE, _GIVEN_UP, _FAILED = 0, 1, 2

Monitors = Callable[[], Awaitable[tuple[Monitor, ...]]]


async def no_monitors() -> tuple[Monitor, ...]:
    """Nobody knows them."""
    return ()


class PortalScreens:
    """Fills `Screens`. `monitors` tells them in the pixels of the portal's picture."""

    def __init__(self, bus: str = "SESSION", monitors: Monitors = no_monitors) -> None:
        self._bus = bus
        self._monitors = monitors

    async def look(self) -> Desktop:
        """The monitors, as far as they are known."""
        if await asyncio.to_thread(is_locked, self._bus):
            raise AppError(Code.SCREEN_LOCKED)
        return Desktop(await self._monitors(), knows_windows=False)

    async def grab(self, rect: Rect | None) -> Grab:
        """A part of the desktop, or all of it; where it lets its user choose only, that."""
        pixels = await self._picture(interactive=False)
        if pixels is None:
            if (chosen := await self.choose_window()) is None:
                raise AppError(Code.SCREEN_REFUSED, "")
            return chosen
        if rect is None:
            return Grab(pixels, _area(pixels))
        try:
            part = await asyncio.to_thread(cut, pixels, rect)
        except ValueError as error:
            raise AppError(Code.SCREEN_EMPTY) from error
        return Grab(part, Rect(max(0, rect.x), max(0, rect.y), part.width, part.height))

    async def grab_window(self, window: ScreenWindow) -> Grab:
        """Not known here: the user chooses."""
        grab = await self.choose_window()
        if grab is None:
            raise AppError(Code.WINDOW_GONE)
        return grab

    async def choose_window(self) -> Grab | None:
        """The desktop's own dialog."""
        pixels = await self._picture(interactive=True)
        return Grab(pixels, _area(pixels), chosen=True) if pixels is not None else None

    async def close(self) -> None:
        """Nothing is held."""

    async def _picture(self, *, interactive: bool) -> Pixels | None:
        """None where the user gave it up, or must be asked. The portal's file is deleted.

        GNOME asks whether a program may look by itself only for the one in front.
        """
        options = {"interactive": ("b", interactive), "modal": ("b", True)}
        try:
            portal = await Portal.open(self._bus, lambda _: None)
            try:
                asked = portal.request(_SCREENSHOT, "Screenshot", "sa{sv}", "", options=options)
                code, results = await asyncio.wait_for(asked, _ANSWER_S)
            finally:
                await portal.close()
        except PortalError as error:
            raise AppError(Code.SCREEN_MISSING, _reason(error)) from error
        except TimeoutError as error:
            raise AppError(Code.SCREEN_REFUSED, "") from error
        if code != _DONE:
            if code == (_GIVEN_UP if interactive else _FAILED):
                return None
            raise AppError(Code.SCREEN_REFUSED, "")
        return await asyncio.to_thread(_taken, str(results["uri"][1]))


def _area(pixels: Pixels) -> Rect:
    return Rect(0, 0, pixels.width, pixels.height)


def _taken(uri: str) -> Pixels:
    parsed = urlparse(uri)
    path = Path(unquote(parsed.path))
    if parsed.scheme != "file":
        raise AppError(Code.SCREEN_MISSING, "the portal's picture is not a file")
    try:
        return picture_in_file(path)
    finally:
        with contextlib.suppress(OSError):
            path.unlink()


def _reason(error: PortalError) -> str:
    if error.name.endswith(("UnknownMethod", "UnknownInterface", "ServiceUnknown")):
        return "this desktop has no portal for pictures of the screen"
    return "the desktop's portal does not answer"
