from __future__ import annotations

import contextlib
import json
from types import MappingProxyType
from typing import Any

import pytest

from app.errors import AppError, Code
from app.providers.base import (
    ChatChunk,
    ChatMessage,
    ChatRole,
    Finished,
    FinishReason,
    TextDelta,
    ToolCall,
    ToolSpec,
    Usage,
)
from app.providers.openai.chat_completions import LONGEST_REPLY_TOKENS, ChatCompletionsModel
from app.providers.openai.client import OpenAIClient
from tests.providers.openai import fault_server as faults
from tests.providers.openai.connection import QUICK, served

QUESTION = [ChatMessage(ChatRole.USER, "hi")]
WEATHER = ToolSpec(
    "get_weather",
    "The weather in a city.",
    MappingProxyType(
        {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        }
    ),
)
CONVERSATION = [
    ChatMessage(ChatRole.SYSTEM, "Be brief."),
    ChatMessage(ChatRole.USER, "Weather in Paris and Rome?"),
    ChatMessage(
        ChatRole.ASSISTANT,
        "",
        (
            ToolCall("call_1", "get_weather", '{"city": "Paris"}'),
            ToolCall("call_2", "get_weather", '{"city": "Rome"}'),
        ),
    ),
    ChatMessage(ChatRole.TOOL, "21 degrees", call_id="call_1"),
    ChatMessage(ChatRole.TOOL, "25 degrees", call_id="call_2"),
    ChatMessage(ChatRole.ASSISTANT, "21 and 25 degrees."),
    ChatMessage(ChatRole.USER, "Thanks"),
]


async def _all(client: OpenAIClient, *tools: ToolSpec) -> list[ChatChunk]:
    reply = ChatCompletionsModel(client, "gpt-4o").reply(QUESTION, tools)
    async with contextlib.aclosing(reply):
        return [chunk async for chunk in reply]


def _tool_event(index: int, **piece: Any) -> bytes:
    function = {key: piece.pop(key) for key in ("name", "arguments") if key in piece}
    return faults.chat_event({"tool_calls": [{"index": index, **piece, "function": function}]})


async def test_text_streams_in_order_and_ends_with_usage() -> None:
    async with served(faults.stream(faults.chat("Hel", "lo"))) as (client, _):
        assert await _all(client) == [
            TextDelta("Hel"),
            TextDelta("lo"),
            Finished(FinishReason.STOP, Usage(7, 3)),
        ]


async def test_parallel_calls_come_whole_and_in_order() -> None:
    pieces = [
        _tool_event(0, id="call_a", type="function", name="get_weather", arguments=""),
        _tool_event(0, arguments='{"city": '),
        _tool_event(1, id="call_b", type="function", name="get_weather", arguments=""),
        _tool_event(0, arguments='"Paris"}'),
        _tool_event(1, arguments='{"city": "Rome"}'),
        faults.chat_event({}, "tool_calls"),
        faults.DONE,
    ]
    async with served(faults.stream(pieces)) as (client, _):
        assert await _all(client, WEATHER) == [
            ToolCall("call_a", "get_weather", '{"city": "Paris"}'),
            ToolCall("call_b", "get_weather", '{"city": "Rome"}'),
            Finished(FinishReason.TOOL_CALLS),
        ]


async def test_what_came_before_a_cut_is_given() -> None:
    async with served(faults.stream(faults.chat("Hel", finish=None)), QUICK) as (client, server):
        reply = ChatCompletionsModel(client, "m").reply(QUESTION, [])
        assert await anext(reply) == TextDelta("Hel")
        with pytest.raises(AppError) as caught:
            await anext(reply)
        assert caught.value.code is Code.SERVER_CUT_OFF
        assert len(server.requests) == 1


@pytest.mark.parametrize("then", ["reset", "close"])
async def test_a_cut_after_the_finish_mark_harms_nothing(then: str) -> None:
    pieces = [*faults.chat("Hello", finish=None), faults.chat_event({}, "stop")]
    async with served(faults.stream(pieces, then)) as (client, _):
        assert await _all(client) == [TextDelta("Hello"), Finished(FinishReason.STOP)]


async def test_a_server_that_does_not_end_is_not_waited_for() -> None:
    pieces = [*faults.chat("Hello", finish=None), faults.chat_event({}, "stop")]
    async with served(faults.stream(pieces, "hang"), QUICK) as (client, server):
        assert await _all(client) == [TextDelta("Hello"), Finished(FinishReason.STOP)]
        await server.until(lambda: server.ended == 1)


async def test_one_connection_serves_many_replies() -> None:
    ports = set()

    async def behave(exchange: faults.Exchange) -> None:
        ports.add(exchange.peer_port)
        await faults.stream(faults.chat("Hello"))(exchange)

    async with served(behave) as (client, server):
        await client.warm()
        for _ in range(3):
            await _all(client)
        assert len(server.requests) == 4
    assert len(ports) == 1


async def test_request_is_what_the_schema_says(oracle: Any) -> None:
    async with served(faults.stream(faults.chat("Hello"))) as (client, server):
        reply = ChatCompletionsModel(client, "gpt-4o").reply(CONVERSATION, [WEATHER])
        async with contextlib.aclosing(reply):
            [_ async for _ in reply]
        request = server.requests[0]
    body = request.json()
    assert oracle.check_request(request.method, request.path, body) == []
    assert body["tools"][0]["function"]["strict"] is True
    assert body["messages"][2]["content"] is None
    assert [entry.get("tool_call_id") for entry in body["messages"][3:5]] == ["call_1", "call_2"]


@pytest.mark.parametrize(
    ("address", "model", "tools", "present", "absent"),
    [
        ("https://api.openai.com/v1", "gpt-4o", [WEATHER], "max_completion_tokens", "max_tokens"),
        ("https://api.openai.com/v1", "gpt-6-luna", [WEATHER], "reasoning_effort", "max_tokens"),
        ("https://api.openai.com/v1", "gpt-6-luna", [], "messages", "reasoning_effort"),
        ("https://api.openai.com/v1", "gpt-4o", [WEATHER], "tools", "reasoning_effort"),
        ("http://localhost:1/v1", "gpt-6-luna", [WEATHER], "max_tokens", "reasoning_effort"),
        ("http://localhost:1/v1", "m", [], "max_tokens", "tools"),
    ],
)
def test_fields_fit_the_server(
    address: str, model: str, tools: list[ToolSpec], present: str, absent: str, oracle: Any
) -> None:
    request = ChatCompletionsModel(OpenAIClient(address), model)._request(QUESTION, tools)
    assert present in request
    assert absent not in request
    assert LONGEST_REPLY_TOKENS in request.values()
    assert oracle.check_request("POST", "/chat/completions", request) == []


async def test_a_server_without_usage_is_asked_again_without_it() -> None:
    async def behave(exchange: faults.Exchange) -> None:
        asked = "stream_options" in exchange.request.json()
        refused = faults.error(400, "Unknown field: stream_options")
        await (refused if asked else faults.stream(faults.chat("Hello")))(exchange)

    async with served(behave) as (client, server):
        model = ChatCompletionsModel(client, "m")
        for _ in range(2):
            reply = model.reply(QUESTION, [])
            assert [type(chunk) async for chunk in reply] == [TextDelta, Finished]
        asked = ["stream_options" in json.loads(request.body) for request in server.requests]
    assert asked == [True, False, False]
