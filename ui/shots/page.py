"""What is about to be sent: exactly those bytes, to crop, cover and attach. GUI thread."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QStandardPaths, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.shots import commands
from app.shots.shot import Attachment, Edit, EditKind
from ui.announce import announce
from ui.controls.buttons import Button, Kind
from ui.controls.surfaces import Tone, label
from ui.shots import wording
from ui.shots.canvas import Canvas
from ui.shots.decoding import decoder
from ui.shots.mapping import shown_part
from ui.shots.secrets_card import SecretsCard
from ui.shots.state import Pending, ShotsView
from ui.shots.strip import Strip
from ui.tokens import SPACE_8, SPACE_16, page_margin

_ENTER_AFTER_MS = 400
"""Enter that was meant for something else attaches nothing."""


class PreviewPage(QWidget):
    """`asked` carries commands. Shows the oldest picture that is to be looked at, or a chosen one.

    It is drawn from the attachment's bytes alone, and can be attached only while these are made
    with all edits.
    """

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = ShotsView()
        self._chosen = ""
        self._shot: Pending | None = None
        self._drawn: Attachment | None = None
        """What the canvas shows the bytes of."""
        self._edits: dict[str, tuple[Edit, ...]] = {}
        self._since = QElapsedTimer()
        self._dialog: QFileDialog | None = None
        self.title = label(tone=Tone.HEADING, wrap=True)
        self.canvas = Canvas(self)
        self.tools = {kind: Button(words, Kind.QUIET) for kind, words in wording.TOOLS.items()}
        self.undo = Button("Undo", Kind.QUIET)
        self.strip = Strip(self)
        self.note = label(tone=Tone.QUIET, wrap=True)
        self.secrets = SecretsCard(self)
        self.facts = label(tone=Tone.CAPTION, wrap=True)
        self.held = label(wrap=True)
        self.remove = Button("Remove")
        self.alone = Button("Ask without it")
        self.save = Button("Save…")
        self.attach = Button("Attach", Kind.PRIMARY)
        self._lay_out()
        self._connect()

    @property
    def shot_id(self) -> str:
        """The picture that is shown, empty when there is none."""
        return self._shot.shot_id if self._shot is not None else ""

    def open_at(self, shot_id: str) -> None:
        """Show this one; empty for the oldest."""
        self._chosen = shot_id or self._chosen
        self.show_state(self._view)
        self._since.start()
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_state(self, view: ShotsView) -> None:
        """Render the pictures that are to be looked at."""
        self._view = view
        known = {shot.shot_id for shot in view.pending}
        self._edits = {shot_id: edits for shot_id, edits in self._edits.items() if shot_id in known}
        shot = view.find(self._chosen) or next(iter(view.pending), None)
        if shot is not self._shot:
            self._show(shot)
        self.strip.show_state(view.pending, self.shot_id)
        self._show_held()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape and self._shot is not None:
            self._remove()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            early = self._since.isValid() and self._since.elapsed() < _ENTER_AFTER_MS
            if not event.isAutoRepeat() and not early:
                self._attach()
        elif event.matches(QKeySequence.StandardKey.Undo):
            self._undo()
        else:
            super().keyPressEvent(event)

    def _show(self, shot: Pending | None) -> None:
        before, self._shot = self._shot, shot
        if shot is None:
            self.canvas.show_picture(QImage(), self.canvas.selection.bounds)
            return
        is_other = before is None or before.shot_id != shot.shot_id
        if is_other:
            self.secrets.forget()
            self._since.start()
        sent = shot.attachment
        if is_other or sent is None:
            self.canvas.show_picture(QImage(), shown_part(shot.width, shot.height, ()))
            self._drawn = None
        self.facts.setText(wording.facts(sent) if sent else "Getting it ready…")
        if sent is not None and sent is not self._drawn:
            decoder().decode(sent.data, self, partial(self._draw, shot))
        name = wording.name(shot.source)
        self.title.setText(name)
        self.canvas.setAccessibleName(f"Preview of {name}")
        self.attach.setText("Show it" if shot.waits else "Attach")
        self.attach.updateGeometry()
        notes = [shot.note, wording.unread(shot.unread)]
        self.note.setText(" ".join(note for note in notes if note))
        self.note.setVisible(bool(self.note.text()))
        self.secrets.show_found(shot.secrets)
        self._show_marks()
        if is_other:
            announce(self, f"{name}. {self.facts.text()}")

    def _show_held(self) -> None:
        """What was said while this is looked at; a picture for somebody else has no part in it."""
        text = self._view.held if self._shot is not None and not self._shot.waits else ""
        words = wording.held(text) if text else ""
        is_new = bool(words) and words != self.held.text()
        self.held.setText(words)
        self.held.setVisible(bool(words))
        self.alone.setVisible(bool(words))
        if is_new:
            announce(self, words)

    def _draw(self, shot: Pending, image: QImage) -> None:
        """The bytes of the attachment are a picture now."""
        if self._shot is None or self._shot.attachment is not shot.attachment:
            return
        self._drawn = None if image.isNull() else shot.attachment
        if image.isNull():
            self.facts.setText("This picture cannot be shown here, so it cannot be attached.")
        self.canvas.show_picture(image, shown_part(shot.width, shot.height, shot.made_with))
        self._since.start()
        self._show_marks()

    def _show_marks(self) -> None:
        shot = self._shot
        if shot is None:
            return
        edits = self._edits.get(shot.shot_id, ())
        coming = () if edits == shot.made_with else edits[len(shot.made_with) :]
        self.canvas.show_marks([secret.rect for secret in shot.secrets], coming)
        is_drawn = shot.attachment is not None and shot.attachment is self._drawn
        is_ready = is_drawn and edits == shot.made_with
        self.attach.setEnabled(is_ready)
        self.save.setEnabled(is_ready)
        self.undo.setEnabled(bool(edits))

    def _edit(self, *more: Edit) -> None:
        if self._shot is not None and self._shot.attachment is not None:
            self._change((*self._edits.get(self._shot.shot_id, ()), *more))

    def _undo(self) -> None:
        if self._shot is not None and (edits := self._edits.get(self._shot.shot_id, ())):
            self._change(edits[:-1])

    def _change(self, edits: tuple[Edit, ...]) -> None:
        assert self._shot is not None
        self._edits[self._shot.shot_id] = edits
        self.asked.emit(commands.EditShot(self._shot.shot_id, edits))
        self._show_marks()

    def _attach(self) -> None:
        """Attach it as it is shown; where it shows secrets, a person says so first."""
        shot = self._shot
        if shot is None or not self.attach.isEnabled():
            return
        if shot.secrets and not self.secrets.is_agreed:
            self.secrets.ask()
            return
        self.asked.emit(commands.AttachShot(shot.shot_id, secrets_seen=bool(shot.secrets)))

    def _remove(self) -> None:
        if self._shot is not None:
            self.asked.emit(commands.RemoveShot(self._shot.shot_id))

    def _save(self) -> None:
        if self._shot is None or self._shot.attachment is None:
            return
        dialog = save_dialog(self, self._shot.attachment.media_type)
        shot_id = self._shot.shot_id
        dialog.fileSelected.connect(
            lambda name: self.asked.emit(commands.SaveShot(shot_id, Path(name)))
        )
        dialog.finished.connect(self._go_on)
        dialog.open()
        self._dialog = dialog

    def _go_on(self) -> None:
        """Enter attaches again; the one that closed the dialog does not."""
        self._since.start()
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose(self, shot_id: str) -> None:
        self._chosen = shot_id
        self.show_state(self._view)

    def _cover(self) -> None:
        if self._shot is not None:
            self._edit(*(Edit(EditKind.COVER, found.rect) for found in self._shot.secrets))

    def _choose_tool(self, kind: EditKind) -> None:
        self.canvas.tool = kind
        self.canvas.drop_selection()

    def _connect(self) -> None:
        group = QButtonGroup(self)
        for kind, button in self.tools.items():
            button.setCheckable(True)
            group.addButton(button)
            button.clicked.connect(partial(self._choose_tool, kind))
        self.tools[EditKind.CROP].setChecked(True)
        self.canvas.edited.connect(self._edit)
        self.undo.clicked.connect(self._undo)
        self.strip.chosen.connect(self._choose)
        self.remove.clicked.connect(self._remove)
        self.alone.clicked.connect(lambda: self.asked.emit(commands.AskWithout()))
        self.save.clicked.connect(self._save)
        self.attach.clicked.connect(self._attach)
        self.secrets.covered.connect(self._cover)
        self.secrets.agreed.connect(self._attach)

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(0)
        for button in self.tools.values():
            tools.addWidget(button)
        tools.addStretch()
        tools.addWidget(self.undo)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_8)
        buttons.addWidget(self.remove)
        buttons.addWidget(self.save)
        buttons.addWidget(self.alone)
        buttons.addStretch()
        buttons.addWidget(self.attach)
        column = QVBoxLayout(self)
        margin = page_margin(self.width())
        column.setContentsMargins(margin, 0, margin, SPACE_16)
        column.setSpacing(SPACE_8)
        column.addWidget(self.title)
        column.addWidget(self.strip)
        column.addLayout(tools)
        column.addWidget(self.canvas, 1)
        for part in (self.note, self.secrets, self.facts, self.held):
            column.addWidget(part)
        column.addLayout(buttons)


def save_dialog(parent: QWidget, media_type: str) -> QFileDialog:
    """Asks where a picture goes, without stopping the window."""
    ending = ".png" if media_type == "image/png" else ".jpg"
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    name = str(Path(folder) / f"picture{ending}")
    dialog = QFileDialog(parent, "Save the picture", name, f"Picture (*{ending})")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(ending)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog
