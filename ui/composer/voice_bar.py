"""The voice bar: the state as a button and a word, and what stops or mutes it. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app import commands
from app.state import Phase
from ui import words
from ui.announce import announce
from ui.composer.voice_button import Glyph, VoiceButton, glyph_of
from ui.controls.buttons import IconButton
from ui.controls.icons import Icon
from ui.controls.surfaces import ElidedLabel
from ui.realtime.engine_switch import EngineSwitch
from ui.tokens import SPACE_8, SPACE_12
from ui.view_state import ViewState

_WORD_PX = 74
_WIDE = 320
_BUSY = (Phase.TRANSCRIBING, Phase.THINKING, Phase.SPEAKING, Phase.ASKING)


def press(view: ViewState) -> commands.Command:
    """What a click on the voice button asks for."""
    state = view.state
    if state.phase in _BUSY:
        return commands.StopReply()
    if state.muted:
        return commands.SetMuted(False)
    return commands.SetHandsFree(not state.hands_free)


def press_name(view: ViewState) -> str:
    """What a click does, in words."""
    state = view.state
    if state.phase in _BUSY:
        return "Stop the reply"
    if state.muted:
        return "Turn the microphone on"
    return "Stop listening" if state.hands_free else "Start listening"


class VoiceBar(QWidget):
    """`asked` carries the command of whatever was pressed."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = ViewState()
        self.button = VoiceButton(self)
        self.word = ElidedLabel(parent=self)
        self.word.setMinimumWidth(_WORD_PX)
        self.engine = EngineSwitch(self)
        self.mute = IconButton(Icon.MICROPHONE, "Mute", keys="Ctrl+M", parent=self)
        self.stop = IconButton(Icon.STOP, "Stop the reply", keys="Esc", parent=self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_8)
        row.addWidget(self.button)
        row.addSpacing(SPACE_12 - SPACE_8)
        row.addWidget(self.word, 1)
        row.addWidget(self.engine)
        row.addWidget(self.mute)
        row.addWidget(self.stop)
        self.button.clicked.connect(lambda: self.asked.emit(press(self._view)))
        self.stop.clicked.connect(lambda: self.asked.emit(commands.StopReply()))
        self.mute.clicked.connect(self.toggle_mute)
        self.engine.asked.connect(self.asked)
        self.show_state(self._view)

    def toggle_mute(self) -> None:
        """Close the microphone, or open it again."""
        self.asked.emit(commands.SetMuted(not self._view.state.muted))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """What can wait makes room for the state's word."""
        is_busy = self._view.state.phase in _BUSY
        self.engine.setVisible(self.engine.is_on or not is_busy or self.width() >= _WIDE)

    def show_state(self, view: ViewState) -> None:
        """Render what goes on."""
        self._view = view
        self.engine.show_state(view)
        glyph = glyph_of(view)
        level = view.output_level if glyph is Glyph.BARS else view.input_level
        self.button.show_state(glyph, level)
        word = words.state_word(view.state, failed=view.has_failed)
        does = press_name(view)
        if word != self.word.whole or does != self.button.accessibleName():
            if word != self.word.whole:
                announce(self, word)
            self.word.show_text(word)
            self.button.setAccessibleName(does)
            self.button.setAccessibleDescription(word)
            self.button.setToolTip(f"{does}\nHold Ctrl+Space to talk")
        state = view.state
        muted = state.muted
        if muted != (self.mute.accessibleName() == "Unmute"):
            self.mute.show_as(
                Icon.MICROPHONE_OFF if muted else Icon.MICROPHONE, "Unmute" if muted else "Mute"
            )
        self.mute.setVisible(muted or state.hands_free or state.microphone_open)
        self.stop.setVisible(state.phase in _BUSY)
        self._make_room()
