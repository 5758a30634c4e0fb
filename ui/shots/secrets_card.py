"""Says that a picture shows what looks like a secret, and asks before it is sent. GUI thread."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.shots.shot import SecretFound
from ui.announce import announce
from ui.approval import ARM_AFTER_MS
from ui.controls.buttons import Button, Kind
from ui.controls.icons import Icon, draw
from ui.controls.surfaces import Card, Ground, label
from ui.shots import wording
from ui.theme import colors
from ui.tokens import SPACE_8, SPACE_12, SPACE_16

_ICON = 18


class SecretsCard(Card):
    """Hidden while nothing was found. `covered` is the way it offers first."""

    covered = Signal()
    agreed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Ground.RAISED, parent)
        self.is_agreed = False
        self._found: tuple[SecretFound, ...] = ()
        self._words = label(wrap=True)
        self.cover = Button("Cover it", parent=self)
        self.anyway = Button("Attach anyway", Kind.DANGER, parent=self)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_8)
        buttons.addWidget(self.cover)
        buttons.addWidget(self.anyway)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_16 + _ICON + SPACE_12, SPACE_12, SPACE_12, SPACE_12)
        column.setSpacing(SPACE_8)
        column.addWidget(self._words)
        column.addLayout(buttons)
        self._arm = QTimer(self, singleShot=True, interval=ARM_AFTER_MS)
        self._arm.timeout.connect(lambda: self.anyway.setEnabled(True))
        self.cover.clicked.connect(self.covered)
        self.anyway.clicked.connect(self._agree)
        self.forget()

    @property
    def words(self) -> str:
        """What it says."""
        return self._words.text()

    def forget(self) -> None:
        """It is about another picture now: nobody has agreed to anything."""
        self.is_agreed = False
        self._found = ()
        self._arm.stop()
        self.anyway.hide()
        self.hide()

    def show_found(self, found: Sequence[SecretFound]) -> None:
        """Say what was found on the picture as it is now."""
        if tuple(found) == self._found:
            return
        self.forget()
        self._found = tuple(found)
        if not found:
            return
        self._say(wording.secrets(found))
        self.cover.setText("Cover it" if len(found) == 1 else "Cover them")
        self.cover.updateGeometry()
        self.show()

    def ask(self) -> None:
        """Ask whether it may go as it is; the answer cannot be given by accident."""
        if self.anyway.isHidden():
            self._say(f"{wording.secrets(self._found)} Attach the picture with that?")
            self.anyway.setEnabled(False)
            self.anyway.show()
            self._arm.start()
        self.cover.setFocus(Qt.FocusReason.OtherFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        line = self._words.geometry().top() + self._words.fontMetrics().height() / 2
        at = QPointF(SPACE_16 + _ICON / 2, line + 1)
        draw(QPainter(self), Icon.WARNING, at, _ICON, colors().warning)

    def _say(self, words: str) -> None:
        self._words.setText(words)
        self.setAccessibleName(words)
        announce(self, words, urgent=True)

    def _agree(self) -> None:
        self.is_agreed = True
        self.agreed.emit()
