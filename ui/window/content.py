"""What the window holds: shows the state, turns what a person does into commands. GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from app import commands, events
from app.state import Phase
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
    from ui.developer.window import DeveloperWindow
    from ui.onboarding.page import FirstRunPage

_STOPPABLE = (Phase.TRANSCRIBING, Phase.THINKING, Phase.SPEAKING)
_WEB = ("http", "https")
_OTHER = Qt.FocusReason.OtherFocusReason


class Content(QWidget):
    """`on_event` takes the core's events; `send` is given its commands."""

    front_asked = Signal()
    """The window is to come above the others."""

    def __init__(
        self,
        theme: Theme,
        send: Callable[[commands.Command], None],
        *,
        unfolded: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.view = ViewState()
        self._shown = ViewState()
        self._theme = theme
        self._send = send
        self._first_run: FirstRunPage | None = None
        self._developer: DeveloperWindow | None = None
        self.sidebar = Sidebar()
        self.area = MainArea()
        self.split = SplitView(self.sidebar, self.area, unfolded=unfolded)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.split)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)
        self._render_timer = RenderTimer(self)
        self._render_timer.due.connect(self.render_now)
        self.talk_key = TalkKey(self)
        self._connect()

    @property
    def first_run(self) -> FirstRunPage:
        """The page of the first run."""
        if self._first_run is None:
            from ui.onboarding.page import FirstRunPage  # the settings tree is slow to import

            self._first_run = FirstRunPage()
            self._first_run.asked.connect(self._send)
            self._stack.addWidget(self._first_run)
        return self._first_run

    def open_developer(self) -> None:
        """Show what goes over the wire, in a window of its own, and have it told from now on."""
        if self._developer is None:
            from ui.developer.window import DeveloperWindow  # not needed to start

            self._developer = DeveloperWindow()
            self._developer.asked.connect(self._send)
        self._developer.open(self.view.realtime.link)

    def close_developer(self) -> None:
        """Close that window with this one."""
        if self._developer is not None:
            self._developer.close()

    def on_event(self, event: events.Event) -> None:
        """Take in what the core tells; it is shown within a frame."""
        if self._developer is not None:
            self._developer.on_event(event)
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
            self.front_asked.emit()
        if view.approval is not None and shown.approval is None:
            self._call_for_answer()
        if view.shots is not shown.shots:
            self._preview(view, shown)

    def _call_for_answer(self) -> None:
        """A question that cannot be seen could only run out."""
        window = self.window()
        if not window.isVisible() or window.isMinimized():
            self.front_asked.emit()
        elif not window.isActiveWindow():
            QApplication.alert(window)

    def prepare(self) -> None:
        """Make what the first message will need, in two steps, while nobody waits for it."""
        import ui.transcript.view  # noqa: F401 - its first half: loading it

        QTimer.singleShot(0, self, lambda: self.area.conversation.transcript)

    def watch_keys(self, window: QWindow) -> None:
        """Hear the key to talk wherever the keyboard is in `window`."""
        window.removeEventFilter(self.talk_key)
        window.installEventFilter(self.talk_key)

    def go(self, to: Destination) -> None:
        """Open a page, unless the first run is still on."""
        if self._stack.currentWidget() is self.split:
            self.split.close_over()
            self.area.go(to)

    def takes_key(self, event: QKeyEvent) -> bool:
        """Whether the key was for the window as a whole."""
        if event.key() != Qt.Key.Key_Escape:
            return False
        self._escape()
        return True

    def _escape(self) -> None:
        """Stop what goes on first; then close what is open."""
        view = self.view
        if self.talk_key.cancel():
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
        self.sidebar.history_asked.connect(lambda: self.go(Destination(Page.HISTORY)))
        self.sidebar.knowledge_asked.connect(lambda: self.go(Destination(Page.KNOWLEDGE)))
        self.sidebar.tools_asked.connect(lambda: self.go(Destination(Page.TOOLS)))
        self.sidebar.help_asked.connect(lambda: self.go(Destination(Page.HELP)))
        self.sidebar.list.opened.connect(self._open)
        self.sidebar.list.deleted.connect(
            lambda conversation_id: self._send(commands.DeleteConversation(conversation_id))
        )
        engine = area.conversation.composer.voice.engine
        engine.settings_asked.connect(
            lambda: self.go(Destination(Page.SETTINGS, "realtime.engine"))
        )
        engine.developer_asked.connect(self.open_developer)
        self.talk_key.pressed.connect(lambda: self._send(commands.PressToTalk()))
        self.talk_key.released.connect(lambda: self._send(commands.ReleaseToTalk()))
        shortcuts.bind(
            self,
            {
                shortcuts.MUTE: area.conversation.composer.voice.toggle_mute,
                shortcuts.NEW: self._begin_new,
                shortcuts.SETTINGS: lambda: self.go(Destination(Page.SETTINGS)),
                shortcuts.HELP: lambda: self.go(Destination(Page.HELP)),
                shortcuts.COMPOSER: lambda: self.go(Destination(Page.CONVERSATION)),
                shortcuts.SIDEBAR: self.split.toggle,
                shortcuts.SHOW: self._show_menu,
                shortcuts.ENGINE: area.conversation.composer.voice.engine.toggle,
                shortcuts.DEVELOPER: self.open_developer,
            },
        )

    def _preview(self, view: ViewState, shown: ViewState) -> None:
        """A picture is to be looked at as soon as there is one, or words wait for it."""
        known = set(to_look_at(shown))
        new = [shot_id for shot_id in to_look_at(view) if shot_id not in known]
        if view.shots.held and not shown.shots.held and not new:
            new = [shot.shot_id for shot in view.shots.pending[-1:]]
        if new:
            self.go(Destination(Page.PREVIEW, new[-1]))
        if new or len(view.shots.attached) > len(shown.shots.attached):
            self.front_asked.emit()

    def _show_menu(self) -> None:
        self.go(Destination(Page.CONVERSATION))
        self.area.conversation.composer.open_menu()

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


def _open_link(address: str) -> None:
    url = QUrl(address)
    if url.scheme().lower() in _WEB and url.isValid():
        QDesktopServices.openUrl(url)


def to_look_at(view: ViewState) -> list[str]:
    """The pictures that wait for a person: without previews those that show secrets."""
    looks = view.settings is None or view.settings.screen.preview
    return [shot.shot_id for shot in view.shots.pending if looks or shot.secrets]
