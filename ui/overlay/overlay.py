"""The overlay: gives the pill its state, its place and its time, and takes it away. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, QPropertyAnimation, QRect, QTimer, Signal
from PySide6.QtGui import QCursor, QGuiApplication, QScreen

from app import events
from app.dictation.events import DictationEnded, DictationEvent
from ui.announce import announce
from ui.overlay import floating, place
from ui.overlay.layout import LARGEST
from ui.overlay.pill import Pill
from ui.overlay.place import Box, Monitor
from ui.overlay.state import PillState, clock, command_of, dismissed, reduce
from ui.theme import reduced_motion
from ui.tokens import APPEAR_MS

_TICK_MS = 200
_LEAVE_MS = 80


class Overlay(QObject):
    """`on_event` takes the core's events; `asked` carries commands.

    The pill is made at the first dictation, or by `prepare`. Where the user does not want it, or
    the system may give it the keyboard, it is shown only when something needs its user.
    """

    asked = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = PillState()
        self._is_wanted = True
        self._is_aside = False
        self._pill: Pill | None = None
        self._began = QElapsedTimer()
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._render)
        self._linger = QTimer(self, singleShot=True)
        self._linger.timeout.connect(self.dismiss)
        self._fade: QPropertyAnimation | None = None

    @property
    def pill(self) -> Pill:
        """The window."""
        if self._pill is None:
            self._pill = Pill()
            self._pill.acted.connect(self._act)
            self._pill.dismissed.connect(self.dismiss)
            self._fade = QPropertyAnimation(self._pill, b"windowOpacity", self)
            self._fade.finished.connect(self._on_faded)
        return self._pill

    def prepare(self) -> None:
        """Make the window while nobody waits for it."""
        self.pill.winId()

    def on_event(self, event: events.Event | DictationEvent) -> None:
        """Take in what the core tells, and show it."""
        if isinstance(event, events.SettingsChanged):
            self._is_wanted = event.settings.dictation.overlay
        before, self.state = self.state, reduce(self.state, event)
        if self.state is before:
            return
        if self.state.phase is not None and self.state.dictation_id != before.dictation_id:
            self._began.start()
        self._follow(before)
        if self.state.outcome is not None and isinstance(event, DictationEnded):
            self._end()

    def dismiss(self) -> None:
        """Take it away, unless a dictation goes on."""
        before, self.state = self.state, dismissed(self.state)
        self._follow(before)

    def step_aside(self, aside: bool) -> None:
        """Leave the screen while it is grabbed, or come back."""
        self._is_aside = aside
        if aside and self._pill is not None and self._fade is not None:
            self._fade.stop()
            self._pill.hide()
        elif not aside:
            self._follow(self.state)

    def close(self) -> None:
        """Take the window down for good."""
        self._tick.stop()
        self._linger.stop()
        if self._pill is not None:
            self._pill.hide()
            self._pill.deleteLater()
            self._pill = None

    def _follow(self, before: PillState) -> None:
        goes_on = self.state.phase is not None
        if goes_on != self._tick.isActive():
            self._tick.start() if goes_on else self._tick.stop()
        if goes_on:
            self._linger.stop()
        if not self._is_due():
            self._leave()
            return
        is_new = self.state.dictation_id != before.dictation_id or not before.is_shown
        if is_new or not self.pill.isVisible():
            self.pill.put(_place_of(self.state))
        self._render()
        self._appear()

    def _is_due(self) -> bool:
        if self._is_aside:
            return False
        quiet = not self._is_wanted or floating.may_take_focus()
        return self.state.needs_somebody if quiet else self.state.is_shown

    def _render(self) -> None:
        if self._pill is not None:
            self._pill.show_state(self.state, clock(self._began.elapsed() / 1000))

    def _end(self) -> None:
        self._linger.stop()
        if self.state.lingers_ms is not None:
            self._linger.start(self.state.lingers_ms)
        # Only what became of it is read out: while it listens, the voice would be recorded.
        if self._pill is not None:
            announce(self._pill, self.state.message, urgent=self.state.stays)

    def _appear(self) -> None:
        pill = self.pill
        if pill.isVisible() and self._fade is not None and self._fade.endValue() != 0.0:
            return
        self._run_fade(1.0, 0 if reduced_motion() else APPEAR_MS)
        pill.show()
        pill.raise_()

    def _leave(self) -> None:
        if self._pill is not None and self._pill.isVisible():
            self._run_fade(0.0, 0 if reduced_motion() else _LEAVE_MS)

    def _run_fade(self, to: float, duration_ms: int) -> None:
        if self._fade is None:
            return
        self._fade.stop()
        self._fade.setDuration(duration_ms)
        self._fade.setStartValue(1.0 - to)
        self._fade.setEndValue(to)
        self._fade.start()

    def _on_faded(self) -> None:
        if self._pill is not None and not self._is_due():
            self._pill.hide()

    def _act(self) -> None:
        command = command_of(self.state)
        self.dismiss()
        if command is not None:
            self.asked.emit(command)


def _place_of(state: PillState) -> place.Place:
    screens = QGuiApplication.screens()
    monitors = [_monitor(screen) for screen in screens]
    for rect in (state.caret, state.window):
        if rect is not None and (found := place.monitor_of(rect, monitors)) is not None:
            return place.place_on(found, state.caret, LARGEST)
    pointed = QGuiApplication.screenAt(QCursor.pos()) or QGuiApplication.primaryScreen()
    return place.place_on(_monitor(pointed), state.caret, LARGEST)


def _monitor(screen: QScreen) -> Monitor:
    return Monitor(
        _box(screen.geometry()), _box(screen.availableGeometry()), screen.devicePixelRatio()
    )


def _box(rect: QRect) -> Box:
    return Box(rect.x(), rect.y(), rect.width(), rect.height())
