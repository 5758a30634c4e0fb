"""A picture for one question, where no Sayso runs: dragged, looked at, and nothing else.

GUI thread.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from app import commands, events
from app.identity import APP_ID
from app.paths import Paths
from app.shots.commands import RemoveShot
from app.shots.events import ShotEvent
from ui import placement
from ui.bridge import Bridge, CoreLike
from ui.controls.icons import application_icon
from ui.shots.page import PreviewPage
from ui.shots.stage import Stage
from ui.shots.state import ShotsView, reduce
from ui.stop_signals import StopSignals
from ui.theme import Scheme, Theme
from ui.tokens import SPACE_16, STYLE

_SHOW_MS = 100
"""What needs no look is gone by then."""
_FRONT_MS = 150
_FRONT_TRIES = 10


class _Window(QWidget):
    """`closed` by its frame."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setWindowTitle("Before it is sent")
        self.resize(760, 600)
        self.page = PreviewPage(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SPACE_16, 0, 0)
        column.addWidget(self.page)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closed.emit()
        event.ignore()


class _NoPill:
    """There is none."""

    def step_aside(self, aside: bool) -> None:
        """Nothing is on the screen."""


class Looking(QObject):
    """The window is shown for as long as a picture waits for a yes or a no."""

    ended = Signal()

    def __init__(self, core: CoreLike, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = ShotsView()
        self._bridge = Bridge(core, self)
        self._bridge.published.connect(self._on_event)
        self.window = _Window()
        self.window.page.asked.connect(self._bridge.send)
        self.window.closed.connect(self._refuse)
        self.stage = Stage(self.window, _NoPill(), self._bridge.send, self)
        self._soon = QTimer(self, singleShot=True, interval=_SHOW_MS)
        self._soon.timeout.connect(self._show)
        self._front = QTimer(self, interval=_FRONT_MS)
        self._front.timeout.connect(self._come_to_front)
        self._tries = 0

    def stop(self) -> None:
        """Ask for the end: nothing is sent any more."""
        self._bridge.send(commands.Shutdown())

    def _on_event(self, event: events.Event) -> None:
        if isinstance(event, ShotEvent):
            self._view = reduce(self._view, event)
            self.stage.on_event(event)
            self.window.page.show_state(self._view)
            if not self._view.pending:
                self._soon.stop()
                self.window.hide()
            elif not self.window.isVisible() and not self._soon.isActive():
                self._soon.start()
        elif isinstance(event, events.Closed):
            self.stage.close()
            self._bridge.close()
            self.window.hide()
            self.ended.emit()

    def _show(self) -> None:
        self.window.show()
        self.window.page.open_at("")
        self._tries = _FRONT_TRIES
        self._come_to_front()
        self._front.start()

    def _come_to_front(self) -> None:
        """The window that the region was dragged in may take the keyboard along when it goes."""
        if self.window.isActiveWindow() or not self._tries or not self.window.isVisible():
            self._front.stop()
            return
        self._tries -= 1
        self.window.raise_()
        self.window.activateWindow()

    def _refuse(self) -> None:
        for shot in self._view.pending:
            self._bridge.send(RemoveShot(shot.shot_id))


def run(core: CoreLike) -> None:
    """Run the core until it has ended. Raises KeyboardInterrupt where it was interrupted."""
    QApplication.setDesktopFileName(APP_ID)
    application = QApplication([sys.argv[0], "-style", STYLE])
    application.setApplicationName("sayso")
    application.setApplicationDisplayName("Sayso")
    application.setWindowIcon(application_icon())
    application.setQuitOnLastWindowClosed(False)
    theme = Theme(application, styled=True)
    remembered = placement.read(Paths.from_environment().state)
    theme.choose(Scheme.named(remembered.scheme), reduce_motion=False)
    looking = Looking(core)
    signals = StopSignals(looking)
    signals.asked.connect(looking.stop)
    looking.ended.connect(application.exit)
    core.start()
    application.exec()
    signals.uninstall()
    core.stop()
