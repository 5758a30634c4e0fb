"""Which of the openers this system needs. Each is loaded only where it is used."""

from __future__ import annotations

import sys

from app.desktop.opener import DesktopOpener


def opener_here() -> DesktopOpener:
    """The opener of this platform."""
    if sys.platform == "darwin":
        from app.desktop.macos import MacOpener

        return MacOpener()
    if sys.platform == "win32":
        from app.desktop.windows import WindowsOpener

        return WindowsOpener()
    from app.desktop.linux import LinuxOpener

    return LinuxOpener()
