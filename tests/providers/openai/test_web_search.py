from __future__ import annotations

import json
from typing import Any

import pytest

from app.errors import AppError, Code
from app.providers.base import Usage
from app.providers.openai.web_search import (
    OpenAIWebSearch,
    findings_in,
    search_request,
    searches_in,
)
from app.tools.base import ToolFailed
from app.web.search import Findings, Hit
from tests.providers.openai import fault_server as faults
from tests.providers.openai.connection import KEY, QUICK, served


def _said(answer: object) -> faults.Behaviour:
    return faults.answer(200, json.dumps(answer).encode())


def cited(url: str, title: str = "T") -> dict[str, Any]:
    return {"type": "url_citation", "start_index": 0, "end_index": 1, "url": url, "title": title}


def body(text: str, *notes: dict[str, Any], calls: int = 1) -> dict[str, Any]:
    part = {"type": "output_text", "text": text, "annotations": list(notes)}
    call = {"type": "web_search_call", "id": "ws", "status": "completed"}
    return {
        "output": [
            *({**call, "action": {"type": "search", "query": "tea"}} for _ in range(calls)),
            {**call, "action": {"type": "open_page", "url": "https://tea.example/"}},
            {"type": "message", "role": "assistant", "content": [part]},
        ],
        "usage": {"input_tokens": 100, "output_tokens": 20,
                  "input_tokens_details": {"cached_tokens": 5}},
    }  # fmt: skip


async def test_a_search_sends_the_words_and_nothing_else() -> None:
    told: list[object] = []
    answer = body("Tea is hot.", cited("https://tea.example/", "Tea"), calls=2)
    async with served(_said(answer)) as (client, server):
        search = OpenAIWebSearch(client, "gpt-4o", lambda *used: told.append(used))
        findings = await search.search("green tea")
    assert findings == Findings((Hit("Tea", "https://tea.example/"),), "Tea is hot.")
    assert told == [("gpt-4o", Usage(100, 20, 5), 2)]
    (request,) = server.requests
    assert request.path.endswith("/responses")
    assert request.json() == search_request("gpt-4o", "green tea")
    assert request.json()["input"] == "green tea"
    assert request.json()["store"] is False


def test_the_request_is_what_the_schema_says(oracle: Any) -> None:
    assert oracle.check_request("POST", "/responses", search_request("gpt-4o", "tea")) == []


def test_citations_are_public_pages_each_once() -> None:
    answer = body(
        "A\u200b",
        cited("https://a.example/", "A\u202e"),
        cited("https://a.example/"),
        cited("http://10.0.0.1/"),
        cited("javascript:x"),
        {"type": "file_citation"},
    )
    assert findings_in(answer) == Findings((Hit("A", "https://a.example/"),), "A")
    assert searches_in(answer) == 1


@pytest.mark.parametrize("answer", [None, {}, {"output": [1, {"content": [2]}]}])
def test_answers_of_another_shape_have_nothing(answer: object) -> None:
    assert findings_in(answer) == Findings(())
    assert searches_in(answer) == 0


async def test_trouble_is_told_as_everywhere() -> None:
    async with served(_said({"output": []})) as (client, _):
        with pytest.raises(ToolFailed, match="no answer"):
            await OpenAIWebSearch(client, "gpt-4o", lambda *_: None).search("x")
    async with served(_said({"nothing": 1})) as (client, _):
        with pytest.raises(AppError) as raised:
            await OpenAIWebSearch(client, "gpt-4o", lambda *_: None).search("x")
    assert raised.value.code is Code.SERVER_NOT_API
    async with served(faults.error(401, f"wrong key {KEY}"), QUICK) as (client, _):
        with pytest.raises(AppError) as raised:
            await OpenAIWebSearch(client, "gpt-4o", lambda *_: None).search("x")
    assert raised.value.code is Code.KEY_WRONG
