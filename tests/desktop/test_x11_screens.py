"""A real X server with real windows: monitors, scales, windows over each other and half outside."""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from Xlib import X, display

from app.desktop.screen import ScreenWindow
from app.desktop.x11_screens import X11Screens
from app.desktop.x11_windows import scale_of
from app.errors import AppError, Code
from app.shots.render import picture_of
from app.shots.shot import Rect
from tests.desk.child import merged
from tests.desk.need import need_programs
from tests.desk.screen import Screen
from tests.desk.waiting import wait_until

pytestmark = pytest.mark.desk
RED, GREEN, BLUE = 0xFF0000, 0x00FF00, 0x0000FF


class Plain:
    """A window of one colour, at a place of its own choice."""

    def __init__(
        self,
        screen: Screen,
        title: str,
        rect: Rect,
        colour: int,
        *,
        unmanaged: bool = False,
        kind: str = "",
    ) -> None:
        self._display = display.Display(screen.display)
        root = self._display.screen().root
        self.window = root.create_window(
            rect.x, rect.y, rect.width, rect.height, 0, X.CopyFromParent,
            background_pixel=colour, override_redirect=unmanaged,
        )  # fmt: skip
        self.window.set_wm_name(title)
        self.window.set_wm_class(kind or title, kind or title)
        self.window.map()
        self._display.sync()

    def close(self) -> None:
        self.window.destroy()
        self._display.sync()
        self._display.close()


@pytest.fixture(scope="module")
def wide() -> Iterator[Screen]:
    """Three monitors side by side: 96, 144 and 192 dots an inch."""
    need_programs("xrandr")
    with closing(Screen(2400, 800)) as screen:
        for name, shape, output in (
            ("left", "800/212x800/212+0+0", "screen"),
            ("middle", "800/141x800/141+800+0", "none"),
            ("right", "800/106x800/106+1600+0", "none"),
        ):
            subprocess.run(
                ["xrandr", "--setmonitor", name, shape, output],
                env=merged(screen.environment), check=True, capture_output=True,
            )  # fmt: skip
        yield screen


@pytest.fixture
async def eyes(wide: Screen) -> AsyncIterator[X11Screens]:
    made = X11Screens(wide.display, bus="unix:path=/nonexistent")
    yield made
    await made.close()


@contextmanager
def shown(screen: Screen, *windows: tuple[str, Rect, int]) -> Iterator[None]:
    """Unmanaged windows, the last one on top; all there before the test goes on."""
    made = [Plain(screen, title, rect, colour, unmanaged=True) for title, rect, colour in windows]
    try:
        yield
    finally:
        for one in made:
            one.close()


async def named(eyes: X11Screens, title: str) -> ScreenWindow:
    return next(one for one in (await eyes.look()).windows if one.title == title)


async def test_three_monitors_with_their_scales(eyes: X11Screens, wide: Screen) -> None:
    wide.xdotool("mousemove", 1700, 20)
    seen = await eyes.look()
    assert [(m.name, m.rect, m.scale) for m in seen.monitors] == [
        ("left", Rect(0, 0, 800, 800), 1.0),
        ("middle", Rect(800, 0, 800, 800), 1.5),
        ("right", Rect(1600, 0, 800, 800), 2.0),
    ]
    assert seen.pointer == (1700, 20)


async def test_the_grab_is_what_is_on_the_screen(eyes: X11Screens, wide: Screen) -> None:
    with shown(wide, ("red", Rect(100, 100, 50, 40), RED)):
        whole = await eyes.grab(None)
        part = await eyes.grab(Rect(90, 90, 20, 20))
        truth = wide.picture()
    assert (whole.pixels.width, whole.pixels.height) == (2400, 800)
    assert picture_of(whole.pixels).tobytes() == truth.tobytes()
    assert picture_of(part.pixels).tobytes() == truth[90:110, 90:110].tobytes()
    assert picture_of(part.pixels).getpixel((15, 15)) == (255, 0, 0)


async def test_what_is_outside_the_screen_is_left_out(eyes: X11Screens) -> None:
    seen = await eyes.grab(Rect(2300, -50, 300, 100))
    assert (seen.area, seen.pixels.width) == (Rect(2300, 0, 100, 50), 100)
    with pytest.raises(AppError) as failed:
        await eyes.grab(Rect(5000, 0, 10, 10))
    assert failed.value.code is Code.WINDOW_GONE


async def test_windows_are_told_from_the_topmost_on(eyes: X11Screens, wide: Screen) -> None:
    low, high = Rect(100, 100, 200, 200), Rect(150, 150, 200, 200)
    with shown(wide, ("low", low, RED), ("high", high, GREEN)):
        seen = await eyes.look()
    assert [(one.title, one.rect, one.is_opaque) for one in seen.windows] == [
        ("high", high, True),
        ("low", low, True),
    ]


async def test_without_a_compositor_what_is_visible_of_a_window_is_shown(
    eyes: X11Screens, wide: Screen
) -> None:
    low, high = Rect(100, 100, 200, 200), Rect(150, 150, 200, 200)
    with shown(wide, ("low", low, RED), ("high", high, GREEN)):
        seen = await eyes.grab_window(await named(eyes, "low"))
        above = await eyes.grab_window(await named(eyes, "high"))
    assert (seen.area, seen.whole) == (low, False)
    assert picture_of(seen.pixels).getpixel((10, 10)) == (255, 0, 0)
    assert picture_of(seen.pixels).getpixel((190, 190)) == (0, 255, 0)
    assert (above.whole, picture_of(above.pixels).getcolors()) == (True, [(40_000, (0, 255, 0))])


async def test_a_window_that_is_wholly_covered_is_not_shown_as_another(
    eyes: X11Screens, wide: Screen
) -> None:
    rect = Rect(100, 100, 200, 200)
    with shown(wide, ("low", rect, RED), ("high", rect, GREEN)):
        low = await named(eyes, "low")
        with pytest.raises(AppError) as failed:
            await eyes.grab_window(low)
    assert failed.value.code is Code.WINDOW_GONE


async def test_a_window_half_off_the_screen(eyes: X11Screens, wide: Screen) -> None:
    with shown(wide, ("edge", Rect(2300, 700, 400, 300), BLUE)):
        seen = await eyes.grab_window(await named(eyes, "edge"))
    assert (seen.area, seen.whole) == (Rect(2300, 700, 100, 100), False)
    assert picture_of(seen.pixels).getcolors() == [(10_000, (0, 0, 255))]


async def test_with_a_compositor_a_window_is_shown_whole(eyes: X11Screens, wide: Screen) -> None:
    manager = display.Display(wide.display)
    root = manager.screen().root
    try:
        root.composite_redirect_subwindows(0)
        name = manager.intern_atom(f"_NET_WM_CM_S{manager.get_default_screen()}")
        owner = root.create_window(-9, -9, 1, 1, 0, X.CopyFromParent)
        owner.set_selection_owner(name, X.CurrentTime)
        manager.sync()
        low, high = Rect(2200, 650, 400, 300), Rect(2150, 600, 240, 200)
        with shown(wide, ("low", low, RED), ("high", high, GREEN)):
            seen = await eyes.grab_window(await named(eyes, "low"))
        assert (seen.area, seen.whole) == (low, True)
        assert picture_of(seen.pixels).getcolors() == [(120_000, (255, 0, 0))]
    finally:
        manager.close()


async def test_a_managed_window_is_shown_with_its_frame(eyes: X11Screens, wide: Screen) -> None:
    with closing(Plain(wide, "letter", Rect(300, 200, 240, 160), BLUE, kind="Editor")):
        place = wide.wait_for_window("letter")
        wait_until(lambda: wide.active_window() is not None, "the keyboard")
        seen = await named(eyes, "letter")
        assert seen.app == "Editor"
        assert (await eyes.look()).active == seen.id == str(place.id)
        assert seen.rect.y < place.y, "the title bar is a part of it"
        assert seen.rect.height > place.height
        whole = await eyes.grab_window(seen)
        inside = picture_of(whole.pixels).getpixel((whole.pixels.width // 2, 100))
        assert inside == (0, 0, 255)
    wide.wait_until_gone("letter")


async def test_a_window_that_has_gone(eyes: X11Screens, wide: Screen) -> None:
    with shown(wide, ("short", Rect(0, 0, 50, 50), RED)):
        seen = await named(eyes, "short")
    with pytest.raises(AppError) as failed:
        await eyes.grab_window(seen)
    assert failed.value.code is Code.WINDOW_GONE


async def test_a_locked_screen_is_told(eyes: X11Screens, wide: Screen) -> None:
    lock = Plain(wide, "lock", Rect(0, 0, 2400, 800), RED, unmanaged=True, kind="i3lock")
    with closing(lock), pytest.raises(AppError) as failed:
        await eyes.look()
    assert failed.value.code is Code.SCREEN_LOCKED
    assert (await eyes.look()).monitors


async def test_the_desktops_wish_for_a_scale_counts_for_all(wide: Screen) -> None:
    link = display.Display(wide.display)
    root, name = link.screen().root, link.get_atom("RESOURCE_MANAGER")
    made = X11Screens(wide.display, bus="unix:path=/nonexistent")
    try:
        root.change_property(name, link.get_atom("STRING"), 8, b"Xft.dpi:\t120\n")
        link.sync()
        assert [one.scale for one in (await made.look()).monitors] == [1.25, 1.25, 1.25]
    finally:
        root.delete_property(name)
        link.sync()
        link.close()
        await made.close()


async def test_without_a_server_it_is_told(tmp_path: Path) -> None:
    made = X11Screens("no display")
    with pytest.raises(AppError) as failed:
        await made.look()
    assert failed.value.code is Code.SCREEN_MISSING
    await made.close()


def test_scales_by_size() -> None:
    assert scale_of(1920, 508) == 1.0
    assert scale_of(2560, 597) == 1.0
    assert scale_of(3840, 597) == 1.5
    assert scale_of(3840, 344) == 3.0
    assert scale_of(1920, 0) == scale_of(1920, 10) == scale_of(1024, 9000) == 1.0
