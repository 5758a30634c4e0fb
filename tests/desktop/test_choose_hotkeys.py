from __future__ import annotations

from pathlib import Path

import pytest

from app.desktop.choose_hotkeys import NoHotkeys, hotkeys_for, is_wayland
from app.desktop.chords import Chord
from app.desktop.hotkeys import BindState, HotkeyName
from app.desktop.portal_hotkeys import PortalHotkeys
from app.desktop.x11_hotkeys import X11Hotkeys


@pytest.mark.parametrize(
    ("environment", "kind"),
    [
        ({"DISPLAY": ":0"}, X11Hotkeys),
        ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "x11", "WAYLAND_DISPLAY": "left"}, X11Hotkeys),
        ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, PortalHotkeys),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, PortalHotkeys),
        ({"WAYLAND_DISPLAY": ""}, NoHotkeys),
        ({}, NoHotkeys),
    ],
)
async def test_the_session_decides(environment: dict[str, str], kind: type, tmp_path: Path) -> None:
    environment = {**environment, "SAYSO_HOME": str(tmp_path)}
    hotkeys = hotkeys_for(lambda _: None, lambda _: None, environment, "linux")
    assert type(hotkeys) is kind
    await hotkeys.close()


def test_an_x_server_inside_a_compositor_does_not_count() -> None:
    assert is_wayland({"XDG_SESSION_TYPE": "wayland", "DISPLAY": ":0"})
    assert not is_wayland({"XDG_SESSION_TYPE": "tty"})


async def test_without_a_desktop_nothing_is_bound() -> None:
    outcomes = await NoHotkeys().bind({HotkeyName.DICTATE: Chord("F9")})
    assert outcomes[HotkeyName.DICTATE].state is BindState.UNSUPPORTED
