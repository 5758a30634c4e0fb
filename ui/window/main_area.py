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
    from ui.knowledge.page import KnowledgePage
    from ui.permissions.page import ToolsPage
    from ui.settings.page import SettingsPage
    from ui.shots.page import PreviewPage
    from ui.shots.viewer import ViewerPage
    from ui.window.help_page import HelpPage

_TITLES = {
    Page.CONVERSATION: "",
    Page.HISTORY: "Dictations",
    Page.KNOWLEDGE: "Knowledge",
    Page.TOOLS: "Tools",
    Page.SETTINGS: "Settings",
    Page.HELP: "Help",
    Page.PREVIEW: "Before it is sent",
    Page.PICTURE: "As it is sent",
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
        self._knowledge: KnowledgePage | None = None
        self._tools: ToolsPage | None = None
        self._settings: SettingsPage | None = None
        self._help: HelpPage | None = None
        self._preview: PreviewPage | None = None
        self._viewer: ViewerPage | None = None
        self._target = ""
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
        self.conversation.picture_opened.connect(
            lambda target: self.go(Destination(Page.PICTURE, target))
        )
        self.conversation.preview_opened.connect(
            lambda shot_id: self.go(Destination(Page.PREVIEW, shot_id))
        )
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
    def knowledge(self) -> KnowledgePage:
        """The page of folders and memory."""
        if self._knowledge is None:
            from ui.knowledge.page import KnowledgePage  # not needed to start

            self._knowledge = KnowledgePage()
            self._knowledge.asked.connect(self.asked)
            self._stack.addWidget(self._knowledge)
        return self._knowledge

    @property
    def tools(self) -> ToolsPage:
        """The page of what tools may do."""
        if self._tools is None:
            from ui.permissions.page import ToolsPage  # not needed to start

            self._tools = ToolsPage()
            self._tools.asked.connect(self.asked)
            self._stack.addWidget(self._tools)
        return self._tools

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

    @property
    def preview(self) -> PreviewPage:
        """The page of pictures that are looked at before they are attached."""
        if self._preview is None:
            from ui.shots.page import PreviewPage  # not needed to start

            self._preview = PreviewPage()
            self._preview.asked.connect(self.asked)
            self._stack.addWidget(self._preview)
        return self._preview

    @property
    def viewer(self) -> ViewerPage:
        """The page of one picture."""
        if self._viewer is None:
            from ui.shots.viewer import ViewerPage  # not needed to start

            self._viewer = ViewerPage()
            self._viewer.asked.connect(self.asked)
            self._viewer.left.connect(self.close_page)
            self._stack.addWidget(self._viewer)
        return self._viewer

    def go(self, to: Destination) -> None:
        """Open a page at its target."""
        self.page, self._target = to.page, to.target
        self.header.show_page(_TITLES[to.page])
        match to.page:
            case Page.CONVERSATION:
                self._stack.setCurrentWidget(self.conversation)
                self.conversation.composer.input.setFocus(Qt.FocusReason.OtherFocusReason)
            case Page.HISTORY:
                self._stack.setCurrentWidget(self.history)
                self.history.show_state(self._view.history)
                self.history.open_at(to.target)
            case Page.KNOWLEDGE:
                self._stack.setCurrentWidget(self.knowledge)
                self.knowledge.show_state(self._view.knowledge)
                self.knowledge.open_at()
            case Page.TOOLS:
                self._stack.setCurrentWidget(self.tools)
                self.tools.show_state(self._view)
                self.tools.open()
            case Page.SETTINGS:
                self._stack.setCurrentWidget(self.settings)
                self.settings.show_state(self._view)
                self.settings.open_at(to.target)
            case Page.HELP:
                self._stack.setCurrentWidget(self.help)
                self.help.text.setFocus(Qt.FocusReason.OtherFocusReason)
                if to.target:
                    self.help.show_error(to.target)
            case Page.PREVIEW:
                self._stack.setCurrentWidget(self.preview)
                self.preview.show_state(self._view.shots)
                self.preview.open_at(to.target)
            case Page.PICTURE:
                self._stack.setCurrentWidget(self.viewer)
                self.viewer.picture.setFocus(Qt.FocusReason.OtherFocusReason)
                self._show_picture()

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
        elif self.page is Page.TOOLS:
            self.tools.show_state(view)
        elif self.page is Page.KNOWLEDGE:
            self.knowledge.show_state(view.knowledge)
        elif self.page is Page.PREVIEW:
            self._follow_preview(view)
        elif self.page is Page.PICTURE:
            self._show_picture()

    def _follow_preview(self, view: ViewState) -> None:
        self.preview.show_state(view.shots)
        if not view.shots.pending:
            self.close_page()

    def _show_picture(self) -> None:
        from ui.shots.shown import picture_at  # not needed to start

        self.viewer.show_picture(picture_at(self._view, self._target))
