"""Pictures from files and from the clipboard: decoded within bounds, turned upright. Blocking."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

from app.errors import AppError, Code
from app.shots.render import pixels_of
from app.shots.shot import Pixels

_MOST_BYTES = 50_000_000
_MOST_PIXELS = 100_000_000
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "MPO")
"""Others need a codec that is not there (HEIC), or run programs (EPS)."""


def picture_in_file(path: Path) -> Pixels:
    """The picture. Raises AppError: PICTURE_UNREADABLE, PICTURE_TOO_LARGE."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise AppError(Code.PICTURE_UNREADABLE, path.name) from error
    return picture_in(data, path.name)


def picture_in(data: bytes, name: str) -> Pixels:
    """A picture of these bytes; `name` names it to a person. Raises as `picture_in_file` does."""
    from PIL import Image, ImageOps

    if len(data) > _MOST_BYTES:
        raise AppError(Code.PICTURE_TOO_LARGE, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
                if picture.width * picture.height > _MOST_PIXELS:
                    raise AppError(Code.PICTURE_TOO_LARGE, name)
                upright = ImageOps.exif_transpose(picture)
                return pixels_of(upright)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError, MemoryError) as error:
        raise AppError(Code.PICTURE_TOO_LARGE, name) from error
    # Broken files make the decoders raise nearly anything.
    except (OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError) as error:
        raise AppError(Code.PICTURE_UNREADABLE, name) from error
