"""One folder: what is known of it, how far the reading is, and what can be done. GUI thread."""

from __future__ import annotations

import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.knowledge import commands
from app.knowledge.events import EmbeddingsEstimated, FolderPhase, FolderState
from app.knowledge.passage import LeftOut
from ui.controls.buttons import Button, Kind
from ui.controls.surfaces import ElidedLabel, Tone, label
from ui.knowledge import wording
from ui.knowledge.button_row import ButtonRow
from ui.knowledge.progress import Progress
from ui.tokens import SPACE_4, SPACE_8, SPACE_12, SPACE_16

_HEIGHT = 28
_BUSY = (FolderPhase.READING, FolderPhase.EMBEDDING)


class _Question(QWidget):
    """Asks in place: a sentence, a button that does it, one that does not."""

    confirmed = Signal()
    declined = Signal()

    def __init__(self, yes: str, no: str, kind: Kind, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = label(wrap=True)
        self.yes = Button(yes, kind, height=_HEIGHT)
        self.no = Button(no, Kind.SECONDARY, height=_HEIGHT)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_8)
        buttons.addWidget(self.no)
        buttons.addWidget(self.yes)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SPACE_4, 0, 0)
        column.setSpacing(SPACE_8)
        column.addWidget(self.words)
        column.addLayout(buttons)
        self.yes.clicked.connect(self.confirmed)
        self.no.clicked.connect(self.declined)
        self.hide()

    def ask(self, words: str) -> None:
        """Show the question with the keyboard on what does nothing."""
        self.words.setText(words)
        if self.isHidden():
            self.show()
            self.no.setFocus(Qt.FocusReason.OtherFocusReason)


class FolderCard(QWidget):
    """`asked` carries commands."""

    asked = Signal(object)

    def __init__(self, folder: FolderState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.folder_id = folder.id
        self._folder = folder
        self._estimate: EmbeddingsEstimated | None = None
        self.path = ElidedLabel(Tone.TEXT, self, elide=Qt.TextElideMode.ElideMiddle)
        self.state = label(tone=Tone.QUIET, wrap=True)
        self.problem = label(tone=Tone.WARNING, wrap=True)
        self.reasons = label(tone=Tone.CAPTION, wrap=True)
        self.progress = Progress("Progress", self)
        self.pause = Button("Pause", Kind.QUIET, height=_HEIGHT)
        self.embed = Button("Search by meaning…", Kind.QUIET, height=_HEIGHT)
        self.left_out = Button("", Kind.QUIET, height=_HEIGHT)
        self.remove = Button("Remove…", Kind.QUIET, height=_HEIGHT)
        self.removing = _Question("Remove", "Keep", Kind.DANGER, self)
        self.embedding = _Question("Send", "Not now", Kind.PRIMARY, self)
        self._lay_out()
        self._connect()

    def show_folder(
        self,
        folder: FolderState,
        estimate: EmbeddingsEstimated | None,
        left_out: tuple[tuple[str, LeftOut], ...] | None,
        now: datetime.datetime,
    ) -> None:
        """Render what is known."""
        self._folder = folder
        self.path.show_text(folder.path)
        self.state.setText(wording.state_of(folder, now))
        self.problem.setText(folder.problem)
        self.problem.setVisible(bool(folder.problem))
        busy = folder.phase in _BUSY and folder.total > 0
        self.progress.setVisible(busy)
        self.progress.show_progress(folder.done, folder.total)
        self._show_buttons(folder)
        listed = wording.left_out_rows(left_out) if left_out else ""
        self.reasons.setText(listed)
        self.reasons.setVisible(bool(listed) and self.left_out.isChecked())
        if estimate is not self._estimate:
            self._estimate = estimate
            if estimate is not None:
                self._show_estimate(estimate)

    def _show_buttons(self, folder: FolderState) -> None:
        paused = folder.phase is FolderPhase.PAUSED
        _name(self.pause, "Go on" if paused else "Pause", folder.path)
        _name(self.remove, "Remove…", folder.path)
        text = "Stop searching by meaning" if folder.embeds else "Search by meaning…"
        _name(self.embed, text, folder.path)
        self.left_out.setText(wording.left_out_line(folder))
        self.left_out.setToolTip(wording.left_out_reasons(folder))
        self.left_out.setAccessibleName(f"Show what is left out of {folder.path}")
        self.left_out.setAccessibleDescription(wording.left_out_reasons(folder))
        self.left_out.setVisible(bool(folder.left_out))
        self._buttons.place()

    def _show_estimate(self, told: EmbeddingsEstimated) -> None:
        self.embedding.yes.setVisible(not told.problem)
        self.embedding.no.setText("OK" if told.problem else "Not now")
        self.embedding.ask(wording.estimate_line(told))

    def _lay_out(self) -> None:
        self.left_out.setCheckable(True)
        self.reasons.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._buttons = ButtonRow((self.pause, self.embed, self.left_out, self.remove))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, SPACE_12, SPACE_12, SPACE_12)
        column.setSpacing(SPACE_4)
        column.addLayout(_inset((self.path, self.state, self.problem, self.progress)))
        holder = QVBoxLayout()
        holder.setContentsMargins(SPACE_4, SPACE_4, 0, 0)  # Their words begin where the lines do.
        holder.addWidget(self._buttons)
        column.addLayout(holder)
        column.addLayout(_inset((self.reasons, self.embedding, self.removing)))

    def _connect(self) -> None:
        self.pause.clicked.connect(self._pause)
        self.embed.clicked.connect(self._embed)
        self.left_out.clicked.connect(self._show_left_out)
        self.remove.clicked.connect(
            lambda: self.removing.ask(
                "Forget what was read of this folder? The files themselves stay as they are."
            )
        )
        self.removing.confirmed.connect(
            lambda: self.asked.emit(commands.RemoveFolder(self.folder_id))
        )
        self.removing.declined.connect(lambda: self._close(self.removing, self.remove))
        self.embedding.confirmed.connect(self._allow)
        self.embedding.declined.connect(lambda: self._close(self.embedding, self.embed))

    def _pause(self) -> None:
        paused = self._folder.phase is FolderPhase.PAUSED
        self.asked.emit(commands.PauseFolder(self.folder_id, not paused))

    def _embed(self) -> None:
        if self._folder.embeds:
            self.asked.emit(commands.AllowEmbeddings(self.folder_id, ""))
        else:
            self.asked.emit(commands.EstimateEmbeddings(self.folder_id))

    def _allow(self) -> None:
        if self._estimate is not None:
            embeds = self._estimate.embeds
            self.asked.emit(commands.AllowEmbeddings(self.folder_id, embeds))
        self._close(self.embedding, self.embed)

    def _show_left_out(self) -> None:
        if self.left_out.isChecked():
            self.asked.emit(commands.ListLeftOut(self.folder_id))
        else:
            self.reasons.hide()

    def _close(self, question: _Question, button: Button) -> None:
        question.hide()
        button.setFocus(Qt.FocusReason.OtherFocusReason)


def _inset(widgets: tuple[QWidget, ...]) -> QVBoxLayout:
    inside = QVBoxLayout()
    inside.setContentsMargins(SPACE_16, 0, 0, 0)
    inside.setSpacing(SPACE_4)
    for widget in widgets:
        inside.addWidget(widget)
    return inside


def _name(button: Button, text: str, path: str) -> None:
    button.setText(text)
    button.setAccessibleName(f"{text.rstrip('…')}: {path}")
