"""Trying the microphone: a level that moves when one speaks; nothing of it is kept. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app import commands
from ui.controls.buttons import Button
from ui.controls.meter import LevelMeter
from ui.tokens import SPACE_12
from ui.view_state import ViewState

_LONGEST_MS = 15_000


class MicrophoneCheck(QWidget):
    """`asked` carries the commands: a take that is begun and then dropped."""

    asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.meter = LevelMeter("Microphone level")
        self.button = Button("Check")
        self.button.setAccessibleName("Check the microphone")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_12)
        row.addWidget(self.meter, 1)
        row.addWidget(self.button)
        self.is_running = False
        self._end = QTimer(self, singleShot=True, interval=_LONGEST_MS)
        self._end.timeout.connect(self.stop)
        self.button.clicked.connect(lambda: self.stop() if self.is_running else self._start())

    def show_state(self, view: ViewState) -> None:
        """Render the level."""
        is_open = view.state.microphone_open or self.is_running
        self.meter.show_level(view.input_level if is_open else 0.0)

    def stop(self) -> None:
        """Close the microphone again, if this opened it."""
        if self.is_running:
            self._show_running(False)
            self._end.stop()
            self.asked.emit(commands.ReleaseToTalk(cancelled=True))

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.stop()

    def _start(self) -> None:
        self._show_running(True)
        self._end.start()
        self.asked.emit(commands.PressToTalk())

    def _show_running(self, running: bool) -> None:
        self.is_running = running
        self.button.setText("Stop" if running else "Check")
        self.button.setAccessibleName(
            "Stop checking the microphone" if running else "Check the microphone"
        )
        self.button.updateGeometry()
