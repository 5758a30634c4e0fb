"""The modes of dictation: what a model makes of the words, each in words of its own. GUI thread."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.commands import ChangeSettings
from app.dictation.modes import VERBATIM, Latitude, Mode
from app.dictation.settings import DictationSettings
from ui.controls.buttons import Button, Kind
from ui.controls.fields import ChoiceBox, TextField
from ui.controls.surfaces import Card, Line, Tone, label
from ui.settings.entries_card import LongField
from ui.settings.rows import Row
from ui.tokens import SPACE_8, SPACE_12, SPACE_16

_LATITUDES = {
    Latitude.SAME_WORDS: "Keeps your words",
    Latitude.REWORDED: "May use other words",
    Latitude.TRANSLATED: "Another language",
}
_NO_MODEL = "The words as they were recognised; no model is asked."
_SHORT = 70
_NEW = Mode("", "New mode", "Say here what to make of the words.", latitude=Latitude.REWORDED)


class ModeRow(QWidget):
    """One mode, unfolded while it is edited. `changed` carries it, `removed` its id."""

    changed = Signal(object)
    removed = Signal(str)

    def __init__(self, mode: Mode) -> None:
        super().__init__()
        self.mode = mode
        self.edit = Button("Edit", Kind.SECONDARY, height=28)
        self.edit.setAccessibleName(f"Edit {mode.label}")
        if mode.id == VERBATIM.id:
            self.edit.hide()
        self.name = TextField("Name of the mode")
        self.latitude = ChoiceBox("How far it may be from what was said")
        self.latitude.setMaximumWidth(200)
        for value, words in _LATITUDES.items():
            self.latitude.addItem(words, value)
        self.instruction = LongField("What to make of the words")
        self.remove = Button("Remove", Kind.QUIET, height=28)
        self.remove.setAccessibleName(f"Remove {mode.label}")
        said = " ".join(mode.instruction.split()) or _NO_MODEL
        self._said = said if len(said) <= _SHORT else said[:_SHORT].rpartition(" ")[0] + "…"
        self._head = Row(mode.label, self._said, self.edit)
        self._form = QWidget()
        self._lay_out()
        self._fill()
        self.edit.clicked.connect(lambda: self.unfold(self._form.isHidden()))
        self.remove.clicked.connect(lambda: self.removed.emit(self.mode.id))
        self.name.committed.connect(lambda _text: self._commit())
        self.latitude.activated.connect(lambda _at: self._commit())
        self.instruction.committed.connect(lambda _text: self._commit())

    @property
    def is_unfolded(self) -> bool:
        """Whether it is being edited."""
        return not self._form.isHidden()

    def unfold(self, on: bool) -> None:
        """Show the form, or hide it."""
        self._form.setVisible(on)
        self.edit.setText("Done" if on else "Edit")
        self.edit.updateGeometry()
        self._head.say("" if on else self._said)
        if on:
            self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(SPACE_8)
        top.addWidget(self.name, 1)
        top.addWidget(self.latitude)
        top.addWidget(self.remove)
        form = QVBoxLayout(self._form)
        form.setContentsMargins(SPACE_16, 0, SPACE_16, SPACE_12)
        form.setSpacing(SPACE_8)
        form.addLayout(top)
        form.addWidget(self.instruction)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self._form)
        self._form.hide()

    def _fill(self) -> None:
        self.name.show_value(self.mode.label)
        self.latitude.setCurrentIndex(self.latitude.findData(self.mode.latitude))
        self.instruction.show_value(self.mode.instruction)

    def _commit(self) -> None:
        label_now = self.name.text().strip() or self.mode.label
        latitude = Latitude(self.latitude.currentData())
        instruction = self.instruction.toPlainText().strip()
        new = replace(self.mode, label=label_now, latitude=latitude, instruction=instruction)
        if new != self.mode:
            self.changed.emit(new)


class ModesCard(QWidget):
    """`asked` carries commands."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._modes: tuple[Mode, ...] = ()
        self.rows: dict[str, ModeRow] = {}
        self.default = ChoiceBox("Mode")
        self.default.setFixedWidth(240)
        info = DictationSettings.model_fields["mode"]
        self.default_row = Row(info.title or "", info.description or "", self.default)
        self.add = Button("Add", Kind.SECONDARY, height=28)
        self.add.setAccessibleName("Add a mode")
        card = Card()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.setSpacing(0)
        inside.addWidget(self.default_row)
        inside.addWidget(Line())
        self._holder = QVBoxLayout()
        self._holder.setSpacing(0)
        inside.addLayout(self._holder)
        words = "The answering service does it. It treats what you say as text, never as a request."
        inside.addWidget(Row("New mode", words, self.add))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_8)
        column.addWidget(label("Modes", Tone.HEADING))
        column.addWidget(card)
        self.default.activated.connect(self._choose)
        self.add.clicked.connect(self._begin)

    def show_settings(self, settings: DictationSettings) -> None:
        """Render the modes; one that is being edited stays open."""
        if settings.modes != self._modes:
            self._modes = settings.modes
            self._show_modes()
        at = self.default.findData(settings.mode)
        self.default.setCurrentIndex(max(at, 0))

    def _show_modes(self) -> None:
        self.default.clear()
        for mode in self._modes:
            self.default.addItem(mode.label, mode.id)
        unfolded = {mode_id for mode_id, row in self.rows.items() if row.is_unfolded}
        focused = {mode_id for mode_id, row in self.rows.items() if _has_focus(row)}
        while (item := self._holder.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        before, self.rows = set(self.rows), {}
        for mode in self._modes:
            row = ModeRow(mode)
            row.changed.connect(self._change)
            row.removed.connect(self._remove)
            self.rows[mode.id] = row
            self._holder.addWidget(row)
            self._holder.addWidget(Line())
            is_new = bool(before) and mode.id not in before
            if mode.id in unfolded or is_new:
                row.unfold(True)
            if mode.id in focused and mode.id not in unfolded:
                row.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose(self, _at: int) -> None:
        self.asked.emit(ChangeSettings({"dictation.mode": self.default.currentData()}))

    def _begin(self) -> None:
        new = replace(_NEW, id=free_id(_NEW.label, {mode.id for mode in self._modes}))
        self._send((*self._modes, new))

    def _change(self, mode: Mode) -> None:
        self._send(tuple(mode if mode.id == old.id else old for old in self._modes))

    def _remove(self, mode_id: str) -> None:
        self.add.setFocus(Qt.FocusReason.OtherFocusReason)
        self._send(tuple(mode for mode in self._modes if mode.id != mode_id))

    def _send(self, modes: tuple[Mode, ...]) -> None:
        self.asked.emit(ChangeSettings({"dictation.modes": modes}))


def free_id(text: str, taken: Collection[str]) -> str:
    """A short name for the settings file that no other entry has."""
    base = re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_") or "mode"
    names = (base, *(f"{base}_{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def _has_focus(row: QWidget) -> bool:
    focused = row.window().focusWidget()
    return focused is not None and row.isAncestorOf(focused)
