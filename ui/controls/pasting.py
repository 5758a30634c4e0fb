"""Pasting by key in widgets that look at keys themselves. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QMetaObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit


def pastes(field: QLineEdit | QPlainTextEdit, event: QKeyEvent) -> bool:
    """Whether the key asks to paste; then the field does, right after this event.

    Called from Python, Qt would wait for the clipboard's owner without letting any other thread
    run; and while a dictation is inserted, the owner is another thread of this process.
    """
    if not event.matches(QKeySequence.StandardKey.Paste):
        return False
    QMetaObject.invokeMethod(field, "paste", Qt.ConnectionType.QueuedConnection)
    event.accept()
    return True
