"""The first-run page: who answers, whether the microphone works, and off. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app import commands
from app.errors import AppError
from app.events import FoundServer, KeyPlace
from app.net.address import host_of, parse_address
from app.providers.presets import is_same_server
from app.secrets import Secret
from app.services import Service
from app.settings import OPENAI_BASE_URL
from app.state import Phase
from ui import words
from ui.controls.buttons import Button, Kind
from ui.controls.column import scrolled
from ui.controls.fields import SecretField, TextField
from ui.controls.icons import Icon, draw
from ui.controls.surfaces import Card, Tone, label
from ui.onboarding.choice_cards import ChoiceCards, Place
from ui.settings.editors import DeviceEditor
from ui.settings.microphone_check import MicrophoneCheck
from ui.settings.offers import BUILT_IN, OTHER, offers, usable, values_of_found, who_does_what
from ui.theme import colors
from ui.tokens import SPACE_4, SPACE_8, SPACE_12, SPACE_16, SPACE_24
from ui.view_state import ViewState

_WIDTH = 480
_MARK_PX = 40
_WHAT = "Talk to your computer: ask, have things done, and hear the answer."
_PRIVACY = {
    Place.BUILT_IN: "What you say is turned into words on this computer and stays here.",
    Place.OPENAI: "What you say is sent to OpenAI and nowhere else.",
    Place.LOCAL: "What you say goes to the servers on this computer and stays here.",
    Place.OTHER: "What you say is sent to that server and nowhere else.",
}
_NO_KEY = "Enter a key, or choose Built in."
_NO_ADDRESS = "Enter the server's address; most end in /v1."


_NEEDS_MORE = (Place.OPENAI, Place.OTHER)


class _Mark(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(_MARK_PX)

    def sizeHint(self) -> QSize:
        return QSize(_MARK_PX, _MARK_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        center = QPointF(self.width() / 2, _MARK_PX / 2)
        draw(QPainter(self), Icon.SAYSO, center, _MARK_PX, colors().text)


class FirstRunPage(QWidget):
    """`asked` carries commands."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._has_key = False
        self._found: tuple[FoundServer, ...] = ()
        self._is_ready = False
        self._has_looked = False
        self.cards = ChoiceCards()
        self.address = TextField("Server address")
        self.address.setPlaceholderText("http://localhost:8000/v1")
        self.key = SecretField("Key")
        self._server = QWidget()
        self._address_label = label("Address", Tone.QUIET)
        self._key_label = label("Key", Tone.QUIET)
        self._wrong = label(tone=Tone.DANGER, wrap=True)
        self._wrong.hide()
        self._trouble = label(tone=Tone.WARNING, wrap=True)
        self._trouble.hide()
        self.device = DeviceEditor("Microphone", width=0)
        self.check = MicrophoneCheck()
        self.talk = Button("Start talking", Kind.PRIMARY)
        self.type = Button("Start by typing", Kind.QUIET)
        self._privacy = label(tone=Tone.CAPTION, wrap=True)
        self._privacy.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._lay_out()
        self.cards.chosen.connect(self._on_chosen)
        self.check.asked.connect(self.asked)
        self.device.committed.connect(
            lambda chosen: self.asked.emit(commands.ChangeSettings({"audio.input_device": chosen}))
        )
        self.talk.clicked.connect(lambda: self._finish(talk=True))
        self.type.clicked.connect(lambda: self._finish(talk=False))
        self._on_chosen(Place.BUILT_IN)

    def show_state(self, view: ViewState) -> None:
        """Render devices, level and whether there is a key already."""
        self.device.show_devices(view.inputs)
        if view.settings is not None:
            self.device.show_value(view.settings.audio.input_device)
        self.check.show_state(view)
        trouble = view.banner
        self._trouble.setText(f"{trouble.message} {trouble.hint}".strip() if trouble else "")
        self._trouble.setVisible(trouble is not None)
        self._is_ready = view.state.phase is not Phase.STARTING
        self._look_for_servers()
        if (found := usable(view.services.found)) != self._found:
            self._found = found
            self.cards.offer_local(who_does_what(self._found) if self._found else "")
        key = view.services.key_of(OPENAI_BASE_URL)
        self._has_key = key is not None and key.place is not KeyPlace.NONE
        if self._has_key and key is not None:
            there = words.KEY_PLACES[key.place].format(host=key.host)
            self.key.setPlaceholderText(there.rstrip("."))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look_for_servers()

    def _look_for_servers(self) -> None:
        """Once, as soon as the page is on screen and the core has the time."""
        if self._is_ready and self.isVisible() and not self._has_looked:
            self._has_looked = True
            self.asked.emit(commands.FindServers())

    def _on_chosen(self, place: Place) -> None:
        self._server.setVisible(place in _NEEDS_MORE)
        for part in (self._address_label, self.address):
            part.setVisible(place is Place.OTHER)
        self._privacy.setText(_PRIVACY[place])
        self._complain("")

    def _finish(self, *, talk: bool) -> None:
        place = self.cards.place
        address = self.address.text().strip() if place is Place.OTHER else OPENAI_BASE_URL
        if place is Place.OTHER and (wrong := _mistake(address)):
            self._complain(wrong)
            self.address.setFocus()
            return
        if place is Place.OPENAI and not self.key.text().strip() and not self._has_key:
            self._complain(_NO_KEY)
            self.key.setFocus()
            return
        self.check.stop()
        values = {**self._values(place, address), "general.first_run_done": True}
        self.asked.emit(commands.ChangeSettings(values))
        if place in _NEEDS_MORE and (key := self.key.take()):
            self.asked.emit(commands.StoreKey(Secret(key), host_of(address)))
        if talk:
            self.asked.emit(commands.SetHandsFree(True))

    def _values(self, place: Place, address: str) -> dict[str, object]:
        if place is Place.LOCAL:
            return values_of_found(self._found)
        if place is Place.BUILT_IN:
            return BUILT_IN.values(Service, common=True)
        by_address = [offer for offer in offers() if is_same_server(offer.base_url, address)]
        return (by_address or [OTHER])[0].values(Service, common=True, base_url=address)

    def _complain(self, sentence: str) -> None:
        self._wrong.setText(sentence)
        self._wrong.setVisible(bool(sentence))

    def _lay_out(self) -> None:
        title = label("Sayso", Tone.TITLE)
        what = label(_WHAT, Tone.QUIET, wrap=True)
        for text in (title, what):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, SPACE_24, 0, 0)
        column.setSpacing(SPACE_8)
        column.addWidget(_Mark())
        column.addWidget(title)
        column.addWidget(what)
        column.addSpacing(SPACE_16)
        column.addWidget(label("Who should answer?", Tone.HEADING))
        column.addWidget(self.cards)
        column.addWidget(self._server_fields())
        column.addSpacing(SPACE_12)
        column.addWidget(label("Microphone", Tone.HEADING))
        column.addWidget(self._microphone_card())
        column.addWidget(self._trouble)
        column.addSpacing(SPACE_12)
        column.addLayout(self._button_row())
        column.addSpacing(SPACE_4)
        column.addWidget(self._privacy)
        page = scrolled(content, "Welcome", width=_WIDTH)
        page.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(page)

    def _server_fields(self) -> QWidget:
        fields = QGridLayout(self._server)
        fields.setContentsMargins(0, SPACE_4, 0, 0)
        fields.setHorizontalSpacing(SPACE_12)
        fields.setVerticalSpacing(SPACE_4)
        fields.addWidget(self._address_label, 0, 0)
        fields.addWidget(self.address, 1, 0)
        fields.addWidget(self._key_label, 0, 1)
        fields.addWidget(self.key, 1, 1)
        fields.addWidget(self._wrong, 2, 0, 1, 2)
        return self._server

    def _microphone_card(self) -> QWidget:
        card = Card()
        column = QVBoxLayout(card)
        column.setContentsMargins(SPACE_16, SPACE_12, SPACE_16, SPACE_12)
        column.setSpacing(SPACE_12)
        column.addWidget(self.device)
        column.addWidget(self.check)
        return card

    def _button_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(self.type)
        row.addSpacing(SPACE_8)
        row.addWidget(self.talk)
        row.addStretch()
        return row


def _mistake(address: str) -> str:
    if not address:
        return _NO_ADDRESS
    try:
        parse_address(address)
    except AppError as error:
        return error.message
    return ""
