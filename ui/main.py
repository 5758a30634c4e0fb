"""Start-up and orderly stop: the window first, then the core; at the end the other way round."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from app import collector, commands, events
from app.conversation import message as messages
from app.errors import Action, AppError, Code
from app.identity import APP_ID
from app.paths import Paths
from app.shots.events import ShotEvent
from app.state import Phase
from ui import placement
from ui.tokens import STYLE
from ui.window.window import Window

if TYPE_CHECKING:
    from ui.bridge import CoreLike
    from ui.tray import Tray

_log = logging.getLogger(__name__)
_LONGEST_STOP_MS = 5000
_LATEST_START_MS = 500
_LATEST_SETTLED_MS = 5000
_PREPARE_MS = 3000
_TRAY_MS = 1500
_JOIN_S = 1.0
_HELD_BY_THE_WINDOW = (
    "ui.overlay.overlay",
    "ui.view_state",
    "ui.window.main_area",
    "ui.window.content",
)
"""Loaded one after another: each takes up to a tenth of a second, and all wait for the last."""

_START_AGAIN = "Close the window and start Sayso again. The log has the details."


class Running(QObject):
    """The window and the core, from the first frame to the last event. GUI thread."""

    def __init__(self, application: QApplication, core: CoreLike, paths: Paths) -> None:
        super().__init__()
        self._application = application
        self._core = core
        self._paths = paths
        self._steps: Iterator[Callable[[], object]] | None = None
        self._is_loaded = False
        self._is_late = False
        self._is_started = False
        self._is_settled = False
        self._is_stopping = False
        self._has_failed = False
        self._tray: Tray | None = None
        self.ended_well = False
        self.failure: Exception | None = None
        self._remembered = placement.read(paths.state)
        self._window = Window(self._remembered)
        self._window.close_asked.connect(self.stop)
        self._window.outlined.connect(self._furnish)
        self._window.painted.connect(self._start_core)

    def start(self) -> None:
        """Put the window on screen; what it holds and the core follow it."""
        self._window.show()
        # A window that is never exposed, for instance a minimized one, is never painted.
        QTimer.singleShot(_LATEST_START_MS, self, self._start_unseen)

    def stop(self) -> None:
        """Ask the core to finish; the loop ends with its last event, or when it takes too long."""
        if self._is_stopping:
            return
        self._is_stopping = True
        placement.write(self._paths.state, self._window.placement)
        self._window.hide()
        if self._window.is_furnished:
            self._window.content.close_developer()
        if self._is_loaded:
            self._overlay.dismiss()
            self._stage.close()
        if self._tray is not None:
            self._tray.close()
            self._tray = None
        if not self._is_started or self._has_failed:
            self.ended_well = not self._has_failed
            self._application.exit()
            return
        self._bridge.send(commands.Shutdown())
        QTimer.singleShot(_LONGEST_STOP_MS, self, self._give_up)

    def close(self) -> None:
        """After the loop: leave the process as it was."""
        self._window.deleteLater()
        if not self._is_loaded:
            return
        self._bridge.close()
        self._overlay.close()
        if self._is_started and not self._core.stop(_JOIN_S):
            _log.warning("the core had not ended %s s after its last event", _JOIN_S)
            self.ended_well = False
        self._signals.uninstall()
        self._faults.uninstall()

    def _furnish(self) -> None:
        """Begin to load what the window holds, in steps: between them it can be used."""
        if self._steps is None:
            self._steps = self._all_steps()
            self._step()

    def _all_steps(self) -> Iterator[Callable[[], object]]:
        yield self._load_core
        yield self._core.prepare
        for name in _HELD_BY_THE_WINDOW:
            yield partial(importlib.import_module, name)
        yield self._join

    def _step(self) -> None:
        step = next(self._steps, None) if self._steps is not None else None
        if step is None or self._is_stopping:
            return
        try:
            step()
        except Exception as error:  # noqa: BLE001 - a slot's border: `run` raises it
            self.failure = error
            self._application.exit()
        else:
            QTimer.singleShot(0, self, self._step)

    def _load_core(self) -> None:
        import ui.bridge
        import ui.faults
        import ui.stop_signals  # noqa: F401 - needed in the last step

    def _join(self) -> None:
        from ui.bridge import Bridge
        from ui.faults import Faults
        from ui.overlay.overlay import Overlay
        from ui.shots.stage import Stage
        from ui.stop_signals import StopSignals
        from ui.theme import Scheme, Theme

        theme = Theme(self._application, styled=True)
        theme.choose(Scheme.named(self._remembered.scheme), reduce_motion=False)
        self._bridge = Bridge(self._core, self)
        self._window.furnish(theme, self._bridge.send)
        self._overlay = Overlay(self)
        self._overlay.asked.connect(self._bridge.send)
        self._stage = Stage(self._window, self._overlay, self._bridge.send, self)
        self._faults = Faults(self)
        self._signals = StopSignals(self)
        self._bridge.published.connect(self._on_event)
        self._faults.found.connect(self._window.on_event)
        self._signals.asked.connect(self.stop)
        self._faults.install()
        self._is_loaded = True
        if self._is_late:
            self._start_core()

    def _start_unseen(self) -> None:
        self._is_late = True
        self._furnish()
        self._start_core()

    def _start_core(self) -> None:
        if self._is_loaded and not self._is_started and not self._is_stopping:
            from ui.controls.icons import application_icon

            self._is_started = True
            self._core.start()
            self._application.setWindowIcon(application_icon())
            QTimer.singleShot(_LATEST_SETTLED_MS, self, self._settle)

    def _on_event(self, event: events.Event) -> None:
        self._window.on_event(event)
        self._overlay.on_event(event)
        if isinstance(event, ShotEvent):
            self._stage.on_event(event)
        if self._tray is not None:
            self._show_tray_state(self._tray)
        if isinstance(event, events.StateChanged) and event.state.phase is not Phase.STARTING:
            self._settle()
        if not isinstance(event, events.Closed):
            return
        if self._is_stopping:
            self.ended_well = True
            self._application.exit()
        else:
            self._has_failed = True
            self._window.on_event(_core_ended())

    def _settle(self) -> None:
        """What is needed is loaded."""
        if not self._is_settled:
            self._is_settled = True
            collector.resume()
            QTimer.singleShot(_PREPARE_MS, self, self._window.content.prepare)
            QTimer.singleShot(_PREPARE_MS + 1000, self, self._overlay.prepare)
            QTimer.singleShot(_TRAY_MS, self, self._make_tray)

    def _make_tray(self) -> None:
        """While nobody waits for it: loading it takes a while."""
        if self._is_stopping or self._tray is not None:
            return
        from ui.tray import Tray

        tray = self._tray = Tray(self)
        tray.asked.connect(self._bridge.send)
        tray.opened.connect(self._window.go)
        tray.opened.connect(self._window.come_to_front)
        tray.developer_asked.connect(self._window.content.open_developer)
        tray.quit_asked.connect(self.stop)
        self._show_tray_state(tray)
        tray.show()

    def _show_tray_state(self, tray: Tray) -> None:
        tray.show_state(self._window.view, dictating=self._overlay.state.phase is not None)

    def _give_up(self) -> None:
        _log.error("the core did not end within %s ms", _LONGEST_STOP_MS)
        self._application.exit()


def run(core: CoreLike, *, argv: Sequence[str]) -> int:
    """Show the window until it is closed. Returns the process's exit code."""
    # Before there is an application, which tells the portals its name once.
    QApplication.setDesktopFileName(APP_ID)
    # Named here, the style needs no QStyle in Python, whose many names take long to make.
    application = QApplication([*argv, "-style", STYLE])
    application.setApplicationName("sayso")
    application.setApplicationDisplayName("Sayso")
    application.setQuitOnLastWindowClosed(False)
    running = Running(application, core, Paths.from_environment())
    running.start()
    application.exec()
    running.close()
    if running.failure is not None:
        raise running.failure
    return 0 if running.ended_well else 1


def _core_ended() -> events.Notice:
    error = AppError(Code.INTERNAL)
    return events.Notice(
        messages.new_id(),
        error.code,
        error.explanation.category,
        error.message,
        _START_AGAIN,
        Action.NONE,
    )
