"""Choosing a provider, for all services or for one: who, at which address, with which key.

GUI thread.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Signal

from app.commands import ChangeSettings
from app.providers.presets import KeyNeed
from app.services import Service
from app.settings import Settings
from ui.controls.fields import ChoiceBox
from ui.settings.editors import FIELD_WIDTH, Editor, TextEditor
from ui.settings.fields import Field, Kind, mistake
from ui.settings.key_editor import KeyEditor
from ui.settings.offers import OTHER, Offer, chosen_for, chosen_for_all
from ui.settings.rows import Row
from ui.view_services import ServicesView

_KEY_HELP = "It goes into the system's keyring and only to this server."
_KEY_GOES = "It goes only to this server."
_ADDRESS_HELP = "Any server that speaks OpenAI's API. Most addresses end in /v1."


class ProviderEditor(Editor):
    """`committed` carries the Offer."""

    def __init__(self, name: str) -> None:
        self.box = ChoiceBox(name)
        super().__init__(self.box)
        self.box.setFixedWidth(FIELD_WIDTH)
        self.box.setMaxVisibleItems(16)
        self._offers: Sequence[Offer] = ()
        self.box.activated.connect(lambda at: self.committed.emit(self._offers[at]))

    def show_offers(self, offers: Sequence[Offer], chosen: Offer | None) -> None:
        """Offer these; one of them is in force, or a mixture."""
        with QSignalBlocker(self.box):
            if [offer.title for offer in offers] != [offer.title for offer in self._offers]:
                self.box.clear()
                self.box.addItems([offer.title for offer in offers])
            self._offers = offers
            ids = [offer.id for offer in offers]
            self.box.setCurrentIndex(ids.index(chosen.id) if chosen is not None else -1)


class ProviderRows(QObject):
    """Three rows, for one service's settings or the common ones.

    `asked` carries commands; `changed` says that other rows are wanted now.
    """

    asked = Signal(object)
    changed = Signal()

    def __init__(self, title: str, words: str, service: Service | None, parent: QObject) -> None:
        super().__init__(parent)
        self.service = service
        self._words = words
        self.path = f"{service or 'server'}.base_url"
        self.chosen: Offer | None = None
        self._services = tuple(Service) if service is None else (service,)
        self._settings: Settings | None = None
        self._pending: Offer | None = None
        tail = f": {title}" if service is not None else ""
        self.editor = ProviderEditor(f"Provider{tail}")
        self.address = TextEditor(Field(self.path, f"Server address{tail}", "", Kind.ADDRESS))
        self.key = KeyEditor(f"Key{tail}")
        self.provider_row = Row("Provider" if service is not None else title, words, self.editor)
        self.address_row = Row("Server address", _ADDRESS_HELP, self.address)
        self.key_row = Row("Key", _KEY_HELP, self.key)
        self.editor.committed.connect(self._on_offer)
        self.address.committed.connect(self._on_address)
        self.key.asked.connect(self.asked)

    @property
    def wants_address(self) -> bool:
        """Whether the address is its user's to enter."""
        offer = self._pending or self.chosen
        return offer is not None and offer.needs_address

    @property
    def wants_key(self) -> bool:
        """Whether there is a server that may want a key."""
        if self._pending is not None or self.chosen is None or not self.chosen.is_server:
            return False
        return self.chosen.key is not KeyNeed.NONE or self.key.has_key

    def show_state(
        self, settings: Settings, services: ServicesView, offers: Sequence[Offer]
    ) -> None:
        """Render what is in force, unless its user is about to enter an address."""
        if settings is not self._settings:
            self._settings, self._pending = settings, None
            self.address_row.complain("")
            self.address.mark_wrong(False)
        if self.service is None:
            self.chosen = chosen_for_all(settings, offers)
        else:
            self.chosen = chosen_for(settings, self.service, offers)
        shown = self._pending or self.chosen
        self.editor.show_offers(offers, shown)
        address = self._address(settings)
        if self._pending is None:
            self.address.show_value(address)
        note = shown.note if shown is not None else ""
        self.provider_row.say("" if self.wants_address else note or self._words)
        self.address_row.say(note or _ADDRESS_HELP)
        status = services.key_of(address)
        where = self.key.show_status(status, address)
        goes = _KEY_GOES if self.key.has_key else _KEY_HELP
        self.key_row.say(" ".join(filter(None, (where, self._who_wants_one(), goes))))

    def _address(self, settings: Settings) -> str:
        if self.service is not None:
            return settings.address_of(self.service)
        used = [settings.address_of(service) for service in Service
                if settings.source_of(service).value == "server"]  # fmt: skip
        return used[0] if used else settings.server.base_url

    def _who_wants_one(self) -> str:
        """Where to get a key that is missing, or that none may be needed."""
        if self.chosen is None or self.key.has_key:
            return ""
        if self.chosen.key is KeyNeed.OPTIONAL:
            return "Only if the server asks for one."
        page = self.chosen.key_page.removeprefix("https://")
        return f"Get one at {page}." if page else ""

    def _on_offer(self, offer: Offer) -> None:
        self._pending = None
        if not offer.needs_address:
            self.asked.emit(
                ChangeSettings(offer.values(self._services, common=self.service is None))
            )
            return
        if self.chosen is not None and offer.id == self.chosen.id:
            self.changed.emit()
            return
        self._pending = offer
        self.address.show_value("")
        self.address.show_text(offer.base_url or "http://")
        self.changed.emit()
        self.address.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_address(self, entered: object) -> None:
        if self._settings is None:
            return
        text = str(entered).strip()
        wrong = mistake(self._settings, self.path, text)
        self.address_row.complain(wrong)
        self.address.mark_wrong(bool(wrong))
        if wrong:
            return
        common = self.service is None
        if self._pending is not None:
            values = self._pending.values(self._services, common=common, base_url=text)
        elif common:
            values = {"server.base_url": text, **{f"{one}.base_url": "" for one in Service}}
        else:
            values = {self.path: text}
        self.asked.emit(ChangeSettings(values))

    def collapse(self, settings: Settings, offers: Sequence[Offer]) -> ChangeSettings:
        """One provider for all services: the one that answers."""
        offer = chosen_for(settings, Service.CHAT, offers)
        address = settings.address_of(Service.CHAT) if offer is OTHER or offer.needs_address else ""
        return ChangeSettings(offer.values(Service, common=True, base_url=address))
