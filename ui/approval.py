"""The card that asks for a person's yes before a tool runs. GUI thread."""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from app import commands
from app.permission.commands import KeepAsking
from ui import words
from ui.announce import announce
from ui.arguments_box import ArgumentsBox
from ui.controls.buttons import Button, Kind
from ui.controls.surfaces import Card, Edge, Ground, Tone, label
from ui.permissions import wording
from ui.tokens import SPACE_8, SPACE_12, SPACE_16

if TYPE_CHECKING:
    from app.events import ApprovalRequested
    from app.permission.grants import Scope

ARM_AFTER_MS = 700
"""Yes cannot be pressed sooner: nobody agrees by a click or key meant for something else."""

TOLD_FROM_S = 30
"""From here on the card says how long it still waits."""

_MARKED = "Underlined: words that Sayso read and you did not say."


class ApprovalCard(Card):
    """No is the default, and what Escape means. `answered` carries commands."""

    answered = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._asked: ApprovalRequested | None = None
        self._left_s = 0
        self.set_edge(Edge.ACCENT)
        self._question = label(tone=Tone.HEADING, wrap=True)
        self._reason = label(tone=Tone.WARNING, wrap=True)
        self._tool = label(tone=Tone.CAPTION)
        self._box = Card(Ground.RAISED, self)
        self._arguments = ArgumentsBox(self._box)
        self._marked = label(_MARKED, Tone.CAPTION, wrap=True)
        self._by_voice = label("or say yes", Tone.QUIET)
        self._time = label(tone=Tone.QUIET)
        self.wait = Button("Wait longer", Kind.QUIET, parent=self)
        self.no = Button("No", Kind.SECONDARY, parent=self)
        self.longer = Button("Yes, and…", Kind.SECONDARY, parent=self)
        self.longer.setAccessibleName("Yes, and allow more than this once")
        self.yes = Button("Yes", Kind.PRIMARY, parent=self)
        self.menu: QMenu | None = None
        """The choices beyond this once, while they are open."""
        self._arm = QTimer(self, singleShot=True, interval=ARM_AFTER_MS)
        self._arm.timeout.connect(lambda: self._enable(True))
        self._second = QTimer(self, interval=1_000)
        self._second.timeout.connect(self._count_down)
        self._lay_out()
        self.no.clicked.connect(lambda: self._answer(False))
        self.yes.clicked.connect(lambda: self._answer(True))
        self.longer.clicked.connect(self._open_menu)
        self.wait.clicked.connect(self._ask_for_time)
        self.hide()

    def show_question(self, asked: ApprovalRequested | None) -> None:
        """Ask this, or nothing."""
        if asked is self._asked:
            return
        before, self._asked = self._asked, asked
        if asked is None:
            self._arm.stop()
            self._second.stop()
            self._close_menu()
            self.hide()
            return
        self._begin_count(asked.seconds)
        if before is not None and dataclasses.replace(before, seconds=asked.seconds) == asked:
            return  # It only waits longer.
        self._close_menu()
        self._enable(False)
        self._show(asked)
        self.show()
        self._arm.start()
        hint = " Say yes or no." if asked.by_voice else ""
        told = " ".join(part for part in (asked.question, wording.reason(asked)) if part)
        announce(self, f"{words.escaped(told)}{hint}", urgent=True)

    @property
    def reason(self) -> str:
        """What the card says of why it asks."""
        return self._reason.text()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._answer(False)
        else:
            super().keyPressEvent(event)

    def _show(self, asked: ApprovalRequested) -> None:
        self._question.setText(words.escaped(asked.question))
        reason = wording.reason(asked)
        self._reason.setText(reason)
        self._reason.setVisible(bool(reason))
        self._tool.setText(f"{words.sentence(asked.tool)}, with exactly this:")
        self._arguments.show_text(asked.arguments, asked.marks)
        self._arguments.setAccessibleName(f"Arguments of {words.sentence(asked.tool)}")
        self._marked.setVisible(bool(asked.marks))
        self._by_voice.setVisible(asked.by_voice)
        self.longer.setVisible(bool(asked.offers))
        self.yes.setText("Yes, once" if asked.offers else "Yes")
        self.yes.updateGeometry()
        self.setAccessibleName(words.escaped(asked.question))
        self.setAccessibleDescription(reason)

    def _enable(self, on: bool) -> None:
        self.yes.setEnabled(on)
        self.longer.setEnabled(on)

    def _answer(self, yes: bool, scope: Scope | None = None) -> None:
        if self._asked is not None:
            self.answered.emit(commands.Answer(self._asked.request_id, yes, scope))

    # More than this once

    def _open_menu(self) -> None:
        if self._asked is None:
            return
        self._close_menu()
        menu = self.menu = QMenu(self)
        menu.setAccessibleName("Allow more than this once")
        for offer in self._asked.offers:
            # A mnemonic would swallow the first & of an address.
            text = words.escaped(offer.label).replace("&", "&&")
            menu.addAction(text, partial(self._answer, True, offer.scope))
        menu.popup(self.longer.mapToGlobal(self.longer.rect().bottomLeft()))

    def _close_menu(self) -> None:
        if self.menu is not None:
            self.menu.close()
            self.menu.deleteLater()
            self.menu = None

    # How long it waits

    def _ask_for_time(self) -> None:
        if self._asked is not None:
            self.answered.emit(KeepAsking(self._asked.request_id))

    def _begin_count(self, seconds: float) -> None:
        self._left_s = round(seconds)
        self._second.start()
        self._show_time()

    def _count_down(self) -> None:
        self._left_s = max(0, self._left_s - 1)
        self._show_time()
        if self._left_s == TOLD_FROM_S:
            announce(self, f"{self._time.text()}. Wait longer keeps the question open.")

    def _show_time(self) -> None:
        is_told = self._left_s <= TOLD_FROM_S
        self._time.setText(f"No answer means no, in {self._left_s} s")
        self._time.setVisible(is_told)
        had_focus = self.wait.hasFocus()
        self.wait.setVisible(is_told)
        if had_focus and not is_told:
            self.no.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        inside = QVBoxLayout(self._box)
        inside.setContentsMargins(SPACE_12, SPACE_8, SPACE_8, SPACE_8)
        inside.addWidget(self._arguments)
        waiting = QHBoxLayout()
        waiting.setSpacing(SPACE_8)
        waiting.addWidget(self._time)
        waiting.addWidget(self.wait)
        waiting.addStretch()
        buttons = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        buttons.setSpacing(SPACE_8)
        buttons.addWidget(self._by_voice, 1)
        buttons.addStretch()
        buttons.addWidget(self.no)
        buttons.addWidget(self.longer)
        buttons.addWidget(self.yes)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_16, SPACE_16, SPACE_16, SPACE_12)
        column.setSpacing(SPACE_8)
        for part in (self._question, self._reason, self._tool, self._box, self._marked):
            column.addWidget(part)
        column.addLayout(waiting)
        column.addLayout(buttons)
