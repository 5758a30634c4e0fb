"""The list of past dictations: search, and open one. GUI thread."""

from __future__ import annotations

import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.dictation import commands
from ui.controls.column import show_handle_when_needed
from ui.controls.row_list import Index, RowList
from ui.history.model import HistoryModel
from ui.history.rows import HistoryDelegate
from ui.history.state import HistoryView
from ui.tokens import COLUMN_WIDTH, page_margin


class HistoryList(RowList):
    """Its ids are those of dictations; `asked` carries commands."""

    asked = Signal(object)
    moves = (*RowList.moves, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Dictations", parent)
        self.entries = HistoryModel(self)
        self._rows = HistoryDelegate(self.entries, self)
        self.use(self.entries, self._rows, self._id_at, self._fill_menu)
        self.setUniformItemSizes(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        show_handle_when_needed(self.verticalScrollBar())
        self.verticalScrollBar().setSingleStep(24)

    def show_state(self, view: HistoryView) -> None:
        """Render the rows; the one that has the keyboard keeps it."""
        current = self.entries.row(self.currentIndex())
        self._rows.now = datetime.datetime.now().astimezone()
        self.entries.show(view)
        if current is not None and self.entries.row(self.currentIndex()) is None:
            self.setCurrentIndex(self.entries.index_of(current.id))
        self.mark()

    @property
    def is_pointed_with(self) -> bool:
        """Whether the pointer was used last, and not the keyboard."""
        return not self._by_keyboard

    def take_keyboard(self) -> None:
        """Go on where the keyboard was."""
        reason = Qt.FocusReason
        self.setFocus(reason.OtherFocusReason if self._by_keyboard else reason.MouseFocusReason)

    def updateGeometries(self) -> None:
        margin = page_margin(self.width())
        left = (self.width() - min(COLUMN_WIDTH, self.width() - 2 * margin)) // 2
        bar = self.verticalScrollBar()
        self.setViewportMargins(left, 0, max(left - bar.sizeHint().width(), 0), 0)
        super().updateGeometries()

    def _id_at(self, index: Index) -> str:
        row = self.entries.row(index)
        return row.id if row else ""

    def _fill_menu(self, menu: QMenu, row_id: str) -> None:
        row = self.entries.row(self.entries.index_of(row_id))
        menu.addAction("Open", lambda: self.opened.emit(row_id))
        if row is not None and row.text:
            menu.addAction("Copy", lambda: self.asked.emit(commands.CopyDictation(row_id)))
            menu.addAction("Insert again", lambda: self.asked.emit(commands.InsertAgain(row_id)))
        menu.addAction("Delete…", lambda: self.delete_asked.emit(row_id))
