"""The first-run page: who answers, whether the microphone works, and off. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app import commands
from app.events import KeyPlace
from app.secrets import Secret
from app.settings import OPENAI_BASE_URL, Source
from ui import words
from ui.controls.buttons import Button, Kind
from ui.controls.column import scrolled
from ui.controls.fields import SecretField, TextField
from ui.controls.icons import Icon, draw
from ui.controls.surfaces import Card, Tone, label
from ui.onboarding.choice_cards import ChoiceCards, Place
from ui.settings.editors import DeviceEditor
from ui.settings.microphone_check import MicrophoneCheck
from ui.theme import colors
from ui.tokens import SPACE_4, SPACE_8, SPACE_12, SPACE_16
from ui.view_state import ViewState

_WIDTH = 480
_MARK_PX = 40
_WHAT = "Talk to your computer: ask, have things done, and hear the answer."
_PRIVACY = {
    Place.BUILT_IN: "What you say is turned into words on this computer and stays here.",
    Place.OPENAI: "What you say is sent to OpenAI and nowhere else.",
    Place.OTHER: "What you say is sent to that server and nowhere else.",
}
_NO_KEY = "Enter a key, or choose Built in."
_NO_ADDRESS = "Enter the server's address; most end in /v1."


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
        self._has_key = view.key is not None and view.key.place is not KeyPlace.NONE
        if self._has_key and view.key is not None:
            there = words.KEY_PLACES[view.key.place].format(host=view.key.host)
            self.key.setPlaceholderText(there.rstrip("."))

    def _on_chosen(self, place: Place) -> None:
        self._server.setVisible(place is not Place.BUILT_IN)
        for part in (self._address_label, self.address):
            part.setVisible(place is Place.OTHER)
        self._privacy.setText(_PRIVACY[place])
        self._complain("")

    def _finish(self, *, talk: bool) -> None:
        place = self.cards.place
        address = self.address.text().strip() if place is Place.OTHER else OPENAI_BASE_URL
        if place is Place.OTHER and not address:
            self._complain(_NO_ADDRESS)
            self.address.setFocus()
            return
        if place is Place.OPENAI and not self.key.text().strip() and not self._has_key:
            self._complain(_NO_KEY)
            self.key.setFocus()
            return
        self.check.stop()
        source = Source.BUILT_IN if place is Place.BUILT_IN else Source.SERVER
        values: dict[str, object] = {
            "chat.source": source,
            "transcription.source": source,
            "speech.source": source,
            "general.first_run_done": True,
        }
        if place is not Place.BUILT_IN:
            values["server.base_url"] = address
        self.asked.emit(commands.ChangeSettings(values))
        if place is not Place.BUILT_IN and (key := self.key.take()):
            self.asked.emit(commands.StoreKey(Secret(key)))
        if talk:
            self.asked.emit(commands.SetHandsFree(True))

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
        column.setContentsMargins(0, SPACE_8, 0, 0)
        column.setSpacing(SPACE_8)
        column.addWidget(_Mark())
        column.addWidget(title)
        column.addWidget(what)
        column.addSpacing(SPACE_16)
        column.addWidget(label("Who should answer?", Tone.HEADING))
        column.addWidget(self.cards)
        column.addWidget(self._server_fields())
        column.addSpacing(SPACE_16)
        column.addWidget(label("Microphone", Tone.HEADING))
        column.addWidget(self._microphone_card())
        column.addWidget(self._trouble)
        column.addSpacing(SPACE_16)
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
