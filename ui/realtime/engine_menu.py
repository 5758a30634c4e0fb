"""What can be chosen at the engine's label, and what the conversation cost. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from app.realtime.commands import CloseLink
from app.realtime.events import Link
from app.usage import told
from ui.realtime import engine_switch
from ui.view_state import ViewState
from ui.window.shortcuts import DEVELOPER, ENGINE

_LONGEST_LINE = 64


class EngineMenu(QMenu):
    """`asked` carries commands. Made anew for each opening; `explained` is its first line."""

    asked = Signal(object)
    settings_asked = Signal()
    developer_asked = Signal()

    def __init__(self, parent: QWidget, view: ViewState, explained: str) -> None:
        super().__init__(parent)
        self.setAccessibleName("How you talk")
        for line in _lines(explained):
            self.addAction(line.replace("&", "&&")).setEnabled(False)
        self.addSeparator()
        is_on = engine_switch.is_realtime(view)
        group = QActionGroup(self)
        self.turns = self.addAction("&Turn by turn")
        self.realtime = self.addAction("&Realtime")
        for action, means_on in ((self.turns, False), (self.realtime, True)):
            action.setCheckable(True)
            action.setChecked(means_on is is_on)
            group.addAction(action)
            action.triggered.connect(
                lambda _checked=False, on=means_on: self.asked.emit(
                    engine_switch.choose(realtime=on)
                )
            )
        (self.turns if is_on else self.realtime).setShortcut(ENGINE)
        self.addSeparator()
        told_link = view.realtime.link
        if is_on and told_link is not None and told_link.link is Link.CONNECTED:
            self.addAction("&Close the connection", lambda: self.asked.emit(CloseLink()))
        self._add_cost(view)
        self.addAction("Realtime &settings…", self.settings_asked.emit)
        developer = self.addAction("&Developer view…", self.developer_asked.emit)
        developer.setShortcut(DEVELOPER)

    def _add_cost(self, view: ViewState) -> None:
        if view.bill is None:
            return
        lines = told.by_kind(view.bill.spent)
        if not lines:
            return
        self.cost = self.addMenu(f"This conversation: {told.amount(view.bill.spent)}")
        for line in lines:
            self.cost.addAction(line).setEnabled(False)


def _lines(text: str) -> list[str]:
    """Not wider than a menu should be."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= _LONGEST_LINE:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
