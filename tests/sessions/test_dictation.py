"""Dictation on a scripted desktop: what is inserted, where, when not, and what is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app import commands
from app.desktop.hotkeys import HotkeyName, KeyEvent
from app.desktop.insertion import Reason
from app.desktop.target import Target
from app.dictation import commands as asks, events
from app.dictation.record import DictationPhase, Outcome, Remedy
from app.errors import AppError, Code
from app.providers.scripted import Pause, ScriptedChatModel, ScriptedTranscriber
from audio import journal
from audio.messages import BeginTake, EndTake, Resume, TakeEnd
from tests.sessions.desktop import EDITOR
from tests.sessions.stage import Stage, stage

TERMINAL = Target(8, "xterm", "Terminal", title="sh")


@pytest.fixture
async def on_stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path) as running:
        await running.until(lambda: running.desktop.bound)
        yield running


def key(stage: Stage, name: HotkeyName, *, down: bool, at_s: float) -> None:
    stage.post(KeyEvent(name, down, at_s))


async def press(stage: Stage, take_id: str, name: HotkeyName = HotkeyName.DICTATE) -> None:
    """Hold the key; the engine begins a take."""
    before = sum(isinstance(m, BeginTake) for m in stage.engine.sent)
    key(stage, name, down=True, at_s=1.0)
    await stage.until(lambda: sum(isinstance(m, BeginTake) for m in stage.engine.sent) > before)
    stage.engine.begin_take(take_id, held=True)
    await stage.until(
        lambda: take_id in [e.dictation_id for e in stage.of(events.DictationStarted)]
    )


async def release(stage: Stage, take_id: str, name: HotkeyName = HotkeyName.DICTATE) -> None:
    """Let go after a while; the engine ends the take."""
    before = sum(isinstance(m, EndTake) for m in stage.engine.sent)
    key(stage, name, down=False, at_s=3.0)
    await stage.until(lambda: sum(isinstance(m, EndTake) for m in stage.engine.sent) > before)
    stage.engine.end_take(take_id, voiced_ms=2500, reason=TakeEnd.RELEASED)


async def ended(stage: Stage, count: int = 1) -> events.DictationEnded:
    await stage.until(lambda: len(stage.of(events.DictationEnded)) >= count)
    return stage.of(events.DictationEnded)[count - 1]


async def dictate(stage: Stage, take_id: str, *, count: int = 1) -> events.DictationEnded:
    await press(stage, take_id)
    await release(stage, take_id)
    return await ended(stage, count)


async def test_words_are_inserted_where_the_keyboard_was(on_stage: Stage) -> None:
    on_stage.providers.hears = ScriptedTranscriber("hello there")
    end = await dictate(on_stage, "t1")
    assert end.outcome is Outcome.INSERTED
    assert on_stage.desktop.inserted == {EDITOR.window_id: end.text}
    assert end.text == "Hello there"
    phases = [e.phase for e in on_stage.of(events.DictationPhaseChanged)]
    assert phases == [DictationPhase.TRANSCRIBING, DictationPhase.INSERTING]
    assert not on_stage.conversation.messages
    await on_stage.until(lambda: not journal.unfinished(on_stage.journal))


async def test_escape_belongs_to_sayso_only_meanwhile(on_stage: Stage) -> None:
    on_stage.providers.hears = ScriptedTranscriber("hello")
    assert HotkeyName.CANCEL not in on_stage.desktop.bound
    await press(on_stage, "t1")
    await on_stage.until(lambda: HotkeyName.CANCEL in on_stage.desktop.bound)
    await release(on_stage, "t1")
    await ended(on_stage)
    assert HotkeyName.CANCEL not in on_stage.desktop.bound


async def test_text_waits_when_another_window_came_to_the_front(on_stage: Stage) -> None:
    on_stage.providers.hears = ScriptedTranscriber("hello there")
    await press(on_stage, "t1")
    on_stage.desktop.target = TERMINAL
    await release(on_stage, "t1")
    end = await ended(on_stage)
    assert (end.outcome, end.action) == (Outcome.HELD, Remedy.INSERT_AGAIN)
    assert on_stage.desktop.inserted == {}
    key(on_stage, HotkeyName.INSERT_AGAIN, down=True, at_s=5.0)
    again = await ended(on_stage, 2)
    assert again.outcome is Outcome.INSERTED
    assert on_stage.desktop.inserted == {TERMINAL.window_id: "Hello there"}


async def test_a_password_field_is_told_and_offers_a_copy(on_stage: Stage) -> None:
    on_stage.providers.hears = ScriptedTranscriber("hello there")
    on_stage.desktop.refusals[EDITOR.window_id] = Reason.PASSWORD_FIELD
    end = await dictate(on_stage, "t1")
    assert (end.outcome, end.action) == (Outcome.HELD, Remedy.COPY)
    assert "password" in end.message
    on_stage.send(asks.CopyDictation("t1"))
    assert (await ended(on_stage, 2)).outcome is Outcome.COPIED
    assert on_stage.desktop.clipboard == "Hello there"


async def test_a_take_that_no_server_heard_is_kept_and_becomes_text_later(on_stage: Stage) -> None:
    on_stage.providers.hears = ScriptedTranscriber(AppError(Code.OFFLINE), "hello there")
    end = await dictate(on_stage, "t1")
    assert (end.outcome, end.action) == (Outcome.KEPT, Remedy.RETRY)
    on_stage.send(asks.RetryDictation("t1"))
    later = await ended(on_stage, 2)
    assert (later.outcome, later.text) == (Outcome.HELD, "Hello there")
    assert on_stage.desktop.inserted == {}


async def test_escape_inserts_nothing_and_keeps_the_recording(on_stage: Stage) -> None:
    on_stage.providers.hears = ScriptedTranscriber()
    await press(on_stage, "t1")
    key(on_stage, HotkeyName.CANCEL, down=True, at_s=2.0)
    await on_stage.until(lambda: EndTake(cancelled=True) in on_stage.engine.sent)
    on_stage.engine.end_take("t1", reason=TakeEnd.CANCELLED)
    assert (await ended(on_stage)).outcome is Outcome.CANCELLED
    on_stage.send(asks.SearchHistory())
    await on_stage.until(lambda: on_stage.of(events.HistoryListed))
    ((row,),) = [listed.rows for listed in on_stage.of(events.HistoryListed)]
    assert row.audio


async def test_a_press_right_after_escape_is_a_dictation_of_its_own(on_stage: Stage) -> None:
    on_stage.providers.hears = ScriptedTranscriber("hello there")
    await press(on_stage, "t1")
    key(on_stage, HotkeyName.CANCEL, down=True, at_s=2.0)
    await on_stage.until(lambda: EndTake(cancelled=True) in on_stage.engine.sent)
    key(on_stage, HotkeyName.DICTATE, down=False, at_s=2.1)
    key(on_stage, HotkeyName.DICTATE, down=True, at_s=2.2)
    await on_stage.until(lambda: sum(isinstance(m, BeginTake) for m in on_stage.engine.sent) == 2)
    on_stage.engine.end_take("t1", reason=TakeEnd.CANCELLED)
    on_stage.engine.begin_take("t2", held=True)
    await on_stage.until(lambda: len(on_stage.of(events.DictationStarted)) == 2)
    await release(on_stage, "t2")
    await on_stage.until(lambda: on_stage.desktop.inserted)
    assert on_stage.desktop.inserted == {EDITOR.window_id: "Hello there"}


async def test_cancelling_what_is_being_transcribed(on_stage: Stage) -> None:
    on_stage.providers.hears = ScriptedTranscriber(Pause(asyncio.Event()), "never")
    await press(on_stage, "t1")
    await release(on_stage, "t1")
    await on_stage.until(
        lambda: events.DictationPhaseChanged("t1", DictationPhase.TRANSCRIBING) in on_stage.events
    )
    on_stage.send(asks.CancelDictation())
    assert (await ended(on_stage)).outcome is Outcome.CANCELLED
    assert on_stage.desktop.inserted == {}


async def test_no_voice_is_not_transcribed(on_stage: Stage) -> None:
    on_stage.providers.hears = ScriptedTranscriber()
    await press(on_stage, "t1")
    key(on_stage, HotkeyName.DICTATE, down=False, at_s=3.0)
    await on_stage.until(lambda: EndTake() in on_stage.engine.sent)
    on_stage.engine.end_take("t1", voiced_ms=0, reason=TakeEnd.RELEASED)
    assert (await ended(on_stage)).outcome is Outcome.NOTHING_HEARD


async def test_invented_words_are_left_out_and_can_be_brought_back(on_stage: Stage) -> None:
    on_stage.providers.hears = ScriptedTranscriber("Thank you.")
    await press(on_stage, "t1")
    key(on_stage, HotkeyName.DICTATE, down=False, at_s=3.0)
    await on_stage.until(lambda: EndTake() in on_stage.engine.sent)
    on_stage.engine.end_take("t1", voiced_ms=200, reason=TakeEnd.RELEASED)
    end = await ended(on_stage)
    assert (end.outcome, end.action) == (Outcome.NOTHING_HEARD, Remedy.BRING_BACK)
    on_stage.send(asks.BringBackDropped("t1"))
    back = await ended(on_stage, 2)
    assert (back.outcome, back.text) == (Outcome.HELD, "Thank you.")


async def test_texts_come_in_the_order_of_the_presses(on_stage: Stage) -> None:
    slow = Pause(asyncio.Event())
    on_stage.providers.hears = ScriptedTranscriber(slow, "one", "two")
    await press(on_stage, "t1")
    await release(on_stage, "t1")
    await press(on_stage, "t2")
    await release(on_stage, "t2")
    assert on_stage.desktop.inserted == {}
    slow.until.set()
    await ended(on_stage, 2)
    assert [e.dictation_id for e in on_stage.of(events.DictationEnded)] == ["t1", "t2"]


async def test_what_was_said_to_sayso_when_the_key_went_down_is_dictated(on_stage: Stage) -> None:
    on_stage.providers.hears = ScriptedTranscriber("hello there")
    on_stage.engine.begin_take("t1")
    await on_stage.until(lambda: on_stage.phase.value == "hearing")
    key(on_stage, HotkeyName.DICTATE, down=True, at_s=1.0)
    await on_stage.until(lambda: on_stage.of(events.DictationStarted))
    await release(on_stage, "t1")
    end = await ended(on_stage)
    assert end.text == "Hello there"
    assert not on_stage.conversation.messages


async def test_what_had_ended_before_the_key_went_down_is_answered(on_stage: Stage) -> None:
    on_stage.providers.hears = ScriptedTranscriber("what time is it", "hello there")
    on_stage.providers.answers = ScriptedChatModel(["Noon."])
    on_stage.engine.begin_take("t1")
    await on_stage.until(lambda: on_stage.phase.value == "hearing")
    key(on_stage, HotkeyName.DICTATE, down=True, at_s=1.0)
    await on_stage.until(lambda: on_stage.of(events.DictationStarted))
    on_stage.engine.end_take("t1")
    on_stage.engine.begin_take("t2", held=True)
    await on_stage.until(lambda: len(on_stage.of(events.DictationStarted)) == 2)
    await release(on_stage, "t2")
    await on_stage.until(lambda: on_stage.desktop.inserted)
    await on_stage.until(lambda: on_stage.conversation.messages)
    assert on_stage.desktop.inserted == {EDITOR.window_id: "Hello there"}
    assert on_stage.conversation.messages[0].text == "what time is it"


async def test_a_reply_that_was_paused_goes_on_afterwards(on_stage: Stage) -> None:
    on_stage.engine.finishes = False
    on_stage.providers.answers = ScriptedChatModel(["A long story."])
    on_stage.send(commands.SendText("tell me"))
    await on_stage.until(lambda: on_stage.engine.stream)
    await on_stage.until(lambda: on_stage.phase.value == "speaking")
    on_stage.providers.hears = ScriptedTranscriber("hello")
    key(on_stage, HotkeyName.DICTATE, down=True, at_s=1.0)
    await on_stage.until(lambda: any(isinstance(m, BeginTake) for m in on_stage.engine.sent))
    on_stage.engine.begin_take("t1", interrupted=on_stage.engine.stream, played_ms=300, held=True)
    await on_stage.until(lambda: on_stage.of(events.DictationStarted))
    await release(on_stage, "t1")
    await ended(on_stage)
    assert any(isinstance(m, Resume) for m in on_stage.engine.sent)


async def test_a_mode_with_a_task_lets_a_model_tidy_and_refuses_an_answer(on_stage: Stage) -> None:
    said = "um what is the capital of france"
    on_stage.providers.hears = ScriptedTranscriber(said)
    on_stage.providers.answers = ScriptedChatModel(["The capital of France is Paris."])
    on_stage.send(commands.ChangeSettings({"dictation.mode": "tidy"}))
    end = await dictate(on_stage, "t1")
    assert "capital of" in end.text
    assert "Paris" not in end.text


async def test_the_selection_is_edited_and_shown_before_it_is_replaced(on_stage: Stage) -> None:
    on_stage.providers.hears = ScriptedTranscriber("make it shorter")
    on_stage.providers.answers = ScriptedChatModel(["Short."])
    on_stage.desktop.selection = "A very long sentence."
    await press(on_stage, "t1", HotkeyName.EDIT_SELECTION)
    await release(on_stage, "t1", HotkeyName.EDIT_SELECTION)
    end = await ended(on_stage)
    assert (end.outcome, end.text, end.action) == (Outcome.HELD, "Short.", Remedy.INSERT_AGAIN)
    assert on_stage.desktop.inserted == {}
    key(on_stage, HotkeyName.INSERT_AGAIN, down=True, at_s=5.0)
    assert (await ended(on_stage, 2)).outcome is Outcome.INSERTED
    assert on_stage.desktop.inserted == {EDITOR.window_id: "Short."}


async def test_scratch_that_takes_back_the_last_insertion(on_stage: Stage) -> None:
    on_stage.providers.hears = ScriptedTranscriber("hello there", "scratch that")
    await dictate(on_stage, "t1")
    await press(on_stage, "t2")
    await release(on_stage, "t2")
    await on_stage.until(lambda: on_stage.desktop.inserted == {EDITOR.window_id: ""})


@pytest.mark.logs("the audio engine ended")
async def test_an_engine_that_dies_ends_the_take_and_its_words_are_inserted(
    on_stage: Stage,
) -> None:
    on_stage.providers.hears = ScriptedTranscriber("hello there")
    await press(on_stage, "t1")
    await on_stage.engine.close()
    assert (await ended(on_stage)).text == "Hello there"


async def test_what_an_earlier_run_left_open_is_a_row_and_is_not_inserted(tmp_path: Path) -> None:
    async with stage(tmp_path) as first:
        await press(first, "t1")
        await first.until(lambda: first.of(events.HistoryRowChanged))
    async with stage(tmp_path) as second:
        second.send(asks.SearchHistory())
        await second.until(lambda: second.of(events.HistoryListed))
        ((row,),) = [listed.rows for listed in second.of(events.HistoryListed)]
        assert (row.outcome, row.text) == (Outcome.KEPT, "")
        assert (tmp_path / "dictations" / row.audio).exists()
        assert second.desktop.inserted == {}
        assert not journal.unfinished(second.journal)
