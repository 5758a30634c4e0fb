from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.desktop.compositor_focus import (
    CompositorSilent,
    FocusedWindow,
    Hyprland,
    Sway,
    compositor_of,
    hyprland_focus,
    sway_focus,
)


def node(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "focused": False, "nodes": [], "floating_nodes": [], **more}


def test_sway_tells_the_focused_window() -> None:
    window = node(9, focused=True, pid=77, app_id="foot", name="shell", shell="xdg_shell")
    tree = node(1, nodes=[node(2, nodes=[node(3, pid=5)], floating_nodes=[window])])
    assert sway_focus(tree) == FocusedWindow(9, "foot", "shell", 77)


def test_a_window_of_the_x_server_inside_has_its_class() -> None:
    window = node(
        9, focused=True, pid=7, app_id=None, name=None, shell="xwayland",
        window_properties={"class": "XTerm"},
    )  # fmt: skip
    assert sway_focus(node(1, nodes=[window])) == FocusedWindow(9, "XTerm", "", 7, x11=True)


def test_a_focused_workspace_is_no_window() -> None:
    assert sway_focus(node(1, nodes=[node(2, focused=True, name="1")])) is None


def test_hyprland_tells_the_active_window() -> None:
    window = {"address": "0x55d", "class": "kitty", "title": "t", "pid": 3, "xwayland": False}
    assert hyprland_focus(window) == FocusedWindow(0x55D, "kitty", "t", 3)
    assert hyprland_focus({}) is None
    with pytest.raises(CompositorSilent):
        hyprland_focus({"address": "nothing"})


def test_the_compositor_is_known_by_its_socket() -> None:
    assert isinstance(compositor_of({"SWAYSOCK": "/run/s"}), Sway)
    assert isinstance(compositor_of({"HYPRLAND_INSTANCE_SIGNATURE": "x"}), Hyprland)
    assert compositor_of({"WAYLAND_DISPLAY": "wayland-0"}) is None


async def test_a_compositor_that_is_gone_is_silent(tmp_path: Path) -> None:
    for compositor in (Sway(tmp_path / "none"), Hyprland(tmp_path / "none")):
        with pytest.raises(CompositorSilent):
            await compositor.focused()
