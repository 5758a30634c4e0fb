"""The pages of the help as a row of buttons that wraps. GUI thread."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from ui.controls.buttons import Button, Kind
from ui.tokens import SPACE_4

_HEIGHT = 30


class TopicButtons(QWidget):
    """`chosen` carries a topic's name."""

    chosen = Signal(str)

    def __init__(self, titles: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: dict[str, Button] = {}
        for name, title in titles.items():
            button = Button(title.replace("&", "&&"), Kind.QUIET, height=_HEIGHT, parent=self)
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, topic=name: self.chosen.emit(topic))
            self._buttons[name] = button

    def mark(self, name: str) -> None:
        """Show which topic is open."""
        for topic, button in self._buttons.items():
            button.setChecked(topic == name)

    def sizeHint(self) -> QSize:
        return QSize(320, self._place(max(self.width(), 320)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setFixedHeight(self._place(self.width()))

    def _place(self, width: int) -> int:
        """Put the buttons in lines of this width; the height that takes."""
        left, top = 0, 0
        for button in self._buttons.values():
            size = button.sizeHint()
            if left and left + size.width() > width:
                left, top = 0, top + _HEIGHT + SPACE_4
            button.setGeometry(left, top, min(size.width(), width), _HEIGHT)
            left += size.width() + SPACE_4
        return top + _HEIGHT
