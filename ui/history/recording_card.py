"""A dictation's recording: play it, and turn it into text again. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.dictation import commands
from app.dictation.record import Dictation
from app.settings import Source
from ui import words
from ui.controls.buttons import Button
from ui.controls.fields import ChoiceBox
from ui.settings.rows import Row, RowCard
from ui.tokens import SPACE_8

_CHOICES: tuple[tuple[str, Source | None], ...] = (
    ("As it is set up", None),
    ("Built in", Source.BUILT_IN),
    ("Server", Source.SERVER),
)
_GONE = "It was removed, as the settings ask for, or the dictation never had one."


class RecordingCard(QWidget):
    """`asked` carries commands."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row: Dictation | None = None
        self._is_playing = False
        self.play = Button("Play")
        self.source = ChoiceBox("Who turns it into text")
        for text, _ in _CHOICES:
            self.source.addItem(text)
        self.source.setFixedWidth(150)
        self.retry = Button("Retry")
        self.retry.setAccessibleName("Turn the recording into text again")
        again = QWidget()
        row = QHBoxLayout(again)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_8)
        row.addWidget(self.source)
        row.addWidget(self.retry)
        again.setFocusProxy(self.source)
        self._heard = Row("Recording", _GONE, self.play)
        self._again = Row("Turn into text again", "Nothing is inserted by itself.", again)
        self._card = RowCard("Sound", [self._heard, self._again])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._card)
        self.play.clicked.connect(self._on_play)
        self.retry.clicked.connect(self._on_retry)

    def show_row(self, row: Dictation, *, is_playing: bool) -> None:
        """Render what there is to hear."""
        self._row, self._is_playing = row, is_playing
        has_sound = bool(row.audio)
        self.play.setVisible(has_sound)
        self.play.setText("Stop" if is_playing else "Play")
        self.play.setAccessibleName("Stop the recording" if is_playing else "Play the recording")
        self.play.updateGeometry()
        self._heard.say(f"{words.seconds(row.seconds)} of speech." if has_sound else _GONE)
        self._card.show_only(lambda part: part is not self._again or has_sound)

    def _on_play(self) -> None:
        if self._row is not None:
            stop, play = commands.StopReplay(), commands.ReplayDictation(self._row.id)
            self.asked.emit(stop if self._is_playing else play)

    def _on_retry(self) -> None:
        if self._row is not None:
            _, source = _CHOICES[self.source.currentIndex()]
            self.asked.emit(commands.RetryDictation(self._row.id, source))
