"""A control for each kind of setting: shows a value, tells when one was set. GUI thread."""

from __future__ import annotations

import enum

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.events import DeviceChoice
from ui import words
from ui.controls.buttons import RING_PX, Switch
from ui.controls.fields import ChoiceBox, DecimalField, NumberField, TextField
from ui.settings.fields import Field, Kind

FIELD_WIDTH = 240


class Editor(QWidget):
    """`committed` carries the new value, once the user has finished."""

    committed = Signal(object)
    overhang_px = 0
    """What the control keeps free at its right, so that rows can align what is drawn."""

    def __init__(self, control: QWidget) -> None:
        super().__init__()
        self.setFocusProxy(control)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(control)

    def show_value(self, value: object) -> None:
        """Show what is in force."""

    def mark_wrong(self, wrong: bool) -> None:
        """Show that the value cannot be; only text can be wrong."""


class SwitchEditor(Editor):
    """On or off."""

    overhang_px = RING_PX

    def __init__(self, field: Field) -> None:
        self._switch = Switch(field.title)
        super().__init__(self._switch)
        self._switch.clicked.connect(lambda on: self.committed.emit(bool(on)))

    def show_value(self, value: object) -> None:
        self._switch.setChecked(bool(value))


class ChoiceEditor(Editor):
    """One of an enum's values."""

    def __init__(self, field: Field) -> None:
        self._box = ChoiceBox(field.title)
        super().__init__(self._box)
        self._box.setFixedWidth(FIELD_WIDTH)
        self._choices: tuple[enum.StrEnum, ...] = field.choices
        for choice in self._choices:
            self._box.addItem(words.choice(choice))
        self._box.activated.connect(lambda at: self.committed.emit(self._choices[at]))

    def show_value(self, value: object) -> None:
        self._box.setCurrentIndex([choice.value for choice in self._choices].index(str(value)))


class NumberEditor(Editor):
    """A whole number in its range."""

    def __init__(self, field: Field) -> None:
        self._number = NumberField(field.title, int(field.minimum), int(field.maximum))
        super().__init__(self._number)
        self._number.committed.connect(self.committed.emit)

    def show_value(self, value: object) -> None:
        if isinstance(value, int):
            self._number.show_value(value)


class DecimalEditor(Editor):
    """A number with decimals in its range."""

    def __init__(self, field: Field) -> None:
        self._number = DecimalField(field.title, field.minimum, field.maximum)
        super().__init__(self._number)
        self._number.committed.connect(self.committed.emit)

    def show_value(self, value: object) -> None:
        if isinstance(value, int | float):
            self._number.show_value(value)


class TextEditor(Editor):
    """One line of text."""

    def __init__(self, field: Field) -> None:
        self._text = TextField(field.title)
        super().__init__(self._text)
        self._text.setFixedWidth(FIELD_WIDTH)
        self._text.committed.connect(self.committed.emit)

    def show_value(self, value: object) -> None:
        self._text.show_value(str(value))

    def show_text(self, text: str) -> None:
        """Begin with this, which is not in force."""
        self._text.setText(text)

    def mark_wrong(self, wrong: bool) -> None:
        self._text.mark_wrong(wrong)


class WordsEditor(TextEditor):
    """Words with commas between them."""

    def show_value(self, value: object) -> None:
        if isinstance(value, tuple):
            self._text.show_value(", ".join(value))


class DeviceEditor(Editor):
    """A microphone or speaker; the value is its id, empty for the system's default."""

    def __init__(self, title: str, *, width: int = FIELD_WIDTH) -> None:
        self._box = ChoiceBox(title)
        super().__init__(self._box)
        if width:
            self._box.setFixedWidth(width)
        self._devices: tuple[DeviceChoice, ...] = ()
        self._chosen = ""
        self._box.activated.connect(self._on_activated)
        self._fill()

    @property
    def labels(self) -> list[str]:
        """What can be chosen, as shown."""
        return [self._box.itemText(at) for at in range(self._box.count())]

    @property
    def chosen(self) -> str:
        """The id of what is shown as chosen."""
        return str(self._box.currentData(Qt.ItemDataRole.UserRole) or "")

    def show_devices(self, devices: tuple[DeviceChoice, ...]) -> None:
        """Offer these."""
        if devices != self._devices:
            self._devices = devices
            self._fill()

    def show_value(self, value: object) -> None:
        if str(value) != self._chosen:
            self._chosen = str(value)
            self._fill()

    def _fill(self) -> None:
        default = next((device.label for device in self._devices if device.is_default), "")
        with QSignalBlocker(self._box):
            self._box.clear()
            self._box.addItem(f"System default ({default})" if default else "System default", "")
            for device in self._devices:
                self._box.addItem(device.label, device.id)
            at = self._box.findData(self._chosen)
            if at < 0:
                self._box.addItem(f"{self._chosen} (not connected)", self._chosen)
                at = self._box.count() - 1
            self._box.setCurrentIndex(at)
            self._box.setToolTip(self._box.currentText())

    def _on_activated(self, _at: int) -> None:
        if self.chosen != self._chosen:
            self._chosen = self.chosen
            self.committed.emit(self.chosen)


def editor_for(field: Field) -> Editor:
    """The control of a setting."""
    match field.kind:
        case Kind.SWITCH:
            return SwitchEditor(field)
        case Kind.CHOICE:
            return ChoiceEditor(field)
        case Kind.NUMBER:
            return NumberEditor(field)
        case Kind.DECIMAL:
            return DecimalEditor(field)
        case Kind.TEXT | Kind.ADDRESS | Kind.MODEL:
            return TextEditor(field)
        case Kind.WORDS:
            return WordsEditor(field)
        case Kind.INPUT_DEVICE | Kind.OUTPUT_DEVICE:
            return DeviceEditor(field.title)
