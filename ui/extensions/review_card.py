"""One thing of others that is shown whole before it is used. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from app.extensions.commands import AnswerReview
from app.extensions.review import Review
from ui.controls.buttons import Button, Kind
from ui.controls.surfaces import Card, Tone, label
from ui.extensions import wording
from ui.theme import code_font
from ui.tokens import SPACE_8, SPACE_16

ARMED_AFTER_MS = 700
"""A press that was meant for something else says nothing."""
_MOST_LINES = 24


class ReviewCard(QWidget):
    """`asked` carries the answer."""

    asked = Signal(object)

    def __init__(self, review: Review, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.review = review
        self.text = QPlainTextEdit(wording.visible(review.text))
        self.text.setReadOnly(True)
        self.text.setProperty("boxed", True)
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setTabChangesFocus(True)
        self.text.setFont(code_font())
        self.text.setAccessibleName(review.title)
        lines = min(review.text.count("\n") + 2, _MOST_LINES)
        self.text.setFixedHeight(lines * self.text.fontMetrics().lineSpacing() + 16)
        self.no = Button("Don’t use", Kind.SECONDARY)
        self.yes = Button(wording.YES[review.kind], Kind.PRIMARY)
        for button in (self.no, self.yes):
            button.setAccessibleDescription(review.title)
        self.yes.setEnabled(False)
        QTimer.singleShot(ARMED_AFTER_MS, self.yes, lambda: self.yes.setEnabled(True))
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.setSpacing(SPACE_8)
        buttons.addWidget(self.no)
        buttons.addWidget(self.yes)
        card = Card()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(SPACE_16, SPACE_16, SPACE_16, SPACE_16)
        inside.setSpacing(SPACE_8)
        inside.addWidget(label(wording.visible(review.title), wrap=True))
        inside.addWidget(self.text)
        inside.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_8)
        column.addWidget(label("Before it is used", Tone.HEADING))
        column.addWidget(card)
        self.no.clicked.connect(lambda: self._answer(yes=False))
        self.yes.clicked.connect(lambda: self._answer(yes=True))

    def _answer(self, *, yes: bool) -> None:
        self.asked.emit(AnswerReview(self.review.id, self.review.digest, yes))
