"""The tools page: what each tool may do, what is allowed beforehand, what was done. GUI thread."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.commands import ChangeSettings
from app.permission.commands import ListPermissions
from app.permission.mode import Mode
from ui.controls.column import lay_out_now, scrolled
from ui.controls.surfaces import Tone, label
from ui.permissions import wording
from ui.permissions.rows import CallRow, GrantRow, ToolRow
from ui.permissions.state import PermissionsView
from ui.settings.rows import RowCard
from ui.tokens import SPACE_8, SPACE_24
from ui.view_state import ViewState

SHOWN_ROWS = 30
_INTRODUCTION = (
    "Sayso uses these tools when you ask for something. What only reads or can be undone runs "
    "by itself; anything else asks you first. Once pictures, pages or files are part of a "
    "conversation, everything that has an effect asks, whatever is chosen here."
)
_NO_GRANTS = "Nothing. What you allow for longer in a question is listed here."
_NO_CALLS = "Nothing yet."


class _Part(QWidget):
    """Some cards that are made anew when what they show is another."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE_24)

    def show_cards(self, cards: Sequence[QWidget]) -> None:
        """These, and none of those before."""
        while (item := self._column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for card in cards:
            self._column.addWidget(card)
            card.show()  # A layout would do so only after the next frame.


class ToolsPage(QWidget):
    """`asked` carries commands."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = PermissionsView()
        self._latest = ViewState()
        self.rows: dict[str, ToolRow] = {}
        self.grants: list[GrantRow] = []
        self.calls: list[CallRow] = []
        self._tools, self._granted, self._calls = _Part(), _Part(), _Part()
        self._path = label(tone=Tone.CAPTION, wrap=True)
        self._path.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_24)
        column.addWidget(label(_INTRODUCTION, Tone.QUIET, wrap=True))
        for part in (self._tools, self._granted, self._calls):
            column.addWidget(part)
        column.addWidget(self._path)
        self._scroll = scrolled(content, "Tools")
        self._scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._scroll)
        self._show_grants(self._view)
        self._show_calls(self._view)

    def open(self) -> None:
        """Ask for what is shown, and take the keyboard."""
        self.asked.emit(ListPermissions())
        self._scroll.verticalScrollBar().setValue(0)
        first = next(iter(self.rows.values()), None)
        target = first.box if first is not None else self._scroll
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_state(self, view: ViewState) -> None:
        """Render what is known."""
        self._latest = view
        known, shown = view.permissions, self._view
        self._view = known
        if known.tools is not shown.tools:
            self._show_tools(known)
        if known.grants is not shown.grants:
            self._show_grants(known)
        if known.records is not shown.records or known.path != shown.path:
            self._show_calls(known)
        if known is not shown:
            lay_out_now()

    def _show_tools(self, view: PermissionsView) -> None:
        old = self.rows
        if set(old) == {tool.name for tool in view.tools} and all(
            old[tool.name].shows(tool) for tool in view.tools
        ):
            for tool in view.tools:
                old[tool.name].show_tool(tool)
            return
        self.rows = {tool.name: ToolRow(tool) for tool in view.tools}
        for row in self.rows.values():
            row.chosen.connect(self._choose)
        self._tools.show_cards(
            [
                RowCard(name, [self.rows[tool.name] for tool in tools])
                for name, tools in wording.families(view.tools).items()
            ]
        )

    def _show_grants(self, view: PermissionsView) -> None:
        had_focus = any(row.take_back.hasFocus() for row in self.grants)
        self.grants = [GrantRow(grant) for grant in view.grants]
        for row in self.grants:
            row.asked.connect(self.asked)
        rows: list[QWidget] = [*self.grants] or [_note(_NO_GRANTS)]
        self._granted.show_cards([RowCard("Allowed beforehand", rows)])
        if had_focus:
            target = self.grants[0].take_back if self.grants else self._scroll
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_calls(self, view: PermissionsView) -> None:
        today = datetime.datetime.now().astimezone().date()
        self.calls = [CallRow(record, today) for record in view.records[:SHOWN_ROWS]]
        rows: list[QWidget] = [*self.calls] or [_note(_NO_CALLS)]
        self._calls.show_cards([RowCard("What tools did", rows)])
        self._path.setText(f"All of it is in {view.path}" if view.path else "")
        self._path.setVisible(bool(view.path))

    def _choose(self, tool: str, mode: Mode) -> None:
        settings = self._latest.settings
        if settings is not None:
            modes = settings.permission.with_mode(tool, mode)
            self.asked.emit(ChangeSettings({"permission.modes": modes}))


def _note(text: str) -> QLabel:
    note = label(text, Tone.QUIET, wrap=True)
    note.setContentsMargins(16, SPACE_8, 16, SPACE_8)
    return note
