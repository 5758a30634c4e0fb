"""Buttons in a row that wraps where there is little room. GUI thread."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from ui.controls.buttons import Button
from ui.tokens import SPACE_4


class ButtonRow(QWidget):
    """Call `place` after a button has other words, or is shown or hidden."""

    def __init__(self, buttons: Sequence[Button], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons = tuple(buttons)
        for button in self._buttons:
            button.setParent(self)

    def place(self) -> None:
        """Put the buttons where they belong."""
        self.setFixedHeight(self._placed(self.width()))

    def sizeHint(self) -> QSize:
        return QSize(200, self._placed(max(self.width(), 200)))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place()

    def _placed(self, width: int) -> int:
        """The height that lines of this width take."""
        left, top, height = 0, 0, 0
        for button in self._buttons:
            if button.isHidden():
                continue
            size = button.sizeHint()
            if left and left + size.width() > width:
                left, top = 0, top + height + SPACE_4
            height = size.height()
            button.setGeometry(left, top, min(size.width(), width), height)
            left += size.width() + SPACE_4
        return top + height
