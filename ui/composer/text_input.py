"""Where one types: grows to six lines, Enter sends, Shift+Enter begins a line. GUI thread.

Pictures that are pasted or dropped are shown to Sayso.
"""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
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

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return files.is_picture(source) or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        if files.is_picture(source):
            for command in files.commands_of(source, source="Clipboard"):
                self.asked.emit(command)
        else:
            super().insertFromMimeData(source)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.submit()
            return
        if not pastes(self, event):
            super().keyPressEvent(event)

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
