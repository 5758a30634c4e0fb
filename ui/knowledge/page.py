"""The page of folders that Sayso may answer from, and of what it remembers. GUI thread."""

from __future__ import annotations

import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.knowledge import commands
from ui.controls.buttons import Button, Kind
from ui.controls.column import scrolled
from ui.controls.surfaces import Card, Line, Tone, label
from ui.knowledge.folder_card import FolderCard
from ui.knowledge.memory_card import MemoryCard
from ui.knowledge.search_card import SearchCard
from ui.knowledge.state import KnowledgeView
from ui.tokens import SPACE_8, SPACE_12, SPACE_16, SPACE_24

_NONE_YET = (
    "Add a folder with documents, notes or code. Sayso reads it on this computer and answers from "
    "it, with the places where it found what it says."
)
_ABOUT = "Text, Markdown, PDF, Word and code. Passwords, keys and hidden files are left out."


class KnowledgePage(QWidget):
    """`asked` carries commands."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: KnowledgeView | None = None
        self._dialog: QFileDialog | None = None
        self.folders: dict[int, FolderCard] = {}
        self._lines: dict[int, Line] = {}
        self.add = Button("Add folder…", Kind.PRIMARY, height=32)
        self.update_now = Button("Read again", Kind.QUIET, height=32)
        self._about = label(_NONE_YET, Tone.QUIET, wrap=True)
        self.refused = label(tone=Tone.WARNING, wrap=True)
        self.refused.hide()
        self.search = SearchCard()
        self.memory = MemoryCard()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_24)
        column.addWidget(self._folder_section())
        column.addWidget(self.memory)
        column.addStretch(1)
        self._scroll = scrolled(content, "Knowledge")
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._scroll)
        self._connect()

    def open_at(self) -> None:
        """Begin where something can be done."""
        first = self.search.search if self.folders else self.add
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_state(self, view: KnowledgeView) -> None:
        """Render folders and memory."""
        if view is self._view:
            return
        before, self._view = self._view, view
        self._show_folders(view)
        self.search.show_found(view.found)
        if before is None or (before.facts, before.forgotten) != (view.facts, view.forgotten):
            self.memory.show_facts(view.facts, view.forgotten)

    def _show_folders(self, view: KnowledgeView) -> None:
        known = {folder.id for folder in view.folders}
        for folder_id in [folder_id for folder_id in self.folders if folder_id not in known]:
            for widget in (self.folders.pop(folder_id), self._lines.pop(folder_id)):
                self._list.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        now = datetime.datetime.now(datetime.UTC)
        for folder in view.folders:
            if folder.id not in self.folders:
                card = self.folders[folder.id] = FolderCard(folder)
                card.asked.connect(self.asked)
                self._list.addWidget(card)
                line = self._lines[folder.id] = Line()
                self._list.addWidget(line)
            estimate, left_out = view.estimates.get(folder.id), view.left_out.get(folder.id)
            self.folders[folder.id].show_folder(folder, estimate, left_out, now)
        has_folders = bool(view.folders)
        self._about.setText(_ABOUT if has_folders else _NONE_YET)
        # Only one thing at a time asks to be pressed: later that may be a folder's question.
        self.add.show_kind(Kind.SECONDARY if has_folders else Kind.PRIMARY)
        self.update_now.setVisible(has_folders)
        self.search.setVisible(has_folders)
        self.refused.setVisible(view.refused is not None)
        if view.refused is not None:
            self.refused.setText(f"{view.refused.path}: {view.refused.reason}")

    def _folder_section(self) -> QWidget:
        section = QWidget()
        card = Card()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.setSpacing(0)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        inside.addLayout(self._list)
        bottom = QVBoxLayout()
        bottom.setContentsMargins(SPACE_16, SPACE_12, SPACE_16, SPACE_12)
        bottom.setSpacing(SPACE_12)
        bottom.addWidget(self._about)
        bottom.addWidget(self.refused)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_8)
        buttons.addWidget(self.add)
        buttons.addWidget(self.update_now)
        buttons.addStretch()
        bottom.addLayout(buttons)
        inside.addLayout(bottom)
        column = QVBoxLayout(section)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_8)
        column.addWidget(label("Folders", Tone.HEADING))
        column.addWidget(self.search)
        column.addWidget(card)
        return section

    def _connect(self) -> None:
        self.add.clicked.connect(self._choose)
        self.update_now.clicked.connect(lambda: self.asked.emit(commands.UpdateFolders()))
        self.search.asked.connect(self.asked)
        self.memory.asked.connect(self.asked)

    def _choose(self) -> None:
        """The system's own dialog, which does not hold up the window."""
        if self._dialog is None:
            self._dialog = QFileDialog(self, "Add folder")
            self._dialog.setFileMode(QFileDialog.FileMode.Directory)
            self._dialog.setOption(QFileDialog.Option.ShowDirsOnly)
            self._dialog.fileSelected.connect(
                lambda path: self.asked.emit(commands.AddFolder(path))
            )
        self._dialog.open()
