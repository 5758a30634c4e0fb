"""What has the keyboard on Wayland: as the compositor says, else as the accessibility tree does."""

from __future__ import annotations

import asyncio
import contextlib
import os
import zlib
from dataclasses import dataclass

from app.desktop.accessibility import Accessibility, Field
from app.desktop.compositor_focus import Compositor, CompositorSilent, FocusedWindow
from app.desktop.target import Target, TargetKind
from app.desktop.terminals import asks_for_a_password, is_password_prompt, is_terminal


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen. `is_told` is False where this desktop does not say what has the keyboard."""

    target: Target | None = None
    field: Field | None = None
    x11: bool = False
    is_told: bool = False


class WaylandFocus:
    """Fills `Focus` of `app.desktop.insertion`."""

    def __init__(self, compositor: Compositor | None, tree: Accessibility | None) -> None:
        self._compositor = compositor
        self._tree = tree
        self._last = 0

    async def current(self) -> Target | None:
        """The target right now."""
        return (await self.look()).target

    async def look(self) -> Look:
        """The target, and its field in the accessibility tree."""
        told, window = await self._window()
        if window is None:
            return Look(is_told=told)
        look = await asyncio.to_thread(self._described, window)
        if look.target is not None and not look.target.is_own:
            self._last = look.target.window_id
        return look

    async def give_back(self) -> Target | None:
        """The last window of another program that was seen with the keyboard, which has it now."""
        if self._compositor is None or not self._last:
            return None
        last = self._last
        with contextlib.suppress(CompositorSilent):
            await self._compositor.give(last)
        target = await self.current()
        return target if target is not None and target.window_id == last else None

    async def close(self) -> None:
        """Nothing is held."""

    async def window(self) -> int | None:
        """The number of the window in focus, 0 for none; None where that is not told."""
        told, window = await self._window()
        if window is not None:
            return window.number
        return 0 if told else None

    async def exists(self, number: int) -> bool:
        """Whether a window is still open; True where that is not told."""
        if self._compositor is not None:
            with contextlib.suppress(CompositorSilent):
                return await self._compositor.exists(number)
        return True

    async def _window(self) -> tuple[bool, FocusedWindow | None]:
        if self._compositor is not None:
            with contextlib.suppress(CompositorSilent):
                return True, await self._compositor.focused()
        if self._tree is None:
            return False, None
        active = await asyncio.to_thread(self._tree.active_window)
        if active is None:
            return False, None
        number = zlib.crc32(" ".join(active.reference).encode()) or 1
        return True, FocusedWindow(number, active.app, active.title, active.pid)

    def _described(self, window: FocusedWindow) -> Look:
        field = self._tree.focused(window.pid) if self._tree and window.pid else None
        target = Target(
            window_id=window.number,
            app_id=window.app_id,
            app_name=window.app_id,
            pid=window.pid or None,
            executable=_executable(window.pid),
            title=window.title,
            kind=_kind(window, field),
            single_line=field is not None and field.single_line,
        )
        return Look(target, field, window.x11, is_told=True)


def _kind(window: FocusedWindow, field: Field | None) -> TargetKind:
    names = (window.app_id, window.app_id.rpartition(".")[2])
    if is_password_prompt(*names):
        return TargetKind.PASSWORD
    if is_terminal(*names):
        secret = bool(window.pid) and asks_for_a_password(window.pid)
        return TargetKind.PASSWORD if secret else TargetKind.TERMINAL
    return TargetKind.UNKNOWN if field is None else field.kind


def _executable(pid: int) -> str:
    with contextlib.suppress(OSError):
        return os.readlink(f"/proc/{pid}/exe") if pid else ""
    return ""
