"""Who answers, listens and speaks: one provider for all, or one for each. GUI thread."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.commands import ChangeSettings, ListModels
from app.providers.catalogue import ModelRole, default_model
from app.providers.presets import default_model_at, is_same_server
from app.services import Service
from app.settings import OPENAI_BASE_URL, Settings, Source
from ui.controls.buttons import RING_PX, Switch
from ui.settings.check_row import CheckRow
from ui.settings.editors import Editor
from ui.settings.fields import Field, Kind
from ui.settings.model_editor import ModelEditor
from ui.settings.offers import Offer, chosen_for_all, offers
from ui.settings.provider_rows import ProviderRows
from ui.settings.rows import Row, RowCard
from ui.view_services import ServicesView

_ALL = "Answers, recognition and voice"
_ALL_HELP = "Built in needs no key and no network."
_APART = "A different provider for each job"
_APART_HELP = "For instance answers from one server and the voice from another."
_MODEL_HELP = "Leave empty for the best one that is known."
_NO_MODEL = "One of the server's models."
_NAMES = {Service.CHAT: "Answers", Service.TRANSCRIPTION: "Recognition", Service.SPEECH: "Voice"}
_SERVER_ONLY = frozenset(
    {
        "transcription.vocabulary",
        "transcription.translate",
        "speech.voice",
        "speech.speed",
        "speech.instructions",
    }
)


class _SwitchControl(Switch):
    overhang_px = RING_PX


class _Section:
    """The rows of one service."""

    def __init__(self, service: Service, parent: QObject) -> None:
        name = _NAMES[service]
        self.provider = ProviderRows(name, "", service, parent)
        field = Field(f"{service}.model", "Model", _MODEL_HELP, Kind.MODEL)
        self.model = ModelEditor(field, name)
        self.model_row = Row("Model", _MODEL_HELP, self.model)
        self.check = CheckRow(service, name)
        self.card: RowCard | None = None
        self.more: Mapping[str, Row] = {}


class ServiceSections(QObject):
    """`card` chooses the provider, `section` makes a job's card. `asked` carries commands."""

    asked = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._settings: Settings | None = None
        self._view = ServicesView()
        self._is_apart = False
        self._revealed: set[QWidget] = set()
        self.common = ProviderRows(_ALL, _ALL_HELP, None, self)
        self.apart = _SwitchControl(_APART)
        self.apart_row = Row(_APART, _APART_HELP, self.apart)
        self.card = RowCard(
            "Provider",
            [
                self.common.provider_row,
                self.common.address_row,
                self.common.key_row,
                self.apart_row,
            ],
        )
        self._sections = {service: _Section(service, self) for service in Service}
        for rows in (self.common, *(section.provider for section in self._sections.values())):
            rows.asked.connect(self.asked)
            rows.changed.connect(self._arrange)
        self.apart.clicked.connect(self._on_apart)
        for service, section in self._sections.items():
            section.check.asked.connect(self.asked)
            section.model.committed.connect(lambda new, at=service: self._on_model(at, new))
            section.model.wanted.connect(lambda at=service: self.asked.emit(ListModels(at)))

    @property
    def paths(self) -> tuple[str, ...]:
        """The settings that have their control here."""
        own = ("source", "base_url", "model")
        return ("server.base_url", *(f"{service}.{name}" for service in Service for name in own))

    @property
    def first(self) -> QWidget:
        """Where the keyboard begins."""
        return self._sections[Service.CHAT].provider.editor if self._apart else self.common.editor

    @property
    def is_busy(self) -> bool:
        """Whether a test runs."""
        return bool(self._view.testing) or self._view.voice_testing

    def editor(self, path: str) -> Editor | None:
        """The control of a setting, if it is here."""
        if path == "server.base_url":
            return self.common.address
        if path not in self.paths:
            return None
        service, _, name = path.partition(".")
        section = self._sections[Service(service)]
        if name == "source":
            return section.provider.editor
        return section.provider.address if name == "base_url" else section.model

    def section(self, service: Service, title: str, more: Mapping[str, Row]) -> RowCard:
        """The card of a service: who does it, with which model, its other settings, and a test."""
        section = self._sections[service]
        provider = section.provider
        section.more = more
        section.card = RowCard(
            title,
            [
                provider.provider_row,
                provider.address_row,
                provider.key_row,
                section.model_row,
                *more.values(),
                section.check,
            ],
        )
        return section.card

    def row_at(self, path: str) -> Row | None:
        """The row where `path` is changed now, made visible; None for what is not here."""
        service_name, _, name = path.partition(".")
        if service_name == "server":
            rows = self._rows_to_mend() if self._apart else self.common
            row = rows.key_row if name == "key" else self._address_row(rows)
        elif (editor := self.editor(path)) is not None:
            section = self._sections[Service(service_name)]
            rows = section.provider if self._apart else self.common
            row = section.model_row if editor is section.model else rows.provider_row
        else:
            return None
        self._revealed.add(row)
        self._arrange()
        return row

    def show_state(self, settings: Settings, view: ServicesView) -> None:
        """Render who does what, and what is known of it."""
        if settings is not self._settings:
            self._revealed.clear()
        self._settings, self._view = settings, view
        among = offers(view.found)
        self.common.show_state(settings, view, among)
        for service, section in self._sections.items():
            section.provider.show_state(settings, view, among)
            self._show_model(service, section, settings)
            section.check.show_test(
                is_running=service in view.testing, result=view.test_of(service)
            )
        self._arrange()

    @property
    def _apart(self) -> bool:
        return self._is_apart or self.common.chosen is None

    def _among(self) -> Sequence[Offer]:
        return offers(self._view.found)

    def _arrange(self) -> None:
        """Show the rows that say or do something as things are."""
        if self._settings is None:
            return
        apart = self._apart
        self.apart.setChecked(apart)
        shown = {self.apart_row, *self._revealed}
        if not apart:
            shown |= _wanted(self.common)
        for service, section in self._sections.items():
            is_server = self._settings.source_of(service) is Source.SERVER
            shown |= {section.check} | ({section.model_row} if is_server else set())
            shown |= _wanted(section.provider) if apart else set()
            shown |= {row for path, row in section.more.items()
                      if is_server or path not in _SERVER_ONLY}  # fmt: skip
        for card in (self.card, *(section.card for section in self._sections.values())):
            if card is not None:
                card.show_only(shown.__contains__)

    def _show_model(self, service: Service, section: _Section, settings: Settings) -> None:
        address = settings.address_of(service)
        section.model.show_value(settings.model_of(service))
        section.model_row.complain(
            section.model.show_models(self._view.models_of(service, address))
        )
        default = _default(service, address)
        section.model.show_default(default)
        section.model_row.say(_MODEL_HELP if default else _NO_MODEL)

    def _rows_to_mend(self) -> ProviderRows:
        """Those of the server that most likely wants a key or another address."""
        every = [section.provider for section in self._sections.values()]
        used = [rows for rows in every if rows.chosen is not None and rows.chosen.is_server]
        keyless = [rows for rows in used if rows.wants_key and not rows.key.has_key]
        return next(iter(keyless or used), self._sections[Service.CHAT].provider)

    def _address_row(self, rows: ProviderRows) -> Row:
        return rows.address_row if rows.wants_address else rows.provider_row

    def _on_model(self, service: Service, model: object) -> None:
        self.asked.emit(ChangeSettings({f"{service}.model": str(model).strip()}))

    def _on_apart(self, on: bool) -> None:
        self._is_apart = on
        if not on and self._settings is not None:
            among = self._among()
            if chosen_for_all(self._settings, among) is None:
                self.asked.emit(self.common.collapse(self._settings, among))
        self._arrange()


def _wanted(rows: ProviderRows) -> set[QWidget]:
    """The rows that a provider needs."""
    wanted: set[QWidget] = {rows.provider_row}
    if rows.wants_address:
        wanted.add(rows.address_row)
    if rows.wants_key:
        wanted.add(rows.key_row)
    return wanted


def _default(service: Service, address: str) -> str:
    """The model that an empty field means; nothing where the server's names are not known."""
    if named := default_model_at(address, service):
        return named
    today = datetime.datetime.now(datetime.UTC).date()
    is_openai = is_same_server(address, OPENAI_BASE_URL)
    return default_model(ModelRole(service.value), today) if is_openai else ""
