"""The exact arguments of a call, to be read, marked and scrolled. GUI thread."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QTextCharFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QWidget

from ui import words
from ui.theme import code_font, colors

_MOST_LINES = 8


class ArgumentsBox(QPlainTextEdit):
    """All of the text, with hidden characters spelled out."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(code_font())
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(0)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.document().documentLayout().documentSizeChanged.connect(self._fit)

    def show_text(self, text: str, marks: Sequence[tuple[int, int]] = ()) -> None:
        """Show `text` with the parts (begin, end) underlined."""
        self.clear()
        cursor = self.textCursor()
        at = 0
        for begin, end in marks:
            cursor.insertText(words.escaped(text[at:begin]), QTextCharFormat())
            cursor.insertText(words.escaped(text[begin:end]), _underlined())
            at = end
        cursor.insertText(words.escaped(text[at:]), QTextCharFormat())
        self.moveCursor(QTextCursor.MoveOperation.Start)

    @property
    def underlined(self) -> tuple[str, ...]:
        """The parts that are marked, as they are shown."""
        found: list[str] = []
        block = self.document().begin()
        while block.isValid():
            for part in block.textFormats():
                if part.format.fontUnderline():
                    start, length = part.start, part.length
                    found.append(block.text()[start : start + length])
            block = block.next()
        return tuple(found)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        lines = min(max(round(self.document().size().height()), 1), _MOST_LINES)
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 4)


def _underlined() -> QTextCharFormat:
    marked = QTextCharFormat()
    marked.setFontUnderline(True)
    marked.setForeground(colors().warning)
    return marked
