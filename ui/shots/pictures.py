"""Pictures of the core as Qt's. Any thread."""

from __future__ import annotations

import contextlib
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QImageReader

if TYPE_CHECKING:
    from app.shots.shot import Pixels

_MOST_MEGABYTES = 512
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Grabbed:
    """A grabbed picture for painting. The image is only a view of `data`, which it must outlive."""

    image: QImage
    data: bytes

    @classmethod
    def of(cls, pixels: Pixels) -> Grabbed:
        """Without a copy: rows of BGRX are what Qt calls RGB32 on all that it runs on."""
        form = QImage.Format.Format_RGB32
        image = QImage(pixels.data, pixels.width, pixels.height, 4 * pixels.width, form)
        return cls(image, pixels.data)


def decoded(data: bytes) -> QImage:
    """The picture in these bytes; a null image where Qt cannot read them."""
    with _named(data) as name:
        if not name:
            return QImage.fromData(data)
        reader = QImageReader(name)
        reader.setAllocationLimit(_MOST_MEGABYTES)
        return reader.read()


def size_of(data: bytes) -> QSize:
    """Its size, read from the head of a PNG or JPEG; invalid for anything else."""
    if data.startswith(_PNG) and len(data) >= 24:
        return QSize(*struct.unpack(">II", data[16:24]))
    at = 2 if data.startswith(b"\xff\xd8") else len(data)
    while at + 9 <= len(data) and data[at] == 0xFF:
        mark, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= mark <= 0xCF and mark not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return QSize(width, height)
        at += 2 + length
    return QSize()


def fitting(whole: QSize, largest: QSize, ratio: float) -> QSize:
    """The size, in device pixels, of a picture that fits into `largest` and is never enlarged."""
    room = QSize(round(largest.width() * ratio), round(largest.height() * ratio))
    if not whole.isValid():
        return room
    if whole.width() <= room.width() and whole.height() <= room.height():
        return whole
    return whole.scaled(room, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))


def thumbnail(data: bytes, largest: QSize, ratio: float) -> QImage:
    """The picture made to fit into `largest`, for a screen of this ratio."""
    image = decoded(data)
    size = fitting(image.size(), largest, ratio)
    if not image.isNull() and size != image.size():
        keep, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode
        image = image.scaled(size, keep, smooth.SmoothTransformation)
    image.setDevicePixelRatio(ratio)
    return image


@contextlib.contextmanager
def _named(data: bytes) -> Iterator[str]:
    """A name for bytes that are in memory only; empty where the system has none.

    A QBuffer made here would call Python from within Qt's lock on its plugins, while the GUI
    thread may wait for that lock: neither would ever go on. A file of Qt's own calls nobody.
    """
    if not hasattr(os, "memfd_create"):
        yield ""
        return
    handle = os.memfd_create("picture")
    try:
        with os.fdopen(os.dup(handle), "wb") as file:
            file.write(data)
        yield f"/proc/self/fd/{handle}"
    finally:
        os.close(handle)
