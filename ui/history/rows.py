"""How the rows of the history are drawn: words, and below them when, where and how. GUI thread."""

from __future__ import annotations

import datetime

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from app.dictation.record import Dictation
from ui.controls.icons import Icon, draw
from ui.controls.paint import rounded
from ui.controls.row_list import RowDelegate
from ui.history.model import HistoryModel, Index
from ui.history.wording import NEEDS_SOMEBODY, caption, headline, without_words
from ui.theme import colors, font
from ui.tokens import FONT_BASE, FONT_CAPTION, RADIUS_CONTROL, SPACE_4, SPACE_12

ROW_HEIGHT = 56
_ICON_PX = 16


class HistoryDelegate(RowDelegate):
    """`now` is set by the list, as what is pointed at."""

    def __init__(self, model: HistoryModel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self.now = datetime.datetime.now().astimezone()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = self._model.row(index)
        if row is None:
            return
        painter.save()
        self._paint_ground(painter, option.rect, index.row())
        self._paint_words(painter, option.rect, row)
        painter.restore()

    def _paint_ground(self, painter: QPainter, area: QRect, row: int) -> None:
        paint = colors()
        box = QRectF(area).adjusted(0, 1, 0, -1)
        if row == self.pointed:
            rounded(painter, box, RADIUS_CONTROL, fill=paint.raised)
        else:
            painter.fillRect(
                QRectF(area.left() + SPACE_12, area.bottom(), area.width() - 2 * SPACE_12, 1),
                paint.line,
            )
        if row == self.ringed:
            rounded(painter, box, RADIUS_CONTROL, line=paint.accent, line_px=2)

    def _paint_words(self, painter: QPainter, area: QRect, row: Dictation) -> None:
        paint = colors()
        inside = QRectF(area).adjusted(SPACE_12, 0, -SPACE_12, 0)
        if row.outcome in NEEDS_SOMEBODY:
            at = QPointF(inside.right() - _ICON_PX / 2, area.center().y() + 1)
            draw(painter, Icon.WARNING, at, _ICON_PX, paint.warning)
            inside.setRight(inside.right() - _ICON_PX - SPACE_12)
        words = headline(row)
        middle = QRectF(area).center().y()
        upper = QRectF(inside.left(), middle - 20 - 1, inside.width(), 20)
        lower = QRectF(inside.left(), middle + SPACE_4 - 2, inside.width(), 16)
        _line(painter, upper, words or without_words(row), FONT_BASE, strong=bool(words))
        _line(painter, lower, caption(row, self.now), FONT_CAPTION, strong=False)


def _line(painter: QPainter, area: QRectF, text: str, size_px: int, *, strong: bool) -> None:
    painter.setFont(font(size_px))
    painter.setPen(colors().text if strong else colors().quiet)
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(area.width()))
    painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
