"""The page of the conversation: transcript, a question if there is one, composer. GUI thread.

Transcript and question are made when they are first wanted: the first frame does not wait for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app import commands
from app.knowledge.commands import OpenSource
from ui.composer.composer import Composer
from ui.controls.column import Column
from ui.controls.focus import put_before
from ui.shots import files
from ui.shots.shown import attached
from ui.tokens import SPACE_8, SPACE_16
from ui.transcript.empty_hint import EmptyHint
from ui.view_state import ViewState

if TYPE_CHECKING:
    from app.events import ApprovalRequested
    from ui.approval import ApprovalCard
    from ui.products.card import ProductCard
    from ui.transcript.view import TranscriptView

_LEAST_TRANSCRIPT_PX = 80


class ConversationPage(QWidget):
    """`asked` carries commands, `link_opened` addresses of the web, `copied` text.

    `picture_opened` carries a target of `ui.shots.shown`, `preview_opened` a pending shot's id.
    """

    asked = Signal(object)
    link_opened = Signal(str)
    copied = Signal(str)
    picture_opened = Signal(str)
    preview_opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._question: ApprovalRequested | None = None
        self._transcript: TranscriptView | None = None
        self._approval: ApprovalCard | None = None
        self._products: ProductCard | None = None
        self.hint = EmptyHint(self)
        self.composer = Composer(self)
        self._middle = QStackedWidget(self)
        self._middle.addWidget(self.hint)
        self._middle.setMinimumHeight(_LEAST_TRANSCRIPT_PX)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._middle, 1)
        self._column.addWidget(Column(self.composer, top=SPACE_8, bottom=SPACE_16, parent=self))
        self.hint.chosen.connect(self._send)
        self.composer.submitted.connect(self._send)
        self.composer.voice.asked.connect(self.asked)
        self.composer.asked.connect(self.asked)
        self.composer.picture_opened.connect(
            lambda shot_id: self.picture_opened.emit(attached(shot_id))
        )
        self.composer.preview_opened.connect(self.preview_opened)
        self.setAcceptDrops(True)

    @property
    def transcript(self) -> TranscriptView:
        """The messages."""
        if self._transcript is None:
            from ui.transcript.view import TranscriptView

            made = self._transcript = TranscriptView(self)
            self._middle.addWidget(made)
            put_before(self._approval or self.composer, made)
            made.link_opened.connect(self.link_opened)
            made.copied.connect(self.copied)
            made.picture_opened.connect(self.picture_opened)
            made.read_again.connect(lambda message: self.asked.emit(commands.ReadAgain(message)))
            made.retried.connect(lambda: self.asked.emit(commands.Retry()))
            made.take_retried.connect(lambda take: self.asked.emit(commands.RetryTake(take)))
            made.take_discarded.connect(lambda take: self.asked.emit(commands.DiscardTake(take)))
            made.source_opened.connect(
                lambda source: self.asked.emit(OpenSource(source.file, source.page, source.line))
            )
        return self._transcript

    @property
    def approval(self) -> ApprovalCard:
        """The question to answer with yes or no."""
        if self._approval is None:
            from ui.approval import ApprovalCard

            made = self._approval = ApprovalCard(self)
            self._column.insertWidget(1, Column(made, top=SPACE_8, parent=self))
            put_before(self.composer, made)
            made.answered.connect(self.asked)
        return self._approval

    @property
    def products(self) -> ProductCard:
        """What can be taken along."""
        if self._products is None:
            from ui.products.card import ProductCard

            made = self._products = ProductCard(self)
            self._column.insertWidget(1, Column(made, top=SPACE_8, parent=self))
            put_before(self._approval or self.composer, made)
            made.asked.connect(self.asked)
        return self._products

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if files.is_picture(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for command in files.commands_of(event.mimeData(), source="Dropped picture"):
            self.asked.emit(command)
        event.acceptProposedAction()

    def lay_out_again(self) -> None:
        """The look has changed."""
        if self._transcript is not None:
            self._transcript.lay_out_again()

    def show_state(self, view: ViewState) -> None:
        """Render the conversation."""
        opened = view.conversation.id if view.conversation else ""
        if view.entries or self._transcript is not None:
            self.transcript.show_entries(opened, view.entries)
        self._middle.setCurrentWidget(self.transcript if view.entries else self.hint)
        self.composer.show_state(view)
        if view.products.offers or self._products is not None:
            self.products.show_products(view.products)
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
        if self._transcript is not None:
            self._transcript.scroll_to_end()
        self.composer.input.setFocus(Qt.FocusReason.OtherFocusReason)
