"""The windows on the screen of Windows, from the topmost on. One thread."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from app.desktop.screen import Desktop, ScreenWindow
from app.desktop.windows_rights import WindowsRights
from app.desktop.windows_structs import DWORD, HANDLE, Point, WindowRect
from app.shots.shot import Monitor, Rect

_NEXT, _EXTENDED_STYLE, _LAYERED = 2, -20, 0x80000
_FRAME_BOUNDS, _CLOAKED = 9, 14
_EFFECTIVE_DPI, _NEAREST = 0, 2
_TITLE_LENGTH = 512
_DPI = 96


def look_around(monitors: tuple[Monitor, ...]) -> Desktop:
    """What is on these monitors, with their scales. Raises OSError where this is not Windows."""
    return _Look().desktop(monitors)


class _Look:
    def __init__(self) -> None:
        own: Mapping[str, Any] = vars(ctypes)
        if "WinDLL" not in own:
            raise OSError("this is not Windows")
        self._user = own["WinDLL"]("user32", use_last_error=True)
        self._dwm = own["WinDLL"]("dwmapi")
        self._scaling = own["WinDLL"]("shcore")
        self._rights = WindowsRights()
        for function, result in (
            (self._user.GetTopWindow, HANDLE),
            (self._user.GetWindow, HANDLE),
            (self._user.GetForegroundWindow, HANDLE),
            (self._user.MonitorFromPoint, HANDLE),
        ):
            function.restype = result
        self._user.MonitorFromPoint.argtypes = (Point, DWORD)

    def desktop(self, monitors: tuple[Monitor, ...]) -> Desktop:
        """Monitors, windows, pointer and what is active."""
        place = Point()
        knows = bool(self._user.GetCursorPos(ctypes.byref(place)))
        active = self._user.GetForegroundWindow()
        return Desktop(
            monitors=tuple(replace(one, scale=self._scale(one.rect)) for one in monitors),
            windows=tuple(self._windows()),
            pointer=(place.x, place.y) if knows else None,
            active=str(active) if active else None,
        )

    def _scale(self, rect: Rect) -> float:
        middle = Point(rect.x + rect.width // 2, rect.y + rect.height // 2)
        monitor = HANDLE(self._user.MonitorFromPoint(middle, _NEAREST))
        across, down = ctypes.c_uint(), ctypes.c_uint()
        failed = self._scaling.GetDpiForMonitor(
            monitor, _EFFECTIVE_DPI, ctypes.byref(across), ctypes.byref(down)
        )
        return 1.0 if failed else across.value / _DPI

    def _windows(self) -> Iterator[ScreenWindow]:
        window = self._user.GetTopWindow(None)
        while window:
            handle = HANDLE(window)
            rect = self._rect(handle)
            if self._is_shown(handle) and rect is not None:
                yield self._described(handle, rect)
            window = self._user.GetWindow(handle, _NEXT)

    def _is_shown(self, window: HANDLE) -> bool:
        cloaked = DWORD()
        self._dwm.DwmGetWindowAttribute(window, _CLOAKED, ctypes.byref(cloaked), 4)
        is_visible = self._user.IsWindowVisible(window) and not self._user.IsIconic(window)
        return bool(is_visible) and not cloaked.value

    def _rect(self, window: HANDLE) -> Rect | None:
        """The frame as it is drawn, without the shadow that counts as a part of the window."""
        found = WindowRect()
        size = ctypes.sizeof(found)
        if self._dwm.DwmGetWindowAttribute(window, _FRAME_BOUNDS, ctypes.byref(found), size):
            self._user.GetWindowRect(window, ctypes.byref(found))
        width, height = found.right - found.left, found.bottom - found.top
        return Rect(found.left, found.top, width, height) if width > 0 and height > 0 else None

    def _described(self, window: HANDLE, rect: Rect) -> ScreenWindow:
        pid = DWORD()
        self._user.GetWindowThreadProcessId(window, ctypes.byref(pid))
        title = ctypes.create_unicode_buffer(_TITLE_LENGTH)
        self._user.GetWindowTextW(window, title, _TITLE_LENGTH)
        program = self._rights.executable_of(pid.value).rpartition("\\")[2]
        style = self._user.GetWindowLongW(window, _EXTENDED_STYLE)
        return ScreenWindow(
            id=str(window.value),
            title=title.value,
            app=program.removesuffix(".exe"),
            pid=pid.value or None,
            rect=rect,
            is_opaque=not style & _LAYERED,
        )
