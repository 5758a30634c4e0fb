"""Settings that are keys: each with its field, and whether it works. GUI thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.commands import ChangeSettings
from app.desktop.hotkeys import HotkeyName
from app.settings_section import Section
from ui.settings.chord_field import ChordField
from ui.settings.rows import Row, RowCard
from ui.view_hotkeys import HotkeysView


class KeysCard(QWidget):
    """`asked` carries commands. `names` are fields of `tree`, which is the section's type."""

    asked = Signal(object)

    def __init__(
        self,
        title: str,
        section: str,
        tree: type[Section],
        names: Mapping[str, HotkeyName],
        *,
        below: Sequence[Row] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._section = section
        self._tree = tree
        self._names = names
        self.rows: dict[str, Row] = {}
        self.fields: dict[str, ChordField] = {}
        self._help: dict[str, str] = {}
        self._settings: Section | None = None
        for name in names:
            self._add(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(RowCard(title, [*self.rows.values(), *below]))

    def show_state(self, settings: Section, view: HotkeysView) -> None:
        """Render the keys and what is known of them."""
        if settings is not self._settings:
            self._settings = settings
            for name, field in self.fields.items():
                field.show_chord(str(getattr(settings, name)))
        for name, row in self.rows.items():
            self._show_status(name, row, view)

    def row_at(self, path: str) -> Row | None:
        """The row of a setting that stands here."""
        section, _, name = path.partition(".")
        return self.rows.get(name) if section == self._section else None

    def _add(self, name: str) -> None:
        info = self._tree.model_fields[name]
        title, self._help[name] = info.title or name, info.description or ""
        field = ChordField(title)
        row = Row(title, self._help[name], field)
        field.committed.connect(partial(self._commit, name))
        field.refused.connect(row.complain)
        self.fields[name], self.rows[name] = field, row

    def _commit(self, name: str, chord: str) -> None:
        self.rows[name].complain("")
        self.asked.emit(ChangeSettings({f"{self._section}.{name}": chord}))

    def _show_status(self, name: str, row: Row, view: HotkeysView) -> None:
        if self.fields[name].is_capturing:
            return
        status = view.status_of(self._names[name])
        is_set = self._settings is not None and bool(getattr(self._settings, name))
        problem = status.problem if status is not None and is_set else ""
        row.complain(problem)
        other = status.keys if status is not None and is_set and not problem else ""
        is_other = bool(other) and other != getattr(self._settings, name)
        row.say(f"The system uses {other}." if is_other else self._help[name])
