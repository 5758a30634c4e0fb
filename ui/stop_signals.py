"""SIGINT and SIGTERM as a Qt signal: Python's own handlers sleep while Qt waits for events."""

from __future__ import annotations

import contextlib
import signal
import socket

from PySide6.QtCore import QObject, QSocketNotifier, Signal

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopSignals(QObject):
    """`asked` comes when the process is asked to end. Main thread."""

    asked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._notifier = QSocketNotifier(
            self._reader.fileno(), QSocketNotifier.Type.Read, parent=self
        )
        self._notifier.activated.connect(self._on_woken)
        self._wakeup = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        self._before = {number: signal.signal(number, _noted) for number in _SIGNALS}

    def uninstall(self) -> None:
        """Leave the process as it was."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._reader.close()
        self._writer.close()

    def _on_woken(self) -> None:
        with contextlib.suppress(BlockingIOError):
            if any(number in _SIGNALS for number in self._reader.recv(64)):
                self.asked.emit()


def _noted(_number: int, _frame: object) -> None:
    """The wake-up descriptor tells the notifier; nothing is to be done here."""
