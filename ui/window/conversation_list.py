"""The list of conversations: open, and delete after asking in place. GUI thread."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListView, QMenu, QWidget

from ui.controls.buttons import Button, IconButton, Kind
from ui.controls.icons import Icon
from ui.controls.paint import has_ring_after
from ui.controls.surfaces import Card, Ground, label
from ui.tokens import SPACE_4, SPACE_12
from ui.window.conversation_rows import (
    ConversationDelegate,
    ConversationModel,
    Index,
    items_of,
)

if TYPE_CHECKING:
    from app.conversation.message import ConversationSummary

_OPEN_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End)


class _Question(Card):
    """Asks in place of the row whether it goes for good."""

    answered = Signal(bool)

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(Ground.RAISED, parent)
        self.setAccessibleName(f"Delete “{title}”?")
        self.keep = Button("Keep", Kind.QUIET, parent=self, height=26)
        self.delete = Button("Delete", Kind.DANGER, parent=self, height=26)
        self.keep.setAccessibleName(f"Keep “{title}”")
        self.delete.setAccessibleName(f"Delete “{title}”")
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_12, 0, SPACE_4 + 1, 0)
        row.setSpacing(SPACE_4)
        row.addWidget(label("Delete?"), 1)
        row.addWidget(self.keep)
        row.addWidget(self.delete)
        self.keep.clicked.connect(lambda: self.answered.emit(False))
        self.delete.clicked.connect(lambda: self.answered.emit(True))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.answered.emit(False)
        else:
            super().keyPressEvent(event)


class ConversationList(QListView):
    """`opened` and `deleted` carry the conversation's id."""

    opened = Signal(str)
    deleted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Conversations")
        self._summaries: tuple[ConversationSummary, ...] = ()
        self._today: datetime.date | None = None
        self._model = ConversationModel(self)
        self._rows = ConversationDelegate(self._model, self)
        self._by_keyboard = False
        self.setModel(self._model)
        self.setItemDelegate(self._rows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self._delete: IconButton | None = None
        self.verticalScrollBar().valueChanged.connect(self._mark)

    @property
    def delete_button(self) -> IconButton:
        """In the row that is pointed at. Made late: the first `viewport()` takes long."""
        if self._delete is None:
            self._delete = IconButton(
                Icon.DELETE, "Delete conversation", size=28, parent=self.viewport()
            )
            self._delete.clicked.connect(self._ask_about_marked)
            self._delete.hide()
            self.setTabOrder(self, self._delete)
        return self._delete

    def show_conversations(
        self, summaries: tuple[ConversationSummary, ...], opened_id: str, today: datetime.date
    ) -> None:
        """Show these, newest first, with the open one marked."""
        if summaries != self._summaries or today != self._today:
            current = self._model.summary(self.currentIndex())
            self._summaries, self._today = summaries, today
            self._rows.pointed = -1
            self._model.show(items_of(summaries, today))
            if current is not None:
                self.setCurrentIndex(self._model.index_of(current.id))
        if opened_id != self._rows.opened_id:
            self._rows.opened_id = opened_id
        self._mark()

    def ask_to_delete(self, index: Index) -> None:
        """Ask in the row's place."""
        summary = self._model.summary(index)
        if summary is None or self.indexWidget(index) is not None:
            return
        question = _Question(summary.title, self)
        question.answered.connect(lambda yes: self._on_answer(summary.id, yes))
        self._hide_delete()
        self.setIndexWidget(index, question)
        question.keep.setFocus(Qt.FocusReason.OtherFocusReason)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._by_keyboard = False
        index = self.indexAt(event.position().toPoint())
        summary = self._model.summary(index)
        if summary is not None and event.button() is Qt.MouseButton.LeftButton:
            self.setCurrentIndex(index)
            self.opened.emit(summary.id)
        self._mark()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self.indexAt(event.position().toPoint()))

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._point_at(QModelIndex())
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        summary = self._model.summary(self.currentIndex())
        if event.key() in _OPEN_KEYS and summary is not None:
            self.opened.emit(summary.id)
        elif event.key() == Qt.Key.Key_Delete:
            self.ask_to_delete(self.currentIndex())
        elif event.key() in _MOVES:
            self._by_keyboard = True
            super().keyPressEvent(event)
            self._mark()
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        if not self.currentIndex().isValid():
            opened = self._model.index_of(self._rows.opened_id)
            self.setCurrentIndex(opened if opened.isValid() else self._model.index(1))
        super().focusInEvent(event)
        self._by_keyboard = has_ring_after(event, self._by_keyboard)
        self._mark()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._mark()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_keys = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_keys else self.indexAt(event.pos())
        summary = self._model.summary(index)
        if summary is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Open", lambda: self.opened.emit(summary.id))
        menu.addAction("Delete…", lambda: self.ask_to_delete(self._model.index_of(summary.id)))
        at = self.visualRect(index).center() if by_keys else event.pos()
        menu.popup(self.viewport().mapToGlobal(at))

    def _on_answer(self, conversation_id: str, yes: bool) -> None:
        index = self._model.index_of(conversation_id)
        if index.isValid():
            self.setIndexWidget(index, None)  # type: ignore[arg-type]
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        if yes:
            self.deleted.emit(conversation_id)

    def _ask_about_marked(self) -> None:
        row = self._rows.pointed if self._rows.pointed >= 0 else self.currentIndex().row()
        self.ask_to_delete(self._model.index(row))

    def _point_at(self, index: QModelIndex) -> None:
        row = index.row() if self._model.summary(index) else -1
        if row != self._rows.pointed:
            self._rows.pointed = row
            self._mark()

    def _mark(self) -> None:
        has_keys = self.hasFocus() or (self._delete is not None and self._delete.hasFocus())
        self._rows.ringed = self.currentIndex().row() if has_keys and self._by_keyboard else -1
        row = self._rows.pointed if self._rows.pointed >= 0 else self._rows.ringed
        index = self._model.index(row)
        if self._model.summary(index) is None or self.indexWidget(index) is not None:
            self._hide_delete()
        else:
            area = self.visualRect(index)
            self.delete_button.move(area.right() - 30, area.top() + (area.height() - 28) // 2)
            self.delete_button.show()
        self.viewport().update()

    def _hide_delete(self) -> None:
        if self._delete is not None:
            self._delete.hide()
