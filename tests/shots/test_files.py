from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from app.errors import AppError, Code
from app.shots import files
from app.shots.files import picture_in, picture_in_file
from app.shots.render import picture_of
from tests.shots.pictures import encoded, lettered


def code_of(data: bytes) -> Code:
    with pytest.raises(AppError) as failed:
        picture_in(data, "photo")
    assert failed.value.detail == "photo"
    return failed.value.code


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "GIF", "WEBP", "JPEG"])
def test_the_usual_formats(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "picture"
    file.write_bytes(encoded(lettered(), kind))
    seen = picture_in_file(file)
    assert (seen.width, seen.height) == (640, 400)


def test_a_photo_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    seen = picture_in(encoded(lettered(), "JPEG", exif=exif), "photo")
    assert (seen.width, seen.height) == (400, 640)


def test_what_is_transparent_becomes_white() -> None:
    picture = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    assert picture_of(picture_in(encoded(picture), "icon")).getpixel((1, 1)) == (255, 255, 255)


def test_a_small_file_that_would_fill_the_memory() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = chunk(b"IHDR", struct.pack(">2I5B", 40_000, 40_000, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(bytes(1000)))
    assert code_of(b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")) is (
        Code.PICTURE_TOO_LARGE
    )


def test_a_huge_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_MOST_BYTES", 1000)
    assert code_of(bytes(1001)) is Code.PICTURE_TOO_LARGE


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        encoded(lettered())[:2000],
        encoded(lettered(), "JPEG")[:300],
    ],
)
def test_what_is_no_picture(data: bytes) -> None:
    assert code_of(data) is Code.PICTURE_UNREADABLE


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(AppError) as failed:
        picture_in_file(tmp_path / "gone.png")
    assert failed.value.code is Code.PICTURE_UNREADABLE
