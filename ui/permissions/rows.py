"""The rows of the tools page: a tool, a grant, a call. GUI thread."""

from __future__ import annotations

import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.permission.commands import TakeBackGrant
from app.permission.events import ListedTool
from app.permission.grants import Grant
from app.permission.mode import Mode
from app.permission.record import CallRecord
from ui import words
from ui.controls.buttons import Button, Kind
from ui.controls.fields import ChoiceBox
from ui.controls.surfaces import ElidedLabel, Tone, label
from ui.permissions import wording
from ui.settings.rows import Row
from ui.tokens import SPACE_12, SPACE_16

CHOICE_WIDTH = 180
_TITLE_CHARS = 240
_BREAK_AT = 24


class ToolRow(Row):
    """`chosen` carries the tool's name and what it may do."""

    chosen = Signal(str, object)

    def __init__(self, tool: ListedTool) -> None:
        self._tool = tool
        self._choices = wording.modes(tool)
        title = words.sentence(tool.name)
        self.box = ChoiceBox(title)
        self.box.setFixedWidth(CHOICE_WIDTH)
        for _, text in self._choices:
            self.box.addItem(text)
        help_text = f"{wording.does(tool)} {wording.risk(tool)}."
        super().__init__(words.escaped(title), help_text, self.box)
        self.show_tool(tool)
        self.box.activated.connect(
            lambda at: self.chosen.emit(self._tool.name, self._choices[at][0])
        )

    def shows(self, tool: ListedTool) -> bool:
        """Whether it is a row for this tool, whatever was chosen for it."""
        mine = self._tool
        return (mine.name, mine.description, mine.risk, mine.asks) == (
            tool.name,
            tool.description,
            tool.risk,
            tool.asks,
        )

    def show_tool(self, tool: ListedTool) -> None:
        """Show what is chosen."""
        self._tool = tool
        modes = [mode for mode, _ in self._choices]
        chosen = tool.mode if tool.mode in modes else Mode.AS_NEEDED
        self.box.setCurrentIndex(modes.index(chosen))


class GrantRow(Row):
    """`asked` carries a command."""

    asked = Signal(object)

    def __init__(self, grant: Grant) -> None:
        title = _cut(words.escaped(words.sentence(grant.words)))
        self.take_back = Button("Take back", Kind.SECONDARY)
        self.take_back.setAccessibleName(f"Take back: {title}")
        super().__init__(title, wording.lasts(grant), self.take_back)
        self.take_back.clicked.connect(lambda: self.asked.emit(TakeBackGrant(grant.id)))


class CallRow(QWidget):
    """One line for the call, one for who decided, and its arguments."""

    def __init__(self, record: CallRecord, today: datetime.date) -> None:
        super().__init__()
        self.record = record
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_16, SPACE_12, SPACE_16, SPACE_12)
        column.setSpacing(2)
        headline, account = wording.headline(record), wording.account(record, today)
        column.addWidget(label(headline, wrap=True))
        column.addWidget(label(account, Tone.QUIET, wrap=True))
        arguments = words.escaped(record.arguments)
        if arguments.strip() not in ("", "{}"):
            text = ElidedLabel(Tone.CAPTION)
            text.show_text(arguments)
            column.addWidget(text)
        self.setAccessibleName(f"{headline}. {account}")


def _cut(text: str) -> str:
    """A title: not endless, and with places to break the line in what has no blanks."""
    short = text if len(text) <= _TITLE_CHARS else f"{text[:_TITLE_CHARS]}…"
    return "\u200b".join(short[at : at + _BREAK_AT] for at in range(0, len(short), _BREAK_AT))
