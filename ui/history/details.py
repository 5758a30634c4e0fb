"""One dictation: words, outcome, recording, and what can be done about it. GUI thread."""

from __future__ import annotations

import datetime

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.dictation import commands
from app.dictation.lesson import Proposal
from app.dictation.record import Dictation, Outcome
from ui.controls.buttons import Button, Kind
from ui.controls.icons import Icon, draw
from ui.controls.surfaces import Card, Tone, label
from ui.history.lesson_row import LessonRow
from ui.history.recording_card import RecordingCard
from ui.history.wording import NEEDS_SOMEBODY, facts, without_words
from ui.history.words_card import WordsCard
from ui.theme import colors
from ui.tokens import SPACE_4, SPACE_8, SPACE_12, SPACE_16, SPACE_24

_OTHER = Qt.FocusReason.OtherFocusReason


class _Sign(QWidget):
    """The outcome as a shape."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.outcome = Outcome.OPEN
        self.setFixedSize(20, 20)

    def sizeHint(self) -> QSize:
        return QSize(20, 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint, at = colors(), self.rect().toRectF().center()
        if self.outcome in NEEDS_SOMEBODY:
            draw(QPainter(self), Icon.WARNING, at, 18, paint.warning)
        elif self.outcome is Outcome.INSERTED:
            draw(QPainter(self), Icon.CHECK, at, 18, paint.accent)
        else:
            draw(QPainter(self), Icon.MINUS, at, 18, paint.quiet)


class DeleteQuestion(QWidget):
    """Asks in place whether it goes for good."""

    confirmed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ask = Button("Delete…", Kind.QUIET)
        self.ask.setAccessibleName("Delete this dictation")
        self.words = label("Delete the words and the recording for good?", wrap=True)
        self.keep = Button("Keep", Kind.QUIET)
        self.delete = Button("Delete", Kind.DANGER)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_8)
        row.addWidget(self.words, 1)
        row.addStretch()
        for button in (self.ask, self.keep, self.delete):
            row.addWidget(button)
        self.ask.clicked.connect(lambda: self.show_question(True))
        self.keep.clicked.connect(lambda: self.show_question(False))
        self.delete.clicked.connect(self.confirmed)
        self.show_question(False)

    def show_question(self, asks: bool) -> None:
        """Ask, or offer to."""
        had_focus = any(b.hasFocus() for b in (self.ask, self.keep, self.delete))
        for part in (self.words, self.keep, self.delete):
            part.setVisible(asks)
        self.ask.setVisible(not asks)
        if asks or had_focus:
            (self.keep if asks else self.ask).setFocus(_OTHER)


class Details(QWidget):
    """`asked` carries commands."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row: Dictation | None = None
        self._sign = _Sign()
        self._outcome = label(wrap=True)
        self.text = WordsCard("Text")
        self.lesson = LessonRow()
        self.raw = WordsCard("As recognised")
        self.dropped = WordsCard("Left out, because nobody seemed to have said it")
        self.recording = RecordingCard()
        self._facts = Card()
        self._grid = QGridLayout(self._facts)
        self._grid.setContentsMargins(SPACE_16, SPACE_12, SPACE_16, SPACE_12)
        self._grid.setHorizontalSpacing(SPACE_24)
        self._grid.setVerticalSpacing(SPACE_4)
        self._grid.setColumnStretch(1, 1)
        self.question = DeleteQuestion()
        self._lay_out()
        self._connect()

    @property
    def shown_id(self) -> str:
        """The dictation that is shown; empty for none."""
        return self._row.id if self._row else ""

    def show_row(self, row: Dictation, *, is_playing: bool) -> None:
        """Render a dictation; a correction that is being typed stays."""
        if row.id != self.shown_id:
            self._row = row
            self.text.end_edit()
            self.question.show_question(False)
        self._row = row
        self._sign.outcome = row.outcome
        self._sign.update()
        self._outcome.setText(without_words(row))
        self.text.show_words(row.text)
        self.text.setVisible(bool(row.text))
        has_raw = bool(row.raw_text) and row.raw_text != row.text
        self.raw.show_words(row.raw_text)
        self.raw.setVisible(has_raw)
        self.dropped.show_words(row.dropped_text)
        self.dropped.setVisible(bool(row.dropped_text))
        self.recording.show_row(row, is_playing=is_playing)
        self._show_facts(row)

    def show_lesson(self, proposal: Proposal | None) -> None:
        """Ask whether what its correction teaches is to be remembered."""
        had_focus = self.lesson.has_focus
        self.lesson.show_proposal(proposal)
        if had_focus and proposal is None:
            self.text.offered[0].setFocus(_OTHER)

    def take_keyboard(self, *, by_pointer: bool) -> None:
        """Begin with the first button there is."""
        first_ones = (
            *self.text.offered,
            *self.dropped.offered,
            self.recording.play,
            self.question.ask,
        )
        shown = (button for button in first_ones if button.isVisibleTo(self))
        first = next(shown, self.question.keep)
        first.setFocus(Qt.FocusReason.MouseFocusReason if by_pointer else _OTHER)

    def _lay_out(self) -> None:
        said = QHBoxLayout()
        said.setSpacing(SPACE_8)
        said.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self._outcome, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_16)
        column.addLayout(said)
        for part in (self.text, self.lesson, self.raw, self.dropped, self.recording, self._facts):
            column.addWidget(part)
        column.addWidget(self.question)

    def _connect(self) -> None:
        self.recording.asked.connect(self.asked)
        copy = self.text.add("Copy", "Copy the text")
        insert = self.text.add("Insert again", "Insert the text again")
        correct = self.text.add("Correct", "Correct the text")
        copy_raw = self.raw.add("Copy", "Copy the words as recognised")
        insert_raw = self.raw.add("Insert", "Insert the words as recognised")
        bring_back = self.dropped.add("Bring back", "Bring these words back")
        copy.clicked.connect(lambda: self._ask(commands.CopyDictation))
        insert.clicked.connect(lambda: self._ask(commands.InsertAgain))
        correct.clicked.connect(self.text.edit)
        copy_raw.clicked.connect(lambda: self._ask(commands.CopyDictation, True))
        insert_raw.clicked.connect(lambda: self._ask(commands.InsertAgain, True))
        bring_back.clicked.connect(lambda: self._ask(commands.BringBackDropped))
        self.text.corrected.connect(lambda text: self._ask(commands.CorrectDictation, text))
        self.lesson.answered.connect(
            lambda proposal, yes: self._ask(commands.AnswerLesson, proposal, yes)
        )
        self.question.confirmed.connect(lambda: self._ask(commands.DeleteDictation))

    def _ask(self, command: type, *arguments: object) -> None:
        if self._row is not None:
            self.asked.emit(command(self._row.id, *arguments))

    def _show_facts(self, row: Dictation) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        now = datetime.datetime.now().astimezone()
        for at, (name, value) in enumerate(facts(row, now)):
            said = label(value, wrap=True)
            said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(label(name, Tone.QUIET), at, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(said, at, 1)
