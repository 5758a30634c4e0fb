"""The page of past dictations in the window: list, search, details, and what they ask for."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.dictation import commands
from app.dictation.events import (
    HistoryListed,
    HistoryRowChanged,
    HistoryRowsRemoved,
    LessonsProposed,
    ReplayChanged,
)
from app.dictation.lesson import Lesson, Proposal
from app.dictation.record import Dictation, Outcome, Target
from app.settings import Source
from tests.ui.conftest import Shown
from ui.controls.buttons import Button
from ui.history.page import HistoryPage
from ui.history.wording import caption
from ui.window.remedies import Destination, Page

NOW = datetime.datetime(2026, 5, 4, 9, 0, tzinfo=datetime.UTC)
LETTER = Dictation(
    "a", NOW, Target("Mail"), "E-mail", Outcome.INSERTED, "Dear Anna", "dear ana", audio="a.wav",
    seconds=3.0,
)  # fmt: skip
DROPPED = Dictation(
    "b",
    NOW - datetime.timedelta(minutes=1),
    outcome=Outcome.NOTHING_HEARD,
    dropped_text="Thank you",
)
LISTED = HistoryListed("", (LETTER, DROPPED))


@pytest.fixture
def page(shown: Shown) -> HistoryPage:
    shown.settings()
    shown.show()
    shown.tell(LISTED)
    shown.window.go(Destination(Page.HISTORY))
    shown.sent.clear()
    return shown.window.area.history


def is_detailed(page: HistoryPage) -> bool:
    return page.is_detailed


def press(widget, key: Qt.Key) -> None:
    QTest.keyClick(widget, key)


def test_the_sidebar_leads_there_and_the_rows_are_asked_for(shown: Shown) -> None:
    shown.settings()
    shown.show()
    QTest.mouseClick(shown.window.sidebar.history, Qt.MouseButton.LeftButton)
    assert shown.window.area.page is Page.HISTORY
    assert commands.SearchHistory("") in shown.sent


def test_an_empty_history_says_how_to_begin(shown: Shown, page: HistoryPage) -> None:
    shown.tell(HistoryListed("", ()))
    assert page._empty.isVisible()
    assert not page.list.isVisible()
    shown.tell(HistoryListed("xyz", ()))
    assert page._empty.text() == "No dictation has these words."


def test_typing_searches(page: HistoryPage, shown: Shown, qtbot: QtBot) -> None:
    QTest.keyClicks(page.search, "anna")
    qtbot.waitUntil(lambda: shown.sent == [commands.SearchHistory("anna")])


def test_a_row_opens_by_key_and_escape_leads_back_to_it(page: HistoryPage, shown: Shown) -> None:
    page.list.setFocus()
    press(page.list, Qt.Key.Key_Down)
    press(page.list, Qt.Key.Key_Return)
    assert is_detailed(page)
    assert page.details.shown_id == "b"
    press(page.details, Qt.Key.Key_Escape)
    assert not is_detailed(page)
    assert page.list.currentIndex().row() == 1
    assert shown.window.area.page is Page.HISTORY


def test_the_header_leads_back_one_step_at_a_time(page: HistoryPage, shown: Shown) -> None:
    page.open("a")
    shown.window.area.header.back.click()
    assert not is_detailed(page)
    assert shown.page() is Page.HISTORY
    shown.window.area.header.back.click()
    assert shown.page() is Page.CONVERSATION


def test_a_row_opens_by_pointer(page: HistoryPage) -> None:
    at = page.list.visualRect(page.list.entries.index(0)).center()
    QTest.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert page.details.shown_id == "a"


def test_only_what_there_is_is_shown(page: HistoryPage) -> None:
    page.open("a")
    assert page.details.text.isVisible()
    assert page.details.raw.isVisible()
    assert not page.details.dropped.isVisible()
    assert page.details.recording.play.isVisible()
    page.open("b")
    assert not page.details.text.isVisible()
    assert not page.details.raw.isVisible()
    assert page.details.dropped.isVisible()
    assert not page.details.recording.play.isVisible()
    assert not page.details.recording.retry.isVisible()


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("Copy the text", commands.CopyDictation("a")),
        ("Insert the text again", commands.InsertAgain("a")),
        ("Copy the words as recognised", commands.CopyDictation("a", raw=True)),
        ("Insert the words as recognised", commands.InsertAgain("a", raw=True)),
        ("Play the recording", commands.ReplayDictation("a")),
        ("Turn the recording into text again", commands.RetryDictation("a")),
    ],
)
def test_each_button_asks_for_what_it_says(
    page: HistoryPage, shown: Shown, name: str, command: commands.DictationCommand
) -> None:
    page.open("a")
    (button,) = [b for b in page.details.findChildren(Button) if b.accessibleName() == name]
    button.click()
    assert shown.sent == [command]


def test_a_retry_can_name_who_does_it(page: HistoryPage, shown: Shown) -> None:
    page.open("a")
    page.details.recording.source.setCurrentText("Built in")
    page.details.recording.retry.click()
    assert shown.sent == [commands.RetryDictation("a", Source.BUILT_IN)]


def test_what_was_dropped_can_be_brought_back(page: HistoryPage, shown: Shown) -> None:
    page.open("b")
    page.details.dropped.offered[0].click()
    assert shown.sent == [commands.BringBackDropped("b")]


def test_a_recording_that_plays_can_be_stopped_and_stops_with_the_page(
    page: HistoryPage, shown: Shown
) -> None:
    page.open("a")
    shown.tell(ReplayChanged("a"))
    page.details.recording.play.click()
    assert shown.sent == [commands.StopReplay()]
    shown.window.go(Destination(Page.CONVERSATION))
    assert shown.sent == [commands.StopReplay()] * 2


def test_a_correction_is_sent_once_saved(page: HistoryPage, shown: Shown) -> None:
    page.open("a")
    card = page.details.text
    card.edit()
    card.words.setPlainText("Dear Anne ")
    shown.tell(HistoryRowChanged(replace(LETTER, detail="Something else changed.")))
    assert card.words.toPlainText() == "Dear Anne "
    card.save.click()
    assert shown.sent == [commands.CorrectDictation("a", "Dear Anne")]
    assert not card.is_editing


def test_escape_takes_a_correction_back_and_stays(page: HistoryPage, shown: Shown) -> None:
    page.open("a")
    card = page.details.text
    card.edit()
    card.words.setPlainText("other")
    press(card.words, Qt.Key.Key_Escape)
    assert card.words.toPlainText() == "Dear Anna"
    assert is_detailed(page)
    assert shown.sent == []


def test_another_row_ends_a_correction(page: HistoryPage) -> None:
    page.open("a")
    page.details.text.edit()
    page.details.text.words.setPlainText("other")
    page.open("b")
    page.open("a")
    assert page.details.text.words.toPlainText() == "Dear Anna"


def test_deletion_asks_first(page: HistoryPage, shown: Shown) -> None:
    page.list.setFocus()
    press(page.list, Qt.Key.Key_Delete)
    question = page.details.question
    assert question.delete.isVisible()
    assert question.keep.hasFocus()
    assert shown.sent == []
    question.delete.click()
    assert shown.sent == [commands.DeleteDictation("a")]
    shown.tell(HistoryRowsRemoved(("a",)))
    assert not is_detailed(page)


def test_a_new_row_does_not_move_the_keyboard(page: HistoryPage, shown: Shown) -> None:
    page.list.setFocus()
    press(page.list, Qt.Key.Key_Down)
    newer = replace(LETTER, id="c", at=NOW + datetime.timedelta(minutes=1))
    shown.tell(HistoryRowChanged(newer))
    assert page.list.entries.row(page.list.currentIndex()) == DROPPED


def test_ten_thousand_rows_are_drawn_by_the_few_that_are_seen(
    page: HistoryPage, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows_drawn: list[str] = []

    def drawn(row: Dictation, now: datetime.datetime) -> str:
        rows_drawn.append(row.id)
        return caption(row, now)

    monkeypatch.setattr("ui.history.rows.caption", drawn)
    many = tuple(
        Dictation(f"m{n}", NOW - datetime.timedelta(minutes=n), text=f"text {n}")
        for n in range(10_000)
    )
    shown.tell(HistoryListed("", many))
    page.list.scrollToBottom()
    page.list.viewport().repaint()
    assert "m9999" in rows_drawn
    assert len(set(rows_drawn)) < 60


PYSIDE = Proposal(Lesson.VOCABULARY, "pieside", "PySide")
ALWAYS = Proposal(Lesson.REPLACEMENT, "pie side", "PySide")


def test_what_a_correction_teaches_is_asked_one_at_a_time(shown: Shown, page: HistoryPage) -> None:
    page.open("a")
    row = page.details.lesson
    assert not row.isVisible()
    shown.tell(LessonsProposed("a", (PYSIDE, ALWAYS)))
    assert row.isVisible()
    assert row.words.text() == "Remember “PySide”?"
    row.yes.setFocus()
    QTest.keyClick(row.yes, Qt.Key.Key_Space)
    assert shown.sent[-1] == commands.AnswerLesson("a", PYSIDE, True)
    shown.tell(LessonsProposed("a", (ALWAYS,)))
    assert row.words.text() == "Always write “PySide” for “pie side”?"
    QTest.mouseClick(row.no, Qt.MouseButton.LeftButton)
    assert shown.sent[-1] == commands.AnswerLesson("a", ALWAYS, False)
    row.no.setFocus()
    shown.tell(LessonsProposed("a", ()))
    assert not row.isVisible()
    assert page.details.text.offered[0].hasFocus()


def test_a_lesson_of_another_row_is_not_asked(shown: Shown, page: HistoryPage) -> None:
    page.open("a")
    shown.tell(LessonsProposed("b", (PYSIDE,)))
    assert not page.details.lesson.isVisible()
