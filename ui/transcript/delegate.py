"""Draws the rows of the transcript. GUI thread."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from ui.transcript.model import TranscriptModel
from ui.transcript.rows import Rows

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Selection:
    """Marked text within one row, from where the pointer went down to where it is."""

    entry_id: str
    begin: int
    end: int


class RowDelegate(QStyledItemDelegate):
    """`selection` and `ringed` (a row number, or -1) are set by the view."""

    def __init__(self, model: TranscriptModel, rows: Rows, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._rows = rows
        self.selection: Selection | None = None
        self.ringed = -1

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(self._rows.width, self._rows.height(self._model.entry(index.row())))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry = self._model.entry(index.row())
        marked = self.selection
        span = None
        if marked is not None and marked.entry_id == entry.id and marked.begin != marked.end:
            span = (marked.begin, marked.end)
        painter.save()
        painter.translate(QPointF(option.rect.topLeft()))
        row = self._rows.row(entry)
        row.paint(painter, selection=span, has_ring=index.row() == self.ringed)
        painter.restore()
