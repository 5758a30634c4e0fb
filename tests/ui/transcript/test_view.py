from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from app.conversation.message import Role
from tests.ui import told
from tests.ui.pointer import move_to
from ui.theme import Scheme, Theme
from ui.transcript.view import TranscriptView
from ui.view_entries import Entry, of_message

LONG = "Many words that fill a line or two of the column before they end. " * 4


def turns(count: int) -> tuple[Entry, ...]:
    """Questions and answers of very different lengths."""
    return tuple(
        of_message(told.user(f"Question {n}") if n % 2 == 0 else told.reply(LONG * (1 + n % 7)))
        for n in range(count)
    )


@pytest.fixture
def view(qtbot: QtBot, theme: Theme) -> Iterator[TranscriptView]:
    holder = QWidget()
    qtbot.addWidget(holder)
    field = QLineEdit(holder)
    result = TranscriptView(holder)
    result.resize(600, 400)
    holder.resize(1000, 400)
    holder.show()
    holder.activateWindow()
    qtbot.waitActive(holder)
    field.setFocus()
    yield result
    holder.hide()


def fill(view: TranscriptView, *entries: Entry) -> None:
    view.show_entries("c", entries)
    view.executeDelayedItemsLayout()


def point_at(view: TranscriptView, row: int) -> None:
    move_to(view.viewport(), view.visualRect(view.entries.index(row)).center())


def top_of(view: TranscriptView, row: int) -> int:
    return view.visualRect(view.entries.index(row)).top()


def bottom_of(view: TranscriptView, row: int) -> int:
    return top_of(view, row) + view.rows.row(view.entries.entry(row)).height


def is_at_end(view: TranscriptView) -> bool:
    return view.verticalScrollBar().value() == view.verticalScrollBar().maximum()


def point_of(view: TranscriptView, row: int, word: str) -> QPoint:
    """Where a word of a row is, in the viewport."""
    entry = view.entries.entry(row)
    laid_out = view.rows.row(entry)
    document = laid_out.document._document
    place = document.toPlainText().index(word) + 1
    block = document.findBlock(place)
    line = block.layout().lineForTextPosition(place - block.position())
    left = cast("tuple[float, int]", line.cursorToX(place - block.position()))[0]
    at = block.layout().position() + QPointF(left, line.y() + line.height() / 2)
    corner = view.visualRect(view.entries.index(row)).topLeft()
    return corner + (at - laid_out.in_text(QPointF(0, 0))).toPoint()


def test_streaming_follows_the_end(view: TranscriptView) -> None:
    entries = turns(20)
    fill(view, *entries)
    live = Entry("r", Role.ASSISTANT, live=True)
    for size in range(1, 30):
        live = replace(live, text=LONG[:20] * size)
        fill(view, *entries, live)
        assert is_at_end(view)
        assert bottom_of(view, 20) == view.viewport().height()


def test_streaming_moves_nothing_that_is_being_read(view: TranscriptView) -> None:
    entries = turns(20)
    fill(view, *entries)
    view.verticalScrollBar().setValue(view.verticalScrollBar().value() // 2)
    view.executeDelayedItemsLayout()
    row = view.indexAt(QPoint(300, 100)).row()
    before = top_of(view, row)
    live = Entry("r", Role.ASSISTANT, live=True)
    for size in range(1, 30):
        live = replace(live, text=LONG[:20] * size)
        fill(view, *entries, live)
        assert top_of(view, row) == before
    assert not is_at_end(view)
    assert view.to_end.isVisible()
    view.to_end.click()
    assert is_at_end(view)
    assert not view.to_end.isVisible()


def test_model_is_never_reset_while_streaming(view: TranscriptView, qtbot: QtBot) -> None:
    fill(view, *turns(6))
    with qtbot.assertNotEmitted(view.entries.modelReset):
        for size in range(50):
            fill(view, *turns(6)[:0], *view.entries.entries[:6],
                 Entry("r", Role.ASSISTANT, text="word " * size, live=True))  # fmt: skip


def test_scrolling_up_through_estimated_rows_keeps_them_in_their_place(
    view: TranscriptView, qtbot: QtBot
) -> None:
    fill(view, *turns(300))
    bar = view.verticalScrollBar()
    while bar.value() > 0:
        row = view.indexAt(QPoint(300, 200)).row()
        before = top_of(view, row)
        step = min(150, bar.value())
        bar.setValue(bar.value() - step)
        view.executeDelayedItemsLayout()
        if bar.value() > 0:
            assert top_of(view, row) == before + step


def test_rows_do_not_overlap_and_leave_no_gap(view: TranscriptView) -> None:
    fill(view, *turns(40))
    bottom = top_of(view, 0)
    for row in range(40):
        area = view.visualRect(view.entries.index(row))
        assert area.top() == bottom
        bottom = area.bottom() + 1


def test_resizing_keeps_the_first_visible_row(view: TranscriptView) -> None:
    fill(view, *turns(60))
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum() // 2)
    view.executeDelayedItemsLayout()
    row = view.indexAt(QPoint(200, 0)).row()
    view.resize(420, 400)
    assert abs(view.indexAt(QPoint(200, 0)).row() - row) <= 1
    view.resize(900, 400)
    assert abs(view.indexAt(QPoint(200, 0)).row() - row) <= 1


def test_long_conversation_lays_out_only_what_is_near(view: TranscriptView) -> None:
    laid_out: list[str] = []
    original = view.rows.row
    view.rows.row = lambda entry: laid_out.append(entry.id) or original(entry)  # type: ignore
    entries = turns(2000)
    fill(view, *entries)
    assert len(set(laid_out)) < 60
    laid_out.clear()
    fill(view, *entries, of_message(told.user("One more")))
    assert len(set(laid_out)) < 30
    assert is_at_end(view)


def test_very_long_text_is_shown_to_its_last_word(view: TranscriptView) -> None:
    fill(view, of_message(told.reply("word " * 20_000 + "\n\n" + "x" * 5_000 + " last")))
    assert is_at_end(view)
    assert view.viewport().rect().contains(point_of(view, 0, "last"))


def test_marked_words_are_copied_by_key(view: TranscriptView, qtbot: QtBot) -> None:
    fill(view, of_message(told.reply("Alpha beta gamma")))
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point_of(view, 0, "beta"))
    assert view.selected_text == "beta"
    with qtbot.waitSignal(view.copied) as copied:
        QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert copied.args == ["beta"]


def test_dragging_marks_from_word_to_word(view: TranscriptView) -> None:
    fill(view, of_message(told.reply("Alpha beta gamma")))
    port, button = view.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(port, button, pos=point_of(view, 0, "beta"))
    move_to(port, point_of(view, 0, "amma"), button)
    QTest.mouseRelease(port, button, pos=point_of(view, 0, "amma"))
    assert view.selected_text.startswith("eta g")


def test_current_message_is_copied_by_key(view: TranscriptView, qtbot: QtBot) -> None:
    fill(view, of_message(told.user("ä 漢字 🙂")), of_message(told.reply("Second **bold**")))
    view.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.waitSignal(view.copied) as copied:
        QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert copied.args == ["Second **bold**"]
    QTest.keyClick(view, Qt.Key.Key_Up)
    with qtbot.waitSignal(view.copied) as copied:
        QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert copied.args == ["ä 漢字 🙂"]


def test_link_opens_only_on_a_click(view: TranscriptView, qtbot: QtBot) -> None:
    fill(view, of_message(told.reply("See https://a.example now")))
    at = point_of(view, 0, "a.example")
    with qtbot.assertNotEmitted(view.link_opened):
        move_to(view.viewport(), at)
    with qtbot.waitSignal(view.link_opened) as opened:
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert opened.args == ["https://a.example"]


def test_tool_line_unfolds_by_click_and_by_key(view: TranscriptView) -> None:
    fill(view, of_message(told.reply("Done.", tools=(told.TIMER,))))
    folded = view.visualRect(view.entries.index(0)).height()
    at = point_of(view, 0, "Set timer")
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    unfolded = view.visualRect(view.entries.index(0)).height()
    assert unfolded > folded
    assert "minutes" in view.rows.row(view.entries.entry(0)).document._document.toPlainText()
    view.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert view.visualRect(view.entries.index(0)).height() == folded


def test_code_is_copied_by_its_label(view: TranscriptView, qtbot: QtBot) -> None:
    fill(view, of_message(told.reply("Look:\n\n```python\na = 1\nb = 2\n```")))
    with qtbot.waitSignal(view.copied) as copied:
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point_of(view, 0, "opy"))
    assert copied.args == ["a = 1\nb = 2"]


def test_actions_appear_under_the_reply_that_is_pointed_at(
    view: TranscriptView, qtbot: QtBot
) -> None:
    first, last = told.reply("First"), told.reply("Last")
    fill(view, of_message(told.user("Hi")), of_message(first), of_message(last))
    height = view.verticalScrollBar().maximum()
    point_at(view, 0)
    assert view.row_actions.isHidden()
    point_at(view, 1)
    assert view.row_actions.isVisible()
    assert view.row_actions.entry_id == first.id
    assert view.row_actions._retry.isHidden()
    point_at(view, 2)
    assert view.row_actions._retry.isVisible()
    assert view.verticalScrollBar().maximum() == height
    with qtbot.waitSignal(view.read_again) as again:
        view.row_actions._read.click()
    assert again.args == [last.id]
    with qtbot.waitSignal(view.copied) as copied:
        view.row_actions._copy.click()
    assert copied.args == ["Last"]
    with qtbot.waitSignal(view.retried):
        view.row_actions._retry.click()


def test_actions_appear_for_the_keyboard(view: TranscriptView) -> None:
    fill(view, of_message(told.user("Hi")), of_message(told.reply("There")))
    view.setFocus(Qt.FocusReason.TabFocusReason)
    assert view.row_actions.isVisible()
    assert view.delegate.ringed == 1


def test_menu_offers_everything_of_a_row(view: TranscriptView, qtbot: QtBot) -> None:
    text = "See https://a.example\n\n```sql\nselect 1\n```"
    fill(view, of_message(told.reply(text, tools=(told.TIMER,))))
    view.setFocus(Qt.FocusReason.TabFocusReason)
    keyboard = QContextMenuEvent.Reason.Keyboard
    QApplication.sendEvent(view, QContextMenuEvent(keyboard, QPoint(1, 1), QPoint(1, 1)))
    (menu,) = view.findChildren(QMenu)
    titles = [action.text() for action in menu.actions() if action.text()]
    assert titles == ["Copy message", "Copy sql", "Open https://a.example", "Read again",
                      "Try again", "Show details: Set timer"]  # fmt: skip
    with qtbot.waitSignal(view.copied) as copied:
        next(action for action in menu.actions() if action.text() == "Copy sql").trigger()
    assert copied.args == ["select 1"]
    menu.close()


def test_theme_change_is_drawn_without_a_reset(
    view: TranscriptView, theme: Theme, qtbot: QtBot
) -> None:
    fill(view, *turns(8))
    light = view.grab().toImage()
    with qtbot.assertNotEmitted(view.entries.modelReset):
        theme.choose(Scheme.DARK, reduce_motion=True)
        view.lay_out_again()
    assert view.grab().toImage() != light
    assert is_at_end(view)
