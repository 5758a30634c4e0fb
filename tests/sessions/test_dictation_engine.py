"""A key that is pressed while there is no engine: it waits for one, or it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.desktop.hotkeys import HotkeyName, KeyEvent
from app.dictation import events
from app.dictation.record import Outcome
from app.errors import Code
from app.events import Notice
from app.providers.scripted import ScriptedTranscriber
from app.sessions import audio_link
from audio.messages import BeginTake, TakeEnd
from tests.sessions.stage import Stage, stage

pytestmark = pytest.mark.logs("the audio engine ended")


async def lose_engine(on_stage: Stage) -> None:
    await on_stage.until(lambda: on_stage.desktop.bound)
    await on_stage.engine.close()
    await on_stage.until(lambda: not on_stage._core._parts.audio.up)


async def test_a_key_pressed_before_the_engine_is_up_counts_from_then_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audio_link, "RESTART_S", (0.0, 0.1))
    async with stage(tmp_path) as on_stage:
        on_stage.providers.hears = ScriptedTranscriber("hello there")
        await lose_engine(on_stage)
        on_stage.post(KeyEvent(HotkeyName.DICTATE, True, 1.0))
        await on_stage.until(lambda: on_stage.engines_started == 2)
        await on_stage.until(lambda: any(isinstance(m, BeginTake) for m in on_stage.engine.sent))
        on_stage.engine.begin_take("t1")
        await on_stage.until(lambda: on_stage.of(events.DictationStarted))
        on_stage.post(KeyEvent(HotkeyName.DICTATE, False, 3.0))
        on_stage.engine.end_take("t1", reason=TakeEnd.RELEASED)
        await on_stage.until(lambda: on_stage.of(events.DictationEnded))
        assert on_stage.of(events.DictationEnded)[0].text == "Hello there"


async def test_a_key_let_go_before_there_is_an_engine_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audio_link, "RESTART_S", (0.0, 60.0))
    async with stage(tmp_path) as on_stage:
        await lose_engine(on_stage)
        on_stage.post(KeyEvent(HotkeyName.DICTATE, True, 1.0))
        on_stage.post(KeyEvent(HotkeyName.DICTATE, False, 3.0))
        await on_stage.until(lambda: on_stage.of(events.DictationEnded))
        assert on_stage.of(events.DictationEnded)[0].outcome is Outcome.FAILED
        assert Code.ENGINE_NOT_READY in [notice.code for notice in on_stage.of(Notice)]
