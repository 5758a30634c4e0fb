"""The keys of the window. GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

TALK = "Ctrl+Space"
MUTE = "Ctrl+M"
NEW = "Ctrl+N"
SETTINGS = "Ctrl+,"
HELP = "F1"
COMPOSER = "Ctrl+L"
SIDEBAR = "Ctrl+B"
SHOW = "Ctrl+Shift+S"
ENGINE = "Ctrl+Shift+R"
DEVELOPER = "Ctrl+Shift+D"


def bind(window: QWidget, keys: Mapping[str, Callable[[], None]]) -> None:
    """Make each key call its function while the window has the keyboard."""
    for key, call in keys.items():
        QShortcut(QKeySequence(key), window).activated.connect(call)
