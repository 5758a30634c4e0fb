"""Renders at most once a frame, however many events arrive. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

_FRAME_MS = 16


class RenderTimer(QObject):
    """`due` comes soon after `ask`, and not twice within a frame."""

    due = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._since = QElapsedTimer()
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._on_due)

    def ask(self) -> None:
        """Something changed."""
        if self._timer.isActive():
            return
        passed = self._since.elapsed() if self._since.isValid() else _FRAME_MS
        self._timer.start(max(0, _FRAME_MS - int(passed)))

    def _on_due(self) -> None:
        self._since.start()
        self.due.emit()
