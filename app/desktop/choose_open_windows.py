"""What knows the windows of this desktop. Each adapter is loaded only where it is used."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from app.desktop.choose_hotkeys import is_wayland
from app.desktop.open_windows import NoWindows, OpenWindows


def open_windows_for(environment: Mapping[str, str], platform: str = sys.platform) -> OpenWindows:
    """What knows the windows of this desktop; `environment` is the process's own."""
    if platform == "linux" and is_wayland(environment):
        from app.desktop.compositor_focus import compositor_of
        from app.desktop.compositor_open_windows import CompositorWindows

        compositor = compositor_of(environment)
        return NoWindows() if compositor is None else CompositorWindows(compositor)
    if platform == "linux" and environment.get("DISPLAY"):
        from app.desktop.x11_open_windows import X11Windows

        return X11Windows(environment["DISPLAY"])
    if platform == "win32":
        from app.desktop.windows_open_windows import SystemWindows

        return SystemWindows()
    return NoWindows()
