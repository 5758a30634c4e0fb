from __future__ import annotations

import asyncio
import re

import pytest

from app.errors import Action, AppError, Code
from app.providers import checks
from app.providers.base import Hints, ToolCall
from app.providers.checks import (
    Outcome,
    bounded,
    check_chat,
    check_speech,
    check_transcription,
    spoken_question,
)
from app.providers.local.commands import CommandAssistant
from app.providers.local.recognizer import SphinxTranscriber
from app.providers.scripted import (
    Pause,
    ScriptedChatModel,
    ScriptedSpeech,
    ScriptedTranscriber,
)
from audio.pcm import Clip

CALL = ToolCall("c1", "report_ready", '{"ready": true}')


class Player:
    def __init__(self) -> None:
        self.played: list[Clip] = []
        self.finished = False

    async def play(self, clip: Clip) -> None:
        assert not self.finished
        self.played.append(clip)

    async def finish(self) -> None:
        self.finished = True


async def test_a_model_that_answers_and_uses_tools() -> None:
    model = ScriptedChatModel(["rea", "dy"], [CALL], label="gpt-4o")
    outcome = await check_chat(model, is_built_in=False)
    model.check()
    assert outcome.ok
    assert re.fullmatch(r"gpt-4o answers; its first words came after \d+\.\d s\.", outcome.summary)
    assert outcome.detail == "Tools work."


async def test_a_model_that_only_talks_works_all_the_same() -> None:
    outcome = await check_chat(ScriptedChatModel(["ready"], ["I cannot."]), is_built_in=False)
    assert outcome.ok
    assert "may only talk" in outcome.detail


async def test_a_model_that_refuses_tools_works_all_the_same() -> None:
    model = ScriptedChatModel(["ready"], [AppError(Code.REQUEST_REFUSED, "localhost")])
    outcome = await check_chat(model, is_built_in=False)
    assert outcome.ok
    assert outcome.detail.startswith("Tools do not work: ")


async def test_a_model_that_says_nothing_does_not_work() -> None:
    outcome = await check_chat(ScriptedChatModel([], label="mute"), is_built_in=False)
    assert (outcome.ok, outcome.summary) == (False, "mute answered nothing.")


async def test_time_to_the_first_words_leaves_out_the_rest() -> None:
    go, now = asyncio.Event(), [100.0]
    model = ScriptedChatModel(["rea", Pause(go), "dy"], [CALL])
    checking = asyncio.create_task(check_chat(model, is_built_in=False, clock=lambda: now[0]))
    while not model.asked:
        await asyncio.sleep(0)
    for _ in range(5):
        await asyncio.sleep(0)
    now[0] = 160.0
    go.set()
    assert "after 0.0 s" in (await checking).summary


async def test_what_is_built_in_answers() -> None:
    outcome = await check_chat(CommandAssistant(), is_built_in=True)
    assert (outcome.ok, outcome.summary) == (True, "Commands are answered on this computer.")


async def test_the_bundled_recording_is_understood_by_what_is_built_in() -> None:
    transcriber = SphinxTranscriber()
    try:
        outcome = await check_transcription(transcriber, Hints())
    finally:
        await transcriber.aclose()
    assert outcome.ok
    assert outcome.detail == "“what time is it”"


def test_the_bundled_recording_is_short_and_loud_enough() -> None:
    clip = spoken_question()
    assert 1000 <= clip.duration_ms <= 3000
    assert clip.rate_hz == 16_000


async def test_words_are_shown_and_none_is_a_failure() -> None:
    outcome = await check_transcription(ScriptedTranscriber("x" * 200), Hints())
    assert outcome.ok
    assert len(outcome.detail) == 62
    assert outcome.detail.endswith("…”")
    assert not (await check_transcription(ScriptedTranscriber(" "), Hints())).ok


async def test_a_voice_is_heard_where_there_is_a_speaker() -> None:
    speech, player = ScriptedSpeech(), Player()
    outcome = await check_speech(speech, player)
    assert speech.said == ["This is how I sound."]
    assert outcome.ok
    assert outcome.summary == "A sentence was spoken: scripted."
    assert outcome.detail.startswith("1.0 s of sound")
    assert len(player.played) == 2
    assert player.finished
    assert (await check_speech(speech)).summary == "The sound of a sentence was made: scripted."


async def test_a_voice_that_fails_is_not_finished() -> None:
    player = Player()
    speech = ScriptedSpeech(fails_at=0, error=AppError(Code.VOICE_FAILED))
    with pytest.raises(AppError):
        await check_speech(speech, player)
    assert not player.finished


async def test_trouble_is_an_outcome_with_its_sentence_and_action() -> None:
    async def fails() -> Outcome:
        raise AppError(Code.KEY_WRONG, "api.groq.com")

    outcome = await bounded(fails)
    assert outcome == Outcome(
        False, "api.groq.com did not accept the key.", "Enter it again.", outcome.seconds,
        Action.ENTER_KEY,
    )  # fmt: skip


async def test_a_test_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "LONGEST_S", 0.01)

    async def hangs() -> Outcome:
        await asyncio.Event().wait()
        raise AssertionError

    outcome = await bounded(hangs)
    assert not outcome.ok
    assert "not done" in outcome.summary


async def test_a_test_can_be_stopped() -> None:
    task = asyncio.create_task(
        bounded(lambda: check_chat(ScriptedChatModel([Pause(asyncio.Event())]), is_built_in=False))
    )
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
