"""The rows of the web search: only those that the chosen search needs. GUI thread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.web.settings import BRAVE_HOST, SearchBy
from ui.settings.key_editor import KeyEditor
from ui.settings.rows import Row, RowCard

if TYPE_CHECKING:
    from app.settings import Settings
    from ui.view_services import ServicesView

_HELP = "Brave gives one to whoever signs up for its search API."


class SearchCard(RowCard):
    """`rows` are those of the settings, by their paths."""

    def __init__(self, title: str, rows: Mapping[str, Row]) -> None:
        self.key = KeyEditor("Key for Brave Search")
        self.key.field.setPlaceholderText("")
        self.key_row = Row("Key for Brave Search", _HELP, self.key)
        self._address_row = rows["web.searxng_url"]
        super().__init__(title, [*rows.values(), self.key_row])

    def show_state(self, settings: Settings, services: ServicesView) -> None:
        """Render what is known of the key, and hide what is not needed."""
        chosen = settings.web.search
        hidden: set[QWidget] = set()
        if chosen is not SearchBy.BRAVE:
            hidden.add(self.key_row)
        if chosen is not SearchBy.SEARXNG:
            hidden.add(self._address_row)
        self.show_only(lambda row: row not in hidden)
        said = self.key.show_status(services.key_of(BRAVE_HOST), BRAVE_HOST)
        self.key_row.say(said or _HELP)
