"""What a product is edited in: a table, a form, a text; a picture is only shown. GUI thread."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFont, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.products.product import Code, Contact, Event, Picture, Product, Table, Text
from ui.controls.buttons import Button, Kind
from ui.controls.column import show_handle_when_needed
from ui.controls.fields import TextField
from ui.controls.surfaces import Tone, label
from ui.theme import code_font
from ui.tokens import SPACE_4, SPACE_8, SPACE_12

_MOST_PX = 260
_LEAST_TEXT_PX = 64
_LINE_BOX_PX = 16
_MOST_LINES = 4
_ROW_PX = 30
_WIDEST_CELL_PX = 280
_PICTURE_PX = 220
_BUTTON_HEIGHT = 28

_EVENT = {
    "title": "Title",
    "starts": "Starts",
    "ends": "Ends",
    "time_zone": "Time zone",
    "place": "Place",
    "notes": "Notes",
}
_CONTACT = {
    "name": "Name",
    "organisation": "Organisation",
    "role": "Role",
    "phones": "Phone",
    "emails": "E-mail",
    "address": "Address",
    "website": "Website",
    "notes": "Notes",
}
_LONG = frozenset({"notes", "phones", "emails", "address"})
_HINTS = {"starts": "2026-11-24 17:00", "ends": "2026-11-24", "time_zone": "as on this computer"}


class Editor(Protocol):
    """`product` is what stands in the fields now."""

    def product(self) -> Product: ...


def editor_of(product: Product, parent: QWidget) -> QWidget:
    """A widget that is an `Editor`."""
    match product:
        case Table():
            return TableEditor(product, parent)
        case Event():
            return FormEditor(product, _EVENT, parent)
        case Contact():
            return FormEditor(product, _CONTACT, parent)
        case Text() | Code():
            return TextEditor(product, parent)
        case Picture():
            return PictureView(product, parent)


class TableEditor(QWidget):
    """The headings are the first row, so that they are edited like any cell."""

    def __init__(self, table: Table, parent: QWidget) -> None:
        super().__init__(parent)
        self._title = table.title
        self.cells = QTableWidget(len(table.rows) + 1, len(table.columns), self)
        self.cells.setAccessibleName(f"Table {table.title}")
        self.cells.setTabKeyNavigation(False)
        self.cells.setFrameShape(QFrame.Shape.NoFrame)
        self.cells.horizontalHeader().hide()
        self.cells.verticalHeader().hide()
        self.cells.verticalHeader().setDefaultSectionSize(_ROW_PX)
        self.cells.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        bold = QFont(self.cells.font())
        bold.setBold(True)
        for number, row in enumerate((table.columns, *table.rows)):
            for column, text in enumerate(row):
                item = QTableWidgetItem(text)
                if number == 0:
                    item.setFont(bold)
                self.cells.setItem(number, column, item)
        self.cells.resizeColumnsToContents()
        for column in range(len(table.columns)):
            wide = min(self.cells.columnWidth(column) + SPACE_12, _WIDEST_CELL_PX)
            self.cells.setColumnWidth(column, wide)
        self.cells.horizontalHeader().setStretchLastSection(True)
        for bar in (self.cells.verticalScrollBar(), self.cells.horizontalScrollBar()):
            show_handle_when_needed(bar)
        self.add = Button("Add row", Kind.QUIET, height=_BUTTON_HEIGHT, parent=self)
        self.remove = Button("Remove row", Kind.QUIET, height=_BUTTON_HEIGHT, parent=self)
        self.add.clicked.connect(self._add)
        self.remove.clicked.connect(self._remove)
        buttons = QHBoxLayout()
        # Their words begin where those of the cells do.
        buttons.setSpacing(0)
        buttons.addSpacing(-SPACE_12)
        buttons.addWidget(self.add)
        buttons.addWidget(self.remove)
        buttons.addStretch()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(SPACE_4)
        whole.addWidget(self.cells)
        whole.addLayout(buttons)
        self._fit()

    def product(self) -> Table:
        """The cells as they are."""
        rows = [
            tuple(self._text(row, column) for column in range(self.cells.columnCount()))
            for row in range(self.cells.rowCount())
        ]
        return Table(self._title, rows[0], tuple(rows[1:]))

    def _text(self, row: int, column: int) -> str:
        item: QTableWidgetItem | None = self.cells.item(row, column)
        return "" if item is None else item.text()

    def _add(self) -> None:
        here = self.cells.currentRow()
        at = here + 1 if here >= 0 else self.cells.rowCount()
        self.cells.insertRow(at)
        self.cells.setCurrentCell(at, 0)
        self.cells.setFocus(Qt.FocusReason.OtherFocusReason)
        self._fit()

    def _remove(self) -> None:
        if self.cells.currentRow() > 0:
            self.cells.removeRow(self.cells.currentRow())
            self._fit()

    def _fit(self) -> None:
        wanted = self.cells.rowCount() * _ROW_PX + 14
        self.cells.setFixedHeight(min(wanted, _MOST_PX))


class FormEditor(QScrollArea):
    """One line or box for each field."""

    def __init__(self, product: Event | Contact, names: dict[str, str], parent: QWidget) -> None:
        super().__init__(parent)
        self._product = product
        self.fields: dict[str, TextField | QPlainTextEdit] = {}
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, SPACE_12, 0)
        grid.setVerticalSpacing(SPACE_8)
        grid.setHorizontalSpacing(SPACE_12)
        grid.setColumnStretch(1, 1)
        for row, (field, name) in enumerate(names.items()):
            made = self._field(field, name, getattr(product, field))
            words = label(name, Tone.QUIET)
            words.setBuddy(made)
            grid.addWidget(words, row, 0, Qt.AlignmentFlag.AlignTop)
            words.setContentsMargins(0, SPACE_8, 0, 0)
            grid.addWidget(made, row, 1)
        self.setWidget(holder)
        show_handle_when_needed(self.verticalScrollBar())
        self.setFixedHeight(min(holder.sizeHint().height(), _MOST_PX))

    def product(self) -> Event | Contact:
        """The fields as they are."""
        texts = {
            name: field.toPlainText() if isinstance(field, QPlainTextEdit) else field.text()
            for name, field in self.fields.items()
        }
        return type(self._product)(**texts)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            self.ensureWidgetVisible(watched)
        return super().eventFilter(watched, event)

    def _field(self, field: str, name: str, text: str) -> QWidget:
        if field in _LONG:
            box = _text_box(name, text, self)
            lines = min(text.count("\n") + 1, _MOST_LINES)
            box.setFixedHeight(_LINE_BOX_PX + lines * box.fontMetrics().lineSpacing())
            self.fields[field] = box
            box.installEventFilter(self)
            return box
        line = TextField(name, self)
        line.show_value(text)
        line.setPlaceholderText(_HINTS.get(field, ""))
        self.fields[field] = line
        line.installEventFilter(self)
        return line


class TextEditor(QWidget):
    """A text, or code in its own letters; a file of code has its name above it."""

    def __init__(self, product: Text | Code, parent: QWidget) -> None:
        super().__init__(parent)
        self._product = product
        is_code = isinstance(product, Code)
        text = product.code if isinstance(product, Code) else product.text
        self.box = _text_box("Code" if is_code else "Text", text, self)
        if is_code:
            self.box.setFont(code_font())
            self.box.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        lines = text.count("\n") + 1 + len(text) // 90
        height = (lines + 1) * self.box.fontMetrics().lineSpacing() + SPACE_12
        self.box.setFixedHeight(max(_LEAST_TEXT_PX, min(height, _MOST_PX)))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.box)

    def product(self) -> Text | Code:
        """The text as it is."""
        text = self.box.toPlainText()
        if isinstance(self._product, Code):
            return replace(self._product, code=text)
        return replace(self._product, text=text)


class PictureView(QLabel):
    """The picture, small."""

    def __init__(self, product: Picture, parent: QWidget) -> None:
        super().__init__(parent)
        self._product = product
        self.setAccessibleName(f"Picture: {product.title}")
        self.setAlignment(Qt.AlignmentFlag.AlignLeft)
        picture = QPixmap(str(product.path))
        if picture.isNull():
            self.setText("The picture can no longer be read.")
            return
        ratio = self.devicePixelRatioF()
        side = round(_PICTURE_PX * ratio)
        small = picture.scaled(
            side,
            side,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        small.setDevicePixelRatio(ratio)
        self.setPixmap(small)

    def product(self) -> Picture:
        """The picture."""
        return self._product


def _text_box(name: str, text: str, parent: QWidget) -> QPlainTextEdit:
    box = QPlainTextEdit(parent)
    box.setAccessibleName(name)
    box.setProperty("boxed", "true")
    box.setTabChangesFocus(True)
    box.setPlainText(text)
    show_handle_when_needed(box.verticalScrollBar())
    return box
