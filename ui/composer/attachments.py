"""Above the field: pictures that go with the next turn, or are waited for. GUI thread."""

from __future__ import annotations

import math
from functools import partial

from PySide6.QtCore import QElapsedTimer, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.shots import commands
from app.shots.shot import Attachment
from ui.announce import announce
from ui.controls.buttons import Button, IconButton, Kind
from ui.controls.icons import Icon
from ui.controls.surfaces import Tone, label
from ui.shots import wording
from ui.shots.state import ShotsView
from ui.shots.thumbnail import Thumbnail
from ui.tokens import SPACE_4, SPACE_8

_TICK_MS = 200
_LOOK, _OPEN = "Look at it, then attach it", "Open what will be sent"


class Chip(QWidget):
    """A thumbnail and the button that removes it."""

    def __init__(self, data: bytes, name: str, *, is_pending: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.picture = Thumbnail(data, parent=self)
        self.picture.is_faint = is_pending
        self.picture.show_name(name, _LOOK if is_pending else _OPEN)
        self.remove = IconButton(Icon.CLOSE, f"Remove {name}", size=24, parent=self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.picture)
        row.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignTop)


class Attachments(QWidget):
    """Hidden while there is nothing. `opened` carries an attached shot's id, `looked_at` one that
    is not attached yet.
    """

    asked = Signal(object)
    opened = Signal(str)
    looked_at = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = ShotsView()
        self._since = QElapsedTimer()
        self.chips: dict[str, Chip] = {}
        self._row = QHBoxLayout()
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACE_8)
        self._row.addStretch()
        self.countdown = label(tone=Tone.QUIET)
        self.cancel = Button("Cancel", Kind.QUIET, height=28, parent=self)
        waiting = QHBoxLayout()
        waiting.setSpacing(SPACE_8)
        waiting.addWidget(self.countdown, 1)
        waiting.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, SPACE_4)
        column.setSpacing(SPACE_4)
        column.addLayout(self._row)
        column.addLayout(waiting)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._count)
        self.cancel.clicked.connect(lambda: self.asked.emit(commands.CancelShot()))
        self._show_delay(0.0)
        self.hide()

    def show_state(self, view: ShotsView) -> None:
        """Render what is attached and what is waited for."""
        if view is self._view:
            return
        before, self._view = self._view, view
        if (view.attached, view.pending) != (before.attached, before.pending):
            self._show_chips()
        if view.delay_s != before.delay_s:
            self._show_delay(view.delay_s)
            if before.delay_s <= 0:
                announce(self, self.countdown.text())
        if len(view.attached) > len(before.attached):
            announce(self, f"{wording.name(view.attached[-1].source)} goes with your next words.")
        self.setVisible(bool(self.chips) or view.delay_s > 0)

    def _show_chips(self) -> None:
        had_focus = any(chip.isAncestorOf(self._focused()) for chip in self.chips.values())
        for chip in self.chips.values():
            chip.hide()
            chip.deleteLater()
        self.chips = {}
        for shot in self._view.attached:
            self._add(shot.shot_id, shot, is_pending=False)
        for waiting in self._view.pending:
            if waiting.attachment is not None:
                self._add(waiting.shot_id, waiting.attachment, is_pending=True)
        if had_focus and self.chips:
            next(iter(self.chips.values())).picture.setFocus(Qt.FocusReason.OtherFocusReason)

    def _add(self, shot_id: str, shot: Attachment, *, is_pending: bool) -> None:
        chip = Chip(shot.data, wording.name(shot.source), is_pending=is_pending, parent=self)
        opens = self.looked_at if is_pending else self.opened
        chip.picture.clicked.connect(partial(opens.emit, shot_id))
        remove = commands.RemoveShot(shot_id)
        chip.remove.clicked.connect(lambda: self.asked.emit(remove))
        self._row.insertWidget(len(self.chips), chip)
        chip.show()
        self.chips[shot_id] = chip

    def _focused(self) -> QWidget:
        return self.focusWidget() or self

    def _show_delay(self, seconds: float) -> None:
        self.countdown.setVisible(seconds > 0)
        self.cancel.setVisible(seconds > 0)
        if seconds <= 0:
            self._tick.stop()
            return
        self._since.start()
        self._count()
        self._tick.start()

    def _count(self) -> None:
        left = math.ceil(self._view.delay_s - self._since.elapsed() / 1000)
        self.countdown.setText(f"The screen freezes in {max(left, 1)} s")
