"""Against a model server that other people wrote."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import numpy as np
import pytest

from app.errors import AppError, Code
from app.net.policy import Policies
from app.providers.base import (
    ChatMessage,
    ChatModel,
    ChatRole,
    Finished,
    FinishReason,
    Hints,
    Partial,
    TextDelta,
    ToolCall,
    ToolSpec,
    Transcript,
)
from app.providers.kept_sound import KeptSound
from app.providers.openai.chat_completions import ChatCompletionsModel
from app.providers.openai.client import OpenAIClient
from app.providers.openai.live_transcriber import OpenAILiveTranscriber
from app.providers.openai.realtime_model import RealtimeModel
from app.providers.openai.responses import ResponsesModel
from app.providers.openai.speech import OpenAISpeech
from app.providers.openai.transcriber import OpenAITranscriber
from app.providers.voice_session import (
    Committed,
    ResponseBegun,
    ResponseCall,
    ResponseOver,
    ResponseText,
    SessionSetup,
    VoiceEvent,
    VoiceSession,
)
from app.secrets import Secret
from audio.pcm import Clip
from tests.desk import aimock
from tests.providers.openai.connection import QUICK

pytestmark = pytest.mark.desk

Start = Callable[..., aimock.ModelServer]
WEATHER = ToolSpec(
    "get_weather",
    "The weather in a city.",
    {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
)
TONE = Clip(24_000, (np.sin(np.arange(24_000) * 0.1) * 8000).astype("<i2").tobytes())


@contextlib.asynccontextmanager
async def _client(
    server: aimock.ModelServer, policies: Policies | None = None
) -> AsyncIterator[OpenAIClient]:
    client = OpenAIClient(server.base_url, Secret("sk-0123456789abcdef"), policies)
    try:
        await client.warm()
        yield client
    finally:
        await client.aclose()


async def _reply(model: ChatModel, messages: Sequence[ChatMessage]) -> list[Any]:
    async with contextlib.aclosing(model.reply(messages, [WEATHER])) as reply:
        return [chunk async for chunk in reply]


@pytest.mark.parametrize("kind", [ChatCompletionsModel, ResponsesModel])
async def test_a_tool_is_called_and_its_result_answered(kind: type, model_server: Start) -> None:
    call = aimock.ToolCall("get_weather", {"city": "Paris"})
    server = model_server(aimock.fixtures(tool=call, reply="It is 21 degrees in Paris."))
    messages = [ChatMessage(ChatRole.USER, "weather?")]
    async with _client(server) as client:
        model = kind(client, "gpt-4o")
        *_, asked, finished = await _reply(model, messages)
        assert isinstance(asked, ToolCall)
        assert (asked.call_id, asked.name) == ("call_1", "get_weather")
        assert finished.reason is FinishReason.TOOL_CALLS
        messages.append(ChatMessage(ChatRole.ASSISTANT, "", (asked,)))
        messages.append(ChatMessage(ChatRole.TOOL, "21", call_id=asked.call_id))
        *texts, finished = await _reply(model, messages)
    assert "".join(text.text for text in texts if isinstance(text, TextDelta)) == (
        "It is 21 degrees in Paris."
    )
    assert isinstance(finished, Finished)
    assert finished.reason is FinishReason.STOP
    assert finished.usage is not None


async def test_speech_is_understood_and_spoken(model_server: Start) -> None:
    server = model_server(aimock.fixtures(transcript="what time is it", speech=TONE))
    async with _client(server) as client:
        transcript = await OpenAITranscriber(client, "gpt-transcribe").transcribe(TONE, Hints())
        assert transcript.text == "what time is it"
        clips = [clip async for clip in OpenAISpeech(client, "gpt-4o-mini-tts", "alloy").speak("x")]
    assert b"".join(clip.data for clip in clips) == TONE.data


@pytest.mark.parametrize("kind", [ChatCompletionsModel, ResponsesModel])
async def test_an_overload_is_waited_out_and_then_told(kind: type, model_server: Start) -> None:
    refusal = {"message": "Slow down.", "type": "rate_limit_error", "code": "slow_down"}
    overload = {
        "match": {"userMessage": ""},
        "response": {"error": refusal, "status": 429, "retryAfter": 0},
    }
    server = model_server([overload])
    async with _client(server, QUICK) as client:
        with pytest.raises(AppError) as caught:
            await _reply(kind(client, "gpt-4o"), [ChatMessage(ChatRole.USER, "hi")])
    assert caught.value.code is Code.SERVER_BUSY
    asked = [entry for entry in server.journal() if entry["method"] == "POST"]
    assert len(asked) == 3


async def test_words_of_a_take_arrive_while_they_are_found(model_server: Start) -> None:
    server = model_server(aimock.fixtures(transcript="what time is it"))
    told: list[str] = []
    async with _client(server) as client:
        transcriber = OpenAITranscriber(client, "gpt-transcribe")
        transcript = await transcriber.transcribe(TONE, Hints(), told.append)
    assert transcript.text == told[-1] == "what time is it"
    assert transcript.language == "en"


@pytest.mark.parametrize("kind", [ChatCompletionsModel, ResponsesModel])
async def test_slow_chunks_arrive_as_they_come(kind: type, model_server: Start) -> None:
    server = model_server(aimock.fixtures(reply="one two three four"), "--chunk-size", "4")
    async with _client(server) as client:
        model = kind(client, "gpt-4o")
        *texts, _ = await _reply(model, [ChatMessage(ChatRole.USER, "count")])
    assert len(texts) > 3
    assert "".join(text.text for text in texts) == "one two three four"


async def test_a_server_that_was_killed_is_unreachable(model_server: Start) -> None:
    server = model_server(aimock.fixtures(reply="hello"))
    async with _client(server) as client:
        server.kill()
        with pytest.raises(AppError) as caught:
            await _reply(ChatCompletionsModel(client, "m"), [ChatMessage(ChatRole.USER, "hi")])
    assert caught.value.code is Code.SERVER_UNREACHABLE


async def _follow(live: OpenAILiveTranscriber, clip: Clip, told: list[Partial]) -> Transcript:
    sound = KeptSound(clip.rate_hz)
    following = asyncio.create_task(live.follow(sound, Hints(), told.append))
    sound.feed(clip.data)
    sound.end()
    return await following


async def test_a_take_is_heard_over_a_transcription_session(model_server: Start) -> None:
    server = model_server(aimock.fixtures(transcript="what time is it"))
    told: list[Partial] = []
    async with _client(server) as client:
        upload = OpenAITranscriber(client, "gpt-transcribe")
        live = OpenAILiveTranscriber(client, "gpt-live-transcribe", upload)
        for _ in range(2):
            transcript = await _follow(live, TONE, told)
            assert transcript == Transcript("what time is it", "gpt-live-transcribe")
        await live.aclose()
    assert told[-1].text == "what time is it"
    uploads = [entry for entry in server.journal() if "transcriptions" in entry["path"]]
    assert uploads == []


async def test_a_take_is_heard_from_an_upload_that_grows(model_server: Start) -> None:
    server = model_server(aimock.fixtures(transcript="what time is it"))
    async with _client(server) as client:
        live = OpenAILiveTranscriber(client, "", OpenAITranscriber(client, "gpt-transcribe"))
        assert (await _follow(live, TONE, [])).text == "what time is it"
        await live.aclose()
    uploads = [entry for entry in server.journal() if "transcriptions" in entry["path"]]
    assert len(uploads) == 1


async def _heard(session: VoiceSession, kind: type[VoiceEvent]) -> list[VoiceEvent]:
    told: list[VoiceEvent] = []
    async with asyncio.timeout(20):
        async for event in session.events():
            told.append(event)
            if isinstance(event, kind):
                break
    return told


async def test_a_voice_session_calls_a_tool_and_answers(model_server: Start) -> None:
    call = {"id": "call_1", "name": "get_weather", "arguments": {"city": "Paris"}}
    calls = {
        "match": {"userMessage": "weather", "hasToolResult": False},
        "response": {"toolCalls": [call]},
    }
    server = model_server([calls, *aimock.fixtures(reply="It is 21 degrees in Paris.")])
    async with _client(server) as client:
        model = RealtimeModel(client, "gpt-realtime", words_models=("gpt-transcribe",))
        setup = SessionSetup("Be brief.", (WEATHER,))
        session = await model.connect(setup, [ChatMessage(ChatRole.ASSISTANT, "Hello.")])
        await session.append(bytes(24_000))
        ref = await session.commit()
        await session.add([ChatMessage(ChatRole.USER, "weather?")])
        asked = await session.respond()
        told = await _heard(session, ResponseOver)
        assert [one.ref for one in told if isinstance(one, Committed)] == [ref]
        assert [one.ref for one in told if isinstance(one, ResponseBegun)] == [asked]
        (wanted,) = [one.call for one in told if isinstance(one, ResponseCall)]
        assert (wanted.call_id, wanted.name) == ("call_1", "get_weather")
        await session.add([ChatMessage(ChatRole.TOOL, "21", call_id=wanted.call_id)])
        await session.respond()
        told = await _heard(session, ResponseOver)
        await session.cancel()
        await session.aclose()
        await model.aclose()
    texts = [one.text for one in told if isinstance(one, ResponseText)]
    assert "".join(texts) == "It is 21 degrees in Paris."
