"""The keys of dictation: change them, see whether they work, and try them. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QWidget

from app.desktop.hotkeys import HotkeyName
from app.dictation.commands import TryHotkeys
from app.dictation.events import HotkeyHeard
from app.dictation.settings import DictationSettings
from app.settings_section import Section
from ui.announce import announce
from ui.controls.buttons import Button
from ui.settings.keys_card import KeysCard
from ui.settings.rows import Row
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


class HotkeyCard(KeysCard):
    """`asked` carries commands."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._shown: HotkeyHeard | None = None
        self.is_trying = False
        self.try_button = Button("Try")
        self.try_button.setAccessibleName("Try the keys")
        self.try_row = Row("Do they work?", _TRY, self.try_button)
        super().__init__(
            "Dictation keys",
            "dictation",
            DictationSettings,
            _NAMES,
            below=[self.try_row],
            parent=parent,
        )
        self._end = QTimer(self, singleShot=True, interval=_LONGEST_TRY_MS)
        self._end.timeout.connect(lambda: self.try_keys(False))
        self.try_button.clicked.connect(lambda: self.try_keys(not self.is_trying))

    def show_state(self, settings: Section, view: HotkeysView) -> None:
        """Render the keys and what is known of them."""
        super().show_state(settings, view)
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

    def _show_heard(self, heard: HotkeyHeard) -> None:
        titles = {hotkey: DictationSettings.model_fields[n].title for n, hotkey in _NAMES.items()}
        title = titles.get(heard.name) or "A key"
        if heard.pressed:
            self.try_row.say(f"{title}: down.")
            return
        said = f"{title}: works. It was held for {seconds(heard.held_s)}."
        self.try_row.say(said)
        announce(self, said)
