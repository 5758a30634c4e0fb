"""The pictures that wait to be looked at, when there are several. GUI thread."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.shots import wording
from ui.shots.state import Pending
from ui.shots.thumbnail import Thumbnail
from ui.tokens import SPACE_8


class Strip(QWidget):
    """Hidden while there is at most one. `chosen` carries a shot's id."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Pending, ...] = ()
        self.thumbnails: dict[str, Thumbnail] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACE_8)
        self._row.addStretch()
        self.hide()

    def show_state(self, pending: tuple[Pending, ...], current: str) -> None:
        """Render these; `current` is the one that is open."""
        if pending is not self._shown:
            self._shown = pending
            self._make(pending)
        for shot_id, thumbnail in self.thumbnails.items():
            thumbnail.setChecked(shot_id == current)
        self.setVisible(len(self.thumbnails) > 1)

    def _make(self, pending: tuple[Pending, ...]) -> None:
        for thumbnail in self.thumbnails.values():
            thumbnail.hide()
            thumbnail.deleteLater()
        self.thumbnails = {}
        for number, shot in enumerate(shot for shot in pending if shot.attachment is not None):
            assert shot.attachment is not None
            made = Thumbnail(shot.attachment.data, self)
            made.setCheckable(True)
            made.show_name(wording.name(shot.source), "Look at this one")
            made.clicked.connect(partial(self.chosen.emit, shot.shot_id))
            self._row.insertWidget(number, made)
            made.show()
            self.thumbnails[shot.shot_id] = made
