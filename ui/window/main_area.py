"""Header, banner and the open page; pages are made when they are first wanted. GUI thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app import commands
from ui.controls.column import Column
from ui.tokens import SPACE_8
from ui.view_state import ViewState
from ui.window.banner import Banner
from ui.window.conversation_page import ConversationPage
from ui.window.header import Header
from ui.window.remedies import Destination, Page
from ui.window.wait_card import WaitCard

if TYPE_CHECKING:
    from ui.history.page import HistoryPage
    from ui.settings.page import SettingsPage
    from ui.window.help_page import HelpPage

_TITLES = {
    Page.CONVERSATION: "",
    Page.HISTORY: "Dictations",
    Page.SETTINGS: "Settings",
    Page.HELP: "Help",
}


class MainArea(QWidget):
    """`asked` carries commands, `link_opened` addresses of the web."""

    asked = Signal(object)
    link_opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page = Page.CONVERSATION
        self.header = Header(self)
        self.banner = Banner(self)
        self.wait = WaitCard(self)
        self.conversation = ConversationPage(self)
        self._view = ViewState()
        self._history: HistoryPage | None = None
        self._settings: SettingsPage | None = None
        self._help: HelpPage | None = None
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.conversation)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(Column(self.banner, bottom=SPACE_8, parent=self))
        column.addWidget(Column(self.wait, bottom=SPACE_8, parent=self))
        column.addWidget(self._stack, 1)
        self.conversation.asked.connect(self.asked)
        self.wait.stopped.connect(lambda: self.asked.emit(commands.StopReply()))
        self.conversation.link_opened.connect(self.link_opened)
        self.header.back_asked.connect(self.go_back)
        self.header.settings_asked.connect(lambda: self.go(Destination(Page.SETTINGS)))
        self.header.provider_asked.connect(
            lambda: self.go(Destination(Page.SETTINGS, "chat.source"))
        )

    @property
    def history(self) -> HistoryPage:
        """The page of past dictations."""
        if self._history is None:
            from ui.history.page import HistoryPage  # not needed to start

            self._history = HistoryPage()
            self._history.asked.connect(self.asked)
            self._stack.addWidget(self._history)
        return self._history

    @property
    def settings(self) -> SettingsPage:
        """The settings page."""
        if self._settings is None:
            from ui.settings.page import SettingsPage  # the settings tree is slow to import

            self._settings = SettingsPage()
            self._settings.asked.connect(self.asked)
            self._settings.show_state(self._view)
            self._stack.addWidget(self._settings)
        return self._settings

    @property
    def help(self) -> HelpPage:
        """The help page."""
        if self._help is None:
            from ui.window.help_page import HelpPage  # reads the files of the help

            self._help = HelpPage()
            self._help.link_opened.connect(self.link_opened)
            self._stack.addWidget(self._help)
        return self._help

    def go(self, to: Destination) -> None:
        """Open a page at its target."""
        self.page = to.page
        self.header.show_page(_TITLES[to.page])
        match to.page:
            case Page.CONVERSATION:
                self._stack.setCurrentWidget(self.conversation)
                self.conversation.composer.input.setFocus(Qt.FocusReason.OtherFocusReason)
            case Page.HISTORY:
                self._stack.setCurrentWidget(self.history)
                self.history.show_state(self._view.history)
                self.history.open_at(to.target)
            case Page.SETTINGS:
                self._stack.setCurrentWidget(self.settings)
                self.settings.show_state(self._view)
                self.settings.open_at(to.target)
            case Page.HELP:
                self._stack.setCurrentWidget(self.help)
                self.help.text.setFocus(Qt.FocusReason.OtherFocusReason)
                if to.target:
                    self.help.show_error(to.target)

    def go_back(self) -> None:
        """One step: from a dictation to all of them, from a page to the conversation."""
        if not (self.page is Page.HISTORY and self.history.close_details()):
            self.close_page()

    def close_page(self) -> None:
        """Back to the conversation."""
        self.go(Destination(Page.CONVERSATION))

    def show_state(self, view: ViewState) -> None:
        """Render what is on screen."""
        had_question = self._view.approval is not None
        self._view = view
        self.header.show_state(view)
        self.banner.show_notice(view.banner)
        self.wait.show_wait(view.wait)
        self.conversation.show_state(view)
        if view.approval is not None and not had_question and self.page is not Page.CONVERSATION:
            self.close_page()
        if self.page is Page.SETTINGS:
            self.settings.show_state(view)
        elif self.page is Page.HISTORY:
            self.history.show_state(view.history)
