"""Shots as the core would tell of them."""

from __future__ import annotations

import hashlib

from PySide6.QtCore import QBuffer, QByteArray
from PySide6.QtGui import QColor, QImage, QImageWriter

from app.shots.events import RegionWanted, ShotEvent, ShotPrepared, ShotTaken
from app.shots.shot import Attachment, Edit, Monitor, Pixels, Rect, SecretFound

RED, BLUE = "#ff0000", "#0000ff"


def image(width: int = 400, height: int = 300, color: str = RED) -> QImage:
    made = QImage(width, height, QImage.Format.Format_RGB32)
    made.fill(QColor(color))
    return made


def png(picture: QImage | None = None) -> bytes:
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"PNG")).write(picture or image())
    return bytes(buffer.data().data())


def attachment(shot_id: str = "s", data: bytes = b"", **more: object) -> Attachment:
    data = data or png()
    sha = hashlib.sha256(data).hexdigest()
    values: dict[str, object] = {"source": "Terminal", **more}
    return Attachment(shot_id, data, "image/png", 400, 300, sha, **values)  # type: ignore[arg-type]


def taken(shot_id: str = "s", width: int = 800, height: int = 600, note: str = "") -> ShotTaken:
    """A shot of twice the size of what is sent of it."""
    return ShotTaken(shot_id, Pixels(width, height, b""), "Terminal", note)


def prepared(
    shot_id: str = "s",
    data: bytes = b"",
    edits: tuple[Edit, ...] = (),
    secrets: tuple[SecretFound, ...] = (),
    **more: object,
) -> ShotPrepared:
    return ShotPrepared(attachment(shot_id, data), secrets, edits=edits, **more)  # type: ignore[arg-type]


def shot(shot_id: str = "s", **more: object) -> tuple[ShotEvent, ...]:
    return taken(shot_id), prepared(shot_id, **more)  # type: ignore[arg-type]


def wanted(
    *monitors: Monitor, size: tuple[int, int] = (800, 800), origin: tuple[int, int] = (0, 0)
) -> RegionWanted:
    """A frozen desktop that is blue, but red from x = 100 on."""
    width, height = size
    line = b"\xff\x00\x00\x00" * 100 + b"\x00\x00\xff\x00" * (width - 100)
    pixels = Pixels(width, height, line * height)
    default = Monitor("", Rect(*origin, width, height), is_primary=True)
    return RegionWanted("r", monitors or (default,), pixels, origin)
