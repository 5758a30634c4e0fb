"""Whether windows on this X11 screen may be partly transparent."""

from __future__ import annotations

import contextlib


def has_compositor(display_name: str | None = None) -> bool:
    """Whether a compositor runs; True where that cannot be learned. Asks the server once."""
    from Xlib import display, error  # slow to import

    try:
        connection = display.Display(display_name)
    except (error.DisplayError, error.ConnectionClosedError, OSError):
        return True
    with contextlib.closing(connection):
        number = connection.get_default_screen()
        atom = connection.intern_atom(f"_NET_WM_CM_S{number}")
        return bool(connection.get_selection_owner(atom))
