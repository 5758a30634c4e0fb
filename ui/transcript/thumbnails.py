"""The pictures of a row, small and side by side. GUI thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QPainterPath

from ui.controls.paint import rounded
from ui.shots.decoding import decoder
from ui.theme import colors
from ui.tokens import RADIUS_CONTROL, SPACE_8

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.providers.base import Image

HEIGHT, _WIDEST = 120, 240
_LEAST = 32


class Thumbnails:
    """Laid out in lines of at most `width` px. Coordinates are relative to their own corner."""

    def __init__(self, images: Sequence[Image], width: float) -> None:
        self.areas: list[QRectF] = []
        self._data = [image.data for image in images]
        left = top = line = 0.0
        for data in self._data:
            shown = _small(data).deviceIndependentSize()
            size = (max(shown.width(), _LEAST), max(shown.height(), _LEAST))
            if left and left + size[0] > width:
                left, top, line = 0.0, top + line + SPACE_8, 0.0
            self.areas.append(QRectF(left, top, *size))
            left, line = left + size[0] + SPACE_8, max(line, size[1])

    @property
    def width(self) -> float:
        """In px; 0 without pictures."""
        return max((area.right() for area in self.areas), default=0.0)

    @property
    def height(self) -> float:
        """In px, with the room below; 0 without pictures."""
        bottom = max((area.bottom() for area in self.areas), default=0.0)
        return bottom + SPACE_8 if self.areas else 0.0

    def at(self, point: QPointF) -> int:
        """The number of the picture there, or -1."""
        under = (number for number, area in enumerate(self.areas) if area.contains(point))
        return next(under, -1)

    def paint(self, painter: QPainter) -> None:
        """Draw at the painter's origin."""
        paint = colors()
        for area, data in zip(self.areas, self._data, strict=True):
            picture = _small(data)
            path = QPainterPath()
            path.addRoundedRect(area, RADIUS_CONTROL, RADIUS_CONTROL)
            shown = picture.deviceIndependentSize()
            room = area.center() - QPointF(shown.width() / 2, shown.height() / 2)
            painter.save()
            painter.setClipPath(path)
            painter.fillRect(area, paint.surface)
            painter.drawImage(room, picture)
            painter.restore()
            rounded(painter, area, RADIUS_CONTROL, line=paint.line, line_px=paint.border_px)


def _small(data: bytes) -> QImage:
    return decoder().thumbnail(data, QSize(_WIDEST, HEIGHT), _ratio())


def _ratio() -> float:
    screens = QGuiApplication.screens()
    return max((screen.devicePixelRatio() for screen in screens), default=1.0)
