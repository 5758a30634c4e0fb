"""A quiet question under a corrected text: is this to be remembered? GUI thread."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.dictation.lesson import Proposal
from ui.announce import announce
from ui.controls.buttons import Button, Kind
from ui.controls.surfaces import Tone, label
from ui.history.wording import lesson
from ui.tokens import SPACE_8

_BUTTON_HEIGHT = 28


class LessonRow(QWidget):
    """Hidden while there is nothing to ask. `answered` carries the proposal and the answer."""

    answered = Signal(object, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._proposal: Proposal | None = None
        self.words = label("", Tone.QUIET, wrap=True)
        self.yes = Button("Yes", Kind.SECONDARY, height=_BUTTON_HEIGHT)
        self.no = Button("No", Kind.QUIET, height=_BUTTON_HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_8)
        row.addWidget(self.words, 1)
        row.addWidget(self.yes)
        row.addWidget(self.no)
        self.yes.clicked.connect(lambda: self._answer(True))
        self.no.clicked.connect(lambda: self._answer(False))
        self.hide()

    @property
    def has_focus(self) -> bool:
        """Whether the keyboard is in it."""
        return self.yes.hasFocus() or self.no.hasFocus()

    def show_proposal(self, proposal: Proposal | None) -> None:
        """Ask about this one, or nothing."""
        is_new = proposal is not None and proposal != self._proposal
        self._proposal = proposal
        if proposal is not None:
            question = lesson(proposal)
            self.words.setText(question)
            self.yes.setAccessibleName(f"Yes. {question}")
            self.no.setAccessibleName(f"No. {question}")
        self.setVisible(proposal is not None)
        if is_new:
            announce(self, self.words.text())

    def _answer(self, yes: bool) -> None:
        if self._proposal is not None:
            self.answered.emit(self._proposal, yes)
