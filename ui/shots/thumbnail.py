"""A small picture that is a button. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ui.controls.buttons import Ringed
from ui.controls.paint import focus_ring, rounded
from ui.theme import colors
from ui.tokens import RADIUS_CONTROL

_HEIGHT, _WIDEST, _LEAST = 48, 96, 28


class Thumbnail(Ringed):
    """`is_faint` is one that is not attached; a checked one has a thicker edge."""

    def __init__(self, data: bytes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from ui.shots.decoding import decoder  # only with pictures

        self.is_faint = False
        self._data = data
        decoder().ready.connect(self.update)
        shown = self.image.deviceIndependentSize()
        self.setFixedSize(max(round(shown.width()), _LEAST) + 2, _HEIGHT + 2)

    @property
    def image(self) -> QImage:
        """What is drawn."""
        from ui.shots.decoding import decoder

        room = QSize(_WIDEST, _HEIGHT)
        return decoder().thumbnail(self._data, room, self.devicePixelRatioF())

    def show_name(self, name: str, does: str) -> None:
        """What it is a picture of, and what a click does."""
        self.setAccessibleName(f"{name}. {does}")
        self.setToolTip(f"{name}\n{does}")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint = colors()
        whole = QRectF(self.rect())
        rounded(painter, whole, RADIUS_CONTROL, fill=paint.raised)
        path = QPainterPath()
        path.addRoundedRect(whole.adjusted(1, 1, -1, -1), RADIUS_CONTROL - 1, RADIUS_CONTROL - 1)
        painter.setClipPath(path)
        image = self.image
        shown = image.deviceIndependentSize()
        left = round((whole.width() - shown.width()) / 2)
        top = round((whole.height() - shown.height()) / 2)
        painter.setOpacity(0.5 if self.is_faint else 1.0)
        painter.drawImage(left, top, image)
        painter.setOpacity(1.0)
        painter.setClipping(False)
        line = paint.quiet if self.is_pointed_at() or self.isChecked() else paint.line
        pen = QPen(line, 2 if self.isChecked() else paint.border_px)
        if self.is_faint:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inside = whole.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(inside, RADIUS_CONTROL, RADIUS_CONTROL)
        if self.ring:
            focus_ring(painter, self, RADIUS_CONTROL)
