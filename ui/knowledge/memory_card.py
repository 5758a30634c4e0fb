"""What Sayso remembers: each fact can be changed and forgotten. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.knowledge import commands
from app.memory.fact import MAX_CHARS, Fact, matching
from ui.controls.buttons import Button, IconButton, Kind
from ui.controls.fields import TextField
from ui.controls.icons import Icon
from ui.controls.surfaces import Card, ElidedLabel, Line, Tone, label
from ui.tokens import SPACE_8, SPACE_12, SPACE_16

_NONE_YET = (
    "Say “Remember that my car is a blue Golf”, or write it here. Sayso keeps only what you ask it "
    "to, and tells it to whoever answers."
)
_UNCONFIRMED = (
    "Others may have written the facts with “Confirm”: they were kept after a text, a page or a "
    "picture. Sayso tells them to nobody by itself until you confirm or change them."
)
_FILTER_FROM = 8


class FactRow(QWidget):
    """One fact; a change counts when the keyboard leaves it."""

    asked = Signal(object)

    def __init__(self, fact: Fact, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fact_id = fact.id
        self.text = TextField("Fact")
        self.text.setMaxLength(MAX_CHARS)
        self.confirm = Button("Confirm", Kind.QUIET, height=28, parent=self)
        self.confirm.hide()
        self.forget = IconButton(Icon.DELETE, "Forget", parent=self)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_12, SPACE_8, SPACE_8, SPACE_8)
        row.setSpacing(SPACE_8)
        row.addWidget(self.text, 1)
        row.addWidget(self.confirm)
        row.addWidget(self.forget)
        self.text.committed.connect(self._edit)
        self.confirm.clicked.connect(lambda: self._edit(self.text.text()))
        self.forget.clicked.connect(lambda: self.asked.emit(commands.ForgetFact(self._fact_id)))

    def show_fact(self, fact: Fact) -> None:
        """Render the fact."""
        self.text.show_value(fact.text)
        self.confirm.setVisible(fact.is_foreign)
        self.confirm.setAccessibleName(f"Confirm: {fact.text[:60]}")
        self.forget.show_as(Icon.DELETE, f"Forget: {fact.text[:60]}")
        since = f"{fact.created_at.astimezone():%Y-%m-%d}"
        self.text.setToolTip(f"Remembered since {since}")

    def _edit(self, text: str) -> None:
        if text.strip():
            self.asked.emit(commands.EditFact(self._fact_id, text))


class MemoryCard(QWidget):
    """`asked` carries commands."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: tuple[Fact, ...] = ()
        self.rows: dict[str, FactRow] = {}
        self._lines: dict[str, Line] = {}
        self.filter = TextField("Search what Sayso remembers")
        self.filter.setPlaceholderText("Search what Sayso remembers")
        self.filter.setClearButtonEnabled(True)
        self.new = TextField("New fact")
        self.new.setPlaceholderText("Something to remember")
        self.new.setMaxLength(MAX_CHARS)
        self.add = Button("Remember", height=32)
        self._empty = label(_NONE_YET, Tone.QUIET, wrap=True)
        self.unconfirmed = label(_UNCONFIRMED, Tone.QUIET, wrap=True)
        self._undo = QWidget()
        self.gone = ElidedLabel(Tone.QUIET)
        self.bring_back = Button("Bring back", Kind.QUIET, height=28)
        self._lay_out()
        self.add.clicked.connect(self._add)
        self.new.returnPressed.connect(self._add)
        self.filter.textChanged.connect(lambda _text: self._show_matching())
        self.bring_back.clicked.connect(lambda: self.asked.emit(commands.BringBackFact()))

    def show_facts(self, facts: tuple[Fact, ...], forgotten: Fact | None) -> None:
        """Render what is remembered, newest first."""
        known = {fact.id for fact in facts}
        for fact_id in [fact_id for fact_id in self.rows if fact_id not in known]:
            for widget in (self.rows.pop(fact_id), self._lines.pop(fact_id)):
                self._list.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        for at, fact in enumerate(facts):
            self._row(fact, at).show_fact(fact)
        self._facts = facts
        self._empty.setVisible(not facts)
        self.unconfirmed.setVisible(any(fact.is_foreign for fact in facts))
        self.filter.setVisible(len(facts) >= _FILTER_FROM)
        self._undo.setVisible(forgotten is not None)
        if forgotten is not None:
            self.gone.show_text(f"Forgotten: {forgotten.text}")
        self._show_matching()

    def _row(self, fact: Fact, at: int) -> FactRow:
        if fact.id not in self.rows:
            row = self.rows[fact.id] = FactRow(fact)
            row.asked.connect(self.asked)
            line = self._lines[fact.id] = Line()
            self._list.insertWidget(2 * at, row)
            self._list.insertWidget(2 * at + 1, line)
        return self.rows[fact.id]

    def _show_matching(self) -> None:
        wanted = {fact.id for fact in matching(self._facts, self.filter.text())}
        if not self.filter.text().strip():
            wanted = set(self.rows)
        for fact_id, row in self.rows.items():
            row.setVisible(fact_id in wanted)
            self._lines[fact_id].setVisible(fact_id in wanted)

    def _add(self) -> None:
        text = self.new.text().strip()
        if text:
            self.new.setText("")
            self.asked.emit(commands.RememberFact(text))
        self.new.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        undo = QHBoxLayout(self._undo)
        undo.setContentsMargins(SPACE_16, SPACE_8, SPACE_8, SPACE_8)
        undo.addWidget(self.gone, 1)
        undo.addWidget(self.bring_back)
        self._undo.hide()
        self.unconfirmed.hide()
        card = Card()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.setSpacing(0)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        inside.addLayout(self._list)
        inside.addWidget(self._undo)
        bottom = QVBoxLayout()
        bottom.setContentsMargins(SPACE_12, SPACE_12, SPACE_12, SPACE_12)
        bottom.setSpacing(SPACE_12)
        bottom.addWidget(self._empty)
        bottom.addWidget(self.unconfirmed)
        adding = QHBoxLayout()
        adding.setSpacing(SPACE_8)
        adding.addWidget(self.new, 1)
        adding.addWidget(self.add)
        bottom.addLayout(adding)
        inside.addLayout(bottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_8)
        column.addWidget(label("What Sayso remembers", Tone.HEADING))
        column.addWidget(self.filter)
        column.addWidget(card)
