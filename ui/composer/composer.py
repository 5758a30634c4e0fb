"""The composer: words so far, pictures, the field to type in, and the voice bar. GUI thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.shots.commands import TakeShot
from app.shots.shot import ShotKind
from ui.composer.attachments import Attachments
from ui.composer.text_input import PLACEHOLDER, TextInput
from ui.composer.voice_bar import VoiceBar
from ui.controls.buttons import IconButton, Shape
from ui.controls.icons import Icon
from ui.controls.surfaces import Card, Edge, Tone, label
from ui.shots import wording
from ui.shots.state import ShotsView
from ui.tokens import SPACE_4, SPACE_8, SPACE_12
from ui.view_state import ViewState
from ui.window.shortcuts import SHOW

if TYPE_CHECKING:
    from ui.shots.menu import ShowMenu

_LONGEST_PARTIAL = 240


class Composer(Card):
    """Everything at the bottom of the conversation."""

    submitted = Signal(str)
    asked = Signal(object)
    picture_opened = Signal(str)
    preview_opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._partial = label(tone=Tone.QUIET, wrap=True)
        self._partial.setAccessibleName("Words so far")
        self._partial.hide()
        self.input = TextInput(self)
        self.voice = VoiceBar(self)
        self.attachments = Attachments(self)
        self.show_button = IconButton(Icon.PICTURE, "Show", keys=SHOW, parent=self)
        self._menu: ShowMenu | None = None
        self._shots = ShotsView()
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
        words.addWidget(self.attachments)
        words.addWidget(self.input)
        column.addLayout(words)
        bottom = QHBoxLayout()
        bottom.setSpacing(SPACE_8)
        bottom.addWidget(self.voice, 1)
        bottom.addWidget(self.show_button)
        bottom.addWidget(self._send)
        column.addLayout(bottom)
        self.input.textChanged.connect(self._follow_words)
        self.input.submitted.connect(self.submitted)
        self.input.asked.connect(self.asked)
        self.attachments.asked.connect(self.asked)
        self.attachments.opened.connect(self.picture_opened)
        self.attachments.looked_at.connect(self.preview_opened)
        self.show_button.clicked.connect(self.open_menu)
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
        if view.shots is not self._shots:
            self._show_pictures(view.shots)

    def open_menu(self) -> None:
        """What can be shown."""
        from ui.shots.menu import ShowMenu  # not needed to start

        if self._menu is not None:
            self._menu.deleteLater()
        self._menu = ShowMenu(self, self.asked.emit, self.choose_file)
        corner = self.show_button.mapToGlobal(self.show_button.rect().topRight())
        size = self._menu.sizeHint()
        self._menu.popup(corner - QPoint(size.width(), size.height() + SPACE_4))

    def choose_file(self) -> None:
        """Ask for a picture's file, without stopping the window."""
        from PySide6.QtWidgets import QFileDialog  # slow to make, and seldom wanted

        from ui.shots.files import FILTER

        dialog = QFileDialog(self, "Show a picture", filter=FILTER)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(
            lambda name: self.asked.emit(TakeShot(ShotKind.FILE, name=name))
        )
        dialog.open()

    def _show_pictures(self, shots: ShotsView) -> None:
        before, self._shots = self._shots, shots
        self.attachments.show_state(shots)
        if self._menu is not None and shots.windows is not before.windows:
            self._menu.show_windows(shots.windows)
        self.input.stands_for = wording.QUESTION if shots.attached else ""
        asks = f"Ask about it; Enter asks “{wording.QUESTION}”"
        self.input.setPlaceholderText(asks if shots.attached else PLACEHOLDER)
        self._follow_words()

    def _follow_words(self) -> None:
        self._send.setEnabled(bool(self.input.words or self.input.stands_for))
