from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Sequence
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
from app.providers.openai.client import OpenAIClient
from app.providers.openai.responses import ResponsesModel
from tests.providers.openai import fault_server as faults, response_events as events
from tests.providers.openai.connection import QUICK, served
from tests.providers.openai.conversations import QUESTION, SYSTEM, WEATHER
from tests.providers.openai.fault_server import Behaviour, Exchange


def _stream(*sent: Any, then: str = "end") -> Behaviour:
    return faults.stream(events.sent(list(sent)), then)


async def _all(
    client: OpenAIClient,
    messages: Sequence[ChatMessage] = QUESTION,
    *tools: ToolSpec,
    model: str = "gpt-6-luna",
) -> list[ChatChunk]:
    reply = ResponsesModel(client, model).reply(messages, tools)
    async with contextlib.aclosing(reply):
        return [chunk async for chunk in reply]


async def test_text_streams_in_order_and_ends_with_usage() -> None:
    async with served(_stream(*events.reply("Hel", "lo"))) as (client, _):
        assert await _all(client) == [
            TextDelta("Hel"),
            TextDelta("lo"),
            Finished(FinishReason.STOP, Usage(120, 9, 100)),
        ]


async def test_a_tool_loop_sends_back_what_the_model_thought(oracle: Any) -> None:
    items = [events.reasoning(), events.call("call_a"), events.call("call_b")]
    asks = [
        *(events.done(at, item) for at, item in enumerate(items)),
        events.end("completed", *items),
    ]
    answers = [asks, events.reply("21 degrees.")]

    async def behave(exchange: Exchange) -> None:
        await _stream(*answers.pop(0))(exchange)

    async with served(behave) as (client, server):
        messages = [SYSTEM, *QUESTION]
        *calls, finished = await _all(client, messages, WEATHER)
        assert finished == Finished(FinishReason.TOOL_CALLS, Usage(120, 9, 100))
        asked = tuple(call for call in calls if isinstance(call, ToolCall))
        messages.append(ChatMessage(ChatRole.ASSISTANT, "", asked))
        messages += [ChatMessage(ChatRole.TOOL, "21", call_id=call.call_id) for call in asked]
        assert (await _all(client, messages, WEATHER))[0] == TextDelta("21 degrees.")
        first, second = (request.json() for request in server.requests)
        for request in server.requests:
            assert oracle.check_request(request.method, request.path, request.json()) == []
    assert second["input"][len(first["input"]) :][:3] == items
    assert [item["call_id"] for item in second["input"][-2:]] == ["call_a", "call_b"]
    assert second["tools"] == first["tools"]
    assert second["prompt_cache_key"] == first["prompt_cache_key"]


async def test_what_came_before_a_cut_is_given() -> None:
    async with served(_stream(events.delta("Hel"), then="close"), QUICK) as (client, server):
        reply = ResponsesModel(client, "m").reply(QUESTION, [])
        assert await anext(reply) == TextDelta("Hel")
        with pytest.raises(AppError) as caught:
            await anext(reply)
        assert caught.value.code is Code.SERVER_CUT_OFF
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("behaviour", "code", "calls"),
    [
        (_stream(*events.OPENING), Code.SERVER_CUT_OFF, 3),
        (_stream(*events.OPENING, then="hang"), Code.SERVER_SILENT, 2),
        (faults.answer(200, b"<html>It works!</html>", "text/html"), Code.SERVER_NOT_API, 1),
        (faults.answer(200, b'{"object": "response"}'), Code.SERVER_NOT_API, 1),
        (faults.stream([b"data: {not json\n\n"]), Code.SERVER_NOT_API, 1),
        (faults.error(401, "no", code="invalid_api_key"), Code.KEY_WRONG, 1),
        (faults.error(429, "slow", code="slow_down"), Code.SERVER_BUSY, 3),
        (faults.error(429, "spent", code="insufficient_quota"), Code.QUOTA_SPENT, 1),
        (faults.error(503, "later", code="server_is_overloaded"), Code.SERVER_BUSY, 3),
        (
            _stream(events.end("failed", error={"code": "server_error", "message": "x"})),
            Code.SERVER_ERROR,
            3,
        ),
        (_stream({"type": "error", "code": "rate_limit_exceeded"}), Code.SERVER_BUSY, 3),
    ],
)
async def test_a_fault_becomes_one_error(behaviour: Behaviour, code: Code, calls: int) -> None:
    async with served(behaviour, QUICK) as (client, server):
        with pytest.raises(AppError) as caught:
            await _all(client, model="brand-new")
        assert caught.value.code is code
        assert len(server.requests) == calls


async def test_closing_the_reply_closes_the_connection() -> None:
    async with served(_stream(events.delta("Hel"), then="hang")) as (client, server):
        reply = ResponsesModel(client, "m").reply(QUESTION, [])
        assert await anext(reply) == TextDelta("Hel")
        await reply.aclose()
        await server.until(lambda: server.ended == 1)


async def test_a_cancelled_reply_closes_the_connection() -> None:
    async with served(_stream(*events.OPENING, then="hang")) as (client, server):
        task = asyncio.create_task(_all(client))
        await server.until(lambda: len(server.requests) == 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await server.until(lambda: server.ended == 1)


async def test_one_connection_serves_many_replies() -> None:
    ports = set()

    async def behave(exchange: Exchange) -> None:
        ports.add(exchange.peer_port)
        await _stream(*events.reply("Hello"))(exchange)

    async with served(behave) as (client, _):
        for _ in range(3):
            await _all(client)
    assert len(ports) == 1


def _refusing(**refusals: str) -> Behaviour:
    """A server that refuses a request that has one of the fields, in the given words."""

    async def behave(exchange: Exchange) -> None:
        body = exchange.request.json()
        words = next((words for name, words in refusals.items() if name in body), None)
        answer = faults.error(400, words) if words else _stream(*events.reply("Hello"))
        await answer(exchange)

    return behave


async def test_what_a_model_does_not_take_is_left_out_and_remembered() -> None:
    behaviour = _refusing(
        reasoning="Unsupported value: 'reasoning.effort' does not support 'none' with this model.",
        include="Encrypted content is not supported with this model.",
    )
    async with served(behaviour) as (client, server):
        model = ResponsesModel(client, "gpt-6-luna")
        for _ in range(2):
            reply = model.reply(QUESTION, [WEATHER])
            assert [type(chunk) async for chunk in reply] == [TextDelta, Finished]
        asked = [json.loads(request.body) for request in server.requests]
    assert ["reasoning" in body for body in asked] == [True, False, False, False]
    assert ["include" in body for body in asked] == [True, True, False, False]


async def test_a_retired_model_s_turn_is_answered_by_its_successor() -> None:
    async def behave(exchange: Exchange) -> None:
        model = exchange.request.json()["model"]
        gone = faults.error(404, f"The model `{model}` has been deprecated", code="model_not_found")
        await (gone if model == "gpt-4o" else _stream(*events.reply("Hello")))(exchange)

    told: list[tuple[str, str]] = []
    async with served(behave) as (client, server):
        model = ResponsesModel(client, "gpt-4o", lambda *names: told.append(names))
        for _ in range(2):
            reply = model.reply(QUESTION, [])
            assert await anext(reply) == TextDelta("Hello")
            await reply.aclose()
        asked = [request.json() for request in server.requests]
    assert [body["model"] for body in asked] == ["gpt-4o", "gpt-6-luna", "gpt-6-luna"]
    assert "reasoning" not in asked[0]
    assert asked[1]["reasoning"] == {"effort": "none"}
    assert told == [("gpt-4o", "gpt-6-luna")]
    assert model.label == "gpt-6-luna"
