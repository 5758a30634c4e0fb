"""The engine's switch in the conversation: by pointer, by keys, in words, in little room."""

from __future__ import annotations

import datetime

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from app import commands, events
from app.errors import AppError, Code
from app.realtime.commands import CloseLink
from app.realtime.events import Link, LinkChanged
from app.state import Phase, State
from app.usage.request import TokenKinds
from app.usage.spent import Bill, Spent
from tests.ui import told
from tests.ui.conftest import Shown
from ui.realtime.engine_menu import EngineMenu
from ui.realtime.engine_switch import EngineSwitch
from ui.window.remedies import Page

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
ON = {"realtime__engine": "realtime"}
REFUSED = AppError(Code.SERVER_SILENT, "The server")


def switch(shown: Shown) -> EngineSwitch:
    return shown.window.area.conversation.composer.voice.engine


def menu(shown: Shown) -> EngineMenu:
    """Open, and closed again with the test."""
    QTest.mouseClick(switch(shown), Qt.MouseButton.LeftButton)
    [opened] = [each for each in switch(shown).findChildren(EngineMenu) if each.isVisible()]
    return opened


def titles(opened: QMenu) -> list[str]:
    return [action.text().replace("&", "") for action in opened.actions() if action.text()]


def test_it_is_an_icon_until_realtime_is_chosen(shown: Shown) -> None:
    assert switch(shown).text() == ""
    assert switch(shown).accessibleName() == "How you talk: Turn by turn"
    shown.settings(**ON)
    shown.tell(LinkChanged(Link.CONNECTED, "gpt-realtime"))
    assert switch(shown).text() == "Realtime"
    assert "connected" in switch(shown).accessibleDescription()
    assert shown.window.area.header.provider.text() == "gpt-realtime"


def test_the_key_switches_to_the_other_way_and_back(shown: Shown) -> None:
    QTest.keyClick(shown.window, Qt.Key.Key_R, CTRL_SHIFT)
    shown.settings(**ON)
    QTest.keyClick(shown.window, Qt.Key.Key_R, CTRL_SHIFT)
    assert shown.sent == [
        commands.ChangeSettings({"realtime.engine": "realtime"}),
        commands.ChangeSettings({"realtime.engine": "turn_by_turn"}),
    ]


def test_the_values_that_it_sends_are_settings(shown: Shown) -> None:
    from app.realtime_settings import Engine
    from app.settings import Settings, changed
    from ui.realtime.engine_switch import choose

    for on, engine in ((True, Engine.REALTIME), (False, Engine.TURNS)):
        assert changed(Settings(), choose(realtime=on).values).realtime.engine is engine


def test_the_menu_chooses_says_and_leads_on(shown: Shown) -> None:
    shown.settings(**ON)
    shown.tell(LinkChanged(Link.CONNECTED, "gpt-realtime"))
    opened = menu(shown)
    assert opened.realtime.isChecked()
    assert not opened.turns.isChecked()
    assert titles(opened)[0] == "Realtime is connected."
    assert not opened.actions()[0].isEnabled()
    opened.turns.trigger()
    for action in opened.actions():
        if "Close the" in action.text():
            action.trigger()
    assert shown.sent == [
        commands.ChangeSettings({"realtime.engine": "turn_by_turn"}),
        CloseLink(),
    ]
    next(each for each in opened.actions() if "settings" in each.text()).trigger()
    assert shown.page() is Page.SETTINGS
    opened.close()


def test_the_menu_says_why_one_is_answered_turn_by_turn(shown: Shown) -> None:
    shown.settings(**ON)
    shown.tell(LinkChanged(Link.STANDING_IN, "gpt-realtime", REFUSED, 30.0))
    opened = menu(shown)
    said = " ".join(titles(opened)[:3])
    assert REFUSED.message in said
    assert "Close the connection" not in titles(opened)
    assert shown.window.area.header.provider.text() == "Built in"
    opened.close()


def test_the_cost_by_kind_of_token_is_in_the_menu_and_at_the_label(shown: Shown) -> None:
    shown.settings(**ON)
    spent = Spent(
        3,
        usd=0.04,
        priced_on=datetime.date(2026, 8, 24),
        input_tokens=4_200,
        cached_tokens=2_900,
        output_tokens=2_100,
        kinds=TokenKinds(3_100, 2_200, 1_700, 600, 300),
    )
    shown.tell(told.opened(told.user("hello")), events.CostChanged("c1", Bill(spent)))
    expected = [
        "Sound it heard: 3,100 tokens, 2,200 of them known already",
        "Sound it spoke: 1,700 tokens",
        "Text it read: 500 tokens, 400 of them known already",
        "Text it wrote: 400 tokens",
        "Pictures it saw: 600 tokens, 300 of them known already",
    ]
    opened = menu(shown)
    assert titles(opened.cost) == expected
    opened.close()
    for line in expected:
        assert line in shown.window.area.header.cost.accessibleDescription()


def test_the_wait_is_counted_down(shown: Shown, qtbot) -> None:
    shown.settings(**ON)
    shown.tell(LinkChanged(Link.RECONNECTING, "gpt-realtime", None, 1.2))
    assert switch(shown).text() == "Again in 2 s"
    qtbot.waitUntil(lambda: switch(shown).text() == "Reconnecting")


def test_it_never_covers_what_is_beside_it(shown: Shown) -> None:
    shown.settings(**ON)
    shown.tell(
        LinkChanged(Link.STANDING_IN, "gpt-realtime", REFUSED, 30.0),
        events.StateChanged(State(Phase.SPEAKING, hands_free=True)),
    )
    bar = shown.window.area.conversation.composer.voice
    for width in (920, 700, 420):
        shown.window.resize(width, 560)
        places = [each.geometry() for each in (bar.word, bar.engine, bar.mute, bar.stop)]
        for left, right in zip(places, places[1:], strict=False):
            assert left.right() < right.left() + 1, width
        assert bar.word.width() >= 60, width
    assert bar.engine.width() < bar.engine.sizeHint().width()


def test_it_can_be_reached_and_opened_by_keys(shown: Shown) -> None:
    switch(shown).setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(switch(shown), Qt.Key.Key_Space)
    [opened] = [each for each in switch(shown).findChildren(EngineMenu) if each.isVisible()]
    opened.close()
