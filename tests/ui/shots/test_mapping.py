from __future__ import annotations

from hypothesis import given, strategies as st

from app.shots.shot import Edit, EditKind, Rect
from ui.shots.mapping import Box, Mapping, fitted, shown_part


def test_a_crop_is_cut_from_the_one_before() -> None:
    first = Edit(EditKind.CROP, Rect(100, 100, 400, 300))
    second = Edit(EditKind.CROP, Rect(0, 150, 200, 900))
    blur = Edit(EditKind.BLUR, Rect(0, 0, 5, 5))
    assert shown_part(800, 600, ()) == Rect(0, 0, 800, 600)
    assert shown_part(800, 600, (blur, first)) == Rect(100, 100, 400, 300)
    assert shown_part(800, 600, (first, second)) == Rect(100, 150, 100, 250)


def test_a_crop_outside_of_the_picture_leaves_it() -> None:
    assert shown_part(80, 60, (Edit(EditKind.CROP, Rect(200, 0, 9, 9)),)) == Rect(0, 0, 80, 60)


def test_every_pixel_of_a_large_shot_can_be_pointed_at() -> None:
    mapping = Mapping(Rect(100, 50, 400, 200), Box(10, 20, 200, 100))
    assert mapping.to_shot(10, 20) == (100, 50)
    assert mapping.to_shot(209.9, 119.9) == (499, 249)
    assert mapping.to_shot(9, 19) == (98, 48), "beyond the edge is outside, not the first pixel"
    assert mapping.to_box(Rect(100, 50, 2, 2)) == Box(10, 20, 1, 1)
    assert mapping.zoom == 0.5


@given(
    st.integers(1, 4000), st.integers(1, 4000), st.floats(0, 1), st.floats(0, 1),
    st.sampled_from([1.0, 1.25, 1.5, 2.0]),
)  # fmt: skip
def test_what_is_pointed_at_lies_under_the_pointer(
    width: int, height: int, right: float, down: float, ratio: float
) -> None:
    """On a monitor of any scale: what Qt tells in its pixels is the pixel that is there."""
    box = Box(0, 0, width / ratio, height / ratio)
    mapping = Mapping(Rect(-70, 30, width, height), box)
    x, y = right * box.width * 0.999, down * box.height * 0.999
    pixel = mapping.to_shot(x, y)
    under = mapping.to_box(Rect(*pixel, 1, 1))
    assert under.x - 1e-6 <= x <= under.x + under.width + 1e-6
    assert under.y - 1e-6 <= y <= under.y + under.height + 1e-6


def test_fitted_is_whole_in_the_middle_and_never_enlarged() -> None:
    assert fitted(400, 200, (200, 200)) == Box(0, 50, 200, 100)
    assert fitted(100, 50, (200, 200)) == Box(50, 75, 100, 50)
    assert fitted(100, 50, (200, 200), ratio=2) == Box(75, 87, 50, 25)


def test_zoom_counts_device_pixels() -> None:
    assert fitted(100, 50, (200, 200), zoom=1.0, ratio=2) == Box(75, 87, 50, 25)
    assert fitted(100, 50, (80, 80), zoom=4.0) == Box(0, 0, 400, 200)
