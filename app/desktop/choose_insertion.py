"""Which of the insertion adapters this system needs. Each is loaded only where it is used."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from app.desktop.choose_hotkeys import is_wayland
from app.desktop.insertion import Focus, Inserter


def insertion_for(
    environment: Mapping[str, str], platform: str = sys.platform
) -> tuple[Focus, Inserter]:
    """What looks at the focus and inserts text; `environment` is the process's own."""
    if platform == "linux" and is_wayland(environment):
        return _wayland(environment)
    if platform == "linux" and environment.get("DISPLAY"):
        from app.desktop.accessibility import Accessibility
        from app.desktop.x11_focus import X11Focus
        from app.desktop.x11_insertion import X11Inserter

        accessibility = Accessibility()
        return X11Focus(accessibility), X11Inserter(accessibility)
    if platform == "win32":
        from app.desktop.windows_insertion import windows_insertion

        return windows_insertion()
    if platform == "darwin":
        from app.desktop.macos_insertion import macos_insertion

        return macos_insertion()
    from app.desktop.copying import CopyInserter, NoFocus, copy_command

    return NoFocus(), CopyInserter(copy_command(environment, platform))


def _wayland(environment: Mapping[str, str]) -> tuple[Focus, Inserter]:
    from app.desktop.accessibility import Accessibility
    from app.desktop.compositor_focus import compositor_of
    from app.desktop.remote_desktop_portal import RemoteDesktopKeys
    from app.desktop.wayland_desk import WaylandDesk
    from app.desktop.wayland_focus import WaylandFocus
    from app.desktop.wayland_insertion import WaylandInserter
    from app.paths import Paths

    tree = Accessibility()
    focus = WaylandFocus(compositor_of(environment), tree)
    portal = RemoteDesktopKeys(Paths.from_environment().state / "remote-desktop-token")
    return focus, WaylandInserter(focus, tree, WaylandDesk(environment, portal))
