"""The list of past dictations: search, and open one. GUI thread."""

from __future__ import annotations

import datetime

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QMenu, QWidget

from app.dictation import commands
from app.dictation.record import Dictation
from ui.controls.column import show_handle_when_needed
from ui.controls.paint import has_ring_after
from ui.history.model import HistoryModel
from ui.history.rows import HistoryDelegate
from ui.history.state import HistoryView
from ui.tokens import COLUMN_WIDTH, page_margin

_OPEN_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_MOVES = (
    *(Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End),
    *(Qt.Key.Key_PageUp, Qt.Key.Key_PageDown),
)


class HistoryList(QListView):
    """`opened` carries a dictation's id, `asked` commands; `delete_asked` an id."""

    opened = Signal(str)
    delete_asked = Signal(str)
    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Dictations")
        self.entries = HistoryModel(self)
        self._rows = HistoryDelegate(self.entries, self)
        self._by_keyboard = False
        self.setModel(self.entries)
        self.setItemDelegate(self._rows)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        show_handle_when_needed(self.verticalScrollBar())
        self.verticalScrollBar().setSingleStep(24)

    def show_state(self, view: HistoryView) -> None:
        """Render the rows; the one that has the keyboard keeps it."""
        current = self.entries.row(self.currentIndex())
        self._rows.now = datetime.datetime.now().astimezone()
        self.entries.show(view)
        if current is not None and self.entries.row(self.currentIndex()) is None:
            self.setCurrentIndex(self.entries.index_of(current.id))
        self._mark()

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

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._by_keyboard = False
        index = self.indexAt(event.position().toPoint())
        row = self.entries.row(index)
        if row is not None and event.button() is Qt.MouseButton.LeftButton:
            self.setCurrentIndex(index)
            self.opened.emit(row.id)
        self._mark()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self.indexAt(event.position().toPoint()))

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._point_at(QModelIndex())
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.entries.row(self.currentIndex())
        if event.key() in _MOVES:
            self._by_keyboard = True
            super().keyPressEvent(event)
            self._mark()
        elif row is not None and event.key() in _OPEN_KEYS:
            self.opened.emit(row.id)
        elif row is not None and event.key() == Qt.Key.Key_Delete:
            self.delete_asked.emit(row.id)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self.entries.index(0))
        super().focusInEvent(event)
        self._by_keyboard = has_ring_after(event, self._by_keyboard)
        self._mark()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._mark()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_keys = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_keys else self.indexAt(event.pos())
        row = self.entries.row(index)
        if row is None:
            return
        menu = self._menu(row)
        at = self.visualRect(index).center() if by_keys else event.pos()
        menu.popup(self.viewport().mapToGlobal(at))

    def _menu(self, row: Dictation) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Open", lambda: self.opened.emit(row.id))
        if row.text:
            menu.addAction("Copy", lambda: self.asked.emit(commands.CopyDictation(row.id)))
            menu.addAction("Insert again", lambda: self.asked.emit(commands.InsertAgain(row.id)))
        menu.addAction("Delete…", lambda: self.delete_asked.emit(row.id))
        return menu

    def _point_at(self, index: QModelIndex) -> None:
        row = index.row() if index.isValid() else -1
        if row != self._rows.pointed:
            self._rows.pointed = row
            self._mark()

    def _mark(self) -> None:
        shows = self.hasFocus() and self._by_keyboard
        self._rows.ringed = self.currentIndex().row() if shows else -1
        self.viewport().update()
