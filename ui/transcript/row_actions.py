"""The actions under a reply: copy, read again, try again; and who answered, when. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.controls.buttons import IconButton
from ui.controls.icons import Icon
from ui.controls.surfaces import Tone, label
from ui.tokens import SPACE_4, SPACE_8
from ui.view_entries import Entry

_SIZE = 28
_COPIED_MS = 1200


class RowActions(QWidget):
    """One bar that is put under the reply it is about."""

    copy = Signal(str)
    read_again = Signal(str)
    retry = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._entry_id = ""
        self._copy = IconButton(Icon.COPY, "Copy reply", size=_SIZE, parent=self)
        self._read = IconButton(Icon.READ, "Read again", size=_SIZE, parent=self)
        self._retry = IconButton(Icon.RETRY, "Try again", size=_SIZE, parent=self)
        self._about = label(tone=Tone.CAPTION)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_4)
        for part in (self._copy, self._read, self._retry):
            row.addWidget(part)
        row.addSpacing(SPACE_8)
        row.addWidget(self._about)
        row.addStretch()
        self._back = QTimer(self, singleShot=True, interval=_COPIED_MS)
        self._back.timeout.connect(lambda: self._copy.show_as(Icon.COPY, "Copy reply"))
        self._copy.clicked.connect(self._on_copy)
        self._read.clicked.connect(lambda: self.read_again.emit(self._entry_id))
        self._retry.clicked.connect(self.retry)
        self.hide()

    @property
    def entry_id(self) -> str:
        """The reply that it is about."""
        return self._entry_id

    def show_for(self, entry: Entry, *, is_last: bool) -> None:
        """Be about this reply. Only the latest can be tried again."""
        if entry.id != self._entry_id:
            self._entry_id = entry.id
            self._copy.show_as(Icon.COPY, "Copy reply")
        self._retry.setVisible(is_last)
        self._read.setVisible(bool(entry.text.strip()))
        time = entry.at.astimezone().strftime("%H:%M") if entry.at else ""
        by = entry.by[:1].upper() + entry.by[1:] if entry.by == "built in" else entry.by
        self._about.setText(" · ".join(part for part in (by, time) if part))
        self.adjustSize()
        self.show()

    def has_focus(self) -> bool:
        """Whether the keyboard is on one of its buttons."""
        return any(button.hasFocus() for button in (self._copy, self._read, self._retry))

    def _on_copy(self) -> None:
        self.copy.emit(self._entry_id)
        self._copy.show_as(Icon.CHECK, "Copied")
        self._back.start()
