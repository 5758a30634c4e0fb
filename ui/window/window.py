"""The main window: shows the state, and turns what a person does into commands. GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QGuiApplication,
    QKeyEvent,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app import commands, events
from app.state import Phase
from ui.placement import Placement
from ui.theme import Scheme, Theme
from ui.view_state import ViewState, reduce
from ui.window import shortcuts
from ui.window.main_area import MainArea
from ui.window.remedies import Destination, Page, remedy
from ui.window.render_timer import RenderTimer
from ui.window.sidebar import Sidebar
from ui.window.split_view import SplitView
from ui.window.talk_key import TalkKey

if TYPE_CHECKING:
    from ui.onboarding.page import FirstRunPage

MIN_WIDTH, MIN_HEIGHT = 420, 520
_STOPPABLE = (Phase.TRANSCRIBING, Phase.THINKING, Phase.SPEAKING)
_WEB = ("http", "https")
_OTHER = Qt.FocusReason.OtherFocusReason


class Window(QWidget):
    """`on_event` takes the core's events; `send` is given its commands."""

    close_asked = Signal()
    painted = Signal()
    """It is on screen for the first time."""

    def __init__(
        self,
        theme: Theme,
        send: Callable[[commands.Command], None],
        placement: Placement = Placement(),  # noqa: B008 - frozen
    ) -> None:
        super().__init__()
        self.view = ViewState()
        self._shown = ViewState()
        self._theme = theme
        self._send = send
        self._placement = placement
        self._is_painted = False
        self._first_run: FirstRunPage | None = None
        self.setWindowTitle("Sayso")
        self.setMinimumSize(MIN_WIDTH, MIN_HEIGHT)
        self.resize(placement.width, placement.height)
        if placement.maximized:
            self.setWindowState(Qt.WindowState.WindowMaximized)
        self.sidebar = Sidebar()
        self.area = MainArea()
        self.split = SplitView(self.sidebar, self.area, unfolded=placement.sidebar)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.split)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)
        self._render_timer = RenderTimer(self)
        self._render_timer.due.connect(self.render_now)
        self._talk_key = TalkKey(self)
        self._connect()
        self.area.conversation.composer.input.setFocus()

    @property
    def first_run(self) -> FirstRunPage:
        """The page of the first run."""
        if self._first_run is None:
            from ui.onboarding.page import FirstRunPage  # the settings tree is slow to import

            self._first_run = FirstRunPage()
            self._first_run.asked.connect(self._send)
            self._stack.addWidget(self._first_run)
        return self._first_run

    @property
    def placement(self) -> Placement:
        """What to remember of the window."""
        scheme = self.view.settings.appearance.theme.value if self.view.settings else None
        normal = self.normalGeometry() if self.isMaximized() else self.geometry()
        return replace(
            self._placement,
            width=normal.width(),
            height=normal.height(),
            maximized=self.isMaximized(),
            sidebar=self.split.is_unfolded,
            scheme=scheme or self._placement.scheme,
        )

    def on_event(self, event: events.Event) -> None:
        """Take in what the core tells; it is shown within a frame."""
        self.view = reduce(self.view, event)
        self._render_timer.ask()

    def render_now(self) -> None:
        """Show the state."""
        view, shown = self.view, self._shown
        if view is shown:
            return
        self._shown = view
        self._follow_settings(view, shown)
        self.area.show_state(view)
        if view.conversations is not shown.conversations or (
            view.conversation is not shown.conversation
        ):
            self.sidebar.show_state(view)
        if view.times_asked_for != shown.times_asked_for:
            self.come_to_front()

    def prepare(self) -> None:
        """Make what the first message will need, in two steps, while nobody waits for it."""
        import ui.transcript.view  # noqa: F401 - its first half: loading it

        QTimer.singleShot(0, self, lambda: self.area.conversation.transcript)

    def come_to_front(self) -> None:
        """Show the window above the others, as far as the system allows."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def go(self, to: Destination) -> None:
        """Open a page, unless the first run is still on."""
        if self._stack.currentWidget() is self.split:
            self.split.close_over()
            self.area.go(to)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._escape()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        handle = self.windowHandle()
        handle.removeEventFilter(self._talk_key)
        handle.installEventFilter(self._talk_key)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            # After this frame: what the signal starts would compete with the rest of it.
            QTimer.singleShot(0, self, self.painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.close_asked.emit()

    def _follow_settings(self, view: ViewState, shown: ViewState) -> None:
        settings = view.settings
        if settings is None:
            return
        if shown.settings is None or settings.appearance != shown.settings.appearance:
            scheme = Scheme(settings.appearance.theme.value)
            self._theme.choose(scheme, reduce_motion=settings.appearance.reduce_motion)
        is_first = not settings.general.first_run_done
        if is_first:
            self.first_run.show_state(view)
        wanted = self.first_run if is_first else self.split
        if self._stack.currentWidget() is not wanted:
            self._stack.setCurrentWidget(wanted)
            if is_first:
                self.first_run.talk.setFocus(_OTHER)
            else:
                self.area.close_page()

    def _connect(self) -> None:
        area = self.area
        self._theme.changed.connect(area.conversation.lay_out_again)
        area.asked.connect(self._send)
        area.link_opened.connect(_open_link)
        area.conversation.copied.connect(lambda text: QGuiApplication.clipboard().setText(text))
        area.header.sidebar_asked.connect(self.split.toggle)
        self.split.came_over.connect(lambda: self.sidebar.list.setFocus(_OTHER))
        self.split.left_with_focus.connect(
            lambda: area.conversation.composer.input.setFocus(_OTHER)
        )
        area.banner.acted.connect(self._act)
        area.banner.dismissed.connect(self._dismiss)
        self.sidebar.new_asked.connect(self._begin_new)
        self.sidebar.help_asked.connect(lambda: self.go(Destination(Page.HELP)))
        self.sidebar.list.opened.connect(self._open)
        self.sidebar.list.deleted.connect(
            lambda conversation_id: self._send(commands.DeleteConversation(conversation_id))
        )
        self._talk_key.pressed.connect(lambda: self._send(commands.PressToTalk()))
        self._talk_key.released.connect(lambda: self._send(commands.ReleaseToTalk()))
        shortcuts.bind(
            self,
            {
                shortcuts.MUTE: area.conversation.composer.voice.toggle_mute,
                shortcuts.NEW: self._begin_new,
                shortcuts.SETTINGS: lambda: self.go(Destination(Page.SETTINGS)),
                shortcuts.HELP: lambda: self.go(Destination(Page.HELP)),
                shortcuts.COMPOSER: lambda: self.go(Destination(Page.CONVERSATION)),
                shortcuts.SIDEBAR: self.split.toggle,
            },
        )

    def _begin_new(self) -> None:
        self._send(commands.NewConversation())
        self.go(Destination(Page.CONVERSATION))

    def _open(self, conversation_id: str) -> None:
        self._send(commands.OpenConversation(conversation_id))
        self.go(Destination(Page.CONVERSATION))

    def _act(self, notice: events.Notice) -> None:
        does = remedy(notice)
        if isinstance(does, Destination):
            self.go(does)
        elif does is not None:
            self._send(does)
            self.on_event(events.NoticeGone(notice.id))

    def _dismiss(self, notice: events.Notice) -> None:
        self._send(commands.DismissNotice(notice.id))
        self.on_event(events.NoticeGone(notice.id))

    def _escape(self) -> None:
        """Stop what goes on first; then close what is open."""
        view = self.view
        if self._talk_key.cancel():
            self._send(commands.ReleaseToTalk(cancelled=True))
        elif view.approval is not None:
            self._send(commands.Answer(view.approval.request_id, yes=False))
        elif view.state.phase in _STOPPABLE:
            self._send(commands.StopReply())
        elif self.split.is_over:
            self.split.close_over()
        elif self.area.page is not Page.CONVERSATION:
            self.area.close_page()
        elif view.state.phase is Phase.HEARING:
            self._send(commands.ReleaseToTalk(cancelled=True))


def _open_link(address: str) -> None:
    url = QUrl(address)
    if url.scheme().lower() in _WEB and url.isValid():
        QDesktopServices.openUrl(url)
