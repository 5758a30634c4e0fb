"""A model's name: typed, or chosen from what the server offers. GUI thread."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from app.events import ListedModel, ModelsListed
from ui import words
from ui.controls.buttons import IconButton
from ui.controls.fields import TextField
from ui.controls.icons import Icon
from ui.settings.editors import FIELD_WIDTH, Editor
from ui.settings.fields import Field
from ui.tokens import CONTROL_HEIGHT, SPACE_4

_MOST_SHOWN = 60


class ModelEditor(Editor):
    """`wanted` asks for the server's list; the menu opens once `show_models` brings it."""

    wanted = Signal()

    def __init__(self, field: Field, service_name: str) -> None:
        name = f"{field.title}: {service_name}"
        self.text = TextField(name)
        self.text.setFixedWidth(FIELD_WIDTH - CONTROL_HEIGHT - SPACE_4)
        self.button = IconButton(Icon.DOWN, f"Show models: {service_name}")
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_4)
        row.addWidget(self.text)
        row.addWidget(self.button)
        holder.setFocusProxy(self.text)
        super().__init__(holder)
        self.menu = QMenu(self)
        self.menu.setAccessibleName(name)
        self._is_waiting = False
        self._listed: ModelsListed | None = None
        self.text.committed.connect(self.committed.emit)
        self.button.clicked.connect(self._ask)

    def show_value(self, value: object) -> None:
        self.text.show_value(str(value))

    def show_default(self, model: str) -> None:
        """Which model an empty field means."""
        self.text.setPlaceholderText(model)

    def mark_wrong(self, wrong: bool) -> None:
        self.text.mark_wrong(wrong)

    def show_models(self, listed: ModelsListed | None) -> str:
        """Offer these if they were asked for; returns why there are none, else nothing."""
        if listed is None or listed is self._listed:
            return listed.problem if listed is not None and not self._is_waiting else ""
        self._listed = listed
        if self._is_waiting:
            self._is_waiting = False
            self._fill(listed.models)
            if listed.models:
                self.menu.popup(self.button.mapToGlobal(QPoint(0, self.button.height())))
        return listed.problem

    def _ask(self) -> None:
        self._is_waiting = True
        self._listed = None
        self.wanted.emit()

    def _fill(self, models: tuple[ListedModel, ...]) -> None:
        self.menu.clear()
        for model in models[:_MOST_SHOWN]:
            until = f" · until {words.long_date(model.retires)}" if model.retires else ""
            text = f"{model.id}{until}".replace("&", "&&")
            self.menu.addAction(text, partial(self._choose, model.id))

    def _choose(self, model: str) -> None:
        self.text.setText(model)
        self.committed.emit(model)
