"""Which of the hotkey adapters this system needs. Each is loaded only where it is used."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from app.desktop.hotkeys import (
    Bindings,
    BindOutcome,
    BindState,
    Hotkeys,
    OnKey,
    OnOutcomes,
    Outcomes,
)

_NO_DESKTOP = BindOutcome(BindState.UNSUPPORTED, "There is no desktop here to take keys from.")


def hotkeys_for(
    on_key: OnKey,
    on_outcomes: OnOutcomes,
    environment: Mapping[str, str],
    platform: str = sys.platform,
) -> Hotkeys:
    """`environment` is the process's own: it names the X server, the compositor and the bus."""
    if platform == "win32":
        from app.desktop.windows_hotkeys import WindowsHotkeys

        return WindowsHotkeys(on_key, on_outcomes)
    if platform == "darwin":
        from app.desktop.macos_hotkeys import MacHotkeys

        return MacHotkeys(on_key, on_outcomes)
    if is_wayland(environment):
        from app.desktop.portal_hotkeys import PortalHotkeys
        from app.desktop.portal_identity import write_entry

        write_entry(environment)
        return PortalHotkeys(on_key, on_outcomes)
    if display := environment.get("DISPLAY"):
        from app.desktop.x11_hotkeys import X11Hotkeys

        return X11Hotkeys(display, on_key, on_outcomes)
    return NoHotkeys()


def is_wayland(environment: Mapping[str, str]) -> bool:
    """Whether a compositor owns the keyboard: its X server then sees only its own windows' keys."""
    kind = environment.get("XDG_SESSION_TYPE", "")
    return kind == "wayland" or (kind != "x11" and bool(environment.get("WAYLAND_DISPLAY")))


class NoHotkeys:
    """Fills `Hotkeys` where there is no desktop."""

    async def bind(self, bindings: Bindings) -> Outcomes:
        """Nothing can be bound."""
        return dict.fromkeys(bindings, _NO_DESKTOP)

    async def close(self) -> None:
        """Nothing to give back."""
