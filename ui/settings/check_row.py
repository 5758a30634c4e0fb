"""Trying a service: a button, and in words what works. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import Signal

from app import commands, events
from app.services import Service
from ui.announce import announce
from ui.controls.buttons import Button
from ui.settings.rows import Row

_HELP: dict[Service | None, str] = {
    None: "Connects, and has one sentence spoken.",
    Service.CHAT: "Sends one short question, and looks whether tools work.",
    Service.TRANSCRIPTION: "Has a recorded question turned into words.",
    Service.SPEECH: "Speaks one sentence.",
}

_Tested = events.ServiceTested | events.RealtimeTested


class CheckRow(Row):
    """`asked` carries commands. Without a service it is realtime that is tried."""

    asked = Signal(object)

    def __init__(self, service: Service | None, name: str) -> None:
        self.button = Button("Test")
        super().__init__("Does it work?", _HELP[service], self.button)
        self._service = service
        self._name = name.lower()
        self._is_running = False
        self._shown: _Tested | None = None
        self.button.setAccessibleName(f"Test {self._name}")
        self.button.clicked.connect(self._press)

    def show_test(self, *, is_running: bool, result: _Tested | None) -> None:
        """Render what is known."""
        if is_running != self._is_running:
            self._is_running = is_running
            self.button.setText("Stop" if is_running else "Test")
            verb = "Stop testing" if is_running else "Test"
            self.button.setAccessibleName(f"{verb} {self._name}")
            self.button.updateGeometry()
        if is_running:
            self.say("Testing…")
            self.complain("")
        elif result is None:
            self.say(_HELP[self._service])
            self.complain("")
        else:
            self._show_result(result)

    def _show_result(self, result: _Tested) -> None:
        said = f"{result.summary} {result.detail}".strip()
        self.complain("" if result.ok else said)
        works = f"Works. {said}"
        self.say(works if result.ok else "")
        if result is not self._shown:
            self._shown = result
            announce(self, works if result.ok else said)

    def _press(self) -> None:
        if self._is_running:
            self.asked.emit(commands.CancelTests())
        elif self._service is None:
            self.asked.emit(commands.TestRealtime())
        else:
            self.asked.emit(commands.TestService(self._service))
