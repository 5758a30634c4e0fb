"""Rows of recordings that are not yet text."""

from __future__ import annotations

import datetime
from dataclasses import replace
from functools import reduce as fold

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from app import commands, events
from tests.ui import told
from tests.ui.conftest import Shown
from ui.transcript import blocks
from ui.view_state import ViewState, reduce

EARLY, LATE = (told.NOW + datetime.timedelta(minutes=minutes) for minutes in (-5, 5))
TAKE = events.KeptTake("t1", told.NOW, 4.2, "OpenAI cannot be reached.")


def kept(*takes: events.KeptTake) -> events.KeptTakesChanged:
    return events.KeptTakesChanged(takes)


def after(*events_told: events.Event) -> ViewState:
    return fold(reduce, events_told, ViewState())


def test_a_recording_stands_where_it_was_said() -> None:
    opened = told.opened(told.user("before"), told.user("after"))
    first, second = opened.messages
    opened = replace(
        opened, messages=(replace(first, created_at=EARLY), replace(second, created_at=LATE))
    )
    view = after(opened, kept(TAKE))
    assert [entry.text or entry.id for entry in view.entries] == ["before", "take t1", "after"]
    words = told.user("spoken", id="m")
    done = after(opened, kept(TAKE), events.MessageAdded(words, second.id), kept())
    assert [entry.text for entry in done.entries] == ["before", "spoken", "after"]


def test_rows_come_change_and_go_without_touching_others() -> None:
    view = after(told.opened(told.user("hello")), kept(TAKE))
    again = reduce(view, kept(TAKE))
    assert again.entries is view.entries
    trying = reduce(view, kept(replace(TAKE, trying=True)))
    assert trying.entries[0] is view.entries[0]
    assert reduce(trying, kept()).entries == view.entries[:1]


def test_another_conversation_has_rows_of_its_own() -> None:
    view = after(told.opened(), kept(TAKE), told.opened(conversation_id="c2"))
    assert view.entries == ()


@pytest.mark.parametrize(
    ("seconds", "title"),
    [
        (0.3, "Recording of 1 s, not yet turned into text."),
        (4.2, "Recording of 4 s, not yet turned into text."),
        (125, "Recording of 2 min 5 s, not yet turned into text."),
    ],
)
def test_what_a_row_says(seconds: float, title: str) -> None:
    entry = after(kept(replace(TAKE, seconds=seconds))).entries[0]
    assert blocks.of_entry(entry, frozenset())[0].text == title
    assert blocks.spoken_text(entry) == f"You: {title} OpenAI cannot be reached."


def _offers(take: events.KeptTake, unfolded: blocks.Unfolded = frozenset()) -> list[str]:
    entry = after(kept(take)).entries[0]
    shown = blocks.of_entry(entry, unfolded)
    assert blocks.links_of(shown) == ()
    return [span.link for block in shown for span in block.spans if span.link]


def test_what_a_row_offers() -> None:
    assert _offers(TAKE) == ["retry-take:t1", "ask-to-discard:t1"]
    assert _offers(TAKE, frozenset({"t1"})) == ["discard-take:t1", "ask-to-discard:t1"]
    assert _offers(replace(TAKE, trying=True)) == []


def _click(shown: Shown, words: str) -> None:
    view = shown.window.area.conversation.transcript
    view.executeDelayedItemsLayout()
    corner = view.visualRect(view.entries.index(0)).topLeft()
    row = view.rows.row(view.entries.entry(0))
    links = {
        row.document.link_at(row.in_text(QPointF(x, y))): (x, y)
        for y in range(0, row.height, 6)
        for x in range(0, view.width(), 6)
    }
    at = next(at for link, at in links.items() if link.startswith(words))
    place = QPointF(*at).toPoint() + corner
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_a_click_tries_again(shown: Shown) -> None:
    shown.tell(kept(TAKE))
    _click(shown, "retry-take:")
    assert shown.sent == [commands.RetryTake("t1")]


def test_discarding_is_asked_about_first(shown: Shown) -> None:
    shown.tell(kept(TAKE))
    _click(shown, "ask-to-discard:")
    assert shown.sent == []
    _click(shown, "discard-take:")
    assert shown.sent == [commands.DiscardTake("t1")]


def test_enter_tries_the_row_again(shown: Shown) -> None:
    shown.tell(kept(TAKE))
    view = shown.window.area.conversation.transcript
    view.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert shown.sent == [commands.RetryTake("t1")]
    shown.tell(kept(replace(TAKE, trying=True)))
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert len(shown.sent) == 1


def _menu(shown: Shown) -> dict[str, object]:
    view = shown.window.area.conversation.transcript
    view.setFocus(Qt.FocusReason.TabFocusReason)
    by_keys = QContextMenuEvent.Reason.Keyboard
    QApplication.sendEvent(view, QContextMenuEvent(by_keys, QPoint(), QPoint()))
    menu = view.findChildren(QMenu)[-1]
    menu.hide()
    return {action.text(): action for action in menu.actions() if action.text()}


def test_the_menu_does_the_same_for_the_keyboard(shown: Shown) -> None:
    shown.tell(kept(TAKE))
    offers = _menu(shown)
    assert list(offers) == ["Try again", "Discard recording…"]
    offers["Discard recording…"].trigger()  # type: ignore[attr-defined]
    offers = _menu(shown)
    assert list(offers) == ["Discard for good", "Keep"]
    offers["Discard for good"].trigger()  # type: ignore[attr-defined]
    assert shown.sent == [commands.DiscardTake("t1")]
