"""The conversations at the left, and the ways to the other pages. GUI thread."""

from __future__ import annotations

import datetime

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.controls.buttons import Button, IconButton, Kind
from ui.controls.icons import Icon
from ui.controls.paint import rounded
from ui.controls.surfaces import ElidedLabel, Tone
from ui.theme import colors
from ui.tokens import SIDEBAR_WIDTH, SPACE_4, SPACE_8, SPACE_12
from ui.view_state import ViewState
from ui.window.conversation_list import ConversationList


class Sidebar(QWidget):
    """240 px of conversations."""

    new_asked = Signal()
    history_asked = Signal()
    tools_asked = Signal()
    knowledge_asked = Signal()
    help_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(SIDEBAR_WIDTH)
        title = ElidedLabel(Tone.HEADING, self)
        title.show_text("Sayso")
        self.new = IconButton(Icon.NEW, "New conversation", keys="Ctrl+N", parent=self)
        self.list = ConversationList(self)
        self.history = Button("Dictations", Kind.QUIET, icon=Icon.HISTORY, parent=self)
        self.knowledge = Button("Knowledge", Kind.QUIET, icon=Icon.KNOWLEDGE, parent=self)
        self.tools = Button("Tools", Kind.QUIET, icon=Icon.TOOLS, parent=self)
        self.help = Button("Help", Kind.QUIET, icon=Icon.HELP, parent=self)
        top = QHBoxLayout()
        top.setContentsMargins(SPACE_12, 0, 0, 0)
        top.addWidget(title, 1)
        top.addWidget(self.new)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_8, 10, SPACE_8 + 1, SPACE_8)
        column.setSpacing(SPACE_4)
        column.addLayout(top)
        column.addWidget(self.list, 1)
        column.addWidget(self.history)
        column.addWidget(self.knowledge)
        column.addWidget(self.tools)
        column.addWidget(self.help)
        self.new.clicked.connect(self.new_asked)
        self.history.clicked.connect(self.history_asked)
        self.knowledge.clicked.connect(self.knowledge_asked)
        self.tools.clicked.connect(self.tools_asked)
        self.help.clicked.connect(self.help_asked)

    def show_state(self, view: ViewState) -> None:
        """Render the conversations there are."""
        opened = view.conversation.id if view.conversation else ""
        today = datetime.datetime.now().astimezone().date()
        self.list.show_conversations(view.conversations, opened, today)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint = colors()
        area, width = QRectF(self.rect()), paint.border_px
        rounded(painter, area, 0, fill=paint.surface)
        rounded(painter, area.adjusted(area.width() - width, 0, 0, 0), 0, fill=paint.line)
