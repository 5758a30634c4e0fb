"""The windows on the screen of macOS, from the topmost on. One thread."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

from app.desktop.macos_objects import FRAMEWORKS, POINTER, Cocoa, CocoaRect, declare
from app.desktop.screen import Desktop, ScreenWindow
from app.errors import AppError, Code
from app.shots.shot import Monitor, Rect

_ON_SCREEN, _NO_DESKTOP = 1, 16
_NUMBER_DOUBLE = 13


class _CocoaPoint(ctypes.Structure):
    _fields_ = (("x", ctypes.c_double), ("y", ctypes.c_double))


def look_around(monitors: tuple[Monitor, ...]) -> Desktop:
    """What is on these monitors, in points. Raises SCREEN_REFUSED without the right to look."""
    return _Look().desktop(monitors)


class _Look:
    def __init__(self) -> None:
        self._cocoa = Cocoa()
        path = f"{FRAMEWORKS}/CoreGraphics.framework/CoreGraphics"
        self._graphics = graphics = ctypes.CDLL(path)
        declare(
            (
                (graphics.CGPreflightScreenCaptureAccess, ctypes.c_bool, ()),
                (graphics.CGRequestScreenCaptureAccess, ctypes.c_bool, ()),
                (
                    graphics.CGWindowListCopyWindowInfo,
                    POINTER,
                    (ctypes.c_uint32, ctypes.c_uint32),
                ),
                (
                    graphics.CGRectMakeWithDictionaryRepresentation,
                    ctypes.c_bool,
                    (POINTER, POINTER),
                ),
                (graphics.CGEventCreate, POINTER, (POINTER,)),
                (graphics.CGEventGetLocation, _CocoaPoint, (POINTER,)),
            )
        )

    def desktop(self, monitors: tuple[Monitor, ...]) -> Desktop:
        """Monitors, windows, pointer and what is active."""
        if not self._graphics.CGPreflightScreenCaptureAccess():
            self._graphics.CGRequestScreenCaptureAccess()
            raise AppError(Code.SCREEN_REFUSED, "")
        with self._cocoa.pool():
            windows = tuple(self._windows())
        titled = (window.id for window in windows if window.title)
        return Desktop(monitors, windows, self._pointer(), next(titled, None))

    def _pointer(self) -> tuple[int, int]:
        event = self._graphics.CGEventCreate(None)
        place = self._graphics.CGEventGetLocation(event)
        self._cocoa.core.CFRelease(event)
        return round(place.x), round(place.y)

    def _windows(self) -> Iterator[ScreenWindow]:
        listed = self._graphics.CGWindowListCopyWindowInfo(_ON_SCREEN | _NO_DESKTOP, 0)
        if not listed:
            return
        try:
            for one in self._cocoa.items(listed):
                rect = self._rect(one)
                if rect is not None:
                    yield self._described(one, rect)
        finally:
            self._cocoa.core.CFRelease(listed)

    def _rect(self, window: int) -> Rect | None:
        found = CocoaRect()
        made = self._graphics.CGRectMakeWithDictionaryRepresentation(
            self._value(window, "kCGWindowBounds"), ctypes.byref(found)
        )
        if not made or found.width < 1 or found.height < 1:
            return None
        return Rect(round(found.x), round(found.y), round(found.width), round(found.height))

    def _described(self, window: int, rect: Rect) -> ScreenWindow:
        cocoa = self._cocoa
        is_normal = cocoa.number_in(window, "kCGWindowLayer") == 0
        title = cocoa.text(self._value(window, "kCGWindowName"))
        return ScreenWindow(
            id=str(cocoa.number_in(window, "kCGWindowNumber")),
            title=title if is_normal else "",
            app=cocoa.text(self._value(window, "kCGWindowOwnerName")),
            pid=cocoa.number_in(window, "kCGWindowOwnerPID") or None,
            rect=rect,
            is_opaque=is_normal and self._alpha(window) >= 1.0,
        )

    def _alpha(self, window: int) -> float:
        found = ctypes.c_double(1.0)
        number = self._value(window, "kCGWindowAlpha")
        if number:
            self._cocoa.core.CFNumberGetValue(number, _NUMBER_DOUBLE, ctypes.byref(found))
        return found.value

    def _value(self, window: int, name: str) -> int:
        with self._cocoa.string(name) as key:
            return int(self._cocoa.core.CFDictionaryGetValue(window, key) or 0)
