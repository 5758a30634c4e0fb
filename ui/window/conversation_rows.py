"""The list of conversations as a Qt model, and how its rows are drawn. GUI thread."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from ui import words
from ui.controls.paint import rounded
from ui.controls.row_list import RowDelegate
from ui.theme import colors, font
from ui.tokens import FONT_BASE, FONT_CAPTION, RADIUS_CONTROL, SPACE_8, SPACE_12

if TYPE_CHECKING:
    from app.conversation.message import ConversationSummary

    Item = ConversationSummary | str
    """A conversation, or the heading above some."""

Index = QModelIndex | QPersistentModelIndex

ROW_HEIGHT, HEADING_HEIGHT = 36, 32
_DELETE_PX = 32


def items_of(summaries: tuple[ConversationSummary, ...], today: datetime.date) -> tuple[Item, ...]:
    """Conversations under the day they were last used."""
    items: list[Item] = []
    heading = ""
    for summary in summaries:
        of = words.day(summary.updated_at.astimezone().date(), today)
        if of != heading:
            heading = of
            items.append(of)
        items.append(summary)
    return tuple(items)


class ConversationModel(QAbstractListModel):
    """Headings are rows that cannot be chosen."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._items: tuple[Item, ...] = ()

    def show(self, items: tuple[Item, ...]) -> None:
        """Make the rows these."""
        self.beginResetModel()
        self._items = items
        self.endResetModel()

    def summary(self, index: Index) -> ConversationSummary | None:
        """The conversation of a row, None for a heading."""
        if not index.isValid() or index.row() >= len(self._items):
            return None
        item = self._items[index.row()]
        return None if isinstance(item, str) else item

    def heading(self, index: Index) -> str:
        """The heading of a row, or empty."""
        item = self._items[index.row()]
        return item if isinstance(item, str) else ""

    def index_of(self, conversation_id: str) -> QModelIndex:
        """The row of a conversation; invalid when it has none."""
        for row, item in enumerate(self._items):
            if not isinstance(item, str) and item.id == conversation_id:
                return self.index(row)
        return QModelIndex()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._items)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) if self.summary(index) else Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            summary = self.summary(index)
            return summary.title if summary else self.heading(index)
        return None


class ConversationDelegate(RowDelegate):
    """`opened_id` is set by the list, as what is pointed at."""

    def __init__(self, model: ConversationModel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self.opened_id = ""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        is_row = self._model.summary(index) is not None
        return QSize(120, ROW_HEIGHT if is_row else HEADING_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        summary = self._model.summary(index)
        if summary is None:
            self._paint_heading(painter, option.rect, self._model.heading(index))
        else:
            self._paint_row(painter, option.rect, summary, index.row())
        painter.restore()

    def _paint_heading(self, painter: QPainter, area: QRect, words: str) -> None:
        painter.setPen(colors().quiet)
        painter.setFont(font(FONT_CAPTION))
        inside = area.adjusted(SPACE_12, 0, -SPACE_8, -4)
        painter.drawText(inside, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, words)

    def _paint_row(
        self, painter: QPainter, area: QRect, summary: ConversationSummary, row: int
    ) -> None:
        paint = colors()
        box = QRectF(area).adjusted(0, 1, 0, -1)
        is_open = summary.id == self.opened_id
        if is_open or row == self.pointed:
            rounded(painter, box, RADIUS_CONTROL, fill=paint.raised)
        if row == self.ringed:
            rounded(painter, box, RADIUS_CONTROL, line=paint.accent, line_px=2)
        painter.setFont(font(FONT_BASE))
        painter.setPen(paint.text)
        has_button = row in (self.pointed, self.ringed)
        inside = area.adjusted(SPACE_12, 0, -_DELETE_PX - 4 if has_button else -SPACE_8, 0)
        title = painter.fontMetrics().elidedText(
            " ".join(summary.title.split()), Qt.TextElideMode.ElideRight, inside.width()
        )
        painter.drawText(inside, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)
