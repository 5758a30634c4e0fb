"""The overlay without a screen: what it shows, for how long, and what it asks for."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app import events
from app.dictation import commands
from app.dictation.events import DictationEnded, DictationPartial, DictationStarted
from app.dictation.record import Outcome, Remedy
from app.settings import Settings, changed
from ui.overlay import floating
from ui.overlay.layout import LARGEST, WIDTH
from ui.overlay.overlay import Overlay
from ui.theme import Theme

NOW = datetime.datetime(2026, 5, 4, 9, 0, tzinfo=datetime.UTC)
BEGUN = DictationStarted("a", NOW)
HELD = DictationEnded("a", Outcome.HELD, "Dear Anna", "The window changed.", Remedy.INSERT_AGAIN)


@pytest.fixture
def overlay(qtbot: QtBot, theme: Theme) -> Iterator[Overlay]:
    made = Overlay()
    yield made
    made.close()


def test_it_appears_with_the_dictation_and_grows_upward_with_its_words(
    overlay: Overlay, qtbot: QtBot
) -> None:
    overlay.on_event(BEGUN)
    pill = overlay.pill
    qtbot.waitUntil(pill.isVisible)
    before = pill.geometry()
    assert (before.width(), before.height()) == (280, 48)
    overlay.on_event(DictationPartial("a", "one two three " * 100))
    after = pill.geometry()
    assert after.bottom() == before.bottom()
    assert before.height() < after.height() <= LARGEST[1]
    assert after.width() == WIDTH


def test_success_is_taken_away(overlay: Overlay, qtbot: QtBot) -> None:
    overlay.on_event(BEGUN)
    overlay.on_event(DictationEnded("a", Outcome.INSERTED))
    qtbot.waitUntil(overlay.pill.isVisible)
    qtbot.waitUntil(lambda: not overlay.pill.isVisible())
    assert not overlay.state.is_shown


def test_the_end_of_one_dictation_does_not_take_the_next_one_away(
    overlay: Overlay, qtbot: QtBot
) -> None:
    overlay.on_event(BEGUN)
    overlay.on_event(DictationEnded("a", Outcome.CANCELLED))
    overlay.on_event(DictationStarted("b", NOW))
    with qtbot.waitSignal(overlay._tick.timeout):
        pass
    assert not overlay._linger.isActive()
    assert overlay.pill.isVisible()


def test_the_button_asks_and_takes_the_pill_away(overlay: Overlay, qtbot: QtBot) -> None:
    overlay.on_event(BEGUN)
    overlay.on_event(HELD)
    qtbot.waitUntil(overlay.pill.button.isVisible)
    asked: list[object] = []
    overlay.asked.connect(asked.append)
    QTest.mouseClick(overlay.pill.button, Qt.MouseButton.LeftButton)
    assert asked == [commands.InsertAgain("a")]
    qtbot.waitUntil(lambda: not overlay.pill.isVisible())


def test_the_cross_dismisses_it_and_asks_for_nothing(overlay: Overlay, qtbot: QtBot) -> None:
    overlay.on_event(BEGUN)
    overlay.on_event(HELD)
    asked: list[object] = []
    overlay.asked.connect(asked.append)
    QTest.mouseClick(overlay.pill.close_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not overlay.pill.isVisible())
    assert asked == []


def test_it_has_a_name_and_nothing_in_it_takes_the_keyboard(overlay: Overlay) -> None:
    overlay.on_event(BEGUN)
    overlay.on_event(HELD)
    pill = overlay.pill
    assert pill.accessibleName() == "Dictation: The window changed."
    assert pill.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    assert pill.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    for widget in (pill, pill.button, pill.close_button):
        assert widget.focusPolicy() == Qt.FocusPolicy.NoFocus


def test_only_an_outcome_with_buttons_takes_clicks(overlay: Overlay, qtbot: QtBot) -> None:
    overlay.on_event(BEGUN)
    qtbot.waitUntil(overlay.pill.isVisible)
    through = Qt.WindowType.WindowTransparentForInput
    assert overlay.pill.windowHandle().flags() & through
    overlay.on_event(HELD)
    assert not overlay.pill.windowHandle().flags() & through


def test_where_it_could_take_the_keyboard_it_waits_for_an_outcome(
    overlay: Overlay, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(floating, "may_take_focus", lambda: True)
    overlay.on_event(BEGUN)
    assert not overlay.pill.isVisible()
    overlay.on_event(HELD)
    qtbot.waitUntil(overlay.pill.isVisible)


def test_who_turned_it_off_sees_only_what_needs_somebody(overlay: Overlay, qtbot: QtBot) -> None:
    settings = changed(Settings(), {"dictation.overlay": False})
    overlay.on_event(events.SettingsChanged(settings))
    overlay.on_event(BEGUN)
    overlay.on_event(DictationEnded("a", Outcome.INSERTED))
    assert not overlay.pill.isVisible()
    overlay.on_event(DictationStarted("a", NOW))
    overlay.on_event(HELD)
    qtbot.waitUntil(overlay.pill.isVisible)


@pytest.mark.parametrize(("y", "inset"), [(0.5, 19), (24.0, 0), (47.5, 19), (70.0, 0)])
def test_rounded_corners_by_rows(y: float, inset: int) -> None:
    height = 48 if y < 48 else 140
    assert floating.corner_inset(y, height, 24) == inset
