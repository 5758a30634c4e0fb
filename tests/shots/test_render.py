from __future__ import annotations

import hashlib

import pytest
from PIL import Image

from app.providers.catalogue import Vision
from app.shots.render import covered, cut, is_one_colour, picture_of, render
from app.shots.shot import Edit, EditKind, Pixels, Rect
from tests.shots.pictures import colour_at, extremes, lettered, noisy, opened, pixels

PART = Rect(40, 30, 200, 60)


def test_letters_become_a_png_that_shows_each_pixel() -> None:
    made = render(pixels(lettered()), (), None)
    assert made.media_type == "image/png"
    assert opened(made.data).tobytes() == lettered().tobytes()
    assert made.sha256 == hashlib.sha256(made.data).hexdigest()


def test_a_photo_becomes_a_jpeg() -> None:
    made = render(pixels(noisy()), (), None)
    assert (made.media_type, made.width, made.height) == ("image/jpeg", 640, 400)


def test_the_same_picture_gives_the_same_bytes() -> None:
    assert render(pixels(lettered()), (), None) == render(pixels(lettered()), (), None)


@pytest.mark.parametrize("kind", [EditKind.BLUR, EditKind.COVER])
def test_what_is_hidden_leaves_nothing_behind(kind: EditKind) -> None:
    """Two pictures that differ only inside the rectangle are sent as the same bytes."""
    sent = []
    for secret in (Image.new("RGB", (200, 60), "red"), noisy(200, 60)):
        picture = lettered()
        picture.paste(secret, (PART.x, PART.y))
        sent.append(render(pixels(picture), (Edit(kind, PART),), None).data)
    assert sent[0] == sent[1]
    assert sent[0] != render(pixels(lettered()), (), None).data


def test_blurring_all_of_it_leaves_grey() -> None:
    made = render(pixels(noisy()), (Edit(EditKind.BLUR, Rect(0, 0, 640, 400)),), None)
    assert all(high - low <= 8 for low, high in extremes(opened(made.data)))


def test_a_cover_stays_black_when_the_picture_is_made_smaller() -> None:
    edits = (Edit(EditKind.COVER, PART),)
    made = render(pixels(noisy()), edits, Vision(most=40))
    across = made.width / 640
    inside = (
        round(PART.x * across) + 2, round(PART.y * across) + 2,
        round((PART.x + PART.width) * across) - 2, round((PART.y + PART.height) * across) - 2,
    )  # fmt: skip
    assert all(high < 40 for _, high in extremes(opened(made.data).crop(inside)))


def test_a_crop_cuts_last_whatever_the_order() -> None:
    crop, cover = Edit(EditKind.CROP, Rect(100, 50, 300, 200)), Edit(EditKind.COVER, PART)
    one = render(pixels(lettered()), (crop, cover), None)
    assert one.data == render(pixels(lettered()), (cover, crop), None).data
    assert (one.width, one.height) == (300, 200)
    assert opened(one.data).getpixel((0, 0)) == (0, 0, 0)


def test_a_crop_beside_the_picture_is_none() -> None:
    made = render(pixels(lettered()), (Edit(EditKind.CROP, Rect(900, 900, 10, 10)),), None)
    assert (made.width, made.height) == (640, 400)


def test_a_line_is_drawn_where_the_points_are() -> None:
    made = render(pixels(lettered()), (Edit(EditKind.DRAW, points=((300, 5), (300, 395))),), None)
    red, green, _ = colour_at(opened(made.data), 300, 200)
    assert red > 200 > 100 > green


def test_edits_leave_the_grabbed_pixels_alone() -> None:
    seen = pixels(lettered())
    before = bytes(seen.data)
    render(seen, (Edit(EditKind.COVER, PART), Edit(EditKind.DRAW, points=((0, 0), (9, 9)))), None)
    assert seen.data == before


def test_a_part_is_cut_and_covered() -> None:
    seen = pixels(lettered())
    part = cut(seen, Rect(-20, -20, 60, 50))
    assert (part.width, part.height) == (40, 30)
    assert picture_of(part).tobytes() == lettered().crop((0, 0, 40, 30)).tobytes()
    hidden = picture_of(covered(seen, [Rect(600, 380, 100, 100)]))
    assert hidden.getpixel((639, 399)) == (0, 0, 0)
    assert hidden.getpixel((599, 379)) == lettered().getpixel((599, 379))
    with pytest.raises(ValueError, match="beside"):
        cut(seen, Rect(640, 0, 5, 5))


def test_one_colour_is_nothing_to_see() -> None:
    assert is_one_colour(Pixels(2, 2, bytes([7, 7, 7, 0]) * 4))
    assert not is_one_colour(pixels(lettered()))
    assert not is_one_colour(Pixels(2, 1, bytes([7, 7, 7, 0, 7, 8, 7, 0])))
