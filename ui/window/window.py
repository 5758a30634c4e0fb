"""The main window: its frame, and its outline until what it holds is loaded. GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import commands, events
from ui.placement import Placement
from ui.window.outline import Outline

if TYPE_CHECKING:
    from ui.onboarding.page import FirstRunPage
    from ui.theme import Theme
    from ui.view_state import ViewState
    from ui.window.content import Content
    from ui.window.remedies import Destination

MIN_WIDTH, MIN_HEIGHT = 420, 520


class Window(QWidget):
    """Has its place, its colours and its outline at once; everything else by `furnish`."""

    close_asked = Signal()
    outlined = Signal()
    """Its outline is on screen for the first time."""
    painted = Signal()
    """Everything is on screen for the first time."""

    def __init__(self, placement: Placement = Placement()) -> None:  # noqa: B008 - frozen
        super().__init__()
        self._placement = placement
        self._content: Content | None = None
        self._is_painted = False
        self._outline = Outline(self, scheme=placement.scheme, sidebar=placement.sidebar)
        self._outline.painted.connect(self.outlined)
        self.setWindowTitle("Sayso")
        self.setMinimumSize(MIN_WIDTH, MIN_HEIGHT)
        self.resize(placement.width, placement.height)
        if placement.maximized:
            from PySide6.QtCore import Qt  # see `outline`

            self.setWindowState(Qt.WindowState.WindowMaximized)

    def furnish(self, theme: Theme, send: Callable[[commands.Command], None]) -> None:
        """Load and show what the window holds; `send` is given its commands."""
        from ui.window.content import Content

        content = Content(theme, send, unfolded=self._placement.sidebar, parent=self)
        content.front_asked.connect(self.come_to_front)
        self._content = content
        self.sidebar, self.area, self.split = content.sidebar, content.area, content.split
        self.talk_key = content.talk_key
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(content)
        whole.activate()
        content.show()  # by itself the layout would show it a moment later
        self._outline.hide()
        self._outline.deleteLater()
        if self.isVisible():
            content.watch_keys(self.windowHandle())
        content.area.conversation.composer.input.setFocus()
        self.update()

    @property
    def is_furnished(self) -> bool:
        """Whether it is more than an outline."""
        return self._content is not None

    @property
    def content(self) -> Content:
        """What it holds, once it is furnished."""
        assert self._content is not None
        return self._content

    @property
    def view(self) -> ViewState:
        """What is shown."""
        return self.content.view

    @property
    def first_run(self) -> FirstRunPage:
        """The page of the first run."""
        return self.content.first_run

    @property
    def placement(self) -> Placement:
        """What to remember of the window."""
        before, held = self._placement, self._content
        normal = self.normalGeometry() if self.isMaximized() else self.geometry()
        settings = held.view.settings if held is not None else None
        return replace(
            before,
            width=normal.width(),
            height=normal.height(),
            maximized=self.isMaximized(),
            sidebar=held.split.is_unfolded if held is not None else before.sidebar,
            scheme=settings.appearance.theme.value if settings else before.scheme,
        )

    def on_event(self, event: events.Event) -> None:
        """Take in what the core tells; it is shown within a frame."""
        self.content.on_event(event)

    def render_now(self) -> None:
        """Show the state."""
        self.content.render_now()

    def go(self, to: Destination) -> None:
        """Open a page, unless the first run is still on."""
        self.content.go(to)

    def come_to_front(self) -> None:
        """Show the window above the others, as far as the system allows."""
        from PySide6.QtCore import Qt

        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._content is None or not self._content.takes_key(event):
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._content is not None:
            self._content.watch_keys(self.windowHandle())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._content is not None and not self._is_painted:
            self._is_painted = True
            # After this frame: what the signal starts would compete with the rest of it.
            QTimer.singleShot(0, self, self.painted.emit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._content is None:
            self._outline.resize(self.size())

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.close_asked.emit()
