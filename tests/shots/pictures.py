"""Pictures that tests show."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from app.shots.render import pixels_of
from app.shots.shot import Pixels


def lettered(width: int = 640, height: int = 400, text: str = "Error 42") -> Image.Image:
    """Dark letters on a light ground, and a photo's noise beside them."""
    picture = Image.new("RGB", (width, height), (246, 246, 244))
    pen = ImageDraw.Draw(picture)
    for line in range(0, height - 12, 16):
        pen.text((8, line), f"{text} in line {line}. " * 9, fill=(20, 20, 30))
    return picture


def noisy(width: int = 640, height: int = 400) -> Image.Image:
    """What no lossless format makes small."""
    return Image.effect_noise((width, height), 90).convert("RGB")


def pixels(picture: Image.Image) -> Pixels:
    """As they are grabbed."""
    return pixels_of(picture)


def encoded(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """A file's bytes."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def opened(data: bytes) -> Image.Image:
    """The picture in a file's bytes."""
    return Image.open(io.BytesIO(data)).convert("RGB")


def extremes(picture: Image.Image) -> list[tuple[int, int]]:
    """The least and the most of red, of green, and of blue."""
    channels = [channel.tobytes() for channel in picture.convert("RGB").split()]
    return [(min(channel), max(channel)) for channel in channels]


def colour_at(picture: Image.Image, x: int, y: int) -> tuple[int, int, int]:
    """Red, green and blue of a pixel."""
    red, green, blue = picture.convert("RGB").crop((x, y, x + 1, y + 1)).tobytes()
    return red, green, blue
