"""A thin bar that shows how far something is. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from ui.controls.paint import rounded
from ui.theme import colors

_HEIGHT = 4


class Progress(QProgressBar):
    """Screen readers hear the value, which the words beside it say as well."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setTextVisible(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT)

    def show_progress(self, done: int, total: int) -> None:
        """So much of so much."""
        self.setRange(0, max(1, total))
        self.setValue(min(done, total))

    def sizeHint(self) -> QSize:
        return QSize(200, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint = colors()
        area = QRectF(self.rect())
        rounded(painter, area, _HEIGHT / 2, fill=paint.raised)
        part = self.value() / max(1, self.maximum())
        if part > 0:
            area.setWidth(max(float(_HEIGHT), area.width() * part))
            rounded(painter, area, _HEIGHT / 2, fill=paint.accent)
