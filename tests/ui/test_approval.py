from __future__ import annotations

import dataclasses

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app import events
from app.commands import Answer
from app.permission.commands import KeepAsking
from app.permission.events import ApprovalExtended
from app.permission.grants import Offer, Scope
from app.tools.base import Origin
from app.tools.policy import Why
from tests.ui import told
from tests.ui.conftest import Shown
from ui.window.remedies import Destination, Page


def card(shown: Shown):
    return shown.window.area.conversation.approval


def test_arguments_are_shown_whole_with_nothing_hidden(shown: Shown) -> None:
    arguments = '{"text": "' + "long " * 2_000 + 'end\u202e\u200b\x07"}'
    shown.tell(told.question(arguments))
    text = card(shown)._arguments.toPlainText()
    assert text.startswith('{"text": "long long')
    assert text.endswith('end\\u202e\\u200b\\u0007"}')
    assert text.count("long") == 2_000
    flags = card(shown)._arguments.textInteractionFlags()
    assert flags & Qt.TextInteractionFlag.TextSelectableByKeyboard
    assert card(shown)._arguments.isReadOnly()


def test_no_is_the_default_and_yes_is_armed_later(shown: Shown, qtbot: QtBot) -> None:
    shown.tell(told.question())
    assert card(shown).no.hasFocus()
    assert not card(shown).yes.isEnabled()
    card(shown).yes.click()
    assert shown.sent == []
    qtbot.waitUntil(card(shown).yes.isEnabled)
    card(shown).yes.click()
    assert shown.sent == [Answer("q1", True)]


def test_next_question_is_armed_anew(shown: Shown, qtbot: QtBot) -> None:
    shown.tell(told.question(), events.ApprovalRequested("q2", "Sure?", "x", "{}", False))
    qtbot.waitUntil(card(shown).yes.isEnabled)
    shown.tell(events.ApprovalEnded("q1", True))
    assert card(shown).isVisible()
    assert not card(shown).yes.isEnabled()


def test_enter_and_escape_mean_no(shown: Shown) -> None:
    shown.tell(told.question())
    QTest.keyClick(card(shown).no, Qt.Key.Key_Return)
    QTest.keyClick(card(shown).no, Qt.Key.Key_Escape)
    assert shown.sent == [Answer("q1", False)] * 2


def test_voice_is_offered_only_where_it_counts(shown: Shown) -> None:
    shown.tell(told.question(by_voice=True))
    assert card(shown)._by_voice.isVisible()
    shown.tell(events.ApprovalEnded("q1", False), told.question())
    assert not card(shown)._by_voice.isVisible()


def test_card_goes_when_the_question_is_over(shown: Shown) -> None:
    shown.tell(told.question())
    shown.tell(events.ApprovalEnded("q1", False))
    assert card(shown).isHidden()
    assert shown.window.area.conversation.composer.input.hasFocus()


def test_question_leaves_the_words_that_are_being_typed_alone(shown: Shown) -> None:
    field = shown.window.area.conversation.composer.input
    field.setPlainText("half a sent")
    shown.tell(told.question())
    assert field.hasFocus()
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert shown.sent == [Answer("q1", False)]


def test_question_brings_the_conversation_back_from_a_page(shown: Shown) -> None:
    shown.window.go(Destination(Page.HELP))
    shown.tell(told.question())
    assert shown.page() is Page.CONVERSATION
    assert card(shown).isVisible()


def test_what_others_wrote_is_marked_and_the_reason_told(shown: Shown) -> None:
    arguments = '{"text": "mine and theirs\u202e"}'
    begin = arguments.index("theirs")
    asked = dataclasses.replace(
        told.question(arguments),
        why=Why.TAINT,
        origins=(Origin.WEB,),
        marks=((begin, begin + 7),),
    )
    shown.tell(asked)
    assert card(shown)._arguments.underlined == ("theirs\\u202e",)
    assert card(shown)._arguments.toPlainText() == '{"text": "mine and theirs\\u202e"}'
    assert "a web page" in card(shown).reason
    assert card(shown)._marked.isVisible()
    assert not card(shown).longer.isVisible()
    shown.tell(events.ApprovalEnded("q1", False), told.question(arguments))
    assert card(shown)._arguments.underlined == ()
    assert not card(shown)._marked.isVisible()
    assert card(shown).reason == ""


def test_more_than_this_once_is_offered_and_armed_like_a_yes(shown: Shown, qtbot: QtBot) -> None:
    offers = (Offer(Scope.CONVERSATION, "In this one"), Offer(Scope.HOST, "On a.example & b"))
    shown.tell(dataclasses.replace(told.question(), offers=offers))
    assert card(shown).yes.text() == "Yes, once"
    card(shown).longer.click()
    assert card(shown).menu is None
    qtbot.waitUntil(card(shown).longer.isEnabled)
    card(shown).longer.click()
    menu = card(shown).menu
    assert menu is not None
    assert [action.text() for action in menu.actions()] == ["In this one", "On a.example && b"]
    menu.actions()[1].trigger()
    assert shown.sent == [Answer("q1", True, Scope.HOST)]
    shown.tell(events.ApprovalEnded("q1", True))
    assert card(shown).menu is None


def test_the_time_left_is_told_near_its_end_and_can_be_lengthened(shown: Shown) -> None:
    shown.tell(told.question())
    assert not card(shown)._time.isVisible()
    for _ in range(30):
        card(shown)._count_down()
    assert card(shown)._time.text() == "No answer means no, in 30 s"
    assert card(shown)._time.isVisible()
    card(shown).wait.click()
    assert shown.sent == [KeepAsking("q1")]
    shown.tell(ApprovalExtended("q1", 60.5))
    assert not card(shown)._time.isVisible()


def test_more_time_does_not_disarm(shown: Shown, qtbot: QtBot) -> None:
    shown.tell(told.question())
    qtbot.waitUntil(card(shown).yes.isEnabled)
    shown.tell(ApprovalExtended("q1", 61.0))
    assert card(shown).yes.isEnabled()


def test_a_question_brings_a_window_that_is_not_seen_to_the_front(
    shown: Shown, qtbot: QtBot
) -> None:
    shown.window.hide()
    shown.tell(told.question())
    qtbot.waitUntil(shown.window.isVisible)
    shown.tell(events.ApprovalEnded("q1", False))
    shown.window.showMinimized()
    shown.tell(told.question())
    qtbot.waitUntil(lambda: not shown.window.isMinimized())
