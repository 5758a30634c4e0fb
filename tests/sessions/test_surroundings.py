"""What is to be heard around a dictation, on a scripted engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app import commands
from app.dictation.earcons import Earcon, sound_of
from app.dictation.record import Outcome
from app.providers.scripted import ScriptedTranscriber
from audio.messages import Flush, Play, PlaybackStarted, TakeEnd
from tests.sessions.stage import Stage, stage
from tests.sessions.test_dictation import TERMINAL, dictate, ended, press, release


@pytest.fixture
async def on_stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path) as running:
        await running.until(lambda: running.desktop.bound)
        running.providers.hears = ScriptedTranscriber("hello there", "hello there")
        yield running


def earcons(stage: Stage) -> list[str]:
    return [m.stream_id for m in stage.engine.sent if isinstance(m, Play) and m.is_cue]


async def test_one_sound_when_the_microphone_is_open_and_one_when_it_is_not(
    on_stage: Stage,
) -> None:
    await press(on_stage, "t1")
    await on_stage.until(lambda: len(earcons(on_stage)) == 1)
    await release(on_stage, "t1")
    assert (await ended(on_stage)).outcome is Outcome.INSERTED
    await on_stage.until(lambda: len(earcons(on_stage)) == 2)
    begun, over = earcons(on_stage)
    await on_stage.until(lambda: over in on_stage.engine.pcm_bytes)
    assert on_stage.engine.pcm_bytes[begun] == len(sound_of(Earcon.BEGUN))
    assert on_stage.engine.pcm_bytes[over] == len(sound_of(Earcon.ENDED))


async def test_a_third_one_says_that_the_words_did_not_arrive(on_stage: Stage) -> None:
    await press(on_stage, "t1")
    on_stage.desktop.target = TERMINAL
    await release(on_stage, "t1")
    assert (await ended(on_stage)).outcome is Outcome.HELD
    await on_stage.until(lambda: len(earcons(on_stage)) == 3)


async def test_they_can_be_turned_off(on_stage: Stage) -> None:
    on_stage.send(commands.ChangeSettings({"dictation.earcons": False}))
    await dictate(on_stage, "t1")
    assert earcons(on_stage) == []


async def test_an_earcon_that_somebody_speaks_over_is_dropped(on_stage: Stage) -> None:
    """Paused, it would keep everything behind it from being played."""
    on_stage.engine.finishes = False
    await dictate(on_stage, "t1")
    await on_stage.until(lambda: len(earcons(on_stage)) == 2)
    over = earcons(on_stage)[-1]
    on_stage.engine.begin_take("u1", interrupted=over, played_ms=20)
    await on_stage.until(lambda: Flush(over) in on_stage.engine.sent)
    on_stage.engine.end_take("u1", voiced_ms=0, reason=TakeEnd.SILENCE)


async def test_an_earcon_that_comes_too_late_is_dropped(
    on_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_stage.engine.finishes = False
    tell = on_stage.engine.tell
    monkeypatch.setattr(
        on_stage.engine,
        "tell",
        lambda event: None if isinstance(event, PlaybackStarted) else tell(event),
    )
    await press(on_stage, "t1")
    await on_stage.until(lambda: len(earcons(on_stage)) == 1)
    await on_stage.until(lambda: Flush(earcons(on_stage)[0]) in on_stage.engine.sent)


async def test_other_sound_is_soft_from_the_take_s_begin_to_its_end(on_stage: Stage) -> None:
    assert on_stage.ducking.did == ["restore"]
    await press(on_stage, "t1")
    await on_stage.until(lambda: on_stage.ducking.did == ["restore", "soften"])
    await release(on_stage, "t1")
    await ended(on_stage)
    await on_stage.until(lambda: on_stage.ducking.did == ["restore", "soften", "restore"])


@pytest.mark.logs("the audio engine ended")
async def test_it_is_put_back_when_the_engine_dies(on_stage: Stage) -> None:
    await press(on_stage, "t1")
    on_stage.engine.tell(None)
    await ended(on_stage)
    await on_stage.until(lambda: on_stage.ducking.did == ["restore", "soften", "restore"])


async def test_softening_can_be_turned_off(on_stage: Stage) -> None:
    on_stage.send(commands.ChangeSettings({"dictation.ducking": False}))
    await dictate(on_stage, "t1")
    assert "soften" not in on_stage.ducking.did
