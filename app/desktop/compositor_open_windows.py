"""The windows of a Wayland compositor that tells of them."""

from __future__ import annotations

from app.desktop.compositor_focus import Compositor, CompositorSilent
from app.desktop.open_windows import OpenWindow, WindowsUnknown


class CompositorWindows:
    """Fills `OpenWindows`."""

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
