"""The composer: words so far, the field to type in, and the voice bar. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.composer.text_input import TextInput
from ui.composer.voice_bar import VoiceBar
from ui.controls.buttons import IconButton, Shape
from ui.controls.icons import Icon
from ui.controls.surfaces import Card, Edge, Tone, label
from ui.tokens import SPACE_8, SPACE_12
from ui.view_state import ViewState

_LONGEST_PARTIAL = 240


class Composer(Card):
    """Everything at the bottom of the conversation."""

    submitted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._partial = label(tone=Tone.QUIET, wrap=True)
        self._partial.setAccessibleName("Words so far")
        self._partial.hide()
        self.input = TextInput(self)
        self.voice = VoiceBar(self)
        self._send = IconButton(Icon.SEND, "Send", keys="Enter", parent=self)
        self._send.shape = Shape.FILLED
        self._send.setEnabled(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_12, SPACE_12, SPACE_12, SPACE_12)
        column.setSpacing(SPACE_8)
        words = QVBoxLayout()
        words.setContentsMargins(4, 2, 4, 0)
        words.setSpacing(SPACE_8)
        words.addWidget(self._partial)
        words.addWidget(self.input)
        column.addLayout(words)
        bottom = QHBoxLayout()
        bottom.setSpacing(SPACE_8)
        bottom.addWidget(self.voice, 1)
        bottom.addWidget(self._send)
        column.addLayout(bottom)
        self.input.textChanged.connect(lambda: self._send.setEnabled(bool(self.input.words)))
        self.input.submitted.connect(self.submitted)
        self.input.focused.connect(lambda has: self.set_edge(Edge.FOCUSED if has else Edge.LINE))
        self._send.clicked.connect(self.input.submit)

    def show_state(self, view: ViewState) -> None:
        """Render what goes on."""
        text = view.partial.strip()
        if len(text) > _LONGEST_PARTIAL:
            text = "…" + text[-_LONGEST_PARTIAL:]
        if text != self._partial.text():
            self._partial.setText(text)
            self._partial.setVisible(bool(text))
        self.voice.show_state(view)
