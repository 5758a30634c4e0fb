"""The events of the wire as a list that follows its end. GUI thread."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ui.controls.column import show_handle_when_needed
from ui.controls.paint import rounded
from ui.developer.timeline import STREAMS_AT_ONCE, Row, direction_of, kind_of, size_of
from ui.theme import code_font, colors, font
from ui.tokens import FONT_CAPTION, RADIUS_CONTROL, SPACE_8, SPACE_12

ROW_HEIGHT = 26
_TIME_PX = 64
_ARROW_PX = 20
_SIZE_PX = 64
_AT_END_PX = 4

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class EventModel(QAbstractListModel):
    """The rows that match, oldest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()
        self.began_s = 0.0

    def show(self, rows: tuple[Row, ...], began_s: float, *, anew: bool = False) -> None:
        """Show these; what was shown stays as it is unless all of it is shown `anew`."""
        self.began_s = began_s
        gone = _gone(self.rows, rows)
        if anew or not rows or gone == len(self.rows):
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
            return
        if gone:
            self.beginRemoveRows(QModelIndex(), 0, gone - 1)
            self.rows = self.rows[gone:]
            self.endRemoveRows()
        self._grow(self.rows, rows)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        row = self.rows[index.row()]
        at = f"{row.at_s - self.began_s:.3f} s"
        said = f"{at}, {direction_of(row).value}, {kind_of(row)}, {size_of(row.size_bytes)}"
        return f"{said}: {row.detail}" if row.detail else said

    def _grow(self, old: tuple[Row, ...], rows: tuple[Row, ...]) -> None:
        if len(rows) > len(old):
            self.beginInsertRows(QModelIndex(), len(old), len(rows) - 1)
            self.rows = rows
            self.endInsertRows()
        else:
            self.rows = rows
        first = max(len(old) - STREAMS_AT_ONCE, 0)
        if rows[first : len(old)] != old[first:]:
            self.dataChanged.emit(self.index(first), self.index(len(old) - 1))


def _gone(old: tuple[Row, ...], rows: tuple[Row, ...]) -> int:
    """How many of the old rows are forgotten."""
    first = rows[0].number if rows else 0
    return next((at for at, row in enumerate(old) if row.number >= first), len(old))


class EventRows(QStyledItemDelegate):
    """Time, direction, kind, size, and a few words where there is room."""

    def __init__(self, model: EventModel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = self._model.rows[index.row()]
        paint = colors()
        area = QRectF(option.rect).adjusted(SPACE_12, 0, -SPACE_12, 0)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            rounded(
                painter, QRectF(option.rect).adjusted(4, 1, -4, -1), RADIUS_CONTROL,
                fill=paint.raised,
            )  # fmt: skip
        painter.setFont(code_font(FONT_CAPTION))
        painter.setPen(paint.quiet)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        time = QRectF(area.left(), area.top(), _TIME_PX, area.height())
        painter.drawText(time, right, f"{row.at_s - self._model.began_s:.3f}")
        size = QRectF(area.right() - _SIZE_PX, area.top(), _SIZE_PX, area.height())
        painter.drawText(size, right, size_of(row.size_bytes))
        arrow = QRectF(time.right() + SPACE_8, area.top(), _ARROW_PX, area.height())
        painter.setFont(font(FONT_CAPTION))
        painter.setPen(paint.accent if row.sent else paint.text)
        painter.drawText(arrow, left, "↑" if row.sent else "↓")
        words = QRectF(arrow.right(), area.top(), size.left() - arrow.right() - SPACE_8, ROW_HEIGHT)
        self._paint_words(painter, words, row)
        painter.restore()

    def _paint_words(self, painter: QPainter, area: QRectF, row: Row) -> None:
        paint = colors()
        kind = kind_of(row)
        is_failure = "error" in row.kind or row.kind.endswith(".failed")
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        middle = Qt.TextElideMode.ElideMiddle
        metrics = QFontMetricsF(font(FONT_CAPTION))
        painter.setFont(font(FONT_CAPTION))
        painter.setPen(paint.danger if is_failure else paint.text)
        painter.drawText(area, left, metrics.elidedText(kind, middle, area.width()))
        room = area.adjusted(metrics.horizontalAdvance(kind) + SPACE_12, 0, 0, 0)
        if row.detail and room.width() > 40:
            painter.setPen(paint.quiet)
            elided = Qt.TextElideMode.ElideRight
            painter.drawText(room, left, metrics.elidedText(row.detail, elided, room.width()))


class EventList(QListView):
    """`copied` when the keyboard asks for the marked rows. Follows its end while it is there."""

    copied = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Events")
        self.entries = EventModel(self)
        self.setModel(self.entries)
        self.setItemDelegate(EventRows(self.entries, self))
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setTabKeyNavigation(False)
        self._follows = True
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        show_handle_when_needed(self.verticalScrollBar())

    def show_rows(self, rows: tuple[Row, ...], began_s: float, *, anew: bool = False) -> None:
        """Show these; `anew` where others are wanted now."""
        follows = self._follows
        self.entries.show(rows, began_s, anew=anew)
        if follows:
            self.scrollToBottom()
            self._follows = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        follows = self._follows
        super().resizeEvent(event)
        if follows:
            self.scrollToBottom()
            self._follows = True

    def _on_scrolled(self, value: int) -> None:
        self._follows = value >= self.verticalScrollBar().maximum() - _AT_END_PX

    @property
    def marked(self) -> tuple[Row, ...]:
        """The rows that are selected, in order."""
        at = sorted(index.row() for index in self.selectionModel().selectedRows())
        return tuple(self.entries.rows[row] for row in at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copied.emit()
        else:
            super().keyPressEvent(event)
