"""A window above all others that never takes the keyboard, on each platform. GUI thread.

On Wayland a program can ask for none of this: there it is a plain small window that the compositor
places, and may give the keyboard to.
"""

from __future__ import annotations

import functools
import math

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication, QRegion
from PySide6.QtWidgets import QWidget

X11 = "xcb"
WAYLAND = "wayland"


def platform() -> str:
    """The name of Qt's platform plugin, the variants of Wayland's taken as one."""
    name = QGuiApplication.platformName()
    return WAYLAND if name.startswith(WAYLAND) else name


def may_take_focus() -> bool:
    """Whether the system may give the keyboard to such a window although it does not want it."""
    return platform() == WAYLAND


def prepare(window: QWidget) -> None:
    """Make it such a window; before it is shown."""
    kind = Qt.WindowType
    flags = kind.Tool | kind.FramelessWindowHint | kind.WindowStaysOnTopHint
    flags |= kind.WindowDoesNotAcceptFocus | kind.NoDropShadowWindowHint
    if platform() == X11:
        # No window manager places it, lists it or gives it the keyboard, not even when clicked.
        flags |= kind.X11BypassWindowManagerHint
    window.setWindowFlags(flags)
    for attribute in (
        Qt.WidgetAttribute.WA_ShowWithoutActivating,
        Qt.WidgetAttribute.WA_TranslucentBackground,
        Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow,
        Qt.WidgetAttribute.WA_AlwaysStackOnTop,
    ):
        window.setAttribute(attribute)
    window.setFocusPolicy(Qt.FocusPolicy.NoFocus)


def is_translucent() -> bool:
    """Whether what is not painted shows what is below; asked once on X11."""
    return platform() != X11 or _has_compositor()


def clip(window: QWidget, radius: float) -> None:
    """Round the corners of a window that cannot be translucent."""
    if is_translucent():
        return
    rows = QRegion()
    for y in range(window.height()):
        inset = corner_inset(y + 0.5, window.height(), radius)
        rows += QRect(inset, y, window.width() - 2 * inset, 1)
    window.setMask(rows)


def corner_inset(y: float, height: float, radius: float) -> int:
    """How many pixels at each end of the row about `y` lie outside of rounded corners."""
    from_edge = min(y, height - y)
    if from_edge >= radius:
        return 0
    reach = math.sqrt(radius**2 - (radius - from_edge) ** 2)
    return max(int(radius - reach), 0)


@functools.cache
def _has_compositor() -> bool:
    from app.desktop.compositor import has_compositor

    return has_compositor()


def let_clicks_through(window: QWidget, through: bool) -> None:
    """Whether the pointer acts on what is below it."""
    handle = window.windowHandle()
    flag = Qt.WindowType.WindowTransparentForInput
    if handle is not None and bool(handle.flags() & flag) != through:
        handle.setFlag(flag, through)
