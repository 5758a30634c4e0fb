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
from app.providers.openai.chat_completions import ChatCompletionsModel
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


async def test_replies_use_the_connections_that_are_warm() -> None:
    ports: dict[str, set[int]] = {"GET": set(), "POST": set()}

    async def behave(exchange: faults.Exchange) -> None:
        ports[exchange.request.method].add(exchange.peer_port)
        await faults.stream(faults.chat("Hello"))(exchange)

    async with served(behave) as (client, _):
        await client.warm()
        for _ in range(3):
            await _all(client)
    assert ports["POST"]
    assert ports["POST"] <= ports["GET"]


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


def _refusing(field: str, status: int, body: bytes) -> faults.Behaviour:
    """A server that refuses each request whose bytes hold `field`."""

    async def behave(exchange: faults.Exchange) -> None:
        refused = field.encode() in exchange.request.body
        answer = faults.answer(status, body) if refused else faults.stream(faults.chat("Hello"))
        await answer(exchange)

    return behave


REFUSALS = {
    "usage": ('"stream_options"', 400, {"error": {"message": "Unknown field: stream_options"}}),
    "strict, as FastAPI says it": (
        '"strict"',
        422,
        {
            "detail": [
                {
                    "type": "extra_forbidden",
                    "loc": ["body", "tools", 0, "function", "strict"],
                    "msg": "Extra inputs are not permitted",
                    "input": {"stream_options": {}, "max_tokens": 1},
                }
            ]
        },
    ),
    "the limit's old name": (
        '"max_tokens"',
        400,
        {
            "error": {
                "message": "Unsupported parameter: 'max_tokens' is not supported with this model. "
                "Use 'max_completion_tokens' instead.",
                "param": "max_tokens",
                "code": "unsupported_parameter",
            }
        },
    ),
    "tools, as Ollama says it": (
        '"tools"',
        400,
        {"error": {"message": "registry.ollama.ai/library/gemma:2b does not support tools"}},
    ),
    "tools, as llama.cpp says it": (
        '"tools"',
        500,
        {"error": {"code": 500, "message": "tools param requires --jinja flag"}},
    ),
    "tools, as vLLM says it": (
        '"tools"',
        400,
        {
            "object": "error",
            "message": '"auto" tool choice requires --enable-auto-tool-choice and '
            "--tool-call-parser to be set",
            "code": 400,
        },
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
async def test_a_refused_part_is_left_out_once_and_remembered(name: str) -> None:
    field, status, told = REFUSALS[name]
    async with served(_refusing(field, status, json.dumps(told).encode())) as (client, server):
        model = ChatCompletionsModel(client, "m")
        for _ in range(2):
            reply = model.reply(CONVERSATION, [WEATHER])
            assert [type(chunk) async for chunk in reply] == [TextDelta, Finished]
        asked = [field.encode() in request.body for request in server.requests]
    assert asked == [True, False, False]


async def test_several_parts_can_be_refused_one_after_another() -> None:
    async def behave(exchange: faults.Exchange) -> None:
        body = exchange.request.json()
        refused = next((name for name in ("stream_options", "tools") if name in body), None)
        unknown = faults.error(400, f"{refused} is not supported")
        await (unknown if refused else faults.stream(faults.chat("Hello")))(exchange)

    async with served(behave) as (client, server):
        assert len(await _all(client, WEATHER)) == 2
        assert len(server.requests) == 3


async def test_what_was_refused_in_vain_is_not_remembered() -> None:
    async with served(faults.error(400, "the tools are bad")) as (client, server):
        model = ChatCompletionsModel(client, "m")
        for _ in range(2):
            with pytest.raises(AppError) as caught:
                await anext(model.reply(QUESTION, [WEATHER]))
            assert caught.value.code is Code.REQUEST_REFUSED
        asked = ["tools" in request.json() for request in server.requests]
    assert asked == [True, False, True, False]


async def test_a_model_that_must_not_reason_over_tools_is_told_so() -> None:
    refused = (
        "Function tools with reasoning_effort are not supported for gpt-5.6-terra in "
        "/v1/chat/completions."
    )

    async def behave(exchange: faults.Exchange) -> None:
        effort = exchange.request.json().get("reasoning_effort")
        answer = faults.stream(faults.chat("Hello")) if effort else faults.error(400, refused)
        await answer(exchange)

    async with served(behave) as (client, server):
        assert len(await _all(client, WEATHER)) == 2
        assert server.requests[1].json()["reasoning_effort"] == "none"


async def test_thoughts_are_not_part_of_the_reply() -> None:
    pieces = [
        faults.chat_event({"reasoning_content": "The user greets."}),
        *faults.chat("<th", "ink>They greet", " me.</think>", "\n\nHello.", finish="stop"),
    ]
    async with served(faults.stream(pieces)) as (client, _):
        assert (await _all(client))[:-1] == [TextDelta("Hello.")]


async def test_cached_tokens_are_told() -> None:
    usage = {
        "prompt_tokens": 100,
        "completion_tokens": 3,
        "prompt_tokens_details": {"cached_tokens": 64},
    }
    pieces = [*faults.chat("Hi", finish=None), faults.chat_event({}, "stop", usage)]
    async with served(faults.stream(pieces)) as (client, _):
        finished = (await _all(client))[-1]
    assert finished == Finished(FinishReason.STOP, Usage(100, 3, 64))


async def test_a_model_that_is_gone_is_replaced_within_the_turn() -> None:
    async def behave(exchange: faults.Exchange) -> None:
        gone = exchange.request.json()["model"] == "gpt-4o"
        refused = faults.error(404, "no such model", code="model_not_found")
        await (refused if gone else faults.stream(faults.chat("Hello")))(exchange)

    told: list[tuple[str, str]] = []
    async with served(behave) as (client, _):
        model = ChatCompletionsModel(client, "gpt-4o", lambda *names: told.append(names))
        reply = model.reply(QUESTION, [])
        assert [type(chunk) async for chunk in reply] == [TextDelta, Finished]
        assert model.label == "gpt-6-luna"
    assert told == [("gpt-4o", "gpt-6-luna")]


async def test_what_a_server_wants_to_see_again_comes_back_within_the_reply() -> None:
    signed = {"google": {"thought_signature": "c2ln"}}
    asks = [
        faults.chat_event({"reasoning_content": "Which "}),
        faults.chat_event({"reasoning_content": "city?"}),
        faults.chat_event({"tool_calls": [_call_piece(0, "a", extra_content=signed)]}),
        faults.chat_event({"tool_calls": [_call_piece(1, "b")]}),
        faults.chat_event({}, "tool_calls"),
        faults.DONE,
    ]
    async with served(faults.stream(asks)) as (client, server):
        *calls, _ = await _all(client, WEATHER)
        asked = tuple(call for call in calls if isinstance(call, ToolCall))
        messages = [*QUESTION, ChatMessage(ChatRole.ASSISTANT, "", asked)]
        messages += [ChatMessage(ChatRole.TOOL, "21", call_id=call.call_id) for call in asked]
        for model in ("gpt-4o", "another"):
            async with contextlib.aclosing(
                ChatCompletionsModel(client, model).reply(messages, [WEATHER])
            ) as reply:
                [_ async for _ in reply]
        again, elsewhere = (request.json()["messages"][1] for request in server.requests[1:])
    assert again["reasoning_content"] == "Which city?"
    assert again["tool_calls"][0]["extra_content"] == signed
    assert "extra_content" not in again["tool_calls"][1]
    assert "reasoning_content" not in elsewhere
    assert "extra_content" not in elsewhere["tool_calls"][0]


def _call_piece(index: int, call_id: str, **extra: Any) -> dict[str, Any]:
    function = {"name": "get_weather", "arguments": "{}"}
    return {"index": index, "id": call_id, "type": "function", "function": function, **extra}


@pytest.mark.parametrize(
    "words",
    [
        "The `reasoning_content` in the thinking mode must be passed back to the API.",
        "Missing `reasoning_content` field in the assistant message at message index 2.",
    ],
)
async def test_old_calls_get_the_empty_thoughts_that_a_server_insists_on(words: str) -> None:
    async def behave(exchange: faults.Exchange) -> None:
        thought = "reasoning_content" in exchange.request.json()["messages"][2]
        answer = faults.stream(faults.chat("Hello")) if thought else faults.error(400, words)
        await answer(exchange)

    async with served(behave) as (client, server):
        reply = ChatCompletionsModel(client, "m").reply(CONVERSATION, [WEATHER])
        assert [type(chunk) async for chunk in reply] == [TextDelta, Finished]
        assert server.requests[1].json()["messages"][2]["reasoning_content"] == ""
