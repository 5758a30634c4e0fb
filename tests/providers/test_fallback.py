from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.errors import AppError, Code
from app.providers.base import ChatMessage, ChatRole, Hints, TextDelta, ToolCall, ToolSpec
from app.providers.fallback import (
    KEY_TROUBLE,
    PASSED_ON,
    Candidate,
    FallbackChatModel,
    FallbackSpeech,
    FallbackState,
    FallbackTranscriber,
    Lineup,
)
from app.providers.local.commands import CommandAssistant
from app.providers.rest import Rests
from app.providers.scripted import Pause, ScriptedChatModel, ScriptedSpeech, ScriptedTranscriber
from app.services import Service
from audio.pcm import Clip

SOUND = Clip(16_000, bytes(3200))
HI = [ChatMessage(ChatRole.USER, "hi")]
DOWN = AppError(Code.SERVER_UNREACHABLE, "host")


@dataclass
class Told:
    """A watcher that notes what it is told, and the clock."""

    lines: list[str] = field(default_factory=list)
    now_s: float = 1000.0

    def on_fallback(self, service: Service, chosen: str, now: str, error: AppError) -> None:
        self.lines.append(f"{service}: {chosen} -> {now}: {error.code}")

    def on_return(self, service: Service, chosen: str) -> None:
        self.lines.append(f"{service}: back to {chosen}")

    def on_failure(self, server: str, error: AppError) -> None:
        self.lines.append(f"{server} failed: {error.code}")

    def on_success(self, server: str) -> None:
        pass


def _candidate(name: str, provider: Any, server: str | None = None, model: str = "") -> Any:
    async def get() -> Any:
        if isinstance(provider, AppError):
            raise provider
        return provider

    return Candidate(name, name if server is None else server, model or name, get)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def state(told: Told) -> FallbackState:
    return FallbackState(lambda: told.now_s, told)


def _transcriber(state: FallbackState, *who: Any, keys_too: bool = False) -> FallbackTranscriber:
    return FallbackTranscriber(Lineup(Service.TRANSCRIPTION, who, state, keys_too), "far")


async def _words(transcriber: FallbackTranscriber) -> str:
    return (await transcriber.transcribe(SOUND, Hints())).text


async def _said(model: FallbackChatModel) -> str:
    async with contextlib.aclosing(model.reply(HI, [])) as reply:
        return "".join([c.text async for c in reply if isinstance(c, TextDelta)])


async def test_the_next_one_takes_over_and_the_chosen_one_returns(
    state: FallbackState, told: Told
) -> None:
    far = ScriptedTranscriber(DOWN, "four")
    near = ScriptedTranscriber("one", "two", "three")
    both = _transcriber(state, _candidate("far", far), _candidate("near", near, ""))
    assert await _words(both) == "one"
    assert await _words(both) == "two"
    told.now_s += 29
    assert await _words(both) == "three"
    told.now_s += 2
    assert await _words(both) == "four"
    assert told.lines == [
        "far failed: server_unreachable",
        "transcription: far -> near: server_unreachable",
        "transcription: back to far",
    ]
    far.check()
    near.check()


async def test_a_server_that_rests_rests_for_every_service(
    state: FallbackState, told: Told
) -> None:
    speech = ScriptedTranscriber(DOWN)
    await _words(_transcriber(state, _candidate("far", speech), _candidate("near", _hears(), "")))
    model = FallbackChatModel(
        Lineup(
            Service.CHAT,
            [
                _candidate("gpt", ScriptedChatModel(), "far"),
                _candidate("mini", ScriptedChatModel(), "far"),
                _candidate("here", ScriptedChatModel(["Hello"], label="here"), ""),
            ],
            state,
        ),
        "gpt",
    )
    assert await _said(model) == "Hello"
    assert model.label == "here"
    assert told.lines[-1] == "chat: gpt -> here: server_unreachable"


def _hears() -> ScriptedTranscriber:
    return ScriptedTranscriber("here")


async def test_trouble_of_a_model_leaves_the_others_of_its_server(state: FallbackState) -> None:
    busy = ScriptedChatModel([AppError(Code.SERVER_BUSY)])
    other = ScriptedChatModel(["Yes"], ["Again"], label="mini")
    lineup = [_candidate("gpt", busy, "far"), _candidate("mini", other, "far")]
    model = FallbackChatModel(Lineup(Service.CHAT, lineup, state), "gpt")
    assert await _said(model) == "Yes"
    assert await _said(model) == "Again"
    assert model.label == "mini"


async def test_only_who_goes_by_the_users_words_says_so(state: FallbackState) -> None:
    """Each stands for its own calls: the commands that step in, and the model that returns."""
    wish = [ChatMessage(ChatRole.USER, "note buy tea")]
    tools = [ToolSpec("add_note", "Keeps a note.", {})]
    theirs = ToolCall("1", "add_note", '{"text": "x"}')
    gpt = ScriptedChatModel([theirs], [DOWN])
    lineup = [_candidate("gpt", gpt), _candidate("built in", CommandAssistant(), "")]
    model = FallbackChatModel(Lineup(Service.CHAT, lineup, state), "gpt")
    calls: list[ToolCall] = []
    for _ in range(2):
        async with contextlib.aclosing(model.reply(wish, tools)) as reply:
            calls += [chunk async for chunk in reply if isinstance(chunk, ToolCall)]
    assert [call.name for call in calls] == ["add_note", "add_note"]
    assert [call.is_literal for call in calls] == [False, True]


async def test_what_has_begun_is_cut_and_never_begun_anew(state: FallbackState, told: Told) -> None:
    cut = ScriptedChatModel(["Hel", AppError(Code.SERVER_CUT_OFF)])
    other = ScriptedChatModel()
    lineup = [_candidate("gpt", cut), _candidate("near", other, "")]
    reply = FallbackChatModel(Lineup(Service.CHAT, lineup, state), "gpt").reply(HI, [])
    assert await anext(reply) == TextDelta("Hel")
    with pytest.raises(AppError) as caught:
        await anext(reply)
    assert caught.value.code is Code.SERVER_CUT_OFF
    assert other.asked == []
    assert told.lines == []


async def test_a_voice_falls_back_before_its_first_sound(state: FallbackState) -> None:
    far = ScriptedSpeech(fails_at=0, error=DOWN)
    near = ScriptedSpeech()
    speech = FallbackSpeech(
        Lineup(Service.SPEECH, [_candidate("far", far), _candidate("near", near, "")], state),
        "far",
    )
    clips = [clip async for clip in speech.speak("Hello")]
    assert clips
    assert (far.said, near.said) == (["Hello"], ["Hello"])


@pytest.mark.parametrize("code", sorted(set(Code) - PASSED_ON))
async def test_other_trouble_is_nobody_elses(state: FallbackState, code: Code) -> None:
    near = ScriptedTranscriber()
    both = _transcriber(
        state, _candidate("far", ScriptedTranscriber(AppError(code))), _candidate("n", near, "")
    )
    with pytest.raises(AppError) as caught:
        await _words(both)
    assert caught.value.code is code


@pytest.mark.parametrize("code", sorted(KEY_TROUBLE))
async def test_key_trouble_is_passed_on_only_where_it_may_be(
    state: FallbackState, told: Told, code: Code
) -> None:
    lost = _candidate("far", AppError(code))
    allowed = _transcriber(state, lost, _candidate("near", _hears(), ""), keys_too=True)
    assert await _words(allowed) == "here"
    assert state.rests.left_s("far", "far") == 0, "nobody waits for a key, so nothing rests"
    assert told.lines == [f"transcription: far -> near: {code}"]


async def test_when_all_fail_the_first_error_counts(state: FallbackState) -> None:
    lineup = [
        _candidate("far", ScriptedTranscriber(DOWN, "late")),
        _candidate("other", AppError(Code.KEY_MISSING, "other")),
        _candidate("near", ScriptedTranscriber(AppError(Code.LANGUAGE_NOT_BUILT_IN, "de")), ""),
    ]
    both = _transcriber(state, *lineup)
    with pytest.raises(AppError) as caught:
        await _words(both)
    assert caught.value is DOWN


async def test_alone_it_is_asked_even_while_it_rests(state: FallbackState) -> None:
    alone = _transcriber(state, _candidate("far", ScriptedTranscriber(DOWN, "there")))
    with pytest.raises(AppError):
        await _words(alone)
    assert await _words(alone) == "there"


async def test_a_cancel_is_no_failure(state: FallbackState, told: Told) -> None:
    never = asyncio.Event()
    near = ScriptedTranscriber()
    both = _transcriber(
        state, _candidate("far", ScriptedTranscriber(Pause(never))), _candidate("near", near, "")
    )
    task = asyncio.ensure_future(_words(both))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert told.lines == []


async def test_closing_the_stream_closes_the_candidates(state: FallbackState) -> None:
    closed: list[str] = []

    class Endless(ScriptedChatModel):
        async def reply(self, *_: Any) -> AsyncGenerator[Any, None]:
            try:
                while True:
                    yield TextDelta("x")
            finally:
                closed.append("closed")

    model = FallbackChatModel(Lineup(Service.CHAT, [_candidate("gpt", Endless())], state), "gpt")
    async with contextlib.aclosing(model.reply(HI, [])) as reply:
        await anext(reply)
    assert closed == ["closed"]


async def test_warming_readies_whom_is_asked_next(state: FallbackState) -> None:
    warmed: list[str] = []

    class Warm(ScriptedTranscriber):
        async def warm(self) -> None:
            warmed.append("near")

    lineup = [_candidate("far", ScriptedTranscriber(DOWN)), _candidate("near", Warm("one"), "")]
    both = _transcriber(state, *lineup)
    await _words(both)
    await both.warm()
    assert warmed == ["near"]
    await _transcriber(state, _candidate("lost", AppError(Code.KEY_MISSING))).warm()


class TestRests:
    def test_each_failure_rests_twice_as_long_up_to_five_minutes(self) -> None:
        now_s = 0.0
        rests = Rests(lambda: now_s)
        lengths = []
        for _ in range(6):
            rests.failed("far", "gpt", DOWN)
            lengths.append(rests.left_s("far", "any"))
            now_s += 1000
            assert rests.left_s("far", "gpt") <= 0
        assert lengths == [30, 60, 120, 240, 300, 300]
        rests.succeeded("far", "gpt")
        rests.failed("far", "gpt", DOWN)
        assert rests.left_s("far", "gpt") == 30

    def test_what_a_server_asked_for_is_kept(self) -> None:
        rests = Rests(lambda: 0.0)
        rests.failed("far", "gpt", AppError(Code.SERVER_BUSY, retry_after_s=3600))
        assert rests.left_s("far", "gpt") == 3600
        assert rests.left_s("far", "mini") == 0
        assert rests.longest_s("far") == 3600
        assert rests.longest_s("fa") == 0
        rests.failed("far", "old", AppError(Code.SERVER_BUSY, retry_after_s=1e9))
        assert rests.left_s("far", "old") == 86_400

    def test_a_server_that_is_there_again_is_asked_at_once(self) -> None:
        rests = Rests(lambda: 7.0)
        rests.failed("far", "gpt", DOWN)
        rests.end("far")
        rests.end("elsewhere")
        assert rests.left_s("far", "gpt") == 0
        assert rests.reason("far", "gpt") is DOWN
        rests.failed("far", "gpt", DOWN)
        assert rests.left_s("far", "gpt") == 60


async def test_the_label_is_that_of_whom_can_be_had(state: FallbackState) -> None:
    near = _candidate("near", ScriptedChatModel(label="here"), "")
    lost = _candidate("far", AppError(Code.KEY_MISSING, "far"))
    broken = _candidate("far", AppError(Code.PROXY_INVALID))
    assert await Lineup(Service.CHAT, [broken, near], state).label() == "here"
    assert await Lineup(Service.CHAT, [lost, near], state, keys_too=True).label() == "here"
    for lineup in ([lost, near], [broken, broken]):
        with pytest.raises(AppError):
            await Lineup(Service.CHAT, lineup, state).label()
