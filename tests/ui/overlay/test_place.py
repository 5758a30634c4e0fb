"""Where the pill stands, by values."""

from __future__ import annotations

from app.dictation.record import ScreenRect
from ui.overlay.place import Box, Monitor, monitor_of, place_on

SIZE = (280.0, 140.0)
LEFT = Monitor(Box(0, 0, 1920, 1080), Box(0, 30, 1920, 1050))
RIGHT = Monitor(Box(1920, 0, 1280, 720), Box(1920, 0, 1280, 720), scale=2.0)


def test_the_screen_that_holds_the_caret_is_found_in_the_display_s_own_pixels() -> None:
    assert monitor_of(ScreenRect(1900, 500, 2, 20), (LEFT, RIGHT)) is LEFT
    assert monitor_of(ScreenRect(4400, 1400, 2, 20), (LEFT, RIGHT)) is RIGHT
    assert monitor_of(ScreenRect(9000, 10, 2, 20), (LEFT, RIGHT)) is None


def test_bottom_centre_of_the_room_that_panels_leave() -> None:
    box = place_on(LEFT, ScreenRect(100, 100, 2, 20), SIZE).box(*SIZE)
    assert box.left + box.width / 2 == 960
    assert box.bottom == 1080 - 32


def test_it_grows_upward_at_the_bottom_and_downward_at_the_top() -> None:
    low = place_on(LEFT, None, SIZE)
    assert low.box(280, 48).bottom == low.box(280, 100).bottom
    high = place_on(LEFT, ScreenRect(960, 1000, 2, 20), SIZE)
    assert high.box(280, 48).top == high.box(280, 100).top == 30 + 32


def test_a_caret_that_it_would_cover_once_it_has_grown_sends_it_to_the_top() -> None:
    for y in (1040, 940, 900):
        caret = ScreenRect(960, y, 2, 20)
        assert not place_on(LEFT, caret, SIZE).at_bottom
    assert place_on(LEFT, ScreenRect(960, 860, 2, 20), SIZE).at_bottom
    assert place_on(LEFT, ScreenRect(500, 1000, 2, 20), SIZE).at_bottom


def test_the_caret_of_a_scaled_screen_is_compared_in_qt_s_pixels() -> None:
    in_the_way = ScreenRect(1920 + 2 * 640, 2 * 660, 2, 40)
    assert not place_on(RIGHT, in_the_way, SIZE).at_bottom
    assert place_on(RIGHT, ScreenRect(1920 + 2 * 640, 660, 2, 40), SIZE).at_bottom
