"""The microphone's level as a row of small bars. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.controls.paint import rounded
from ui.theme import colors, reduced_motion

_BAR_PX, _GAP_PX = 4, 4
_STEPS = 4


def stepped(level: float) -> float:
    """The level to draw: as it is, or in four steps when motion is reduced."""
    level = min(max(level, 0.0), 1.0)
    return round(level * _STEPS) / _STEPS if reduced_motion() else level


class LevelMeter(QWidget):
    """Fills from the left as it gets louder."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._level = 0.0
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_level(self, level: float) -> None:
        """`level` is 0..1."""
        level = stepped(level)
        if level != self._level:
            self._level = level
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        count = max(1, (self.width() + _GAP_PX) // (_BAR_PX + _GAP_PX))
        lit = round(self._level * count)
        top = (self.height() - 14) / 2
        for at in range(count):
            fill = colors().accent if at < lit else colors().line
            bar = QRectF(at * (_BAR_PX + _GAP_PX), top, _BAR_PX, 14)
            rounded(painter, bar, 2, fill=fill)
