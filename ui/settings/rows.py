"""A line of the settings page: what it is at the left, the control at the right. GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from ui.controls.surfaces import Card, Line, Tone, label
from ui.tokens import SPACE_8, SPACE_12, SPACE_16

_WIDE = 460


class Row(QWidget):
    """Title, help and, when something is wrong, why; in a narrow page the control is below."""

    def __init__(self, title: str, words: str, control: QWidget) -> None:
        super().__init__()
        self._control = control
        self._help = label(words, Tone.QUIET, wrap=True)
        if not words:
            self._help.hide()
        self._wrong = label(tone=Tone.DANGER, wrap=True)
        self._wrong.hide()
        text = QVBoxLayout()
        text.setSpacing(2)
        text.addWidget(label(title, wrap=True))
        text.addWidget(self._help)
        text.addWidget(self._wrong)
        self._flow = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        overhang = int(getattr(control, "overhang_px", 0))
        self._flow.setContentsMargins(SPACE_16, SPACE_12, SPACE_16 - overhang, SPACE_12)
        self._flow.setSpacing(SPACE_16)
        self._flow.addLayout(text, 1)
        self._flow.addWidget(control)
        self._flow.setAlignment(control, Qt.AlignmentFlag.AlignVCenter)
        control.setAccessibleDescription(words)

    @property
    def control(self) -> QWidget:
        """What it is set with."""
        return self._control

    def say(self, words: str) -> None:
        """Another help text."""
        if words != self._help.text():
            self._help.setText(words)
            self._help.setVisible(bool(words))

    def complain(self, words: str) -> None:
        """Say what is wrong; empty when nothing is."""
        self._wrong.setText(words)
        self._wrong.setVisible(bool(words))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = self.width() >= _WIDE
        direction = QBoxLayout.Direction
        wanted = direction.LeftToRight if is_wide else direction.TopToBottom
        if self._flow.direction() is not wanted:
            self._flow.setDirection(wanted)
            self._flow.setSpacing(SPACE_16 if is_wide else SPACE_8)
            side = Qt.AlignmentFlag.AlignVCenter if is_wide else Qt.AlignmentFlag.AlignLeft
            self._flow.setAlignment(self._control, side)


class RowCard(QWidget):
    """A titled card with a thin line between the rows that are shown."""

    def __init__(self, title: str, rows: Sequence[QWidget]) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_8)
        column.addWidget(label(title, Tone.HEADING))
        card = Card()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.setSpacing(0)
        self._rows: list[tuple[Line, QWidget]] = []
        for row in rows:
            line = Line()
            inside.addWidget(line)
            inside.addWidget(row)
            self._rows.append((line, row))
        column.addWidget(card)
        self._draw_lines()

    def show_only(self, shown: Callable[[QWidget], bool]) -> None:
        """Show the rows for which this holds; nothing changes where all is as it was."""
        for _, row in self._rows:
            if row.isHidden() == shown(row):
                row.setVisible(shown(row))
        self._draw_lines()

    def _draw_lines(self) -> None:
        above = False
        for line, row in self._rows:
            line.setVisible(above and not row.isHidden())
            above = above or not row.isHidden()
