"""The key of a server: entered here, never shown. GUI thread."""

from __future__ import annotations

import contextlib

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.commands import StoreKey
from app.errors import AppError
from app.events import KeyPlace, KeyStatus
from app.net.address import host_of
from app.secrets import Secret
from ui import words
from ui.controls.buttons import Button, Kind
from ui.controls.fields import SecretField
from ui.tokens import SPACE_8

_FIELD_WIDTH = 160
_OURS = (KeyPlace.KEYRING, KeyPlace.THIS_RUN)


class KeyEditor(QWidget):
    """`asked` carries StoreKey for the server that is shown; the field is empty from then on."""

    asked = Signal(object)

    def __init__(self, name: str = "Key") -> None:
        super().__init__()
        self._address = ""
        self.place: KeyPlace | None = None
        self.field = SecretField(name)
        self.field.setFixedWidth(_FIELD_WIDTH)
        self.save = Button("Save", Kind.SECONDARY)
        self.save.setAccessibleName(f"Save {name.lower()}")
        self.save.setEnabled(False)
        self.forget = Button("Forget", Kind.QUIET)
        self.forget.setAccessibleName(f"Forget {name.lower()}")
        self.forget.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_8)
        for part in (self.field, self.save, self.forget):
            row.addWidget(part)
        self.setFocusProxy(self.field)
        self.field.textChanged.connect(lambda text: self.save.setEnabled(bool(text.strip())))
        self.field.returnPressed.connect(self._store)
        self.save.clicked.connect(self._store)
        self.forget.clicked.connect(lambda: self._send(""))

    @property
    def has_key(self) -> bool:
        """Whether there is a key, as far as is known."""
        return self.place not in (None, KeyPlace.NONE)

    def show_status(self, status: KeyStatus | None, address: str) -> str:
        """Offer what can be done about the key for `address`; returns where it is, in words."""
        if address != self._address:
            self.field.clear()  # what was being typed was meant for the other server
        self._address = address
        self.place = status.place if status else None
        self.forget.setVisible(self.place in _OURS)
        if status is None:
            return ""
        return words.KEY_PLACES[status.place].format(host=status.host)

    def _store(self) -> None:
        if key := self.field.take():
            self._send(key)

    def _send(self, key: str) -> None:
        with contextlib.suppress(AppError):  # an address that is none has no key
            self.asked.emit(StoreKey(Secret(key), host_of(self._address)))
