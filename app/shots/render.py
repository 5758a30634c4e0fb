"""A picture as it will be sent: cropped, covered, drawn on, made smaller, encoded. Blocking."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.providers.catalogue import Vision
from app.shots.geometry import around, shared
from app.shots.shot import Edit, EditKind, Pixels, Rect
from app.shots.vision import seen_size, tokens_of

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

_LINE = (229, 72, 77)
_HALO = (255, 255, 255)
_THINNEST = 3
_BLACK = (0, 0, 0)
_CELLS = 3
_CHECK = 12
_CHECK_SHADE = 10
_JPEG_QUALITY = 90
_PNG_LEVEL = 6
_SAMPLED_FROM = 500_000
_BANDS = 8


@dataclass(frozen=True, slots=True)
class Rendered:
    """The bytes that would be sent. `tokens` is None where it is not known how they count."""

    data: bytes
    media_type: str
    width: int
    height: int
    sha256: str
    tokens: int | None


def render(pixels: Pixels, edits: Sequence[Edit], vision: Vision | None) -> Rendered:
    """Apply all edits, in order, the last crop at the end; then as large as the model sees it."""
    picture = _edited(picture_of(pixels), edits)
    size = seen_size(*picture.size, vision)
    if size != picture.size:
        picture = picture.resize(size, _lanczos(), reducing_gap=3.0)
    data, media_type = _encoded(picture)
    digest = hashlib.sha256(data).hexdigest()
    return Rendered(data, media_type, *size, digest, tokens_of(*size, vision))


def picture_of(pixels: Pixels) -> Picture:
    """The pixels as Pillow has them."""
    from PIL import Image

    size = (pixels.width, pixels.height)
    return Image.frombuffer("RGB", size, pixels.data, "raw", "BGRX", 0, 1)


def pixels_of(picture: Picture, scale: float = 1.0) -> Pixels:
    """The other way round; what is transparent becomes white."""
    from PIL import Image

    if "A" in picture.getbands() or "transparency" in picture.info:
        whole = picture.convert("RGBA")
        ground = Image.new("RGBA", whole.size, (255, 255, 255, 255))
        picture = Image.alpha_composite(ground, whole)
    plain = picture.convert("RGB")
    return Pixels(*plain.size, plain.tobytes("raw", "BGRX"), scale)


def covered(pixels: Pixels, rects: Iterable[Rect]) -> Pixels:
    """The same with these rectangles black."""
    parts = [part for rect in rects if (part := shared(rect, _whole(pixels))) is not None]
    if not parts:
        return pixels
    data = bytearray(pixels.data)
    for part in parts:
        blank = bytes(part.width * 4)
        for row in range(part.y, part.y + part.height):
            at = (row * pixels.width + part.x) * 4
            data[at : at + len(blank)] = blank
    return Pixels(pixels.width, pixels.height, bytes(data), pixels.scale)


def cut(pixels: Pixels, rect: Rect) -> Pixels:
    """A part of it. Raises ValueError where there is none."""
    part = shared(rect, _whole(pixels))
    if part is None:
        raise ValueError("the rectangle is beside the picture")
    rows = memoryview(pixels.data)
    starts = ((row * pixels.width + part.x) * 4 for row in range(part.y, part.y + part.height))
    data = b"".join(rows[at : at + part.width * 4] for at in starts)
    return Pixels(part.width, part.height, data, pixels.scale)


def joined(parts: Sequence[tuple[Pixels, Rect]]) -> Pixels:
    """Several pictures on one ground, each in its place; black where there is none."""
    from PIL import Image

    whole = around(place for _, place in parts) or Rect(0, 0, 1, 1)
    ground = Image.new("RGB", (whole.width, whole.height))
    for pixels, place in parts:
        picture = picture_of(pixels)
        if picture.size != (place.width, place.height):
            picture = picture.resize((place.width, place.height), _lanczos())
        ground.paste(picture, (place.x - whole.x, place.y - whole.y))
    return pixels_of(ground)


def is_one_colour(pixels: Pixels) -> bool:
    """Whether there is nothing to see."""
    first = pixels.data[:3]
    channels = (pixels.data[at::4] for at in range(3))
    return all(channel.count(first[at]) == len(channel) for at, channel in enumerate(channels))


def _edited(picture: Picture, edits: Sequence[Edit]) -> Picture:
    picture = picture.copy()  # the grabbed bytes are not ours to write in
    frame = Rect(0, 0, *picture.size)
    crop: Rect | None = None
    for edit in edits:
        part = shared(edit.rect, frame) if edit.rect is not None else None
        if edit.kind is EditKind.CROP and part is not None:
            crop = part
        elif edit.kind is EditKind.COVER and part is not None:
            picture.paste(_BLACK, _box(part))
        elif edit.kind is EditKind.BLUR and part is not None:
            _smudge(picture, part)
        elif edit.kind is EditKind.DRAW:
            _draw(picture, edit.points)
    return picture if crop is None else picture.crop(_box(crop))


def _smudge(picture: Picture, part: Rect) -> None:
    """Fill it with what is around it: nothing of what was inside is left to be recovered."""
    from PIL import Image, ImageDraw

    small = Image.new("RGB", (_CELLS, _CELLS))
    for column in range(_CELLS):
        for row in range(_CELLS):
            small.putpixel((column, row), _colour_around(picture, part, column, row))
    patch = small.resize((part.width, part.height), Image.Resampling.BICUBIC)
    shade = Image.new("L", patch.size)
    pen = ImageDraw.Draw(shade)
    for x in range(0, part.width, _CHECK):
        for y in range(0, part.height, _CHECK):
            if (x + y) // _CHECK % 2:
                pen.rectangle((x, y, x + _CHECK - 1, y + _CHECK - 1), fill=_CHECK_SHADE)
    grey = Image.new("RGB", patch.size, (128, 128, 128))
    picture.paste(Image.composite(grey, patch, shade.point(lambda value: value * 4)), _box(part))


def _colour_around(picture: Picture, part: Rect, column: int, row: int) -> tuple[int, int, int]:
    """The mean of the pixels just outside the rectangle that are next to this cell."""
    x0 = part.x + part.width * column // _CELLS
    x1 = part.x + part.width * (column + 1) // _CELLS
    y0 = part.y + part.height * row // _CELLS
    y1 = part.y + part.height * (row + 1) // _CELLS
    right, bottom = part.x + part.width, part.y + part.height
    strips = (
        Rect(x0, part.y - 1, x1 - x0, 1) if row < _CELLS - 1 else None,
        Rect(x0, bottom, x1 - x0, 1) if row > 0 else None,
        Rect(part.x - 1, y0, 1, y1 - y0) if column < _CELLS - 1 else None,
        Rect(right, y0, 1, y1 - y0) if column > 0 else None,
    )
    frame = Rect(0, 0, *picture.size)
    found = [
        mean
        for strip in strips
        if strip is not None and (inside := shared(strip, frame)) is not None
        for mean in [_mean(picture, inside)]
    ]
    if not found:
        return (128, 128, 128)
    red, green, blue = (sum(channel) // len(found) for channel in zip(*found, strict=True))
    return red, green, blue


def _mean(picture: Picture, part: Rect) -> tuple[int, int, int]:
    from PIL import Image

    one = picture.crop(_box(part)).resize((1, 1), Image.Resampling.BOX).tobytes()
    return one[0], one[1], one[2]


def _draw(picture: Picture, points: Sequence[tuple[int, int]]) -> None:
    from PIL import ImageDraw

    if not points:
        return
    width = max(_THINNEST, round(max(picture.size) / 400))
    pen = ImageDraw.Draw(picture)
    for colour, wide in ((_HALO, width + 2), (_LINE, width)):
        half = wide / 2
        if len(points) > 1:
            pen.line(points, fill=colour, width=wide, joint="curve")
        for x, y in (points[0], points[-1]):
            pen.ellipse((x - half, y - half, x + half, y + half), fill=colour)


def _encoded(picture: Picture) -> tuple[bytes, str]:
    """PNG or JPEG, whichever is smaller; of a large picture a sample decides."""
    sample = _sample(picture)
    png, jpeg = _png(sample), _jpeg(sample)
    if len(png) <= len(jpeg):
        return png if sample is picture else _png(picture), "image/png"
    return jpeg if sample is picture else _jpeg(picture), "image/jpeg"


def _png(picture: Picture) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=_PNG_LEVEL)
    return file.getvalue()


def _jpeg(picture: Picture) -> bytes:
    """Without halving the colours, which would blur thin lines."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
    return file.getvalue()


def _sample(picture: Picture) -> Picture:
    """Bands from all over the picture, an eighth of it; a small picture itself."""
    from PIL import Image

    if picture.width * picture.height < _SAMPLED_FROM:
        return picture
    height = picture.height // (8 * _BANDS)
    sample = Image.new("RGB", (picture.width, height * _BANDS))
    for band in range(_BANDS):
        top = picture.height * band // _BANDS
        sample.paste(picture.crop((0, top, picture.width, top + height)), (0, band * height))
    return sample


def _lanczos() -> int:
    from PIL import Image

    return Image.Resampling.LANCZOS


def _whole(pixels: Pixels) -> Rect:
    return Rect(0, 0, pixels.width, pixels.height)


def _box(rect: Rect) -> tuple[int, int, int, int]:
    return rect.x, rect.y, rect.x + rect.width, rect.y + rect.height
