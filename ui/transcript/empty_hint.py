"""What an empty conversation shows: a few things that one can say. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from ui.controls.buttons import Ringed
from ui.controls.column import Column
from ui.controls.paint import focus_ring, rounded
from ui.controls.surfaces import Tone, label
from ui.theme import colors
from ui.tokens import RADIUS_CONTROL, SPACE_4, SPACE_8

SUGGESTIONS = (
    "What time is it?",
    "Set a timer for ten minutes",
    "What is 17 percent of 240?",
    "Make a note: call the dentist",
)
_WIDTH = 360


class _Suggestion(Ringed):
    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, 36)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint = colors()
        if self.is_pointed_at() or self.isDown():
            rounded(painter, QRectF(self.rect()), RADIUS_CONTROL, fill=paint.raised)
        painter.setPen(paint.text if self.is_pointed_at() else paint.quiet)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, f"“{self.text()}”")
        if self.ring:
            focus_ring(painter, self, RADIUS_CONTROL)


class EmptyHint(QWidget):
    """`chosen` carries the words that were picked."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = label("What can I do for you?", Tone.TITLE)
        hint = label("Press the round button and talk, or type.", Tone.QUIET)
        for words in (title, hint):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            words.setWordWrap(True)
        middle = QWidget(self)
        inner = QVBoxLayout(middle)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(SPACE_4)
        inner.addWidget(title)
        inner.addWidget(hint)
        inner.addSpacing(SPACE_8)
        for text in SUGGESTIONS:
            suggestion = _Suggestion(text, middle)
            suggestion.clicked.connect(lambda _=False, said=text: self.chosen.emit(said))
            inner.addWidget(suggestion)
        column = QVBoxLayout(self)
        column.addStretch(3)
        column.addWidget(Column(middle, width=_WIDTH))
        column.addStretch(4)
