"""Fields one types or chooses in. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from ui.controls.buttons import IconButton
from ui.controls.icons import Icon, draw
from ui.controls.pasting import pastes
from ui.theme import colors
from ui.tokens import SPACE_4

_COARSE_STEP_FROM = 500
_TEXT_ROOM_PX = 42


class TextField(QLineEdit):
    """One line. `committed` comes once the user has finished; Escape takes the change back."""

    committed = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept = ""
        self.setAccessibleName(name)
        self.editingFinished.connect(self._commit)

    def show_value(self, value: str) -> None:
        """Show what is in force, unless the user is in the middle of a change."""
        untouched = self.text() == self._kept
        self._kept = value
        if untouched or not self.hasFocus():
            self.setText(value)
            self.setCursorPosition(0)

    def mark_wrong(self, wrong: bool) -> None:
        """Draw the border in the colour of trouble, or not."""
        if wrong != bool(self.property("wrong")):
            self.setProperty("wrong", wrong)
            self.style().polish(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text() != self._kept:
            self.setText(self._kept)
            event.accept()
            return
        if not pastes(self, event):
            super().keyPressEvent(event)

    def _commit(self) -> None:
        if self.text() != self._kept:
            self.committed.emit(self.text())


class SecretField(QLineEdit):
    """A key: dots on screen, kept out of the clipboard, the undo list and word prediction."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setPlaceholderText("sk-…")
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
        )

    def take(self) -> str:
        """The key, and nothing left in the field."""
        key = self.text().strip()
        self.setText("")
        return key


class ChoiceBox(QComboBox):
    """One of several. The wheel scrolls the page and never changes a choice by accident."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setMaxVisibleItems(12)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        room = self.width() - _TEXT_ROOM_PX
        elided = Qt.TextElideMode.ElideRight
        option.currentText = self.fontMetrics().elidedText(self.currentText(), elided, room)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        draw(painter, Icon.DOWN, QPointF(self.width() - 18, self.height() / 2), 14, colors().quiet)


class _SpinBox(QSpinBox):
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class _DecimalBox(QDoubleSpinBox):
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class DecimalField(QWidget):
    """A number with two decimals in a range, with buttons to step it."""

    committed = Signal(float)

    def __init__(
        self, name: str, minimum: float, maximum: float, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._kept = minimum
        self.box = _DecimalBox(self)
        self.box.setRange(minimum, maximum)
        self.box.setSingleStep(0.05)
        _lay_out_stepped(self, self.box, name)
        self.box.valueChanged.connect(self._commit)

    def show_value(self, value: float) -> None:
        """Show what is in force."""
        self._kept = value
        if self.box.value() != value:
            self.box.setValue(value)

    def _commit(self, value: float) -> None:
        value = round(value, 2)
        if value != self._kept:
            self._kept = value
            self.committed.emit(value)


class NumberField(QWidget):
    """A whole number in a range, with buttons to step it."""

    committed = Signal(int)

    def __init__(
        self, name: str, minimum: int, maximum: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._kept = minimum
        self.box = _SpinBox(self)
        self.box.setRange(minimum, maximum)
        self.box.setSingleStep(50 if maximum - minimum >= _COARSE_STEP_FROM else 1)
        _lay_out_stepped(self, self.box, name)
        self.box.valueChanged.connect(self._commit)

    def show_value(self, value: int) -> None:
        """Show what is in force."""
        self._kept = value
        if self.box.value() != value:
            self.box.setValue(value)

    def _commit(self, value: int) -> None:
        if value != self._kept:
            self._kept = value
            self.committed.emit(value)


def _lay_out_stepped(holder: QWidget, box: QSpinBox | QDoubleSpinBox, name: str) -> None:
    """A number between the buttons that step it."""
    box.setAccessibleName(name)
    box.setKeyboardTracking(False)
    box.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    box.setFixedWidth(76)
    less = IconButton(Icon.MINUS, f"Less: {name}", parent=holder)
    more = IconButton(Icon.NEW, f"More: {name}", parent=holder)
    less.clicked.connect(box.stepDown)
    more.clicked.connect(box.stepUp)
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACE_4)
    for part in (less, box, more):
        row.addWidget(part)
    holder.setFocusProxy(box)
