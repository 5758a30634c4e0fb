from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from app.providers.openai.chat_completions import ChatCompletionsModel
from app.providers.openai.chat_request import chat_request
from app.providers.openai.responses import ResponsesModel
from app.providers.openai.responses_request import responses_request
from app.providers.structured import form_of, structured
from tests.providers.openai import fault_server as faults, response_events as events
from tests.providers.openai.connection import served
from tests.providers.openai.conversations import QUESTION


class Guest(BaseModel):
    name: str


class Plan(BaseModel):
    title: str
    hour: int | None = None
    guests: list[Guest] = []


def test_both_endpoints_take_the_form(oracle: Any) -> None:
    chat = chat_request("m", QUESTION, [], form_of(Plan))
    assert oracle.check_request("POST", "/chat/completions", chat) == []
    responses = responses_request("m", QUESTION, [], form_of(Plan))
    assert oracle.check_request("POST", "/responses", responses) == []


ANSWER = '{"title": "Tea", "hour": 5, "guests": [{"name": "Ann"}]}'


async def test_a_server_that_knows_no_forms_is_asked_in_words() -> None:
    async def behave(exchange: faults.Exchange) -> None:
        refused = "response_format" in exchange.request.json()
        unknown = faults.error(400, "response_format json_schema is not supported")
        await (unknown if refused else faults.stream(faults.chat(ANSWER)))(exchange)

    async with served(behave) as (client, server):
        plan = await structured(ChatCompletionsModel(client, "m"), QUESTION, Plan)
        assert plan.guests == [Guest(name="Ann")]
        assert [("response_format" in request.json()) for request in server.requests] == [
            True,
            False,
        ]


async def test_responses_are_asked_by_form() -> None:
    async with served(faults.stream(events.sent(events.reply(ANSWER)))) as (client, server):
        plan = await structured(ResponsesModel(client, "gpt-6-luna"), QUESTION, Plan)
        assert plan.title == "Tea"
        assert server.requests[0].json()["text"]["format"]["name"] == "Plan"
