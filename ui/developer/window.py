"""The developer view: a window of its own. Told nothing, and keeping nothing, while it is shut.

GUI thread.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from app import events
from app.providers.voice_session import TokenCounts
from app.realtime.commands import WatchWire
from app.realtime.events import Link, LinkChanged, SessionCost, TurnTimed, Wired
from ui.announce import announce
from ui.controls.buttons import Button, Kind
from ui.controls.fields import ChoiceBox, TextField
from ui.controls.surfaces import Card, ElidedLabel, Line, Tone, label
from ui.developer.event_list import EventList
from ui.developer.timeline import Direction, Timeline, as_text, size_of
from ui.developer.turn_picture import TurnPicture
from ui.developer.turns import bar_of
from ui.tokens import SPACE_8, SPACE_12, SPACE_16

_RENDER_MS = 100
_DIRECTIONS = {
    Direction.BOTH: "Both ways",
    Direction.SENT: "Sent",
    Direction.RECEIVED: "Received",
}


class DeveloperWindow(QWidget):
    """`asked` carries commands. `open` and closing it tell the core whether to tell the wire."""

    asked = Signal(object)

    def __init__(self) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.timeline = Timeline()
        self._is_paused = False
        self._is_stale = True
        self._link = LinkChanged(Link.OFF)
        self._last: TokenCounts | None = None
        self.setWindowTitle("Developer view")
        self.setMinimumSize(420, 420)
        self.resize(860, 640)
        self.filter = TextField("Filter")
        self.filter.setPlaceholderText("Filter: response, error …")
        self.filter.setClearButtonEnabled(True)
        self.direction = ChoiceBox("Direction")
        for title in _DIRECTIONS.values():
            self.direction.addItem(title)
        self.pause = Button("Pause", Kind.SECONDARY)
        self.clear = Button("Clear", Kind.SECONDARY)
        self.copy = Button("Copy", Kind.SECONDARY)
        self.save = Button("Save…", Kind.SECONDARY)
        self.list = EventList()
        self.turns = TurnPicture()
        self.status = ElidedLabel(Tone.CAPTION)
        self._empty = label(
            "Nothing yet. Talk in realtime, and each event of the connection is listed here.",
            Tone.QUIET,
            wrap=True,
        )
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._timer = QTimer(self, interval=_RENDER_MS, singleShot=True)
        self._lay_out()
        self._connect()

    def open(self, link: LinkChanged | None) -> None:
        """Come to the front, and have everything told from now on; `link` is how it is now."""
        self._link, self._is_stale = link or LinkChanged(Link.OFF), True
        if not self.isVisible():
            self.asked.emit(WatchWire(on=True))
            self._render()
            self.show()
            self.filter.setFocus(Qt.FocusReason.OtherFocusReason)
        self.raise_()
        self.activateWindow()

    def on_event(self, event: events.Event) -> None:
        """Take in what the core tells of the wire and of turns."""
        match event:
            case Wired(note) if self.isVisible():
                self.timeline.note(note)
            case TurnTimed() if self.isVisible():
                self.timeline.turn(event)
            case SessionCost(last=last):
                self._last = last
            case LinkChanged():
                self._link = event
            case _:
                return
        self._is_stale = True
        if self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self._timer.stop()
        self.asked.emit(WatchWire(on=False))
        self.timeline.clear()
        self._set_paused(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(SPACE_8)
        tools.addWidget(self.filter, 1)
        tools.addWidget(self.direction)
        acts = QHBoxLayout()
        acts.setSpacing(SPACE_8)
        acts.addWidget(self.status, 1)
        for button in (self.pause, self.clear, self.copy, self.save):
            acts.addWidget(button)
        card = Card()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, SPACE_8, 1, SPACE_8)
        inside.setSpacing(SPACE_8)
        inside.addWidget(self.list, 1)
        inside.addWidget(self._empty, 1)
        inside.addWidget(Line())
        inside.addWidget(self.turns)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_16, SPACE_16, SPACE_16, SPACE_12)
        column.setSpacing(SPACE_12)
        column.addLayout(tools)
        column.addWidget(card, 1)
        column.addLayout(acts)

    def _connect(self) -> None:
        self._timer.timeout.connect(self._render)
        self.filter.textChanged.connect(self._render_now)
        self.direction.activated.connect(self._render_now)
        self.pause.clicked.connect(lambda: self._set_paused(not self._is_paused))
        self.clear.clicked.connect(self._clear)
        self.copy.clicked.connect(self._copy)
        self.list.copied.connect(self._copy)
        self.save.clicked.connect(self._ask_where)

    def _render_now(self) -> None:
        self._is_stale = True
        self._render(even_paused=True)

    def _render(self, *, even_paused: bool = False) -> None:
        if not self._is_stale or (self._is_paused and not even_paused):
            return
        self._is_stale = False
        timeline = self.timeline
        direction = list(_DIRECTIONS)[self.direction.currentIndex()]
        rows = timeline.matching(self.filter.text(), direction)
        self.list.show_rows(rows, timeline.began_s or 0.0, anew=even_paused)
        self.list.setVisible(bool(timeline.rows))
        self._empty.setVisible(not timeline.rows)
        bars = [bar for turn in timeline.turns if (bar := bar_of(turn)) is not None]
        self.turns.show_bars(bars)
        said = f"{self._state()}{timeline.events:,} events · {size_of(timeline.size_bytes)}"
        self.status.show_text(f"{said}{_billed(self._last)}")
        for button in (self.clear, self.copy, self.save):
            button.setEnabled(bool(timeline.rows or timeline.turns))

    def _state(self) -> str:
        paused = "Paused · " if self._is_paused else ""
        link = self._link.link.value.replace("_", " ")
        by = f" · {self._link.by}" if self._link.by else ""
        return f"{paused}{link[:1].upper()}{link[1:]}{by} · "

    def _set_paused(self, paused: bool) -> None:
        self._is_paused = paused
        self.pause.setText("Go on" if paused else "Pause")
        self.pause.updateGeometry()
        self._render_now()

    def _clear(self) -> None:
        self.timeline.clear()
        self._render_now()

    def _copy(self) -> None:
        rows = self.list.marked or self.list.entries.rows
        QGuiApplication.clipboard().setText(as_text(rows, self.timeline.began_s or 0.0))
        announce(self, f"{len(rows)} events copied")

    def _ask_where(self) -> None:
        dialog = QFileDialog(self, "Save the timeline", "sayso-timeline.json", "JSON (*.json)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.write)
        dialog.open()

    def write(self, path: str) -> None:
        """Save everything that is kept, without sound and without secrets."""
        try:
            Path(path).write_text(self.timeline.exported(), "utf-8")
        except OSError as error:
            self.status.show_text(f"It could not be saved: {error.strerror}.")
        else:
            self.status.show_text(f"Saved as {Path(path).name}.")
        announce(self, self.status.whole)


def _billed(last: TokenCounts | None) -> str:
    """What the latest response was billed for."""
    if last is None:
        return ""
    sent = last.text_in + last.audio_in + last.image_in
    known = last.cached_text + last.cached_audio + last.cached_image
    return f" · last response {sent:,} in ({known:,} known), {last.text_out + last.audio_out:,} out"
