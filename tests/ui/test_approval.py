from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app import events
from app.commands import Answer
from tests.ui import told
from tests.ui.conftest import Shown
from ui.window.remedies import Destination, Page


def card(shown: Shown):
    return shown.window.area.conversation.approval


def test_arguments_are_shown_whole_with_nothing_hidden(shown: Shown) -> None:
    arguments = '{"text": "' + "long " * 2_000 + 'end\u202e\u200b\x07"}'
    shown.tell(told.question(arguments))
    text = card(shown).shown_arguments
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
