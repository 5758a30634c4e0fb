"""Tool servers and tool files on the settings page. GUI thread."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.commands import ChangeSettings
from app.extensions.commands import ImportServers, StartAgain
from app.extensions.review import Condition, Extension
from app.extensions.settings import ExtensionSettings, ServerEntry
from ui.controls.buttons import Button, Kind
from ui.controls.surfaces import Card, Tone, label
from ui.extensions import wording
from ui.extensions.review_card import ReviewCard
from ui.extensions.state import ExtensionsView
from ui.settings.entries_card import Column, EntriesCard, Entry, LongField
from ui.settings.rows import Row, RowCard
from ui.tokens import SPACE_8, SPACE_16, SPACE_24

_SERVERS = (
    "Programs and addresses that bring tools by the Model Context Protocol (MCP). Each of their "
    "tools asks you before it acts."
)
_PASTE = "Paste the “mcpServers” text of another program. Keys in it are left out."
_READINGS = ((wording.ASKS, "Ask you"), (wording.BELIEVES, "Just read"))


class ExtensionSection(QWidget):
    """`asked` carries commands."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = ExtensionsView()
        self._settings: ExtensionSettings | None = None
        self._entries: dict[str, ServerEntry] = {}
        self.reviews: list[ReviewCard] = []
        self.again: dict[str, Button] = {}
        self.servers = EntriesCard("Tool servers", _SERVERS, _columns)
        self._wrong = label(tone=Tone.DANGER, wrap=True)
        self._wrong.hide()
        self.paste = LongField("Servers to import")
        self.paste.setPlaceholderText('{"mcpServers": {…}}')
        self.take = Button("Import", Kind.SECONDARY, height=28)
        self.take.setAccessibleName("Import servers")
        self._taken = label(tone=Tone.QUIET, wrap=True)
        self._taken.hide()
        self._folder = label(tone=Tone.CAPTION, wrap=True)
        self._folder.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._asking, self._list = _column(), _column()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_24)
        column.addWidget(self._folder)
        column.addLayout(self._asking)
        column.addLayout(self._list)
        column.addWidget(self.servers)
        column.addWidget(self._wrong)
        column.addWidget(self._import_card())
        self.servers.committed.connect(self._save)
        self.take.clicked.connect(self._import)

    def show_state(self, settings: ExtensionSettings, view: ExtensionsView) -> None:
        """Render the settings and what is known."""
        if settings is not self._settings:
            self._settings = settings
            self._entries = {entry.name: entry for entry in settings.servers}
            self.servers.show_entries([wording.server_line(each) for each in settings.servers])
            self._complain("")
        self._folder.setText(f"Tool files are looked for in {view.folder}")
        self._folder.setVisible(bool(view.folder) and settings.tool_files)
        known, self._view = self._view, view
        if view.reviews != known.reviews:
            self._show_reviews(view)
        if (view.extensions, view.reviews) != (known.extensions, known.reviews):
            self._show_list(view)
        if view.imported is not known.imported and view.imported is not None:
            self._taken.setText(wording.import_words(view.imported))
            self._taken.show()
            if not view.imported.problem:
                self.paste.clear()

    @property
    def first(self) -> QWidget:
        """What the keyboard goes to when something here is asked."""
        return self.reviews[0].no if self.reviews else self.servers.add

    def _show_reviews(self, view: ExtensionsView) -> None:
        had_focus = any(card.isAncestorOf(self.focusWidget() or self) for card in self.reviews)
        kept = {card.review: card for card in self.reviews}
        for review, card in kept.items():
            if review not in view.reviews:
                _remove(card)
        self.reviews = []
        for review in view.reviews:
            known = kept.get(review)
            card = known or ReviewCard(review)
            if known is None:
                card.asked.connect(self.asked)
                self._asking.addWidget(card)
            self.reviews.append(card)
        if had_focus:
            self.first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_list(self, view: ExtensionsView) -> None:
        while (item := self._list.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                _remove(old)
        self.again = {}
        asked = {review.id.partition(":")[2] for review in view.reviews}
        rows = [self._row(each, is_asked=each.name in asked) for each in view.extensions]
        if rows:
            self._list.addWidget(RowCard("Servers and tool files", rows))

    def _row(self, extension: Extension, *, is_asked: bool) -> Row:
        waits = extension.condition is Condition.ASKS
        button = Button("Look at it" if waits else "Start again", Kind.SECONDARY, height=28)
        button.setAccessibleName(f"{button.text()}: {extension.name}")
        button.clicked.connect(lambda: self.asked.emit(StartAgain(extension.name)))
        button.setVisible(not is_asked and extension.condition is not Condition.OFF)
        self.again[extension.name] = button
        return Row(extension.name, wording.visible(wording.condition_words(extension)), button)

    def _import_card(self) -> Card:
        card = Card()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(SPACE_16, SPACE_16, SPACE_16, SPACE_16)
        inside.setSpacing(SPACE_8)
        inside.addWidget(label(_PASTE, Tone.QUIET, wrap=True))
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        row.addWidget(self.paste, 1)
        row.addWidget(self.take, 0, Qt.AlignmentFlag.AlignTop)
        inside.addLayout(row)
        inside.addWidget(self._taken)
        return card

    def _save(self, lines: Sequence[Entry]) -> None:
        try:
            servers = wording.servers_of(lines, self._entries)
        except wording.NotAServer as error:
            self._complain(str(error))
            return
        self._complain("")
        self.asked.emit(ChangeSettings({"extensions.servers": servers}))

    def _import(self) -> None:
        if text := self.paste.toPlainText().strip():
            self.asked.emit(ImportServers(text))

    def _complain(self, words: str) -> None:
        self._wrong.setText(words)
        self._wrong.setVisible(bool(words))


def _columns() -> tuple[Column, ...]:
    return (
        Column("Name", "Name, such as files"),
        Column("Command or address", "npx … or https://…", wide=True),
        Column("Tools that only read", choices=_READINGS),
    )


def _column() -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(SPACE_24)
    return column


def _remove(widget: QWidget) -> None:
    widget.hide()
    widget.deleteLater()
