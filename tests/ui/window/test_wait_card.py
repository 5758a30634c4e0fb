from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from app import commands, events
from app.services import Service
from tests.ui.conftest import Shown


def waiting(seconds: float, wait_id: str = "w") -> events.RetryWaiting:
    return events.RetryWaiting(wait_id, Service.CHAT, "OpenAI is busy.", seconds)


def test_a_wait_counts_down_until_it_is_over(shown: Shown, qtbot: QtBot) -> None:
    card = shown.window.area.wait
    assert card.isHidden()
    shown.tell(waiting(30.0))
    assert card.isVisible()
    assert card.words == card.accessibleName() == "OpenAI is busy. Trying again in 30 s."
    qtbot.waitUntil(lambda: "in 30 s." not in card.words)
    assert "Trying again in 2" in card.words
    shown.tell(events.RetryOver("w"))
    assert card.isHidden()


def test_a_wait_that_ran_out_says_so(shown: Shown, qtbot: QtBot) -> None:
    shown.tell(waiting(0.9))
    card = shown.window.area.wait
    qtbot.waitUntil(lambda: card.words == "OpenAI is busy. Trying again…")


@pytest.mark.parametrize("seconds", [0.25, 0.5])
def test_a_short_wait_is_not_worth_a_word(shown: Shown, seconds: float) -> None:
    shown.tell(waiting(seconds))
    assert shown.window.area.wait.isHidden()


def test_cancel_stops_what_waits(shown: Shown) -> None:
    shown.tell(waiting(30.0))
    shown.window.area.wait.cancel.click()
    assert shown.sent == [commands.StopReply()]


def test_the_latest_of_several_is_shown(shown: Shown) -> None:
    shown.tell(waiting(30.0, "a"), waiting(60.0, "b"))
    card = shown.window.area.wait
    assert card.words.endswith("60 s.")
    shown.tell(events.RetryOver("b"))
    assert card.words.endswith("30 s.")
    shown.tell(events.RetryOver("unknown"), events.RetryOver("a"))
    assert card.isHidden()
