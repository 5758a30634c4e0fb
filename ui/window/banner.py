"""The one banner: what happened, what to do, and the button that does it. GUI thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEasingCurve, QPointF, Qt, QTimer, QVariantAnimation, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from app.errors import Action, Code
from ui import words
from ui.announce import announce
from ui.controls.buttons import Button, IconButton
from ui.controls.icons import Icon, draw
from ui.controls.surfaces import Card, Ground, Tone, label
from ui.theme import colors, reduced_motion
from ui.tokens import APPEAR_MS, SPACE_4, SPACE_12, SPACE_16

if TYPE_CHECKING:
    from app.events import Notice

_WIDE = 520
_UNBOUNDED = 16_777_215
_GOOD_NEWS = frozenset({Code.BACK_AGAIN, Code.REALTIME_BACK})
_READ_WITHIN_MS = 8_000
"""Good news goes away by itself."""


class Banner(Card):
    """Hidden while there is nothing to say."""

    acted = Signal(object)
    dismissed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Ground.RAISED, parent)
        self._notice: Notice | None = None
        self._message = label(wrap=True)
        self._hint = label(tone=Tone.QUIET, wrap=True)
        self.action = Button("", parent=self)
        self.close_button = IconButton(Icon.CLOSE, "Dismiss", size=28, parent=self)
        text = QVBoxLayout()
        text.setSpacing(2)
        text.addWidget(self._message)
        text.addWidget(self._hint)
        self._flow = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._flow.setSpacing(SPACE_12)
        self._flow.addLayout(text, 1)
        self._flow.addWidget(self.action)
        row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        row.setContentsMargins(SPACE_16 + 18 + SPACE_12, SPACE_12, SPACE_12, SPACE_12)
        row.setSpacing(SPACE_4)
        row.addLayout(self._flow, 1)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self._slide = QVariantAnimation(self)
        self._slide.setDuration(APPEAR_MS)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._slide.valueChanged.connect(lambda height: self.setMaximumHeight(int(height)))
        self._slide.finished.connect(lambda: self.setMaximumHeight(_UNBOUNDED))
        self._passing = QTimer(self, singleShot=True, interval=_READ_WITHIN_MS)
        self._passing.timeout.connect(lambda: self.dismissed.emit(self._notice))
        self.action.clicked.connect(lambda: self.acted.emit(self._notice))
        self.close_button.clicked.connect(lambda: self.dismissed.emit(self._notice))
        self.hide()

    @property
    def notice(self) -> Notice | None:
        """What is shown."""
        return self._notice

    def show_notice(self, notice: Notice | None) -> None:
        """Show it, or nothing."""
        if notice is self._notice:
            return
        was_hidden = self._notice is None
        self._notice = notice
        self._passing.stop()
        if notice is None:
            self.hide()
            return
        self._message.setText(notice.message)
        self._hint.setText(notice.hint)
        self._hint.setVisible(bool(notice.hint))
        self.action.setText(words.ACTIONS[notice.action])
        self.action.setVisible(notice.action is not Action.NONE)
        self.action.updateGeometry()
        self.setAccessibleName(f"{notice.message} {notice.hint}".strip())
        if notice.code in _GOOD_NEWS:
            self._passing.start()
        self.update()
        self.show()
        if was_hidden and not reduced_motion():
            self._slide.setStartValue(0)
            self._slide.setEndValue(max(self.sizeHint().height(), self._height_for_width()))
            self._slide.start()
        announce(self, self.accessibleName(), urgent=True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        across = QBoxLayout.Direction.LeftToRight
        wanted = across if self.width() >= _WIDE else QBoxLayout.Direction.TopToBottom
        if self._flow.direction() is not wanted:
            self._flow.setDirection(wanted)
            side = Qt.AlignmentFlag.AlignVCenter if wanted is across else Qt.AlignmentFlag.AlignLeft
            self._flow.setAlignment(self.action, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        first_line = self._message.geometry().top() + self._message.fontMetrics().height() / 2
        at = QPointF(SPACE_16 + 9, first_line + 1)
        if self._notice is not None and self._notice.code in _GOOD_NEWS:
            draw(QPainter(self), Icon.CHECK, at, 18, colors().accent)
        else:
            draw(QPainter(self), Icon.WARNING, at, 18, colors().warning)

    def _height_for_width(self) -> int:
        layout = self.layout()
        return layout.heightForWidth(self.width()) if layout is not None and self.width() else 0
