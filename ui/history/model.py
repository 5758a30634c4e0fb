"""Past dictations as a Qt model: appended and patched, set anew only for a search. GUI thread."""

from __future__ import annotations

import datetime
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from app.dictation.record import Dictation
from ui.history.state import HistoryView
from ui.history.wording import spoken

Index = QModelIndex | QPersistentModelIndex


class HistoryModel(QAbstractListModel):
    """`more_wanted`: the end of what was listed is near the view."""

    more_wanted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Dictation, ...] = ()
        self._query = ""
        self._has_more = False
        self._is_asking = False

    def show(self, view: HistoryView) -> None:
        """Make the rows these; a view is told only of those that differ."""
        self._has_more = view.has_more
        if view.rows is self.rows:
            return
        self._is_asking = False
        if view.query != self._query or not self.rows:
            self.beginResetModel()
            self._query, self.rows = view.query, view.rows
            self.endResetModel()
        else:
            self._patch(view.rows)

    def row(self, index: Index) -> Dictation | None:
        """The dictation of a row."""
        inside = index.isValid() and index.row() < len(self.rows)
        return self.rows[index.row()] if inside else None

    def index_of(self, dictation_id: str) -> QModelIndex:
        """Where a dictation stands; invalid when it is not listed."""
        for at, row in enumerate(self.rows):
            if row.id == dictation_id:
                return self.index(at)
        return QModelIndex()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.row(index)
        if row is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return spoken(row, datetime.datetime.now().astimezone())
        return None

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._has_more and not self._is_asking

    def fetchMore(self, _parent: Index) -> None:
        self._is_asking = True
        self.more_wanted.emit()

    def _patch(self, rows: tuple[Dictation, ...]) -> None:
        old = self.rows
        shorter = min(len(old), len(rows))
        head = 0
        while head < shorter and old[head].id == rows[head].id:
            head += 1
        tail = 0
        while tail < shorter - head and old[-1 - tail].id == rows[-1 - tail].id:
            tail += 1
        if removed := len(old) - head - tail:
            self.beginRemoveRows(QModelIndex(), head, head + removed - 1)
            self.rows = old[:head] + old[len(old) - tail :]
            self.endRemoveRows()
        if added := len(rows) - head - tail:
            self.beginInsertRows(QModelIndex(), head, head + added - 1)
            self.rows = rows
            self.endInsertRows()
        self.rows = rows
        for at in (*range(head), *range(len(rows) - tail, len(rows))):
            before = old[at] if at < head else old[at - len(rows) + len(old)]
            if before is not rows[at]:
                self.dataChanged.emit(self.index(at), self.index(at))
