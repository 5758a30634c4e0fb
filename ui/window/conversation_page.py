"""The page of the conversation: transcript, a question if there is one, composer. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app import commands
from app.events import ApprovalRequested
from ui.approval import ApprovalCard
from ui.composer.composer import Composer
from ui.controls.column import Column
from ui.tokens import SPACE_8, SPACE_16
from ui.transcript.empty_hint import EmptyHint
from ui.transcript.view import TranscriptView
from ui.view_state import ViewState

_LEAST_TRANSCRIPT_PX = 80


class ConversationPage(QWidget):
    """`asked` carries commands."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._question: ApprovalRequested | None = None
        self.transcript = TranscriptView(self)
        self.hint = EmptyHint(self)
        self.approval = ApprovalCard(self)
        self.composer = Composer(self)
        self._middle = QStackedWidget(self)
        self._middle.addWidget(self.hint)
        self._middle.addWidget(self.transcript)
        self._middle.setMinimumHeight(_LEAST_TRANSCRIPT_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._middle, 1)
        column.addWidget(Column(self.approval, top=SPACE_8, parent=self))
        column.addWidget(Column(self.composer, top=SPACE_8, bottom=SPACE_16, parent=self))
        self.hint.chosen.connect(self._send)
        self.composer.submitted.connect(self._send)
        self.composer.voice.asked.connect(self.asked)
        self.approval.answered.connect(self.asked)
        self.transcript.read_again.connect(
            lambda message_id: self.asked.emit(commands.ReadAgain(message_id))
        )
        self.transcript.retried.connect(lambda: self.asked.emit(commands.Retry()))

    def show_state(self, view: ViewState) -> None:
        """Render the conversation."""
        opened = view.conversation.id if view.conversation else ""
        self.transcript.show_entries(opened, view.entries)
        shown = self.transcript if view.entries else self.hint
        if self._middle.currentWidget() is not shown:
            self._middle.setCurrentWidget(shown)
        self.composer.show_state(view)
        self._ask(view.approval)

    def _ask(self, question: ApprovalRequested | None) -> None:
        if question is self._question:
            return
        self._question = question
        focused = self.focusWidget()
        had_focus = focused is not None and self.approval.isAncestorOf(focused)
        self.approval.show_question(question)
        if question is None:
            if had_focus:
                self.composer.input.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not self.composer.input.words:
            self.approval.no.setFocus(Qt.FocusReason.OtherFocusReason)

    def _send(self, text: str) -> None:
        self.asked.emit(commands.SendText(text))
        self.transcript.scroll_to_end()
        self.composer.input.setFocus(Qt.FocusReason.OtherFocusReason)
