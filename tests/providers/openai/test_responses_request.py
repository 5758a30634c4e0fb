from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from app.providers.base import ChatMessage, ChatRole, ToolCall
from app.providers.openai.responses_request import (
    EFFORT,
    INCLUDE,
    PATTERNS,
    THOUGHTS,
    TOOLS,
    carried,
    responses_request,
)
from tests.providers.openai import response_events as events
from tests.providers.openai.conversations import (
    ANSWER,
    PARALLEL,
    QUESTION,
    SHAPES,
    SHOWN,
    SYSTEM,
    THANKED,
    WEATHER,
)

MODELS = ["brand-new", "gpt-4o", "gpt-4o-2024-08-06", "gpt-6-luna", "gpt-6.1-terra", "o3"]


def _thought(model: str) -> list[ChatMessage]:
    items = [
        events.reasoning(),
        events.message("I'll look."),
        events.call("call_1"),
        events.call("call_2"),
    ]
    first, second = PARALLEL[2].tool_calls
    first = ToolCall(first.call_id, first.name, first.arguments, carried(model, items))
    return [
        *PARALLEL[:2],
        ChatMessage(ChatRole.ASSISTANT, "I'll look.", (first, second)),
        *PARALLEL[3:],
    ]


@pytest.mark.parametrize(("shape", "model"), list(itertools.product(SHAPES, MODELS)))
def test_every_request_is_what_the_schema_says(shape: str, model: str, oracle: Any) -> None:
    messages, tools, form = SHAPES[shape]
    request = responses_request(model, messages, tools, form) | {"stream": True}
    assert oracle.check_request("POST", "/responses", request) == []


@pytest.mark.parametrize("part", sorted(PATTERNS))
def test_what_is_left_of_a_request_is_still_one(part: str, oracle: Any) -> None:
    for messages, tools, form in SHAPES.values():
        request = responses_request("o3", messages, tools, form, without=frozenset({part}))
        assert oracle.check_request("POST", "/responses", request) == []


def test_carried_thoughts_are_what_the_schema_says(oracle: Any) -> None:
    request = responses_request("gpt-6-luna", _thought("gpt-6-luna"), [WEATHER])
    assert oracle.check_request("POST", "/responses", request) == []
    assert [item.get("type") for item in request["input"]] == [
        None,
        "reasoning",
        "message",
        "function_call",
        "function_call",
        "function_call_output",
        "function_call_output",
    ]


def test_another_model_is_not_given_thoughts_that_it_cannot_read() -> None:
    request = responses_request("gpt-6.1-terra", _thought("gpt-6-luna"), [WEATHER])
    plain = responses_request("gpt-6.1-terra", PARALLEL, [WEATHER])
    assert request == plain


def test_nothing_is_stored_and_the_reply_is_bounded() -> None:
    request = responses_request("gpt-4o", QUESTION, [WEATHER])
    assert request["store"] is False
    assert request["max_output_tokens"] == 4096
    assert request["tools"][0]["strict"] is True
    assert request["parallel_tool_calls"] is True


def test_reasoning_models_have_rules_of_their_own() -> None:
    luna = responses_request("gpt-6-luna", QUESTION, [])
    assert luna["reasoning"] == {"effort": "none"}
    assert luna["include"] == ["reasoning.encrypted_content"]
    assert luna["max_output_tokens"] == 4096
    thinks = responses_request("gpt-6.1-terra", QUESTION, [])
    assert thinks["reasoning"] == {"effort": "low"}
    assert thinks["max_output_tokens"] > 4096
    untold = responses_request("gpt-6-luna", QUESTION, [], without=frozenset({EFFORT}))
    assert untold["max_output_tokens"] > 4096
    others = responses_request("gpt-4o", QUESTION, [])
    assert not {"reasoning", "include", "temperature"} & others.keys()
    assert "temperature" not in luna


def test_a_later_system_text_is_the_developer_s_for_models_that_reason() -> None:
    def role(model: str) -> str:
        item: dict[str, str] = responses_request(model, [*QUESTION, SYSTEM], [])["input"][1]
        return item["role"]

    assert (role("gpt-6-luna"), role("gpt-4o")) == ("developer", "system")


def test_old_replies_are_plain_and_results_have_their_ids() -> None:
    request = responses_request("gpt-4o", THANKED, [WEATHER])
    assert request["instructions"] == SYSTEM.text
    assert {"role": "assistant", "content": "21 and 25 degrees."} in request["input"]
    results = [item for item in request["input"] if item.get("type") == "function_call_output"]
    assert [item["call_id"] for item in results] == ["call_1", "call_2"]


def test_pictures_are_data_urls() -> None:
    text, first, _ = responses_request("gpt-4o", SHOWN, [])["input"][0]["content"]
    assert text["type"] == "input_text"
    assert first["detail"] == "auto"
    assert first["image_url"].startswith("data:image/png;base64,")


def test_the_next_request_begins_with_the_bytes_of_this_one() -> None:
    now, later = (
        json.dumps(responses_request("gpt-6-luna", messages, [WEATHER]))
        for messages in (PARALLEL[:2], THANKED)
    )
    assert later.startswith(now.removesuffix("]}"))


def test_ids_of_other_servers_are_shortened_alike() -> None:
    long = "call_" + "x" * 100
    messages = [
        ChatMessage(ChatRole.ASSISTANT, "", (ToolCall(long, "get_weather", "{}"),)),
        ChatMessage(ChatRole.TOOL, "21", call_id=long),
    ]
    call, result = responses_request("gpt-4o", messages, [WEATHER])["input"]
    assert call["call_id"] == result["call_id"]
    assert len(call["call_id"]) <= 64


def test_parts_that_a_model_refuses_are_left_out() -> None:
    request = responses_request(
        "o3", PARALLEL, [WEATHER], ANSWER, without=frozenset({EFFORT, INCLUDE, TOOLS})
    )
    assert not {"reasoning", "include", "tools", "parallel_tool_calls"} & request.keys()
    assert all("type" not in item for item in request["input"])


def test_thoughts_that_the_server_refuses_are_left_out() -> None:
    request = responses_request(
        "gpt-6-luna", _thought("gpt-6-luna"), [WEATHER], without=frozenset({THOUGHTS})
    )
    assert request == responses_request("gpt-6-luna", PARALLEL, [WEATHER])


def test_only_what_a_request_may_hold_is_carried() -> None:
    thought = {**events.reasoning(), "status": "completed", "content": [{"text": "Hm."}]}
    call = {**events.call("a"), "created_by": "x"}
    assert json.loads(carried("m", [thought, call]))["items"] == [
        events.reasoning(),
        events.call("a"),
    ]
