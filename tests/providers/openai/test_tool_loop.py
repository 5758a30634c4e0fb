"""A whole reply with tools, through each endpoint: what a server wants to see again, it sees."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from app.permission.question import Answered, Question
from app.providers.base import ChatMessage, ChatRole
from app.providers.openai.chat_completions import ChatCompletionsModel
from app.providers.openai.responses import ResponsesModel
from app.sessions.commit import Commit
from app.sessions.reply import Reply
from app.tools.base import Risk, ToolResult
from app.tools.runner import ToolRunner
from app.tools.schema import tool
from tests.providers.openai import fault_server as faults, response_events as events
from tests.providers.openai.connection import served

HISTORY = [ChatMessage(ChatRole.USER, "Weather in Paris and Rome?")]
CITIES = ("Paris", "Rome")


@tool(description="The weather in a city.", risk=Risk.READ)
async def get_weather(city: Annotated[str, "Its name."]) -> ToolResult:
    return ToolResult(f"21 degrees in {city}")


def _responses() -> list[list[bytes]]:
    items = [
        events.reasoning(),
        *(events.call(city, f'{{"city": "{city}"}}') for city in CITIES),
    ]
    asks = [*(events.done(at, item) for at, item in enumerate(items)), events.end()]
    return [events.sent(asks), events.sent(events.reply("Both 21."))]


def _chat() -> list[list[bytes]]:
    calls = [
        {
            "index": index,
            "id": city,
            "function": {"name": "get_weather", "arguments": f'{{"city": "{city}"}}'},
        }
        for index, city in enumerate(CITIES)
    ]
    thought = faults.chat_event({"reasoning_content": "Two cities."})
    asks = [thought, faults.chat_event({"tool_calls": calls}), faults.chat_event({}, "tool_calls")]
    return [[*asks, faults.DONE], faults.chat("Both 21.")]


async def _converse(kind: type, answers: list[list[bytes]]) -> tuple[Reply, list[Any]]:
    async def behave(exchange: faults.Exchange) -> None:
        await faults.stream(answers.pop(0))(exchange)

    async def approve(question: Question) -> Answered:
        raise AssertionError("reading needs no yes")

    async with served(behave) as (client, server):
        commit = Commit(lambda _: None, lambda _: None)
        commit.release()
        reply = Reply(kind(client, "gpt-6-luna"), ToolRunner([get_weather], approve), None, commit)
        await reply.run(HISTORY)
        return reply, [request.json() for request in server.requests]


async def test_responses_get_back_what_the_model_thought() -> None:
    reply, (first, second) = await _converse(ResponsesModel, _responses())
    assert reply.text == "Both 21."
    kinds = [item["type"] for item in second["input"][len(first["input"]) :]]
    assert kinds == [
        "reasoning",
        "function_call",
        "function_call",
        "function_call_output",
        "function_call_output",
    ]
    outputs = [(item["call_id"], item["output"]) for item in second["input"][-2:]]
    assert outputs == [("Paris", "21 degrees in Paris"), ("Rome", "21 degrees in Rome")]


async def test_chat_completions_get_back_what_the_model_thought() -> None:
    reply, (_, second) = await _converse(ChatCompletionsModel, _chat())
    assert reply.text == "Both 21."
    _, asked, *results = second["messages"]
    assert asked["reasoning_content"] == "Two cities."
    assert [result["tool_call_id"] for result in results] == list(CITIES)


@pytest.mark.parametrize(
    ("kind", "answers"), [(ResponsesModel, _responses), (ChatCompletionsModel, _chat)]
)
async def test_the_beginning_of_the_requests_stays_the_same(kind: type, answers: Any) -> None:
    _, (first, second) = await _converse(kind, answers())
    entries = "input" if kind is ResponsesModel else "messages"
    assert second[entries][: len(first[entries])] == first[entries]
    assert {**second, entries: None} == {**first, entries: None}
