"""The rows of speech to speech: only the first while another engine is chosen. GUI thread."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from app.providers.catalogue import ModelRole, default_model
from app.providers.presets import is_same_server
from app.realtime_settings import Engine
from app.settings import OPENAI_BASE_URL
from ui.settings.check_row import CheckRow
from ui.settings.key_editor import KeyEditor
from ui.settings.rows import Row, RowCard

if TYPE_CHECKING:
    from app.settings import Settings
    from ui.view_services import ServicesView

_KEY_HELP = "It goes into the system's keyring and only to this server."


class RealtimeCard(RowCard):
    """`rows` are those of the settings, by their paths. `asked` carries commands."""

    asked = Signal(object)

    def __init__(self, title: str, rows: Mapping[str, Row]) -> None:
        self.key = KeyEditor("Key for realtime")
        self.key_row = Row("Key", _KEY_HELP, self.key)
        self.check = CheckRow(None, "Realtime")
        self._engine = rows["realtime.engine"]
        self._model = rows["realtime.model"]
        after = {"realtime.base_url": self.key_row}
        ordered = [each for path, row in rows.items() for each in (row, after.get(path)) if each]
        super().__init__(title, [*ordered, self.check])
        self.key.asked.connect(self.asked)
        self.check.asked.connect(self.asked)

    def show_state(self, settings: Settings, services: ServicesView) -> None:
        """Render what is known of the key and the test, and hide what is not needed."""
        is_on = settings.realtime.engine is Engine.REALTIME
        address = settings.realtime_address
        status = services.key_of(address)
        said = self.key.show_status(status, address)
        self.key_row.say(f"{said} {_KEY_HELP}".strip())
        self._model.say(_model_help(address))
        self.check.show_test(is_running=services.voice_testing, result=services.voice_tested)
        self.show_only(lambda row: is_on or row is self._engine)


def _model_help(address: str) -> str:
    if not is_same_server(address, OPENAI_BASE_URL):
        return "One of the server's models."
    best = default_model(ModelRole.REALTIME, datetime.datetime.now(datetime.UTC).date())
    return f"Leave empty for {best}."
