"""A short table that the user writes: a line for each entry, one more by a button. GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from ui.controls.buttons import Button, IconButton, Kind
from ui.controls.fields import ChoiceBox, TextField
from ui.controls.icons import Icon
from ui.controls.pasting import pastes
from ui.controls.surfaces import Card, Line, Tone, label
from ui.tokens import SPACE_8, SPACE_12, SPACE_16

_MOST_LINES = 5
_EDGE_PX = 16

Entry = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One field of every entry. `choices` are (value, words); `wide` takes several lines."""

    name: str
    hint: str = ""
    is_needed: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    wide: bool = False


class LongField(QPlainTextEdit):
    """Several lines. `committed` comes when the keyboard leaves it; Escape takes it back."""

    committed = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept = ""
        self.setAccessibleName(name)
        self.setProperty("boxed", True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(5)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def show_value(self, value: str) -> None:
        """Show what is in force, unless it is being changed."""
        if not self.hasFocus() or self.toPlainText() == self._kept:
            self._kept = value
            if self.toPlainText() != value:
                self.setPlainText(value)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.toPlainText() != self._kept:
            self._kept = self.toPlainText()
            self.committed.emit(self._kept)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.toPlainText() != self._kept:
            self.setPlainText(self._kept)
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        elif not pastes(self, event):
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        lines = min(max(round(self.document().size().height()), 1), _MOST_LINES)
        self.setFixedHeight(max(lines * self.fontMetrics().lineSpacing() + 14, 32))


class _Line(QWidget):
    """The fields of one entry, and a button that removes it."""

    changed = Signal()
    removed = Signal()

    def __init__(self, columns: Sequence[Column], entry: Entry) -> None:
        super().__init__()
        self._columns = columns
        self._fields: list[TextField | LongField | ChoiceBox] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_16, SPACE_8, SPACE_8, SPACE_8)
        row.setSpacing(SPACE_8)
        for column, value in zip(columns, entry, strict=True):
            field = self._field(column, value)
            self._fields.append(field)
            stretch = 0 if column.choices else 3 if column.wide else 2
            row.addWidget(field, stretch, Qt.AlignmentFlag.AlignTop)
        remove = IconButton(Icon.DELETE, f"Remove {entry[0]}".strip(), parent=self)
        remove.clicked.connect(self.removed)
        row.addWidget(remove, 0, Qt.AlignmentFlag.AlignTop)

    @property
    def entry(self) -> Entry:
        """What the fields hold."""
        return tuple(_text_of(field) for field in self._fields)

    @property
    def is_complete(self) -> bool:
        """Whether something is written, and every field that must hold something does."""
        pairs = tuple(zip(self._columns, self.entry, strict=True))
        is_written = any(value.strip() for column, value in pairs if not column.choices)
        return is_written and all(value.strip() for column, value in pairs if column.is_needed)

    def begin(self) -> None:
        """Put the keyboard into the first field."""
        self._fields[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _field(self, column: Column, value: str) -> TextField | LongField | ChoiceBox:
        if column.choices:
            box = ChoiceBox(column.name)
            box.setMaximumWidth(150)
            for choice, words in column.choices:
                box.addItem(words, choice)
            box.setCurrentIndex(max(box.findData(value), 0))
            box.activated.connect(lambda _at: self.changed.emit())
            return box
        field = LongField(column.name) if column.wide else TextField(column.name)
        field.setPlaceholderText(column.hint)
        field.show_value(value)
        field.committed.connect(lambda _text: self.changed.emit())
        return field


class EntriesCard(QWidget):
    """`committed` carries all entries that are complete, in their order."""

    committed = Signal(object)

    def __init__(
        self,
        title: str,
        words: str,
        columns: Callable[[], Sequence[Column]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._columns = columns
        self._lines: list[_Line] = []
        self._shown: tuple[Entry, ...] = ()
        self._offered: Sequence[Column] = ()
        self.add = Button("Add", Kind.SECONDARY, height=28)
        self.add.setAccessibleName(f"Add to {title.lower()}")
        card = Card()
        self._inside = QVBoxLayout(card)
        self._inside.setContentsMargins(1, 1, 1, 1)
        self._inside.setSpacing(0)
        self._holder = QVBoxLayout()
        self._holder.setSpacing(0)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(_EDGE_PX, SPACE_12, _EDGE_PX, SPACE_12)
        bottom.setSpacing(SPACE_16)
        bottom.addWidget(label(words, Tone.QUIET, wrap=True), 1)
        bottom.addWidget(self.add, 0, Qt.AlignmentFlag.AlignVCenter)
        self._inside.addLayout(self._holder)
        self._inside.addLayout(bottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_8)
        column.addWidget(label(title, Tone.HEADING))
        column.addWidget(card)
        self.add.clicked.connect(self._begin)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries that are complete."""
        return tuple(line.entry for line in self._lines if line.is_complete)

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show what is in force; lines that say so already stay as they are."""
        shown, offered = tuple(entries), self._columns()
        if shown == self.entries and offered == self._offered:
            return
        self._offered = offered
        while self._lines:
            self._drop(self._lines[-1])
        for entry in shown:
            self._append(entry)

    def _begin(self) -> None:
        first = (column.choices[0][0] if column.choices else "" for column in self._offered)
        line = self._append(tuple(first))
        line.begin()

    def _append(self, entry: Entry) -> _Line:
        line = _Line(self._offered, entry)
        line.changed.connect(lambda: self.committed.emit(self.entries))
        line.removed.connect(lambda: self._remove(line))
        self._lines.append(line)
        self._holder.addWidget(line)
        line.show()
        self._holder.addWidget(Line())
        return line

    def _remove(self, line: _Line) -> None:
        was_complete = line.is_complete
        self._drop(line)
        self.add.setFocus(Qt.FocusReason.OtherFocusReason)
        if was_complete:
            self.committed.emit(self.entries)

    def _drop(self, line: _Line) -> None:
        at = self._holder.indexOf(line)
        self._lines.remove(line)
        for _ in range(2):
            item = self._holder.takeAt(at)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()


def _text_of(field: TextField | LongField | ChoiceBox) -> str:
    if isinstance(field, ChoiceBox):
        return str(field.currentData())
    return field.text() if isinstance(field, TextField) else field.toPlainText()
