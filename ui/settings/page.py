"""The settings page, made from the settings tree; a change is saved at once. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.commands import CancelTests, ChangeSettings, FindServers, RefreshDevices
from app.desktop.hotkeys import HotkeyName
from app.services import Service
from app.settings import Settings
from app.shots.settings import ScreenSettings
from ui.controls.column import scrolled
from ui.extensions.section import ExtensionSection
from ui.settings.dictation_section import DictationSection
from ui.settings.editors import DeviceEditor, Editor, editor_for
from ui.settings.fields import Field, Kind, Section, mistake, sections, value
from ui.settings.keys_card import KeysCard
from ui.settings.microphone_check import MicrophoneCheck
from ui.settings.realtime_rows import RealtimeCard
from ui.settings.rows import Row, RowCard
from ui.settings.search_rows import SearchCard
from ui.settings.service_section import ServiceSections
from ui.tokens import SPACE_24
from ui.view_state import ViewState
from ui.window.remedies import EXTENSIONS, KEY_FIELD

_ORDER = (
    "chat",
    "transcription",
    "speech",
    "realtime",
    "audio",
    "dictation",
    "screen",
    "tools",
    "web",
    "commands",
    "extensions",
    "general",
    "appearance",
)

_PICTURE_KEYS = {
    "region_hotkey": HotkeyName.SHOW_REGION,
    "window_hotkey": HotkeyName.SHOW_WINDOW,
    "screen_hotkey": HotkeyName.SHOW_SCREEN,
}


class SettingsPage(QWidget):
    """`asked` carries commands."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings: Settings | None = None
        self._rows: dict[str, Row] = {}
        self._editors: dict[str, tuple[Field, Editor]] = {}
        self._check = MicrophoneCheck()
        self._check.setFixedWidth(240)
        self._check.asked.connect(self.asked)
        self.services = ServiceSections(self)
        self.services.asked.connect(self.asked)
        self.dictation = DictationSection(self)
        self.dictation.asked.connect(self.asked)
        self.picture_keys = KeysCard("Keys for pictures", "screen", ScreenSettings, _PICTURE_KEYS)
        self.picture_keys.asked.connect(self.asked)
        self.extensions = ExtensionSection(self)
        self.extensions.asked.connect(self.asked)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_24)
        column.addWidget(self.services.card)
        by_name = {section.name: section for section in sections()}
        for name in _ORDER:
            if name == "dictation":
                column.addWidget(self.dictation.hotkeys)
            column.addWidget(self._section(by_name[name]))
            if name == "dictation":
                column.addWidget(self.dictation)
            elif name == "extensions":
                column.addWidget(self.extensions)
            elif name == "screen":
                column.addWidget(self.picture_keys)
        self._rows["server.base_url"] = self.services.common.address_row
        self._rows[KEY_FIELD] = self.services.common.key_row
        self._scroll = scrolled(content, "Settings")
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._scroll)

    @property
    def paths(self) -> tuple[str, ...]:
        """The settings that have a control."""
        return (*self.services.paths, *self._editors)

    def editor(self, path: str) -> Editor:
        """The control of a setting."""
        return self.services.editor(path) or self._editors[path][1]

    def open_at(self, path: str) -> None:
        """Bring a setting into view and put the keyboard there; empty for the top."""
        self.asked.emit(RefreshDevices())
        self.asked.emit(FindServers())
        if path == EXTENSIONS:
            self._open_extensions()
            return
        row = self._row_at(path)
        if row is None:
            self._scroll.verticalScrollBar().setValue(0)
            self.services.first.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        row.control.setFocus(Qt.FocusReason.OtherFocusReason)
        # The page has no layout before it was shown once.
        QTimer.singleShot(0, self, lambda: self._scroll.ensureWidgetVisible(row, 0, 80))

    def _open_extensions(self) -> None:
        target = self.extensions.first
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(0, self, lambda: self._scroll.ensureWidgetVisible(target, 0, 400))

    def _row_at(self, path: str) -> Row | None:
        for part in (self.services, self.dictation, self.picture_keys):
            if (row := part.row_at(path)) is not None:
                return row
        return self._rows.get(path)

    def show_state(self, view: ViewState) -> None:
        """Render the settings, the devices, what is known of services, and the level."""
        for field, editor in self._editors.values():
            if isinstance(editor, DeviceEditor):
                is_input = field.kind is Kind.INPUT_DEVICE
                editor.show_devices(view.inputs if is_input else view.outputs)
        if view.settings is not None and view.settings is not self._settings:
            self._settings = view.settings
            for path, (_, editor) in self._editors.items():
                editor.show_value(value(view.settings, path))
                self._complain(path, "")
        if view.settings is not None:
            self.services.show_state(view.settings, view.services)
            self.dictation.show_state(view.settings.dictation, view.hotkeys)
            self.search.show_state(view.settings, view.services)
            self.realtime.show_state(view.settings, view.services)
            self.extensions.show_state(view.settings.extensions, view.extensions)
            self.picture_keys.show_state(view.settings.screen, view.hotkeys)
        self._check.show_state(view)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self.services.is_busy:
            self.asked.emit(CancelTests())

    def _section(self, section: Section) -> RowCard:
        rows: dict[str, Row] = {}
        for field in section.fields:
            if self.services.editor(field.path) is not None:
                continue
            editor = editor_for(field)
            editor.committed.connect(lambda new, path=field.path: self._commit(path, new))
            self._editors[field.path] = (field, editor)
            rows[field.path] = Row(field.title, field.help, editor)
            if field.kind is Kind.INPUT_DEVICE:
                rows["level"] = Row("Level", "Speak, and see whether it moves.", self._check)
        self._rows.update(rows)
        if section.name in set(Service):
            return self.services.section(Service(section.name), section.title, rows)
        if section.name == "web":
            self.search = SearchCard(section.title, rows)
            self.search.key.asked.connect(self.asked)
            return self.search
        if section.name == "realtime":
            self.realtime = RealtimeCard(section.title, rows)
            self.realtime.asked.connect(self.asked)
            return self.realtime
        return RowCard(section.title, list(rows.values()))

    def _commit(self, path: str, new: object) -> None:
        if self._settings is None:
            return
        wrong = mistake(self._settings, path, new)
        self._complain(path, wrong)
        if not wrong:
            self.asked.emit(ChangeSettings({path: new}))

    def _complain(self, path: str, words: str) -> None:
        self._rows[path].complain(words)
        self._editors[path][1].mark_wrong(bool(words))
