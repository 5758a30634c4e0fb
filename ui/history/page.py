"""The page of past dictations: a search, the list, and one of them in detail. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from app.dictation import commands
from app.dictation.record import Dictation
from ui.controls.column import Column, scrolled
from ui.controls.surfaces import Tone, label
from ui.history.details import Details
from ui.history.row_list import HistoryList
from ui.history.state import HistoryView
from ui.tokens import SPACE_8

_TYPING_MS = 150
_NONE_YET = (
    "What you dictate is listed here, with its recording. Hold the dictation key in any program, "
    "speak, and let go."
)
_NONE_FOUND = "No dictation has these words."


class HistoryPage(QWidget):
    """`asked` carries commands."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = HistoryView()
        self.search = QLineEdit()
        self.search.setAccessibleName("Search dictations")
        self.search.setPlaceholderText("Search words, programs, windows")
        self.search.setClearButtonEnabled(True)
        self.list = HistoryList()
        self.details = Details()
        self._empty: QLabel = label("", Tone.QUIET, wrap=True)
        self._scroll = scrolled(self.details, "Dictation")
        self._overview = QWidget()
        column = QVBoxLayout(self._overview)
        column.setContentsMargins(0, SPACE_8, 0, 0)
        column.setSpacing(SPACE_8)
        column.addWidget(Column(self.search, page=self))
        column.addWidget(Column(self._empty, page=self))
        column.addWidget(self.list, 1)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._overview)
        self._stack.addWidget(self._scroll)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._typing.timeout.connect(self._search_now)
        self._connect()

    @property
    def is_detailed(self) -> bool:
        """Whether one dictation is shown rather than the list."""
        return self._stack.currentWidget() is self._scroll

    def open_at(self, dictation_id: str = "") -> None:
        """Begin with the list, or with one dictation if it is listed."""
        self._search_now()
        if dictation_id and self._view.find(dictation_id) is not None:
            self.open(dictation_id)
        else:
            self.close_details()
            self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def open(self, dictation_id: str) -> None:
        """Show one dictation."""
        row = self._view.find(dictation_id)
        if row is None:
            return
        self._show_details(row)
        self._stack.setCurrentWidget(self._scroll)
        self._scroll.verticalScrollBar().setValue(0)
        self.details.take_keyboard(by_pointer=self.list.is_pointed_with)

    def close_details(self) -> bool:
        """Back to the list, where the keyboard was; whether one dictation was shown."""
        was_detailed = self.is_detailed
        if was_detailed:
            self._stack.setCurrentWidget(self._overview)
            self.list.take_keyboard()
        return was_detailed

    def show_state(self, view: HistoryView) -> None:
        """Render the rows."""
        if view is self._view:
            return
        self._view = view
        self.list.show_state(view)
        self._empty.setText(_NONE_FOUND if view.query else _NONE_YET)
        self._empty.setVisible(view.is_known and not view.rows)
        self.list.setVisible(bool(view.rows))
        if not self.is_detailed:
            return
        row = view.find(self.details.shown_id)
        if row is None:
            self.close_details()
        else:
            self._show_details(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.is_detailed:
            self.close_details()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._view.replaying:
            self.asked.emit(commands.StopReplay())

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.search.returnPressed.connect(self._search_now)
        self.list.opened.connect(self.open)
        self.list.delete_asked.connect(self._ask_to_delete)
        self.list.asked.connect(self.asked)
        self.list.entries.more_wanted.connect(self._ask_for_more)
        self.details.asked.connect(self.asked)

    def _show_details(self, row: Dictation) -> None:
        self.details.show_row(row, is_playing=self._view.replaying == row.id)
        self.details.show_lesson(self._view.lesson(row.id))

    def _search_now(self) -> None:
        self._typing.stop()
        self.asked.emit(commands.SearchHistory(self.search.text().strip()))

    def _ask_for_more(self) -> None:
        if self._view.rows:
            self.asked.emit(commands.SearchHistory(self._view.query, self._view.rows[-1].at))

    def _ask_to_delete(self, dictation_id: str) -> None:
        self.open(dictation_id)
        self.details.question.show_question(True)
