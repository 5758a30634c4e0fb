"""The key of the server: entered here, never shown. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.commands import StoreKey
from app.events import KeyPlace, KeyStatus
from app.secrets import Secret
from ui import words
from ui.controls.buttons import Button, Kind
from ui.controls.fields import SecretField
from ui.tokens import SPACE_8

_FIELD_WIDTH = 160
_OURS = (KeyPlace.KEYRING, KeyPlace.THIS_RUN)


class KeyEditor(QWidget):
    """`asked` carries StoreKey; the field is empty from then on."""

    asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.field = SecretField("Key")
        self.field.setFixedWidth(_FIELD_WIDTH)
        self.save = Button("Save", Kind.SECONDARY)
        self.save.setAccessibleName("Save key")
        self.save.setEnabled(False)
        self.forget = Button("Forget", Kind.QUIET)
        self.forget.setAccessibleName("Forget key")
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
        self.forget.clicked.connect(lambda: self.asked.emit(StoreKey(Secret(""))))

    def show_status(self, status: KeyStatus | None) -> str:
        """Offer what can be done about the key there is; returns where it is, in words."""
        place = status.place if status else KeyPlace.NONE
        self.forget.setVisible(place in _OURS)
        if status is None:
            return ""
        return words.KEY_PLACES[place].format(host=status.host)

    def _store(self) -> None:
        if key := self.field.take():
            self.asked.emit(StoreKey(Secret(key)))
