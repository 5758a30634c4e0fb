from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from app.providers.base import ChatMessage, ChatRole, ToolCall
from app.providers.openai import chat_request as parts
from app.providers.openai.chat_request import LONGEST_REPLY_TOKENS, chat_request, merged
from tests.providers.openai.conversations import (
    ANSWER,
    BEGUN_BY_SAYSO,
    PARALLEL,
    QUESTION,
    SHAPES,
    SHOWN,
    SYSTEM,
    WEATHER,
)

MODELS = ["llama3", "gpt-4o", "gpt-6-luna", "gpt-6.1-terra"]


@pytest.mark.parametrize(
    ("shape", "model", "is_openai"), list(itertools.product(SHAPES, MODELS, [True, False]))
)
def test_every_request_is_what_the_schema_says(
    shape: str, model: str, is_openai: bool, oracle: Any
) -> None:
    messages, tools, form = SHAPES[shape]
    request = chat_request(model, messages, tools, form, is_openai=is_openai) | {"stream": True}
    assert oracle.check_request("POST", "/chat/completions", request) == []


@pytest.mark.parametrize("part", sorted(set(parts.PATTERNS) - {parts.NO_THOUGHTS}))
def test_what_is_left_of_a_request_is_still_one(part: str, oracle: Any) -> None:
    for messages, tools, form in SHAPES.values():
        request = chat_request("m", messages, tools, form, without=frozenset({part}))
        assert oracle.check_request("POST", "/chat/completions", request) == []


@pytest.mark.parametrize(
    ("is_openai", "model", "tools", "present", "absent"),
    [
        (True, "gpt-4o", [WEATHER], "max_completion_tokens", "max_tokens"),
        (True, "gpt-6-luna", [WEATHER], "reasoning_effort", "max_tokens"),
        (True, "gpt-4o", [WEATHER], "tools", "reasoning_effort"),
        (True, "gpt-6-luna", [], "reasoning_effort", "temperature"),
        (False, "gpt-6-luna", [WEATHER], "max_tokens", "reasoning_effort"),
        (False, "m", [], "max_tokens", "tools"),
    ],
)
def test_fields_fit_the_server(
    is_openai: bool, model: str, tools: Any, present: str, absent: str
) -> None:
    request = chat_request(model, QUESTION, tools, is_openai=is_openai)
    assert present in request
    assert absent not in request


def test_system_texts_are_the_developer_s_where_a_model_wants_it() -> None:
    def role(model: str, *, is_openai: bool) -> str:
        request = chat_request(model, [SYSTEM, *QUESTION], [], is_openai=is_openai)
        first: str = request["messages"][0]["role"]
        return first

    assert role("gpt-6-luna", is_openai=True) == "developer"
    assert role("gpt-4o", is_openai=True) == "system"
    assert role("gpt-6-luna", is_openai=False) == "system"


def test_neighbours_of_one_role_become_one() -> None:
    assert [(entry.role, entry.text) for entry in merged(BEGUN_BY_SAYSO)[1:]] == [
        (ChatRole.ASSISTANT, "Your timer is done.\n\nYour tea timer is done."),
        (ChatRole.USER, "Thanks\n\nand bye"),
    ]


def test_results_and_calls_stay_apart() -> None:
    assert merged(PARALLEL) == PARALLEL


def test_words_before_a_call_join_it() -> None:
    call = ToolCall("c", "get_weather", "{}")
    said = ChatMessage(ChatRole.ASSISTANT, "Hello.")
    calls = ChatMessage(ChatRole.ASSISTANT, "", (call,))
    assert merged([said, calls]) == [ChatMessage(ChatRole.ASSISTANT, "Hello.", (call,))]
    assert merged([calls, said]) == [calls, said]


def test_pictures_follow_the_words() -> None:
    content = chat_request("m", SHOWN, [])["messages"][1]["content"]
    assert [part["type"] for part in content] == ["text", "image_url", "image_url"]
    assert content[1]["image_url"]["url"].startswith("data:image/png;base64,iVBORw0KGgo")


def test_the_limit_takes_the_other_name_and_then_none() -> None:
    def limits(*without: str) -> dict[str, Any]:
        request = chat_request("m", QUESTION, [], without=frozenset(without))
        return {name: value for name, value in request.items() if name.startswith("max")}

    assert limits() == {"max_tokens": LONGEST_REPLY_TOKENS}
    assert limits(parts.LIMIT) == {"max_completion_tokens": LONGEST_REPLY_TOKENS}
    assert limits(parts.LIMIT, parts.NEW_LIMIT) == {}


def test_without_tools_the_conversation_has_no_calls() -> None:
    without = frozenset({parts.TOOLS})
    request = chat_request("m", PARALLEL, [WEATHER], without=without)
    assert "tools" not in request
    assert [entry["role"] for entry in request["messages"]] == ["system", "user", "assistant"]
    assert "tool_calls" not in request["messages"][-1]


@pytest.mark.parametrize("arguments", ['{"city": ', "[1]", "", "null"])
def test_arguments_that_no_server_could_read_are_left_out(arguments: str) -> None:
    call = ToolCall("c", "get_weather", arguments)
    request = chat_request("m", [ChatMessage(ChatRole.ASSISTANT, "", (call,))], [WEATHER])
    assert request["messages"][0]["tool_calls"][0]["function"]["arguments"] == "{}"


def test_the_next_request_begins_with_the_bytes_of_this_one() -> None:
    now = json.dumps(chat_request("m", PARALLEL[:2], [WEATHER])["messages"])
    later = json.dumps(chat_request("m", PARALLEL, [WEATHER])["messages"])
    assert later.startswith(now.removesuffix("]"))


def test_a_form_is_strict() -> None:
    request = chat_request("m", QUESTION, [], ANSWER)
    assert request["response_format"]["json_schema"]["strict"] is True
