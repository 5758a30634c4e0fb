"""Hold Ctrl+Space to talk, wherever the keyboard is in the window. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent

_REPEAT_GAP_MS = 40
_LEAVING = (QEvent.Type.FocusOut, QEvent.Type.Hide, QEvent.Type.Close)


class TalkKey(QObject):
    """Watches a QWindow, so that it hears the key before any field does.

    A window that loses the keyboard never hears the key come up; that ends the take as well.
    X sends a release before each repeat, and Qt does not always see that it is one: a release
    counts when no press follows it.
    """

    pressed = Signal()
    released = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_down = False
        self._coming_up = QTimer(self, singleShot=True, interval=_REPEAT_GAP_MS)
        self._coming_up.timeout.connect(self._end)

    def cancel(self) -> bool:
        """Forget that the key is down; whether it was."""
        self._coming_up.stop()
        was_down, self.is_down = self.is_down, False
        return was_down

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress:
                return self._on_press(event)
            if event.type() == QEvent.Type.KeyRelease:
                return self._on_release(event)
        elif event.type() in _LEAVING:
            self._end()
        return False

    def _on_press(self, event: QKeyEvent) -> bool:
        if event.key() != Qt.Key.Key_Space:
            return False
        if self.is_down:
            self._coming_up.stop()
            return True
        if event.isAutoRepeat() or event.modifiers() != Qt.KeyboardModifier.ControlModifier:
            return False
        self.is_down = True
        self.pressed.emit()
        return True

    def _on_release(self, event: QKeyEvent) -> bool:
        if not self.is_down or event.isAutoRepeat():
            return self.is_down
        if event.key() == Qt.Key.Key_Control:
            self._end()
        elif event.key() == Qt.Key.Key_Space:
            self._coming_up.start()
        return event.key() == Qt.Key.Key_Space

    def _end(self) -> None:
        if self.cancel():
            self.released.emit()
