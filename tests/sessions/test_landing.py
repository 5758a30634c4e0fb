"""Insert again while Sayso itself has the keyboard: never into Sayso, and never without a place."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.desktop.hotkeys import HotkeyName
from app.desktop.target import Target
from app.dictation import commands as asks, events
from app.dictation.record import DictationPhase, Outcome, Remedy
from app.providers.scripted import ScriptedTranscriber
from app.sessions.landing import Landing, NowhereError
from tests.sessions.desktop import EDITOR, ScriptedDesktop
from tests.sessions.stage import Stage, stage
from tests.sessions.test_dictation import dictate, ended, key, press

OWN = Target(1, "sayso", "Sayso", pid=os.getpid())
TERMINAL = Target(8, "xterm", "Terminal", title="sh")
WAITING = events.DictationPhaseChanged("t1", DictationPhase.WAITING)


@pytest.fixture
async def on_stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage on which something was dictated into the editor."""
    async with stage(tmp_path) as running:
        await running.until(lambda: running.desktop.bound)
        running.providers.hears = ScriptedTranscriber("hello there")
        assert (await dictate(running, "t1")).outcome is Outcome.INSERTED
        running.desktop.inserted.clear()
        running.desktop.target = OWN
        yield running


async def test_the_window_before_gets_the_keyboard_and_the_text(on_stage: Stage) -> None:
    on_stage.desktop.before = TERMINAL
    on_stage.send(asks.InsertAgain("t1"))
    assert (await ended(on_stage, 2)).outcome is Outcome.INSERTED
    assert on_stage.desktop.inserted == {TERMINAL.window_id: "Hello there"}
    assert WAITING not in on_stage.events


async def test_without_one_it_waits_for_a_click(on_stage: Stage) -> None:
    on_stage.send(asks.InsertAgain("t1"))
    await on_stage.until(lambda: HotkeyName.CANCEL in on_stage.desktop.bound)
    assert WAITING in on_stage.events
    on_stage.desktop.target = TERMINAL
    assert (await ended(on_stage, 2)).outcome is Outcome.INSERTED
    assert on_stage.desktop.inserted == {TERMINAL.window_id: "Hello there"}
    assert HotkeyName.CANCEL not in on_stage.desktop.bound


async def test_escape_gives_up_and_the_row_stays_what_it_was(on_stage: Stage) -> None:
    on_stage.send(asks.InsertAgain("t1"))
    await on_stage.until(lambda: HotkeyName.CANCEL in on_stage.desktop.bound)
    key(on_stage, HotkeyName.CANCEL, down=True, at_s=9.0)
    assert (await ended(on_stage, 2)).outcome is Outcome.CANCELLED
    assert HotkeyName.CANCEL not in on_stage.desktop.bound
    assert on_stage.desktop.inserted == {}
    on_stage.send(asks.SearchHistory())
    await on_stage.until(lambda: on_stage.of(events.HistoryListed))
    assert [row.outcome for row in on_stage.of(events.HistoryListed)[0].rows] == [Outcome.INSERTED]


async def test_a_new_dictation_ends_the_waiting_and_keeps_escape(on_stage: Stage) -> None:
    on_stage.send(asks.InsertAgain("t1"))
    await on_stage.until(lambda: HotkeyName.CANCEL in on_stage.desktop.bound)
    await press(on_stage, "t2")
    assert (await ended(on_stage, 2)).dictation_id == "t1"
    assert HotkeyName.CANCEL in on_stage.desktop.bound
    assert on_stage.desktop.inserted == {}


async def test_what_was_dictated_into_the_composer_goes_there_again(on_stage: Stage) -> None:
    on_stage.providers.hears = ScriptedTranscriber("a question")
    assert (await dictate(on_stage, "t2", count=2)).outcome is Outcome.INSERTED
    on_stage.desktop.before = EDITOR
    on_stage.send(asks.InsertAgain("t2"))
    assert (await ended(on_stage, 3)).outcome is Outcome.INSERTED
    assert on_stage.desktop.inserted == {OWN.window_id: "A questionA question"}


async def test_nobody_clicks_for_ever() -> None:
    held: list[bool] = []

    async def hold(on: bool) -> None:
        held.append(on)

    desktop = ScriptedDesktop()
    desktop.target = OWN
    with pytest.raises(NowhereError) as nowhere:
        await Landing(desktop, hold, lambda _: None, within_s=0.05).target("t1", "Editor")
    assert not nowhere.value.was_given_up
    assert held == [True, False]


async def test_a_limit_that_passes_is_told_with_a_second_try(
    on_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    landing = on_stage.dictation._parts.rows.landing
    monkeypatch.setattr(landing, "_within_s", 0.05)
    on_stage.send(asks.InsertAgain("t1"))
    end = await ended(on_stage, 2)
    assert (end.outcome, end.action) == (Outcome.HELD, Remedy.INSERT_AGAIN)
