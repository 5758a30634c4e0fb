"""The pointer over a widget. QTest moves the platform's, which tells nothing if it was there."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

_NONE = Qt.MouseButton.NoButton


def move_to(widget: QWidget, at: QPoint, held: Qt.MouseButton = _NONE) -> None:
    """Move it to a place in the widget, with a button held or with none."""
    point, globally = QPointF(at), QPointF(widget.mapToGlobal(at))
    kind, keys = QEvent.Type.MouseMove, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(widget, QMouseEvent(kind, point, globally, _NONE, held, keys))
