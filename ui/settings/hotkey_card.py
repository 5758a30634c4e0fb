"""The keys of dictation: change them, see whether they work, and try them. GUI thread."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.commands import ChangeSettings
from app.desktop.hotkeys import HotkeyName
from app.dictation.commands import TryHotkeys
from app.dictation.events import HotkeyHeard
from app.dictation.settings import DictationSettings
from ui.announce import announce
from ui.controls.buttons import Button
from ui.settings.chord_field import ChordField
from ui.settings.rows import Row, RowCard
from ui.view_hotkeys import HotkeysView
from ui.words import seconds

_NAMES = {
    "hotkey": HotkeyName.DICTATE,
    "selection_hotkey": HotkeyName.EDIT_SELECTION,
    "again_hotkey": HotkeyName.INSERT_AGAIN,
    "raw_hotkey": HotkeyName.INSERT_RAW,
    "undo_hotkey": HotkeyName.UNDO,
}
_TRY = "Press a key as you would anywhere; nothing is dictated meanwhile."
_WAITING = "Press one of the keys above, in any window…"
_LONGEST_TRY_MS = 30_000


class HotkeyCard(QWidget):
    """`asked` carries commands."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: dict[str, Row] = {}
        self.fields: dict[str, ChordField] = {}
        self._help: dict[str, str] = {}
        self._shown: HotkeyHeard | None = None
        self._settings: DictationSettings | None = None
        self.is_trying = False
        for name in _NAMES:
            self._add(name)
        self.try_button = Button("Try")
        self.try_button.setAccessibleName("Try the keys")
        self.try_row = Row("Do they work?", _TRY, self.try_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(RowCard("Dictation keys", [*self.rows.values(), self.try_row]))
        self._end = QTimer(self, singleShot=True, interval=_LONGEST_TRY_MS)
        self._end.timeout.connect(lambda: self.try_keys(False))
        self.try_button.clicked.connect(lambda: self.try_keys(not self.is_trying))

    def show_state(self, settings: DictationSettings, view: HotkeysView) -> None:
        """Render the keys and what is known of them."""
        if settings is not self._settings:
            self._settings = settings
            for name, field in self.fields.items():
                field.show_chord(str(getattr(settings, name)))
        for name, row in self.rows.items():
            self._show_status(name, row, view)
        if view.heard is not None and view.heard is not self._shown:
            self._shown = view.heard
            if self.is_trying:
                self._show_heard(view.heard)

    def try_keys(self, on: bool) -> None:
        """Begin or end the test."""
        if on == self.is_trying:
            return
        self.is_trying = on
        self.try_button.setText("Stop" if on else "Try")
        self.try_button.setAccessibleName("Stop trying the keys" if on else "Try the keys")
        self.try_button.updateGeometry()
        self.try_row.say(_WAITING if on else _TRY)
        self._end.start() if on else self._end.stop()
        self.asked.emit(TryHotkeys(on))

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.try_keys(False)

    def _add(self, name: str) -> None:
        info = DictationSettings.model_fields[name]
        title, self._help[name] = info.title or name, info.description or ""
        field = ChordField(title)
        row = Row(title, self._help[name], field)
        field.committed.connect(partial(self._commit, name))
        field.refused.connect(row.complain)
        self.fields[name], self.rows[name] = field, row

    def _commit(self, name: str, chord: str) -> None:
        self.rows[name].complain("")
        self.asked.emit(ChangeSettings({f"dictation.{name}": chord}))

    def _show_status(self, name: str, row: Row, view: HotkeysView) -> None:
        if self.fields[name].is_capturing:
            return
        hotkey = _NAMES[name]
        status = view.status_of(hotkey) if hotkey is not None else None
        is_set = self._settings is not None and bool(getattr(self._settings, name))
        problem = status.problem if status is not None and is_set else ""
        row.complain(problem)
        other = status.keys if status is not None and is_set and not problem else ""
        is_other = bool(other) and other != getattr(self._settings, name)
        row.say(f"The system uses {other}." if is_other else self._help[name])

    def _show_heard(self, heard: HotkeyHeard) -> None:
        titles = {hotkey: DictationSettings.model_fields[n].title for n, hotkey in _NAMES.items()}
        title = titles.get(heard.name) or "A key"
        if heard.pressed:
            self.try_row.say(f"{title}: down.")
            return
        said = f"{title}: works. It was held for {seconds(heard.held_s)}."
        self.try_row.say(said)
        announce(self, said)
