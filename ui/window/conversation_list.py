"""The list of conversations: open, and delete after asking in place. GUI thread."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from ui.controls.buttons import Button, IconButton, Kind
from ui.controls.icons import Icon
from ui.controls.row_list import Index, RowList
from ui.controls.surfaces import Card, Ground, label
from ui.tokens import SPACE_4, SPACE_12
from ui.window.conversation_rows import (
    ConversationDelegate,
    ConversationModel,
    items_of,
)

if TYPE_CHECKING:
    from app.conversation.message import ConversationSummary


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


class ConversationList(RowList):
    """Its ids are those of conversations; `deleted` carries one that goes for good."""

    deleted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Conversations", parent)
        self._summaries: tuple[ConversationSummary, ...] = ()
        self._today: datetime.date | None = None
        self._model = ConversationModel(self)
        self._rows = ConversationDelegate(self._model, self)
        self._delete: IconButton | None = None
        self.use(self._model, self._rows, self._id_at, self._fill_menu)
        self.delete_asked.connect(lambda row_id: self.ask_to_delete(self._model.index_of(row_id)))
        self.verticalScrollBar().valueChanged.connect(self.mark)

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
        self.mark()

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

    def first(self) -> QModelIndex:
        """The one that is open, else the newest."""
        opened = self._model.index_of(self._rows.opened_id)
        return opened if opened.isValid() else self._model.index(1)

    def has_keys(self) -> bool:
        """Whether the keyboard is in the list, the button in its row included."""
        return super().has_keys() or (self._delete is not None and self._delete.hasFocus())

    def mark(self) -> None:
        """The button for deleting stands in the row that is meant."""
        super().mark()
        row = self._rows.pointed if self._rows.pointed >= 0 else self._rows.ringed
        index = self._model.index(row)
        if self._model.summary(index) is None or self.indexWidget(index) is not None:
            self._hide_delete()
        else:
            area = self.visualRect(index)
            self.delete_button.move(area.right() - 30, area.top() + (area.height() - 28) // 2)
            self.delete_button.show()

    def _id_at(self, index: Index) -> str:
        summary = self._model.summary(index)
        return summary.id if summary else ""

    def _fill_menu(self, menu: QMenu, row_id: str) -> None:
        menu.addAction("Open", lambda: self.opened.emit(row_id))
        menu.addAction("Delete…", lambda: self.delete_asked.emit(row_id))

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

    def _hide_delete(self) -> None:
        if self._delete is not None:
            self._delete.hide()
