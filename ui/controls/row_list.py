"""A list of rows that can be opened: what the pointer and the keyboard do in it. GUI thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QMenu, QStyledItemDelegate, QWidget

from ui.controls.paint import has_ring_after

Index = QModelIndex | QPersistentModelIndex

_OPEN_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class RowDelegate(QStyledItemDelegate):
    """`pointed` and `ringed` are row numbers, or -1; the list sets them."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.pointed = -1
        self.ringed = -1


class RowList(QListView):
    """`opened` and `delete_asked` carry a row's id. A row has a ring once a key was used."""

    opened = Signal(str)
    delete_asked = Signal(str)
    moves: tuple[Qt.Key, ...] = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End)
    """The keys that go to another row."""

    def __init__(self, name: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self._by_keyboard = False

    def use(
        self,
        model: QAbstractItemModel,
        delegate: RowDelegate,
        id_at: Callable[[Index], str],
        fill: Callable[[QMenu, str], None],
    ) -> None:
        """Show the rows of `model` as `delegate` paints them.

        `id_at` names what can be opened at a place, empty where nothing can; `fill` puts into a
        menu what can be done with a row.
        """
        self._delegate = delegate
        self._id_at = id_at
        self._fill = fill
        self.setModel(model)
        self.setItemDelegate(delegate)

    def first(self) -> QModelIndex:
        """Where the keyboard begins."""
        return self.model().index(0, 0)

    def has_keys(self) -> bool:
        """Whether the keyboard is in the list."""
        return self.hasFocus()

    def mark(self) -> None:
        """Paint anew which row is pointed at, and which has the keyboard."""
        shows = self._by_keyboard and self.has_keys()
        self._delegate.ringed = self.currentIndex().row() if shows else -1
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._by_keyboard = False
        index = self.indexAt(event.position().toPoint())
        row_id = self._id_at(index)
        if row_id and event.button() is Qt.MouseButton.LeftButton:
            self.setCurrentIndex(index)
            self.opened.emit(row_id)
        self.mark()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self.indexAt(event.position().toPoint()))

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._point_at(QModelIndex())
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row_id = self._id_at(self.currentIndex())
        if event.key() in self.moves:
            self._by_keyboard = True
            super().keyPressEvent(event)
            self.mark()
        elif row_id and event.key() in _OPEN_KEYS:
            self.opened.emit(row_id)
        elif row_id and event.key() == Qt.Key.Key_Delete:
            self.delete_asked.emit(row_id)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self.first())
        super().focusInEvent(event)
        self._by_keyboard = has_ring_after(event, self._by_keyboard)
        self.mark()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.mark()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_keys = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_keys else self.indexAt(event.pos())
        if not (row_id := self._id_at(index)):
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill(menu, row_id)
        at = self.visualRect(index).center() if by_keys else event.pos()
        menu.popup(self.viewport().mapToGlobal(at))

    def _point_at(self, index: QModelIndex) -> None:
        row = index.row() if self._id_at(index) else -1
        if row != self._delegate.pointed:
            self._delegate.pointed = row
            self.mark()
