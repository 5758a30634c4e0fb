"""A few pixels of the screen eight times as large, on a grid. GUI thread."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

ZOOM = 8
ACROSS = 17
"""Pixels that are shown in a row; odd, so that one is in the middle."""

SIDE = ZOOM * ACROSS
_AWAY = 24
_BLACK, _WHITE = QColor("black"), QColor("white")
_OUTSIDE = QColor(48, 48, 48)
_GRID = QColor(128, 128, 128, 90)


def place(at: QPointF, room: QRectF) -> QRectF:
    """Beside the pixel that is looked at, on the side where there is room."""
    left = at.x() + _AWAY
    if left + SIDE > room.right():
        left = at.x() - _AWAY - SIDE
    top = at.y() + _AWAY
    if top + SIDE > room.bottom():
        top = at.y() - _AWAY - SIDE
    return QRectF(max(left, room.left()), max(top, room.top()), SIDE, SIDE)


def paint(painter: QPainter, area: QRectF, image: QImage, pixel: tuple[int, int]) -> None:
    """The pixels around `pixel` of `image`; beyond its edges there is grey."""
    half = ACROSS // 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
    painter.fillRect(area, _OUTSIDE)
    wanted = QRectF(pixel[0] - half, pixel[1] - half, ACROSS, ACROSS)
    there = wanted.intersected(QRectF(image.rect()))
    if not there.isEmpty():
        target = QRectF(
            area.left() + (there.left() - wanted.left()) * ZOOM,
            area.top() + (there.top() - wanted.top()) * ZOOM,
            there.width() * ZOOM,
            there.height() * ZOOM,
        )
        painter.drawImage(target, image, there)
    painter.setPen(QPen(_GRID, 0))
    for step in range(1, ACROSS):
        across, down = area.left() + step * ZOOM, area.top() + step * ZOOM
        painter.drawLine(QPointF(across, area.top()), QPointF(across, area.bottom()))
        painter.drawLine(QPointF(area.left(), down), QPointF(area.right(), down))
    middle = QRectF(area.left() + half * ZOOM, area.top() + half * ZOOM, ZOOM, ZOOM)
    framed(painter, middle)
    framed(painter, area)
    painter.restore()


def framed(painter: QPainter, area: QRectF) -> None:
    """A white line within a black one, which is seen on every ground."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, out in ((_BLACK, 1.0), (_WHITE, 0.0)):
        painter.setPen(QPen(color, 1))
        left, top = math.floor(area.left() - out), math.floor(area.top() - out)
        right, bottom = math.ceil(area.right() + out), math.ceil(area.bottom() + out)
        painter.drawRect(QRectF(left + 0.5, top + 0.5, right - left - 1, bottom - top - 1))
