"""Counts down to the next attempt at a busy server, and lets a person stop waiting. GUI thread."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.announce import announce
from ui.controls.buttons import Button
from ui.controls.surfaces import Card, Ground, label
from ui.tokens import SPACE_12, SPACE_16

if TYPE_CHECKING:
    from app.events import RetryWaiting

LEAST_S = 0.8
"""A shorter wait is over before it could be read."""

_TICK_MS = 200


class WaitCard(Card):
    """Hidden while nothing is waited for. `stopped` when the person does not want to wait."""

    stopped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Ground.RAISED, parent)
        self._wait: RetryWaiting | None = None
        self._since = QElapsedTimer()
        self._words = label(wrap=True)
        self.cancel = Button("Cancel", parent=self)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_16, SPACE_12, SPACE_12, SPACE_12)
        row.setSpacing(SPACE_12)
        row.addWidget(self._words, 1)
        row.addWidget(self.cancel, 0, Qt.AlignmentFlag.AlignVCenter)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._count)
        self.cancel.clicked.connect(self.stopped)
        self.hide()

    @property
    def words(self) -> str:
        """What is shown."""
        return self._words.text()

    def show_wait(self, wait: RetryWaiting | None) -> None:
        """Count this one down, or nothing."""
        if wait is self._wait:
            return
        self._wait = wait
        if wait is None or wait.seconds < LEAST_S:
            self._tick.stop()
            self.hide()
            return
        self._since.start()
        self._count()
        self._tick.start()
        self.show()
        announce(self, self.words)

    def _count(self) -> None:
        if self._wait is not None:
            left_s = math.ceil(self._wait.seconds - self._since.elapsed() / 1000)
            when = f"Trying again in {left_s} s." if left_s > 0 else "Trying again…"
            self._words.setText(f"{self._wait.reason} {when}")
            self.setAccessibleName(self.words)
