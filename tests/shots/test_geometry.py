from __future__ import annotations

from app.desktop.screen import ScreenWindow
from app.shots.geometry import (
    around,
    in_pixels,
    is_covered,
    monitor_at,
    scale_at,
    shared,
    without,
)
from app.shots.privacy import is_private, parts_of
from app.shots.shot import Monitor, Rect

LEFT = Monitor("left", Rect(-1920, 0, 1920, 1080), 1.0)
MIDDLE = Monitor("middle", Rect(0, 0, 2560, 1440), 1.5, is_primary=True)
RIGHT = Monitor("right", Rect(2560, -200, 3840, 2160), 2.0)
MONITORS = (LEFT, MIDDLE, RIGHT)


def window(title: str, rect: Rect, *, app: str = "app", is_opaque: bool = True) -> ScreenWindow:
    return ScreenWindow(title, title, app, 1, rect, is_opaque)


def test_shared_and_around() -> None:
    assert shared(Rect(0, 0, 10, 10), Rect(5, -5, 10, 10)) == Rect(5, 0, 5, 5)
    assert shared(Rect(0, 0, 10, 10), Rect(10, 0, 10, 10)) is None
    assert around(monitor.rect for monitor in MONITORS) == Rect(-1920, -200, 8320, 2160)
    assert around(()) is None


def test_what_is_left_beside_a_hole_is_all_but_the_hole() -> None:
    whole, hole = Rect(0, 0, 9, 7), Rect(2, 3, 4, 2)
    parts = without(whole, [hole])
    pixels = {(x, y) for p in parts for x in range(p.x, p.x + p.width)
              for y in range(p.y, p.y + p.height)}  # fmt: skip
    assert len(pixels) == sum(p.width * p.height for p in parts) == 63 - 8
    assert not any(2 <= x < 6 and 3 <= y < 5 for x, y in pixels)


def test_two_halves_cover() -> None:
    halves = [Rect(0, 0, 5, 10), Rect(5, 0, 5, 10)]
    assert is_covered(Rect(0, 0, 10, 10), halves)
    assert not is_covered(Rect(0, 0, 10, 11), halves)


def test_the_monitor_with_the_pointer_else_the_primary_one() -> None:
    assert monitor_at(MONITORS, (-1, 5)) is LEFT
    assert monitor_at(MONITORS, (2560, -200)) is RIGHT
    assert monitor_at(MONITORS, (9000, 9000)) is MIDDLE
    assert monitor_at(MONITORS, None) is MIDDLE
    assert monitor_at((), None) is None


def test_the_scale_is_that_of_the_monitor_with_most_of_it() -> None:
    assert scale_at(MONITORS, Rect(2500, 0, 400, 300)) == 2.0
    assert scale_at(MONITORS, Rect(2200, 0, 400, 300)) == 1.5
    assert scale_at(MONITORS, Rect(9000, 9000, 5, 5)) == 1.0


def test_a_place_in_a_picture_with_more_pixels_is_rounded_outwards() -> None:
    assert in_pixels(Rect(11, 21, 3, 3), Rect(10, 20, 100, 50), (150, 75)) == Rect(1, 1, 5, 5)
    assert in_pixels(Rect(11, 21, 3, 3), Rect(10, 20, 100, 50), (100, 50)) == Rect(1, 1, 3, 3)


def test_what_is_private_is_known_by_program_or_title() -> None:
    vault = window("Vault - KeePassXC", Rect(0, 0, 9, 9), app="org.keepassxc.KeePassXC")
    assert is_private(vault, ["keepass"])
    assert is_private(window("My Bank – Firefox", Rect(0, 0, 9, 9)), ["my bank"])
    assert not is_private(vault, ["bank", "", "  "])


def test_only_what_can_be_seen_of_a_private_window_is_covered() -> None:
    private = window("vault", Rect(0, 0, 100, 100))
    above = window("notes", Rect(50, 0, 100, 100))
    parts = list(parts_of([above, private], lambda one: one is private))
    assert parts == [Rect(0, 0, 50, 100)]


def test_what_shines_through_is_covered_too() -> None:
    private = window("vault", Rect(0, 0, 100, 100))
    glass = window("glass", Rect(0, 0, 100, 100), is_opaque=False)
    assert list(parts_of([glass, private], lambda one: one is private)) == [private.rect]
