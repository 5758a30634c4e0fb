"""The windows that are open, and giving one of them the keyboard."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from app.desktop.choose_hotkeys import is_wayland
from app.desktop.compositor_focus import Compositor, CompositorSilent, compositor_of


class WindowsUnknown(Exception):
    """This desktop does not tell which windows are open."""


@dataclass(frozen=True, slots=True)
class OpenWindow:
    """A window. `app` is what its program calls itself, `number` the desktop's own."""

    number: int
    app: str
    title: str
    active: bool = False
    pid: int = 0


class OpenWindows(Protocol):
    """Lists and switches."""

    async def list(self) -> tuple[OpenWindow, ...]:
        """Those that a person would call windows. Raises WindowsUnknown."""
        ...

    async def switch(self, number: int) -> bool:
        """Give one the keyboard; whether it has it now. Raises WindowsUnknown."""
        ...


def open_windows_for(environment: Mapping[str, str], platform: str = sys.platform) -> OpenWindows:
    """What knows the windows of this desktop; `environment` is the process's own."""
    if platform == "linux" and is_wayland(environment):
        compositor = compositor_of(environment)
        return NoWindows() if compositor is None else CompositorWindows(compositor)
    if platform == "linux" and environment.get("DISPLAY"):
        from app.desktop.x11_open_windows import X11Windows

        return X11Windows(environment["DISPLAY"])
    if platform == "win32":
        from app.desktop.windows_open_windows import SystemWindows

        return SystemWindows()
    return NoWindows()


class NoWindows:
    """Fills `OpenWindows` where the desktop keeps its windows to itself."""

    async def list(self) -> tuple[OpenWindow, ...]:
        """Not known."""
        raise WindowsUnknown

    async def switch(self, number: int) -> bool:
        """Not possible."""
        raise WindowsUnknown


class CompositorWindows:
    """Fills `OpenWindows` by a Wayland compositor that tells."""

    def __init__(self, compositor: Compositor) -> None:
        self._compositor = compositor

    async def list(self) -> tuple[OpenWindow, ...]:
        """All of them."""
        try:
            focused = await self._compositor.focused()
            found = await self._compositor.windows()
        except CompositorSilent as error:
            raise WindowsUnknown from error
        active = focused.number if focused else 0
        return tuple(
            OpenWindow(each.number, each.app_id, each.title, each.number == active, each.pid)
            for each in found
        )

    async def switch(self, number: int) -> bool:
        """The compositor does it before it answers."""
        try:
            await self._compositor.give(number)
            focused = await self._compositor.focused()
        except CompositorSilent as error:
            raise WindowsUnknown from error
        return focused is not None and focused.number == number
