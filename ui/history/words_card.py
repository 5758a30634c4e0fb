"""Words of a dictation in a card, with what can be done with them. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from ui.controls.buttons import Button, Kind
from ui.controls.column import show_handle_when_needed
from ui.controls.pasting import pastes
from ui.controls.surfaces import Card, Edge, Tone, label
from ui.theme import font
from ui.tokens import FONT_TRANSCRIPT, SPACE_8, SPACE_12, SPACE_16

_MOST_LINES = 12
_BUTTON_HEIGHT = 28


class _Words(QPlainTextEdit):
    """Grows with its text up to twelve lines."""

    escaped = Signal()

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFont(font(FONT_TRANSCRIPT))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setReadOnly(True)
        self.document().setDocumentMargin(0)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        show_handle_when_needed(self.verticalScrollBar())
        self.document().documentLayout().documentSizeChanged.connect(self._fit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not self.isReadOnly():
            self.escaped.emit()
            return
        if self.isReadOnly() and event.key() == Qt.Key.Key_Escape:
            event.ignore()
            return
        if not pastes(self, event):
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        lines = min(max(round(self.document().size().height()), 1), _MOST_LINES)
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 4)


class WordsCard(QWidget):
    """A heading, the words, and a row of buttons. `corrected` carries the new words."""

    corrected = Signal(str)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept = ""
        self.offered: list[Button] = []
        self.words = _Words(title, self)
        self.save = Button("Save", Kind.PRIMARY, height=_BUTTON_HEIGHT)
        self.cancel = Button("Cancel", Kind.QUIET, height=_BUTTON_HEIGHT)
        self._card = Card()
        inside = QVBoxLayout(self._card)
        inside.setContentsMargins(SPACE_16, SPACE_12, SPACE_12, SPACE_12)
        inside.setSpacing(SPACE_12)
        inside.addWidget(self.words)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(SPACE_8)
        self._buttons.addWidget(self.save)
        self._buttons.addWidget(self.cancel)
        self._buttons.addStretch()
        inside.addLayout(self._buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_8)
        self.title = label(title, Tone.HEADING)
        column.addWidget(self.title)
        column.addWidget(self._card)
        self.save.clicked.connect(self._save)
        self.cancel.clicked.connect(self.end_edit)
        self.words.escaped.connect(self.end_edit)
        self.end_edit()

    def add(self, text: str, name: str, kind: Kind = Kind.SECONDARY) -> Button:
        """One more button; `name` is what a screen reader says."""
        button = Button(text, kind, height=_BUTTON_HEIGHT)
        button.setAccessibleName(name)
        self._buttons.insertWidget(len(self.offered), button)
        self.offered.append(button)
        return button

    def show_words(self, text: str) -> None:
        """Show these, unless they are being corrected."""
        self._kept = text
        if not self.is_editing and self.words.toPlainText() != text:
            self.words.setPlainText(text)

    @property
    def is_editing(self) -> bool:
        """Whether the words can be changed now."""
        return not self.words.isReadOnly()

    def edit(self) -> None:
        """Let the words be changed, until Save, Cancel or Escape."""
        self._show_editing(True)
        self.words.setFocus(Qt.FocusReason.OtherFocusReason)

    def end_edit(self) -> None:
        """Show the words as they are kept."""
        had_focus = self.words.hasFocus() or self.save.hasFocus() or self.cancel.hasFocus()
        self._show_editing(False)
        self.show_words(self._kept)
        if had_focus and self.offered:
            self.offered[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _save(self) -> None:
        text = self.words.toPlainText().strip()
        is_other = bool(text) and text != self._kept
        if is_other:
            self._kept = text
        self.end_edit()
        if is_other:
            self.corrected.emit(text)

    def _show_editing(self, on: bool) -> None:
        self.words.setReadOnly(not on)
        self._card.set_edge(Edge.ACCENT if on else Edge.LINE)
        for button in (self.save, self.cancel):
            button.setVisible(on)
        for action in self.offered:
            action.setVisible(not on)
