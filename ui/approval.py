"""The card that asks for a person's yes before a tool runs. GUI thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QTextOption
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from app import commands
from ui import words
from ui.announce import announce
from ui.controls.buttons import Button, Kind
from ui.controls.surfaces import Card, Edge, Ground, Tone, label
from ui.theme import code_font
from ui.tokens import SPACE_8, SPACE_12, SPACE_16

if TYPE_CHECKING:
    from app.events import ApprovalRequested

ARM_AFTER_MS = 700
"""Yes cannot be pressed sooner: nobody agrees by a click or key meant for something else."""

_MOST_LINES = 8


class _Arguments(QPlainTextEdit):
    """All of the arguments, to be read, marked and scrolled; hidden characters are spelled out."""

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

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        lines = min(max(round(self.document().size().height()), 1), _MOST_LINES)
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + 4)


class ApprovalCard(Card):
    """No is the default, and what Escape means."""

    answered = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._asked: ApprovalRequested | None = None
        self.set_edge(Edge.ACCENT)
        self._question = label(tone=Tone.HEADING, wrap=True)
        self._tool = label(tone=Tone.CAPTION)
        self._box = Card(Ground.RAISED, self)
        self._arguments = _Arguments(self._box)
        self._by_voice = label("or say yes", Tone.QUIET)
        self.no = Button("No", Kind.SECONDARY, parent=self)
        self.yes = Button("Yes", Kind.PRIMARY, parent=self)
        self._arm = QTimer(self, singleShot=True, interval=ARM_AFTER_MS)
        self._arm.timeout.connect(lambda: self.yes.setEnabled(True))
        self._lay_out()
        self.no.clicked.connect(lambda: self._answer(False))
        self.yes.clicked.connect(lambda: self._answer(True))
        self.hide()

    def show_question(self, asked: ApprovalRequested | None) -> None:
        """Ask this, or nothing."""
        if asked is self._asked:
            return
        self._asked = asked
        self._arm.stop()
        self.yes.setEnabled(False)
        if asked is None:
            self.hide()
            return
        self._question.setText(words.escaped(asked.question))
        self._tool.setText(f"{words.sentence(asked.tool)}, with exactly this:")
        self._arguments.setPlainText(words.escaped(asked.arguments))
        self._arguments.setAccessibleName(f"Arguments of {words.sentence(asked.tool)}")
        self._by_voice.setVisible(asked.by_voice)
        self.setAccessibleName(asked.question)
        self.show()
        self._arm.start()
        hint = " Say yes or no." if asked.by_voice else ""
        announce(self, f"{asked.question}{hint}", urgent=True)

    @property
    def shown_arguments(self) -> str:
        """What the card shows of the arguments: all of it."""
        return self._arguments.toPlainText()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._answer(False)
        else:
            super().keyPressEvent(event)

    def _answer(self, yes: bool) -> None:
        if self._asked is not None:
            self.answered.emit(commands.Answer(self._asked.request_id, yes))

    def _lay_out(self) -> None:
        inside = QVBoxLayout(self._box)
        inside.setContentsMargins(SPACE_12, SPACE_8, SPACE_8, SPACE_8)
        inside.addWidget(self._arguments)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_8)
        buttons.addWidget(self._by_voice, 1)
        buttons.addStretch()
        buttons.addWidget(self.no)
        buttons.addWidget(self.yes)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_16, SPACE_16, SPACE_16, SPACE_12)
        column.setSpacing(SPACE_8)
        column.addWidget(self._question)
        column.addWidget(self._tool)
        column.addWidget(self._box)
        column.addSpacing(SPACE_8)
        column.addLayout(buttons)
