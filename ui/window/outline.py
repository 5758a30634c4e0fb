"""What is painted of the window while the rest of it is loaded: its grounds, names and composer.

PySide6 makes the enums of `Qt` when it is first imported, or a call has an overload that takes one
of them, such as `QPainter.setPen`. That takes as long as the first frame, which does without.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QTimer, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import QWidget

from ui.tokens import (
    COLUMN_WIDTH,
    FOLD_BELOW_WIDTH,
    FONT_BASE,
    RADIUS_CARD,
    SIDEBAR_WIDTH,
    SPACE_16,
    page_margin,
    tokens_for,
)

_COMPOSER_HEIGHT = 102
_NAME_X, _TITLE_X = 20, 56
_HEADER_HEIGHT = 52
_DARK_BELOW = 128


class Outline(QWidget):
    """Covers its window until that is furnished. Its colours are its own.

    A palette of the window itself would come back with every later change of the style sheet.
    """

    painted = Signal()
    """It is on screen for the first time."""

    def __init__(self, window: QWidget, *, scheme: str, sidebar: bool) -> None:
        """`scheme` is a remembered one; with "system" the system's palette decides."""
        super().__init__(window)
        self._sidebar = sidebar
        self._is_painted = False
        self.setPalette(_palette(window, scheme))
        self.setAutoFillBackground(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        _paint(self, sidebar=self._sidebar)
        if not self._is_painted:
            self._is_painted = True
            # After this frame: what the signal starts would compete with the rest of it.
            QTimer.singleShot(0, self, self.painted.emit)


def _palette(window: QWidget, scheme: str) -> QPalette:
    is_dark = window.palette().window().color().lightness() < _DARK_BELOW
    dark = is_dark if scheme == "system" else scheme == "dark"
    look = tokens_for(dark=dark, high_contrast=False)
    result = QPalette()
    result.setColor(QPalette.ColorRole.Window, QColor(look.background))
    result.setColor(QPalette.ColorRole.WindowText, QColor(look.text))
    result.setColor(QPalette.ColorRole.Base, QColor(look.surface))
    result.setColor(QPalette.ColorRole.Mid, QColor(look.line))
    return result


def _paint(window: QWidget, *, sidebar: bool) -> None:
    painter = QPainter(window)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = QFont(window.font())
    font.setPixelSize(FONT_BASE)
    font.setWeight(QFont.Weight.DemiBold)
    painter.setFont(font)
    metrics = QFontMetrics(font)
    baseline = (_HEADER_HEIGHT - metrics.height()) // 2 + metrics.ascent()
    width, height = window.width(), window.height()
    left = SIDEBAR_WIDTH if sidebar and width >= FOLD_BELOW_WIDTH else 0
    colors = window.palette()
    if left:
        _fill(painter, QRectF(0, 0, left, height), colors.base())
        _fill(painter, QRectF(left - 1, 0, 1, height), colors.mid())
        painter.drawText(_NAME_X, baseline, "Sayso")
    painter.drawText(left + _TITLE_X, baseline, "New conversation")
    column = min(COLUMN_WIDTH, width - left - 2 * page_margin(width - left))
    composer = QRectF(
        left + (width - left - column) // 2,
        height - SPACE_16 - _COMPOSER_HEIGHT,
        column,
        _COMPOSER_HEIGHT,
    )
    _fill(painter, composer, colors.mid(), RADIUS_CARD)
    _fill(painter, composer.adjusted(1, 1, -1, -1), colors.base(), RADIUS_CARD - 1)
    painter.end()


def _fill(painter: QPainter, area: QRectF, brush: QBrush, radius: float = 0.0) -> None:
    path = QPainterPath()
    path.addRoundedRect(area, radius, radius)
    painter.fillPath(path, brush)
