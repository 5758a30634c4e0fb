"""Which of the adapters for seeing the screen this system needs; each is loaded at its use."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from app.desktop.choose_hotkeys import is_wayland
from app.desktop.screen import Desktop, Grab, Screens, ScreenWindow
from app.errors import AppError, Code
from app.shots.shot import Rect


def screens_for(environment: Mapping[str, str], platform: str = sys.platform) -> Screens:
    """`environment` is the process's own: it names the X server, the compositor and the bus."""
    if platform in ("win32", "darwin"):
        from app.desktop.mss_screens import MssScreens

        return MssScreens(platform)
    if is_wayland(environment):
        from app.desktop.portal_screens import PortalScreens
        from app.desktop.wayland_screens import WaylandScreens

        return WaylandScreens(environment, PortalScreens())
    if display := environment.get("DISPLAY"):
        from app.desktop.x11_screens import X11Screens

        return X11Screens(display)
    return NoScreens()


class NoScreens:
    """Fills `Screens` where there is no desktop."""

    async def look(self) -> Desktop:
        """There is nothing to see."""
        raise AppError(Code.SCREEN_MISSING, "there is no desktop")

    async def grab(self, rect: Rect | None) -> Grab:
        """There is nothing to see."""
        raise AppError(Code.SCREEN_MISSING, "there is no desktop")

    async def grab_window(self, window: ScreenWindow) -> Grab:
        """There is nothing to see."""
        raise AppError(Code.SCREEN_MISSING, "there is no desktop")

    async def choose_window(self) -> Grab | None:
        """There is nothing to see."""
        raise AppError(Code.SCREEN_MISSING, "there is no desktop")

    async def close(self) -> None:
        """Nothing is held."""
