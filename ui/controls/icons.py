"""Icons: our own small SVGs, drawn in whatever colour is asked for. GUI thread."""

from __future__ import annotations

import enum
import functools
from importlib import resources
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

if TYPE_CHECKING:
    from PySide6.QtGui import QIcon


class Icon(enum.StrEnum):
    """The pictures there are; each is a file of this name."""

    SIDEBAR = "sidebar"
    NEW = "new"
    SETTINGS = "settings"
    HELP = "help"
    BACK = "back"
    RIGHT = "right"
    DOWN = "down"
    TO_END = "to_end"
    CLOSE = "close"
    COPY = "copy"
    CHECK = "check"
    READ = "read"
    RETRY = "retry"
    DELETE = "delete"
    MICROPHONE = "microphone"
    MICROPHONE_OFF = "microphone_off"
    STOP = "stop"
    SEND = "send"
    WARNING = "warning"
    MINUS = "minus"
    HISTORY = "history"
    KNOWLEDGE = "knowledge"
    PICTURE = "picture"
    TOOLS = "tools"
    EXCHANGE = "exchange"
    SAYSO = "sayso"


def draw(painter: QPainter, icon: Icon, center: QPointF, size: float, color: QColor) -> None:
    """Paint `icon` as a square of `size` pixels around `center`."""
    corner = center - QPointF(size / 2, size / 2)
    _renderer(icon, color.name()).render(painter, QRectF(corner, QSizeF(size, size)))


def application_icon() -> QIcon:
    """The mark for title bars and task switchers."""
    from PySide6.QtGui import QIcon  # its many names take long to make

    icon = QIcon()
    for size in (16, 32, 64, 128):
        pixmap = QPixmap(size, size)
        pixmap.fill(QColor(0, 0, 0, 0))
        painter = QPainter(pixmap)
        draw(painter, Icon.SAYSO, QPointF(size / 2, size / 2), size, QColor("black"))
        painter.end()
        icon.addPixmap(pixmap)
    return icon


@functools.cache
def _renderer(icon: Icon, color: str) -> QSvgRenderer:
    source = resources.files("resources").joinpath("icons", f"{icon.value}.svg").read_text("utf-8")
    return QSvgRenderer(QByteArray(source.replace("currentColor", color).encode()))
