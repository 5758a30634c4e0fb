"""Where one types: grows to six lines, Enter sends, Shift+Enter begins a line. GUI thread.

Pictures that are pasted or dropped are shown to Sayso.
"""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import (
    QDropEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QResizeEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QWidget

from ui.controls.pasting import pastes
from ui.shots import files
from ui.theme import font
from ui.tokens import FONT_TRANSCRIPT

PLACEHOLDER = "Say something, or type it"
_MOST_LINES = 6
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class TextInput(QPlainTextEdit):
    """`submitted` carries the words, trimmed; the field is empty then. `stands_for` is what an
    empty field sends, if anything. `asked` carries the commands of pictures.
    """

    submitted = Signal(str)
    asked = Signal(object)
    focused = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stands_for = ""
        self.setAccessibleName("Message")
        self.setPlaceholderText(PLACEHOLDER)
        self.setFont(font(FONT_TRANSCRIPT))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(0)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    @property
    def words(self) -> str:
        """What is typed, trimmed."""
        return self.toPlainText().strip()

    def submit(self) -> None:
        """Send what is typed, if anything is."""
        if words := self.words or self.stands_for:
            self.clear()
            self.submitted.emit(words)

    def dropEvent(self, event: QDropEvent) -> None:
        if files.is_picture(event.mimeData()):
            self._show(event.mimeData(), "Dropped picture")
            event.acceptProposedAction()
        else:
            super().dropEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.submit()
            return
        revision, start = self.document().revision(), self.textCursor().selectionStart()
        if pastes(self, event):
            QTimer.singleShot(0, self, lambda: self._look_at_paste(revision, start))
        else:
            super().keyPressEvent(event)

    def _look_at_paste(self, revision: int, start: int) -> None:
        """A picture is not words: Qt pasted nothing of it, or the names of its files.

        The clipboard is asked only then. While a dictation is inserted it is another thread's of
        this process, which could not answer.
        """
        if self.document().revision() != revision:
            if not files.are_names(self._written_since(start)):
                return
            self.undo()
        data = QGuiApplication.clipboard().mimeData()
        if files.is_picture(data):
            self._show(data, "Clipboard")
        elif self.document().revision() != revision:
            self.redo()

    def _written_since(self, start: int) -> str:
        cursor = self.textCursor()
        cursor.setPosition(start, QTextCursor.MoveMode.KeepAnchor)
        return cursor.selection().toPlainText()

    def _show(self, data: QMimeData, source: str) -> None:
        for command in files.commands_of(data, source=source):
            self.asked.emit(command)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focused.emit(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        lines = min(max(round(self.document().size().height()), 1), _MOST_LINES)
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 4)
