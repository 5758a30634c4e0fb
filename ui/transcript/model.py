"""The rows of the transcript as a Qt model: patched and appended, never set anew. GUI thread."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from ui.transcript import blocks
from ui.view_entries import Entry

Index = QModelIndex | QPersistentModelIndex


class TranscriptModel(QAbstractListModel):
    """`show` compares with what is there and tells the view only of the rows that differ."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()
        self._conversation = ""

    def entry(self, row: int) -> Entry:
        """The row's content."""
        return self._entries[row]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All rows."""
        return self._entries

    def show(self, conversation_id: str, entries: tuple[Entry, ...]) -> None:
        """Make the rows these. Only another conversation replaces them as a whole."""
        if conversation_id != self._conversation and not _go_on(self._entries, entries):
            self.beginResetModel()
            self._conversation, self._entries = conversation_id, entries
            self.endResetModel()
            return
        self._conversation = conversation_id
        if entries is not self._entries:
            self._patch(entries)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._entries):
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return blocks.spoken_text(self._entries[index.row()])
        return None

    def _patch(self, entries: tuple[Entry, ...]) -> None:
        old = self._entries
        shorter = min(len(old), len(entries))
        head = 0
        while head < shorter and old[head] is entries[head]:
            head += 1
        tail = 0
        while tail < shorter - head and old[-1 - tail] is entries[-1 - tail]:
            tail += 1
        changed = shorter - head - tail
        removed = len(old) - head - tail - changed
        added = len(entries) - head - tail - changed
        if removed:
            first = head + changed
            self.beginRemoveRows(QModelIndex(), first, first + removed - 1)
            self._entries = old[:first] + old[first + removed :]
            self.endRemoveRows()
        if added:
            first = head + changed
            self.beginInsertRows(QModelIndex(), first, first + added - 1)
            self._entries = old[:first] + entries[first : first + added] + old[first:]
            self.endInsertRows()
        self._entries = entries
        if changed:
            self.dataChanged.emit(self.index(head), self.index(head + changed - 1))


def _go_on(shown: tuple[Entry, ...], entries: tuple[Entry, ...]) -> bool:
    """Whether these rows are the shown ones and more: a new conversation got its first row."""
    return bool(shown) and bool(entries) and shown[0].id == entries[0].id
