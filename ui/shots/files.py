"""What is pasted or dropped: the commands that show it. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QMimeData
from PySide6.QtGui import QImage, QImageWriter

from app.shots.commands import GivePicture, ShotCommand, TakeShot
from app.shots.shot import ShotKind

ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")
FILTER = f"Pictures ({' '.join('*' + ending for ending in ENDINGS)})"
_MOST_FILES = 8
_ENCODED = ("image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp", "image/tiff")


def is_picture(data: QMimeData) -> bool:
    """Whether it is pictures and nothing that is rather pasted as words."""
    return bool(_names(data)) or (_has_image(data) and not data.hasText())


def are_names(text: str) -> bool:
    """Whether words are nothing but the names of pictures, as file managers copy them."""
    lines = text.strip().splitlines()
    return bool(lines) and all(
        line.startswith(("file://", "/")) and line.lower().endswith(ENDINGS) for line in lines
    )


def commands_of(data: QMimeData, *, source: str) -> tuple[ShotCommand, ...]:
    """Show the pictures in it; `source` names one that is no file."""
    if names := _names(data):
        return tuple(TakeShot(ShotKind.FILE, name=name) for name in names[:_MOST_FILES])
    content = _content(data)
    return (GivePicture(content, source),) if content else ()


def _names(data: QMimeData) -> list[str]:
    """Local pictures, when everything in it is one."""
    urls = data.urls() if data.hasUrls() else []
    names = [url.toLocalFile() for url in urls if url.isLocalFile()]
    pictures = [name for name in names if name.lower().endswith(ENDINGS)]
    return pictures if len(pictures) == len(urls) else []


def _has_image(data: QMimeData) -> bool:
    return data.hasImage() or any(data.hasFormat(name) for name in _ENCODED)


def _content(data: QMimeData) -> bytes:
    """As it is encoded there; where it is not, as a bitmap, which takes no time to make."""
    encoded = next((name for name in _ENCODED if data.hasFormat(name)), "")
    if encoded:
        return bytes(data.data(encoded).data())
    image = QImage(data.imageData())
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    is_written = QImageWriter(buffer, QByteArray(b"BMP")).write(image)
    return bytes(buffer.data().data()) if is_written else b""
