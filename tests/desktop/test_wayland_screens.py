"""A real Wayland compositor: its monitors with their scales, and what is on them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.desktop.portal_screens import PortalScreens
from app.desktop.wayland_screens import WaylandScreens
from app.errors import AppError, Code
from app.shots.render import picture_of
from app.shots.shot import Rect
from tests.desk import wayland
from tests.shots.pictures import colour_at

pytestmark = pytest.mark.desk


@pytest.fixture(scope="module")
def session() -> Iterator[wayland.Session]:
    """Two monitors side by side, at 100 % and at 200 %, each of one colour."""
    with closing(wayland.Session()) as made:
        made.swaymsg("create_output")
        made.swaymsg("output HEADLESS-1 resolution 800x600 position 0 0 bg #ff0000 solid_color")
        made.swaymsg(
            "output HEADLESS-2 resolution 1200x800 scale 2 position 800 0 bg #0000ff solid_color"
        )
        yield made


@pytest.fixture
async def eyes(session: wayland.Session, tmp_path: Path) -> AsyncIterator[WaylandScreens]:
    nowhere = f"unix:path={tmp_path / 'none'}"
    around = {**session.environment, "DBUS_SESSION_BUS_ADDRESS": nowhere}
    made = WaylandScreens(around, PortalScreens(nowhere))
    yield made
    await made.close()


async def test_the_monitors_are_told_in_the_pixels_of_the_sharpest(eyes: WaylandScreens) -> None:
    seen = await eyes.look()
    assert [(one.name, one.rect, one.scale) for one in seen.monitors] == [
        ("HEADLESS-1", Rect(0, 0, 1600, 1200), 1.0),
        ("HEADLESS-2", Rect(1600, 0, 1200, 800), 2.0),
    ]
    assert not seen.knows_windows


async def test_everything_and_a_part_across_both(
    eyes: WaylandScreens, session: wayland.Session, tmp_path: Path
) -> None:
    session.swaymsg("focus output HEADLESS-1")
    with wayland.foot(session, tmp_path):
        async with asyncio.timeout(20):
            whole = await eyes.grab(None)
            while len(picture_of(whole.pixels).getcolors(1 << 22) or ()) < 4:
                whole = await eyes.grab(None)  # the window is not drawn yet
        part = await eyes.grab(Rect(1500, 100, 200, 50))
    assert whole.area == Rect(0, 0, 2800, 1200)
    picture = picture_of(whole.pixels)
    assert colour_at(picture, 2700, 700) == (0, 0, 255)
    assert colour_at(picture, 2700, 1100) == (0, 0, 0), "there is no monitor"
    assert (part.area, part.pixels.width) == (Rect(1500, 100, 200, 50), 200)
    assert colour_at(picture_of(part.pixels), 150, 20) == (0, 0, 255)


async def test_a_monitor_is_copied_pixel_by_pixel(eyes: WaylandScreens) -> None:
    seen = await eyes.grab(Rect(1600, 0, 1200, 800))
    assert (seen.pixels.width, seen.pixels.height) == (1200, 800)
    assert picture_of(seen.pixels).getcolors() == [(960_000, (0, 0, 255))]


async def test_without_a_compositor_the_portal_is_asked(tmp_path: Path) -> None:
    nowhere = f"unix:path={tmp_path / 'none'}"
    made = WaylandScreens({"XDG_RUNTIME_DIR": str(tmp_path)}, PortalScreens(nowhere))
    with pytest.raises(AppError) as failed:
        await made.grab(None)
    assert failed.value.code is Code.SCREEN_MISSING
