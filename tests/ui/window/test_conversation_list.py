from __future__ import annotations

import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from app import commands, events
from tests.ui import told
from tests.ui.conftest import Shown
from tests.ui.pointer import move_to
from ui.window.conversation_list import ConversationList
from ui.window.conversation_rows import items_of

LISTED = (
    told.summary("a", "Today's first"),
    told.summary("b", "Today's second"),
    told.summary("c", "Yesterday's", days_ago=1),
)


@pytest.fixture
def listed(shown: Shown) -> ConversationList:
    shown.tell(events.ConversationsListed(LISTED), events.ConversationOpened(LISTED[0], ()))
    return shown.window.sidebar.list


def row_of(view: ConversationList, conversation_id: str):
    return view._model.index_of(conversation_id)


def question(view: ConversationList, conversation_id: str) -> QWidget | None:
    return view.indexWidget(row_of(view, conversation_id))


def test_conversations_stand_under_their_day() -> None:
    today = datetime.datetime.now().astimezone().date()
    items = items_of(LISTED, today)
    assert [item if isinstance(item, str) else item.id for item in items] == [
        "Today", "a", "b", "Yesterday", "c",
    ]  # fmt: skip


def test_click_opens(shown: Shown, listed: ConversationList) -> None:
    at = listed.visualRect(row_of(listed, "b")).center()
    QTest.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert shown.sent == [commands.OpenConversation("b")]


def test_heading_opens_nothing(shown: Shown, listed: ConversationList) -> None:
    at = listed.visualRect(listed._model.index(0)).center()
    QTest.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert shown.sent == []


def test_keys_move_and_open(shown: Shown, listed: ConversationList) -> None:
    listed.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(listed, Qt.Key.Key_Down)
    QTest.keyClick(listed, Qt.Key.Key_Return)
    assert shown.sent == [commands.OpenConversation("b")]


def test_deleting_asks_in_place_first(shown: Shown, listed: ConversationList) -> None:
    listed.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(listed, Qt.Key.Key_Delete)
    asked = question(listed, "a")
    assert asked is not None
    keep, delete = asked.findChildren(QPushButton)
    assert keep.hasFocus()
    assert delete.accessibleName() == "Delete “Today's first”"
    assert shown.sent == []
    delete.click()
    assert shown.sent == [commands.DeleteConversation("a")]
    assert listed.hasFocus()


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Return])
def test_deleting_can_be_taken_back(shown: Shown, listed: ConversationList, key: Qt.Key) -> None:
    listed.ask_to_delete(row_of(listed, "c"))
    asked = question(listed, "c")
    assert asked is not None
    QTest.keyClick(asked.findChildren(QPushButton)[0], key)
    assert question(listed, "c") is None
    assert shown.sent == []


def test_pointing_at_a_row_offers_to_delete_it(shown: Shown, listed: ConversationList) -> None:
    move_to(listed.viewport(), listed.visualRect(row_of(listed, "c")).center())
    assert listed.delete_button.isVisible()
    listed.delete_button.click()
    assert question(listed, "c") is not None


def test_new_conversation_has_a_button(shown: Shown) -> None:
    shown.window.sidebar.new.click()
    assert shown.sent == [commands.NewConversation()]


def test_list_that_changes_keeps_the_current_row(shown: Shown, listed: ConversationList) -> None:
    listed.setCurrentIndex(row_of(listed, "b"))
    shown.tell(events.ConversationsListed((told.summary("n", "New"), *LISTED)))
    assert listed.currentIndex() == row_of(listed, "b")
